"""Cuts what was seen into passages: a few sentences around each word of sale, because a page's other sentences say other things."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from detectors.model import Quote
from detectors.wording.contacts import Contact, find_contacts
from detectors.wording.marks import Mark, Sense, find_marks
from detectors.wording.prices import Price, find_prices
from keywords.characters import plain
from keywords.fold import Folded, fold
from keywords.match import TermMatcher
from keywords.once import once

__all__ = ["Document", "Part", "Passage", "is_core", "kept", "text_of", "windows"]

CORE = frozenset(
    {
        Sense.FORGERY,
        Sense.AGENCY,
        Sense.PROXY,
        Sense.RENTAL,
        Sense.IDENTITY_ONLY,
        Sense.NO_EXAM,
        Sense.PASS,
        Sense.VERIFY,
    }
)
"""Senses that can make a passage one of sale by themselves."""
_CORE_WHEN_STRONG = frozenset({Sense.SPEED, Sense.PAYMENT})

_SENTENCE_END = re.compile(r"[。!?;\n]")
_WHOLE_BELOW = 420
"""Characters up to which a listing, advert or note is one passage."""
_REACH = 160
"""Characters a passage reaches beyond its words of sale."""
_WINDOW, _FOOT = 200_000, 2_000
"""Characters of a long text that are read at a time, and those of its foot that are read with each: sellers sign there."""
_MOST_PASSAGES = 400
_QUOTE_BEFORE, _QUOTE_LENGTH = 45, 120

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of what was seen: `title`, `text`, `listing`, `advert`."""

    where: str
    text: str


def text_of(parts: Iterable[Part]) -> str:
    """Return what a document of these parts reads."""
    return "\n".join(part.text for part in parts if part.text)


class Document:
    """The parts of one source (a page, a listing, an advert) read together."""

    def __init__(
        self, parts: Iterable[Part], matcher: TermMatcher, *, is_commercial: bool = False, folded: Folded | None = None
    ) -> None:
        self.is_commercial = is_commercial  # a listing or advert: made to sell, whatever it asks
        self.parts = tuple(part for part in parts if part.text)
        self.folded = fold(text_of(self.parts)) if folded is None else folded  # many texts are folded together
        self.text = self.folded.original
        self.marks: tuple[Mark, ...] = find_marks(self.folded, matcher)
        self._is_about_papers = any(mark.sense in _PAPERS for mark in self.marks)
        self.answers: dict[Any, Any] = {}
        """What was asked before (`kept`)."""
        self.struck_out: dict[Any, Any] = {}
        self.readings: dict[Any, Any] = {}
        """What `context` found out already; all three live as long as the document."""
        self._sentences: dict[tuple[int, int], tuple[int, int]] = {}
        self._marks_within: dict[tuple[int, int], tuple[Mark, ...]] = {}

    @once
    def contacts(self) -> tuple[Contact, ...]:
        """Return the contacts; none where the text is about no papers."""
        return find_contacts(self.folded.text) if self._is_about_papers else ()

    @once
    def prices(self) -> tuple[Price, ...]:
        """Return the prices; none where the text is about no papers."""
        return find_prices(self.folded.text) if self._is_about_papers else ()

    @once
    def _ends(self) -> list[int]:
        """Where sentences end."""
        return [found.end() for found in _SENTENCE_END.finditer(self.folded.text)] if self._is_about_papers else []

    @once
    def words(self) -> Mapping[Sense, frozenset[str]]:
        """Return the different words of each sense in the whole document."""
        found: dict[Sense, set[str]] = {}
        for sense, text in {mark[:2] for mark in self.marks}:
            found.setdefault(sense, set()).add(text)
        return {sense: frozenset(texts) for sense, texts in found.items()}

    @once
    def cores(self) -> tuple[Mark, ...]:
        """Return the marks that can make a passage one of sale."""
        senses = CORE | _CORE_WHEN_STRONG
        return tuple(mark for mark in self.marks if mark.sense in senses and is_core(mark))

    @once
    def _plain(self) -> str:
        """The text in its plain form, character for character; many ask for what stands before a word."""
        return plain(self.text)

    @once
    def first(self) -> Mapping[Sense, Mark]:
        """Return the first mark of each sense."""
        return {mark.sense: mark for mark in reversed(self.marks)}

    def passages(self) -> Iterator["Passage"]:
        """Yield the passages with words of sale, by place, not overlapping."""
        cores = self.cores
        if not cores:
            return
        length = len(self.folded.text)
        if length <= _WHOLE_BELOW:
            yield Passage(self, 0, length)
            return
        at = count = 0
        while at < len(cores) and count < _MOST_PASSAGES:
            start, end = self.sentence(cores[at])
            while at < len(cores) and cores[at].start < end + _REACH:
                end = max(end, min(self.sentence(cores[at])[1], start + 3 * _REACH))
                if cores[at].end > end:
                    break
                at += 1
            yield Passage(self, self._widened(start, -_REACH), self._widened(end, _REACH))
            at, count = max(at, bisect_left(cores, end, key=lambda mark: mark.start)), count + 1

    def sentence(self, mark: Mark) -> tuple[int, int]:
        """Return the mark's sentence in the folded text; at most `_REACH` characters to either side."""
        key = (mark.start, mark.end)
        if key not in self._sentences:
            place = bisect_right(self._ends, mark.start)
            start = self._ends[place - 1] if place else 0
            end = self._ends[place] if place < len(self._ends) else len(self.folded.text)
            self._sentences[key] = max(start, mark.start - _REACH), min(max(end, mark.end), mark.end + _REACH)
        return self._sentences[key]

    def marks_within(self, start: int, end: int) -> tuple[Mark, ...]:
        """Return the marks that begin between two places of the folded text."""
        key = (start, end)
        if key not in self._marks_within:
            self._marks_within[key] = _within(self.marks, start, end)
        return self._marks_within[key]

    def before(self, start: int, length: int) -> str:
        """Return what stands before a place of the folded text, plain but with its blanks."""
        if start >= len(self.folded.text):
            return ""
        original, _ = self.folded.span(start, start + 1)
        return self._plain[max(0, original - length) : original]

    def quote(self, start: int, end: int) -> Quote:
        """Return the original passage around a place of the folded text."""
        start, end = self.folded.span(start, end)
        offset = 0
        part = self.parts[0]
        for part in self.parts:
            if start < offset + len(part.text) or part is self.parts[-1]:
                break
            offset += len(part.text) + 1
        start, end = start - offset, min(end - offset, len(part.text))
        cut = max(0, start - _QUOTE_BEFORE)
        text = part.text[cut : max(cut + _QUOTE_LENGTH, min(end, cut + 2 * _QUOTE_LENGTH))]
        return Quote(where=part.where, text=text, start=start - cut, end=min(end - cut, len(text)))

    def _widened(self, place: int, by: int) -> int:
        """Move a place outward by whole sentences, at most `by` characters."""
        if by < 0:
            first = bisect_left(self._ends, place + by)
            return min(self._ends[first], place) if first < len(self._ends) else max(0, place + by)
        last = bisect_right(self._ends, place + by) - 1
        return (
            max(self._ends[last], place)
            if last >= 0 and self._ends[last] >= place
            else min(len(self.folded.text), place + by)
        )


