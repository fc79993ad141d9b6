"""Undoes disguise: writes a text as it is meant to be read, and knows where each piece stood in the original.

Four steps, repeated until nothing changes: characters to their plain form (`keywords.characters`), zero-width things out;
separators between Chinese characters out (操/作/证, 微【信】, 包，过，拿，证); long runs of digits in any writing to digits;
disguised words of `data/disguises.csv` to plain ones, the ambiguous ones only beside a contact cue or a word of the trade.
Short numbers keep their points and dashes: 1.5万 and 3-5天 mean something. All steps are linear in the text.
"""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import category

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from keywords.characters import GAP, NOTHING, plain
from keywords.loader import rows

__all__ = ["Folded", "digit_of", "fold"]

_HAN = "\u3400-\u4de5\u4de7-\u4e27\u4e29-\u4e35\u4e37-\u4e43\u4e45-\u9fff\U00020000-\U0003ffff"  # without 丨 丶 乄
_SEPARATOR = r" \t·•∙‧・._\-—–~^*#|丨丶乄/\\+=<>«»\"'`…&%$@♥↑↓←→"
_SEPARATORS = re.compile(f"[{_SEPARATOR}]{{1,4}}+(?=[{_HAN}])")
_BRACKETED = re.compile(r"[(\[{【〔「『<]([" + _HAN + r"])[)\]}】〕」』>]")
_SPELT_OUT = re.compile(f"(?:[，、。,;；:：!！?？][{_HAN}]){{2,}}+")
_DIGIT_GAP = r"[ \t·•.,，。、_\-—–~^*#|丨丶乄/\\+=<>()\[\]{}【】:：…]"
_IS_HAN = re.compile(f"[{_HAN}]").match
_FEWEST_DIGITS = 7
_MOST_ROUNDS = 8
_NEAR = 14

_Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text with the way back to the original."""

    text: str
    original: str
    _starts: "array[int] | None" = field(default=None, repr=False, compare=False)
    """Where each folded character began; None: nothing moved."""
    _ends: "array[int] | None" = field(default=None, repr=False, compare=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span of the folded text's characters `start` to `end` (exclusive, not empty)."""
        if self._starts is None or self._ends is None:
            return start, end
        return self._starts[start], self._ends[end - 1]

    @property
    def offsets(self) -> tuple[int, ...]:
        """Return for each folded character where it began in the original; never falling."""
        return tuple(range(len(self.text))) if self._starts is None else tuple(self._starts)


def fold(text: str) -> Folded:
    """Return the text as it is meant to be read. Never raises; folding a folded text changes nothing."""
    disguises = _disguises()
    folded = Folded(plain(text, disguises.kept), text)
    folded = _edited(folded, _not_there(folded.text))
    # A step runs again only when another has changed the text since; the last two may also uncover more of their own.
    steps = (
        (_separators, True),
        (disguises.numbers, True),
        (_enclosures, False),
        (disguises.words, False),
        (disguises.ornaments, True),
    )
    seen: dict[int, str] = {}
    for _ in range(_MOST_ROUNDS):
        for place, (step, is_done_at_once) in enumerate(steps):
            before = folded.text
            if seen.get(place) is not before:
                folded = _edited(folded, step(before))
                seen[place] = folded.text if is_done_at_once else before
        if all(text is folded.text for text in seen.values()):
            break
    return folded


def digit_of(char: str) -> str:
    """Return the digit this character is written for (壹, 幺, 陆, ❷ …), itself if it is one, empty if none."""
    return char if char.isascii() and char.isdigit() else _disguises().digits.get(char, "")


