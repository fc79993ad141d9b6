"""The sieve may only pass over names that no rule matches: the hits are the same with it, without it, and with Hyperscan's first look."""

import csv
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detectors.names.clues import forms, fragments
from detectors.names.confusable import EYE_LETTERS, EYE_PAIRS
from detectors.names.engine import NameMatcher
from detectors.names.hyperscan_look import HyperscanLook, compiled, has_hyperscan
from detectors.names.lexicon import build_lexicon
from detectors.names.one_slip import close_slips
from detectors.names.sieve import LookedFor
from detectors.names.target import TargetIndex, make_targets
from detectors.names.tokens import bent_queries, bent_words
from keywords.hosts import canonical_host
from keywords.roster import load_roster

GOLDEN = Path(__file__).parents[2] / "golden" / "names"
INDEX = TargetIndex(make_targets(load_roster()))
LEXICON = build_lexicon(INDEX)
WORDS = sorted(LEXICON.senses)
LABELS = sorted({label for target in INDEX.targets for label in target.labels})
EYE = sorted((EYE_LETTERS | EYE_PAIRS).items())
SUFFIXES = ["cn", "com", "com.cn", "net", "top", "github.io", "gov.cn.x8.top"]

needs_hyperscan = pytest.mark.skipif(not has_hyperscan(), reason="Hyperscan is not made for this processor")


@lru_cache(maxsize=2)
def matcher_with(*, first_look: bool) -> NameMatcher:
    def looked_for(work_out):
        clues = work_out()
        return LookedFor(forms(clues), HyperscanLook(compiled(fragments(clues))) if first_look else None)

    return NameMatcher(load_roster(), looked_for)


def slipped(word: str, at: int, letter: str, how: str) -> str:
    at %= len(word)
    return {
        "none": word,
        "twice": word[: at + 1] + word[at:],
        "left out": word[:at] + word[at + 1 :],
        "swapped": word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
        "other": word[:at] + letter + word[at + 1 :],
        "more": word[:at] + letter + word[at:],
        "eye": word.replace(*EYE[at % len(EYE)][::-1], 1),
    }[how]


WRITTEN = st.builds(
    slipped,
    st.sampled_from(WORDS)
    | st.sampled_from(LABELS)
    | st.sampled_from(["mem", "gov", "cn", "cx", "mohurd", "zlaq", "samr", "ecqs"]),
    st.integers(0, 40),
    st.sampled_from("abcdeghimnorstuvwxz0158"),
    st.sampled_from(["none", "none", "none", "twice", "left out", "swapped", "other", "more", "eye"]),
)
JOINT = st.sampled_from(["", "", "-", "."])
LONG_WORDS = sorted({slip for word in bent_words(LEXICON) for slip in close_slips(word)} | bent_queries(LEXICON).keys())
PIECES = WRITTEN | WRITTEN | st.sampled_from(LONG_WORDS) | st.sampled_from(["cx", "zs", "chaxun", "zscx", "gov", "mem"])


def composed(pieces: list[tuple[str, str]], broken: int, separator: str, suffix: str) -> str:
    name = "".join(part for piece in pieces for part in piece).strip("-.")
    at = broken % (len(name) + 1)
    return (name[:at] + separator + name[at:]).strip("-.") + f".{suffix}"


NAMES = st.builds(
    composed,
    st.lists(st.tuples(PIECES, JOINT), min_size=1, max_size=5),
    st.integers(0, 60),
    st.sampled_from(["", "", "", "-", "."]),
    st.sampled_from(SUFFIXES),
)


def passes_first_look(host: str) -> bool:
    buffer = f"\nfiller.com\n{host}\nfiller.net\n".encode()
    return any(buffer[start:end].decode() == host for start, end in matcher_with(first_look=True).lines([buffer])[0])


@given(NAMES)
@example("mem-gov.cn")
@example("cacchaxuun.cn")
@example("zw2149-gov.cn")
@example("cxzfwchangchun.cn")
@example("aqy-jszjt.com")
@example("scjg-cx-tzsb.com")
@example("rst.hb.cn")
@example("zjb-aqycx.com")
@example("caxun-gov.com")
@example("gaokongzyz-cx.com")
@example("chaxun-gvo.com")
@settings(max_examples=1500, deadline=None)
def test_a_name_the_rules_match_passes_the_sieve(name: str) -> None:
    try:
        host = canonical_host(name)
    except ValueError:
        return
    matcher = matcher_with(first_look=False)
    hits = matcher.read(host)
    assert matcher.match(host) == hits
    if hits and has_hyperscan():
        assert passes_first_look(host)


def golden_names() -> list[str]:
    with (GOLDEN / "counterfeits.csv").open(encoding="utf-8", newline="") as file:
        return [canonical_host(row["name"]) for row in csv.DictReader(file)]


@needs_hyperscan
@pytest.mark.parametrize("first_look", [True, False])
def test_lines_of_a_buffer_give_the_hits_of_their_names(*, first_look: bool) -> None:
    matcher = matcher_with(first_look=first_look)
    names = [
        name for pair in zip(golden_names(), (f"plain{n}.com" for n in range(10_000)), strict=False) for name in pair
    ]
    buffer = ("\n" + "\n".join(names) + "\n").encode()
    found = {host for start, end in matcher.lines([buffer])[0] if matcher.match(host := buffer[start:end].decode())}
    assert found == {name for name in names if matcher.read(name)}
    assert found


def test_single_names_are_read_without_a_sieve() -> None:
    matcher = NameMatcher(load_roster())
    for host in golden_names()[::7]:
        assert matcher.match(host) == matcher_with(first_look=False).match(host)
    assert matcher.lines([b"\nmem-gov.cn\n\na.com\n"]) == [[(1, 11), (13, 18)]]


@needs_hyperscan
def test_a_damaged_database_is_refused() -> None:
    with pytest.raises(ValueError, match="Hyperscan"):
        HyperscanLook(b"no database at all" * 10)


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_looked_through(noise: bytes) -> None:
    buffer = b"\n" + noise + b"\nmem-gov.cn\n" + noise + b"\n"
    for first_look in (True, False) if has_hyperscan() else (False,):
        lines = [buffer[start:end] for start, end in matcher_with(first_look=first_look).lines([buffer])[0]]
        assert b"mem-gov.cn" in lines
