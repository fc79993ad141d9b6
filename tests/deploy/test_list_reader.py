"""Lists as a feed reads them: plain, gzip, zone files, CSV; with the line of each hit."""

import gzip

import pytest

from deploy.cli.domains.list_reader import ListReader
from pipelines.errors import InputUnreadable
from tests.crawler.feeds.follow import GovMatcher

READ = ListReader(GovMatcher())


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_list_plain_or_packed(tmp_path, pack):
    path = tmp_path / "list"
    path.write_bytes(pack(b"# new\na-gov.cn\n\nbroken line here\nshop.example\n*.B-GOV.cn\n"))
    assert [(one.written, one.host, one.line) for one in READ(str(path), "")] == [
        ("a-gov.cn", "a-gov.cn", 2),
        ("b-gov.cn", "b-gov.cn", 6),
    ]


def test_a_zone_file(tmp_path):
    path = tmp_path / "zone"
    path.write_text(
        "$ORIGIN com.\na-gov 3600 IN NS ns1.x.\n      3600 IN NS ns2.x.\na-gov 3600 IN DS 1 2 3\nshop IN A 1.2.3.4\n"
    )
    assert [one.host for one in READ(str(path), "")] == ["a-gov.com"]


def test_a_column_of_a_table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("id,domain\n1,a-gov.cn\n2,shop.example\n3,b-gov.cn\n")
    assert [(one.host, one.line) for one in READ(str(path), "domain")] == [("a-gov.cn", 2), ("b-gov.cn", 4)]
    with pytest.raises(InputUnreadable, match="host"):
        list(READ(str(path), "host"))


def test_a_gzip_that_ends_too_early_is_unreadable(tmp_path):
    path = tmp_path / "list.gz"
    path.write_bytes(gzip.compress(b"a-gov.cn\n" * 5000)[:-10])
    with pytest.raises(InputUnreadable):
        list(READ(str(path), ""))
