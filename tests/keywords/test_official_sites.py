"""The contract of `keywords/data/official_sites.csv` itself: what every row promises."""

import csv
import io
from collections import Counter
from importlib.resources import files

import pytest

from keywords.hosts import canonical_host, registrable_domain
from keywords.model import OfficialSite
from keywords.roster import is_government_host, load_shipped_sites, shared_parent_of

SITES = load_shipped_sites()
BY_HOST = {site.host: site for site in SITES}
PROVINCES = (
    ["11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"]
)  # fmt: skip
MISSING = {("54", "市场监督管理")}
"""Provincial hosts nobody could name with a source; staff supply them with `jianwei import sites`."""

# GB 2312 orders its first level of characters by reading: the code says the initial. (The second level is ordered by strokes.)
_FIRSTS = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"), (0xB9FE, "h"),
    (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"), (0xC5BE, "p"), (0xC6DA, "q"),
    (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"), (0xD1B9, "y"), (0xD4D1, "z"), (0xD7FA, ""),
)  # fmt: skip
_OTHER_READINGS = {"重": "c", "藏": "z", "会": "h", "查": "c", "系": "x", "调": "d", "省": "s"}


def initial_of(char: str) -> str:
    """Return the first letter of the character's reading; empty: the code does not say."""
    try:
        code = int.from_bytes(char.encode("gb2312"))
    except UnicodeEncodeError:
        return ""
    found = ""
    for first, letter in _FIRSTS:
        if code >= first:
            found = letter
    return found


def raw_rows() -> list[dict[str, str]]:
    text = (files("keywords") / "data" / "official_sites.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_row_is_whole_and_sourced() -> None:
    for number, row in enumerate(raw_rows(), 2):
        assert None not in row and None not in row.values(), number
        for column in ("host", "name", "sponsor", "kind", "level", "region_code", "source"):
            assert row[column].strip() == row[column] != "", (number, column)
        assert row["confidence"] in {"high", "medium", "low"}, number
        assert row["level"] in {"national", "province", "city"}, number
        assert row["is_protected"] in {"yes", ""} and row["owns_domain"] in {"no", ""}, number
        assert len(row["region_code"]) == 6 and row["region_code"].isdigit(), number


def test_hosts_are_written_in_their_one_form() -> None:
    for site in SITES:
        for host in (site.host, *site.other_hosts, *site.allowed_hosts):
            assert canonical_host(host) == host
            assert registrable_domain(host) or host == "gov.cn"
            assert not shared_parent_of(host), host


def test_no_host_comes_twice() -> None:
    assert [host for host, count in Counter(site.host for site in SITES).items() if count > 1] == []


def test_a_further_host_that_has_a_row_has_the_same_sponsor() -> None:
    for site in SITES:
        for host in (*site.other_hosts, *site.allowed_hosts):
            assert host != site.host
            if host in BY_HOST:
                assert BY_HOST[host].sponsor == site.sponsor


def test_only_bodies_known_by_name_stand_outside_gov_cn() -> None:
    outside = {registrable_domain(site.host) for site in SITES if not is_government_host(site.host)}
    assert outside == {
        "e-cqs.cn", "osta.org.cn", "cpta.com.cn", "chsi.com.cn", "conac.cn", "12315.cn", "12377.cn", "12321.cn", "emerinfo.cn",
        "aqsc.cn", "cods.org.cn", "piyao.org.cn", "people.com.cn", "gdosta.org.cn", "sdosta.org.cn",
    }  # fmt: skip


def read_aloud(site: OfficialSite) -> list[tuple[str, list[str], str]]:
    """Return (Chinese name, syllables, initials) for each reading of the row."""
    names = [site.name, *site.aliases]
    found = []
    for reading, letters in zip(site.pinyin, initials_by_reading(site), strict=True):
        syllables = reading.split()
        name = next((n for n in names if len(n) == len(syllables) and fits(n, syllables)), "")
        found.append((name, syllables, letters))
    return found


def initials_by_reading(site: OfficialSite) -> list[str]:
    letters = ["".join(syllable[0] for syllable in reading.split()) for reading in site.pinyin]
    assert list(dict.fromkeys(letters)) == list(site.initials), site.host
    return letters


def fits(name: str, syllables: list[str]) -> bool:
    return all(
        syllable[0] in {initial_of(char) or syllable[0], _OTHER_READINGS.get(char)}
        for char, syllable in zip(name, syllables, strict=True)
    )


@pytest.mark.parametrize("site", [pytest.param(s, id=s.host) for s in SITES if s.pinyin])
def test_a_reading_is_that_of_a_name_and_initials_are_its_own(site: OfficialSite) -> None:
    for name, syllables, _ in read_aloud(site):
        assert name, (site.host, syllables)
        assert all(s.isascii() and s.isalpha() and s.islower() for s in syllables)


def test_who_has_a_reading() -> None:
    for site in SITES:
        issues = any(word in site.name for word in ("应急管理", "住房和城乡建设", "市场监督管理"))
        if site.host in {"cx.mem.gov.cn", "zlaq.mohurd.gov.cn", "cnse.e-cqs.cn", "www.mem.gov.cn", "www.mohurd.gov.cn", "www.samr.gov.cn", "www.mohrss.gov.cn"}:  # fmt: skip
            assert site.pinyin and site.initials
        if site.level == "province" and site.kind.value == "department" and issues and len(site.name) <= 14:
            assert site.pinyin and site.initials, site.host


@pytest.mark.parametrize("body", ["应急管理", "住房和城乡建设", "市场监督管理"])
def test_every_province_has_its_three_departments(body: str) -> None:
    have = {site.region_code[:2] for site in SITES if site.level == "province" and body in site.name}
    assert {(code, body) for code in PROVINCES if code not in have} == {m for m in MISSING if m[1] == body}


def test_what_the_notice_names_is_known() -> None:
    assert {site.host for site in SITES if site.is_protected} == {
        "cx.mem.gov.cn",
        "zlaq.mohurd.gov.cn",
        "cnse.e-cqs.cn",
    }
    assert BY_HOST["cx.mem.gov.cn"].accounts == ("微信公众号:国家安全生产考试",)
    assert BY_HOST["zlaq.mohurd.gov.cn"].mini_programs == ("微信小程序:全国工程质量安全监管信息平台",)
    assert all(":" in one for site in SITES for one in (*site.mini_programs, *site.accounts))
