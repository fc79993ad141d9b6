"""The matcher: a cheap sieve over the folded name, then all rules on what passes."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from detectors.names.clues import Clue
from detectors.names.confusable import eye_letters
from detectors.names.hit import EMIT_FROM, SIGNAL_CODES, NameHit, Technique
from detectors.names.lexicon import build_lexicon
from detectors.names.parents import ParentKind, parent_kind
from detectors.names.read import ReadName, as_seen_by_eye, read_name
from detectors.names.reading import Reading
from detectors.names.rules_asked import asked_clues, asked_hits
from detectors.names.rules_bodies import body_clues, body_hits
from detectors.names.rules_brands import brand_clues, brand_hits
from detectors.names.rules_chinese import ChineseNames
from detectors.names.rules_embedded import EmbeddedHosts
from detectors.names.rules_gov_misspelt import MisspeltGov
from detectors.names.rules_government import government_clues, government_hits
from detectors.names.rules_hotline import hotline_clues, hotline_hits
from detectors.names.rules_initials import initials_clues, initials_hits
from detectors.names.rules_misspelt import Misspellings
from detectors.names.rules_papers import PaperQueries
from detectors.names.rules_pinyin import pinyin_clues, pinyin_hits
from detectors.names.rules_place import place_clues, place_hits
from detectors.names.rules_regional import regional_clues, regional_hits
from detectors.names.sieve import LookedFor, Sieve, Spans, all_lines
from detectors.names.target import TargetIndex, make_targets, press_targets
from detectors.names.tokens import Token, Vocabulary
from keywords.roster import Roster

__all__ = ["RULES", "NameMatcher", "matcher_of"]

RULES = (brand_hits, hotline_hits, government_hits, place_hits, asked_hits, regional_hits, body_hits, pinyin_hits)
"""Rules over the words of a name; those that need tables of their own are built in `NameMatcher`."""

_EYE_PERMILLE = 950
_EYE_FROM = 500
"""Weaker hits are not believed when letters had to be bent for them."""
_PROOF = 850
"""A whole official host or gov.cn inside the name: what is reported below a school's domain."""
_IS_ABROAD = re.compile(
    r"(?:.+\.)?(?:ar|at|be|ch|cl|cz|de|dk|es|fr|gr|id|il|in|it|mx|nl|nz|ph|pl|pt|ro|se|th|tr|uk|vn|za)"
).fullmatch
"""Countries whose own people have names there, and who counterfeit no Chinese office with a name that only hints at one."""
_ABROAD_FROM = 650
_IS_CLOSED = re.compile(r"(?:.+\.)?(?:au|br|ca|fi|hu|ie|jp|kr|my|no|sg|us)").fullmatch
"""Countries that give names to those who live there only."""
_CLOSED_FROM = 870
"""More than a short label with gov (`govmem.us` are members of some government) or any brand alone."""
_SHORTEST_ALONE = 6
_LONG_ALONE = 12
"""A word with a slip of the finger needs company, or this length."""


@lru_cache(maxsize=4)
def matcher_of(roster: Roster) -> "NameMatcher":
    """Return a matcher for single names, the same one for the same sites: it has no sieve, and its tables take a third of a second."""
    return NameMatcher(roster)


