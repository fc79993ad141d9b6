"""Lists as a feed reads them: plain, gzip, zone files, CSV; with the line of each hit."""

import gzip
import io
import zipfile

import pytest

from crawler.feeds.list_reader import ListReader
from pipelines.errors import InputUnreadable
from tests.crawler.feeds.follow import GovMatcher

READ = ListReader(GovMatcher())


def found(path, column: str = "") -> list[tuple[str, str, int]]:
    return [(one.written, one.host, one.line) for part in READ(str(path), column) for one in part.found]


def zipped(*contents: bytes, names: tuple[str, ...] = ("dir/list.txt", "other.txt")) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("dir")
        for name, content in zip(names, contents, strict=False):
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(b"a-gov.cn\n", b"b-gov.cn\n"), "2 个文件"),
        (zipped(), "0 个文件"),
        (zipped(b"<Types/>", b"", names=("[Content_Types].xml", "xl/workbook.xml")), "另存为 CSV"),
        (zipped(b"a-gov.cn\n")[:-20], "无法打开"),
        (b"PK\x03\x04 and nothing else", "无法打开"),
        (
            zipped(b"".join(b"n%d.example\n" % (n * n) for n in range(900))).replace(
                b"dir/list.txt", b"dir/LIST.txt", 1
            ),
            "无法打开",
        ),
    ],
)
def test_an_archive_that_is_no_list_is_said_so(tmp_path, content, words):
    path = tmp_path / "list.zip"
    path.write_bytes(content)
    with pytest.raises(InputUnreadable) as told:
        found(path)
    assert words in told.value.zh


def test_an_archive_with_a_damaged_list_is_read_up_to_the_damage(tmp_path):
    whole = bytearray(zipped(b"".join(b"n%d.example\n" % (n * n) for n in range(90_000))))
    whole[len(whole) // 2] ^= 0xFF
    path = tmp_path / "list.zip"
    path.write_bytes(whole)
    with pytest.raises(InputUnreadable):
        found(path)


def test_a_table_in_an_archive(tmp_path):
    path = tmp_path / "list.zip"
    path.write_bytes(zipped("序号,域名\n1,a-gov.cn\n".encode()))
    assert found(path, "域名") == [("a-gov.cn", "a-gov.cn", 2)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zipped])
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
