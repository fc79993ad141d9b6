"""The way to the Redis that workers share, and what its troubles are called."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import redis
from redis import asyncio as redis_asyncio
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, AuthorizationError, BusyLoadingError, ReadOnlyError, RedisError
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as TimedOut
from redis.retry import Retry

from pipelines.errors import SettingInvalid, StoreUnavailable
from pipelines.settings import Settings

__all__ = ["RedisLink", "Script", "link_of"]

_Result = TypeVar("_Result")
_PASSING = (NotConnected, TimedOut, BusyLoadingError, ReadOnlyError, OSError)
"""Troubles that may be over in a moment: a restart, a failover, a cable."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 1.0
_ANSWER_S = 10.0
_LOCAL = ("127.", "localhost", "[::1]")


class RedisLink:
    """One Redis, reached from threads (`run`) and from an event loop (`arun`). Connects at the first question.

    Whatever is asked must be safe to ask twice: a question whose answer was lost is asked again, for at most `patience_s`.
    """

    def __init__(self, url: str, *, patience_s: float = 20.0, **options: Any) -> None:
        self.where = f"Redis {url}"
        self._patience_s = patience_s
        self._is_given_up = False
        """The last question was in vain for the whole of our patience: the next one is not waited for as long again."""
        options |= {"socket_connect_timeout": 5.0, "health_check_interval": 30, "client_name": "jianwei"}
        self._client = redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=_ANSWER_S, **options)
        self._async_client = redis_asyncio.Redis.from_url(
            url, retry=redis_asyncio.retry.Retry(NoBackoff(), 0), socket_timeout=_ANSWER_S, **options
        )

    def run(self, ask: Callable[[Any], Any], *, patience_s: float | None = None) -> Any:
        """Return what `ask(client)` returns. Raises `StoreUnavailable`."""
        attempt = _Attempts(self, patience_s)
        while True:
            try:
                return self._heard(ask(self._client))
            except RedisError as error:
                time.sleep(attempt.pause_after(error))
            except OSError as error:
                time.sleep(attempt.pause_after(error))

    async def arun(self, ask: Callable[[Any], Awaitable[_Result]]) -> _Result:
        """Return what `await ask(client)` returns. Raises `StoreUnavailable`."""
        attempt = _Attempts(self, None)
        while True:
            try:
                return self._heard(await ask(self._async_client))
            except RedisError as error:
                await asyncio.sleep(attempt.pause_after(error))
            except OSError as error:
                await asyncio.sleep(attempt.pause_after(error))

    def _heard(self, answer: _Result) -> _Result:
        self._is_given_up = False
        return answer

    def _limit_s(self, patience_s: float | None) -> float:
        return 0.0 if self._is_given_up else self._patience_s if patience_s is None else patience_s

    def require_answer(self) -> None:
        """Make sure that the server is there and lets us in. Raises `StoreUnavailable` at once where it is not."""
        self.run(lambda client: client.ping(), patience_s=0.0)

    def close(self) -> None:
        """Let go of the threads' connections."""
        self._client.close()

    async def aclose(self) -> None:
        """Let go of the loop's connections; the next question makes new ones."""
        await self._async_client.aclose()
        await self._async_client.connection_pool.disconnect()


class _Attempts:
    """How long it is worth asking again."""

    def __init__(self, link: RedisLink, patience_s: float | None) -> None:
        self._link = link
        self._where = link.where
        self._ends_at = time.monotonic() + link._limit_s(patience_s)
        self._pause_s = _FIRST_PAUSE_S

    def pause_after(self, error: Exception) -> float:
        """Return the seconds to wait before asking again. Raises `StoreUnavailable` when that is pointless."""
        if isinstance(error, AuthenticationError | AuthorizationError):
            raise StoreUnavailable(
                self._where,
                f"它拒绝了用户名或密码（{error}），请检查 workers.username 和 workers.password",
                f"it refused user name or password ({error}); check workers.username and workers.password",
            ) from None
        if not isinstance(error, _PASSING):
            raise StoreUnavailable(
                self._where, f"它拒绝了请求（{error}）", f"it refused the request ({error})"
            ) from None
        pause, self._pause_s = self._pause_s, min(self._pause_s * 2, _LONGEST_PAUSE_S)
        if time.monotonic() + pause > self._ends_at:
            self._link._is_given_up = True
            raise StoreUnavailable(
                self._where,
                f"无法连接（{error}），请检查 workers.redis_url，以及 Redis 服务是否在运行",
                f"it cannot be reached ({error}); check workers.redis_url and whether the Redis server runs",
            ) from None
        return pause


class Script:
    """A Lua script beside this module, run whole or not at all; `parts` are put together in their order."""

    def __init__(self, *parts: str) -> None:
        folder = resources.files(__package__)
        self._text = "\n".join((folder / f"{part}.lua").read_text("utf-8") for part in parts)

    def run(self, link: RedisLink, base: str, *args: str | bytes | int | float) -> Any:
        """Run it over the keys that begin with `base`. Raises `StoreUnavailable`."""
        return link.run(lambda client: client.register_script(self._text)(keys=[base], args=args))

    async def arun(self, link: RedisLink, base: str, *args: str | bytes | int | float) -> Any:
        """Run it from an event loop. Raises `StoreUnavailable`."""
        return await link.arun(lambda client: client.register_script(self._text)(keys=[base], args=args))


def link_of(settings: Settings) -> RedisLink:
    """Return the way to the Redis of the settings. Raises `SettingInvalid` for settings that cannot work together."""
    wanted = settings.workers
    origin = settings.origins.get("workers.redis_url", "jianwei.toml")
    if settings.store.kind == "sqlite" and not _is_local(wanted.redis_url):
        raise SettingInvalid(
            "workers.redis_url",
            origin,
            "Redis 不在本机，而 store.kind 是 sqlite：各台机器会把线索写进各自的文件，得不到同一份案卷。"
            '多台机器共同巡查请设 store.kind = "elasticsearch"；只在本机运行多个进程时，请用 127.0.0.1 或 unix 套接字',
            "Redis is not on this machine while store.kind is sqlite: each machine would write leads into a file of its own. "
            'For several machines set store.kind = "elasticsearch"; for several processes of this machine use 127.0.0.1 or a unix socket',
        )
    options: dict[str, Any] = {}
    if wanted.username:
        options["username"] = wanted.username
    if password := wanted.password.get_secret_value() or _read_password(settings, wanted.password_file):
        options["password"] = password
    if wanted.redis_url.startswith("rediss:") and wanted.ca_file:
        options["ssl_ca_certs"] = str(settings.home / wanted.ca_file)
    return RedisLink(wanted.redis_url, patience_s=wanted.patience_s, **options)


def _is_local(url: str) -> bool:
    kind, _, rest = url.partition("://")
    return kind == "unix" or rest.startswith(_LOCAL)


def _read_password(settings: Settings, path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return (settings.home / path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingInvalid(
            "workers.password_file",
            settings.origins.get("workers.password_file", "jianwei.toml"),
            f"文件 {path} 无法读取（{error}）",
            f"the file {path} cannot be read ({error})",
        ) from error
