"""Lists as a feed reads them: plain, gzip, zone files, CSV; with the line of each hit."""

import gzip
import io
import zipfile

import openpyxl
import pytest

from crawler.feeds.list_reader import ListReader
from crawler.feeds.name_files import opened
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
        (zipped(b"<Types/>", b"", names=("[Content_Types].xml", "xl/workbook.xml")), "不是完好的 .xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "另存为 .xlsx"),
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


def workbook(*sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for rows in sheets:
        sheet = made.create_sheet()
        for row in rows:
            sheet.append(row)
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"id,domain,date\n1,a-gov.cn,2026-01-01\n2,shop.cn,x\n", [2]),
        ("序号,疑似仿冒域名,域名注册商\n1,a-gov.cn,阿里云\n".encode("gb18030"), [2]),
        ("域名注册商,域名服务器,域名\n甲,ns1.x-gov.com,a-gov.cn\n".encode(), [2]),
        ("名称,网址\n甲,http://a-gov.cn/x?y=1\n".encode(), [2]),
        ("2026年11月新注册域名,,\n,,\n序号,域名,备注\n1,a-gov.cn,\n".encode(), [4]),
        (b"domain;created\r\na-gov.cn;2026-01-01\r\n", [2]),
        (b"1,example.com\n2,a-gov.cn\n3,shop.cn\n", [2]),
        (b"1\ta-gov.cn\n2\tshop.cn\n", [1]),
        (b"a-gov.cn 2026-11-01\nshop.cn 2026-11-02\n", [1]),
        (b"x@q.com,192.0.2.1,2026.11.01,*.a-gov.cn\ny@q.com,192.0.2.2,2026.11.02,shop.cn\n", [1]),
        (b"a-gov.cn, shop.cn, b-gov.cn\n", [1, 1]),
        ("1，a-gov.cn，某\n2，shop.cn，某\n".encode(), [1]),
        ("1、shop.cn\n2、a-gov.cn\n".encode("gb18030"), [2]),
        (b"https://shop.cn/a,b\nhttp://a-gov.cn/p,q\n", [2]),
        (b"0.0.0.0 a-gov.cn\n127.0.0.1 shop.cn\n", [1]),
    ],
)
def test_the_column_of_names_is_found_without_being_named(tmp_path, content, lines):
    path = tmp_path / "table"
    path.write_bytes(content)
    assert [line for _, _, line in found(path)] == lines
    parts = list(READ(str(path), ""))
    assert sum(part.broken_count for part in parts) == 0


def test_words_that_would_name_a_column_make_no_table_of_broken_lines(tmp_path):
    path = tmp_path / "list"
    path.write_text("no host here\n" * 3 + "a-gov.cn\n")
    (part,) = READ(str(path), "")
    assert part.broken_count == 3
    assert [one.line for one in part.found] == [4]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zipped])
def test_what_windows_writes_is_read(tmp_path, pack, encoding):
    path = tmp_path / "list"
    names = "".join(f"n{n}.example\r\n" for n in range(9000)) + "a-gov.cn\r\n"
    path.write_bytes(pack(names.encode(encoding)))
    assert [(host, line) for _, host, line in found(path)] == [("a-gov.cn", 9001)]
    path.write_bytes(pack("\ufeff域名\t注册商\r\na-gov.cn\t甲\r\n".encode(encoding)))
    assert [(host, line) for _, host, line in found(path)] == [("a-gov.cn", 2)]


@pytest.mark.parametrize("pack", [bytes, lambda book: zipped(book, names=("list.xlsx",))])
def test_a_workbook_is_a_table(tmp_path, pack):
    path = tmp_path / "list.xlsx"
    path.write_bytes(pack(workbook([["十一月清单"], [], ["序号", "网址"], [1, "https://a-gov.cn/"], [2, "shop.cn"]])))
    assert found(path) == [("a-gov.cn", "a-gov.cn", 4)]
    assert found(path, "网址") == [("a-gov.cn", "a-gov.cn", 4)]
    path.write_bytes(pack(workbook([["shop.cn"], ["a-gov.cn"]], [["b-gov.cn"]])))
    assert [host for _, host, _ in found(path)] == ["a-gov.cn", "b-gov.cn"]


def test_a_workbook_that_claims_to_be_small_is_read_whole(tmp_path):
    book = io.BytesIO(workbook([["shop.cn"], ["a-gov.cn"]]))
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(path, "w") as after:
        for one in before.infolist():
            after.writestr(one, before.read(one).replace(b'ref="A1:A2"', b'ref="A1"'))
    assert [host for _, host, _ in found(path)] == ["a-gov.cn"]


def test_what_a_mac_leaves_in_an_archive_is_no_list(tmp_path):
    path = tmp_path / "list.zip"
    path.write_bytes(zipped(b"a-gov.cn\n", b"\0\5", names=("list.txt", "__MACOSX/._list.txt")))
    assert [host for _, host, _ in found(path)] == ["a-gov.cn"]


def test_archives_within_archives_come_to_an_end(tmp_path):
    path = tmp_path / "list.zip"
    content = b"a-gov.cn\n"
    for _ in range(30):
        content = zipped(content)
    path.write_bytes(content)
    assert found(path) == []


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


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zipped])
def test_a_short_list_is_told_by_what_is_in_it_not_by_what_is_on_disk(tmp_path, pack):
    path = tmp_path / "names"
    for content, is_short in ((b"", True), (b"a-gov.cn\n" * 5_000, True), (b"a-gov.cn\n" * 50_000, False)):
        path.write_bytes(pack(content))
        with opened(str(path)) as names:
            assert names.is_short == is_short
            assert b"".join(iter(names.read, b"")) == content
