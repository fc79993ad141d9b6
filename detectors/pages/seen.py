"""Which pages of an observation a detector judges: every different answer of the suspect itself, none of official hosts."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from detectors.model import Capture, Observation, Quote, Signal, Skip
from detectors.pages.copies import archived_original, host_of, is_code_host
from detectors.pages.frames import with_frames
from detectors.pages.remembered import Remembered
from detectors.pages.scripted import with_scripted
from detectors.pages.simplified import in_simplified, verbatim
from detectors.pages.wordless import with_untold_words
from keywords.roster import Roster

__all__ = ["archived_original", "examine_pages", "host_of", "plain_words", "quote", "unofficial_captures"]

_QUOTE_WIDTH = 120
_BLANKS = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad·•・‧∙]+")


@dataclass(frozen=True, slots=True)
class _Judged:
    """A capture as a visitor reads it, and how its page was written."""

    capture: Capture
    original: Capture


def unofficial_captures(observation: Observation, roster: Roster) -> tuple[Capture, ...]:
    """Return the captures whose page was served by an unofficial host, each different page once, as a visitor reads them.

    A page reached by redirect is judged by the host that served it: a name that leads to the official site shows no fake page.
    What inline scripts write is part of the page, and traditional script is read as simplified.
    """
    return tuple(one.capture for one in _judged(observation, roster))


def _judged(observation: Observation, roster: Roster) -> tuple[_Judged, ...]:
    known = _known(observation)
    if id(roster) not in known:
        known[id(roster)] = roster, _judge(observation, roster)
    return known[id(roster)][1]


_known: Remembered[Observation, dict[int, tuple[Roster, tuple[_Judged, ...]]]] = Remembered(lambda _: {})
"""Roster by its identity → itself, so that its identity cannot pass to another, and the pages of the observation: every detector asks."""


def _judge(observation: Observation, roster: Roster) -> tuple[_Judged, ...]:
    captures: list[Capture] = []
    for capture in observation.captures:
        host = host_of(capture.final_url) or observation.candidate.host
        is_ours = (host and roster.is_official(host)) or archived_original(capture, roster)
        if not is_ours and all(capture.page != one.page for one in captures):
            captures.append(capture)
    return tuple(_Judged(_as_read(one), one) for one in captures)


def _read(capture: Capture) -> Capture:
    page = capture.page
    if capture.html and not is_code_host(host_of(capture.final_url)):
        page = with_frames(page, capture.html, capture.final_url)
        page = with_scripted(page, capture.html, capture.final_url)
    page = in_simplified(with_untold_words(page))
    return capture if page is capture.page else replace(capture, page=page)


_as_read: Remembered[Capture, Capture] = Remembered(_read)


def examine_pages(
    name: str, observation: Observation, roster: Roster, look: Callable[[Capture, str], Iterable[Signal]]
) -> tuple[Signal, ...] | Skip:
    """Run `look(capture, host)` over the unofficial pages; each sentence is given once, at its strongest."""
    if not observation.captures:
        return _nothing_seen(name)
    strongest: dict[tuple[str, str], Signal] = {}
    for judged in _judged(observation, roster):
        capture, original = judged.capture, judged.original
        for one in look(capture, host_of(capture.final_url) or observation.candidate.host):
            known = strongest.get((one.code, one.reason))
            if known is None or known.strength_permille < one.strength_permille:
                is_folded = capture is not original
                strongest[one.code, one.reason] = verbatim(one, original.page) if is_folded else one
    return tuple(strongest.values())


@lru_cache(maxsize=32)
def _nothing_seen(name: str) -> Skip:
    return Skip(detector=name, cause="没有网页内容，未检测")


def plain_words(text: str) -> str:
    """Return the text in compatibility form without blanks, invisible marks and dots between characters, as Chinese names are compared."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def quote(where: str, text: str, start: int = 0, end: int = 0) -> Quote:
    """Return a quote of at most about 120 characters around the hit."""
    first = max(0, min(start - 40, len(text) - _QUOTE_WIDTH)) if len(text) > _QUOTE_WIDTH else 0
    cut = text[first : first + _QUOTE_WIDTH]
    return Quote(where=where, text=cut, start=max(0, start - first), end=min(len(cut), max(0, end - first)))
