"""What is imitated: each rostered host taken apart into sub-label, brand and suffix."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from keywords.model import OfficialSite, SiteKind
from keywords.roster import Roster

__all__ = ["TELLING", "Target", "TargetIndex", "make_targets", "press_targets"]

_SUFFIXES = ("gov.cn", "org.cn", "com.cn", "net.cn", "cn", "com", "org", "net")
_RANKS = {SiteKind.QUERY_SITE: 1, SiteKind.DEPARTMENT: 2, SiteKind.REGISTRY: 3, SiteKind.HOTLINE: 3}
_LOCAL = 4
"""Added to the rank of sites below national level."""
TELLING = 3
"""Two letters alone point to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One official host, as a counterfeiter sees it."""

    host: str
    """The host that is written to look like, e.g. `cnse.samr.gov.cn`."""
    imitates: str
    """Rostered host of the row this host belongs to; a protected row claims its further hosts."""
    site: OfficialSite
    labels: tuple[str, ...]
    """Labels without `www` and suffix, e.g. `("cx", "mem")`."""
    suffix: str
    """`gov.cn`, `org.cn`, `cn` …"""
    rank: int
    """0 protected, then query sites, national departments, the rest: ties go to the lower."""

    brand: str
    """The last label before the suffix, without hyphens: `mem`, `ecqs`."""
    sub: str
    """The labels before the brand as letters; empty: there are none."""
    words: frozenset[str]
    """All labels without hyphens."""

    @property
    def stem(self) -> str:
        """Return sub-label and brand as letters: `cxmem`."""
        return self.sub + self.brand

    @property
    def is_government(self) -> bool:
        """Say whether the host is below `.gov.cn`."""
        return self.suffix == "gov.cn"

    @property
    def is_of_trade(self) -> bool:
        """Say whether the site verifies certificates or belongs to a body that issues them."""
        return self.rank <= 1


def make_targets(roster: Roster) -> tuple[Target, ...]:
    """Return a target for every host of the roster, protected query sites first. Sites of the press are left out."""
    return _targets(site for site in roster.sites if site.kind is not SiteKind.MEDIA)


def press_targets(roster: Roster) -> tuple[Target, ...]:
    """Return a target for every host of the press: their words (`people`) are everybody's, only the whole host is imitated."""
    return _targets(site for site in roster.sites if site.kind is SiteKind.MEDIA)


def _targets(sites: Iterable[OfficialSite]) -> tuple[Target, ...]:
    targets: dict[str, Target] = {}
    for site in sorted(sites, key=lambda s: not s.is_protected):
        for host in (site.host, *site.other_hosts):
            made = _target(site, host)
            if made:
                targets.setdefault(host, made)
    return tuple(sorted(targets.values(), key=lambda t: (t.rank, t.host != t.imitates)))


def _target(site: OfficialSite, host: str) -> Target | None:
    suffix = next((s for s in _SUFFIXES if host.endswith(f".{s}")), "")
    labels = tuple(label for label in host.removesuffix(suffix).rstrip(".").split(".") if label not in {"www", ""})
    if not suffix or not labels or labels == ("gov",):
        return None
    rank = 0 if site.is_protected else _RANKS.get(site.kind, 4) + (0 if site.level == "national" else _LOCAL)
    words = tuple(map(_letters, labels))
    return Target(
        host=host,
        imitates=site.host,
        site=site,
        labels=labels,
        suffix=suffix,
        rank=rank,
        brand=words[-1],
        sub="".join(words[:-1]),
        words=frozenset(words),
    )


def _letters(label: str) -> str:
    return label.replace("-", "").replace(".", "")


class TargetIndex:
    """Finds the target that words of a name point to."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self.targets = tuple(targets)
        self._with_brand: dict[str, list[Target]] = defaultdict(list)
        self._told_by: dict[str, list[Target]] = defaultdict(list)
        self._by_stem: dict[str, Target] = {}
        self._by_host: dict[str, Target] = {}
        for target in self.targets:
            self._with_brand[target.brand].append(target)
            if target.is_government and len(target.stem) >= TELLING:
                self._told_by[target.brand].append(target)
            self._by_stem.setdefault(target.stem, target)
            self._by_host.setdefault(target.host, target)
        self.pairs = {(t.sub, t.brand): t for t in reversed(self.targets) if t.sub}
        """(sub-label, brand) → target."""

    def brands(self) -> frozenset[str]:
        """Return all brands as letters."""
        return frozenset(self._with_brand)

    def query_site(self, brand: str, about: str = "") -> Target | None:
        """Return the query site of the body with this brand, else any of its hosts; `about` names it where the brand does not."""
        return self.about(about) or next(iter(self._with_brand.get(brand, ())), None)

    def department(self, brand: str, about: str = "") -> Target | None:
        """Return the body's own site (`www.…`), else any of its hosts; `about` as above."""
        hosts = self._with_brand.get(brand, ())
        own = next((t for t in hosts if not t.sub), next(iter(hosts), None))
        return self.about(about) or own

    def about(self, host: str) -> Target | None:
        """Return the target of this host; None: it is not rostered."""
        return self._by_host.get(host)

    def of_words(self, words: Iterable[str]) -> Target | None:
        """Return the target all of whose labels are among these words, the longest first; None: there is none.

        Where several are equally long, the word that stands first decides. Two letters alone (`zj`, `js`) point to nobody: every abbreviation holds some.
        """
        have = dict.fromkeys(words)
        found = [t for word in have for t in self._told_by.get(word, ()) if t.words <= have.keys()]
        return max(found, key=lambda t: (len(t.stem), -t.rank), default=None)
