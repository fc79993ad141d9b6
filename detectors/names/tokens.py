"""Cuts a name into known words. A short word counts only in an unbroken row of known words from one edge to another:
`cxmem` is 查询 + mem, `member` and `memory` are nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from detectors.names.confusable import eye_letters
from detectors.names.lexicon import Lexicon, Sense
from detectors.names.read import ReadName
from detectors.names.syllables import may_be_broken

__all__ = ["Token", "Vocabulary"]

_CROSSING = 6
"""Words this long may be written with a hyphen inside (`tezhong-zuoye`)."""
_WORD_GAIN = 10
_WORD_COST = 4


@dataclass(frozen=True, slots=True)
class Token:
    """A known word at a place of the name."""

    start: int
    end: int
    senses: tuple[Sense, ...]

    def sense(self, kind: str, *weights: str) -> Sense | None:
        """Return the word's sense of this kind (and one of these weights)."""
        return next((s for s in self.senses if s.kind == kind and (not weights or s.weight in weights)), None)

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


class Vocabulary:
    """The lexicon in one reading: plain, or as seen by a hasty eye."""

    def __init__(self, lexicon: Lexicon, *, by_eye: bool = False) -> None:
        def read(word: str) -> str:
            return eye_letters(word)[0] if by_eye else word

        self._senses: dict[str, tuple[Sense, ...]] = {}
        for word, senses in lexicon.senses.items():
            self._senses[read(word)] = (*self._senses.get(read(word), ()), *senses)
        self._free = frozenset(read(word) for word in lexicon.free_words)
        self._hyphened = frozenset(map(read, lexicon.hyphened))
        self._gov = read("gov")
        self._lengths = tuple(sorted(set(map(len, self._senses))))
        self._free_lengths = tuple(sorted({len(self._gov), *map(len, self._free)}))

    def cut(self, name: ReadName) -> tuple[Token, ...]:
        """Return the known words of the registrant's part, in order; what is between them is unknown."""
        solid: dict[int, _Path] = {0: _Path(0, ())}
        gap: dict[int, _Path] = {}
        for at in range(name.free + 1):
            if at in name.edges:
                _better(solid, at, gap.get(at))
                _better(gap, at, solid.get(at))
            if at == name.free:
                break
            if path := solid.get(at):
                self._extend(name, at, path, solid, gap, after_gap=False)
            if path := gap.get(at):
                self._extend(name, at, path, solid, gap, after_gap=at not in name.edges)
                _better(gap, at + 1, path)
        return (solid.get(name.free) or _Path(0, ())).tokens

    def _extend(
        self, name: ReadName, at: int, path: _Path, solid: dict[int, _Path], gap: dict[int, _Path], *, after_gap: bool
    ) -> None:
        for end in self._ends(name, at, self._free_lengths if after_gap else self._lengths):
            senses = self._senses.get(name.letters[at:end])
            if senses is None or not self._fits(name, at, end, after_gap=after_gap):
                continue
            gain = _WORD_GAIN * (end - at) - _WORD_COST
            longer = _Path(path.score + gain, (*path.tokens, Token(at, end, senses)))
            _better(solid, end, longer)
            if name.letters[at:end] in self._free:
                _better(gap, end, longer)

    def _fits(self, name: ReadName, start: int, end: int, *, after_gap: bool) -> bool:
        """Say whether a word may stand here: its neighbours and the separators inside it decide."""
        word = name.letters[start:end]
        broken = frozenset(edge - start for edge in name.edges if start < edge < end)
        if word in self._free:
            return may_be_broken(word, broken)
        if after_gap:
            return word == self._gov and end in name.edges
        if end - start == 1:
            return start in name.edges and end in name.edges
        return not broken or ((end - start >= _CROSSING or word in self._hyphened) and may_be_broken(word, broken))

    @staticmethod
    def _ends(name: ReadName, at: int, lengths: tuple[int, ...]) -> Iterator[int]:
        return (at + length for length in lengths if at + length <= name.free)


def _better(paths: dict[int, _Path], at: int, path: _Path | None) -> None:
    if path is not None and (at not in paths or path.score > paths[at].score):
        paths[at] = path
