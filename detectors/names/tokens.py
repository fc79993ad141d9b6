"""Cuts a name into known words. A short word counts only in an unbroken row of known words from one edge to another:
`cxmem` is 查询 + mem, `member` and `memory` are nothing."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import ahocorasick_rs

from detectors.names.clues import Clue
from detectors.names.confusable import eye_letters
from detectors.names.lexicon import Lexicon, Sense
from detectors.names.one_slip import close_slips
from detectors.names.read import ReadName
from detectors.names.syllables import may_be_broken

__all__ = ["Token", "Vocabulary", "bent_queries", "bent_words", "numbers_with_letters"]

_CROSSING = 6
"""Words this long may be written with a hyphen inside (`tezhong-zuoye`)."""
_WORD_GAIN = 80
_WORD_COST = 32
_SLIP_COST = 96
_TRADE_GAIN = 1
"""Decides between readings that explain equally much: `jnzs-cx` is a certificate of skill, not Jinan's `zscx`."""
_LONG_BRAND = 6
_BENT_TRADES = frozenset({
    "tezhongzuoye", "tezhongzuoyezheng", "tezhongzuoyecaozuozheng", "tezhongcaozuo", "tezhongcaozuozheng", "tezhongshebei",
    "anquanshengchan", "caozuozheng", "gaokongzuoye", "yingjiguanli", "yingjiguanlibu", "zhujianbu", "sanleirenyuan",
    "anquanyuanzheng", "diangongzheng", "zhiyezige", "jinengzhengshu",
})  # fmt: skip
"""Trades counterfeiters name; half of each is rare enough to be looked for."""
_BENT_QUERIES = frozenset({"chaxun", "zhengshu", "cx"})
_FREE_SLIP = 11
_DIGIT = re.compile(r"\d").search
_LETTERS_FOR = {"1": "l", "0": "o"}


@dataclass(frozen=True, slots=True)
class Token:
    """A known word at a place of the name."""

    start: int
    end: int
    senses: tuple[Sense, ...]
    kinds: frozenset[str]
    """Of all senses."""
    is_bent: bool = False
    """It is written with a slip."""

    def sense(self, kind: str, *weights: str) -> Sense | None:
        """Return the word's sense of this kind (and one of these weights)."""
        if kind not in self.kinds:
            return None
        for sense in self.senses:
            if sense.kind == kind and (not weights or sense.weight in weights):
                return sense
        return None

    def is_a(self, *kinds: str) -> bool:
        """Say whether the word can mean one of these."""
        return not self.kinds.isdisjoint(kinds)

    def is_next_to(self, other: "Token") -> bool:
        """Say whether no letter stands between the two words; a separator may."""
        return self.end == other.start or other.end == self.start

    @property
    def word(self) -> str:
        """Return the word itself."""
        return self.senses[0].word


@dataclass(frozen=True, slots=True)
class _Entry:
    """A word as it is looked for."""

    letters: str
    senses: tuple[Sense, ...]
    word: str
    """The same as the table writes it."""
    is_bent: bool
    is_free: bool
    """It counts with unknown letters on either side."""
    may_cross: bool
    """A separator may stand inside."""
    kinds: frozenset[str] = field(init=False)
    """Of all senses."""
    cost: int = field(init=False)
    """Of one more word in the row."""

    def __post_init__(self) -> None:
        kinds = frozenset(sense.kind for sense in self.senses)
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(
            self, "cost", (_SLIP_COST if self.is_bent else _WORD_COST) - _TRADE_GAIN * ("trade" in kinds)
        )


_Path = tuple[int, "_Path | None", int, int, "_Entry | None"]
"""A score, the path before the last word, where that word begins and ends, and the word."""
_NO_WORDS: _Path = (0, None, 0, 0, None)


def bent_words(lexicon: Lexicon) -> dict[str, tuple[Sense, ...]]:
    """Return the long brands and trades that are still recognised with one slip in them."""
    return {word: several for word, several in lexicon.senses.items() if any(map(_is_bendable, several))}


