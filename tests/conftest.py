"""What every test may rely on: a fixed clock, an own home folder, and no socket but loopback."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import hypothesis
import pytest

from tests import elastic_server, turns
from tests.redis_server import SERVER, RedisServer

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

# How long one example takes says more about what else the machine does than about the code; speed has its own tests and benchmarks.
# A run that decides over a change tries the same examples each time; everybody else's tries new ones.
hypothesis.settings.register_profile("any machine", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("any machine")


class FixedClock:
    """A clock that stands still until moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection that would leave this machine. This guards the standard library, not our code."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not ipaddress.ip_address(address[0].split("%")[0]).is_loopback:
            raise AssertionError(f"a test tried to reach {address}")
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    yield


def pytest_configure() -> None:
    """Choose where the Elasticsearch of this run lives, before the workers are started."""
    elastic_server.choose_folder()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: turns.longest_first(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep each file on one worker."""
    return turns.ByFile(config, log)


def pytest_unconfigure() -> None:
    """Stop it, in the process that chose."""
    elastic_server.drop_server()


@pytest.fixture(scope="session")
def elastic_plan():
    """The real Elasticsearch, started on first use."""
    return elastic_server.running_server()


@pytest.fixture(scope="session")
def shared_cluster(elastic_plan):
    """A client of it with indices of this worker's own, deleted at the end."""
    made = elastic_server.a_cluster(elastic_plan)
    yield made
    elastic_server.drop_indices(made)


@pytest.fixture
def cluster(shared_cluster):
    """A client of the real Elasticsearch whose indices are empty."""
    yield shared_cluster
    elastic_server.empty_indices(shared_cluster)


@pytest.fixture(scope="session")
def redis_server():
    """The real Redis of this worker; each test uses names or numbers of its own, or `redis_url`."""
    if not SERVER:
        pytest.skip("there is no redis-server on this machine")
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis_url(redis_server):
    """Its address; the server is empty."""
    import redis

    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url
