"""Who a pseudonym stands for: kept sealed, opened only to write to the platform, and every opening is in the audit log.

Leads, evidence records and screens carry the pseudonym. The name or id itself lies in `sellers/<2 digits>/<pseudonym>` of the home
folder, sealed (AES-256-GCM) with a key of its own from `secret.key`: a copied folder without the key file tells nothing.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.errors import InputUnreadable, StoreUnavailable
from pipelines.files import replace_file
from pipelines.secrets import pseudonym, secret_key

__all__ = ["SellerVault", "kept_pseudonym"]

_NONCE = 12
_MAX_NAME = 2000
_PSEUDONYM = re.compile(r"[0-9a-f]{16}")


class SellerVault:
    """Keeps names under their pseudonyms. Keeping the same name again changes nothing."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "sellers"
        self._names = secret_key(home, "seller")
        self._seal = AESGCM(secret_key(home, "seller-vault"))
        self._known: set[str] = set()

    def keep(self, name: str) -> str:
        """Seal the name (or `platform:id`) and return the pseudonym that stands for it. Raises `StoreUnavailable`."""
        name = name.strip()[:_MAX_NAME]
        token = pseudonym(self._names, name)
        path = self._path(token)
        if token in self._known:
            return token
        try:
            if not path.exists():
                nonce = os.urandom(_NONCE)
                self._write(path, nonce + self._seal.encrypt(nonce, name.encode(), token.encode()))
        except OSError as error:
            raise _trouble(path, error) from error
        self._known.add(token)
        return token

    def open(self, token: str) -> str:
        """Return the name a pseudonym stands for; empty: it was never kept. Whoever opens it writes the audit log.

        Raises `StoreUnavailable`; `InputUnreadable` when it was tampered with or sealed with another key.
        """
        if not _PSEUDONYM.fullmatch(token):
            return ""
        path = self._path(token)
        try:
            sealed = path.read_bytes()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise _trouble(path, error) from error
        try:
            return self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], token.encode()).decode()
        except (InvalidTag, ValueError):
            raise InputUnreadable(
                str(path), "打不开：被改动过，或密钥文件不是当时的", "it was changed, or sealed with another key file"
            ) from None

    def _path(self, token: str) -> Path:
        return self._folder / token[:2] / token

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, content, mode=0o600, is_synced=False)


def kept_pseudonym(home: Path) -> Callable[[str], str]:
    """Return this installation's way of turning sellers into pseudonyms that it can open again. Raises as `secret_key`."""
    return SellerVault(home).keep


def _trouble(path: Path, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(
        str(path), f"读写不了（{error.strerror}）", f"it cannot be read or written ({error.strerror})"
    )
