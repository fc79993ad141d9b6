"""What the practice range is made of: hosts, pages, search rows and listings, each as its TOML file declares it.

Every type is read straight from TOML; an unknown key is an error.
"""

from enum import StrEnum
from pathlib import Path
from typing import Literal

import msgspec

__all__ = ["Advert", "Change", "Host", "HostKind", "HostTruth", "IndexEntry", "Listing", "Page", "Truth", "Verdict"]


class HostKind(StrEnum):
    """What part a host plays."""

    OFFICIAL = "official"
    COUNTERFEIT = "counterfeit"
    NEAR_MISS = "near_miss"
    ENGINE = "engine"
    PLATFORM = "platform"
    TRAP = "trap"
    ORDINARY = "ordinary"


class Verdict(StrEnum):
    """The ground truth about one thing; `NONE` is never judged."""

    COUNTERFEIT = "counterfeit"
    SUSPICIOUS = "suspicious"
    BENIGN = "benign"
    NONE = "none"


class Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer of a host; the first page of the file that fits a request is served."""

    path: str
    """Exact path, or a prefix ending in `*`."""
    file: str = ""
    """File in the host's folder, or `../_shared/<file>`."""
    status: int = 200
    content_type: str = ""
    """Empty: from the file's ending, text as UTF-8."""
    agents: tuple[str, ...] = ()
    """Served only if the User-Agent contains one of these; empty: to everybody."""
    headers: dict[str, str] = {}
    redirect: str = ""
    """Instead of a file: the Location of a 302."""
    phase: str = ""
    """Served only in this phase; empty: always."""


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is different in one phase; a change for the phase `""` holds in every phase that has none of its own."""

    when: str
    gone: bool = False
    """The name does not resolve."""


class HostTruth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ground truth about a host."""

    verdict: Literal["counterfeit", "benign", "none"]
    imitates: str = ""
    """The official host that is imitated; empty: none in particular."""
    pattern: str = ""
    """Pattern class, such as `dots_to_hyphens`."""
    found_by: tuple[str, ...] = ()
    """How a sweep can come upon it: `lookalike`, `engine`, `files` …"""


class Host(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One host of the pretend internet."""

    name: str
    """A-label, the name of its folder."""
    folder: Path
    note: str
    kind: HostKind
    addresses: tuple[str, ...] = ()
    """Documentation addresses; with `cname`, the addresses of its target."""
    aliases: tuple[str, ...] = ()
    cname: str = ""
    behaviour: str = ""
    """Name in `deploy.range.behaviours.BEHAVIOURS`; empty: only the pages below."""
    dns: Literal["", "servfail", "silent", "wildcard"] = ""
    """How the name server treats it; `wildcard` answers for every name below as well."""
    tls: Literal["", "expired", "self_signed", "wrong_name"] = ""
    """What is wrong with its certificate; empty: nothing."""
    truth: HostTruth | None = None
    pages: tuple[Page, ...] = ()
    changes: tuple[Change, ...] = ()

    def is_gone(self, phase: str) -> bool:
        """Say whether the name does not resolve in `phase`."""
        by_phase = {change.when: change.gone for change in self.changes}
        return by_phase.get(phase, by_phase.get("", False))

    def page_for(self, path: str, agent: str, phase: str) -> Page | None:
        """Return the first page that fits the request, or None."""
        for page in self.pages:
            fits = path.startswith(page.path[:-1]) if page.path.endswith("*") else path == page.path
            if fits and page.phase in {"", phase} and (not page.agents or any(word in agent for word in page.agents)):
                return page
        return None


class Advert(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a search row is paid for."""

    advertiser: str
    shows_target: bool
    """The row names its landing address; otherwise there is only the engine's counting link."""
    verdict: Literal["counterfeit", "benign"]


class IndexEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing the search engines know."""

    url: str
    title: str
    text: str
    keywords: tuple[str, ...] = ()
    engines: tuple[Literal["baidu", "so360"], ...] = ("baidu", "so360")
    advert: Advert | None = None


class Listing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing offered on a platform."""

    platform: str
    """Host of the platform."""
    id: str
    url: str
    """The canonical address of its page, made from platform and id."""
    title: str
    text: str
    price: str
    """As the platform shows it: `35.00` or `面议`."""
    seller: str
    area: str
    published: str
    """`YYYY-MM-DD HH:MM`, Beijing time."""
    image: str = ""
    keywords: tuple[str, ...] = ()
    """Further words under which the platform's search finds it."""
    truth: Literal["counterfeit", "suspicious", "benign"]
    pattern: str = ""
    is_searchable: bool = True
    """False: only known from the platform's export."""
    gone_in: tuple[str, ...] = ()
    """Phases in which the platform has taken it down."""


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep should come to think about one thing."""

    kind: Literal["site", "listing", "advert"]
    key: str
    """Host of a site, canonical URL of a listing, counting link of an advert."""
    verdict: Verdict
    aliases: tuple[str, ...] = ()
    """Further names of the same site."""
    imitates: str = ""
    pattern: str = ""
    found_by: tuple[str, ...] = ()
