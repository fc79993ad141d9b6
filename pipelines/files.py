"""Small files put in place whole or not at all, and names put on the disk."""

import os
from pathlib import Path
from uuid import uuid4

__all__ = ["replace_file", "sync"]


def replace_file(path: Path, content: bytes, *, mode: int = 0o666, is_synced: bool = True) -> None:
    """Put a file in place of an older one, or none, so that whoever opens it reads one of the two whole; its folder must be there.

    `mode` is that of a new file, before the umask. Synced, its bytes are on the disk before it takes its name. Raises OSError; then the older one stands.
    """
    # A name of its own: several processes may write at once. The dot keeps it out of backups.
    aside = path.with_name(f".{path.name}.{uuid4().hex[:12]}.part")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if is_synced:
                file.flush()
                os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Put a file's bytes, or a folder's names, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