def kept(work: Callable[[Document], _Answer]) -> Callable[[Document], _Answer]:
    """Let what several judges ask about a document be worked out once."""

    @wraps(work)
    def answer(document: Document) -> _Answer:
        answers = document.answers
        if work not in answers:
            answers[work] = work(document)
        found: _Answer = answers[work]
        return found

    return answer


def windows(parts: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """Yield the parts of a source together, or, where they are very long, piece by piece: all is read, the time stays linear.

    Every window holds the short parts and the foot of its long one; windows overlap by a passage, so none is cut in two.
    """
    if sum(len(part.text) for part in parts) <= _WINDOW:
        yield tuple(parts)
        return
    short = tuple(part for part in parts if len(part.text) <= _FOOT)
    for part in parts:
        if part in short:
            continue
        foot = Part(part.where, part.text[-_FOOT:])
        for start in range(0, len(part.text), _WINDOW - 4 * _REACH):
            piece = Part(part.where, part.text[start : start + _WINDOW])
            yield (*short, piece) if start + _WINDOW >= len(part.text) else (*short, piece, foot)


def is_core(mark: Mark) -> bool:
    """Say whether the mark can make a passage one of sale: 三天出证 and 证到付款 do, 加急 and 包邮 do not."""
    return mark.sense in CORE or (mark.sense in _CORE_WHEN_STRONG and mark.weight > 2)  # noqa: PLR2004 - 3 is strong


_start = attrgetter("start")
_Placed = TypeVar("_Placed", Mark, Contact, Price)

_PAPERS = CORE | {Sense.CERTIFICATE, Sense.TRADE, Sense.NEIGHBOUR}


class Passage(NamedTuple):
    """Some sentences of a document, offsets in its folded text."""

    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """Return the folded text of the passage."""
        return self.document.folded.text[self.start : self.end]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return the marks within."""
        return self.document.marks_within(self.start, self.end)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Return the contacts within."""
        return _within(self.document.contacts, self.start, self.end)

    @property
    def prices(self) -> tuple[Price, ...]:
        """Return the prices within."""
        return _within(self.document.prices, self.start, self.end)


def _within(places: Sequence[_Placed], start: int, end: int) -> tuple[_Placed, ...]:
    if not places:
        return ()
    low = bisect_left(places, start, key=_start)
    return tuple(places[low : bisect_left(places, end, low, key=_start)])