def bent_queries(lexicon: Lexicon) -> dict[str, tuple[Sense, ...]]:
    """Return slip → senses of the query words that are still recognised with it beside a brand or a trade."""
    return {
        slip: lexicon.senses[word]
        for word in sorted(_BENT_QUERIES & lexicon.senses.keys())
        for slip in (("ccx", "cxx") if word == "cx" else close_slips(word))
        if slip not in lexicon.senses
    }


def _is_bendable(sense: Sense) -> bool:
    if sense.kind == "brand":
        return sense.weight == "distinctive" and not sense.about and len(sense.word) >= _LONG_BRAND
    return sense.kind == "trade" and sense.word in _BENT_TRADES


class Vocabulary:
    """The lexicon in one reading: plain, or as seen by a hasty eye, slips of the finger included."""

    def __init__(self, lexicon: Lexicon, *, by_eye: bool = False) -> None:
        self._lexicon = lexicon
        self._by_eye = by_eye
        self._gov = self._read("gov")
        entries = {entry.letters: entry for entry in self._exact()}
        if by_eye:
            for entry in self._bent():
                entries.setdefault(entry.letters, entry)
        self._entries = tuple(entries.values())
        self._finder = ahocorasick_rs.AhoCorasick([entry.letters for entry in self._entries])

    def _read(self, word: str) -> str:
        return eye_letters(word)[0] if self._by_eye else word

    def _exact(self) -> list[_Entry]:
        senses: dict[str, tuple[Sense, ...]] = {}
        for word, several in self._lexicon.senses.items():
            senses[self._read(word)] = (*senses.get(self._read(word), ()), *several)
        free = frozenset(map(self._read, self._lexicon.free_words))
        hyphened = frozenset(map(self._read, self._lexicon.hyphened))
        halves = frozenset(map(self._read, self._lexicon.halves))
        return [
            _Entry(
                word,
                several,
                several[0].word,
                False,
                word in free,
                (len(word) >= _CROSSING and word not in halves) or word in hyphened,
            )
            for word, several in senses.items()
        ]

    def _bent(self) -> Iterator[_Entry]:
        for word, several in bent_words(self._lexicon).items():
            is_free = len(word) >= _FREE_SLIP and any(s.kind == "trade" for s in several)
            yield from (_Entry(self._read(slip), several, word, True, is_free, False) for slip in close_slips(word))
        for slip, several in bent_queries(self._lexicon).items():
            yield _Entry(self._read(slip), several, several[0].word, True, False, False)
        for written, number in numbers_with_letters(self._lexicon).items():
            yield _Entry(self._read(written), self._lexicon.senses[number], number, True, False, False)

    def clues(self) -> Iterator[Clue]:
        """Yield the bent words that can make a hit; a bent query word stands beside another word that does."""
        for entry in self._entries:
            if entry.is_bent and any(s.kind in {"brand", "trade"} for s in entry.senses):
                yield Clue((entry.letters,), (entry.letters,))

    def found(self, name: ReadName) -> list[tuple[int, int, int]]:
        """Return (which entry, start, end) of all words in the registrant's part, whether they may stand there or not."""
        if name.free < len(name.letters):
            matches = self._finder.find_matches_as_indexes(name.letters[: name.free], overlapping=True)
        else:
            matches = self._finder.find_matches_as_indexes(name.letters, overlapping=True)
        return matches

    def cut(self, name: ReadName, found: list[tuple[int, int, int]] | None = None) -> tuple[Token, ...]:
        """Return the known words of the registrant's part, in order; what is between them is unknown.

        `found` is what `found` said of the name, where somebody asked already.
        """
        matches = self.found(name) if found is None else found
        return _Cut(name, matches, self._entries, self._gov).tokens() if matches else ()


