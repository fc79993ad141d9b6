"""What the golden pages cannot show: several captures, redirects, official hosts, missing things."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.filings.filing_registry import FilingRegistryDetector
from detectors.model import (
    Candidate,
    CandidateKind,
    Capture,
    Discovery,
    Form,
    Observation,
    PageContent,
    Profile,
    Skip,
)  # fmt: skip
from detectors.pages.bodies import BodyNames, ClaimKind
from detectors.pages.clone import CloneDetector
from detectors.pages.identity import ClaimedIdentityDetector
from detectors.pages.kinds import OfficialHostDetector, PageKindDetector
from detectors.pages.query_form import QueryFormDetector
from detectors.pages.read import read_page
from detectors.registry import Knowledge, build_detectors
from keywords.loader import load_lexicon
from keywords.roster import load_roster

AT = datetime(2026, 11, 22, tzinfo=UTC)
ROSTER = load_roster()
FORM = "<title>特种作业操作证查询平台</title><form>证件号码<input name=idcard>姓名<input name=xm><button>查询</button></form>"


def seen(*looks: tuple[Profile, str, str], host: str = "q7.cn") -> Observation:
    candidate = Candidate(
        kind=CandidateKind.SITE, url=f"http://{host}/", host=host, discovery=Discovery(source="test", found_at=AT)
    )
    captures = tuple(
        Capture(
            profile=profile,
            requested_url=f"http://{host}/",
            final_url=url,
            status=200,
            captured_at=AT,
            html=html,
            page=read_page(html, url),
        )
        for profile, url, html in looks
    )
    return Observation(candidate=candidate, observed_at=AT, captures=captures)


def codes(signals) -> set[str]:
    assert not isinstance(signals, Skip)
    return {one.code for one in signals}


@pytest.mark.parametrize(
    "detector",
    [ClaimedIdentityDetector(ROSTER), QueryFormDetector(ROSTER), CloneDetector(ROSTER, ()), PageKindDetector(ROSTER)],
    ids=lambda one: one.name,
)
def test_without_a_page_it_says_so(detector):
    skip = detector.examine(seen())
    assert isinstance(skip, Skip)
    assert skip.detector == detector.name


def test_without_snapshots_clones_are_not_measured():
    skip = CloneDetector(ROSTER, ()).examine(seen((Profile.DESKTOP, "http://q7.cn/", "<p>任意</p>")))
    assert isinstance(skip, Skip)
    assert "快照" in skip.cause


def test_the_registry_was_not_asked():
    assert isinstance(FilingRegistryDetector(ROSTER).examine(seen()), Skip)


def test_a_name_that_leads_to_the_official_site_shows_no_fake_page():
    observation = seen((Profile.DESKTOP, "https://cx.mem.gov.cn/", FORM))
    assert codes(ClaimedIdentityDetector(ROSTER).examine(observation)) == set()
    assert codes(QueryFormDetector(ROSTER).examine(observation)) == set()


def test_cloaked_query_is_found_and_the_innocent_face_is_no_excuse():
    desk = "<title>网站建设中</title><p>网站建设中，敬请期待</p>"
    observation = seen((Profile.DESKTOP, "http://q7.cn/", desk), (Profile.WECHAT, "http://q7.cn/", FORM))
    assert codes(PageKindDetector(ROSTER).examine(observation)) == {"page.cloaked"}
    assert "query_form.certificate" in codes(QueryFormDetector(ROSTER).examine(observation))


def test_scripts_that_build_the_page_are_no_cloak():
    observation = seen(
        (Profile.DESKTOP, "http://q7.cn/", "<script src=/a.js></script>"),
        (Profile.RENDERED_PHONE, "http://q7.cn/", FORM),
    )
    assert codes(PageKindDetector(ROSTER).examine(observation)) == set()


def test_the_same_claim_on_two_captures_counts_once():
    html = "<title>应急管理部</title>"
    observation = seen(
        (Profile.DESKTOP, "http://q7.cn/", html), (Profile.PHONE, "http://q7.cn/m", f"{html}<p>手机版</p>")
    )
    signals = ClaimedIdentityDetector(ROSTER).examine(observation)
    assert [one.code for one in signals] == ["identity.claims_authority"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("cx.mem.gov.cn", "official.rostered"),
        ("cnse.e-cqs.cn", "official.rostered"),
        ("www.buzhidao-xian.gov.cn", "official.government_host"),
        ("mem.gov.cn.example.com", ""),
        ("xn--55qx5d.xn--zfr164b", "official.government_host"),
    ],
)
def test_official_hosts(host, expected):
    assert codes(OfficialHostDetector(ROSTER).examine(seen(host=host))) == ({expected} if expected else set())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("特种作业操作证及安全生产知识和管理能力考核合格信息查询平台", ClaimKind.SITE),
        ("★全国工程质量安全隐患监管信息平台★", ClaimKind.SITE),
        ("应急管理部特种作业操作证查询官网", ClaimKind.SITE),
        ("中华人民共和国应急管理部", ClaimKind.AUTHORITY),
        ("灌云县应急管理局", ClaimKind.AUTHORITY),
        ("国家安监总局", ClaimKind.AUTHORITY),
        ("全国特种作业证书联网查询中心", ClaimKind.INVENTED),
        ("国家安全生产培训考核管理中心", ClaimKind.INVENTED),
        ("中国职业资格证书查询网官网", ClaimKind.INVENTED),
        ("武汉人事人才服务网", ClaimKind.INVENTED),
        ("应急管理部门", None),
        ("江苏省安全生产协会", None),
        ("华东安全生产考试服务有限公司", None),
        ("海州安培职业培训学校", None),
        ("如何在应急管理部查询证书", None),
        ("关于应急管理部特种作业操作证查询平台升级的通知", None),
        ("首页", None),
        ("", None),
    ],
)
def test_whom_a_name_claims_to_be(name, kind):
    claim = BodyNames(ROSTER).claim_in(name)
    assert (claim.kind if claim else None) is kind


@pytest.fixture(scope="module")
def detectors():
    return build_detectors(Knowledge(roster=ROSTER, lexicon=load_lexicon()))


_WORDS = st.text(alphabet="特种作业操作证查询应急管理部官网ICP备号：有效姓名 \n©@<>\\[]()0１萌\ud83d", max_size=120)


@given(title=_WORDS, text=_WORDS, footer=_WORDS, tag=_WORDS)
def test_no_page_makes_a_detector_fail(detectors, title, text, footer, tag):
    page = PageContent(
        title=title, text=text, footer=footer, headings=(tag,), metas=(("sitedomain", tag),), forms=(Form(),)
    )
    capture = Capture(
        profile=Profile.FILE,
        requested_url="",
        final_url=f"http://q7.cn/{tag}",
        status=200,
        captured_at=AT,
        html=text,
        page=page,
    )
    candidate = Candidate(kind=CandidateKind.SITE, url="", host="", discovery=Discovery(source="test", found_at=AT))
    for detector in detectors:
        detector.examine(Observation(candidate=candidate, observed_at=AT, captures=(capture,)))
