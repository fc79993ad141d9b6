import csv
import itertools
import random
import sys
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from detectors.names.engine import NameMatcher
from detectors.names.generate import Lookalike, generate_names
from detectors.names.label import Family
from detectors.names.suffixes import Suffix, can_be_registered, load_suffixes, scripts_of, table
from keywords.hosts import canonical_host, registrable_domain, to_unicode
from keywords.model import OfficialSite, SiteKind
from keywords.roster import Roster, load_roster, shared_parent_of

COUNTERFEITS = Path(__file__).parents[2] / "golden" / "names" / "counterfeits.csv"
ROSTER = load_roster()
PROTECTED = [pytest.param(site, id=site.host) for site in ROSTER.protected]
FIRST = 4_000
"""More than twice what is probed by default: looked at one and all."""
OF_EACH = 250
"""Names of each kind looked at among the others."""
# Some hundred thousand names a site, made once: a minute on a busy machine.
pytestmark = pytest.mark.timeout(1200)


@cache
def all_made(host: str) -> tuple[Lookalike, ...]:
    """Return all names of a rostered site, made once for all tests."""
    return tuple(generate_names(site_of(host), ROSTER))


@cache
def looked_at(host: str) -> tuple[Lookalike, ...]:
    """Return the first thousands, and of the rest as many of each family, technique and number of labels, the same in every run."""
    made = all_made(host)
    kinds: dict[tuple[Family, str, int], list[Lookalike]] = defaultdict(list)
    for one in made[FIRST:]:
        kinds[one.family, one.technique, one.name.count(".")].append(one)
    dice = random.Random(host)
    return (*made[:FIRST], *(one for kind in kinds.values() for one in dice.sample(kind, min(len(kind), OF_EACH))))


@pytest.mark.parametrize("site", PROTECTED)
def test_everything_generated_is_matched_but_what_a_name_alone_cannot_prove(
    site: OfficialSite, matcher: NameMatcher
) -> None:
    missed = [made for made in looked_at(site.host) if not matcher.match(made.name)]
    assert [made.name for made in missed if not is_left_to_the_page(made)] == []


def is_left_to_the_page(made: Lookalike) -> bool:
    """Say whether such a name is worth probing, though by itself it says too little to be reported (see the decisions on names)."""
    label = registrable_domain(made.name).partition(".")[0].replace("-", "")
    shown = to_unicode(made.name)
    return (
        (made.family is Family.READING and len(label) <= 5)  # initials as short as these are many others' too
        or (made.family is Family.TWO_SLIPS and not any(word in label for word in ("mohurd", "zlaq", "cnse")))
        or (made.family is Family.WHOLE and (len(label) <= 4 or made.name.startswith("ecqs.")))  # four letters alone
        or (made.family is Family.QUERY and label in MEM_AND_CERT)  # `memcert`: member, memory
        or (made.family is Family.TRADE and label.endswith("zheng"))  # a certificate without a word of query: schools
        or any(word in shown for word in ("官网", "官網", "总局网", "總局網"))  # beside goods: their makers
        or (made.family is Family.SLIP and len(label) <= 8)  # one letter of a short label is another word
    )


MEM_AND_CERT = {"memcert", "memcerts"}


def test_hardly_any_reading_is_left_to_the_page(matcher: NameMatcher) -> None:
    dice = random.Random(1)
    for family, share in ((Family.READING, 0.75), (Family.TWO_SLIPS, 0.7)):
        names = sorted({m.name for site in ROSTER.protected for m in all_made(site.host) if m.family is family})
        some = dice.sample(names, min(len(names), 2_000))
        assert sum(bool(matcher.match(name)) for name in some) >= len(some) * share


@pytest.mark.parametrize("site", PROTECTED)
def test_everything_generated_can_be_registered_by_an_outsider(site: OfficialSite) -> None:
    assert {made.imitates for made in all_made(site.host)} == {site.host}
    assert not any(
        made.name.endswith((".gov.cn", ".edu.cn", ".mil.cn", ".xn--zfr164b")) for made in all_made(site.host)
    )
    for made in looked_at(site.host):
        assert canonical_host(made.name) == made.name
        assert registrable_domain(made.name)
        assert not ROSTER.is_official(made.name)


@pytest.mark.parametrize("site", PROTECTED)
def test_the_order_is_fixed_and_nothing_comes_twice(site: OfficialSite) -> None:
    names = all_made(site.host)
    assert names[:FIRST] == tuple(itertools.islice(generate_names(site, ROSTER), FIRST))
    assert len({made.name for made in names}) == len(names) >= 1500


