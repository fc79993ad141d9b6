"""Who is signed in: a signed cookie, a token against forged posts, and sign-outs that hold."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import itsdangerous

from pipelines.model import Account
from pipelines.ports import AccountStore, Clock
from review_ui.accounts import is_practice

__all__ = ["SESSION_COOKIE", "VISITOR_COOKIE", "Session", "Sessions"]

SESSION_COOKIE = "jianwei_session"
VISITOR_COOKIE = "jianwei_visitor"
"""Before signing in: what the sign-in form's token is bound to."""
_MAX_REVOKED = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser."""

    account: Account
    nonce: str


class Sessions:
    """Makes and reads session cookies. The key comes from the home folder, so a restart signs nobody out."""

    def __init__(self, key: bytes, hours: int, clock: Clock, *, allows_practice: bool) -> None:
        self._key = key
        self._signer = itsdangerous.URLSafeSerializer(key, salt="jianwei.session")
        self._length = timedelta(hours=hours)
        self._clock = clock
        self._allows_practice = allows_practice
        self._revoked: dict[str, datetime] = {}

    def begin(self, account: Account) -> str:
        """Return the cookie of a new session."""
        return str(
            self._signer.dumps(
                {
                    "name": account.name,
                    "nonce": secrets.token_urlsafe(16),
                    "until": int((self._clock.now() + self._length).timestamp()),
                    "stamp": _stamp(account),
                }
            )
        )

    def read(self, cookie: str, accounts: AccountStore) -> Session | None:
        """Return the session, or None when it is forged, over, signed out, or its account was changed or disabled since."""
        try:
            content = self._signer.loads(cookie)
        except itsdangerous.BadData:
            return None
        now = self._clock.now()
        if content["until"] <= now.timestamp() or content["nonce"] in self._revoked:
            return None
        account = accounts.get(content["name"])
        if account is None or account.is_disabled or not hmac.compare_digest(_stamp(account), content["stamp"]):
            return None
        if is_practice(account.name) and not self._allows_practice:
            return None
        return Session(account, content["nonce"])

    def end(self, session: Session) -> None:
        """Sign out: the cookie is worth nothing from now on, wherever a copy of it lies."""
        now = self._clock.now()
        if len(self._revoked) > _MAX_REVOKED:
            self._revoked = {nonce: until for nonce, until in self._revoked.items() if until > now}
        self._revoked[session.nonce] = now + self._length

    def token(self, nonce: str) -> str:
        """Return the token every form of this session (or visitor) carries."""
        return hmac.new(self._key, f"jianwei.form:{nonce}".encode(), hashlib.sha256).hexdigest()

    def is_token(self, nonce: str, token: str) -> bool:
        """Say whether the token belongs to the session (or visitor)."""
        return bool(nonce) and hmac.compare_digest(self.token(nonce).encode(), token.encode())


def _stamp(account: Account) -> str:
    """Change with the password and the role, so that either ends all sessions of the account."""
    return hashlib.sha256(f"{account.password_hash}\x1f{account.role.value}".encode()).hexdigest()[:16]
