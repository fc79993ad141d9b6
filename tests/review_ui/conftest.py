"""A desk with a day's work in it. The work is made once; every test gets its own copy."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from pipelines.bootstrap import Case
from pipelines.evidence.vault import Vault
from pipelines.marks.books import MarkBooks
from pipelines.marks.followed_leads import FollowedLeads
from pipelines.stores.sqlite.accounts import SqliteAccounts
from pipelines.stores.sqlite.audit import SqliteAudit
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.frontier import SqliteFrontier
from pipelines.stores.sqlite.leads import SqliteLeads
from pipelines.stores.sqlite.marks import SqliteMarks
from pipelines.stores.sqlite.queries import SqliteQueryLedger
from pipelines.stores.sqlite.runs import SqliteRuns
from pipelines.stores.sqlite.saved_searches import SqliteSavedSearches
from pipelines.stores.sqlite.snapshots import SqliteSnapshots
from review_ui.app import create_app
from tests.conftest import FixedClock
from tests.review_ui.desk_client import DeskClient
from tests.review_ui.desk_world import open_world, settings_for


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The day's work, closed: a folder to copy."""
    with open_world(tmp_path_factory.mktemp("world"), practice_sign_in=True) as opened:
        return opened


@pytest.fixture
def case(made_once: Case, tmp_path: Path) -> Iterator[Case]:
    shutil.copytree(made_once.settings.home, tmp_path, dirs_exist_ok=True)
    settings, clock = settings_for(tmp_path, practice_sign_in=True), FixedClock()
    database = Database(settings.home / settings.store.path, busy_timeout_s=10)
    marks = SqliteMarks(database)
    books = MarkBooks(marks, made_once.roster, str)
    with replace(
        made_once,
        settings=settings,
        clock=clock,
        leads=FollowedLeads(SqliteLeads(database, clock), books),
        marks=marks,
        mark_books=books,
        audit=SqliteAudit(database),
        accounts=SqliteAccounts(database),
        saved_searches=SqliteSavedSearches(database),
        snapshots=SqliteSnapshots(database),
        frontier=SqliteFrontier(database),
        runs=SqliteRuns(database),
        queries=SqliteQueryLedger(database),
        evidence=Vault(settings.home / "evidence"),
        _database=database,
    ) as opened:
        yield opened


@pytest.fixture
def app(case: Case) -> FastAPI:
    return create_app(case, case.settings)


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[DeskClient]:
    """Nobody signed in."""
    with DeskClient(app) as client:
        yield client
