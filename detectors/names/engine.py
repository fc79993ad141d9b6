"""The matcher: a cheap sieve over the folded name, then all rules on what passes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from detectors.names.clues import Clue
from detectors.names.confusable import eye_letters
from detectors.names.hit import EMIT_FROM, NameHit, Technique
from detectors.names.lexicon import build_lexicon
from detectors.names.read import ReadName, as_seen_by_eye, read_name
from detectors.names.rules import Reading, brand_clues, brand_hits, hotline_hits
from detectors.names.rules_chinese import ChineseNames
from detectors.names.rules_embedded import EmbeddedHosts
from detectors.names.rules_government import government_clues, government_hits, place_hits
from detectors.names.rules_misspelt import Misspellings
from detectors.names.rules_pinyin import pinyin_clues, pinyin_hits
from detectors.names.sieve import FirstLook, Sieve
from detectors.names.target import TargetIndex, make_targets
from detectors.names.tokens import Vocabulary
from keywords.roster import Roster

__all__ = ["RULES", "NameMatcher"]

RULES = (brand_hits, hotline_hits, government_hits, place_hits, pinyin_hits)
"""Rules over the words of a name; those that need tables of their own are built in `NameMatcher`."""

_EYE_PERMILLE = 950
_EYE_FROM = 500
"""Weaker hits are not believed when letters had to be bent for them."""


class NameMatcher:
    """Says which official host a name imitates."""

    def __init__(self, roster: Roster, look_for: Callable[[Iterable[Clue]], FirstLook] | None = None) -> None:
        """Build the tables; `look_for` makes the sieve's first look from the clues, None: it does without."""
        self._roster = roster
        self._index = TargetIndex(make_targets(roster))
        self._lexicon = build_lexicon(self._index)
        self._plain = Vocabulary(self._lexicon)
        self._by_eye = Vocabulary(self._lexicon, by_eye=True)
        self._embedded = EmbeddedHosts(self._index)
        self._misspellings = Misspellings(self._index, self._lexicon)
        self._chinese = ChineseNames(self._index, self._lexicon)
        clues = tuple(dict.fromkeys(self._clues()))
        self._sieve = Sieve(clues, look_for(clues) if look_for else None)

    def match(self, host: str) -> tuple[NameHit, ...]:
        """Return the hits of a lower-case A-label host name, best first, at most one per imitated host.

        Official hosts, everything below them, below `.gov.cn` and `.政务`, and foreign governments' names never match.
        """
        return self.read(host) if self._sieve.lets_through(host) else ()

    def read(self, host: str) -> tuple[NameHit, ...]:
        """Return the same without asking the sieve first."""
        if self._roster.is_official(host):
            return ()
        name = read_name(host)
        if not name.suffix or _is_foreign_government(name.suffix):
            return ()
        return _ranked(self._hits(name))

    def lines(self, buffer: bytes, *, are_whole: bool = True) -> list[tuple[int, int]]:
        """Return (start, end) of the lines of a raw buffer that may hold a name that matches; see `Sieve.lines`."""
        return self._sieve.lines(buffer, are_whole=are_whole)

    def _hits(self, name: ReadName) -> list[NameHit]:
        hits = self._read(name, self._plain)
        hits += self._misspellings.hits(name)
        if name.is_foreign:
            hits = [_by_foreign_letters(name, hit) for hit in hits]
        hits += self._chinese.hits(name)
        eye = as_seen_by_eye(name)
        if eye.letters != name.letters:
            known = {hit.imitates for hit in hits}
            seen = self._read(eye, self._by_eye)
            hits += [
                _by_eye(hit)
                for hit in seen
                if hit.score_permille >= _EYE_FROM and hit.imitates not in known and _has_trick(name, hit)
            ]
        return hits

    def _read(self, name: ReadName, vocabulary: Vocabulary) -> list[NameHit]:
        reading = Reading(name, vocabulary.cut(name), self._index, self._lexicon)
        hits = [hit for rule in RULES for hit in rule(reading)]
        return hits + list(self._embedded.hits(name))

    def _clues(self) -> Iterator[Clue]:
        yield from brand_clues(self._lexicon)
        yield from government_clues(self._index, self._lexicon)
        yield from pinyin_clues(self._lexicon)
        yield from self._embedded.clues()
        yield from self._misspellings.clues()


def _ranked(hits: Iterable[NameHit]) -> tuple[NameHit, ...]:
    """Return the best hit per imitated host, best first. A pretence of *some* government host strengthens the hit that says which."""
    best: dict[str, NameHit] = {}
    for hit in sorted(hits, key=lambda h: (-h.score_permille, h.imitates == "", h.span)):
        if hit.score_permille >= EMIT_FROM:
            best.setdefault(hit.imitates, hit)
    some = best.get("")
    which = next((hit for hit in best.values() if hit.imitates), None)
    if some and which:
        del best[""]
        if some.score_permille > which.score_permille:
            reason = f"{which.reason}；{some.reason}"
            best[which.imitates] = replace(which, score_permille=some.score_permille, reason=reason)
    return tuple(sorted(best.values(), key=lambda h: (-h.score_permille, h.span)))


def _is_foreign_government(suffix: str) -> bool:
    return "gov" in suffix.split(".") or suffix in {"gov", "mil"}


def _by_foreign_letters(name: ReadName, hit: NameHit) -> NameHit:
    written = name.shown[slice(*hit.span)]
    if written.isascii():
        return hit
    reason = f"“{written}”含有形近的外文字符；{hit.reason}"
    score = min(1000, hit.score_permille + 60)
    return replace(hit, technique=Technique.IDN_LOOKALIKE, reason=reason, score_permille=score)


def _by_eye(hit: NameHit) -> NameHit:
    return replace(
        hit,
        technique=Technique.LOOKALIKE_LETTERS,
        score_permille=hit.score_permille * _EYE_PERMILLE // 1000,
        reason=f"域名使用形近字母；{hit.reason}",
    )


def _has_trick(name: ReadName, hit: NameHit) -> bool:
    """Say whether the matched part really holds letters put in another's place, not merely an honest `i` or `q`."""
    written = name.shown[slice(*hit.span)]
    return eye_letters(written)[0] != written