class _Cut:
    """The best way to read one name as a row of words, found letter by letter."""

    def __init__(
        self, name: ReadName, matches: list[tuple[int, int, int]], entries: tuple[_Entry, ...], gov: str
    ) -> None:
        self._name = name
        self._gov = gov
        self._words: dict[int, list[tuple[int, _Entry]]] = {}
        """Start → (end, entry) of all words."""
        self._loose: dict[int, list[tuple[int, _Entry]]] = {}
        """The same of those that may stand after unknown letters."""
        self._ends = set()
        for which, start, end in matches:
            entry = entries[which]
            self._ends.add(end)
            self._words.setdefault(start, []).append((end, entry))
            if entry.is_free or entry.letters == gov:
                self._loose.setdefault(start, []).append((end, entry))
        self._inner = sorted(edge for edge in name.edges if 0 < edge < name.free)
        self._solid: dict[int, _Path] = {0: _NO_WORDS}
        self._gap: dict[int, _Path] = {}

    def tokens(self) -> tuple[Token, ...]:
        edges, solid = self._name.edges, self._solid
        free = self._name.free
        unknown: _Path | None = None
        for at in sorted(self._ends.union(self._words, self._inner, (0, free))):
            unknown = _best(self._gap.get(at), unknown)
            is_edge = at in edges
            if is_edge:
                _better(solid, at, unknown)
                unknown = _best(unknown, solid.get(at))
            if (words := self._words.get(at)) and (path := solid.get(at)):
                self._extend(at, path, words, after_gap=False)
            if unknown and (words := (self._words if is_edge else self._loose).get(at)):
                self._extend(at, unknown, words, after_gap=not is_edge)
        return _row(solid.get(free))

    def _extend(self, at: int, path: _Path, words: list[tuple[int, _Entry]], *, after_gap: bool) -> None:
        solid = self._solid
        for end, entry in words:
            score = path[0] + _WORD_GAIN * (end - at) - entry.cost
            if not entry.is_free and end in solid and solid[end][0] >= score:
                continue
            if not self._fits(at, end, entry, after_gap=after_gap):
                continue
            longer = (score, path, at, end, entry)
            _better(solid, end, longer)
            if entry.is_free:
                _better(self._gap, end, longer)

    def _fits(self, start: int, end: int, entry: _Entry, *, after_gap: bool) -> bool:
        """Say whether a word may stand here: its neighbours and the separators inside it decide."""
        edges = self._name.edges
        inside = bisect_right(self._inner, start), bisect_left(self._inner, end)
        broken: frozenset[int] = frozenset()
        if inside[0] < inside[1]:
            within = self._inner[slice(*inside)]
            broken = frozenset(edge - start for edge in within if not _is_mixed(self._name, edge, entry))
        if after_gap and not entry.is_free:
            return not broken and entry.letters == self._gov and end in edges
        if end - start == 1 and not entry.is_free:
            return start in edges and end in edges
        return not broken or (entry.may_cross and may_be_broken(entry.word, broken))


def numbers_with_letters(lexicon: Lexicon) -> dict[str, str]:
    """Return service numbers with one digit written as a letter, and the number meant: `l2333`, `123o9`."""
    return {
        number[:at] + _LETTERS_FOR[digit] + number[at + 1 :]: number
        for number in sorted(lexicon.words("hotline"))
        for at, digit in enumerate(number)
        if digit in _LETTERS_FOR
    }


def _is_mixed(name: ReadName, edge: int, entry: _Entry) -> bool:
    """Say whether an edge is only where letter and digit meet in a word that has both (`h5`, `l2333`), not a separator."""
    return (
        not entry.letters.isdigit() and _DIGIT(entry.letters) is not None and name.places[edge] == name.ends[edge - 1]
    )


def _better(paths: dict[int, _Path], at: int, path: _Path | None) -> None:
    if path is not None and (at not in paths or path[0] > paths[at][0]):
        paths[at] = path


def _best(one: _Path | None, other: _Path | None) -> _Path | None:
    """Return the path that explains more, the first where they are equal."""
    return other if one is None or (other is not None and other[0] > one[0]) else one


def _row(path: _Path | None) -> tuple[Token, ...]:
    """Return the words of a path, in order."""
    row = []
    while path:
        _, path, start, end, entry = path
        if entry:
            row.append(Token(start, end, entry.senses, entry.kinds, entry.is_bent))
    return tuple(reversed(row))
