"""Who asked to be left alone, and until when. A restart forgets nothing: pauses are in a file of the home folder, or with all workers."""

import contextlib
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec

from crawler.engines.model import EngineFailure
from pipelines.errors import StoreUnavailable
from pipelines.files import replace_file
from pipelines.settings import Settings
from pipelines.shared_work import SharedTexts, SharedWork

__all__ = ["Pause", "Pauses", "pauses_of"]

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


class _Kept(Protocol):
    """Where pauses are kept, each under its name."""

    def all(self) -> dict[str, Pause]:
        """Return all, those that are over too. Raises `StoreUnavailable`."""

    def put(self, pause: Pause) -> None:
        """Keep one, in place of an earlier one. Raises `StoreUnavailable`."""

    def drop(self, name: str) -> bool:
        """Forget one; say whether there was one. Raises `StoreUnavailable`."""


class Pauses:
    """Remembers pauses: of this home folder, or of all workers. A pause that is over is as good as none: whoever comes next asks again."""

    def __init__(self, home: Path, together: SharedTexts | None = None) -> None:
        self._kept: _Kept = _WithAllWorkers(together) if together else _InFile(home / "engine_pauses.json")

    def current(self, name: str, now: datetime) -> Pause | None:
        """Return the pause that is not over, or None. Raises `StoreUnavailable`."""
        pause = self._kept.all().get(name)
        return pause if pause is not None and pause.until > now else None

    def all(self, now: datetime) -> tuple[Pause, ...]:
        """Return the pauses that are not over, soonest end first. Raises `StoreUnavailable`."""
        return tuple(sorted((one for one in self._kept.all().values() if one.until > now), key=lambda one: one.until))

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
        self._kept.put(pause)
        return pause

    def end(self, name: str) -> bool:
        """Ask again from now on; say whether it was paused. Raises `StoreUnavailable`."""
        return self._kept.drop(name)


def pauses_of(settings: Settings, work: SharedWork | None) -> Pauses:
    """Return the pauses of these settings: those of all workers where there are several."""
    return Pauses(settings.home, work.pauses if work else None)


class _WithAllWorkers:
    """Pauses every worker sees. A spoilt one is none: it costs one more question to an engine, no evidence."""

    def __init__(self, texts: SharedTexts) -> None:
        self._texts = texts

    def all(self) -> dict[str, Pause]:
        """Return all, those that are over too."""
        kept = {}
        for name, document in self._texts.all().items():
            with contextlib.suppress(msgspec.DecodeError):
                kept[name] = msgspec.json.decode(document, type=Pause)
        return kept

    def put(self, pause: Pause) -> None:
        """Keep one."""
        self._texts.put(pause.name, msgspec.json.encode(pause))

    def drop(self, name: str) -> bool:
        """Forget one."""
        return self._texts.drop(name)


class _InFile:
    """Pauses of a home folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def put(self, pause: Pause) -> None:
        """Keep one."""
        with self._lock:
            kept = {key: one for key, one in self.all().items() if one.until > pause.since}
            kept[pause.name] = pause
            self._write(kept)

    def drop(self, name: str) -> bool:
        """Forget one."""
        with self._lock:
            kept = self.all()
            was_paused = kept.pop(name, None) is not None
            if was_paused:
                self._write(kept)
        return was_paused

    def all(self) -> dict[str, Pause]:
        """Return all, those that are over too."""
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
