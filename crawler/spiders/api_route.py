"""Asks a platform's partner interface, through the gate like everything else: one request at a time, reading only, within its budget."""

from collections import Counter
from datetime import UTC, datetime

from crawler.capture import Answer
from crawler.fetch import Fetcher, FetchFailed
from crawler.platforms.api import auth_of
from crawler.platforms.model import Api, Platform
from crawler.platforms.read import PlatformBlocked
from crawler.politeness import Politeness
from crawler.retry_after import retry_after_s
from detectors.pages.read import decode_html
from keywords.hosts import host_of, owned_domain
from pipelines.settings import Settings

__all__ = ["ApiRoute", "BudgetSpent"]

_TOO_MANY = frozenset({429, 503})
_REFUSED = frozenset({401, 403, *range(300, 400)})
_SERVER_ERROR_FROM = 500
_USUAL_REST_S = 600.0


class BudgetSpent(Exception):
    """The run's requests to this interface are used up."""


class ApiRoute:
    """One for all interfaces of a run."""

    def __init__(self, fetcher: Fetcher, politeness: Politeness, settings: Settings, asked: Counter[str]) -> None:
        """`fetcher` must not ask for robots.txt: the interface's terms are a contract. `asked` counts requests of the whole run."""
        self._fetcher = fetcher
        self._politeness = politeness
        self._settings = settings
        self._asked = asked

    async def ask(self, platform: Platform, api: Api, url: str) -> tuple[Answer, str]:
        """Return the answer and its text. Raises `PlatformBlocked` for a key that is refused, `BudgetSpent`, `FetchFailed`, `InputUnreadable`."""
        if self._asked[platform.name] >= api.budget:
            raise BudgetSpent
        self._asked[platform.name] += 1
        headers = {"Accept": "application/json", **auth_of(api, self._settings.home)}
        answer = await self._fetcher.ask(url, f"{platform.name}/api", headers)
        if answer.status in _TOO_MANY:
            await self._politeness.leave_alone(owned_domain(host_of(url)), _wait_s(answer))
            raise FetchFailed(f"接口要求稍后再问（HTTP {answer.status}）")
        if answer.status in _REFUSED:
            raise PlatformBlocked(f"HTTP {answer.status}")
        if answer.status >= _SERVER_ERROR_FROM:
            raise FetchFailed(f"接口出错（HTTP {answer.status}）")
        return answer, decode_html(answer.body, answer.content_type)


def _wait_s(answer: Answer) -> float:
    said = retry_after_s(answer.header("retry-after"), datetime.now(UTC))
    return _USUAL_REST_S if said is None else said
