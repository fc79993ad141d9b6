"""Accounts in SQLite."""

from pipelines.documents import encode
from pipelines.model import Account
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteAccounts"]


class SqliteAccounts:
    """An `AccountStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Account | None:
        """Return the account, or None."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT document FROM accounts WHERE name = ?", (name,)).fetchone()
        return self._database.document(Account, found[0]) if found else None

    def put(self, account: Account) -> None:
        """Create or replace it."""
        with self._database.writing() as connection:
            connection.execute("REPLACE INTO accounts VALUES (?, ?)", (account.name, encode(account).decode()))

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT document FROM accounts ORDER BY name").fetchall()
        return tuple(self._database.document(Account, content) for (content,) in rows)
