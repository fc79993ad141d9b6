"""Facts kept for a while, so that a registry is not asked twice: good news, "there is none" and failures have their own lifetimes.

One asker per fact: names that share a registrable domain wait for the same answer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from detectors.model import Unknown
from detectors.name_facts import DnsFacts, DnsOutcome, Registration, TlsLook
from pipelines.documents import decode, encode
from pipelines.ports import Clock, FactCache
from pipelines.settings import FactLifetimes, FactsSettings

__all__ = ["KeptFacts"]

Fact = TypeVar("Fact", DnsFacts, TlsLook, Registration)
_UNKNOWN = '{"reason":'


class KeptFacts:
    """Remembers facts in a `FactCache`. `is_fresh`: what was kept before is not believed, only what was asked since."""

    def __init__(self, cache: FactCache, clock: Clock, settings: FactsSettings, *, is_fresh: bool = False) -> None:
        self._cache = cache
        self._clock = clock
        self._lifetimes: dict[type, tuple[str, FactLifetimes]] = {
            DnsFacts: ("dns", settings.keeps_dns),
            TlsLook: ("tls", settings.keeps_tls),
            Registration: ("registration", settings.keeps_registration),
        }
        self._is_fresh = is_fresh
        self._asked: set[tuple[str, str]] = set()
        self._asking: dict[tuple[str, str], asyncio.Task[object]] = {}

    async def get(self, of: type[Fact], key: str, ask: Callable[[], Awaitable[Fact | Unknown]]) -> Fact | Unknown:
        """Return the fact of this type about `key`: the kept one while it lives, else what `ask` brings."""
        kind, _ = self._lifetimes[of]
        task = self._asking.get((kind, key))
        if task is None:
            task = self._asking[kind, key] = asyncio.create_task(self._get(of, key, ask))
            task.add_done_callback(lambda done: self._end(kind, key, done))
        fact = await asyncio.shield(task)
        if not isinstance(fact, (of, Unknown)):
            raise TypeError(f"{kind} {key}: {type(fact).__name__}")
        return fact

    def _end(self, kind: str, key: str, done: "asyncio.Task[object]") -> None:
        self._asking.pop((kind, key), None)
        if not done.cancelled():
            done.exception()  # whoever waits is told; where nobody does any more, nobody needs to be

    async def _get(self, of: type[Fact], key: str, ask: Callable[[], Awaitable[Fact | Unknown]]) -> object:
        kind, lifetimes = self._lifetimes[of]
        if not self._is_fresh or (kind, key) in self._asked:
            kept = await asyncio.to_thread(self._cache.get, kind, key, self._clock.now())
            fact = None if kept is None else _read(of, kept)
            if fact is not None:
                return fact
        asked = await ask()
        self._asked.add((kind, key))
        expires_at = self._clock.now() + timedelta(seconds=_lifetime_s(asked, lifetimes))
        await asyncio.to_thread(self._cache.put, kind, key, encode(asked).decode(), expires_at)
        return asked


def _read(of: type[Fact], document: str) -> Fact | Unknown | None:
    """Return the kept fact; None if another version of the program kept it in another form."""
    try:
        return decode(Unknown, document) if document.startswith(_UNKNOWN) else decode(of, document)
    except ValueError:
        return None


def _lifetime_s(fact: object, lifetimes: FactLifetimes) -> float:
    if isinstance(fact, Unknown):
        return lifetimes.failed_s
    if isinstance(fact, Registration):
        return lifetimes.positive_s if fact.is_registered else lifetimes.negative_s
    if isinstance(fact, DnsFacts) and not fact.addresses:
        is_certain = {fact.a.outcome, fact.aaaa.outcome} <= {DnsOutcome.NO_RECORD, DnsOutcome.NXDOMAIN}
        return lifetimes.negative_s if is_certain else lifetimes.failed_s
    return lifetimes.positive_s
