"""Passwords, the wait after wrong ones, and the accounts of the practice sign-in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipelines.errors import UsageError
from pipelines.model import Account, Role
from pipelines.ports import AccountStore

__all__ = [
    "MIN_PASSWORD", "PRACTICE_PREFIX", "Throttle", "check_password", "hash_password", "is_practice", "practice_account",
]  # fmt: skip

MIN_PASSWORD = 10
"""Characters. Length is what helps against guessing; nothing else is demanded."""
_MAX_PASSWORD = 1024
PRACTICE_PREFIX = "practice-"
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the Argon2id hash (about 0.1 s of work). Raises `UsageError` for a password that is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= _MAX_PASSWORD:
        raise UsageError(
            f"密码须为 {MIN_PASSWORD} 到 {_MAX_PASSWORD} 个字符，现为 {len(password)} 个。",
            f"A password has {MIN_PASSWORD} to {_MAX_PASSWORD} characters; this one has {len(password)}.",
        )
    return _hasher.hash(password)


def check_password(accounts: AccountStore, name: str, password: str) -> Account | None:
    """Return the account if the password is right and it may sign in. Takes as long for an account that does not exist."""
    account = accounts.get(name)
    known = account.password_hash if account and account.password_hash else _decoy()
    try:
        _hasher.verify(known, password[:_MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    if account is None or not account.password_hash or account.is_disabled:
        return None
    return account


_decoys: list[str] = []


def _decoy() -> str:
    """Return a hash nobody knows the password of, made once: unknown names must not answer faster."""
    if not _decoys:
        _decoys.append(_hasher.hash("no account has this password, and none may"))
    return _decoys[0]


def is_practice(name: str) -> bool:
    """Say whether the account belongs to the practice sign-in and must not be used outside practice."""
    return name.startswith(PRACTICE_PREFIX)


def practice_account(role: Role) -> Account:
    """Return the account the practice sign-in uses for a role. It has no password."""
    return Account(name=f"{PRACTICE_PREFIX}{role.value}", display_name="演练用户", role=role)


class Throttle:
    """Makes whoever types wrong passwords wait: after five failures within a quarter of an hour, for the rest of it. In memory."""

    failures_allowed = 5
    window = timedelta(minutes=15)
    _max_keys = 10_000

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures: dict[str, list[datetime]] = {}

    def wait_s(self, *keys: str) -> int:
        """Return the seconds until these keys (account, address) may try again; 0: at once."""
        return max((self._wait_of(key) for key in keys), default=0)

    def _wait_of(self, key: str) -> int:
        recent = [at for at in self._failures.get(key, ()) if self._now() - at < self.window]
        if len(recent) < self.failures_allowed:
            return 0
        return int((recent[-self.failures_allowed] + self.window - self._now()).total_seconds()) + 1

    def failed(self, *keys: str) -> None:
        """Remember a wrong password."""
        if len(self._failures) > self._max_keys:
            self._forget_old()
        for key in keys:
            self._failures[key] = [*self._failures.get(key, ())[-self.failures_allowed :], self._now()]

    def succeeded(self, *keys: str) -> None:
        """Forget the failures of a key that has signed in."""
        for key in keys:
            self._failures.pop(key, None)

    def _forget_old(self) -> None:
        now = self._now()
        self._failures = {key: at for key, at in self._failures.items() if now - at[-1] < self.window}
