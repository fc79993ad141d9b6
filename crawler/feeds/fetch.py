"""One GET at a time from a log's server: bounded in bytes and time, every failure sorted by what may be done about it."""

import asyncio
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum

import httpx

from crawler.gate.wire import is_gates_own
from crawler.retry_after import retry_after_s

__all__ = ["Failure", "FetchFailed", "LogServer"]

_OK = 200
_TOO_MANY = 429
_UNAVAILABLE = 503
_SERVER_ERRORS = 500
_TOTAL_S = 120.0
_MAX_BYTES = 64_000_000
"""A thousand entries with their chains are some 10 MB."""


class Failure(StrEnum):
    """Why an answer could not be had."""

    UNREACHABLE = "unreachable"
    """Nobody answered, or the gate let nothing out."""
    BUSY = "busy"
    """We ask too often, or the server is overloaded."""
    FAILED = "failed"
    """The server broke over this question."""
    REFUSED = "refused"
    """The server will not answer this question."""
    INVALID = "invalid"
    """The answer is not what it should be."""


class FetchFailed(Exception):
    """An answer could not be had."""

    def __init__(self, failure: Failure, cause: str, retry_after_s: float | None = None) -> None:
        super().__init__(cause)
        self.failure = failure
        self.cause = cause
        self.retry_after_s = retry_after_s
        """How long the server asks us to wait; None: it does not say."""


class LogServer:
    """The server of one log."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        explain: Callable[[str], str] = lambda _: "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Ask below `url` through `client`; `explain` says what the way out thinks of a URL that failed (empty: nothing)."""
        self._client = client
        self._base = url.rstrip("/")
        self._explain = explain
        self._now = now

    async def get(self, path: str, params: Mapping[str, int] | None = None) -> bytes:
        """Return the decoded body. Raises `FetchFailed`."""
        url = f"{self._base}/{path}"
        headers = {"Accept-Encoding": "gzip, identity"}
        try:
            async with (
                asyncio.timeout(_TOTAL_S),
                self._client.stream("GET", url, params=params, headers=headers) as response,
            ):
                self._check_status(url, response)
                return await _body(response)
        except TimeoutError:
            raise FetchFailed(Failure.UNREACHABLE, f"{url}: no whole answer in {_TOTAL_S:.0f} s") from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            cause = self._explain(url) or f"{type(error).__name__} {error}".strip()
            raise FetchFailed(Failure.UNREACHABLE, f"{url}: {cause}") from error

    def _check_status(self, url: str, response: httpx.Response) -> None:
        status = response.status_code
        if status == _OK:
            return
        if is_gates_own(url, response.headers):
            raise FetchFailed(Failure.UNREACHABLE, f"{url}: {self._explain(url) or status}")
        wait_s = retry_after_s(response.headers.get("retry-after", ""), self._now())
        if status == _TOO_MANY or (status == _UNAVAILABLE and wait_s is not None):
            failure = Failure.BUSY
        else:
            failure = Failure.FAILED if status >= _SERVER_ERRORS else Failure.REFUSED
        raise FetchFailed(failure, f"{url}: HTTP {status}", wait_s)


async def _body(response: httpx.Response) -> bytes:
    """Read and unpack the body ourselves: a few bytes of gzip may stand for gigabytes."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip"}:
        raise FetchFailed(Failure.INVALID, f"{response.url}: unknown encoding {encoding[:40]}")
    unpack = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    parts: list[bytes] = []
    size = 0
    try:
        async for raw in response.aiter_raw():
            part = unpack.decompress(raw, _MAX_BYTES + 1) if unpack else raw
            size += len(part)
            if size > _MAX_BYTES:
                raise FetchFailed(Failure.INVALID, f"{response.url}: more than {_MAX_BYTES} bytes")
            parts.append(part)
    except zlib.error as error:
        raise FetchFailed(Failure.INVALID, f"{response.url}: broken gzip ({error})") from error
    if unpack and not unpack.eof:
        raise FetchFailed(Failure.INVALID, f"{response.url}: the gzip ends too early")
    return b"".join(parts)
