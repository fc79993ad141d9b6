"""Finds terms in a text however they are written, and says where they stand in the original.

Every spelling of a term is folded and looked for in the folded text; of words longer than two characters also the spellings
with one or two characters swapped for a homophone, a look-alike or pinyin (操座证, 特种zuo业). One automaton, linear in the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from keywords.characters import squeeze
from keywords.fold import Folded, fold
from keywords.loader import Lexicon
from keywords.model import Term, TermKind

__all__ = ["TermHit", "TermMatcher"]

_SWAPPED_KINDS = {TermKind.CERTIFICATE, TermKind.OFFER, TermKind.PROMISE}
_SHORTEST_SWAPPED = 3
_SHORTEST_SWAPPED_TWICE = 5
_LONGEST_SWAPPED = 8

# A swapped last character that goes on as an everyday word is no disguise: 电工正规, 操作正常, 焊工政策.
_EVERYDAY = {
    "正": "在确常规式好是当面值要宗经如视月中东义直比反负版统因巧文职处品",
    "政": "府策治务协委法工",
    "症": "状",
    "过": "程去来往于度后期滤敏",
    "国": "家内外际有企",
    "班": "长组级次",
    "是": "否的一",
    "事": "故项件情业务实",
    "整": "改体个理治顿",
    "征": "求集收",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermHit:
    """A term that was found."""

    term: Term
    start: int
    """Offset in the original text."""
    end: int
    written: str
    """As it stands in the original."""
    is_disguised: bool
    """Written so that a plain search would miss it; width, case, traditional script and blanks do not count."""
    folded_start: int
    folded_end: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    term: Term
    is_swapped: bool
    everyday: str
    """Characters after which a swapped last character is an everyday word; empty: the last character is the term's own."""
    is_latin: bool
    """Begins or ends with a Latin letter or digit, so that it may be a piece of a longer word."""


class TermMatcher:
    """Finds the terms of a lexicon. Build once (about 0.2 s), use for many texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._homophones = dict(lexicon.homophones)
        patterns: dict[str, _Pattern] = {}
        for term in lexicon.terms:
            for spelling in (term.text, *term.variants):
                patterns.setdefault(fold(spelling).text, _pattern(term, fold(spelling).text))
        for term in lexicon.terms:
            if term.kind in _SWAPPED_KINDS and not (term.is_ambiguous or term.is_neighbour):
                for spelling in (term.text, *term.variants):
                    self._add_swapped(patterns, term, fold(spelling).text)
        patterns.pop("", None)
        self._spellings = list(patterns)
        self._patterns = list(patterns.values())
        self._honest = {text for term in lexicon.terms for text in map(squeeze, (term.text, *term.variants))}
        self._automaton = AhoCorasick(
            self._spellings, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    def find(self, text: str) -> tuple[TermHit, ...]:
        """Return the terms in the text, by place, longest first where several begin, not overlapping."""
        return self.find_in(fold(text))

    def find_in(self, folded: Folded, *, most_each: int = 0) -> tuple[TermHit, ...]:
        """Return the terms of a text that is folded already; of each spelling the first `most_each` places (0: all)."""
        return tuple(self._hits(folded, most_each or len(folded.text)))

    def _hits(self, folded: Folded, most_each: int) -> Iterator[TermHit]:
        text, left = folded.text, [most_each] * len(self._patterns)
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            if not left[index]:
                continue
            pattern = self._patterns[index]
            if pattern.is_latin and not _is_whole(text, start, end):
                continue
            if pattern.everyday and text[end : end + 1] in tuple(pattern.everyday):
                continue
            left[index] -= 1
            original_start, original_end = folded.span(start, end)
            written = folded.original[original_start:original_end]
            yield TermHit(
                term=pattern.term,
                start=original_start,
                end=original_end,
                written=written,
                is_disguised=pattern.is_swapped
                or (written != self._spellings[index] and squeeze(written) not in self._honest),
                folded_start=start,
                folded_end=end,
            )

    def _add_swapped(self, patterns: dict[str, _Pattern], term: Term, spelling: str) -> None:
        if not _SHORTEST_SWAPPED <= len(spelling) <= _LONGEST_SWAPPED:
            return
        places = [at for at, char in enumerate(spelling) if char in self._homophones]
        picks: list[tuple[int, ...]] = [(at,) for at in places]
        if len(spelling) >= _SHORTEST_SWAPPED_TWICE and term.kind is TermKind.CERTIFICATE:
            picks += combinations(places, 2)
        for pick in picks:
            most = 99 if len(pick) == 1 else 3
            for swapped in self._swaps(spelling, pick, most):
                last = swapped[-1] if len(spelling) - 1 in pick else ""
                patterns.setdefault(swapped, _pattern(term, swapped, is_swapped=True, everyday=_EVERYDAY.get(last, "")))

    def _swaps(self, spelling: str, pick: tuple[int, ...], most: int) -> Iterator[str]:
        """Yield the spelling with each picked place written otherwise; at most `most` writings a place."""
        at, rest = pick[0], pick[1:]
        for written in self._homophones[spelling[at]][:most]:
            for tail in (
                self._swaps(spelling[at + 1 :], tuple(p - at - 1 for p in rest), most)
                if rest
                else (spelling[at + 1 :],)
            ):
                yield spelling[:at] + written + tail


def _pattern(term: Term, spelling: str, *, is_swapped: bool = False, everyday: str = "") -> _Pattern:
    is_latin = any(map(_is_latin, (spelling[:1], spelling[-1:])))
    return _Pattern(term, is_swapped=is_swapped, everyday=everyday, is_latin=is_latin)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Say whether Latin letters or digits at the edges are not part of a longer word or number."""
    if start and _is_latin(text[start]) and _is_latin(text[start - 1]):
        return False
    return not (end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end]))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
