"""Opens engines' counting links whose row does not say where it leads: few of them, through the one gate, the paid ones only by policy."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urljoin

from crawler.capture import Answer
from crawler.engines.model import EngineTooMany, Provider, Row
from crawler.fetch import FetchFailed, RobotsForbid
from crawler.retry_after import retry_after_s
from detectors.pages.read import decode_html
from keywords.hosts import canonical_url

__all__ = ["Asker", "Landing", "WrapperResolver"]

_MAX_HOPS = 3
"""Counting links that lead to further counting links."""
_TOO_MANY = frozenset({429, 503})
_LEADING_PAGE = 50_000


class Asker(Protocol):
    """The part of `crawler.fetch.Fetcher` that a resolver needs."""

    async def ask(self, url: str, cookie_jar: str, headers: dict[str, str] | None = None) -> Answer:
        """Ask once, redirects not followed. Raises `FetchFailed`, `RobotsForbid`."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a row leads."""

    target: str = ""
    """Empty: not known."""
    chain: tuple[str, ...] = ()
    """The addresses on the way, the wrapper first, the target last; empty: nothing was opened."""


@dataclass(slots=True)
class WrapperResolver:
    """Opens wrappers of one run. `opened` counts them per engine, over all parts of the run."""

    asker: Asker
    budget: int
    follows_paid: bool
    opened: Counter[str] = field(default_factory=Counter)

    def has_budget(self, engine: Provider) -> bool:
        """Say whether one more of the engine's links may be opened."""
        return self.opened[engine.name] < self.budget

    def needs_opening(self, row: Row) -> bool:
        """Say whether only opening the link would tell where the row leads, and policy allows it."""
        return not row.target and row.wrapper is not None and (self.follows_paid or not row.wrapper.is_paid)

    async def open(self, engine: Provider, row: Row) -> Landing:
        """Return where the row leads. Raises an `EngineFailure` when the engine does not want its links opened."""
        if row.wrapper is None:
            return Landing(row.target)
        chain = [row.wrapper.url]
        for _ in range(_MAX_HOPS):
            self.opened[engine.name] += 1
            try:
                answer = await self.asker.ask(chain[-1], engine.name)
            except (FetchFailed, RobotsForbid):
                return Landing("", tuple(chain))
            target = _next(engine, answer)
            if not target or target in chain:
                return Landing("", tuple(chain))
            chain.append(target)
            if not engine.is_wrapper(target):
                return Landing(target, tuple(chain))
        return Landing("", tuple(chain))


def _next(engine: Provider, answer: Answer) -> str:
    """Return the address the answer leads to, canonical; empty: to none."""
    if answer.status in _TOO_MANY:
        raise EngineTooMany(
            str(answer.status), int(retry_after_s(answer.header("retry-after"), datetime.now(UTC)) or 0)
        )
    location = answer.header("location")
    if not location:
        location = engine.target_in(decode_html(answer.body[:_LEADING_PAGE], answer.content_type))
    try:
        target = canonical_url(urljoin(answer.final_url, location.strip())) if location else ""
    except ValueError:
        return ""
    failure = engine.refuse_redirect(target) if target else None
    if failure is not None and failure.kind != "denied":
        raise failure
    return target
