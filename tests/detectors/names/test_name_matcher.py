import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.names.confusable import eye_letters, eye_text, latin_of
from detectors.names.engine import NameMatcher
from detectors.names.hit import EMIT_FROM, SIGNAL_CODES, TECHNIQUE_NAMES, Technique
from detectors.names.read import as_seen_by_eye, read_name
from detectors.ruleset import HIGH_FROM, RULES
from keywords.host_lines import HostLines
from keywords.hosts import canonical_host, to_unicode
from keywords.model import OfficialSite, SiteKind
from keywords.roster import Roster, load_roster

ROSTER = load_roster()
MATCHER = NameMatcher(ROSTER)
PIECES = [
    "cx", "mem", "gov", "cn", "mohurd", "zlaq", "cnse", "e-cqs", "chaxun", "zs", "www", "12333", "rn", "0", "l", "1",
    "-", ".", "a", "ber", "ory", "vv", "应急管理部", "查询", "о", "е", "xn--", "samr", "jiangsu", "zw", "tzzy",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "imitates", "technique"),
    [
        ("cx.mem.gov.cn.cxzs.top", "cx.mem.gov.cn", Technique.OFFICIAL_AS_PREFIX),
        ("cx.mem.gov.cn.com", "cx.mem.gov.cn", Technique.OFFICIAL_AS_PREFIX),
        ("cx-mem-gov-cn.com", "cx.mem.gov.cn", Technique.DOTS_TO_HYPHENS),
        ("cxmemgovcn.com", "cx.mem.gov.cn", Technique.DOTS_DROPPED),
        ("memgov.cn", "www.mem.gov.cn", Technique.MISSING_DOT),
        ("cxmem.cn", "cx.mem.gov.cn", Technique.SUB_AND_BRAND),
        ("mohurd-zlaq.com", "zlaq.mohurd.gov.cn", Technique.SUB_AND_BRAND),
        ("mem-chaxun.com", "cx.mem.gov.cn", Technique.BRAND_WITH_QUERY),
        ("e-cqs.net", "cnse.e-cqs.cn", Technique.BRAND_ON_OTHER_SUFFIX),
        ("mohrud.com", "www.mohurd.gov.cn", Technique.MISSPELT),
        ("cx-mern-gov.cn", "cx.mem.gov.cn", Technique.LOOKALIKE_LETTERS),
        ("tezhongzuoyechaxun.com", "cx.mem.gov.cn", Technique.PINYIN),
        ("yananzw.cn", "", Technique.PLACE_AND_OFFICE),
        ("www.ksxx.gov.cn.web6.top", "", Technique.GOV_CN_INSIDE),
        ("chaxun-gov.com", "", Technique.GOV_LABEL),
        ("cx12333.cn", "si.12333.gov.cn", Technique.HOTLINE),
        ("cx-mem-gov.github.io", "cx.mem.gov.cn", Technique.DOTS_TO_HYPHENS),
    ],
)
def test_a_trick_is_named(name: str, imitates: str, technique: Technique) -> None:
    best = MATCHER.match(name)[0]
    assert (best.imitates, best.technique) == (imitates, technique)


@pytest.mark.parametrize(
    ("name", "technique"),
    [
        ("мem-gov.com", Technique.IDN_LOOKALIKE),
        ("mоhurd.com", Technique.IDN_LOOKALIKE),
        ("應急管理部.com", Technique.IDN_CHINESE),
        ("特种作业证书查询.中国", Technique.IDN_CHINESE),
    ],
)
def test_international_names_are_read_as_people_read_them(name: str, technique: Technique) -> None:
    host = canonical_host(name)
    best = MATCHER.match(host)[0]
    assert best.technique is technique
    start, end = best.span
    assert not to_unicode(host)[start:end].isascii()


def test_the_span_holds_the_telling_part() -> None:
    best = MATCHER.match("a1.cx-mem-gov.cn.example.top")[0]
    assert "cx-mem-gov.cn" in "a1.cx-mem-gov.cn.example.top"[slice(*best.span)]


