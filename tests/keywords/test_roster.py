"""官方网站名录: which hosts are official, and which only look it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywords.hosts import canonical_host
from keywords.model import OfficialSite, SiteKind
from keywords.roster import Roster, is_government_host, is_shared_parent, load_roster, load_shipped_sites

ROSTER = load_roster()


def site(host: str, **more: object) -> OfficialSite:
    plain = OfficialSite(
        host=host,
        name="某县应急管理局",
        sponsor="某县应急管理局",
        kind=SiteKind.DEPARTMENT,
        level="city",
        region_code="320723",
        source="test",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "host",
    [
        "cx.mem.gov.cn",
        "CX.MEM.GOV.CN",
        "cx.mem.gov.cn.",
        "cx.mem.gov.cn...",
        "ｃｘ.mem.gov.cn",
        "cx。mem。gov。cn",
        "cnse.e-cqs.cn",
        "www.e-cqs.cn",
        "osta.org.cn",
        "zscx.osta.org.cn",
        "neu.osta.org.cn",
        "dcs.conac.cn",
        "yjj.guanyun.gov.cn",
        "应急管理部.政务",
        "xn--zfr164b",
    ],
)
def test_official(host: str) -> None:
    assert ROSTER.is_official(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "cx.mem.gov.cn.com",
        "cx.mem.gov.cn.evil.top",
        "cx-mem-gov.cn",
        "memgov.cn",
        "gov-cn.cn",
        "evil.com/.gov.cn",
        "evil..gov.cn",
        "user@x.gov.cn",
        "mem.gov.cn:443",
        "mem.gоv.cn",  # Cyrillic о
        "xn--zfr164b.com",
        "政务.com",
        "政务网.cn",
        "e-cqs.cn.com",
        "e-cqs.com",
        "note-cqs.cn",
        "192.0.2.1",
        "cn",
        "org.cn",
    ],
)
def test_not_official(host: str) -> None:
    assert not ROSTER.is_official(host)
    assert ROSTER.site_of(host) is None


@pytest.mark.parametrize(
    ("host", "neighbour"),
    [
        ("county-yjj.github.io", "cx-mem.github.io"),
        ("county-yjj.github.io", "a.county-yjj.github.io"),
        ("yjj.oss-cn-hangzhou.aliyuncs.com", "cx-mem.oss-cn-hangzhou.aliyuncs.com"),
        ("yjj.aliyuncs.com", "x.aliyuncs.com"),
        ("county.blog.sina.com.cn", "other.blog.sina.com.cn"),
        ("county.us.kg", "mohurd.us.kg"),
        ("county.ddns.net", "other.ddns.net"),
        ("page.wjx.cn", "wjx.cn"),
    ],
)
def test_a_row_below_a_shared_parent_allows_that_host_alone(host: str, neighbour: str) -> None:
    roster = load_roster((site(host),))
    assert roster.is_official(host)
    assert not roster.is_official(neighbour)


def test_a_parent_given_out_further_down_is_not_owned() -> None:
    # Somebody rosters a cloud's own site; its customers' names are registrable below it and stay strangers.
    roster = Roster((site("s3.dualstack.us-east-1.amazonaws.com"), site("pages.dev"), site("www.weebly.com")))
    assert not roster.is_official("cx-mem.pages.dev")
    assert not roster.is_official("cx-mem.weebly.com")
    assert not roster.is_official("cx-mem.s3.amazonaws.com")


def test_a_row_may_claim_its_own_hosts_only() -> None:
    roster = Roster((site("yj.media-county.cn", owns_domain=False, other_hosts=("yj2.media-county.cn",)),))
    assert roster.is_official("yj.media-county.cn")
    assert roster.is_official("yj2.media-county.cn")
    assert not roster.is_official("shop.media-county.cn")
    assert not roster.is_official("a.yj.media-county.cn")


def test_a_further_host_does_not_widen_to_its_domain() -> None:
    roster = Roster((site("yjj.guanyun.gov.cn", other_hosts=("gy.some-portal.cn", "www.guanyun-yjj.cn")),))
    assert roster.is_official("gy.some-portal.cn")
    assert not roster.is_official("other.some-portal.cn")
    assert roster.is_official("cx.guanyun-yjj.cn")


def test_allowed_hosts_are_official_by_exact_name() -> None:
    roster = Roster((site("yjj.guanyun.gov.cn", allowed_hosts=("static.county-cdn.cn",)),))
    assert roster.is_official("static.county-cdn.cn")
    assert not roster.is_official("county-cdn.cn")
    assert not roster.is_official("a.static.county-cdn.cn")


def test_an_own_row_replaces_the_shipped_one() -> None:
    roster = load_roster((site("cx.mem.gov.cn", name="改过的名称"),))
    assert [one.name for one in roster.sites if one.host == "cx.mem.gov.cn"] == ["改过的名称"]
    found = roster.site_of("cx.mem.gov.cn")
    assert found is not None and found.name == "改过的名称"
    assert len(roster.sites) == len(ROSTER.sites)


def test_a_withdrawn_host_is_official_in_no_way() -> None:
    roster = load_roster((), ("pjjg.osta.org.cn", "cnse.samr.gov.cn"))
    for host in ("pjjg.osta.org.cn", "a.pjjg.osta.org.cn", "cnse.samr.gov.cn"):
        assert not roster.is_official(host)
        assert roster.site_of(host) is None
    assert roster.is_official("zscx.osta.org.cn")
    assert roster.is_official("www.samr.gov.cn")
    assert all("cnse.samr.gov.cn" not in (one.host, *one.other_hosts) for one in roster.sites)


def test_a_row_below_a_withdrawn_host_stands() -> None:
    roster = load_roster((site("new.e-cqs.cn", owns_domain=False),), ("cnse.e-cqs.cn", "e-cqs.cn"))
    assert roster.is_official("new.e-cqs.cn")
    assert not roster.is_official("old.e-cqs.cn")


@pytest.mark.parametrize("host", ["cn", "com.cn", "gov.cn", "github.io", "aliyuncs.com", "pages.dev", "localhost", "192.0.2.1", ""])  # fmt: skip
def test_shared_parents(host: str) -> None:
    assert is_shared_parent(host)


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    assert ROSTER.is_official(text) == ROSTER.is_official(text.strip())
    if is_government_host(text):
        assert ROSTER.is_official(text)


@given(st.sampled_from(load_shipped_sites()), st.integers(0, 3), st.booleans())
def test_spelling_changes_nothing(one: OfficialSite, dots: int, is_upper: bool) -> None:
    written = (one.host.upper() if is_upper else one.host) + "." * dots
    assert canonical_host(written) == one.host
    found = ROSTER.site_of(written)
    assert found is not None
    assert found == ROSTER.site_of(one.host)
    assert one.host in (found.host, *found.other_hosts)


@given(st.sampled_from(load_shipped_sites()), st.from_regex(r"[a-z0-9]{1,12}\.(top|com|cn|github\.io)", fullmatch=True))
def test_an_official_host_before_an_alien_domain_is_alien(one: OfficialSite, alien: str) -> None:
    assert not ROSTER.is_official(f"{one.host}.x{alien}")
    assert not ROSTER.is_official(f"{one.host}-x{alien}")
