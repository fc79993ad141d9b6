"""Keys of this installation, drawn from one random file in its home folder.

`secret.key` (32 random bytes, readable by its owner only) is made on first use. Each purpose gets its own key, so that a leaked
session key tells nothing about the pseudonyms of sellers. Losing the file signs everybody out and breaks the link between old
and new pseudonyms; it is as worth protecting as the database.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from pipelines.errors import InputUnreadable, StoreUnavailable

__all__ = ["keyed_pseudonym", "pseudonym", "secret_key", "seller_pseudonym"]

_LENGTH = 32


def secret_key(home: Path, purpose: str) -> bytes:
    """Return the 32 bytes for this purpose, the same every time. Raises `StoreUnavailable`, `InputUnreadable`."""
    path = home / "secret.key"
    try:
        root = _read(path) or _make(path)
    except OSError as error:
        raise StoreUnavailable(
            str(path), f"密钥文件无法读写（{error.strerror}）", f"the key file cannot be used ({error.strerror})"
        ) from error
    if len(root) != _LENGTH:
        raise InputUnreadable(
            str(path), "密钥文件长度不对，请从备份恢复", "it has the wrong length; restore it from a backup"
        )
    return hmac.digest(root, purpose.encode(), hashlib.sha256)


def pseudonym(key: bytes, name: str) -> str:
    """Return the 16 hex digits that stand for a seller: the same seller is recognised, the name cannot be guessed back."""
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:16]


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _make(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=".key-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_LENGTH))
            file.flush()
            os.fsync(file.fileno())
        # A link fails where another process was quicker; both then read the one that stands.
        if not path.exists():
            path.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        Path(aside).unlink(missing_ok=True)
    return path.read_bytes()


def seller_pseudonym(home: Path) -> Callable[[str], str]:
    """Return this installation's way of turning sellers' names into pseudonyms. Raises as `secret_key`."""
    key = secret_key(home, "seller")
    return lambda name: pseudonym(key, name)


def keyed_pseudonym(home: Path, purpose: str) -> Callable[[str], str]:
    """Return this installation's pseudonyms for a purpose; the key is made when the first one is asked for. Raises as `secret_key`."""
    key = b""

    def named(text: str) -> str:
        nonlocal key
        key = key or secret_key(home, purpose)
        return pseudonym(key, text)

    return named
