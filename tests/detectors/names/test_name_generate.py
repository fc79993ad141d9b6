import itertools

import pytest

from detectors.names.engine import NameMatcher
from detectors.names.generate import generate_names
from keywords.hosts import canonical_host, registrable_domain
from keywords.model import OfficialSite, SiteKind
from keywords.roster import Roster, load_roster

ROSTER = load_roster()
PROTECTED = [pytest.param(site, id=site.host) for site in ROSTER.protected]


@pytest.mark.parametrize("site", PROTECTED)
def test_everything_generated_is_matched(site: OfficialSite, matcher: NameMatcher) -> None:
    assert [made.name for made in generate_names(site, ROSTER) if not matcher.match(made.name)] == []


@pytest.mark.parametrize("site", PROTECTED)
def test_everything_generated_can_be_registered_by_an_outsider(site: OfficialSite) -> None:
    for made in generate_names(site, ROSTER):
        assert canonical_host(made.name) == made.name
        assert registrable_domain(made.name)
        assert not ROSTER.is_official(made.name)
        assert made.imitates == site.host


@pytest.mark.parametrize("site", PROTECTED)
def test_the_order_is_fixed_and_nothing_comes_twice(site: OfficialSite) -> None:
    names = list(generate_names(site, ROSTER))
    assert names == list(generate_names(site, ROSTER))
    assert len({made.name for made in names}) == len(names) >= 1500


@pytest.mark.parametrize(
    ("host", "names"),
    [
        (
            "cx.mem.gov.cn",
            "cx-mem-gov.cn cxmem.cn cxmemgov.cn cx-mem.com memgov.cn mem-gov.cn mem-gov.com cxmem-gov.com cx-mern-gov.cn cx-mem-gov-cn.com "
            "mem-chaxun.cn tezhongzuoyechaxun.com cx.memgov.cn cx.mem.gov.cn.com cxmem.top cx-mеm-gov.cn",
        ),
        (
            "zlaq.mohurd.gov.cn",
            "zlaq-mohurd.cn mohurdgov.cn mohurd-zlaq.com zlaq-mohurd-gov.cn mohurd.top zlaq-rnohurd.cn zlaqmohurd.com mohurd-chaxun.com mohurrd.cn",
        ),
        (
            "cnse.e-cqs.cn",
            "cnse-e-cqs.com e-cqs.net ecqs.cn cnse-ecqs.cn e-cqs.com.cn samrgov.cn cnse-samr-gov.cn e-cqs-chaxun.com",
        ),
    ],
)
def test_the_likeliest_names_are_within_the_default_budget(host: str, names: str) -> None:
    site = ROSTER.site_of(host)
    assert site
    first = {made.name for made in itertools.islice(generate_names(site, ROSTER), 1500)}
    assert {canonical_host(name) for name in names.split()} - first == set()


def test_an_unprotected_site_has_lookalikes_too() -> None:
    site = ROSTER.site_of("yjglt.jiangsu.gov.cn")
    assert site
    names = {made.name for made in generate_names(site, ROSTER)}
    assert {"yjglt-jiangsu-gov.cn", "jiangsugov.cn"} <= names


def test_a_site_without_labels_of_its_own_has_none() -> None:
    site = OfficialSite(
        host="www.gov.cn",
        name="中国政府网",
        sponsor="国务院",
        kind=SiteKind.PORTAL,
        level="national",
        region_code="000000",
        source="t",
    )
    assert list(generate_names(site, Roster((site,)))) == []