class NameMatcher:
    """Says which official host a name imitates."""

    def __init__(
        self, roster: Roster, looked_for: Callable[[Callable[[], set[Clue]]], LookedFor] | None = None
    ) -> None:
        """Build the tables. `looked_for` says what the sieve looks for, and is given what works out the clues, should it have to.

        None: there is no sieve, for whoever has few names to ask about. The hits are the same.
        """
        self._roster = roster
        self._index = TargetIndex(make_targets(roster))
        self._lexicon = build_lexicon(self._index)
        self._plain = Vocabulary(self._lexicon)
        self._by_eye = Vocabulary(self._lexicon, by_eye=True)
        whole = (*self._index.targets, *press_targets(roster))
        self._embedded = EmbeddedHosts(whole)
        self._embedded_by_eye = EmbeddedHosts(whole, by_eye=True)
        self._misspellings = Misspellings(self._index, self._lexicon)
        self._misspelt_gov = MisspeltGov(self._index, self._lexicon)
        self._papers = PaperQueries(self._lexicon)
        self._chinese = ChineseNames(self._index, self._lexicon)
        self._sieve = Sieve(looked_for(lambda: set(self._clues())), self._chinese.words()) if looked_for else None

    def match(self, host: str) -> tuple[NameHit, ...]:
        """Return the hits of a lower-case A-label host name, best first, at most one per imitated host.

        Official hosts, everything below them, below `.gov.cn` and `.政务`, foreign governments' names, names of public bodies and aliases of delivery networks never match.
        """
        return self.read(host) if self._sieve is None or self._sieve.lets_through(host) else ()

    def read(self, host: str) -> tuple[NameHit, ...]:
        """Return the same without asking the sieve first."""
        if self._roster.is_official(host):
            return ()
        name = read_name(host)
        kind = parent_kind(host, name.suffix)
        if not name.suffix or _is_foreign_government(name.suffix) or kind in {ParentKind.ALIAS, ParentKind.RESERVED}:
            return ()
        return _ranked(self._hits(name), _believed_from(name.suffix, kind))

    def lines(self, buffers: Sequence[bytes], *, are_whole: bool = True) -> list[Spans]:
        """Return of each raw buffer (start, end) of the lines that may hold a name that matches; see `Sieve.lines`. Without a sieve: of all lines."""
        if self._sieve is None:
            return [all_lines(buffer) for buffer in buffers]
        return self._sieve.lines(buffers, are_whole=are_whole)

    def _hits(self, name: ReadName) -> list[NameHit]:
        found = self._plain.found(name)
        hits = self._read(name, self._plain.cut(name, found))
        hits += self._embedded.hits(name)
        hits += self._misspellings.hits(name)
        hits += self._misspelt_gov.hits(name)
        hits += self._papers.hits(name)
        hits += initials_hits(name, self._index, self._lexicon)
        if name.is_foreign:
            hits = [_by_foreign_letters(name, hit) for hit in hits]
        hits += self._chinese.hits(name)
        if any(hit.score_permille >= _PROOF for hit in hits):
            return hits  # what is plain to see needs no hasty eye
        eye = as_seen_by_eye(name)
        known = {hit.imitates for hit in hits}
        straight = () if name.is_foreign or len(eye.letters) != len(name.letters) else found
        hits += self._hits_by_eye(eye, known, {(start, end) for _, start, end in straight})
        hits += [hit for hit in self._misspellings.hits_by_eye(eye) if hit.imitates not in known]
        return hits

    def _hits_by_eye(self, eye: ReadName, known: set[str], straight: set[tuple[int, int]]) -> Iterator[NameHit]:
        """Yield what only a hasty eye sees, or what holds a slip of the finger.

        `straight` are places where a word is known to stand as it is written: none of them is seen by eye only.
        """
        found = self._by_eye.found(eye)
        may_be_crooked = any((start, end) not in straight for _, start, end in found)
        tokens = self._by_eye.cut(eye, found) if may_be_crooked else ()
        crooked = [token for token in tokens if token.is_bent or _is_crooked(eye, token)]
        seen = self._read(eye, tokens) if crooked else []
        if crooked or _has_trick(eye.host):
            seen += self._embedded_by_eye.hits(eye)
        if not may_be_crooked and (seen := [hit for hit in seen if _is_crooked_span(eye, hit)]):
            tokens = self._by_eye.cut(eye, found)
        for hit in seen:
            inside = [t for t in tokens if _overlap(eye.span(t.start, t.end), hit.span)]
            if inside:
                is_telling = any(t in crooked for t in inside)
                is_telling = is_telling and (
                    _is_supported(inside) if len(inside) > 1 else _stands_alone(eye, inside[0])
                )
            else:
                is_telling = _is_crooked_span(eye, hit)
            if not is_telling and _is_whole_host(eye, hit):
                is_telling = _is_crooked_span(eye, hit)
            if is_telling and hit.score_permille >= _EYE_FROM and hit.imitates not in known:
                yield _by_eye(hit)

    def _read(self, name: ReadName, tokens: tuple[Token, ...]) -> list[NameHit]:
        if not tokens and "govcn" not in name.letters:
            return []
        reading = Reading(name, tokens, self._index, self._lexicon)
        return [hit for rule in RULES for hit in rule(reading)]

    def _clues(self) -> Iterator[Clue]:
        yield from brand_clues(self._index, self._lexicon)
        yield from hotline_clues(self._lexicon)
        yield from government_clues(self._lexicon)
        yield from place_clues(self._index, self._lexicon)
        yield from asked_clues(self._lexicon)
        yield from regional_clues(self._index, self._lexicon)
        yield from body_clues(self._index, self._lexicon)
        yield from initials_clues(self._lexicon)
        yield from pinyin_clues(self._lexicon)
        yield from self._by_eye.clues()
        yield from self._embedded.clues()
        yield from self._misspellings.clues()
        yield from self._misspelt_gov.clues()
        yield from self._papers.clues()


