"""Undoes disguise: writes a text as it is meant to be read, and knows where each piece stood in the original.

First the whole text at memory-like speed: characters to their plain form (`keywords.characters`), zero-width signs, ornaments and
blanks between Chinese characters out (`keywords.layout`). Then only the stretches in which something suspicious stands
(`keywords.screen`), each by itself, until nothing changes: digits in any writing, brackets and commas around single characters,
the words of `data/disguises.csv` (`keywords.disguises`), and what only sounds or looks like a word of the trade (`keywords.readings`).
Short numbers keep their points and dashes: 1.5万 and 3-5天 mean something. Ordinary prose changes in width, case, script and blanks only.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from keywords.characters import Points, plain_points, points_of, text_of
from keywords.disguises import disguises
from keywords.folded import Edges, Edit, Folded, edited
from keywords.kinds import (
    BRACKET_OPENS,
    BREAK,
    COMMA,
    HAN_CLASS,
    HIDDEN,
    LATIN,
    SEPARATOR,
    SEPARATOR_CLASS,
    is_han,
    kinds_table,
)
from keywords.layout import Places, standing
from keywords.readings import readings
from keywords.screen import (
    LOOKS_BACKWARDS,
    LOOKS_BRACKETED,
    LOOKS_LIKE_A_NUMBER,
    LOOKS_LIKE_A_PICTURE,
    LOOKS_LIKE_A_WORD,
    LOOKS_LIKE_AN_ACCOUNT,
    LOOKS_LIKE_LATIN,
    LOOKS_SPELT_OUT,
    LOOKS_SPLIT,
    SOUNDS_LIKE_A_WORD,
    suspicious,
)
from keywords.trade_words import pairs_inside

__all__ = ["Folded", "digit_of", "fold", "fold_each"]

_SEPARATORS = re.compile(f"[{SEPARATOR_CLASS}]{{1,8}}+(?=[{HAN_CLASS}])")
_GAP = f"[{SEPARATOR_CLASS}]{{0,3}}+"
_BRACKETED = re.compile(f"{_GAP}[(\\[{{【〔「『<]([{HAN_CLASS}])[)\\]}}】〕」』>]{_GAP}")
_SPELT_OUT = re.compile(f"(?:{_GAP}[，、。,;；:：!！?？]{_GAP}[{HAN_CLASS}]){{2,}}+")
_FEWEST_SPELT_OUT = 2
_FEWEST_AFTER_A_WORD = 4
_MOST_ROUNDS = 12
_SEPARATOR, _LETTER, _DIGIT, _BRACKET, _COMMA, _PICTURE, _LAYOUT, _SPLIT, _WORD, _BACKWARDS, _STOP = (
    1 << bit for bit in range(11)
)
_SHORT = 600
"""Texts up to this length are worked on at once: looking first would take longer."""
_STRETCH = re.compile(f"(?:[^\n。]|(?<![{HAN_CLASS}])。|。(?![{HAN_CLASS}]))+[\n。]?|[\n。]")

_BARRIER = "\n\uffff\n"
"""Parts texts that are folded together: no step reaches over it."""

Step = Callable[[str], Iterator[Edit]]


def fold(text: str) -> Folded:
    """Return the text as it is meant to be read. Never raises; folding a folded text changes nothing."""
    return _fold(text, looks_first=True)


def fold_each(texts: Sequence[str]) -> list[Folded]:
    """Return what `fold` returns for each text. Short ones are worked on together, at a fraction of the price of one by one."""
    together = iter(_together([text for text in texts if len(text) <= _SHORT]))
    return [next(together) if len(text) <= _SHORT else fold(text) for text in texts]


def _together(texts: Sequence[str]) -> Iterator[Folded]:
    whole = fold(_BARRIER.join(texts)) if len(texts) > 1 else None
    folded = whole.text.split(_BARRIER) if whole else []
    if whole is None or len(folded) != len(texts):  # one holds the barrier, or is read backwards as a whole
        yield from map(fold, texts)
        return
    start = begun = 0
    for text, written in zip(texts, folded, strict=True):
        yield whole.part(start, start + len(written), begun, begun + len(text))
        start, begun = start + len(written) + len(_BARRIER), begun + len(text) + len(_BARRIER)


def fold_everything(text: str) -> Folded:
    """Return what `fold` returns, without looking first where something suspicious stands: slow, to check against."""
    return _fold(text, looks_first=False)


def digit_of(char: str) -> str:
    """Return the digit this character is written for (壹, 幺, 陆, ❷ …), itself if it is one, empty if none."""
    if char.isascii():
        return char if char.isdigit() else disguises().digits.get(char, "")
    plain_form = text_of(plain_points(char, disguises().kept))
    return plain_form if plain_form.isascii() and plain_form.isdigit() else disguises().digits.get(plain_form, "")


def _fold(text: str, *, looks_first: bool) -> Folded:
    points = plain_points(text, disguises().kept)
    is_short = looks_first and len(text) <= _SHORT
    present = _present(points) if is_short else 0
    stay: Places | None = None
    if not is_short or present & _LAYOUT or (present & _STOP and present & _SEPARATOR):
        kinds = kinds_table().take(points)
        stay = standing(points, kinds)
        if stay is not None:
            points, kinds = points[stay], kinds[stay]
    plain_text = text_of(points)
    if not is_short:
        stretches = suspicious(points, kinds, plain_text, looks_first=looks_first)
    elif not present & (_LAYOUT | _STOP):
        stretches = [(0, len(plain_text), 0)]
    elif any(True for step in _steps(present | _forms().found(plain_text)) for _ in step(plain_text)):
        stretches = [(*one.span(), 0) for one in _STRETCH.finditer(plain_text)]
    else:
        stretches = []
    changed = [
        (start, end, folded)
        for start, end, said in stretches
        if (not said or _finds_something(said, plain_text[start:end]))
        and (folded := _undone(plain_text[start:end], points[start:end])) is not None
    ]
    if not changed:
        return Folded(plain_text, text, None if stay is None else partial(_stayed, stay))
    if stay is None and changed[0][:2] == (0, len(plain_text)):
        return Folded(changed[0][2].text, text, changed[0][2].edges)
    pieces, at = list[str](), 0
    for start, end, folded in changed:
        pieces += (plain_text[at:start], folded.text)
        at = end
    pieces.append(plain_text[at:])
    everywhere = np.arange(len(points)) if stay is None else stay
    return Folded("".join(pieces), text, partial(_put_together, everywhere, changed))


def _stayed(stay: Places) -> Edges:
    return stay, stay + 1


def _put_together(stay: Places, changed: list[tuple[int, int, Folded]]) -> Edges:
    """Return the edges of a text in which some stretches are folded. `stay`: where its characters were before that."""
    starts, ends, at = list[Places](), list[Places](), 0
    for start, end, folded in changed:
        firsts, lasts = folded.edges()
        starts += (stay[at:start], stay[start + np.asarray(firsts, np.int64)])
        ends += (stay[at:start], stay[start - 1 + np.asarray(lasts, np.int64)])
        at = end
    starts.append(stay[at:])
    ends.append(stay[at:])
    return np.concatenate(starts), np.concatenate(ends) + 1


def _undone(stretch: str, points: Points) -> Folded | None:
    """Fold one stretch of plain text, step after step until none changes it; None: nothing changes.

    A step runs again only when another has changed the text.
    """
    folded = Folded(stretch, stretch)
    seen: dict[Step, str] = {}
    present = _present(points)
    for _ in range(_MOST_ROUNDS):
        if present & _SEPARATOR and (edits := list(_separators(folded.text))):
            folded = edited(folded, edits)
        began = folded.text
        for step in _steps(present | _forms().found(began)):
            before = folded.text
            if seen.get(step) is not before:
                seen[step] = before
                if edits := list(step(before)):
                    folded = edited(folded, edits)
        if folded.text is began:
            break
        present = _present(points_of(folded.text))
    return None if folded.text == stretch else folded


def _finds_something(said: int, stretch: str) -> bool:
    """Say whether a step finds something of what the look at the whole text said may be there. Numbers it has found itself."""
    return bool(said & LOOKS_LIKE_A_NUMBER) or any(
        True for test, step in _steps_by_test() if said & test for _ in step(stretch)
    )


@lru_cache(maxsize=1)
def _steps_by_test() -> tuple[tuple[int, Step], ...]:
    table, read = disguises(), readings()
    return (
        (LOOKS_LIKE_A_WORD, table.undone), (LOOKS_LIKE_A_PICTURE, table.ornaments), (LOOKS_SPLIT, read.joined),
        (LOOKS_BRACKETED, _bracketed), (LOOKS_SPELT_OUT, _spelt_out), (LOOKS_LIKE_AN_ACCOUNT, table.account_numbers),
        (SOUNDS_LIKE_A_WORD | LOOKS_LIKE_LATIN, read.undone), (LOOKS_BACKWARDS, read.turned), (LOOKS_LIKE_LATIN, table.spelt_latin),
    )  # fmt: skip


def _present(points: Points) -> int:
    return int(np.bitwise_or.reduce(_needs().take(points)))


@lru_cache(maxsize=512)
def _steps(present: int) -> tuple[Step, ...]:
    """Return the steps that can find something in a text with these kinds of characters."""
    table, read = disguises(), readings()
    steps: tuple[tuple[int, Step], ...] = (
        (_LETTER | _SEPARATOR, table.spelt_latin), (_DIGIT, table.numbers),
        (_DIGIT | _LETTER, table.account_numbers), (_BRACKET, _bracketed), (_COMMA, _spelt_out), (_SPLIT, read.joined),
        (_WORD, table.undone), (_PICTURE, table.ornaments), (0, read.undone), (_BACKWARDS, read.turned),
    )  # fmt: skip
    return tuple(step for needed, step in steps if present & needed == needed)


class _Forms:
    """Every form that three of the steps look for, in one automaton: most texts hold none."""

    def __init__(self) -> None:
        table, read = disguises(), readings()
        forms = {written: _WORD for written, (meant, _) in table.words.items() if written != meant}
        for others, need in ((read.splits, _SPLIT), (read.backwards, _BACKWARDS)):
            for written in others:
                forms[written] = forms.get(written, 0) | need
        self._needs = list(forms.values())
        self._automaton = AhoCorasick(
            list(forms), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def found(self, text: str) -> int:
        """Return the steps (as bits) that may find something."""
        present = 0
        for index, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            present |= self._needs[index]
        return present


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    return _Forms()


@lru_cache(maxsize=1)
def _needs() -> NDArray[np.uint16]:
    """Return what each code point is needed for, as bits."""
    table, kinds = disguises(), kinds_table()
    needs = np.zeros(len(kinds), np.uint16)
    for bits, need in (
        (SEPARATOR, _SEPARATOR), (LATIN, _LETTER), (COMMA, _COMMA), (BRACKET_OPENS, _BRACKET), (HIDDEN | BREAK, _LAYOUT),
    ):  # fmt: skip
        needs[(kinds & bits).astype(bool)] |= need
    for chars, need in (("0123456789" + "".join(table.digits), _DIGIT), ("".join(table.kept), _PICTURE), ("。", _STOP)):
        needs[[ord(char) for char in chars]] |= need
    return needs


def _separators(text: str) -> Iterator[Edit]:
    for found in _SEPARATORS.finditer(text):
        start, end = found.span()
        if start and is_han(text[start - 1]):
            yield start, end, ""


def _bracketed(text: str) -> Iterator[Edit]:
    """Yield brackets around single characters within a word of the trade, or around several characters in a row: not 间隔(秒)."""
    found = [one for one in _BRACKETED.finditer(text) if one[1] not in "一二三四五六七八九十"]
    for place, one in enumerate(found):
        start, end = one.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        follows = place > 0 and found[place - 1].end() == start
        goes_on = place + 1 < len(found) and found[place + 1].start() == end
        if follows or goes_on or before + one[1] in pairs_inside() or one[1] + after in pairs_inside():
            yield start, end, one[1]


def _spelt_out(text: str) -> Iterator[Edit]:
    """Yield what stands between single characters, where they make words of the trade: 包，过，拿，证, but not 煤、油、气."""
    for found in _SPELT_OUT.finditer(text):
        start, end = found.span()
        alone_before = start > 0 and is_han(text[start - 1]) and not (start > 1 and is_han(text[start - 2]))
        places = [at for at in range(start, end) if is_han(text[at])]
        if places and is_han(text[end : end + 1]):
            places.pop()  # the last character begins a longer word
        if not start or not is_han(text[start - 1]):
            continue
        joined = text[start - 1] + "".join(text[at] for at in places)
        fewest = _FEWEST_SPELT_OUT if alone_before else _FEWEST_AFTER_A_WORD
        if len(places) >= fewest and readings().has_a_word(joined):
            for before, at in pairwise([start - 1, *places]):
                yield before + 1, at, ""
