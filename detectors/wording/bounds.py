"""What each stretch of a document weighs at most, for all of them at once, so that only those that can be the likest are read.

What is cheap to know is counted as it is: cues, who is heard, contacts, prices. What takes reading (is a promise meant, who speaks) is
counted as the seller would wish it. A trait this file has not heard of may hold in every stretch. So no stretch weighs more than is
said here, and a stretch that cannot come first need not be read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.wording.cues import CueTable, add_once
from detectors.wording.marks import Sense
from detectors.wording.outline import CERTIFICATE, PRICE, TRADE
from detectors.wording.speakers import Manner
from detectors.wording.traits import HEARD, LABELS, OFTEN, SAID, Spans
from keywords.characters import points_of

__all__ = ["Ceiling", "at_most"]

_Numbers = NDArray[np.floating]
_Places = NDArray[np.int64]
_WHOLE = frozenset(
    {"~told_often", "~training_often", "~commercial", "~page", "~short", "~recounted", "~recounted_uncalled", "~recounted_much"}
)  # fmt: skip
"""Traits of the whole document: known before any stretch is."""
_CORE = frozenset({"~all_quoted", "~some_bare", "~struck"}) | {name for name in LABELS if name.startswith("~voice_")}
"""Traits of stretches with a word of sale only."""
_COUNTED = frozenset({"~contact", "~landline", "~price", "~prices", "~trades", "~title"})
_OF_CONTACTS, _OF_PRICES = ("~contact", "~landline"), ("~price", "~prices")
_SAID = {f"~said_{sense.value}": sense for sense in SAID}
_MANNERS = {f"~{manner.value}": manner for manner in Manner}
_MANNERS_OFTEN = {f"~{manner.value}_often": manner for manner in Manner}
_HEARD = {name: sense for sense, name in HEARD.items()}
_MANY = 2
_SMALLEST = 1e-6
"""Sums are not made in the order in which they are made for one stretch."""


class _Table(Protocol):
    """What is looked up: weights by trait and by cue, in logits."""

    @property
    def bias(self) -> float: ...
    @property
    def traits(self) -> Mapping[str, float]: ...
    @property
    def cues(self) -> Mapping[str, float]: ...


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the traits of any stretch of a document can come to: the same as `at_most`, without arrays, for the few stretches of short texts."""

    always: float
    core: float
    contact: float
    price: float
    by_sense: Mapping[Sense, float]
    by_manner: Mapping[Manner, float]

    @classmethod
    def of(cls, traits: Mapping[str, float]) -> "Ceiling":
        """Return the ceiling of a table. A trait this file has not heard of may hold in every stretch."""
        most = {name: max(0.0, weight) for name, weight in traits.items()}
        by_sense, by_manner = dict.fromkeys(Sense, 0.0), dict.fromkeys(Manner, 0.0)
        for names, into in ((_SAID, by_sense), (_HEARD, by_sense)):
            for name, sense in names.items():
                into[sense] += most.get(name, 0.0)
        for name, manner in (*_MANNERS.items(), *_MANNERS_OFTEN.items()):
            by_manner[manner] += most.get(name, 0.0)
        told = {*_WHOLE, *_CORE, *_OF_CONTACTS, *_OF_PRICES, *_SAID, *_HEARD, *_MANNERS, *_MANNERS_OFTEN}
        return cls(
            always=_SMALLEST + sum(weight for name, weight in most.items() if name not in told),
            core=sum(most.get(name, 0.0) for name in _CORE),
            contact=max(most.get(name, 0.0) for name in _OF_CONTACTS),
            price=max(most.get(name, 0.0) for name in _OF_PRICES),
            by_sense=by_sense,
            by_manner=by_manner,
        )

    def over(self, found: Spans, traits: Mapping[str, float]) -> float:
        """Return what the traits of every stretch of the document come to at most."""
        document = found.document
        most = self.always + sum(traits.get(trait, 0.0) for trait in found.whole)
        most += sum(map(self.by_sense.__getitem__, document.first)) + sum(
            map(self.by_manner.__getitem__, {*found.heard.manners})
        )
        if document.cores:
            most += self.core
        if document.contacts:
            most += self.contact
        return most + self.price if document.prices else most


