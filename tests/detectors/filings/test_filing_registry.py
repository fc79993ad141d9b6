"""A page's number beside what the registry says of it, of the domain, and of the holder."""

from dataclasses import replace
from datetime import date

import pytest

from detectors.filings.filing_registry import FilingRegistryDetector
from detectors.filings.sponsor import is_same_body, sponsor_of
from detectors.model import CandidateKind, FilingFacts, FilingRecord, HostFacts, PageContent, Skip, Unknown
from keywords.roster import load_roster
from tests.builders import a_capture, a_site

DETECTOR = FilingRegistryDetector(load_roster())
COUNTRY = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼蜀黔滇藏陕陇青宁新"
OWN = FilingRecord(domain="a-b.cn", number="苏ICP备12001234号-1", holder="甲科技有限公司", holder_kind="企业")
OTHER = FilingRecord(domain="c.cn", number="京ICP备05000001号-2", holder="乙有限公司", holder_kind="企业")


def examined(
    footer, *, own=(), of_numbers=(), registry_on=date(2026, 11, 1), provinces=COUNTRY, is_shared=False, **facts
):
    filings = FilingFacts(
        domain="a-b.cn", registry_on=registry_on, own=own, of_numbers=of_numbers, provinces=provinces,
        is_shared_domain=is_shared,
    )  # fmt: skip
    page = PageContent(text=f"证书查询\n{footer}", footer=footer)
    return DETECTOR.examine(a_site("www.a-b.cn", page=page, facts=HostFacts(filings=filings, **facts)))


def codes(seen):
    assert not isinstance(seen, Skip), seen.cause
    return {one.code: one for one in seen}


def test_without_a_registry_nothing_is_said():
    page = PageContent(text="苏ICP备12001234号", footer="苏ICP备12001234号")
    for facts in (HostFacts(), HostFacts(filings=Unknown("备案库未导入"))):
        seen = DETECTOR.examine(a_site("a-b.cn", page=page, facts=facts))
        assert seen == Skip(detector="filing_registry", cause="备案库未导入，备案号未核对")


def test_the_hosts_own_number_speaks_for_it_with_the_registrys_date():
    (one,) = examined("甲科技有限公司 版权所有 苏ICP备12001234号", own=(OWN,))
    assert (one.code, one.direction.value) == ("filing.consistent", "against")
    assert "甲科技有限公司" in one.reason and "2026-11-01 的备案库" in one.reason and "距今" not in one.reason


def test_an_old_registry_is_said_to_be_old_and_its_absences_count_less():
    of_numbers = (("京ICP备05000001", (OTHER,)),)
    new = codes(examined("京ICP备05000001号", of_numbers=of_numbers))["filing.registry_other_host"]
    old = codes(examined("京ICP备05000001号", of_numbers=of_numbers, registry_on=date(2026, 5, 1)))
    assert "距今 205 天" in old["filing.registry_other_host"].reason
    assert old["filing.registry_other_host"].strength_permille < new.strength_permille


def test_another_hosts_number():
    seen = codes(examined("京ICP备05000001号-2", of_numbers=(("京ICP备05000001", (OTHER,)),)))
    one = seen["filing.registry_other_host"]
    assert "乙有限公司" in one.reason and "c.cn" in one.reason
    assert one.quotes[0].text[one.quotes[0].start : one.quotes[0].end] == "京ICP备05000001号-2"


def test_an_official_sites_number_names_the_official_site():
    theirs = replace(OTHER, domain="mohurd.gov.cn", number="京ICP备10036469号", holder="住房和城乡建设部")
    seen = codes(examined("京ICP10036469号", of_numbers=(("京ICP备10036469", (theirs,)),)))
    assert dict(seen["filing.registry_other_host"].data)["official"] == "mohurd.gov.cn"


def test_the_domain_has_a_number_and_the_page_prints_another():
    seen = codes(examined("京ICP备05000001号", own=(OWN,), of_numbers=(("京ICP备05000001", (OTHER,)),)))
    assert "苏ICP备12001234号-1" in seen["filing.registry_number_differs"].reason
    assert "filing.consistent" not in seen


def test_a_licence_of_the_same_holder_is_its_own():
    licence = FilingRecord(domain="d.cn", number="苏B2-20090059-1", holder="甲科技有限公司")
    seen = codes(examined("苏B2-20090059", own=(OWN,), of_numbers=(("苏B2-20090059", (licence,)),)))
    assert set(seen) == {"filing.consistent"}


def test_a_number_nobody_has():
    seen = codes(examined("苏ICP备19999999号", of_numbers=(("苏ICP备19999999", ()),)))
    assert set(seen) == {"filing.registry_unknown_number"}


def test_a_cancelled_filing():
    gone = replace(OWN, is_cancelled=True, status="已注销")
    seen = codes(examined("苏ICP备12001234号", own=(gone,)))
    assert "已注销" in seen["filing.registry_cancelled"].reason


