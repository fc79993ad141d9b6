"""Lists as a feed reads them: plain, gzip, zone files, CSV; with the line of each hit."""

import gzip

import pytest

from crawler.feeds.list_reader import ListReader
from pipelines.errors import InputUnreadable
from tests.crawler.feeds.follow import GovMatcher

READ = ListReader(GovMatcher())


def found(path, column: str = "") -> list[tuple[str, str, int]]:
    return [(one.written, one.host, one.line) for part in READ(str(path), column) for one in part.found]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_list_plain_or_packed(tmp_path, pack):
    path = tmp_path / "list"
    path.write_bytes(pack(b"# new\na-gov.cn\n\nbroken line here\nshop.example\n*.B-GOV.cn\n"))
    assert found(path) == [
        ("a-gov.cn", "a-gov.cn", 2),
        ("b-gov.cn", "b-gov.cn", 6),
    ]
    (part,) = READ(str(path), "")
    assert (part.name_count, part.broken_count) == (3, 1)
    assert part.broken[0].line == 4


def test_a_long_list_comes_in_parts(tmp_path):
    path = tmp_path / "list"
    path.write_text("".join(f"n{n}.example\n" for n in range(12_000)) + "a-gov.cn\n")
    parts = list(READ(str(path), ""))
    assert len(parts) > 1
    assert sum(part.name_count for part in parts) == 12_001
    assert parts[-1].found[0].line == 12_001


def test_a_zone_file(tmp_path):
    path = tmp_path / "zone"
    path.write_text(
        "$ORIGIN com.\na-gov 3600 IN NS ns1.x.\n      3600 IN NS ns2.x.\na-gov 3600 IN DS 1 2 3\nshop IN A 1.2.3.4\n"
    )
    assert [host for _, host, _ in found(path)] == ["a-gov.com"]


def test_a_column_of_a_table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("id,domain\n1,a-gov.cn\n2,shop.example\n3,b-gov.cn\n")
    assert [(host, line) for _, host, line in found(path, "domain")] == [("a-gov.cn", 2), ("b-gov.cn", 4)]
    with pytest.raises(InputUnreadable, match="host"):
        list(READ(str(path), "host"))


def test_a_gzip_that_ends_too_early_is_unreadable(tmp_path):
    path = tmp_path / "list.gz"
    path.write_bytes(gzip.compress(b"a-gov.cn\n" * 5000)[:-10])
    with pytest.raises(InputUnreadable):
        list(READ(str(path), ""))
