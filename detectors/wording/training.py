"""The labelled texts the table of cues is fitted to (`data/texts.csv`), and how well the table does on texts it was not fitted to.

Every text was written for this purpose after reading real adverts, notices and reports; none is a copy. Texts of one `occasion` were
written together and resemble each other, so a table is always measured on occasions it has not seen.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from detectors.wording.fit import Bag, CueRow, bag_of, fit
from detectors.wording.likeness import Weights, weights_of
from detectors.wording.outline import outline_of
from detectors.wording.passages import Document, Part
from detectors.wording.pieces import PieceRow, counted
from keywords.match import TermMatcher
from keywords.once import once

__all__ = [
    "LABELLED_COLUMNS",
    "Label",
    "LabelledText",
    "Tables",
    "Tally",
    "labelled_in",
    "shipped_texts",
    "tables_by_occasion",
    "tables_of",
    "tally_by_occasion",
]

LABELLED_COLUMNS = ("occasion", "label", "voice", "kind", "title", "text")
_MADE_TO_SELL = {"listing", "advert"}


class Label(StrEnum):
    """What a text is."""

    SALE = "sale"
    PROMISE = "promise"
    """A training advert that guarantees a pass: a category of its own, no sale."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """One row of the table of texts."""

    occasion: str
    label: Label
    voice: str
    """Who speaks or where, for people."""
    kind: str
    """As in `jianwei assess`."""
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How a table does on one occasion."""

    occasion: str
    sale_count: int
    found_count: int
    other_count: int
    flagged_count: int
    """Texts that sell nothing, and are as like an advert as not, or liker."""


def shipped_texts() -> tuple[LabelledText, ...]:
    """Return the texts as shipped."""
    return tuple(labelled_in((files("detectors") / "wording" / "data" / "texts.csv").read_text("utf-8")))


def labelled_in(table: str) -> Iterator[LabelledText]:
    """Yield the rows of a CSV table. Raises KeyError for a missing column, ValueError for an unknown label."""
    for row in csv.DictReader(io.StringIO(table, newline="")):
        cells = {name: row[name] or "" for name in LABELLED_COLUMNS}
        yield LabelledText(**{**cells, "label": Label(cells["label"])})  # type: ignore[arg-type]  # the label is one


@dataclass(frozen=True, slots=True)
class _Read:
    """A labelled text as both tables are made from it."""

    text: LabelledText
    bag: Bag
    outline: str

    @classmethod
    def of(cls, text: LabelledText, matcher: TermMatcher) -> "_Read":
        document = _document(text, matcher)
        bag = bag_of(document, sells=text.label is Label.SALE, is_page=text.kind == "site")
        return cls(text, bag, outline_of(document).text)


class Tables:
    """What the second and the third judge know of some texts; each table is made when it is first asked for."""

    def __init__(self, read: Sequence[_Read]) -> None:
        self._read = read

    @once
    def cues(self) -> tuple[CueRow, ...]:
        """The second judge's table."""
        return fit([one.bag for one in self._read])

    @once
    def pieces(self) -> tuple[PieceRow, ...]:
        """The third judge's table. A promise is neither a sale nor its contrary."""
        told = [one for one in self._read if one.text.label is not Label.PROMISE]
        return counted((one.outline, one.text.label is Label.SALE) for one in told)

    @property
    def weights(self) -> Weights:
        """Return what the cues weigh."""
        return weights_of({row.cue: row.weight for row in self.cues})


def tables_of(texts: Sequence[LabelledText], matcher: TermMatcher) -> Tables:
    """Return the tables made from all texts."""
    return Tables([_Read.of(text, matcher) for text in texts])


def tables_by_occasion(texts: Sequence[LabelledText], matcher: TermMatcher) -> Iterator[tuple[str, Tables]]:
    """Yield each occasion with the tables made from all others."""
    read = [_Read.of(text, matcher) for text in texts]
    for occasion in dict.fromkeys(text.occasion for text in texts):
        yield occasion, Tables([one for one in read if one.text.occasion != occasion])


def tally_by_occasion(texts: Sequence[LabelledText], matcher: TermMatcher) -> Iterator[Tally]:
    """Yield how a table fitted to all other occasions does on each."""
    for occasion, tables in tables_by_occasion(texts, matcher):
        yield _tally(occasion, texts, matcher, tables.weights)


def _tally(occasion: str, texts: Sequence[LabelledText], matcher: TermMatcher, weights: Weights) -> Tally:
    counts = dict.fromkeys(((label, found) for label in Label for found in (False, True)), 0)
    for text in texts:
        if text.occasion == occasion:
            likeness = weights.weigh(_document(text, matcher), is_page=text.kind == "site")
            counts[text.label, likeness is not None and likeness.logit >= 0] += 1
    found, missed = counts[Label.SALE, True], counts[Label.SALE, False]
    flagged, passed = counts[Label.OTHER, True], counts[Label.OTHER, False]
    return Tally(occasion, found + missed, found, flagged + passed, flagged)


def _document(text: LabelledText, matcher: TermMatcher) -> Document:
    parts = (Part("title", text.title), Part("text", text.text))
    return Document(parts, matcher, is_commercial=text.kind in _MADE_TO_SELL)
