"""The regulator's export becomes the registry: every sound row arrives, every other one is named, and the old registry is whole until then."""

import csv
import os
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import InputUnreadable, UsageError
from pipelines.imports.filings import TooFewUsable, import_filings
from pipelines.imports.filings_rows import date_in
from pipelines.stores.memory_filings import MemoryFilings
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.filings import SqliteFilings

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
HEADER = "域名,主办单位名称,单位性质,网站备案/许可证号,网站名称,审核时间\n"


class Watched:
    """Counts what it is told; can stop the import like Ctrl-C."""

    def __init__(self, stops_at: int = -1) -> None:
        self.titles: list[str] = []
        self.told = 0
        self._stops_at = stops_at

    def stage(self, title: str, total: int) -> None:
        self.titles.append(title)

    def at(self, position: int) -> None:
        if self.titles and "核对" not in self.titles[-1]:
            self.told += 1
            if self.told == self._stops_at:
                raise KeyboardInterrupt


def row(n: int, domain: str | None = None, number: str | None = None) -> str:
    return f"{domain if domain is not None else f'a{n}.cn'},甲{n}有限公司,企业,{number or f'苏ICP备{n % 20:02d}{n:06d}号-1'},甲网,2020-05-12 10:00:00\n"


def bring(folder: Path, content: str | bytes, store=None, name: str = "export.csv", **more):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    store = store or MemoryFilings()
    options = {"at": AT, "by": "wang", "rejects_folder": folder / "rejected", "progress": Watched()} | more
    return import_filings([path], store, **options), store


BROKEN = (
    ("", "", "没有填写域名"),
    ("不是域名", "", "不是域名"),
    ("a_b.com/x y", "", "不是域名"),
    ("x.cn", "没有备案", "不符合规定格式"),
    ("x.cn", "京ICP备1号", "不符合规定格式"),
    ("x.cn", "ICP备12001234号", "不符合规定格式"),
    ("com.cn", "", "不是域名"),
)


def test_of_a_thousand_rows_thirty_seven_are_broken_and_named(tmp_path):
    rows = [row(n) for n in range(1000)]
    for place in range(37):
        domain, number, _ = BROKEN[place % len(BROKEN)]
        rows[place * 27] = row(place, domain, number or None)
    report, store = bring(tmp_path, HEADER + "".join(rows))
    assert (report.rows, report.edition.records, report.rejected, report.duplicates) == (1000, 963, 37, 0)
    assert [one.rejection.line for one in report.rejections] == [place * 27 + 2 for place in range(37)]
    for place, one in enumerate(report.rejections):
        assert BROKEN[place % len(BROKEN)][2] in one.rejection.reason
    kept = list(csv.reader(report.rejects_path.read_text("utf-8-sig").splitlines()))
    assert len(kept) == 38
    assert kept[1][:2] == ["export.csv", "2"]
    assert store.of_domain("a999.cn")[0].holder == "甲999有限公司"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_any_encoding_and_mark(tmp_path, encoding, mark):
    text = "全国备案信息（截至2026年10月31日）\n\n" + HEADER + row(1) + row(2)
    report, store = bring(tmp_path, text.replace(",", mark).encode(encoding))
    assert (report.edition.records, report.rejected) == (2, 0)
    assert (report.edition.registry_on, report.date_source) == (date(2026, 10, 31), "表头上方的文字")
    assert store.of_domain("a1.cn")[0].approved_on == date(2020, 5, 12)


@pytest.mark.parametrize(
    "header",
    [
        "网站域名,主办者名称,主办者性质,ICP备案号,网站名称,审核通过日期\n",
        "domain,unitName,natureName,serviceLicence,serviceName,updateRecordTime\n",
        "序号,备案域名,主办单位,服务备案/许可证号,备注\n",
        "网站首页网址（必填）,单位名称,性质,备案/许可证号：\n",
    ],
)
def test_columns_as_different_offices_name_them(tmp_path, header):
    names = header.strip().split(",")
    cells = {
        "网站域名": "a1.cn",
        "domain": "a1.cn",
        "备案域名": "a1.cn",
        "网站首页网址（必填）": "http://www.a1.cn/index.html",
    }
    line = ",".join(
        cells.get(name)
        or (
            "苏ICP备12001234号-1"
            if "备案" in name or "Licence" in name
            else "2020-05-12"
            if "日期" in name or "Time" in name
            else "甲"
        )
        for name in names
    )
    report, store = bring(tmp_path, header + line + "\n")
    assert report.rejected == 0
    assert store.of_domain("a1.cn")[0].number == "苏ICP备12001234号-1"


