"""A contract test runs once in memory, once on a real SQLite file and, if its port lives in the cluster, on a real Elasticsearch."""

import pytest

from pipelines.stores.sqlite.connection import Database
from tests.contracts.implementations import in_memory, on_elastic, on_sqlite

OF_THE_MACHINE = {
    "test_fact_cache",
    "test_feed_bookmarks",
    "test_filing_registry",
    "test_mark_store",
}
"""Modules about ports that live in the machine's own SQLite file in either mode."""


def pytest_generate_tests(metafunc):
    if "stores" in metafunc.fixturenames:
        is_shared = metafunc.module.__name__.rpartition(".")[2] not in OF_THE_MACHINE
        metafunc.parametrize("stores", ["memory", "sqlite", *(["elastic"] if is_shared else [])], indirect=True)


@pytest.fixture
def stores(request, tmp_path, clock):
    if request.param == "memory":
        yield in_memory(clock)
        return
    database = Database(tmp_path / "case.sqlite")
    if request.param == "sqlite":
        yield on_sqlite(database, tmp_path, clock)
    else:
        yield on_elastic(request.getfixturevalue("cluster"), database, tmp_path, clock)
    database.close()
