"""Asks an RDAP server about a domain, through the gate: 404 is "not registered", a wish to wait is heeded, everything else odd is `Unknown`."""

import asyncio
import ssl
from typing import NoReturn
from urllib.parse import urljoin, urlsplit

import httpx

from crawler.facts.rdap_answer import is_not_found, read_rdap
from crawler.facts.turns import ServerResting, Turns
from crawler.gate.wire import is_gates_own
from crawler.retry_after import retry_after_s
from detectors.model import Unknown
from detectors.name_facts import Registration, not_registered
from pipelines.ports import Clock

__all__ = ["RdapClient"]

_MAX_BYTES = 1_000_000
_MAX_REDIRECTS = 3
_DEFAULT_REST_S = 60.0
_MAX_REST_S = 86_400.0
_OK, _NOT_FOUND, _TOO_MANY, _UNAVAILABLE = 200, 404, 429, 503
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class RdapClient:
    """Asks RDAP servers. `proxy` is the gate's URL: this client knows no other way out. `trust` says which
    authorities are believed; None: those httpx brings. Use as an async context manager."""

    def __init__(
        self, proxy: str, turns: Turns, clock: Clock, *, timeout_s: float, user_agent: str, trust: ssl.SSLContext | None
    ) -> None:
        self._turns = turns
        self._clock = clock
        self._timeout_s = timeout_s
        self._http = httpx.AsyncClient(
            proxy=proxy,
            verify=trust or True,
            trust_env=False,
            timeout=timeout_s,
            follow_redirects=False,
            headers={
                "Accept": "application/rdap+json, application/json",
                "Accept-Encoding": "identity",
                "User-Agent": user_agent,
            },
        )

    async def __aenter__(self) -> "RdapClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, domain: str, base: str) -> Registration | Unknown:
        """Return what the server at `base` (ends in a slash) says about the domain (A-labels). Never raises for answers."""
        url = f"{base}domain/{domain}"
        try:
            return await self._follow(domain, url)
        except ServerResting:
            pass  # asked to wait: if that is within our patience, taking the next turn waits, else it says so at once
        try:
            return await self._follow(domain, url)
        except ServerResting as resting:
            return Unknown(resting.sentence)

    async def _follow(self, domain: str, url: str) -> Registration | Unknown:
        for _ in range(_MAX_REDIRECTS + 1):
            answer = await self._request(domain, url)
            if not isinstance(answer, str):
                return answer
            url = answer
        return Unknown(f"RDAP 服务器 {_server(url)} 重定向次数过多")

    async def _request(self, domain: str, url: str) -> Registration | Unknown | str:
        """Return the answer, or the address the server sends us to. Raises `ServerResting`."""
        server = _server(url)
        try:
            async with (
                self._turns.turn(server),
                asyncio.timeout(self._timeout_s),
                self._http.stream("GET", url) as response,
            ):
                self._turns.succeed(server)
                if response.status_code in _REDIRECTS:
                    return _target(url, response)
                if _asks_to_wait(response):
                    self._heed(server, response)
                body = await _body(response) if response.status_code in {_OK, _NOT_FOUND} else b""
        except (httpx.TimeoutException, TimeoutError):
            return self._fail(server, "应答超时")
        except httpx.ProxyError:
            return self._fail(server, "无法连接或不允许访问")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return self._fail(server, f"连接失败（{type(error).__name__}）")
        return self._understand(domain, url, response, body)

    def _fail(self, server: str, how: str) -> Unknown:
        sentence = f"RDAP 服务器 {server} {how}"
        self._turns.fail(server, sentence)
        return Unknown(sentence)

    def _understand(
        self, domain: str, url: str, response: httpx.Response, body: bytes | None
    ) -> Registration | Unknown:
        server = _server(url)
        if body is None:
            return Unknown(f"RDAP 服务器 {server} 的应答过大，已放弃")
        if is_gates_own(url, response.headers):
            why = response.headers.get("X-Jianwei-Refused") or response.headers.get("X-Jianwei-Failed", "")
            return Unknown(f"RDAP 服务器 {server} 无法访问（{why}）")
        if response.status_code == _NOT_FOUND:
            if "html" in response.headers.get("Content-Type", "").lower() or not is_not_found(body):
                return Unknown(f"RDAP 服务器 {server} 的 404 不是登记机构的答复（网页或另有说明），不能据此认为未注册")
            return not_registered(domain, f"rdap:{url}", self._clock.now())
        if response.status_code != _OK:
            return Unknown(f"RDAP 服务器 {server} 返回 {response.status_code}")
        return read_rdap(domain, body, f"rdap:{url}", self._clock.now())

    def _heed(self, server: str, response: httpx.Response) -> NoReturn:
        """Let the server rest as long as it asks. Raises `ServerResting`."""
        wait_s = self._wait_s(response.headers.get("Retry-After", ""))
        self._turns.rest(server, wait_s)
        raise ServerResting(server, wait_s)

    def _wait_s(self, text: str) -> float:
        """Return the seconds `Retry-After` asks for (a number or a date)."""
        wait_s = retry_after_s(text, self._clock.now())
        return _DEFAULT_REST_S if wait_s is None else min(wait_s, _MAX_REST_S)


def _target(url: str, response: httpx.Response) -> str | Unknown:
    target = urljoin(url, response.headers.get("Location", ""))
    try:
        parts = urlsplit(target)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and target != url
    except ValueError:
        is_usable = False
    if not is_usable or (url.startswith("https:") and not target.startswith("https:")):
        return Unknown(f"RDAP 服务器 {_server(url)} 重定向到不可用的地址")
    return str(target)


def _asks_to_wait(response: httpx.Response) -> bool:
    status = response.status_code
    return status == _TOO_MANY or (status == _UNAVAILABLE and "Retry-After" in response.headers)


async def _body(response: httpx.Response) -> bytes | None:
    """Return the whole body as it came, or None if it goes on past our limit. Nothing is unpacked: a small answer stays small."""
    read = bytearray()
    async for chunk in response.aiter_raw(65_536):
        read += chunk
        if len(read) > _MAX_BYTES:
            return None
    return bytes(read)


def _server(url: str) -> str:
    return urlsplit(url).netloc
