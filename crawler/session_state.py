"""How the browser sessions that staff hold stand: opened by a person when, stopped by which wall. Files beside each profile."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pipelines.files import replace_file

__all__ = ["SessionState", "folder_of", "forget_session", "note_opened", "note_stopped", "session_state"]


class _Stop(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """Whether a session can be read in."""

    opened_at: datetime | None
    """When a person last had it open; None: never."""
    stopped_at: datetime | None = None
    """None: no wall stands in the way."""
    said: str = ""
    """What it met; empty: nothing."""


def folder_of(home: Path, name: str) -> Path:
    """Return the folder of a platform's session."""
    return home / "sessions" / name


def session_state(home: Path, name: str) -> SessionState:
    """Return how the session of a platform stands."""
    folder = folder_of(home, name)
    try:
        opened_at = datetime.fromtimestamp((folder / "opened").stat().st_mtime, UTC)
    except OSError:
        opened_at = None
    try:
        stop = msgspec.json.decode((folder / "stopped.json").read_bytes(), type=_Stop)
    except (OSError, msgspec.DecodeError):
        return SessionState(opened_at=opened_at)
    return SessionState(opened_at=opened_at, stopped_at=stop.at, said=stop.said)


def note_opened(home: Path, name: str) -> None:
    """Write down that a person had it open just now: no wall stands in the way any more."""
    (folder_of(home, name) / "opened").touch(mode=0o600)
    (folder_of(home, name) / "stopped.json").unlink(missing_ok=True)


def note_stopped(home: Path, name: str, said: str) -> None:
    """Write down that a person is needed."""
    stop = _Stop(at=datetime.now(UTC), said=said[:200])
    replace_file(folder_of(home, name) / "stopped.json", msgspec.json.encode(stop), mode=0o600, is_synced=True)


def forget_session(home: Path, name: str) -> bool:
    """Remove a session with its cookies; return whether there was one."""
    folder = folder_of(home, name)
    was_there = folder.is_dir()
    shutil.rmtree(folder, ignore_errors=True)
    return was_there
