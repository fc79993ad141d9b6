"""The served log, the API it is read by, and the desk around it."""

import pytest

from tests.crawler.feeds.follow import Desk
from tests.crawler.feeds.log_server import ServedLog
from tests.crawler.feeds.one_log import TREE


@pytest.fixture
def log() -> ServedLog:
    return ServedLog(TREE)


@pytest.fixture(params=["rfc6962", "static_ct"])
def kind(request) -> str:
    return request.param


@pytest.fixture
def desk() -> Desk:
    return Desk()