@pytest.mark.parametrize("brand", ["mem", "osta", "cpta"])
@pytest.mark.parametrize("suffix", ["com", "cn", "top", "org"])
def test_a_short_brand_alone_says_nothing(brand: str, suffix: str) -> None:
    assert MATCHER.match(f"{brand}.{suffix}") == ()


def test_hits_come_best_first_and_once_per_imitated_host() -> None:
    hits = MATCHER.match("cx.mem.gov.cn.mohurd-zlaq.com")
    assert {hit.imitates for hit in hits} >= {"cx.mem.gov.cn", "zlaq.mohurd.gov.cn"}
    assert len({hit.imitates for hit in hits}) == len(hits)
    assert [hit.score_permille for hit in hits] == sorted((hit.score_permille for hit in hits), reverse=True)


def test_a_site_added_to_the_roster_is_protected_at_once() -> None:
    site = OfficialSite(
        host="zsjy.hssafety.org.cn", name="示范安全证书核验中心", sponsor="示范机构", kind=SiteKind.QUERY_SITE,
        level="national", region_code="000000", is_protected=True, source="test",
    )  # fmt: skip
    matcher = NameMatcher(Roster((site,)))
    for name in (
        "zsjy-hssafety.com",
        "zsjy.hssafety.org.cn.a.top",
        "hssafety-chaxun.cn",
        canonical_host("示范安全证书核验中心.com"),
    ):
        assert matcher.match(name)[0].imitates == site.host, name
    assert matcher.match("zsjy.hssafety.org.cn") == ()


def test_every_technique_has_a_chinese_name_and_a_rule() -> None:
    assert set(TECHNIQUE_NAMES) == set(SIGNAL_CODES) == set(Technique)
    assert set(SIGNAL_CODES.values()) <= set(RULES)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_name_gives_sound_hits(text: str) -> None:
    try:
        host = canonical_host(f"{text}.com")
    except ValueError:
        return
    for hit in MATCHER.match(host):
        start, end = hit.span
        assert 0 <= start < end <= len(to_unicode(host))
        assert EMIT_FROM <= hit.score_permille <= 1000
        assert hit.imitates == "" or ROSTER.site_of(hit.imitates)
        assert hit.reason


@given(
    st.sampled_from([host for site in ROSTER.sites for host in (site.host, *site.other_hosts)]),
    st.from_regex(r"([a-z0-9]{1,12}\.){0,3}", fullmatch=True),
)
@settings(max_examples=200, deadline=None)
def test_official_hosts_and_what_is_below_them_never_match(host: str, below: str) -> None:
    assert MATCHER.match(below + host) == ()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
@settings(max_examples=200, deadline=None)
def test_a_strange_name_never_breaks_the_matcher(text: str) -> None:
    try:
        host = canonical_host(f"{text}.gov-cn.com")
    except (ValueError, UnicodeError):
        return
    MATCHER.match(host)