def test_cells_as_people_write_them(tmp_path):
    rows = (
        "WWW.A-B.COM.CN,甲,企业,苏ＩＣＰ备１２００１２３４号－１,网,2020/5/12\n"
        "http://中国应急.cn/首页,乙,企业,京ICP证030173号,网,2020年5月12日\n"
        '"a.cn;b.cn、www.c.cn",丙,个人,粤B2-20090059-3,网,20200512\n'
        ",丁,企业,京ICP备2022034770号-6X,某小程序,-\n"
        "203.0.113.9,戊,企业,浙ICP备12001234号,网,\n"
        '"d.cn","己\n""集团""",企业,湘ICP备12001234号,网,2020.5.12\n'
    )
    report, store = bring(tmp_path, HEADER + rows)
    assert [one.rejection.reason for one in report.rejections] == []
    assert store.of_domain("a-b.com.cn")[0].number == "苏ICP备12001234号-1"
    assert store.of_domain("xn--fiqs8sb03ieo4b.cn") or store.of_domain("中国应急.cn".encode("idna").decode())
    assert {one.domain for one in store.of_number("粤B2-20090059")} == {"a.cn", "b.cn", "c.cn"}
    assert store.of_number("京ICP备2022034770")[0].site_name == "某小程序"
    assert store.of_domain("203.0.113.9")
    assert store.of_domain("d.cn")[0].holder == '己\n"集团"'


def test_cancelled_states_are_understood(tmp_path):
    header = "域名,备案号,状态\n"
    words = ("正常", "已注销", "取消接入", "", "空壳主体", "未注销")
    rows = "".join(f"a{n}.cn,苏ICP备12{n:06d}号,{word}\n" for n, word in enumerate(words))
    _, store = bring(tmp_path, header + rows)
    assert [store.of_domain(f"a{n}.cn")[0].is_cancelled for n in range(6)] == [False, True, True, False, True, False]


def test_duplicates_are_counted_and_the_last_stands(tmp_path):
    report, store = bring(tmp_path, HEADER + row(1) + row(1).replace("甲1", "乙") + row(2))
    assert (report.rows, report.edition.records, report.duplicates) == (3, 2, 1)
    assert store.of_domain("a1.cn")[0].holder == "乙有限公司"


def test_a_book_with_merged_titles_and_several_sheets(tmp_path):
    book = openpyxl.Workbook()
    for number, sheet in enumerate((book.active, book.create_sheet("续表"))):
        if number == 0:
            sheet.append(["全国ICP备案信息"])
            sheet.merge_cells("A1:F1")
            sheet.append(["数据日期：2026-10-31"])
        sheet.append(HEADER.strip().split(","))
        for n in range(3):
            cells = row(number * 10 + n).strip().split(",")
            sheet.append([*cells[:5], date(2020, 5, 12)])
        sheet.append([None, "", "没有域名", "苏ICP备12001234号", "", ""])
    book.save(tmp_path / "export.xlsx")
    report, store = bring(tmp_path, (tmp_path / "export.xlsx").read_bytes(), name="export.xlsx")
    assert (report.edition.records, report.rejected) == (6, 2)
    assert report.edition.registry_on == date(2026, 10, 31)
    assert "续表" in report.rejections[1].rejection.reason
    assert store.of_domain("a12.cn")[0].approved_on == date(2020, 5, 12)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"\n\n  \n", "空的"),
        ("域名,主办单位\na.cn,甲\n", "“备案/许可证号”"),
        ("主办单位,备案号\n甲,苏ICP备12001234号\n", "“域名”"),
        ("今天天气很好\n明天也是\n", "没有找到表头行"),
        (HEADER, "表头下面没有数据"),
        (b"PK\x03\x04 no book", "不是完好的 .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版或加密的 Excel"),
    ],
)
def test_what_is_no_export_is_refused_and_the_registry_stays(tmp_path, content, said):
    _, store = bring(tmp_path, HEADER + row(1))
    with pytest.raises(InputUnreadable) as refused:
        bring(tmp_path, content, store, name="bad.csv")
    assert said in refused.value.sentence("zh") and "bad.csv" in refused.value.sentence("en")
    assert store.of_domain("a1.cn")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputUnreadable) as refused:
        import_filings(
            [tmp_path / "no.csv"], MemoryFilings(), at=AT, by="x", rejects_folder=tmp_path, progress=Watched()
        )
    assert "找不到" in refused.value.sentence("zh")


