"""A contract test runs once in memory and once on a real SQLite file."""

import pytest

from pipelines.stores.sqlite.connection import Database
from tests.contracts.implementations import in_memory, on_sqlite


@pytest.fixture(params=["memory", "sqlite"])
def stores(request, tmp_path, clock):
    if request.param == "memory":
        yield in_memory(clock)
        return
    database = Database(tmp_path / "case.sqlite")
    yield on_sqlite(database, tmp_path, clock)
    database.close()