def _edited(folded: Folded, edits: Iterator[_Edit]) -> Folded:
    """Apply edits (start, end, replacement), in order and apart; offsets of a replacement are those of what it replaced."""
    text, pieces, at = folded.text, list[str](), 0
    starts = ends = None
    for start, end, new in edits:
        if starts is None or ends is None:
            starts, ends = array("I"), array("I")
            old_starts = folded._starts if folded._starts is not None else array("I", range(len(text)))
            old_ends = folded._ends if folded._ends is not None else array("I", range(1, len(text) + 1))
        pieces += (text[at:start], new)
        starts += old_starts[at:start]
        ends += old_ends[at:start]
        starts.extend([old_starts[start]] * len(new))
        ends.extend([old_ends[end - 1]] * len(new))
        at = end
    if starts is None or ends is None:
        return folded
    pieces.append(text[at:])
    starts += old_starts[at:]
    ends += old_ends[at:]
    return Folded("".join(pieces), folded.original, starts, ends)


def _not_there(text: str) -> Iterator[_Edit]:
    if NOTHING in text:
        for found in re.finditer(f"{NOTHING}+", text):
            yield found.start(), found.end(), ""


def _separators(text: str) -> Iterator[_Edit]:
    for found in _SEPARATORS.finditer(text):
        start, end = found.span()
        if start and _IS_HAN(text, start - 1):
            yield start, end, ""


def _enclosures(text: str) -> Iterator[_Edit]:
    """Yield brackets around single characters and commas between single characters, as in order of place."""
    edits = list(_bracketed(text)) + list(_spelt_out(text))
    yield from sorted(edits)


def _bracketed(text: str) -> Iterator[_Edit]:
    for found in _BRACKETED.finditer(text):
        start, end = found.span()
        beside_han = (start and _IS_HAN(text, start - 1)) or _IS_HAN(text, end)
        if beside_han and found[1] not in "一二三四五六七八九十":
            yield start, end, found[1]


def _spelt_out(text: str) -> Iterator[_Edit]:
    for found in _SPELT_OUT.finditer(text):
        start, end = found.span()
        alone_before = start > 0 and _IS_HAN(text, start - 1) and not (start > 1 and _IS_HAN(text, start - 2))
        if alone_before and not _IS_HAN(text, end):
            for at in range(start, end, 2):
                yield at, at + 1, ""


class _Disguises:
    """The compiled table of disguises."""

    def __init__(self, table: list[dict[str, str]]) -> None:
        self.digits = {
            plain(row["written"], frozenset(row["written"])): row["plain"]
            for row in table
            if row["context"] == "digits"
        }
        self.kept = frozenset(c for row in table for c in row["written"] if plain(c) == GAP) - set(f"{GAP}❤♥🌟🔥")
        words = {
            plain(row["written"], self.kept).replace(NOTHING, ""): row for row in table if row["context"] != "digits"
        }
        self._rows = {written: (row["plain"].lower(), row["context"]) for written, row in words.items() if written}
        for meant in {meant for meant, _ in self._rows.values()}:
            if len(meant) > 1:
                self._rows.setdefault(meant, (meant, "always"))  # a plain word is not searched for disguises inside it
        self._patterns = list(self._rows)
        self._automaton = AhoCorasick(
            self._patterns, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )
        pictures = "".join(char for char in self.kept if category(char) == "So")
        self._ornament = re.compile(f"[{re.escape(pictures)}]{{1,4}}+(?=[{_HAN}])")
        written_digits = re.escape("".join(self.digits))
        self._run = re.compile(
            f"[0-9{written_digits}](?:{_DIGIT_GAP}{{0,3}}+[0-9{written_digits}]){{{_FEWEST_DIGITS - 1},}}+"
        )

    def words(self, text: str) -> Iterator[_Edit]:
        """Yield the disguised words that stand where they can only be a disguise."""
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            written = self._patterns[index]
            meant, context = self._rows[written]
            if written != meant and _CONTEXTS[context](text, start, end):
                yield start, end, meant

    def ornaments(self, text: str) -> Iterator[_Edit]:
        """Yield pictures that stand for no word where they are, between Chinese characters: 电🔌工."""
        for found in self._ornament.finditer(text):
            start, end = found.span()
            if start and _IS_HAN(text, start - 1):
                yield start, end, ""

    def meaning(self, written: str) -> str:
        """Return what a word of the table stands for."""
        return self._rows[written][0]

    def numbers(self, text: str) -> Iterator[_Edit]:
        """Yield long runs of digits that are broken up or not written as digits. Half of a run must be digits beyond doubt."""
        for found in self._run.finditer(text):
            written = found[0]
            if written.isascii() and written.isdigit():
                continue
            chars = [char for char in written if (char.isdigit() and char.isascii()) or char in self.digits]
            sure = sum(char in _SURE_DIGITS for char in chars)
            new = "".join(self.digits.get(char, char) for char in chars)
            if new != written and sure * 2 >= len(chars):
                yield found.start(), found.end(), new


