"""Detector `written_hosts`: an advert, listing or message sends its reader to a counterfeit by writing the address down.

An address that imitates is evidence where somebody is to open it. A notice names it too, so texts that speak of counterfeits are passed over.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from detectors.model import Observation, Quote, Signal, Skip
from detectors.names.engine import NameMatcher, matcher_of
from detectors.pictures.code_targets import CodeTarget, TargetKind, read_target
from detectors.ruleset import signal
from keywords.once import once
from keywords.roster import Roster

__all__ = ["WrittenHostsDetector"]

_ADDRESS = re.compile(
    r"(?<![a-z0-9@._-])(?:https?://[!-~]{4,500}|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![a-z0-9-]))",
    re.IGNORECASE,
)
_SPEAKS_OF_FAKES = re.compile(
    "假冒|仿冒|冒充|山寨|假网站|假官网|诈骗|骗局|骗子|被骗|警方|公安|网警|通报|谨防|警惕|当心|虚假|查处|曝光|举报|取缔|伪造|钓鱼|非官方|不是官方|辟谣"
)
_MAY_HOLD_POINT = re.compile("[.\u2024-\u2026\u2488-\u249b\u33c2\u33c7\u33d8\ufe19\ufe30\ufe52\uff0e\U0001f100]").search
"""Characters whose plain form holds a full stop: no address is written without one, and most texts have none."""
_SURE_FROM = 700
"""Schools write down their own addresses, and theirs are made of the trade's words."""
_MOST_ADDRESSES = 20
_MOST_TEXT = 20_000
_QUOTED_AROUND = 40
_KEPT_TARGETS = 4096


class WrittenHostsDetector:
    """Reads the addresses in what sellers write. A page's own text is left to the detectors of pages."""

    name = "written_hosts"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._target = lru_cache(_KEPT_TARGETS)(self._read)

    @once
    def _matcher(self) -> NameMatcher:
        """Takes a second to make, and most texts hold no address."""
        return matcher_of(self._roster)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return one signal for each imitating host written in a listing, advert or text; a Skip when there is no such text."""
        texts = [(where, text) for where, text in _texts(observation) if text.strip()]
        if not texts:
            return Skip(detector=self.name, cause="没有可供查找网址的文字")
        if any(_SPEAKS_OF_FAKES.search(text) for _, text in texts):
            return ()
        found: dict[str, Signal] = {}
        for where, text in texts:
            for start, end, target, scale in self._imitating(text):
                first = max(0, start - _QUOTED_AROUND)
                shown = Quote(
                    where=where, text=text[first : end + _QUOTED_AROUND], start=start - first, end=end - first
                )
                official = target.imitates or "政府网站"
                made = signal("name.written", shown, scale_permille=scale, host=target.host, official=official)
                found.setdefault(target.host, made)
        return tuple(found.values())

    def _imitating(self, text: str) -> Iterator[tuple[int, int, CodeTarget, int]]:
        """Yield (start, end, target, how sure in permille) of each address that leads to an imitating host."""
        for count, found in enumerate(_ADDRESS.finditer(text)):
            if count >= _MOST_ADDRESSES:
                return
            target, score = self._target(found[0])
            if score >= _SURE_FROM:
                yield found.start(), found.end(), target, score

    def _read(self, address: str) -> tuple[CodeTarget, int]:
        target = read_target(address, self._roster, self._matcher)
        if target.kind is not TargetKind.LOOKALIKE:
            return target, 0
        hit = next(iter(self._matcher.match(target.host)), None)
        return target, hit.score_permille if hit else 1000


def _texts(observation: Observation) -> Iterator[tuple[str, str]]:
    """Yield (where, text) of what was written by whoever offers, with full-width letters made plain."""
    written = [("title", observation.title), ("text", observation.text)]
    if listing := observation.listing:
        written += [("listing", listing.title), ("listing", listing.text)]
    if advert := observation.advert:
        written += [("advert", advert.title), ("advert", advert.text)]
    for where, text in written:
        if _MAY_HOLD_POINT(text, 0, _MOST_TEXT):
            yield where, unicodedata.normalize("NFKC", text[:_MOST_TEXT])
