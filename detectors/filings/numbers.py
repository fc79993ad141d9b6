"""Numbers by which a site in China names itself: ICP filings and licences, police filings, site codes, badges, 找错 links.

The spellings of real footers are tolerated (blanks, full-width digits, a missing 备); what is odd about one is said, not hidden.
Letters and forms follow MIIT practice; samples in the tests are from public pages.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, urlsplit

from detectors.model import PageContent
from detectors.pages.seen import host_of

__all__ = ["Filing", "FilingKind", "SiteReport", "filings_in", "filings_on", "main_number", "site_reports"]

_PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼蜀川黔贵滇云藏陕秦陇甘青宁新"
_LOOKED_AT = 30_000
_MOST = 30


class FilingKind(Enum):
    """What sort of number it is."""

    ICP = "icp"
    LICENCE = "licence"
    """增值电信业务经营许可证, another thing than a filing."""
    POLICE = "police"
    SITE_CODE = "site_code"
    BADGE = "badge"
    """党政机关/事业单位标识, 32 hex digits."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One number as it stands on a page."""

    kind: FilingKind
    number: str
    """Without blanks, half-width digits, upper-case letters."""
    written: str
    """As it stands in the text."""
    start: int = 0
    """Offset in the text; 0 too for a number found in a link."""
    is_malformed: bool = False
    is_parody: bool = False
    """Of a joke registry: no province issues it."""


@dataclass(frozen=True, slots=True)
class SiteReport:
    """A 政府网站找错 link: which site it reports on."""

    url: str
    site_code: str
    """Empty: not given."""
    host: str
    """Empty: not given."""


_S = r"[\s\u3000]{0,3}"
_D = r"[0-9０-９]"
_TAIL = rf"(?:{_S}号?)(?:{_S}[-—–－_]{_S}{_D}{{1,4}}{_S}[AXKaxk]?)?"
_ICP = re.compile(rf"([一-鿿]?){_S}[IＩi][CＣc][PＰp]{_S}([备備证证]?)(?:案号?)?{_S}[:：]?{_S}({_D}{{1,16}}){_TAIL}")
_LICENCE = re.compile(
    rf"(?:([{_PROVINCES}]){_S}|合字{_S})?(?<![A-Za-z0-9])([AB][12]){_S}[.．\-—－]{_S}({_D}{{8}})(?:-\d{{1,4}}[AXK]?)?"
)
_POLICE = re.compile(
    rf"([一-鿿]?){_S}公{_S}网{_S}安{_S}备{_S}(?:案号?{_S}[:：]?{_S})?[（(]?{_S}({_D}{{1,20}}){_S}[)）]?{_S}号?"
)
_SITE_CODE = re.compile(rf"(?:网站)?标识{_S}编?码{_S}[:：为]?{_S}([A-Za-zＡ-ｚ]{{0,2}}{_D}{{4,16}})")
_BADGE_LINK = re.compile(r"bszs\.conac\.cn/sitename\?[^\"'\s<>]{0,200}?\bid=([0-9A-Za-z]{1,64})")
_POLICE_LINK = re.compile(
    r"(?:beian\.gov\.cn/portal/registerSystemInfo\?recordcode|beian\.mps\.gov\.cn/#?/?query/webSearch\?code)=(\d{1,20})"
)
_PARODY_HOSTS = ("icp.gov.moe", "icp.moe", "gov.moe", "travellings.cn", "icp.redcha.cn", "icp.hentioe.dev")
_PARODY_LETTERS = "萌茶喵团雾星云端梦猫狐鲨鸭鹿熊兔狗鱼糖初绒月樱"
_LENGTHS = frozenset((6, 8, 10))
"""Digits of an ICP filing: two-digit year and six, four-digit year and six; six alone in the licences of the first years."""


def main_number(number: str) -> str:
    """Return the number without the site's serial: 京ICP备12345678号-3 and 京ICP备12345678号 are one holder."""
    return re.sub(r"-\d{1,4}[AXK]?$", "", number).removesuffix("号")


def filings_in(text: str) -> tuple[Filing, ...]:
    """Return the numbers written in a text, in its order of kinds; at most 30."""
    text = text[:_LOOKED_AT]
    found = {(one.kind, one.number): one for one in (*_icp(text), *_licences(text), *_police(text), *_site_codes(text))}
    return tuple(found.values())[:_MOST]