_SURE_DIGITS = frozenset("0123456789〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺①②③④⑤⑥⑦⑧⑨❶❷❸❹❺❻❼❽❾⑩⒈⒉⒊⒋⒌⒍⒎⒏⒐⓪⓿")
_CUE_BEFORE = re.compile(
    r"(?:加|添|➕|\+|联系|咨询|扫|私|找|问|电|话|同|我|的|留|手机|请|看|有|qq|[:：/])\s{0,2}$"
).search
_ADD_BEFORE = re.compile(r"(?:加|添加|加我|➕|\+|十|联系|找我)\s{0,2}$").search
_ID_AFTER = re.compile(
    r"[\s:：()（）\[\]号是为→>﹕·.-]{0,4}(?=[a-z0-9_-]*\d)[a-z0-9][a-z0-9_-]{4,}|[:：]\s{0,2}[a-z][a-z0-9_-]{5,}"
).match
_CUE_AFTER = re.compile(r"\s{0,2}(?:号|同号|同步|联系|咨询|详聊|私聊|办理|我|在线)").match
_MESSENGER_AFTER = re.compile(r"\s{0,2}(?:我?微|我?薇|我?威|我?溦|我?徽|我?v|我?wx|我?卫星|我?q|我?扣|我?企鹅)").match
_TRADE_BEFORE = re.compile(
    r"(?:操作|作业|工|叉车|登高|塔吊|办|上岗|资格|特种|高空|制冷|锅炉|安全员|官网|考|假|真|出|拿|电|焊|代)$"
).search
_TRADE_AFTER = re.compile(r"(?:操作|作业|证|可查|能查|查询|考|上岗|特种|电工|焊工|叉车|登高|塔吊|安全员|理|件)").match


def _may_always(text: str, start: int, end: int) -> bool:
    return not (text[start].isascii() and text[start].isalnum()) or _is_whole_word(text, start, end)


def _may_contact(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 4) : start], text[end : end + _NEAR]
    written = text[start:end]
    if written[0].isascii() and written[0].isalpha() and before[-1:].isascii() and before[-1:].isalnum():
        return False
    if written[-1].isascii() and written[-1].isalpha() and after[:1].isascii() and after[:1].isalpha():
        return False
    if _disguises().meaning(written) in {"加", "加我"}:
        return _MESSENGER_AFTER(after) is not None
    if len(written) == 1:
        return _ADD_BEFORE(before) is not None or _ID_AFTER(after) is not None
    return bool(_CUE_BEFORE(before) or _ID_AFTER(after) or _CUE_AFTER(after))


def _may_trade(text: str, start: int, end: int) -> bool:
    return bool(_TRADE_BEFORE(text[max(0, start - 4) : start]) or _TRADE_AFTER(text[end : end + 4])) and _is_whole_word(
        text, start, end
    )


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Say whether Latin letters at the edges are not part of a longer word."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    cut_before = before.isascii() and before.isalnum() and text[start].isascii() and text[start].isalnum()
    cut_after = after.isascii() and after.isalnum() and text[end - 1].isascii() and text[end - 1].isalnum()
    return not cut_before and not cut_after


_CONTEXTS = {"always": _may_always, "contact": _may_contact, "trade": _may_trade}


@lru_cache(maxsize=1)
def _disguises() -> _Disguises:
    return _Disguises(list(rows("disguises")))
