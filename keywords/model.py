"""What we look for: terms of the trade, the official sites, and the queries of a sweep. Plain values, no behaviour that needs the outside."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["OfficialSite", "SiteKind", "SweepQuery", "Term", "TermKind", "TermOrigin"]


class SiteKind(StrEnum):
    """What an official host serves; `QUERY_SITE` is what counterfeits copy most."""

    QUERY_SITE = "query_site"
    DEPARTMENT = "department"
    PORTAL = "portal"
    HOTLINE = "hotline"
    REGISTRY = "registry"
    MEDIA = "media_of_record"


class TermKind(StrEnum):
    """What a term does in a text: names a certificate, sells one, or speaks against the sale."""

    __hash__ = str.__hash__  # asked for at every hit: an enumeration's own is slow

    CERTIFICATE = "certificate"
    AUTHORITY = "authority"
    OFFER = "offer"
    PROMISE = "promise"
    SPEED = "speed"
    PAYMENT = "payment"
    CHANNEL = "channel"
    CONTACT = "contact"
    EXCUSE = "excuse"
    WARNING = "warning"
    LAWFUL = "lawful"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialSite:
    """官方网站名录: one genuine site. Its hosts are official, and so is everything below its registrable domain (see `owns_domain`)."""

    host: str
    """Lower-case A-label host name, e.g. `cx.mem.gov.cn`."""
    name: str
    """Official Chinese name of the site."""
    sponsor: str
    """主办单位, the body behind it."""
    kind: SiteKind
    level: str
    """`national`, `province` or `city` (counties too)."""
    region_code: str
    """GB/T 2260 code, `000000` for the whole country."""
    aliases: tuple[str, ...] = ()
    """Further Chinese names and short names; empty: none known."""
    pinyin: tuple[str, ...] = ()
    """Readings of the name or of short names, syllables separated by blanks (`ying ji guan li bu`); empty: not worked out."""
    initials: tuple[str, ...] = ()
    """First letters of those syllables (`yjglb`); empty: not worked out."""
    brands: tuple[str, ...] = ()
    """Latin labels that identify the body, e.g. `mem`, `mohurd`, `e-cqs`; empty: none are distinctive."""
    other_hosts: tuple[str, ...] = ()
    """Further addresses of the same site or body (old names, mirrors): official too, and imitated like `host`; empty: none known."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts that serve the body but nobody would imitate (static files, badges): official by exact name only; empty: none known."""
    owns_domain: bool = True
    """Everything below the registrable domain of `host` belongs to the body. False: only the very hosts named are official."""
    apps: tuple[str, ...] = ()
    """Names of the body's own apps; empty: none known, which does not make an app of that name a fake."""
    mini_programs: tuple[str, ...] = ()
    """`platform:name` of its mini-programs (`微信小程序:…`); empty: none known."""
    accounts: tuple[str, ...] = ()
    """`platform:name` of its accounts (`微信公众号:国家安全生产考试`); empty: none known."""
    icp_number: str = ""
    """ICP filing of the site; empty: not known, which proves nothing."""
    site_code: str = ""
    """政府网站标识码; empty: not known."""
    is_protected: bool = False
    """Lookalike names are generated for this site and its pages are kept as snapshots."""
    source: str
    """Where the row comes from."""
    confidence: str = "medium"
    """`high`, `medium` or `low`: staff check the row before they rely on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermOrigin:
    """One list in which a term stands."""

    source: str
    """Which list, notice or page."""
    department: str = ""
    """The department whose list it is; empty: shipped with the software."""
    notice: str = ""
    """文号 of the notice or regulation; empty: none is named, or it was not checked."""
    listed_on: date | None = None
    """Date of the list; None: not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """关键词/暗语: one word or phrase, with its source."""

    text: str
    kind: TermKind
    sense: str = ""
    """What exactly it says within its kind (`no_exam`, `verify`, `forgery`, `narrative` …, see `data/offers.csv`); empty: the kind says it."""
    variants: tuple[str, ...] = ()
    """Other ways of writing it; empty: none recorded."""
    weight: int = 1
    """1 weak, 2 medium, 3 strong: how much it says by itself."""
    authority: str = ""
    """For certificates: the issuing department (应急, 住建, 市监 …); empty: any."""
    is_neighbour: bool = False
    """A certificate of a neighbouring trade (skill level, diploma): not the notice's object."""
    is_ambiguous: bool = False
    """Means something only beside other terms (C1证 is also a driving licence)."""
    source: str
    """Which list, notice or page the term comes from."""
    notice: str = ""
    """文号 of the notice or regulation that names it; empty: none does, or the number was not checked."""
    added_on: date | None = None
    """When it entered the list; None: not recorded."""
    origins: tuple[TermOrigin, ...] = ()
    """Every list it stands in, the one whose word counts first; empty: only the one that `source` names."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Return the text and its other ways of writing."""
        return (self.text, *self.variants)

    @property
    def departments(self) -> tuple[str, ...]:
        """Return the departments that listed it, each once; empty: it is only shipped with the software."""
        return tuple(dict.fromkeys(origin.department for origin in self.origins if origin.department))


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepQuery:
    """One query of a 关键词巡查, best first by `priority`."""

    text: str
    terms: tuple[str, ...]
    priority: int
    """Higher is asked earlier."""