def filings_on(page: PageContent) -> tuple[Filing, ...]:
    """Return the numbers of a page: its foot and closing text, its links, its images' words."""
    words = "\n".join((page.footer, page.text[-3_000:], *(image.alt for image in page.images[:200] if image.alt)))
    links = [link.url for link in page.links]
    codes = [value for tag, value in page.metas if tag == "siteidcode" and value]
    found = {
        (one.kind, one.number): one
        for one in (*_in_links(links), *_site_codes("\n".join(f"标识码:{code}" for code in codes)), *filings_in(words))
    }
    return tuple(found.values())[:_MOST]


def site_reports(page: PageContent) -> tuple[SiteReport, ...]:
    """Return the 找错 links of a page and whom they name."""
    found = []
    for link in page.links:
        if "jiucuo" not in link.url and "pucha.kaipuyun" not in link.url:
            continue
        try:
            asked = parse_qs(urlsplit(link.url).query[:1000])
        except ValueError:
            continue
        site = asked.get("url", [""])[0]
        found.append(
            SiteReport(
                url=link.url,
                site_code=asked.get("site_code", [""])[0].strip(),
                host=host_of(site if "://" in site else f"http://{site}") if site else "",
            )
        )
    return tuple(found[:_MOST])


def _icp(text: str) -> Iterator[Filing]:
    for found in _ICP.finditer(text):
        province, word, digits = found[1], found[2], _plain(found[3])
        written = found.group().strip()
        if not province and not word:
            continue
        is_parody = bool(province) and province not in _PROVINCES and province in _PARODY_LETTERS and word in "备備"
        # 备案号：ICP备… and （ICP备… carry no letter; a Han character before may be an ordinary word.
        has_letter = province in _PROVINCES and bool(province)
        kind = FilingKind.LICENCE if word == "证" else FilingKind.ICP
        number = f"{province if has_letter or is_parody else ''}ICP{word}{digits}" + _serial(written)
        yield Filing(
            kind,
            number,
            written if has_letter or is_parody else written.lstrip(province),
            found.start(),
            is_malformed=kind is FilingKind.ICP and (not has_letter or not word or len(digits) not in _LENGTHS),
            is_parody=is_parody,
        )


def _serial(written: str) -> str:
    tail = re.search(r"号?[-—–_]?\d{0,4}[AXKaxk]?$", _plain(written))
    after = tail.group() if tail else ""
    serial = re.search(r"[-—–_](\d{1,4}[AXKaxk]?)$", after)
    return ("号" if "号" in written else "") + (f"-{serial[1].upper()}" if serial else "")


def _licences(text: str) -> Iterator[Filing]:
    for found in _LICENCE.finditer(text):
        yield Filing(FilingKind.LICENCE, _plain(found.group()).upper(), found.group().strip(), found.start())


def _police(text: str) -> Iterator[Filing]:
    for found in _POLICE.finditer(text):
        digits, province = _plain(found[2]), found[1]
        is_odd = len(digits) != 14 or province not in _PROVINCES  # noqa: PLR2004 - 6 area, 2 kind, 6 serial
        yield Filing(FilingKind.POLICE, digits, found.group().strip(), found.start(), is_malformed=is_odd)


def _site_codes(text: str) -> Iterator[Filing]:
    for found in _SITE_CODE.finditer(text):
        code = _plain(found[1]).lower()
        is_odd = not re.fullmatch(r"(?:bm\d{8}|\d{10})", code)
        yield Filing(FilingKind.SITE_CODE, code, found.group().strip(), found.start(), is_malformed=is_odd)


def _in_links(urls: Iterable[str]) -> Iterator[Filing]:
    for url in urls:
        if badge := _BADGE_LINK.search(url):
            is_odd = not re.fullmatch("[0-9A-Fa-f]{32}", badge[1])
            yield Filing(FilingKind.BADGE, badge[1].upper(), url[:200], is_malformed=is_odd)
        if police := _POLICE_LINK.search(url):
            yield Filing(FilingKind.POLICE, police[1], url[:200], is_malformed=len(police[1]) != 14)  # noqa: PLR2004
        if host_of(url) in _PARODY_HOSTS:
            yield Filing(FilingKind.ICP, url[:100], url[:200], is_parody=True)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