def test_columns_that_hold_something_else_do_not_replace_the_registry(tmp_path):
    _, store = bring(tmp_path, HEADER + row(1))
    with pytest.raises(TooFewUsable) as refused:
        bring(tmp_path, HEADER + row(7) + row(8, "甲") + row(9, "乙"), store, name="bad.csv")
    assert "没有改变" in refused.value.sentence("zh")
    assert "bad" in next((tmp_path / "rejected").iterdir()).name
    assert store.of_domain("a1.cn") and not store.of_domain("a7.cn")


def test_the_same_files_again_change_nothing(tmp_path):
    first, store = bring(tmp_path, HEADER + row(1))
    again, _ = bring(tmp_path, HEADER + row(1), store)
    assert again.is_unchanged
    assert again.edition == first.edition
    dated, _ = bring(tmp_path, HEADER + row(1), store, registry_on=date(2026, 1, 1))
    assert (dated.is_unchanged, dated.edition.registry_on) == (False, date(2026, 1, 1))


def test_several_files_are_one_registry_as_old_as_the_oldest(tmp_path):
    paths = []
    for n, name in ((1, "beian_20261031.csv"), (2, "beian_2026-11-02.csv")):
        (tmp_path / name).write_text(HEADER + row(n) + row(n, "x"), "utf-8")
        paths.append(tmp_path / name)
    store = MemoryFilings()
    report = import_filings(paths, store, at=AT, by="wang", rejects_folder=tmp_path / "r", progress=Watched())
    assert (report.edition.records, report.edition.registry_on) == (2, date(2026, 10, 31))
    assert [(one.source, one.rejection.line) for one in report.rejections] == [(p.name, 3) for p in paths]


def test_a_stopped_import_leaves_the_old_registry_and_goes_on(tmp_path):
    database = Database(tmp_path / "case.sqlite")
    store = SqliteFilings(database)
    bring(tmp_path, HEADER + row(1, "old.cn"), store)
    many = HEADER + "".join(row(n) if n % 1000 else row(n, "x") for n in range(1, 50_001))
    with pytest.raises(KeyboardInterrupt):
        bring(tmp_path, many, store, name="new.csv", progress=Watched(stops_at=2))
    assert store.of_domain("old.cn") and not store.of_domain("a1.cn")
    report, _ = bring(tmp_path, many, store, name="new.csv")
    assert report.resumed_at >= 40_000
    assert (report.rows, report.edition.records, report.rejected) == (50_000, 49_950, 50)
    assert len({one.rejection.line for one in report.rejections}) == 50
    assert not store.of_domain("old.cn") and store.of_domain("a1.cn") and store.of_domain("a49999.cn")
    database.close()


def test_the_date_is_the_files_own_when_nothing_tells_it(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(HEADER + row(1), "utf-8")
    changed = datetime(2026, 9, 1, tzinfo=UTC).timestamp()
    os.utime(path, (changed, changed))
    report = import_filings([path], MemoryFilings(), at=AT, by="x", rejects_folder=tmp_path, progress=Watched())
    assert (report.edition.registry_on, report.date_source) == (date(2026, 9, 1), "文件修改时间")


def test_a_date_to_come_is_refused(tmp_path):
    with pytest.raises(UsageError):
        bring(tmp_path, HEADER + row(1), registry_on=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-12", date(2024, 5, 12)),
        ("备案库20240512全量", date(2024, 5, 12)),
        ("截至 2024年5月12日", date(2024, 5, 12)),
        ("2024.5.12 10:00", date(2024, 5, 12)),
        ("2024_05_12", date(2024, 5, 12)),
        ("202405", None),
        ("2024-13-41", None),
        ("第12345678910号", None),
    ],
)
def test_dates_in_words(text, day):
    assert date_in(text) == day


def test_lines_in_another_encoding_and_endless_quotes_cost_only_themselves(tmp_path):
    content = (HEADER + row(1)).encode() + "b2.cn,乙有限公司,企业,苏ICP备12001234号,网,\n".encode("gbk")
    content += 'b3.cn,"丙有限公司,企业,苏ICP备12001235号,网,\n'.encode() + row(4).encode() + b"x\x00y,,,,,\n"
    report, store = bring(tmp_path, content + "".join(row(n) for n in range(5, 40)).encode())
    assert all(store.of_domain(f"a{n}.cn") for n in (1, *range(4, 40)))
    assert [one.rejection.line for one in report.rejections] == [3, 4, 6]
    said = [one.rejection.reason for one in report.rejections]
    assert "UTF-8" in said[0] and "引号" in said[1] and "空字符" in said[2]


@given(st.binary(max_size=400))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_an_import_or_a_sentence(tmp_path, content):
    for head in (b"", HEADER.encode()):
        try:
            bring(tmp_path, head + content)
        except UsageError as refused:
            assert refused.sentence("zh") and refused.sentence("en")
