"""A place or national body told apart beside `gov` or a word of query, one of the two with a slip: `jiangsu-gvo.cc`, `yjglj-jiacing-gov.com`."""

from collections.abc import Iterator
from itertools import pairwise
from string import ascii_lowercase

from detectors.names.clues import EDGE, Clue, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.one_slip import short_slips
from detectors.names.read import ReadName
from detectors.names.target import Target, TargetIndex

__all__ = ["MisspeltGov"]

_GOV = "gov"
_SLIPS = ("gvo", "ogv", "ggov", "goov", "govv", "gow", "giv", "gpv", "fov", "hov", "gob", "goc")
"""`gov` with two letters swapped, one doubled, or a neighbour struck."""
_SHORTEST = 5
"""Places and bodies of fewer letters are many other things with a slip in them."""
_SHORTEST_BRAND = 3
_SHORTEST_ASKING = 4
_LONG = 8
"""Of so many letters even everyday words (`creditchina`) are known with a slip beside gov."""
_NATIONAL_RANK = 3
_QUERIES = ("chaxun", "zscx", "zhengshu", "cx")


class MisspeltGov:
    """Knows places, national bodies, and what they look like with a slip."""

    def __init__(self, index: TargetIndex, lexicon: Lexicon) -> None:
        self._targets = dict(_named(index, lexicon))
        self._labels = self._targets | dict(_local(index, lexicon)) | dict(_asking(index, lexicon))
        """The same, the labels of local hosts and words of query and of the trade, which stand beside a slip of gov only as they are written."""
        self._hosts = dict(_slipped_hosts(index, lexicon))
        """(Sub-label, brand with a slip) → host."""
        self._doubled = dict(_doubled_hosts(index, lexicon))
        """The same of national hosts whose brand has a letter doubled, and which need no gov."""
        self._after = lexicon.words("country") | lexicon.words("query") | lexicon.words("certificate")
        self._slips = {
            slip: word
            for word in sorted(self._targets)
            for slip in short_slips(word)
            if slip not in lexicon.senses and slip not in lexicon.ordinary
        }

    def hits(self, name: ReadName) -> Iterator[NameHit]:
        """Yield hits of pieces between separators that stand directly beside each other."""
        if not name.apart:
            return
        pieces = _pieces(name)
        yield from self._of_host(name, pieces)
        for one, two in pairwise(pieces):
            first, second = name.letters[slice(*one)], name.letters[slice(*two)]
            if second in _SLIPS and first in self._labels and self._ends_there(name, two[1]):
                yield _hit(name, self._labels[first], one, two, f"“{second}”与 gov 只差一个字母")
            elif first in self._slips and (second == _GOV or (second in _QUERIES and self._is_body(first))):
                word = self._slips[first]
                yield _hit(name, self._targets[word], one, two, f"“{first}”与“{word}”只差一个字母")

    def _of_host(self, name: ReadName, pieces: list[tuple[int, int]]) -> Iterator[NameHit]:
        """Yield hits of a host's own sub-label and its brand with a slip, with gov behind them (`fjca-imit-gov.com`) or, if a letter is doubled, nothing (`beian-miiit.com`)."""
        for sub, brand in pairwise(pieces):
            written = name.letters[slice(*brand)]
            target = self._doubled.get((name.letters[slice(*sub)], written))
            if target and sub[0] in name.dots and brand[1] == name.free:
                yield _hit(name, target, sub, brand, f"“{written}”与“{target.brand}”只差一个字母")
        for sub, brand, gov in zip(pieces, pieces[1:], pieces[2:], strict=False):
            written = name.letters[slice(*brand)]
            target = self._hosts.get((name.letters[slice(*sub)], written))
            if target and name.letters[slice(*gov)] == _GOV:
                yield _hit(name, target, sub, gov, f"“{written}”与“{target.brand}”只差一个字母")

    def _ends_there(self, name: ReadName, end: int) -> bool:
        """Say whether the label ends here, or goes on with a word such hosts are written with: `jiangsu-gvo-trading` is a firm."""
        if end == name.free or end in name.dots:
            return True
        after = min(at for at in (*name.apart, name.free) if at > end)
        return name.letters[end:after] in self._after

    def _is_body(self, slip: str) -> bool:
        target = self._targets[self._slips[slip]]
        return target is not None and target.site.level == "national"

    def clues(self) -> Iterator[Clue]:
        """Yield the clues: `gov` itself is looked for anyway, its slips as pieces of their own."""
        for word in self._labels:
            yield from (Clue((word, slip), (EDGE + slip + EDGE,)) for slip in _SLIPS)
        yield from (Clue((sub, slip, _GOV), (_GOV,)) for sub, slip in self._hosts)
        yield from (clue(sub, slip) for sub, slip in self._doubled)
        for slip in self._slips:
            yield Clue((slip, _GOV), (_GOV,))
            if self._is_body(slip):
                yield from (clue(slip, query) for query in _QUERIES)