@pytest.mark.parametrize(
    ("host", "names"),
    [
        (
            "cx.mem.gov.cn",
            "cx-mem-gov.cn cxmem.cn cxmemgov.cn cx-mem.com memgov.cn mem-gov.cn mem-gov.com cxmem-gov.com cx-mern-gov.cn cx-mem-gov-cn.com "
            "mem-chaxun.cn tezhongzuoyechaxun.com cx.memgov.cn cx.mem.gov.cn.com cxmem.top сх-мем.com cx-mém.com",
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
    first = {made.name for made in all_made(host)[:1500]}
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


# --- what can be had --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", PROTECTED)
def test_no_registry_would_refuse_a_name(site: OfficialSite) -> None:
    for made in looked_at(site.host):
        shown = to_unicode(made.name)
        assert can_be_registered(shown), shown
        owned = registrable_domain(made.name)
        label = to_unicode(owned.partition(".")[0])
        if owned.endswith(("cn", "xn--fiqs8s", "xn--55qx5d", "xn--io0a7i")):
            assert scripts_of(label) <= {"ascii", "han"}, shown
        else:
            assert len(scripts_of(label) - {"ascii"}) <= 1, shown
            assert not {"ascii", "cyrillic"} <= scripts_of(label), shown


@pytest.mark.parametrize(
    ("name", "is_possible"),
    [
        ("cx-mem-gov.cn", True),
        ("应急管理部.cn", True),
        ("cx应急管理.com", True),
        ("сх-мем.com", True),
        ("mohürd.com", True),
        ("cх.mem-gov.cn", True),  # Cyrillic х below a domain of one's own
        ("mohurԁ.cn", False),
        ("cx-mém-gov.cn", False),
        ("mоhurd.com", False),  # two scripts in one label
        ("cx--mem.cn", False),
        ("ab--cd.com", False),
        ("-mem.com", False),
        ("cx-mem.中国", False),
        ("应急管理部证书查询全国统一官方网站查询平台首页.cn", False),
        ("cx-mem.gov.cn", False),
        ("cx-mem.unknown", False),
        ("cx-mem.ac.cn", False),  # research institutes only
    ],
)
def test_what_registries_give_out(name: str, is_possible: bool) -> None:
    assert can_be_registered(name) is is_possible


def test_tables_are_sourced_and_their_parents_are_shared() -> None:
    for name in ("suffixes", "hosting_parents", "generated_words", "letter_variants"):
        rows = list(table(name))
        assert rows and all(None not in row.values() and row["source"] for row in rows), name
    for suffix in load_suffixes():
        is_shared = bool(shared_parent_of(f"x.{suffix.name}") or shared_parent_of(suffix.name))
        assert is_shared if suffix.is_hosting else not registrable_domain(suffix.name), suffix.name


def test_a_hosting_parent_takes_one_label() -> None:
    parent = Suffix(name="pages.dev", cost=0, scripts=frozenset({"ascii"}), is_hosting=True)
    assert parent.accepts("cx-mem")
    names = [made.name for made in all_made("cx.mem.gov.cn")]
    assert all(name.count(".") == 2 for name in names if name.endswith(".pages.dev"))
    assert "cx.mem.gov.cn.s3.amazonaws.com" in names


def made_up_for(host: str) -> Iterable[Lookalike]:
    site = site_of(host)
    return all_made(host) if site in ROSTER.protected else generate_names(site, ROSTER)


def site_of(host: str) -> OfficialSite:
    site = ROSTER.site_of(host)
    assert site
    return site


# --- for every row, and how well --------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", ROSTER.sites[::9], ids=lambda site: site.host)
def test_every_row_has_plausible_names(site: OfficialSite) -> None:
    for made in itertools.islice(generate_names(site, ROSTER), 200):
        assert canonical_host(made.name) == made.name
        assert not ROSTER.is_official(made.name)
        assert made.imitates == site.host


def test_a_county_s_own_row_gives_its_names_and_readings() -> None:
    own = OfficialSite(
        host="yjglj.guanyun.gov.cn",
        name="灌云县应急管理局",
        sponsor="灌云县应急管理局",
        kind=SiteKind.DEPARTMENT,
        level="city",
        region_code="320723",
        aliases=("灌云应急局",),
        pinyin=("guan yun ying ji ju",),
        initials=("gyyjj",),
        source="t",
    )
    roster = load_roster((own,))
    names = [to_unicode(made.name) for made in itertools.islice(generate_names(own, roster), 1500)]
    assert {
        "yjglj-guanyun-gov.cn", "guanyungov.cn", "guanyunyjglj-gov.cn", "灌云县应急管理局.com", "灌云应急局证书查询.cn",
        "guanyunyingjiju.cn", "gyyjj-cx.com", "gyyjjzs.cn",
    } <= set(names)  # fmt: skip


@pytest.mark.parametrize("site", PROTECTED)
def test_two_slips_come_after_the_first_thousands(site: OfficialSite) -> None:
    families = [made.family for made in all_made(site.host)]
    if Family.TWO_SLIPS in families:
        assert families.index(Family.TWO_SLIPS) > 2500
    assert families.index(Family.SLIP) < 300


def test_how_many_golden_counterfeits_are_made_up_early(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for row in csv.DictReader(COUNTERFEITS.read_text("utf-8").splitlines()) if row["imitates"]]
    places = {}
    for host in {row["imitates"] for row in rows}:
        places[host] = {made.name: n for n, made in enumerate(itertools.islice(made_up_for(host), 10_000))}
    possible = [row for row in rows if can_be_registered(row["name"].lower())]
    found = [places[row["imitates"]].get(canonical_host(row["name"]), 10_000) for row in possible]
    early, all_found = sum(place < 1500 for place in found), sum(place < 10_000 for place in found)
    with capsys.disabled():
        sys.stdout.write(
            f"\ncounterfeits that can be registered: {len(possible)}; among the first 1,500: {early}, 10,000: {all_found}\n"
        )
    assert early >= 150
    assert all_found >= 178
