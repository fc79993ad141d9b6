"""Says in signals what the names of a thing seen say: its host, where its page ended up, where its advert leads."""

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from detectors.model import Observation, Quote, Signal, Skip
from detectors.names.engine import NameMatcher, matcher_of
from detectors.names.hit import SIGNAL_CODES, TECHNIQUE_NAMES, NameHit, Technique
from detectors.ruleset import signal
from keywords.hosts import canonical_host, to_unicode
from keywords.once import once
from keywords.roster import Roster

__all__ = ["LookalikeHostDetector"]

_PRETENCE = "name.government_pretence"
_KEPT_HOSTS = 4096
"""Hosts whose best hit is remembered: a platform's items and a site's pages share theirs."""


class LookalikeHostDetector:
    """Compares every host of an observation with the roster."""

    name = "lookalike_host"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._hit_of = lru_cache(_KEPT_HOSTS)(self._best_hit)

    @once
    def _matcher(self) -> NameMatcher:
        """Takes a second to make, and texts have no host."""
        return matcher_of(self._roster)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return a signal for the best hit of each host; a Skip when nothing seen has a host."""
        hosts = tuple(dict.fromkeys(_hosts(observation)))
        if not hosts:
            return Skip(detector=self.name, cause="没有网址，无法比对域名")
        signals = []
        for where, host in hosts:
            if hit := self._hit_of(host):
                signals.append(_signal(where, host, hit))
        return tuple(signals)

    def _best_hit(self, host: str) -> NameHit | None:
        return next(iter(self._matcher.match(host)), None)


def _hosts(observation: Observation) -> Iterator[tuple[str, str]]:
    """Yield (where, host), each host once under the first place it was seen."""
    seen: set[str] = set()
    for where, text in _places(observation):
        try:
            host = canonical_host(text) if text else ""
        except ValueError:
            continue
        if host and host not in seen:
            seen.add(host)
            yield where, host


def _places(observation: Observation) -> Iterator[tuple[str, str]]:
    yield "host", observation.candidate.host
    for capture in observation.captures:
        yield "url", _host_of(capture.final_url)
    if observation.advert:
        yield "advert", _host_of(observation.advert.target_url)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _signal(where: str, host: str, hit: NameHit) -> Signal:
    shown = to_unicode(host)
    code = SIGNAL_CODES[hit.technique] if hit.imitates else _PRETENCE
    if hit.imitates and hit.technique in {Technique.GOV_CN_INSIDE, Technique.GOV_LABEL}:
        code = "name.brand_context"
    quote = Quote(where=where, text=shown, start=hit.span[0], end=hit.span[1])
    values = {
        "official": hit.imitates,
        "technique": TECHNIQUE_NAMES[hit.technique],
        "brand": hit.brand,
        "shown": shown,
        "host": host,
    }
    return signal(code, quote, scale_permille=hit.score_permille, **values)
