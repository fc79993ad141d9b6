"""A county's own list of official sites: every sound row arrives, and none that would make strangers official."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywords.roster import load_roster
from pipelines.errors import InputUnreadable
from pipelines.imports.site_rows import TEMPLATE
from pipelines.imports.sites import SiteOutcome, SitesReport, import_sites
from pipelines.official_sites import OwnSites, official_roster
from pipelines.settings import Settings

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
HEADER = "域名,名称,主办单位,简称,其他域名,放行域名,重点保护,状态\n"
OWN = "yjglj.guanyun.gov.cn,灌云县应急管理局,灌云县应急管理局,灌云应急局,,,是,\n"


def bring(home: Path, text: str, name: str = "sites.csv", **options: bool) -> SitesReport:
    path = home / name
    path.write_text(text, "utf-8")
    return import_sites(path, home, at=AT, by="zhang", **options)


def reasons(report: SitesReport) -> list[str]:
    return [one.reason for one in report.rejections]


def test_a_new_row_is_official_at_run_time(tmp_path: Path) -> None:
    report = bring(tmp_path, HEADER + OWN)
    assert report.outcomes == {SiteOutcome.ADDED: 1}
    assert not report.rejections and not report.changes[0].conflicts
    roster = official_roster(Settings(home=tmp_path))
    site = roster.site_of("yjglj.guanyun.gov.cn")
    assert site is not None
    assert (site.name, site.aliases, site.is_protected, site.source) == (
        "灌云县应急管理局",
        ("灌云应急局",),
        True,
        "import of sites.csv by zhang",
    )
    (row,) = OwnSites(tmp_path).read()
    assert (row.imported_by, row.imported_at) == ("zhang", "2026-11-22T08:30:00+00:00")


def test_a_list_of_bodies_with_their_sites_needs_no_other_names(tmp_path: Path) -> None:
    report = bring(tmp_path, "单位名称,网址\n灌云县应急管理局,http://yjglj.guanyun.gov.cn/\n")
    assert report.outcomes == {SiteOutcome.ADDED: 1}, reasons(report)
    assert report.changes[0].row.site.name == "灌云县应急管理局"
    corrected = bring(tmp_path, "单位名称,网址\n灌云县应急局,yjglj.guanyun.gov.cn\n")
    assert corrected.changes[0].row.site.name == "灌云县应急管理局", "a correction leaves the name"
    assert corrected.changes[0].row.site.sponsor == "灌云县应急局"


def test_a_spreadsheet_s_habits_are_read(tmp_path: Path) -> None:
    header = "网 址（域名）,网站名称（全称）,主办单位,类型（部门/门户）,级 别,行政区划代码（6位）,首字母,拼音\n"
    rows = (
        "https://YJGLJ.guanyun.gov.cn/index.html,灌云县应急管理局,灌云县应急管理局,部门,区县,３２０７２３,GYXYJJ、ＧＹＹＪＪ,Guan Yun\n"
        "rsj.guanyun.gov.cn,灌云县人社局,灌云县人社局,部门,县,320723000000,,\n"
    )
    report = bring(tmp_path, header + rows)
    assert report.outcomes == {SiteOutcome.ADDED: 2}, reasons(report)
    first, second = (OwnSites(tmp_path).roster().site_of(f"{sub}.guanyun.gov.cn") for sub in ("yjglj", "rsj"))
    assert first is not None and second is not None
    assert (first.region_code, second.region_code) == ("320723", "320723")
    assert (first.initials, first.pinyin) == (("gyxyjj", "gyyjj"), ("guan yun",))
    other = bring(tmp_path, header + "a.guanyun.gov.cn,甲,乙,部门,县,320723101,,\n")
    assert reasons(other) == ["行政区划代码“320723101”应为 6 位数字"]


def test_the_second_import_of_a_file_changes_nothing(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + OWN)
    before = OwnSites(tmp_path).path.read_bytes()
    report = bring(tmp_path, HEADER + OWN)
    assert report.outcomes == {SiteOutcome.UNCHANGED: 1}
    assert report.sha256 == ""
    assert OwnSites(tmp_path).path.read_bytes() == before
    assert not OwnSites(tmp_path).previous.exists()


def test_an_empty_cell_keeps_what_stands_and_a_dash_clears_it(tmp_path: Path) -> None:
    shipped = load_roster().site_of("www.jiangsu.gov.cn")
    assert shipped is not None and shipped.icp_number and shipped.brands
    report = bring(tmp_path, "host,name,sponsor,aliases,icp_number\nwww.jiangsu.gov.cn,,,-,苏ICP备00000000号\n")
    assert report.outcomes == {SiteOutcome.CORRECTED: 1}
    site = OwnSites(tmp_path).roster().site_of("www.jiangsu.gov.cn")
    assert site is not None
    assert (site.icp_number, site.aliases) == ("苏ICP备00000000号", ())
    assert (site.brands, site.sponsor, site.site_code) == (shipped.brands, shipped.sponsor, shipped.site_code)
    assert site.source.startswith(shipped.source) and "zhang" in site.source


def test_the_version_before_is_kept(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + OWN)
    first = OwnSites(tmp_path).path.read_bytes()
    bring(tmp_path, HEADER + "zjj.guanyun.gov.cn,灌云县住房和城乡建设局,灌云县住房和城乡建设局,,,,,\n")
    own = OwnSites(tmp_path)
    assert own.previous.read_bytes() == first
    assert [row.site.host for row in own.read()] == ["yjglj.guanyun.gov.cn", "zjj.guanyun.gov.cn"]
    assert not list(tmp_path.glob("*.part"))


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "sites.csv"
    path.write_text(HEADER + OWN + "memgov.cn,甲,乙,,,,,\n", "utf-8")
    report = import_sites(path, tmp_path / "home", at=AT, by="zhang", is_dry_run=True)
    assert (report.outcomes, len(report.rejections)) == ({SiteOutcome.ADDED: 1}, 1)
    assert not (tmp_path / "home").exists()


def test_xlsx_json_and_english_headers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["灌云县官方网站名录", None, None],
        ["网址", "单位名称", "网站名称"],
        ["https://www.guanyun.gov.cn/yjglj/index.html", "灌云县应急管理局", "灌云应急"],
    ):
        sheet.append(row)
    book.save(tmp_path / "sites.xlsx")
    report = import_sites(tmp_path / "sites.xlsx", tmp_path, at=AT, by="li")
    assert [change.row.site.host for change in report.changes] == ["www.guanyun.gov.cn"]
    report = bring(tmp_path, '[{"host": "a.guanyun.gov.cn", "name": "甲", "sponsor": "乙"}, 5]', "sites.json")
    assert (report.outcomes, len(report.rejections)) == ({SiteOutcome.ADDED: 1}, 1)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "sites.csv"
    path.write_bytes((HEADER + OWN).encode(encoding))
    report = import_sites(path, tmp_path, at=AT, by="zhang")
    assert report.changes[0].row.site.name == "灌云县应急管理局"


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("cn", "不是域名"),
        ("com.cn", "公共后缀"),
        ("gov.cn", "公共后缀"),
        ("GOV.CN.", "公共后缀"),
        ("http://gov.cn/", "公共后缀"),
        ("github.io", "公共后缀"),
        ("aliyuncs.com", "托管平台"),
        ("pages.dev", "公共后缀"),
        ("guanyun.local", "公共后缀"),
        ("*.guanyun.gov.cn", "通配符"),
        ("192.0.2.7", "网络地址"),
        ("http://192.0.2.7:8080/cx", "网络地址"),
        ("0x7f.1", "网络地址"),
        ("http://[2001:db8::1]/", "不是域名"),
        ("https://www.gov.cn@evil.top/", "@"),
        ("not a host", "不是域名"),
        ("", "没有填写域名"),
        ("cx-mem-gov.cn", "像是仿冒"),
        ("memgov.cn", "像是仿冒"),
        ("cx.mem.gov.cn.guanyun-aq.cn", "像是仿冒"),
        ("cx-mem.github.io", "像是仿冒"),
        ("应急管理部.com", "像是仿冒"),
        ("mohurd.top", "像是仿冒"),
    ],
)
def test_a_row_that_would_blind_the_system_is_refused(tmp_path: Path, host: str, said: str) -> None:
    report = bring(tmp_path, f"{HEADER}{host},某单位,某单位,,,,,\n{OWN}")
    assert [one.line for one in report.rejections] == [2]
    assert said in reasons(report)[0]
    assert report.outcomes == {SiteOutcome.ADDED: 1}
    assert report.rejects_path is not None and said in report.rejects_path.read_text("utf-8-sig")


@pytest.mark.parametrize("column", [4, 5])
@pytest.mark.parametrize("host", ["gov.cn", "github.io", "cx-mem-gov.cn", "192.0.2.7"])
def test_further_hosts_are_held_to_the_same(tmp_path: Path, column: int, host: str) -> None:
    cells = ["yjj.guanyun.gov.cn", "甲", "乙", "", "", "", "", ""]
    cells[column] = host
    report = bring(tmp_path, HEADER + ",".join(cells) + "\n")
    assert len(report.rejections) == 1 and not report.changes
    assert not OwnSites(tmp_path).path.exists()


def test_a_lookalike_is_taken_when_a_person_insists(tmp_path: Path) -> None:
    row = "memgov.cn,甲,乙,,,,,\n"
    assert "--accept-lookalike" in reasons(bring(tmp_path, HEADER + row))[0]
    report = bring(tmp_path, HEADER + row, accepts_lookalikes=True)
    assert any("--accept-lookalike" in sentence for sentence in report.changes[0].conflicts)
    assert OwnSites(tmp_path).roster().is_official("memgov.cn")
    # Insisting does not open what belongs to everybody.
    assert "公共后缀" in reasons(bring(tmp_path, HEADER + "gov.cn,甲,乙,,,,,\n", accepts_lookalikes=True))[0]


def test_what_is_below_a_shared_parent_is_one_host(tmp_path: Path) -> None:
    report = bring(tmp_path, HEADER + "guanyun-portal.github.io,甲,乙,,,,,\n")
    assert any("共用平台" in sentence for sentence in report.changes[0].conflicts)
    roster = OwnSites(tmp_path).roster()
    assert roster.is_official("guanyun-portal.github.io")
    assert not roster.is_official("a.guanyun-portal.github.io")


def test_outside_gov_cn_a_deep_host_does_not_bring_its_domain(tmp_path: Path) -> None:
    report = bring(tmp_path, HEADER + "yj.county-media.cn,甲,乙,,,,,\nwww.guanyun-yj.org.cn,丙,丁,,,,,\n")
    assert any("不在 .gov.cn" in sentence for sentence in report.changes[0].conflicts)
    assert any("guanyun-yj.org.cn 之下的所有主机" in sentence for sentence in report.changes[1].conflicts)
    roster = OwnSites(tmp_path).roster()
    assert not roster.is_official("shop.county-media.cn")
    assert roster.is_official("cx.guanyun-yj.org.cn")


def test_conflicts_are_shown(tmp_path: Path) -> None:
    report = bring(
        tmp_path,
        HEADER
        + "cx.mem.gov.cn,某查询平台,某公司,,,,,\n"
        + "cx.guanyun.gov.cn,甲,灌云县应急管理局,应急部|灌云查询,,,,\n"
        + "yjj.guanyun.gov.cn,丙,灌云县应急管理局,,cnse.samr.gov.cn,,,\n",
    )
    first, second, third = (change.conflicts for change in report.changes)
    assert any("主办单位在名录中是“应急管理部”，本行是“某公司”" in sentence for sentence in first)
    assert any("“应急部”也属于“应急管理部”" in sentence for sentence in second)
    assert any("已属于重点保护网站 cnse.e-cqs.cn" in s for s in third) or any("主办单位" in s for s in third)


def test_a_withdrawn_row_withdraws_a_shipped_one_and_can_come_back(tmp_path: Path) -> None:
    report = bring(tmp_path, "域名,状态\npjjg.osta.org.cn,停用\nnobody.guanyun-x.cn,停用\n")
    assert report.outcomes == {SiteOutcome.WITHDRAWN: 1}
    assert "不在名录中" in reasons(report)[0]
    assert not OwnSites(tmp_path).roster().is_official("pjjg.osta.org.cn")
    assert bring(tmp_path, "域名,状态\npjjg.osta.org.cn,withdrawn\n").outcomes == {SiteOutcome.UNCHANGED: 1}
    report = bring(tmp_path, "域名,状态\npjjg.osta.org.cn,启用\n")
    assert report.outcomes == {SiteOutcome.CORRECTED: 1}
    assert OwnSites(tmp_path).roster().is_official("pjjg.osta.org.cn")


def test_withdrawing_everybody_is_refused_and_a_protected_site_is_named(tmp_path: Path) -> None:
    report = bring(tmp_path, "域名,状态\ngov.cn,停用\ncx.mem.gov.cn,停用\n")
    assert "公共后缀" in reasons(report)[0]
    assert any("重点保护" in sentence for sentence in report.changes[0].conflicts)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a.guanyun.gov.cn,,乙,,,,,", "没有填写名称"),
        ("a.guanyun.gov.cn,甲,,,,,,", "没有填写主办单位"),
        ("a.guanyun.gov.cn,甲,乙,,,,,暂停吧", "状态"),
        ("a.guanyun.gov.cn,甲,乙,,,,也许,", "重点保护"),
        ("a.guanyun.gov.cn,=1+1,乙,,,,,", "公式"),
        ("a.guanyun.gov.cn,甲\u202e乙,丙,,,,,", "不可见"),
        (f"a.guanyun.gov.cn,{'长' * 501},乙,,,,,", "500"),
        ("a.guanyun.gov.cn,甲,乙,,,,,,多,余", "列"),
        (f"a.guanyun.gov.cn,甲,乙,{'|'.join(map(str, range(51)))},,,,", "50"),
    ],
)
def test_broken_rows(tmp_path: Path, row: str, said: str) -> None:
    report = bring(tmp_path, f"{HEADER}{row}\n{OWN}{OWN}")
    assert said in reasons(report)[0]
    assert "与第 3 行重复" in reasons(report)[1]
    assert report.outcomes == {SiteOutcome.ADDED: 1}


def test_the_template_is_a_table_that_imports_as_nothing(tmp_path: Path) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(TEMPLATE)
    report = bring(tmp_path, stream.getvalue())
    assert not report.changes and not report.rejections
    report = bring(tmp_path, stream.getvalue().replace("示例\r\n", "启用\r\n").replace("example.gov", "guanyun.gov"))
    (change,) = report.changes
    assert change.row.site.initials == ("slyjj",)
    assert change.row.site.accounts == ("微信公众号:示例应急",)


def test_a_correction_is_not_refused_for_hosts_the_shipped_row_has(tmp_path: Path) -> None:
    # `www.gov.cn` has `gov.cn` as a further host: nobody could bring it in, but it may stay.
    report = bring(tmp_path, "域名,简称\nwww.gov.cn,国务院|中国政府网|政府网\n")
    assert report.outcomes == {SiteOutcome.CORRECTED: 1}
    assert not OwnSites(tmp_path).roster().is_official("gov.cn.com")


@pytest.mark.parametrize("cells", ["应急,yjj,yjj", "ying ji,YJJ!,yjj", "ying ji,yjj,a b", "ying  ji,yjj,yjj"])
def test_readings_and_brands_are_letters(tmp_path: Path, cells: str) -> None:
    report = bring(tmp_path, f"域名,名称,主办单位,拼音,首字母,标识词\na.guanyun.gov.cn,甲,乙,{cells}\n")
    assert "小写字母" in reasons(report)[0]


def test_imports_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    paths = []
    for number in range(6):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"域名,名称,主办单位\na{number}.guanyun.gov.cn,甲{number},乙\n", "utf-8")
        paths.append(path)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda path: import_sites(path, tmp_path, at=AT, by="x"), paths))
    assert len(OwnSites(tmp_path).read()) == 6


def test_what_a_killed_import_left_behind_is_harmless(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + OWN)
    (tmp_path / "official_sites.part").write_bytes(b"host,na")
    assert len(OwnSites(tmp_path).read()) == 1
    bring(tmp_path, HEADER + "zjj.guanyun.gov.cn,甲,乙,,,,,\n")
    assert len(OwnSites(tmp_path).read()) == 2


@pytest.mark.parametrize("text", ["", "甲,乙\n1,2\n", "名称,主办单位\n甲,乙\n"])
def test_what_names_no_host_column_is_no_list_of_sites(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputUnreadable):
        bring(tmp_path, text)


@pytest.mark.parametrize("damage", [b"\xff\xfe\x00", b"host,name\nx,y\n", b'host,"', "域名\n甲\n".encode()])
def test_a_damaged_roster_is_said_so_and_never_passed_over(tmp_path: Path, damage: bytes) -> None:
    OwnSites(tmp_path).path.write_bytes(damage)
    with pytest.raises(InputUnreadable, match="previous"):
        official_roster(Settings(home=tmp_path))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_stumble_or_strangers_official(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    home = tmp_path_factory.mktemp("any")
    (home / "any.csv").write_bytes(HEADER.encode() + body)
    import_sites(home / "any.csv", home, at=AT, by="x")
    roster = OwnSites(home).roster()
    assert not any(map(roster.is_official, ("cx-mem-gov.cn", "a.github.io", "x.com.cn", "memgov.cn")))


_WORDS = st.text(st.characters(categories=("Lo", "Ll", "Nd"), max_codepoint=0x9FFF), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.from_regex(r"[a-z]{3,9}", fullmatch=True), _WORDS, _WORDS), max_size=5, unique_by=lambda r: r[0]))  # fmt: skip
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]) -> None:
    home = tmp_path_factory.mktemp("round")
    stream = io.StringIO(newline="")
    table = [(f"{host}.guanyun.gov.cn", name, sponsor) for host, name, sponsor in rows]
    csv.writer(stream).writerows([("host", "name", "sponsor"), *table])
    report = bring(home, stream.getvalue())
    read = {row.site.host: (row.site.name, row.site.sponsor) for row in OwnSites(home).read()}
    wanted = {change.row.site.host: (change.row.site.name, change.row.site.sponsor) for change in report.changes}
    assert read == wanted
    assert len(wanted) + len(report.rejections) == len(rows)
