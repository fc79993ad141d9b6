"""Which pages of an observation a detector judges: every different answer of the suspect itself, none of official hosts."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from detectors.model import Capture, Observation, PageContent, Quote, Signal, Skip
from keywords.hosts import canonical_host
from keywords.roster import Roster

__all__ = ["archived_original", "examine_pages", "host_of", "plain_words", "quote", "unofficial_captures"]

_QUOTE_WIDTH = 120
_ARCHIVE_PATH = re.compile(r"/(?:19|20)\d{6,12}[a-z_*]{0,4}/(https?:/?/?[^\s]+)", re.IGNORECASE)
_ARCHIVE_LABEL = re.compile("存档|归档|网页快照|历史快照|回忆|Wayback|archived?\\b|snapshot", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def host_of(url: str) -> str:
    """Return the canonical host of a URL; empty: it has none that can be read."""
    try:
        return canonical_host(urlsplit(url).hostname or "")
    except (ValueError, UnicodeError):
        return ""


def unofficial_captures(observation: Observation, roster: Roster) -> tuple[Capture, ...]:
    """Return the captures whose page was served by an unofficial host, each different page once.

    A page reached by redirect is judged by the host that served it: a name that leads to the official site shows no fake page.
    """
    captures: dict[PageContent, Capture] = {}
    for capture in observation.captures:
        host = host_of(capture.final_url) or observation.candidate.host
        if not (host and roster.is_official(host)) and not archived_original(capture, roster):
            captures.setdefault(capture.page, capture)
    return tuple(captures.values())


def archived_original(capture: Capture, roster: Roster) -> str:
    """Return the official host a web archive's dated copy is of; empty: it is no such copy.

    The address must name date and original, and the page must say that it is an archive: both are what archives do for
    their readers, and neither is any use to somebody who wants to be taken for the original.
    """
    found = _ARCHIVE_PATH.search(urlsplit(capture.final_url).path[:500] if host_of(capture.final_url) else "")
    original = host_of(found[1]) if found else ""
    is_labelled = _ARCHIVE_LABEL.search(f"{capture.page.text[:600]}\n{capture.page.text[-300:]}")
    return original if original and is_labelled and roster.is_official(original) else ""


def examine_pages(
    name: str, observation: Observation, roster: Roster, look: Callable[[Capture, str], Iterable[Signal]]
) -> tuple[Signal, ...] | Skip:
    """Run `look(capture, host)` over the unofficial pages; each sentence is given once, at its strongest."""
    if not observation.captures:
        return Skip(detector=name, cause="没有网页内容，未检测")
    strongest: dict[tuple[str, str], Signal] = {}
    for capture in unofficial_captures(observation, roster):
        for one in look(capture, host_of(capture.final_url) or observation.candidate.host):
            known = strongest.get((one.code, one.reason))
            if known is None or known.strength_permille < one.strength_permille:
                strongest[one.code, one.reason] = one
    return tuple(strongest.values())


def plain_words(text: str) -> str:
    """Return the text in compatibility form without any blanks, as Chinese names are compared."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def quote(where: str, text: str, start: int = 0, end: int = 0) -> Quote:
    """Return a quote of at most about 120 characters around the hit."""
    first = max(0, min(start - 40, len(text) - _QUOTE_WIDTH)) if len(text) > _QUOTE_WIDTH else 0
    cut = text[first : first + _QUOTE_WIDTH]
    return Quote(where=where, text=cut, start=max(0, start - first), end=min(len(cut), max(0, end - first)))
