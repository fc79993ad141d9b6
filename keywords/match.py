"""Finds terms in a text however they are written, and says where they stand in the original.

Every spelling of a term is folded and looked for in the folded text; of words longer than two characters also the spellings
with one or two characters swapped for a homophone, a look-alike or pinyin (操座证, 特种zuo业). One automaton, linear in the text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from operator import itemgetter
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from keywords.characters import plain_each, squeeze
from keywords.contexts import is_latin, is_whole_word
from keywords.fold import Folded, fold, fold_each
from keywords.loader import Lexicon
from keywords.model import Term, TermKind
from keywords.trade_words import trade_words

__all__ = ["Place", "Spelling", "TermHit", "TermMatcher", "term_matcher"]

_SWAPPED_KINDS = {TermKind.CERTIFICATE, TermKind.OFFER, TermKind.PROMISE}
_SHORTEST_SWAPPED = 3
_SHORTEST_SWAPPED_TWICE = 5
_LONGEST_SWAPPED = 8
_squeezed = lru_cache(maxsize=4096)(squeeze)

Place = tuple[int, int, int]
"""Where a spelling stands: its number, start and end in the folded text."""

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


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way of writing a term, as it is looked for in folded texts."""

    term: Term
    text: str
    honest: frozenset[str]
    """Every spelling of every term without blanks: what is written like one of them is not disguised."""
    is_swapped: bool = False
    everyday: frozenset[str] = frozenset()
    """Characters after which a swapped last character is an everyday word; empty: the last character is the term's own."""
    is_latin: bool = False
    """Begins or ends with a Latin letter or digit, so that it may be a piece of a longer word."""

    def is_disguised(self, folded: Folded, start: int, end: int) -> bool:
        """Say of a place whether a plain search would miss the word; width, case, traditional script and blanks do not count."""
        first, last = folded.span(start, end)
        return self.is_disguised_as(folded.original[first:last])

    def is_disguised_as(self, written: str) -> bool:
        """Say the same of what stands in the original."""
        return self.is_swapped or (written != self.text and _squeezed(written) not in self.honest)


class TermHit(NamedTuple):
    """A term that was found. Where it stands in the original is worked out when it is asked for."""

    term: Term
    folded_start: int
    folded_end: int
    folded: Folded
    spelling: Spelling

    @property
    def start(self) -> int:
        """Offset in the original text."""
        return self.folded.span(self.folded_start, self.folded_end)[0]

    @property
    def end(self) -> int:
        """Offset in the original text, exclusive."""
        return self.folded.span(self.folded_start, self.folded_end)[1]

    @property
    def written(self) -> str:
        """As it stands in the original."""
        start, end = self.folded.span(self.folded_start, self.folded_end)
        return self.folded.original[start:end]

    @property
    def is_disguised(self) -> bool:
        """Written so that a plain search would miss it; width, case, traditional script and blanks do not count."""
        return self.spelling.is_disguised(self.folded, self.folded_start, self.folded_end)


class TermMatcher:
    """Finds the terms of a lexicon. Build once (half a second; `term_matcher` does), use for many texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._homophones = dict(lexicon.homophones)
        written = tuple(dict.fromkeys(text for term in lexicon.terms for text in (term.text, *term.variants)))
        self._honest = frozenset("".join(one.split()) for one in plain_each(written))
        folded = {spelling: one.text for spelling, one in zip(written, fold_each(written), strict=True)}
        patterns: dict[str, Spelling] = {}
        for term in lexicon.terms:
            for spelling in (term.text, *term.variants):
                self._add(patterns, term, folded[spelling])
        for term in lexicon.terms:
            if term.kind in _SWAPPED_KINDS and not (term.is_ambiguous or term.is_neighbour):
                for spelling in (term.text, *term.variants):
                    if folded[spelling] not in trade_words():  # of the words it knows, `fold` has undone it
                        self._add_swapped(patterns, term, folded[spelling])
        patterns.pop("", None)
        self.spellings = tuple(patterns.values())
        """By number."""
        self._guarded = [bool(pattern.is_latin or pattern.everyday) for pattern in self.spellings]
        """Whether what stands beside it may make another word of it."""
        self._automaton = AhoCorasick(
            list(patterns), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    def find(self, text: str) -> tuple[TermHit, ...]:
        """Return the terms in the text, by place, longest first where several begin, not overlapping."""
        return self.find_in(fold(text))

    def find_each(self, texts: Sequence[str]) -> list[tuple[TermHit, ...]]:
        """Return the same for each of many texts: short ones are folded together."""
        return [self.find_in(folded) for folded in fold_each(texts)]

    def find_in(self, folded: Folded) -> tuple[TermHit, ...]:
        """Return the terms of a text that is folded already."""
        spellings = self.spellings
        return tuple(
            TermHit(spellings[number].term, start, end, folded, spellings[number])
            for number, start, end in self.places_in(folded)
        )

    def places_in(self, folded: Folded, *, most_each: int = 0) -> list[Place]:
        """Return where `find_in` finds spellings: of each the first `most_each` places (0: all)."""
        text, spellings, guarded = folded.text, self.spellings, self._guarded
        places = [
            place
            for place in self._automaton.find_matches_as_indexes(text)
            if not guarded[place[0]] or _stands_alone(spellings[place[0]], text, place[1], place[2])
        ]
        if not 0 < most_each < len(places) or max(Counter(map(itemgetter(0), places)).values()) <= most_each:
            return places
        return list(_first_of_each(places, most_each))

    def _add(self, patterns: dict[str, Spelling], term: Term, spelling: str, everyday: str | None = None) -> None:
        """Add a spelling unless it is another term's; `everyday`: it is a swapped one, and what may not follow it."""
        if spelling not in patterns:
            is_latin_edged = any(map(is_latin, (spelling[:1], spelling[-1:])))
            patterns[spelling] = Spelling(
                term, spelling, self._honest, everyday is not None, frozenset(everyday or ""), is_latin_edged
            )

    def _add_swapped(self, patterns: dict[str, Spelling], term: Term, spelling: str) -> None:
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
                self._add(patterns, term, swapped, _EVERYDAY.get(last, ""))

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


@lru_cache(maxsize=2)
def term_matcher(lexicon: Lexicon) -> TermMatcher:
    """Return the matcher of a lexicon, the same one for an equal lexicon."""
    return TermMatcher(lexicon)


def _stands_alone(spelling: Spelling, text: str, start: int, end: int) -> bool:
    """Say whether what was found is no piece of a longer Latin word, and no everyday word with what follows."""
    if spelling.is_latin and not is_whole_word(text, start, end):
        return False
    return not spelling.everyday or text[end : end + 1] not in spelling.everyday


def _first_of_each(places: Iterable[Place], most: int) -> Iterator[Place]:
    """Yield the first so many places of each spelling."""
    counted = Counter[int]()
    for place in places:
        counted[place[0]] += 1
        if counted[place[0]] <= most:
            yield place
