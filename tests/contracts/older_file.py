"""Files as earlier layouts left them, made by the layout scripts themselves."""

import sqlite3
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from pipelines.documents import encode
from pipelines.stores.sqlite import connection
from tests.builders import AT, a_lead, a_listing, a_snapshot

NEWEST = len(connection._LAYOUTS)
_WIDE_LEADS = 7
"""The last layout whose leads stood in one wide table; later ones are made from it by their own scripts."""


def older_file(path: Path, layout: int) -> None:
    """Lay the file out as it was at this layout, with a lead, an account and a snapshot in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    _lay_out(raw, connection._LAYOUTS[: min(layout, _WIDE_LEADS)])
    raw.execute('INSERT INTO accounts VALUES (\'wang\', \'{"name":"wang","display_name":"王","role":"admin"}\')')
    lead = a_lead(a_listing(text="包过"))
    us = int(AT.timestamp()) * 1_000_000
    columns = "number, id, version, document, status, level, kind, imitates, assignee, outcome, score_permille, first_seen_us, last_seen_us"
    raw.execute(
        f"INSERT INTO leads ({columns}) VALUES (1, ?, 3, ?, 'new', 'high', 'listing', '', '', '', 720, ?, ?)",
        (lead.id, encode(lead).decode(), us, us),
    )
    snapshot = encode(a_snapshot()).decode()
    if layout < 7:
        raw.execute("INSERT INTO snapshots VALUES ('https://cx.mem.gov.cn/', ?)", (snapshot,))
    _lay_out(raw, connection._LAYOUTS[_WIDE_LEADS:layout])
    raw.execute(f"PRAGMA user_version = {layout}")
    raw.close()


def _lay_out(raw: sqlite3.Connection, scripts: Sequence[str]) -> None:
    for script in scripts:
        raw.executescript((files(connection.__package__) / script).read_text("utf-8"))
