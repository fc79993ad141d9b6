import io
import random
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feeds.name_blocks import blocks
from crawler.feeds.name_lists import Findings, match_list
from crawler.feeds.odd_lines import Layout, _Expression, layout_of, odd_lines
from detectors.names.engine import NameMatcher
from detectors.names.hyperscan_look import HyperscanLook, compiled, has_hyperscan
from keywords.host_lines import HostLines
from keywords.roster import load_roster
from pipelines.name_matcher import open_matcher

ZONE = b"""$ORIGIN cn.
$TTL 86400
@  IN SOA a.dns.cn. root.cnnic.cn. 2026112601 7200 3600 2419200 21600
CX-MEM-GOV  86400 IN NS ns1.hoster.com.
            86400 IN NS ns2.hoster.com.
AQGOV\t86400\tin\tns\tns1.hoster.com.
plain 86400 IN NS mem-gov.cn.
$ORIGIN com.cn.
mohurd  86400 IN NS ns1.hoster.com.
mohurd  86400 IN NS ns2.hoster.com.
; cxmem.cn in a comment
!!broken 86400 IN NS ns1.hoster.com.
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def matcher(cache: Path) -> NameMatcher:
    return open_matcher(load_roster(), cache)


def read(content: bytes, matcher: NameMatcher) -> list[Findings]:
    return list(match_list(io.BytesIO(content), lambda: matcher))


def found(parts: list[Findings]) -> list[tuple[int, str]]:
    return [(one.line, one.host) for part in parts for one in part.found]


def test_a_zone_file_is_read_with_its_origins(matcher: NameMatcher) -> None:
    parts = read(ZONE, matcher)
    assert found(parts) == [(4, "cx-mem-gov.cn"), (6, "aqgov.cn"), (9, "mohurd.com.cn")]
    assert [one.line for part in parts for one in part.broken] == [12]


def test_origins_and_line_numbers_hold_across_blocks(matcher: NameMatcher) -> None:
    filler = b"".join(b"filler%d 86400 IN NS ns1.hoster.com.\n" % n for n in range(5000))
    parts = read(
        b"$ORIGIN cn.\n" + filler + b"memgov 86400 IN NS ns1.hoster.com.\n" + filler + b"zlaq-mohurd IN NS x.\n",
        matcher,
    )
    assert found(parts) == [(5002, "memgov.cn"), (10003, "zlaq-mohurd.cn")]
    assert sum(part.name_count for part in parts) == 10002


def test_one_process_and_several_find_the_same(cache: Path, matcher: NameMatcher) -> None:
    dice = random.Random(7)
    lines = [b"cxmem-%d.cn" % n if dice.random() < 0.01 else b"plain%d.com" % n for n in range(40_000)]
    lines[777] = b"no host here"
    content = b"\r\n".join(lines)
    alone = read(content, matcher)
    shared = list(match_list(io.BytesIO(content), partial(open_matcher, load_roster(), cache), workers=2))
    assert found(shared) == found(alone)
    assert len(found(alone)) > 300
    assert sum(part.name_count for part in shared) == sum(part.name_count for part in alone) == 39_999
    assert [one.line for part in shared for one in part.broken] == [778]


def test_a_line_of_any_length_is_one_broken_line(matcher: NameMatcher) -> None:
    parts = read(b"memgov.cn\n" + b"x" * 3_000_000 + b"\ncxmem.cn\n" + b"y." * 4000 + b"com", matcher)
    assert found(parts) == [(1, "memgov.cn"), (3, "cxmem.cn")]
    assert sum(part.broken_count for part in parts) == 2
    assert max(len(one.text) for part in parts for one in part.broken) <= 80


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (b"a.com\nb.com\n", Layout.HOSTS),
        (b"no host here\n" * 9, Layout.HOSTS),
        (b"# list\n\n\na.com\n", Layout.HOSTS),
        (ZONE, Layout.RECORDS),
        (b"0.0.0.0 a.com\n127.0.0.1 b.com\n", Layout.RECORDS),
        (b"", Layout.HOSTS),
    ],
)
def test_the_layout_is_told_by_the_first_lines(text: bytes, layout: Layout) -> None:
    assert layout_of(text) is layout


SHAPES = [
    b"a.com", b"mem-gov.cn", b"", b"nodot", b"-a.com", b"a-.com", b".a.com", b"a.com.", b"A.com", b"a..com", b"*.a.cn", b"a b.com",
    b"x" * 63 + b".com", b"x" * 64 + b".com", b"a." * 126 + b"cn", b"a." * 127 + b"cn", "应急.cn".encode(), b"\0", b"# c", b"a_b.com",
]  # fmt: skip
NOISE = st.binary(max_size=30).map(lambda one: one.replace(b"\n", b"").replace(b"\r", b""))
LINES = st.lists(st.sampled_from(SHAPES) | NOISE, max_size=12)


@given(LINES)
@settings(max_examples=400, deadline=None)
def test_every_line_that_is_no_plain_host_is_odd(lines: list[bytes]) -> None:
    text = b"\n" + b"".join(line + b"\n" for line in lines)
    count, spans = odd_lines(text, Layout.HOSTS)
    assert count == len(lines)
    odd = [text[slice(*span)] for span in spans]
    assert [line for line in lines if not _is_plain(line)] == [line for line in odd if not _is_plain(line)]


def _is_plain(line: bytes) -> bool:
    try:
        text = line.decode("ascii")
        return HostLines().host_of(text) == (text, text)
    except ValueError:
        return False


@pytest.mark.skipif(not has_hyperscan(), reason="Hyperscan is not made for this processor")
@pytest.mark.parametrize("expression", [one for layout in Layout for one in layout.value])
@given(LINES)
@settings(max_examples=150, deadline=None)
def test_hyperscan_and_expressions_find_the_same_odd_lines(expression: bytes, lines: list[bytes]) -> None:
    text = b"\n" + b"".join(line + b"\n" for line in lines)
    looks = HyperscanLook(compiled([expression], is_literal=False)).ends, _Expression(expression).ends
    one, other = ({text.find(b"\n", end - 1) for end in look(text)} - {0} for look in looks)
    assert one == other


@given(st.binary(max_size=2000), st.integers(1, 300))
@settings(max_examples=200, deadline=None)
def test_blocks_hold_every_line_once(content: bytes, size: int) -> None:
    parts = list(blocks(io.BytesIO(content), size))
    lines = [line for part in parts for line in part.text[1:-1].split(b"\n")]
    wanted = content.removeprefix(b"\xef\xbb\xbf") if size >= 3 else content
    assert (
        b"\n".join(lines).split(b"\n")
        == wanted.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
        or not wanted
    )


@given(st.binary(max_size=3000))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read(matcher: NameMatcher, content: bytes) -> None:
    parts = read(content, matcher)
    assert sum(part.line_count for part in parts) >= sum(part.name_count + part.broken_count for part in parts)
