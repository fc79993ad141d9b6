"""Missing, invented and official sites' numbers."""

from dataclasses import replace

import pytest

from detectors.filings.filing_mismatch import FilingMismatchDetector
from detectors.filings.model import FilingKind
from detectors.filings.official_marks import OwnerBook
from detectors.model import CandidateKind, HostFacts, Link, OfficialSnapshot, PageContent
from keywords.roster import load_roster
from tests.builders import AT, a_capture, a_site

ROSTER = load_roster()
DETECTOR = FilingMismatchDetector(ROSTER, ())
LONG = "证书查询平台为用人单位和个人提供证书真伪查询服务，请输入证件号码和姓名进行查询，如有疑问请与我们联系，谢谢您的支持与配合。"


def seen(page=None, html="", **facts):
    observation = a_site("x-y.cn", page=page or PageContent(text=LONG), facts=HostFacts(**facts))
    if html:
        observation = replace(observation, captures=(a_capture("http://x-y.cn/", html=html),))
    return {one.code: one for one in DETECTOR.examine(observation)}


def test_a_missing_number_counts_less_abroad():
    weak = seen(country="US")["filing.absent"].strength_permille
    assert 0 < weak < seen(country="CN")["filing.absent"].strength_permille == seen()["filing.absent"].strength_permille


@pytest.mark.parametrize(
    ("footer", "code", "official"),
    [
        ("京ICP10036469号", "filing.copied", "www.mohurd.gov.cn"),
        ("京公网安备 11040102700068号", "police_filing.copied", "www.miit.gov.cn"),
        ("网站标识码：bm30000012", "site_code.copied", "www.samr.gov.cn"),
    ],
)
def test_numbers_of_official_sites(footer, code, official):
    one = seen(PageContent(text=footer, footer=footer))[code]
    assert dict(one.data)["official"] == official
    assert one.quotes[0].where == "footer"


def test_badges_and_reports_that_only_handlers_name():
    html = (
        "<a onclick=\"OpenUrl('http://bszs.conac.cn/sitename?method=show&id=090F963018611703E053022819ACC232')\">x</a>"
        "<a onclick=\"OpenUrl('http://121.43.68.40/exposure/jiucuo.html?site_code=4412910008&url=http%3A%2F%2Fwww.zqgx.gov.cn%2F')\">y</a>"
    )
    found = seen(html=html)
    assert dict(found["badge.copied"].data)["official"] == "www.mohurd.gov.cn"
    assert "www.zqgx.gov.cn" in found["site_report.other_host"].reason


def test_a_sites_own_numbers_are_not_copied():
    host = "www.mohurd.gov.cn"
    page = PageContent(text="京ICP备10036469号", footer="京ICP备10036469号")
    assert DETECTOR.examine(a_site(host, page=page)) == ()


def test_numbers_of_stored_official_pages_are_known():
    page = PageContent(
        footer="京ICP备05999999号 京公网安备11010102001234号",
        links=(Link(url="https://bszs.conac.cn/sitename?method=show&id=5A1C0F6E9B2D4C7E8F00112233445566"),),
    )
    taken = OfficialSnapshot(host="cx.mem.gov.cn", url="https://cx.mem.gov.cn/", taken_at=AT, html="", page=page)
    book = OwnerBook(ROSTER, (taken,))
    for kind, number in (
        (FilingKind.ICP, "京ICP05999999号-7"),
        (FilingKind.POLICE, "11010102001234"),
        (FilingKind.BADGE, "5A1C0F6E9B2D4C7E8F00112233445566"),
    ):
        assert book.owner_of(kind, number).host == "cx.mem.gov.cn"
    assert book.owner_of(FilingKind.ICP, "京ICP备05999998号") is None


@pytest.mark.parametrize("kind", [CandidateKind.APP, CandidateKind.MINI_PROGRAM])
def test_an_apps_description_may_carry_an_official_number(kind):
    observation = a_site("x-y.cn", text="")
    observation = replace(
        observation,
        candidate=replace(observation.candidate, kind=kind, key="1"),
        captures=(),
        text="特种作业证书查询 备案号：京ICP备18022388号-9X",
    )
    assert [one.code for one in DETECTOR.examine(observation)] == ["filing.copied"]


def test_every_known_mark_is_of_a_sound_form():
    book = OwnerBook(ROSTER, ())
    assert len(book._owners) >= 40
    assert all(owner.host and owner.name for owner in book._owners.values())