def _slipped_hosts(index: TargetIndex, lexicon: Lexicon) -> Iterator[tuple[tuple[str, str], Target]]:
    """Yield a host's own sub-label with its brand misspelt: beside both, even three letters are told."""
    for (sub, brand), target in index.pairs.items():
        if target.is_government and len(sub) > 1 and len(brand) >= _SHORTEST_BRAND:
            dropped = (brand[:at] + brand[at + 1 :] for at in range(len(brand)))
            slips = [*short_slips(brand), *dropped, brand[1] + brand[0] + brand[2:]]
            if (
                target.site.level == "national"
            ):  # with sub-label and gov beside it, whatever letter stands there is a slip
                slips += [
                    brand[:at] + letter + brand[at + 1 :] for at in range(len(brand)) for letter in ascii_lowercase
                ]
            for slip in slips:
                if slip not in lexicon.senses and slip != brand:
                    yield (sub, slip), target


def _doubled_hosts(index: TargetIndex, lexicon: Lexicon) -> Iterator[tuple[tuple[str, str], Target]]:
    """Yield a national host's own sub-label with a letter of its brand doubled."""
    for (sub, brand), target in index.pairs.items():
        is_told = len(sub) >= _SHORTEST_BRAND and len(brand) > _SHORTEST_BRAND and brand not in lexicon.ordinary
        if target.is_government and target.site.level == "national" and is_told:
            for at in range(1, len(brand) + 1):
                yield (sub, brand[:at] + brand[at - 1 :]), target


def _named(index: TargetIndex, lexicon: Lexicon) -> Iterator[tuple[str, Target | None]]:
    """Yield places in pinyin and national bodies' labels, with the site each one means."""
    for word, senses in lexicon.senses.items():
        if len(word) < _SHORTEST:
            continue
        if place := next((s for s in senses if s.kind == "place" and s.weight == "pinyin"), None):
            yield word, index.about(place.about)
        elif body := _national_body(index, lexicon, word):
            yield word, body


def _local(index: TargetIndex, lexicon: Lexicon) -> Iterator[tuple[str, Target]]:
    for target in index.targets:
        if target.is_government and len(target.brand) >= _SHORTEST and target.brand not in lexicon.ordinary:
            yield target.brand, target


def _asking(index: TargetIndex, lexicon: Lexicon) -> Iterator[tuple[str, Target | None]]:
    """Yield words of query, which point to nobody, and of the trade."""
    yield from ((word, None) for word in sorted(lexicon.words("query", "strong")) if len(word) >= _SHORTEST_ASKING)
    for word in sorted(lexicon.words("trade", "long", "name", "initials") - lexicon.made):
        sense = next(s for s in lexicon.senses[word] if s.kind == "trade")
        yield word, index.about(sense.about)


def _national_body(index: TargetIndex, lexicon: Lexicon, label: str) -> Target | None:
    """Return the national body with this label; None: there is none, or the label is a number or everyday word."""
    owner = index.department(label)
    is_told = not label.isdigit() and (label not in lexicon.ordinary or len(label) >= _LONG)
    return owner if owner and is_told and owner.site.level == "national" and owner.rank <= _NATIONAL_RANK else None


def _pieces(name: ReadName) -> list[tuple[int, int]]:
    cuts = (0, *sorted(at for at in name.apart if at < name.free), name.free)
    return list(pairwise(cuts))


def _hit(name: ReadName, target: Target | None, one: tuple[int, int], two: tuple[int, int], what: str) -> NameHit:
    written = name.text(one[0], two[1])
    return NameHit(
        imitates=target.imitates if target else "",
        technique=Technique.MISSPELT,
        score_permille=480,
        span=name.span(one[0], two[1]),
        reason=f"域名中的“{written}”似政府网站：{what}",
        brand=written,
    )
