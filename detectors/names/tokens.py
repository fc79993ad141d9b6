"""Cuts a name into known words. A short word counts only in an unbroken row of known words from one edge to another:
`cxmem` is 查询 + mem, `member` and `memory` are nothing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick_rs

from detectors.names.clues import Clue
from detectors.names.confusable import eye_letters
from detectors.names.lexicon import Lexicon, Sense
from detectors.names.one_slip import close_slips
from detectors.names.read import ReadName
from detectors.names.syllables import may_be_broken

__all__ = ["Token", "Vocabulary", "bent_queries", "bent_words"]

_CROSSING = 6
"""Words this long may be written with a hyphen inside (`tezhong-zuoye`)."""
_WORD_GAIN = 10
_WORD_COST = 4
_SLIP_COST = 12
_LONG_BRAND = 6
_BENT_TRADES = frozenset({
    "tezhongzuoye", "tezhongzuoyezheng", "tezhongzuoyecaozuozheng", "tezhongcaozuo", "tezhongcaozuozheng", "tezhongshebei",
    "anquanshengchan", "caozuozheng", "gaokongzuoye", "yingjiguanli", "yingjiguanlibu", "zhujianbu", "sanleirenyuan",
})  # fmt: skip
"""Trades counterfeiters name; half of each is rare enough to be looked for."""
_BENT_QUERIES = frozenset({"chaxun", "zhengshu", "cx"})
_FREE_SLIP = 11


@dataclass(frozen=True, slots=True)
class Token:
    """A known word at a place of the name."""

    start: int
    end: int
    senses: tuple[Sense, ...]
    is_bent: bool = False
    """It is written with a slip."""

    def sense(self, kind: str, *weights: str) -> Sense | None:
        """Return the word's sense of this kind (and one of these weights)."""
        for sense in self.senses:
            if sense.kind == kind and (not weights or sense.weight in weights):
                return sense
        return None

    def is_a(self, *kinds: str) -> bool:
        """Say whether the word can mean one of these."""
        return any(s.kind in kinds for s in self.senses)

    @property
    def word(self) -> str:
        """Return the word itself."""
        return self.senses[0].word


@dataclass(frozen=True, slots=True)
class _Path:
    score: int
    tokens: tuple[Token, ...]


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
        return [
            _Entry(word, several, several[0].word, False, word in free, len(word) >= _CROSSING or word in hyphened)
            for word, several in senses.items()
        ]

    def _bent(self) -> Iterator[_Entry]:
        for word, several in bent_words(self._lexicon).items():
            is_free = len(word) >= _FREE_SLIP and any(s.kind == "trade" for s in several)
            yield from (_Entry(self._read(slip), several, word, True, is_free, False) for slip in close_slips(word))
        for slip, several in bent_queries(self._lexicon).items():
            yield _Entry(self._read(slip), several, several[0].word, True, False, False)

    def clues(self) -> Iterator[Clue]:
        """Yield the bent words that can make a hit; a bent query word stands beside another word that does."""
        for entry in self._entries:
            if entry.is_bent and any(s.kind in {"brand", "trade"} for s in entry.senses):
                yield Clue((entry.letters,), (entry.letters,))

    def cut(self, name: ReadName) -> tuple[Token, ...]:
        """Return the known words of the registrant's part, in order; what is between them is unknown."""
        found: dict[int, list[tuple[int, _Entry]]] = defaultdict(list)
        for which, start, end in self._finder.find_matches_as_indexes(name.letters, overlapping=True):
            if end <= name.free:
                found[start].append((end, self._entries[which]))
        if not found:
            return ()
        solid: dict[int, _Path] = {0: _Path(0, ())}
        gap: dict[int, _Path] = {}
        unknown: _Path | None = None
        ends = {end for words in found.values() for end, _ in words}
        for at in sorted({at for at in name.edges if at <= name.free} | found.keys() | ends):
            unknown = _best(gap.get(at), unknown)
            is_edge = at in name.edges
            if is_edge:
                _better(solid, at, unknown)
                unknown = _best(unknown, solid.get(at))
            words = found.get(at, ())
            if words and (path := solid.get(at)):
                self._extend(name, at, path, solid, gap, words, after_gap=False)
            if words and unknown:
                self._extend(name, at, unknown, solid, gap, words, after_gap=not is_edge)
        return (solid.get(name.free) or _Path(0, ())).tokens

    def _extend(
        self,
        name: ReadName,
        at: int,
        path: _Path,
        solid: dict[int, _Path],
        gap: dict[int, _Path],
        words: list[tuple[int, _Entry]] | tuple[()],
        *,
        after_gap: bool,
    ) -> None:
        for end, entry in words:
            if not self._fits(name, at, end, entry, after_gap=after_gap):
                continue
            cost = _SLIP_COST if entry.is_bent else _WORD_COST
            score = path.score + _WORD_GAIN * (end - at) - cost
            if not entry.is_free and end in solid and solid[end].score >= score:
                continue
            longer = _Path(score, (*path.tokens, Token(at, end, entry.senses, entry.is_bent)))
            _better(solid, end, longer)
            if entry.is_free:
                _better(gap, end, longer)

    def _fits(self, name: ReadName, start: int, end: int, entry: _Entry, *, after_gap: bool) -> bool:
        """Say whether a word may stand here: its neighbours and the separators inside it decide."""
        broken = frozenset(edge - start for edge in name.edges if start < edge < end)
        may_break = not broken or (entry.may_cross and may_be_broken(entry.word, broken))
        if entry.is_free:
            return may_break
        if after_gap:
            return not broken and entry.letters == self._gov and end in name.edges
        if end - start == 1:
            return start in name.edges and end in name.edges
        return may_break


def _better(paths: dict[int, _Path], at: int, path: _Path | None) -> None:
    if path is not None and (at not in paths or path.score > paths[at].score):
        paths[at] = path


def _best(one: _Path | None, other: _Path | None) -> _Path | None:
    """Return the path that explains more, the first where they are equal."""
    return other if one is None or (other is not None and other.score > one.score) else one
