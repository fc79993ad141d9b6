"""Lets a detector of words read what is printed in pictures: a listing that is only a picture is judged like text.

The print joins the words it was shown with, so that a title 电工证 and a picture 包过 are read as the one offer they are, and a
news page's warning still covers the advert it shows. Quotes that only the picture holds say so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from detectors.model import Observation, Quote, Signal, Skip

__all__ = ["ReadsPictures", "with_print"]


class _Words(Protocol):
    """A detector of words."""

    @property
    def name(self) -> str: ...

    def examine_each(self, observations: Sequence[Observation]) -> list[tuple[Signal, ...] | Skip]: ...


class ReadsPictures:
    """The same detector, given the print of the pictures as well."""

    def __init__(self, words: _Words) -> None:
        self._words = words
        self.name = words.name

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return what the detector says of words and print together."""
        return self.examine_each((observation,))[0]

    def examine_each(self, observations: Sequence[Observation]) -> list[tuple[Signal, ...] | Skip]:
        """Return the same for each of many observations, which the detector reads together."""
        printed = [any(picture.text for picture in one.pictures) for one in observations]
        answers = self._words.examine_each(
            [with_print(one) if has_print else one for one, has_print in zip(observations, printed, strict=True)]
        )
        return [
            _placed_in(answer, one) if has_print else answer
            for answer, one, has_print in zip(answers, observations, printed, strict=True)
        ]


def _placed_in(answer: tuple[Signal, ...] | Skip, observation: Observation) -> tuple[Signal, ...] | Skip:
    if isinstance(answer, Skip):
        return answer
    written = "\n".join(_written(observation))
    return tuple(replace(one, quotes=tuple(_placed(quote, written) for quote in one.quotes)) for one in answer)


def with_print(observation: Observation) -> Observation:
    """Return the observation with the print of its pictures added to the text it was shown with."""
    printed = "\n".join(picture.text for picture in observation.pictures if picture.text)
    if observation.listing:
        text = _joined(observation.listing.text, printed)
        return replace(observation, listing=replace(observation.listing, text=text))
    if observation.advert:
        return replace(observation, advert=replace(observation.advert, text=_joined(observation.advert.text, printed)))
    if observation.captures:
        first, *others = observation.captures
        new = "\n".join(line for line in printed.splitlines() if line not in first.page.text)
        page = replace(first.page, text=_joined(first.page.text, new))
        return replace(observation, captures=(replace(first, page=page), *others))
    return replace(observation, text=_joined(observation.text, printed))


def _joined(text: str, printed: str) -> str:
    return f"{text}\n{printed}" if text else printed


def _written(observation: Observation) -> Iterator[str]:
    for capture in observation.captures:
        yield capture.page.title
        yield capture.page.text
        yield from (content for _, content in capture.page.metas)
    if observation.listing:
        yield from (observation.listing.title, observation.listing.text, f"价格：{observation.listing.price_text}")
    if observation.advert:
        yield from (observation.advert.title, observation.advert.text)
    yield from (observation.title, observation.text)


def _placed(quote: Quote, written: str) -> Quote:
    hit = quote.text[quote.start : quote.end] or quote.text
    return quote if hit in written else replace(quote, where="image")
