"""Words of the trade that are only heard or pieced together: homophones (操座正), pinyin (特种zuo业), split characters (扌喿作讠正), written backwards.

Nothing is undone for its own sake: what is read must be a word of the trade, part of it must stand as it is written, and what was
swapped in must not belong to an everyday word beside it (电工|正规, 安全|园区).
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from keywords.characters import EVERY_POINT, cut_like, plain, points_of, text_of
from keywords.folded import Edit
from keywords.kinds import SEPARATOR_CLASS, is_han
from keywords.loader import rows, several
from keywords.trade_words import common_characters, everyday, pairs_inside, trade_words

__all__ = ["Readings", "Unit", "readings"]

Unit = tuple[str, int, int]
"""A syllable as one character, and the span it is written in."""
_FIRST_SOUND = 0x100
_SHORTEST = 3
_LATIN_RUN = re.compile("(?<![a-z0-9_])(?<![a-z0-9]-)[a-z]+(?![a-z0-9_]|-[a-z0-9])")
"""Letters that are no part of an account's name: zhijie-chuzheng88 is one, however it sounds."""
_TWO_LETTERS = re.compile("[a-z]{2}").search
"""No syllable is shorter."""
_GAP = re.compile(f"[{SEPARATOR_CLASS}]{{1,3}}")
_GAP_BEFORE = re.compile(f"[{SEPARATOR_CLASS}]{{1,3}}$")
_LONGEST_GAP = 3
_LONGEST_SYLLABLE = 6
_LONGEST_RUN = 60
_REACH = 14
"""A word has at most twelve characters, and its neighbours decide too."""
_ADVERBS = frozenset("正")
"""Stand before any verb (焊工正按图施工), so that they pass for the end of a word only before what does not go on."""
_MANY, _VERY_MANY = 40, 80
_NEVER_SWAPPED_IN = frozenset(
    "的了是在有和与于为被把将从到以及等就也而或其已又再还不很都这那个中大小人上下年月日时分前后内外里院园源元原远所站区部局科处室市县省路线们我你他她它们至向对"
)
"""Characters of grammar and of ordinary compounds; they pass for another only where `data/homophones.csv` says so."""