def _ranked(hits: Iterable[NameHit], emit_from: int) -> tuple[NameHit, ...]:
    """Return the best hit per imitated host, best first. A pretence of *some* government host strengthens the hit that says which."""
    best: dict[str, NameHit] = {}
    for hit in sorted(hits, key=lambda h: (-h.score_permille, h.imitates == "", h.span)):
        if hit.score_permille >= emit_from:
            best.setdefault(hit.imitates, hit)
    some = best.get("")
    which = next((hit for hit in best.values() if hit.imitates), None)
    if some and which:
        del best[""]
        if some.score_permille > which.score_permille:
            reason = f"{which.reason}；{some.reason}"
            best[which.imitates] = replace(which, score_permille=some.score_permille, reason=reason)
    return tuple(sorted(best.values(), key=lambda h: (-h.score_permille, h.span)))


def _believed_from(suffix: str, kind: ParentKind | None) -> int:
    """Return from which score on a hit below this suffix is reported."""
    if kind is ParentKind.SCHOOL:
        return _PROOF
    if _IS_CLOSED(suffix):
        return _CLOSED_FROM
    return _ABROAD_FROM if _IS_ABROAD(suffix) else EMIT_FROM


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


def _has_trick(host: str) -> bool:
    """Say whether the name holds letters that could stand for others."""
    return eye_letters(host)[0] != host


def _is_crooked(eye: ReadName, token: Token) -> bool:
    """Say whether the word is really written with letters put in another's place, not merely with an honest `i` or `q`."""
    written = _letters(eye.text(token.start, token.end))
    return all(written != sense.word for sense in token.senses)


def _is_supported(tokens: list[Token]) -> bool:
    """Say whether a query word with a slip has a brand, a trade or gov beside it; words that are right support each other."""
    if not any(t.is_bent and t.is_a("query", "certificate") for t in tokens):
        return True
    return any(
        t.is_a("brand") or t.sense("trade", "long", "name", "initials") or t.sense("government", "gov") for t in tokens
    )


def _stands_alone(eye: ReadName, token: Token) -> bool:
    """Say whether a word that is not written right says enough without company."""
    if not token.is_bent:
        return len(token.word) >= _SHORTEST_ALONE
    is_long = token.end - token.start >= _LONG_ALONE
    return is_long and token.start in eye.edges and token.end in eye.edges


def _is_whole_host(eye: ReadName, hit: NameHit) -> bool:
    """Say whether an official host, its suffix included, is all there is below: `chs1.com.cn`."""
    return hit.span == (0, len(eye.shown)) and SIGNAL_CODES[hit.technique] == "name.official_embedded"


def _is_crooked_span(eye: ReadName, hit: NameHit) -> bool:
    written = _letters(eye.shown[slice(*hit.span)])
    return eye_letters(written)[0] != written


def _letters(text: str) -> str:
    return text.replace("-", "").replace(".", "").replace("_", "")


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
