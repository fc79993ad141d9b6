"""Files as platforms and offices send them: every usable row arrives, every broken one is named."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.model import Observation
from pipelines.errors import InputUnreadable
from pipelines.imports.listings import read_listings
from pipelines.imports.model import Rejection
from pipelines.imports.rejects import write_rejects

AT = datetime(2026, 11, 22, tzinfo=UTC)
HEADER = "商品ID,标题,价格,卖家昵称,地区,链接,描述,发布时间\n"


def read(path: Path) -> tuple[list[Observation], list[Rejection]]:
    rows = list(read_listings(path, at=AT, pseudonym=lambda name: f"S{len(name)}"))
    return [r for r in rows if isinstance(r, Observation)], [r for r in rows if isinstance(r, Rejection)]


def row(number: int) -> str:
    return f'{number},"电工证 焊工证{number}，包过",￥380元,卖家{number},江苏,https://item.example.com/{number}.htm,不用考试,2026-11-0{1 + number % 9} 08:00\n'


BROKEN = [
    '9001,,380,张,江苏,https://item.example.com/9001.htm,没有标题,2026-11-01\n',
    '9002,标题,380,张,江苏,ht!tp://bad url,坏链接,2026-11-01\n',
    ',标题,380,张,江苏,,没有编号和链接,2026-11-01\n',
    '9004,标题,-5,张,江苏,https://item.example.com/1.htm,负价格,2026-11-01\n',
    '9005,标题,abc,张,江苏,https://item.example.com/1.htm,价格不明,2026-11-01\n',
    '9006,标题,380,张,江苏,https://item.example.com/1.htm,日期不明,昨天下午吧\n',
    '9007,标题,380,张,江苏,https://item.example.com/1.htm,多一列,2026-11-01,多,余\n',
    '9008,只有两列\n',
    '9009,"没有收尾的引号,380,张,江苏,https://item.example.com/1.htm,描述,2026-11-01\n',
]  # fmt: skip


def test_thousand_rows_of_which_37_are_broken(tmp_path: Path) -> None:
    lines = [row(number).encode() for number in range(1, 1001)]
    places = range(13, 13 + 37 * 26, 26)
    for turn, place in enumerate(places):
        lines[place] = (
            b"9010,\xff\xfe\xfa,380,x,y,https://item.example.com/2.htm,z,2026-11-01\n"
            if turn % 10 == 9
            else BROKEN[turn % 10].encode()
        )
    path = tmp_path / "export.csv"
    path.write_bytes(b"\xef\xbb\xbf" + HEADER.encode() + b"".join(lines))
    good, bad = read(path)
    assert len(good) == 963
    assert [one.line for one in bad] == [place + 2 for place in places]
    assert all(one.reason for one in bad)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes((HEADER + row(1)).encode(encoding))
    (one,), bad = read(path)
    assert not bad
    assert one.listing is not None
    assert (one.listing.title, one.listing.price_cny, one.listing.seller, one.listing.area) == (
        "电工证 焊工证1，包过",
        380.0,
        "S3",
        "江苏",
    )
    assert one.listing.published_at == datetime(2026, 11, 2, 0, 0, tzinfo=UTC)


def test_quoted_cells_may_span_lines(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEADER + '1,标题,1,a,b,https://a.example/1,"第一行\n第二行",2026-11-01\n' + row(2), "utf-8")
    good, bad = read(path)
    assert not bad
    assert good[0].listing is not None
    assert good[0].listing.text == "第一行\n第二行"
    assert good[1].candidate.discovery.rank == 4


def test_xlsx_with_a_title_above_the_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某平台协查回复", None])
    sheet.append(["宝贝ID", "宝贝标题", "价格", "宝贝链接"])
    sheet.append([10001, "特种作业操作证 官网可查", 500, "https://item.example.com/10001"])
    sheet.append([10002, None, 500, "https://item.example.com/10002"])
    path = tmp_path / "reply.xlsx"
    book.save(path)
    (one,), (rejected,) = read(path)
    assert one.listing is not None
    assert one.listing.item_id == "10001"
    assert rejected.line == 4


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"code": 0, "data": {"resultList": items}}])
def test_json_however_it_is_wrapped(tmp_path: Path, wrap) -> None:
    path = tmp_path / "reply.json"
    path.write_text(
        json.dumps(wrap([{"itemId": 5, "title": "叉车证", "price": 300, "url": "https://a.example/5"}, {"itemId": 6}])),
        "utf-8",
    )
    good, bad = read(path)
    assert [o.listing.item_id for o in good if o.listing] == ["5"]
    assert [one.line for one in bad] == [2]


def test_json_lines_with_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "reply.jsonl"
    path.write_text('{"id": "1", "title": "a"}\n{"id": "2", "title":\n\n{"id": "3", "title": "c"}\n', "utf-8")
    good, bad = read(path)
    assert len(good) == 2
    assert [(one.line, one.reason) for one in bad] == [(2, "不是完好的 JSON")]


def test_one_json_object_is_a_json_lines_file_of_one_row(tmp_path: Path) -> None:
    path = tmp_path / "reply.jsonl"
    path.write_text('{"id": "1", "title": "a"}\n', "utf-8")
    assert len(read(path)[0]) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "空"),
        ("a.csv", b"foo,bar\n1,2\n", "表头"),
        ("a.xls", b"\xd0\xcf\x11\xe0rest", "旧版或加密"),
        ("a.xlsx", b"PK\x03\x04broken", "xlsx"),
        ("a.json", b"{broken", "JSON"),
    ],
)
def test_what_is_no_table_is_said_so(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputUnreadable) as caught:
        read(path)
    assert said in caught.value.zh
    assert str(path) in caught.value.zh


def test_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="找不到"):
        read(tmp_path / "none.csv")


def test_archive_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sheet1.xml", "w", force_zip64=True) as stream,
    ):
        for _ in range(1100):
            stream.write(b"\0" * 1_000_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(InputUnreadable, match="1 GB"):
        read(path)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.csv"
    path.write_bytes(HEADER.encode() + content)
    for one in read_listings(path, at=AT, pseudonym=str):
        assert isinstance(one, Observation | Rejection)


def test_rejects_file_is_harmless_and_complete(tmp_path: Path) -> None:
    path = write_rejects(
        tmp_path / "rejected",
        Path("a.csv"),
        [Rejection(3, "没有标题", '=HYPERLINK("x")'), Rejection(9, "没有标题", "b,c")],
        AT,
    )
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows[1] == ["a.csv", "3", "没有标题", '\'=HYPERLINK("x")']
    assert len(rows) == 3


TABLE = "商品ID,标题,价格,链接\n" + "".join(f"{n},电工证 包过{n},380,https://item.example.com/{n}\n" for n in (1, 2))
RECORDS = [{"itemId": "1", "title": "电工证 包过1"}, {"itemId": "2", "title": "电工证 包过2"}]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff".encode("gb18030") + TABLE.encode("gb18030"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
        TABLE.replace("\n1,", '\n="1",').replace("\n2,", '\n="2",').encode(),
        json.dumps(RECORDS, ensure_ascii=False).encode("gb18030"),
        json.dumps(RECORDS, ensure_ascii=False, indent=1).encode("utf-16"),
        json.dumps({"data": {"list": [RECORDS[:1], RECORDS[1:]]}}).encode(),
        json.dumps({"data": [{"item": one} for one in RECORDS]}).encode(),
        json.dumps([{"id": 7, "name": "第一页", "items": RECORDS[:1]}, {"page": 2, "items": RECORDS[1:]}]).encode(),
        json.dumps({"data": {one["itemId"]: one for one in RECORDS}}).encode(),
    ],
    ids=["gb18030-mark", "utf16le", "utf16be", "as-text", "gb-json", "utf16-json", "lists", "within", "pages", "by-id"],
)
def test_odd_exports_are_read_as_plain_ones(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    seen, rejected = read(path)
    assert rejected == []
    assert [(one.listing.item_id, one.listing.title) for one in seen] == [("1", "电工证 包过1"), ("2", "电工证 包过2")]


def test_a_header_of_two_rows_is_read_as_one_and_a_sum_is_no_listing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (
        ["商品ID", "标题", "价格信息", None, "链接"],
        [None, None, "原价", "现价", None],
        ["1", "电工证", "900", "380", "https://item.example.com/1"],
        ["合计", "1", "900", "380", None],
    ):
        book.active.append(cells)
    for merged in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        book.active.merge_cells(merged)
    book.save(tmp_path / "merged.xlsx")
    seen, rejected = read(tmp_path / "merged.xlsx")
    assert [(one.listing.title, one.listing.price_text) for one in seen] == [("电工证", "380")]
    assert [one.reason for one in rejected] == ["是合计行，不是商品"]