class Readings:
    """Knows how words of the trade sound and how characters are split."""

    def __init__(self) -> None:
        self.syllables = {row["syllable"]: chr(_FIRST_SOUND + at) for at, row in enumerate(rows("syllables"))}
        """Pinyin without tone → the character that stands for the sound."""
        self.sounds = {char: self.syllables[row["syllable"]] for row in rows("syllables") for char in row["characters"]}
        """Character → its sound."""
        self._swaps = {row["char"]: frozenset(several(row["written"])) for row in rows("homophones")}
        self.ordinary = _NEVER_SWAPPED_IN | common_characters(_VERY_MANY)
        """Characters that pass for another only where `data/homophones.csv` says so."""
        self.ordinary_in_short = _NEVER_SWAPPED_IN | common_characters(_MANY)
        """The same in words of three characters."""
        self.known_swaps = frozenset(char for written in self._swaps.values() for char in written)
        words = self._words = trade_words()
        own = {char for word in words for char in word}
        for char, looks_alike in self._swaps.items():
            self.sounds.update({other: self.sounds[char] for other in looks_alike - own if char in self.sounds})
        self._by_point = np.zeros(EVERY_POINT, np.uint32)  # silent, if it has no sound
        self._by_point[list(map(ord, self.sounds))] = list(map(ord, self.sounds.values()))
        by_sound: dict[str, list[str]] = {}
        said = [word for word in sorted(words) if all(char in self.sounds for char in word)]
        for sound, word in zip(self.heard_each(said), said, strict=True):
            by_sound.setdefault(sound, []).append(word)
        self._by_sound = by_sound
        self._short = {sound: meant for sound, meant in by_sound.items() if len(sound) < _SHORTEST}
        self._patterns = [sound for sound in by_sound if len(sound) >= _SHORTEST]
        self.heard_words = tuple(self._patterns)
        """How the words sound that are known by their sound alone."""
        self._automaton = AhoCorasick(
            self._patterns, matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )
        self.windows = frozenset(word[at : at + 3] for word in words for at in range(len(word) - 2))
        """Three characters that stand together within a word of the trade as it is."""
        self._windows_by_sound: dict[str, list[str]] = {}
        windows = sorted(self.windows)
        for sound, window in zip(self.heard_each(windows), windows, strict=True):
            self._windows_by_sound.setdefault(sound, []).append(window)
        self._with_window: dict[str, list[tuple[str, int]]] = {}
        for sound in self._patterns:
            for at in range(len(sound) - 2):
                self._with_window.setdefault(sound[at : at + 3], []).append((sound, at))
        self._never = self.ordinary - self.known_swaps
        self._spelt = lru_cache(maxsize=1 << 14)(self._spell)
        self._window_may_be = lru_cache(maxsize=1 << 16)(self._differs_in_swaps)
        self.splits = _splits()
        """Parts as written → (the character, whether they can be nothing else)."""
        self._split_forms = list(self.splits)
        self._split_automaton = AhoCorasick(
            self._split_forms, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )
        self.backwards = {word[::-1]: word for word in words if _reads_backwards(word)}
        """Words written backwards → the words."""
        self._backward_forms = list(self.backwards)
        self._backward_automaton = AhoCorasick(
            self._backward_forms, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    def heard(self, text: str) -> str:
        """Return the sounds of a text, one character each."""
        return text_of(self._by_point.take(points_of(text)))

    def heard_each(self, texts: Sequence[str]) -> list[str]:
        """Return the sounds of each text."""
        return cut_like(self.heard("".join(texts)), texts)

    def units(self, text: str) -> list[Unit]:
        """Return what can be heard, piece by piece: characters, syllables in Latin letters; separators beside syllables are passed over."""
        found, at = list[Unit](), 0
        for run in _LATIN_RUN.finditer(text):
            if parts := self._spelt(run[0]):
                start = run.start()
                found += self._heard_between(text, at, start)
                found += [(sound, start + first, start + last) for sound, first, last in parts]
                at = run.end()
        return found + self._heard_between(text, at, len(text))

    def _heard_between(self, text: str, start: int, end: int) -> list[Unit]:
        """Return the units of what stands before, between and after syllables, without the separators next to them."""
        if start and (gap := _GAP.match(text, start, end)) and self._is_between_syllables(text, start, gap.end()):
            start = gap.end()
        if end < len(text) and (gap := _GAP_BEFORE.search(text, max(start, end - _LONGEST_GAP), end)):
            end = gap.start() if self._is_between_syllables(text, gap.start(), end) else end
        heard = self.heard(text[start:end])
        return list(zip(heard, range(start, end), range(start + 1, end + 1), strict=True))

    def undone(self, text: str) -> Iterator[Edit]:
        """Yield words of the trade that are written by their sound, apart and in order."""
        if _TWO_LETTERS(text) and any(self.is_pinyin(run) for run in _LATIN_RUN.findall(text)):
            yield from self._undone_in_units(text)
            return
        heard = self.heard(text)
        taken = 0
        for start, end in self._words_heard(heard, text):
            if start >= taken and (meant := self._meant(text, _alone(heard, start, end))):
                yield start, end, meant
                taken = end

    def _undone_in_units(self, text: str) -> Iterator[Edit]:
        units = self.units(text)
        heard = "".join([sound for sound, _, _ in units])
        found = [
            (first, last) for first, last in self._words_heard(heard) if not self._is_as_it_is(text, units, first, last)
        ]
        beside = {
            near for at, (_, start, end) in enumerate(units) if end - start > 1 for near in (at - 1, at) if near >= 0
        }
        found += [
            (at, at + 2) for at in beside if heard[at : at + 2] in self._short and _is_mixed(text, units[at : at + 2])
        ]
        taken = 0
        for first, last in sorted(found, key=_longest_first):
            start, end = units[first][1], units[last - 1][2]
            if start >= taken and (meant := self._meant(text, units[first:last])):
                yield start, end, meant
                taken = end

    def _is_as_it_is(self, text: str, units: Sequence[Unit], first: int, last: int) -> bool:
        return text[units[first][1] : units[last - 1][2]] in self._words

    def _words_heard(self, heard: str, written: str = "") -> list[tuple[int, int]]:
        """Return the spans that sound like words, but not of those that are `written` as words, place by place, longest first."""
        found = self._automaton.find_matches_as_indexes(heard, overlapping=True)
        if not found:
            return []
        return sorted(
            [(start, end) for _, start, end in found if written[start:end] not in self._words], key=_longest_first
        )

    def is_pinyin(self, run: str) -> bool:
        """Say whether these letters are made of syllables."""
        return len(run) > 1 and bool(self._spelt(run))

    def may_mean_else(self, text: str, at: int) -> bool:
        """Say whether a word of which these three characters are a piece is written otherwise, in Chinese characters alone."""
        if not self._window_may_be(text[at : at + 3]):
            return False
        first = max(0, at - _REACH)
        near = text[first : at + _REACH + 1]
        heard = "".join([self.sounds.get(char, "\0") for char in near])
        at -= first
        for sound, before in self._with_window.get(heard[at : at + 3], ()):
            start = at - before
            if start >= 0 and heard.startswith(sound, start):
                end = start + len(sound)
                if near[start:end] not in self._words and self._meant(near, _alone(heard, start, end)):
                    return True
        return False

    def _differs_in_swaps(self, written: str) -> bool:
        """Say whether these three characters can stand for a piece of a word at all."""
        return any(
            all(one == other or one not in self._never for one, other in zip(written, window, strict=True))
            for window in self._windows_by_sound.get(self.heard(written), ())
        )

    def has_a_word(self, text: str) -> bool:
        """Say whether a word of the trade stands in this short text, as it is or as it sounds."""
        spans = (
            (at, end) for at in range(len(text)) for end in range(at + 2, min(len(text), at + _LONGEST_SYLLABLE) + 1)
        )
        return any(text[at:end] in trade_words() for at, end in spans) or any(
            True for step in (self.undone, self.joined) for _ in step(text)
        )

    def joined(self, text: str) -> Iterator[Edit]:
        """Yield characters written in parts: always where a part is no character, else where a word of the trade comes of it."""
        found = self._split_automaton.find_matches_as_indexes(text)
        if not found:
            return
        unsure = [(start, end, *self.splits[self._split_forms[index]]) for index, start, end in found]
        for place, (start, end, char, is_sure) in enumerate(unsure):
            if is_sure or self._makes_a_word(text, unsure, place):
                yield start, end, char

    def turned(self, text: str) -> Iterator[Edit]:
        """Yield words written backwards; the whole text where several are."""
        found = [
            (start, end, self.backwards[self._backward_forms[index]])
            for index, start, end in self._backward_automaton.find_matches_as_indexes(text)
            if text[start - 1 : start + 1] not in everyday() and text[end - 1 : end + 1] not in everyday()
        ]
        if len(found) > 1:
            yield 0, len(text), text[::-1]
        else:
            yield from found

    def _spell(self, run: str) -> list[Unit]:
        """Return the syllables of a run of letters; empty if it is not made of syllables."""
        if len(run) > _LONGEST_RUN:
            return []
        ways: list[list[Unit] | None] = [None] * len(run) + [[]]
        for at in range(len(run) - 1, -1, -1):
            for end in range(min(len(run), at + _LONGEST_SYLLABLE), at, -1):
                rest, sound = ways[end], self.syllables.get(run[at:end])
                if sound and rest is not None and end - at > 1:
                    ways[at] = [(sound, at, end), *rest]
                    break
        return ways[0] or []

    def _is_between_syllables(self, text: str, start: int, end: int) -> bool:
        before, after = text[start - 1 : start], text[end : end + 1]
        is_before, is_after = "a" <= before <= "z", "a" <= after <= "z"
        return (is_before and (is_after or is_han(after))) or (is_after and is_han(before))

    def _meant(self, text: str, units: Sequence[Unit]) -> str:
        """Return the word that is meant; empty if it is written as it is, or may well be something else."""
        heard = "".join(sound for sound, _, _ in units)
        pieces = [text[start:end] for _, start, end in units]
        if "".join(pieces) in self._by_sound[heard]:
            return ""
        before, after = text[units[0][1] - 1 : units[0][1]], text[units[-1][2] : units[-1][2] + 2]
        if (len(pieces[0]) > 1 and "a" <= before <= "z") or (len(pieces[-1]) > 1 and "a" <= after[:1] <= "z"):
            return ""
        return max(
            (word for word in self._by_sound[heard] if self._is_plausible(pieces, word, before, after)),
            key=lambda word: sum(map(str.__eq__, pieces, word)),
            default="",
        )

    def _is_plausible(self, pieces: Sequence[str], word: str, before: str, after: str) -> bool:
        swapped = [len(piece) == 1 and piece != char for piece, char in zip(pieces, word, strict=True)]
        as_it_is = len(word) - sum(swapped)
        if as_it_is < (1 if len(word) <= _SHORTEST else 2):
            return False
        written = [before, *pieces, after[:1]]
        outside = [True, *swapped, True]
        for at, (piece, char) in enumerate(zip(pieces, word, strict=True), 1):
            if not swapped[at - 1]:
                continue
            is_known = piece in self._swaps.get(char, ())
            if not is_known and (piece in (self.ordinary_in_short if len(word) == _SHORTEST else self.ordinary)):
                return False
            if outside[at - 1] and written[at - 1] + piece in everyday():
                return False
            if outside[at + 1] and (
                piece + written[at + 1] in everyday() or (piece in _ADVERBS and _goes_on(char, after))
            ):
                return False
        return any("".join(pieces[at : at + 3]) not in self.windows for at in range(max(1, len(pieces) - 2)))

    def _makes_a_word(self, text: str, found: Sequence[tuple[int, int, str, bool]], place: int) -> bool:
        start, end = found[place][:2]
        if text[start - 1 : start + 1] in everyday() or text[end - 1 : end + 1] in everyday():
            return False
        before, after, at = "", "", start
        for first, last, char, _ in reversed(found[max(0, place - _LONGEST_SYLLABLE) : place]):
            if len(before) > _LONGEST_SYLLABLE:
                break
            before, at = char + text[last:at][-_LONGEST_SYLLABLE:] + before, first
        before, at = text[max(0, at - _LONGEST_SYLLABLE) : at] + before, end
        for first, last, char, _ in found[place + 1 : place + 1 + _LONGEST_SYLLABLE]:
            if len(after) > _LONGEST_SYLLABLE:
                break
            after, at = after + text[at:first][:_LONGEST_SYLLABLE] + char, last
        after += text[at : at + _LONGEST_SYLLABLE]
        near = before + found[place][2] + after
        middle = len(before)
        if near[middle - 1 : middle + 1] not in pairs_inside() and near[middle : middle + 2] not in pairs_inside():
            return False
        return any(
            near[first:last] in trade_words()
            for first in range(max(0, middle - _LONGEST_SYLLABLE), middle + 1)
            for last in range(max(middle + 1, first + 2), min(len(near), first + _LONGEST_SYLLABLE + 1) + 1)
        )


def _alone(heard: str, start: int, end: int) -> list[Unit]:
    """Return the units of a text in which every character is one."""
    return [(heard[at], at, at + 1) for at in range(start, end)]


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _goes_on(char: str, after: str) -> bool:
    """Say whether these two characters go on in prose; where a word of the trade begins (焊工正|包过, 焊工正件) they do not."""
    return is_han(after[:1]) and after not in pairs_inside() and char + after[0] not in everyday()


def _is_mixed(text: str, units: Sequence[Unit]) -> bool:
    """Say whether one is a Chinese character and the other a syllable in letters: 包guo."""
    lengths = [end - start for _, start, end in units]
    return min(lengths) == 1 and max(lengths) > 1 and any(is_han(text[start]) for _, start, _ in units)


def _reads_backwards(word: str) -> bool:
    return word != word[::-1] and (len(word) > _SHORTEST or (len(word) == _SHORTEST and word.endswith("证")))


def _splits() -> dict[str, tuple[str, bool]]:
    forms = {row["component"]: (several(row["written"]), several(row["bound"])) for row in rows("components")}
    found: dict[str, tuple[str, bool]] = {}
    for row in rows("splits"):
        choices = [
            [(form, False) for form in forms.get(part, ((part,), ()))[0]]
            + [(form, True) for form in forms.get(part, ((), ()))[1]]
            for part in row["parts"]
        ]
        for choice in product(*choices):
            written = "".join(form for form, _ in choice)
            found.setdefault(written, (row["char"], any(is_bound for _, is_bound in choice)))
    return {written: meant for written, meant in found.items() if plain(written) == written or min(written) >= "⺀"}


@lru_cache(maxsize=1)
def readings() -> Readings:
    """Return the readings of the words as shipped."""
    return Readings()
