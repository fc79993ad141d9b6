"""The compiled table `data/disguises.csv`: words written otherwise, pictures for words, digits in any writing."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from keywords.characters import GAP, NOTHING, plain, plain_each
from keywords.contexts import CONTEXTS
from keywords.folded import Edit
from keywords.kinds import HAN_CLASS, is_han
from keywords.loader import rows, several
from keywords.trade_words import pairs_inside

__all__ = ["Disguises", "disguises"]

_DIGIT_GAP = r"(?:\([^\d()\n]{1,2}\)|[^\w\n。¥$€%]|[_丨丶乄])"
_FEWEST_DIGITS = 7
_MOBILE_DIGITS = 11
_ANY_DIGIT = frozenset("0123456789")
_APART = re.compile(rf"(?<=[a-z])[0-9](?:{_DIGIT_GAP}{{1,3}}+[0-9]){{3,}}(?![0-9])")
_SURE_DIGITS = frozenset("0123456789〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺⒈⒉⒊⒋⒌⒍⒎⒏⒐⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑩")
_ORNAMENTS = frozenset(f"{GAP}❤♥🌟🔥")
_LATIN_GAP = r"[ .·_\-/*+~]{1,3}"
_MESSENGERS = "|".join(_LATIN_GAP.join(word) for word in ("weixin", "wechat", "vx", "wx", "qq"))
_SPELT_LATIN = re.compile(rf"(?<![a-z0-9])(?:[a-z](?:{_LATIN_GAP}[a-z]){{1,9}}(?![a-z0-9])|{_MESSENGERS})")


_ORDINARY_DIGITS = re.compile(
    r"(?:[0-9]+|[〇零一二三四五六七八九]+)(?:[-—–.:/,、~()× ]+(?:[0-9]+|[〇零一二三四五六七八九]+))*"
).fullmatch
_BETWEEN = r"[-.:/,~× ]+"
_FEW_DIGITS = re.compile(
    rf"[0-9]{{2,4}}{_BETWEEN}[0-9]{{1,4}}|[0-9]{{2,4}}(?:{_BETWEEN}[0-9]{{1,2}}){{2}}|[0-9]{{2}}(?:{_BETWEEN}[0-9]{{2}}){{3}}"
)
"""Dates, times and spans: most long runs of digits. Too short for a telephone number, so ordinary without a closer look."""
_NUMBER_CUE = re.compile(r"(?:qq|微信|v|vx|wx|电话|手机|号|扣扣|企鹅)[:： ]{0,3}$").search
_MOBILE = re.compile("1[3-9][0-9]{9}").fullmatch
_LANDLINE = re.compile("0[0-9]{9,11}|[48]00[0-9]{7}").fullmatch
_MOST_LANDLINE_GROUPS = 4


class Disguises:
    """The compiled table of disguises."""

    def __init__(self, table: list[dict[str, str]]) -> None:
        written_digits = {row["written"]: row["plain"] for row in table if row["context"] == "digits"}
        self.digits = {written: digit for written, digit in written_digits.items() if not written.isdecimal()}
        """What digits are written with beside digits themselves → the digit."""
        forms = {char for row in rows("components") for char in (*several(row["written"]), *several(row["bound"]))}
        pictures = {char for row in table for char in row["written"]} | forms
        self.kept = frozenset(char for char in pictures if plain(char) == GAP) - _ORNAMENTS
        """Pictures and signs that stand for a word; they are not ornaments."""
        said = [row for row in table if row["context"] != "digits"]
        spelt = plain_each([row["written"] for row in said], self.kept)
        words = {written.replace(NOTHING, ""): row for written, row in zip(spelt, said, strict=True)}
        self.words = {written: (row["plain"].lower(), row["context"]) for written, row in words.items() if written}
        """What is written → (what is meant, where it can only mean that)."""
        for meant in {meant for meant, _ in self.words.values()}:
            if len(meant) > 1:
                self.words.setdefault(meant, (meant, "always"))  # a plain word is not searched for disguises inside it
        self._patterns = list(self.words)
        self._automaton = AhoCorasick(
            self._patterns, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )
        stand_ins = "".join(char for char in self.kept if unicodedata.category(char) == "So")
        self._ornament = re.compile(f"[{re.escape(stand_ins)}]{{1,4}}+(?=[{HAN_CLASS}])")
        one = f"[0-9{re.escape(''.join(self.digits))}]"
        self._run = re.compile(f"{one}(?:{_DIGIT_GAP}{{0,3}}+{one}){{{_FEWEST_DIGITS - 1},}}+")

    def undone(self, text: str) -> Iterator[Edit]:
        """Yield the disguised words that stand where they can only be a disguise."""
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            written = self._patterns[index]
            meant, context = self.words[written]
            if written == meant or (
                written in self.kept and text[start - 1 : start] + text[end : end + 1] in pairs_inside()
            ):
                continue  # a picture within a word is an ornament
            if CONTEXTS[context](text, start, end, meant):
                yield start, end, meant

    def ornaments(self, text: str) -> Iterator[Edit]:
        """Yield pictures that stand for no word where they are, between Chinese characters: 电🔌工."""
        for found in self._ornament.finditer(text):
            start, end = found.span()
            if start and is_han(text[start - 1]):
                yield start, end, ""

    def spelt_latin(self, text: str) -> Iterator[Edit]:
        """Yield words of the table in single letters where they can only be meant: 加 v x, W.e.i.x.i.n."""
        for found in _SPELT_LATIN.finditer(text):
            start, end = found.span()
            word = "".join(filter(str.isalpha, found[0]))
            meant, context = self.words.get(word, ("", ""))
            if meant and CONTEXTS[context](text[:start] + word + text[end:], start, start + len(word), meant):
                yield start, end, meant

    def numbers(self, text: str, at: int = 0) -> Iterator[Edit]:
        """Yield long runs of digits that are broken up or not written as digits, from a place on. Half of a run must be digits beyond doubt."""
        for found in self._run.finditer(text, at):
            written = found[0]
            if written.isascii() and written.isdigit():
                continue
            if _FEW_DIGITS.fullmatch(written) and not _NUMBER_CUE(text, max(0, found.start() - 8), found.start()):
                continue
            places = self._number(
                written, [at for at, char in enumerate(written) if char in _ANY_DIGIT or char in self.digits]
            )
            sure = sum(written[at] in _SURE_DIGITS for at in places)
            if len(places) >= _FEWEST_DIGITS and sure * 2 >= len(places):
                start, end = places[0], places[-1] + 1
                new = "".join(self.digits.get(written[at], written[at]) for at in places)
                if new != written[start:end] and not _is_ordinary(
                    text[: found.start() + start], written[start:end], new
                ):
                    yield found.start() + start, found.start() + end, new

    def account_numbers(self, text: str) -> Iterator[Edit]:
        """Yield the digits of an account that stand apart: zk1 5 2 6 2."""
        for found in _APART.finditer(text):
            yield found.start(), found.end(), "".join(filter(str.isdigit, found[0]))

    def _number(self, written: str, places: list[int]) -> list[int]:
        """Return the places that belong to the number: words at its ends that only sound like a digit do not, but in a mobile number."""
        value = "".join(self.digits.get(written[at], written[at]) for at in places)
        if len(value) == _MOBILE_DIGITS and value[0] == "1":
            return places
        first, last = 0, len(places)
        while first < last and written[places[first]] not in _SURE_DIGITS:
            first += 1
        while last > first and written[places[last - 1]] not in _SURE_DIGITS:
            last -= 1
        return places[first:last]


def _is_ordinary(before: str, written: str, value: str) -> bool:
    """Say whether dates, times and lists are written like this: 2024-05-06 09:12, 二〇一九—二〇二四, 一、二、三. A telephone or account number is not."""
    if not _ORDINARY_DIGITS(written) or written.isalnum():
        return False
    if _NUMBER_CUE(before[-8:]) and value[0] not in "048":
        return False
    groups = re.findall(r"\w+", written)
    if all(len(group) == 1 for group in groups):
        return all(int(after) - int(one) == 1 for one, after in pairwise(value))
    return not (_MOBILE(value) or (_LANDLINE(value) and len(groups) <= _MOST_LANDLINE_GROUPS))


@lru_cache(maxsize=1)
def disguises() -> Disguises:
    """Return the table as shipped."""
    return Disguises(list(rows("disguises")))