@given(st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_line_of_bytes_is_read_or_refused(noise: bytes) -> None:
    line = noise.decode("utf-8", "replace")
    for text in (line, f"xn--{line}.com", f"{line}.mem.gov.cn.top", f"cxmem{line}.cn"):
        try:
            host = HostLines().host_of(text)
        except ValueError:
            continue
        if host is not None:
            MATCHER.match(host[1])


@pytest.mark.parametrize("name", ["xn--cx0cxmem.com", "xn--0ca.cn", "xn--.com", "xn--a-ecp.ru"])
def test_half_a_character_in_punycode_harms_nothing(name: str) -> None:
    MATCHER.match(name)
    to_unicode(name).encode()


LETTERS = "".join(["сеоаρх", "ｍｅｍ", "應急部查詢", "mem", "cx", "gov", "rn", "-", "0"])


@given(st.text(alphabet=LETTERS, min_size=1, max_size=20))
@settings(max_examples=300, deadline=None)
def test_reading_is_idempotent(text: str) -> None:
    try:
        host = canonical_host(f"{text}.com")
    except ValueError:
        return
    assert canonical_host(host) == host
    name = read_name(host)
    folded = name.letters
    assert "".join(latin_of(char) or char for char in folded) == folded
    eye = eye_letters(folded)[0]
    assert eye_text(eye_text(folded, pairs=False), pairs=False) == eye_text(folded, pairs=False)
    assert len(eye) <= len(folded)


@given(st.text(alphabet=LETTERS, min_size=1, max_size=20), st.booleans())
@settings(max_examples=300, deadline=None)
def test_every_letter_is_traced_to_its_place(text: str, by_eye: bool) -> None:
    try:
        name = read_name(canonical_host(f"{text}.com"))
    except ValueError:
        return
    read = as_seen_by_eye(name) if by_eye else name
    assert len(read.letters) == len(read.ends) == len(read.places) - 1
    for at, letter in enumerate(read.letters):
        start, end = read.span(at, at + 1)
        written = "".join(latin_of(char) or char for char in read.shown[start:end] if char not in "-.")
        assert letter == (eye_letters(written)[0] if by_eye else written) or written.isdigit()


def test_a_span_by_eye_holds_both_letters_of_a_pair() -> None:
    best = MATCHER.match("cxmern.com")[0]
    assert "cxmern.com"[slice(*best.span)] == "cxmern"


def test_aliases_delivery_networks_give_out_are_no_counterfeits() -> None:
    assert MATCHER.match("www.mem.gov.cn.cdn20.com") == ()
    assert MATCHER.match("www.mem.gov.cn.cdn20.net")


def test_names_only_public_bodies_get_are_no_counterfeits() -> None:
    assert MATCHER.match(canonical_host("人社部证书查询.公益")) == ()
    assert MATCHER.match(canonical_host("人社部证书查询.中国"))


def test_below_a_school_only_a_whole_official_host_is_reported() -> None:
    assert MATCHER.match("zs.mem.jxgcxy.edu.cn") == ()
    assert MATCHER.match("cx-mem-gov-cn.jxgcxy.edu.cn")


@pytest.mark.parametrize("brand", ["samr", "zlaq", "cnse", "chsi", "miit"])
@pytest.mark.parametrize("suffix", ["com", "net.cn", "github.io"])
def test_no_brand_of_four_letters_is_enough(brand: str, suffix: str) -> None:
    assert MATCHER.match(f"{brand}.{suffix}") == ()


@pytest.mark.parametrize(
    "name",
    [
        "cx.mem.gov.cn.a.top",
        "cx-mem-gov-cn.com",
        "cxmemgovcn.com",
        "mem-gov.cn",
        "memgov.cn",
        "cxmem.cn",
        "应急部证书查询.cn",
    ],
)
def test_what_proves_a_counterfeit_alone_is_high(name: str) -> None:
    assert MATCHER.match(canonical_host(name))[0].score_permille >= HIGH_FROM


@pytest.mark.parametrize(
    "name", ["tezhongzuoye-chaxun.com", "yananzw.cn", "cx12333.cn", "叉车证查询.com", "nanjingyjj.cn"]
)
def test_what_needs_a_look_is_medium(name: str) -> None:
    assert EMIT_FROM <= MATCHER.match(canonical_host(name))[0].score_permille < HIGH_FROM


def test_broken_punycode_is_read_as_it_stands() -> None:
    assert MATCHER.match("xn--mem-gov-zzzzzzzz9999.cn") is not None
    assert MATCHER.match("cx.mem.gov.cn.xn--0.com")[0].imitates == "cx.mem.gov.cn"


def test_a_very_long_name_takes_no_time() -> None:
    label = "-".join(["mem", "gov", "mohurd", "cx"] * 4)
    host = ".".join([label] * 4)[:240].strip("-.") + ".com"
    assert MATCHER.match(host)