def test_a_firms_filing_under_a_ministrys_name():
    seen = codes(examined("主办单位：应急管理部 苏ICP备12001234号", own=(OWN,)))
    assert set(seen) == {"filing.holder_mismatch"}
    assert "甲科技有限公司" in seen["filing.holder_mismatch"].reason


def test_firms_filed_by_agencies_are_weak_and_public_bodies_file_for_one_another():
    firm = codes(examined("主办单位：丙贸易有限公司 苏ICP备12001234号", own=(OWN,)))["filing.holder_mismatch"]
    state = codes(examined("主办单位：应急管理部 苏ICP备12001234号", own=(OWN,)))["filing.holder_mismatch"]
    assert firm.strength_permille * 3 <= state.strength_permille
    office = replace(OWN, holder="灌云县人民政府办公室", holder_kind="政府机关")
    assert set(codes(examined("主办单位：灌云县应急管理局 苏ICP备12001234号", own=(office,)))) == {"filing.consistent"}


@pytest.mark.parametrize(
    ("footer", "more", "cause"),
    [
        ("京ICP备05000001号", {"provinces": "苏"}, "不含“京”"),
        ("没有号码的页面", {"provinces": "苏"}, "只含 苏"),
        ("没有号码的页面", {"country": "US"}, "境外"),
        ("苏ICP备19999999号", {"is_shared": True}, "平台域名"),
        ("苏ICP备19999999号", {"registered_on": date(2026, 11, 5)}, "之后才注册"),
    ],
)
def test_what_cannot_be_compared_is_a_skip_with_its_cause(footer, more, cause):
    seen = examined(footer, **more)
    assert isinstance(seen, Skip) and cause in seen.cause


def test_nothing_filed_and_nothing_printed_is_weak():
    seen = codes(examined("没有号码的页面", country="CN"))
    assert seen["filing.registry_absent"].strength_permille <= 80
    assert codes(examined("没有号码的页面"))["filing.registry_absent"].strength_permille <= 40


def test_a_persons_answer_is_named_with_its_day():
    none = FilingRecord(domain="a-b.cn", number="", looked_on=date(2026, 11, 20))
    seen = codes(examined("没有号码的页面", own=(none,), registry_on=None, provinces=""))
    assert "2026-11-20 人工查询" in seen["filing.registry_absent"].reason
    own = replace(OWN, looked_on=date(2026, 11, 20))
    said = codes(examined("苏ICP备12001234号", own=(own,), registry_on=None, provinces=""))["filing.consistent"]
    assert "2026-11-20 人工查询" in said.reason


def test_a_number_without_a_letter_and_a_joke_are_not_compared():
    seen = examined("ICP备12345678号 萌ICP备20257012号", country="US")
    assert isinstance(seen, Skip)


def test_a_page_served_by_another_domain_is_not_compared():
    filings = FilingFacts(domain="a-b.cn", registry_on=date(2026, 11, 1), own=(OWN,), provinces=COUNTRY)
    page = PageContent(text="京ICP备05000001号", footer="京ICP备05000001号")
    moved = a_site("a-b.cn", page=page, facts=HostFacts(filings=filings))
    moved = replace(moved, captures=(a_capture("http://www.z-y.top/", page=page),))
    seen = DETECTOR.examine(moved)
    assert isinstance(seen, Skip) and "www.z-y.top" in seen.cause


def test_a_platforms_filing_says_nothing_about_what_is_offered_there():
    page = PageContent(text="苏ICP备12001234号", footer="苏ICP备12001234号")
    filings = FilingFacts(domain="a-b.cn", registry_on=date(2026, 11, 1), own=(OWN,), provinces=COUNTRY)
    offered = a_site("a-b.cn", page=page, facts=HostFacts(filings=filings))
    offered = replace(offered, candidate=replace(offered.candidate, kind=CandidateKind.LISTING))
    assert isinstance(DETECTOR.examine(offered), Skip)


@pytest.mark.parametrize(
    ("footer", "name"),
    [
        ("主办单位：灌云县应急管理局 承办：信息中心", "灌云县应急管理局"),
        ("版权所有 甲科技有限公司 苏ICP备12001234号", "甲科技有限公司"),
        ("版权所有：中华人民共和国应急管理部", "中华人民共和国应急管理部"),
        ("Copyright © 2020-2024 甲科技有限公司", "甲科技有限公司"),
        ("甲科技有限公司 版权所有", "甲科技有限公司"),
        ("苏ICP备12001234号", None),
    ],
)
def test_whom_a_page_names_as_sponsor(footer, name):
    found = sponsor_of(PageContent(text=footer, footer=footer))
    assert (found.name if found else None) == name


def test_names_of_one_body():
    assert is_same_body("应急管理部", "中华人民共和国应急管理部")
    assert is_same_body("甲乙科技有限公司", "甲乙科技（北京）有限公司")
    assert not is_same_body("甲乙科技有限公司", "丙丁科技有限公司")
