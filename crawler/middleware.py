"""Scrapy's side of the two promises: nothing leaves but through the gate, no body grows past our limit."""

from time import monotonic
from typing import Any, Self
from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.utils.httpobj import urlparse_cached

__all__ = ["BodyCut", "GateOnly"]

_SLOT = "gate"
"""One for all: `crawler.politeness` has said already that this request may go."""
_PATIENCE = 0.7
"""Share of the time-out a body may take after its head came; past the whole of it Scrapy would throw everything away."""


class GateOnly:
    """Sends every request to the gate, whatever it says itself."""

    def __init__(self, gate_url: str) -> None:
        self._gate_url = gate_url

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the gate of this crawler's settings. Raises KeyError without one."""
        return cls(crawler.settings.attributes["JIANWEI_GATE_URL"].value)

    def process_request(self, request: Request) -> None:
        """Set the proxy; requests of other schemes than http and https are dropped."""
        parts = urlparse_cached(request)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise IgnoreRequest(f"not http: {request.url[:200]}")
        request.meta["proxy"] = self._gate_url
        request.meta["download_slot"] = _SLOT


class BodyCut:
    """Stops a download at the size limit or when it drips on near the time-out; what came is kept."""

    def __init__(self, max_bytes: int, timeout_s: float) -> None:
        self._max_bytes = max_bytes
        self._patience_s = timeout_s * _PATIENCE
        self._running: WeakKeyDictionary[Request, list[float]] = WeakKeyDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take limits from the crawler's settings and listen to its downloads."""
        settings = crawler.settings
        cut = cls(settings.getint("JIANWEI_MAX_BODY_BYTES"), settings.getfloat("DOWNLOAD_TIMEOUT"))
        crawler.signals.connect(cut.on_headers, signal=signals.headers_received)
        crawler.signals.connect(cut.on_bytes, signal=signals.bytes_received)
        return cut

    def on_headers(self, request: Request, **_: Any) -> None:
        """Start the clock of this answer."""
        self._running[request] = [monotonic(), 0]

    def on_bytes(self, data: bytes, request: Request, **_: Any) -> None:
        """Count, and stop what is too much or too slow."""
        state = self._running.setdefault(request, [monotonic(), 0])
        state[1] += len(data)
        if state[1] >= self._max_bytes or monotonic() - state[0] > self._patience_s:
            raise StopDownload(fail=False)
