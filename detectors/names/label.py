"""What generation is made of: labels to be tried below suffixes, each with its price, and the site they are made for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from detectors.names.hit import Technique
from detectors.names.lexicon import Lexicon, Sense, build_lexicon
from detectors.names.suffixes import table
from detectors.names.target import Target, TargetIndex, make_targets
from keywords.model import OfficialSite
from keywords.roster import Roster

__all__ = ["Family", "Label", "Subject", "Word", "make_subject", "words_of"]


class Family(StrEnum):
    """How a name was made up."""

    WHOLE = "whole"
    """Official labels, complete: hyphens for dots, dots dropped, another suffix, as a prefix."""
    QUERY = "query"
    TRADE = "trade"
    READING = "reading"
    """Pinyin or initials of the row's Chinese names."""
    PLACE = "place"
    HOTLINE = "hotline"
    CHINESE = "chinese"
    SLIP = "slip"
    TWO_SLIPS = "two_slips"
    FOREIGN = "foreign"
    """Letters with accents, or of one other script."""


class Label(NamedTuple):
    """What stands before the suffix."""

    text: str
    """One label, or several with dots; the last is the one to register. Unicode."""
    technique: Technique
    cost: int
    """0 for the likeliest, then rising; the suffix's cost is added."""
    family: Family
    reach: int = 9
    """Dearest suffix it is tried below."""


class Word(NamedTuple):
    """A word put beside an official one."""

    text: str
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The site names are made up for, and what is known around it."""

    site: OfficialSite
    own: Target
    targets: tuple[Target, ...]
    """All hosts of the row, `own` first."""
    lexicon: Lexicon
    nearby: tuple[OfficialSite, ...]
    """Other rows of the same sponsor: the ministry behind a query site, the query sites of a ministry."""
    portal_hosts: frozenset[str]
    """Portals of the site's region; empty for national sites."""

    def brand_weight(self, word: str) -> str:
        """Return `distinctive`, `rare` or `short` for a known brand; empty: the word is none."""
        senses = self.lexicon.senses.get(word, ())
        return next((s.weight for s in senses if s.kind == "brand"), "")

    def is_place(self, word: str) -> bool:
        """Say whether the word is a place's name: a brand of many."""
        return any(s.kind == "place" for s in self.lexicon.senses.get(word, ()))

    def senses(self, kind: str, hosts: Iterable[str]) -> tuple[Sense, ...]:
        """Return the lexicon's words of this kind that point to one of these hosts, in the order of the table."""
        wanted = set(hosts)
        return tuple(
            s for several in self.lexicon.senses.values() for s in several if s.kind == kind and s.about in wanted
        )


def make_subject(site: OfficialSite, roster: Roster) -> Subject | None:
    """Return what names are made up from; None: the site has no labels of its own."""
    everything = make_targets(roster)
    targets = [t for t in everything if t.imitates == site.host]
    if not targets:
        return None
    own = next((t for t in targets if t.host == site.host), targets[0])
    return Subject(
        site=site,
        own=own,
        targets=(own, *(t for t in targets if t is not own)),
        lexicon=_lexicon(everything),
        nearby=tuple(s for s in roster.sites if s.sponsor == site.sponsor and s.host != site.host),
        portal_hosts=frozenset(
            s.host
            for s in roster.sites
            if s.kind.value == "portal" and s.region_code == site.region_code and site.level != "national"
        ),
    )


@lru_cache(maxsize=4)
def _lexicon(targets: tuple[Target, ...]) -> Lexicon:
    return build_lexicon(TargetIndex(targets))


@lru_cache(maxsize=1)
def _words() -> Mapping[str, tuple[Word, ...]]:
    rows = tuple(table("generated_words"))
    return {
        kind: tuple(Word(row["word"], int(row["cost"])) for row in rows if row["kind"] == kind)
        for kind in {row["kind"] for row in rows}
    }


def words_of(kind: str) -> tuple[Word, ...]:
    """Return the words of `data/generated_words.csv` of a kind: `query`, `trade`, `chinese`, `place`, `hotline`."""
    return _words()[kind]
