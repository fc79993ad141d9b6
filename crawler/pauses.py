"""Who asked to be left alone, and until when. Kept in a file of the home folder, so that a restart forgets nothing."""

import threading
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crawler.engines.model import EngineFailure
from pipelines.errors import StoreUnavailable
from pipelines.files import replace_file

__all__ = ["Pause", "Pauses"]

_MAX_KEPT = 500


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """One engine, or its links, left alone."""

    name: str
    """`baidu`, or `weixin/links`: the engine's counting links only."""
    kind: str
    """`captcha`, `denied`, `too_many`, `changed`."""
    said: str
    """The failure, in Chinese."""
    detail: str = ""
    since: datetime
    until: datetime


class Pauses:
    """Remembers pauses. A pause that is over is as good as none: whoever comes next asks again."""

    def __init__(self, home: Path) -> None:
        self._path = home / "engine_pauses.json"
        self._lock = threading.Lock()

    def current(self, name: str, now: datetime) -> Pause | None:
        """Return the pause that is not over, or None. Raises `StoreUnavailable`."""
        pause = self._read().get(name)
        return pause if pause is not None and pause.until > now else None

    def all(self, now: datetime) -> tuple[Pause, ...]:
        """Return the pauses that are not over, soonest end first. Raises `StoreUnavailable`."""
        return tuple(sorted((one for one in self._read().values() if one.until > now), key=lambda one: one.until))

    def begin(self, name: str, failure: EngineFailure, now: datetime) -> Pause:
        """Leave it alone for as long as the failure says. Raises `StoreUnavailable`."""
        pause = Pause(
            name=name,
            kind=failure.kind,
            said=failure.zh,
            detail=failure.detail[:300],
            since=now,
            until=now + timedelta(seconds=failure.wait_s),
        )
        with self._lock:
            kept = {key: one for key, one in self._read().items() if one.until > now}
            kept[name] = pause
            self._write(kept)
        return pause

    def end(self, name: str) -> bool:
        """Ask again from now on; say whether it was paused. Raises `StoreUnavailable`."""
        with self._lock:
            kept = self._read()
            was_paused = kept.pop(name, None) is not None
            if was_paused:
                self._write(kept)
        return was_paused

    def _read(self) -> dict[str, Pause]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._trouble(error) from None
        try:
            return {one.name: one for one in msgspec.json.decode(content, type=tuple[Pause, ...])[:_MAX_KEPT]}
        except (msgspec.DecodeError, UnicodeDecodeError):
            # A spoilt note costs one more question to an engine, no evidence: better than a sweep that cannot start.
            return {}

    def _write(self, kept: dict[str, Pause]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            content = msgspec.json.format(msgspec.json.encode(tuple(kept.values())), indent=1)
            replace_file(self._path, content, mode=0o600, is_synced=False)
        except OSError as error:
            raise self._trouble(error) from None

    def _trouble(self, error: OSError) -> StoreUnavailable:
        return StoreUnavailable(
            str(self._path), f"读写不了（{error.strerror}）", f"it cannot be read or written ({error.strerror})"
        )