def at_most(found: Spans, weights: _Table, pieces: CueTable, damped: Callable[[_Places], _Numbers]) -> _Numbers:
    """Return for each span the logit it has at most. `damped`: what sums of so many cues are multiplied by."""
    spans = np.array(found.spans, np.int64).reshape(-1, 2)
    starts, ends, traits = spans[:, 0], spans[:, 1], weights.traits
    total, count = pieces.weigh(found.outline.text, starts, ends)
    total, count = _with_turns(found, weights.cues, total, count)
    bound: _Numbers = total * damped(count)
    bound += weights.bias + sum(traits.get(trait, 0.0) for trait in found.whole) + _SMALLEST
    known = {*_WHOLE, *_CORE, *_COUNTED, *_SAID, *_MANNERS, *_MANNERS_OFTEN, *_HEARD}
    bound += sum(max(0.0, weight) for trait, weight in traits.items() if trait not in known)
    bound += _counted(found, traits, starts, ends)
    lows, highs = found.outline.folded_spans(starts, ends)
    bound += _contacts(found, traits, lows, highs)
    bound += _marks(found, traits, lows, highs)
    bound += _manners(found, traits, lows, highs)
    return bound


def _with_turns(found: Spans, cues: Mapping[str, float], total: _Numbers, count: _Places) -> tuple[_Numbers, _Places]:
    """Return the sums and counts with the turns of speech, each once a span."""
    numbers = {name: number for number, name in enumerate(cues.keys() & found.spoken.names)}
    if numbers:
        starts, ends = np.array(found.spans, np.int64).T
        places, told = found.spoken.placed(numbers)
        add_once(total, count, places, told, np.array([cues[name] for name in numbers]), starts, ends)
    return total, count


def _counted(found: Spans, traits: Mapping[str, float], starts: _Places, ends: _Places) -> _Numbers:
    """Return what prices and names weigh, and the title."""
    points = points_of(found.outline.text)
    prices = _between(np.flatnonzero(points == ord(PRICE)), starts, ends)
    names = _between(np.flatnonzero((points == ord(TRADE)) | (points == ord(CERTIFICATE))), starts, ends)
    bound: _Numbers = (
        (prices == 1) * traits.get("~price", 0.0) + (prices > 1) * traits.get("~prices", 0.0)
        + (names > _MANY) * traits.get("~trades", 0.0) + (starts == 0) * traits.get("~title", 0.0)
    )  # fmt: skip
    return bound


def _contacts(found: Spans, traits: Mapping[str, float], lows: _Places, highs: _Places) -> _Numbers:
    contacts = found.document.contacts
    personal = _between(np.array([one.start for one in contacts if one.is_personal], np.int64), lows, highs) > 0
    anyone = _between(np.array([one.start for one in contacts], np.int64), lows, highs) > 0
    bound: _Numbers = personal * traits.get("~contact", 0.0) + (anyone & ~personal) * traits.get("~landline", 0.0)
    return bound


def _marks(found: Spans, traits: Mapping[str, float], lows: _Places, highs: _Places) -> _Numbers:
    """Return what the words weigh where all are meant, and a seller says them."""
    senses = {sense: column for column, sense in enumerate(Sense)}
    marks = found.document.marks
    told = _counts([mark.start for mark in marks], [senses[mark.sense] for mark in marks], len(senses), lows, highs) > 0
    cores = np.array([mark.start for mark in found.document.cores], np.int64)
    bound = (_between(cores, lows, highs) > 0) * sum(max(0.0, traits.get(trait, 0.0)) for trait in _CORE)
    for trait, sense in _SAID.items():
        bound += told[:, senses[sense]] * max(0.0, traits.get(trait, 0.0))
    for trait, sense in _HEARD.items():
        bound += told[:, senses[sense]] * traits.get(trait, 0.0)
    return bound


def _manners(found: Spans, traits: Mapping[str, float], lows: _Places, highs: _Places) -> _Numbers:
    """Return what the manners of speaking weigh; that one is heard often, only where that speaks for a sale."""
    manners = {manner: column for column, manner in enumerate(Manner)}
    heard = found.heard
    told = _counts(heard.places, [manners[one] for one in heard.manners], len(manners), lows, highs)
    bound = np.zeros(len(lows))
    for trait, manner in _MANNERS.items():
        bound += (told[:, manners[manner]] > 0) * traits.get(trait, 0.0)
    for trait, manner in _MANNERS_OFTEN.items():
        bound += (told[:, manners[manner]] >= OFTEN) * max(0.0, traits.get(trait, 0.0))
    return bound


def _between(places: _Places, lows: _Places, highs: _Places) -> _Places:
    """Return how many of the ascending places stand between each two."""
    return np.searchsorted(places, highs) - np.searchsorted(places, lows)


def _counts(
    places: Sequence[int], columns: Sequence[int], width: int, lows: _Places, highs: _Places
) -> NDArray[np.int32]:
    """Return how many of the ascending places of each column stand between each two, one row a pair."""
    counted = np.zeros((len(places) + 1, width), np.int32)
    counted[np.arange(1, len(places) + 1), np.array(columns, np.int64)] = 1
    np.cumsum(counted, axis=0, out=counted)
    ordered = np.array(places, np.int64)
    return counted[np.searchsorted(ordered, highs)] - counted[np.searchsorted(ordered, lows)]
