"""Two machines on one run: homes of their own, one Redis for the work, one real Elasticsearch for the case, one folder of evidence."""

import json
import threading
from collections import defaultdict

import pytest
import redis

from pipelines.bootstrap import open_case
from pipelines.model import LeadQuery
from pipelines.secrets import secret_key
from tests import elastic_server
from tests.crawler.test_sweep import base_tables, names_file, write_settings, zone
from tests.crawler.test_workers import NAMES, end_state, landing_pages, slow_pages, start, wait_for
from tests.crawler.tiny_world import name_server, tiny_world
from tests.redis_server import needs_redis

pytestmark = [needs_redis, pytest.mark.timeout(600)]


@pytest.fixture
def cluster_tables(elastic_plan):
    prefix = elastic_server.a_prefix()
    yield {
        "store": {"kind": "elasticsearch"},
        "store.elasticsearch": {
            "nodes": list(elastic_plan.urls),
            "username": "elastic",
            "password_file": str(elastic_plan.password_file),
            "ca_file": str(elastic_plan.ca_file),
            "prefix": prefix,
            "replicas": 0,
            "refresh_ms": 10,
        },
    }
    elastic_server.drop_indices(elastic_server.a_cluster(elastic_plan, prefix=prefix))


def join_machines(first, second):
    """Let two homes be of one installation: the same key, and evidence in one folder, as a network file system gives it."""
    for home in (first, second):
        home.mkdir(parents=True)
    secret_key(first, "seller")
    (second / "secret.key").write_bytes((first / "secret.key").read_bytes())
    (first / "evidence").mkdir()
    (second / "evidence").symlink_to(first / "evidence")


def test_two_machines_share_one_run_and_one_case(tmp_path, redis_url, cluster_tables):
    first, second, alone = tmp_path / "first", tmp_path / "second", tmp_path / "alone"
    join_machines(first, second)
    released = threading.Event()
    with tiny_world(slow_pages(defaultdict(list), released)) as world, name_server(zone(*NAMES)) as dns:
        crawl = {"concurrency": 2, "timeout_s": 60.0}
        shared = base_tables(world, dns, crawl=crawl, workers={"redis_url": redis_url}, **cluster_tables)
        tables = {first: shared | {"files": names_file(first, *NAMES)}, second: shared}
        for home, values in tables.items():
            write_settings(home, values)
        with start(second, "sweep", "--join", "--json") as two, start(first, "sweep", "--json") as one:
            with redis.Redis.from_url(redis_url) as client:
                wait_for(lambda: len(client.keys("jianwei:{R*}:held:*")) >= 2, "both have work", one, two)
            released.set()
            told = [json.loads(each.communicate(timeout=300)[0]) for each in (one, two)]
        assert [each.returncode for each in (one, two)] == [0, 0]
        assert landing_pages(world) == len(NAMES), "what one machine looked at the other leaves alone"
        undisturbed = base_tables(world, dns, crawl=crawl, files=names_file(alone, *NAMES))
        write_settings(alone, undisturbed)
        with start(alone, "sweep", "--json") as single:
            single.communicate(timeout=300)
        assert end_state(first, tables[first]) == end_state(second, tables[second]) == end_state(alone, undisturbed)
    assert told[0]["id"] == told[1]["id"]
    assert told[0]["done"] == {"file": 1, "plan": 1, "visit": len(NAMES)}
    with open_case(write_settings(second, tables[second])) as case:
        assert {one.id for one in case.runs.latest()} == {told[0]["id"]}
        for lead in case.leads.find(LeadQuery(limit=100)).leads:
            for item in lead.document.evidence:
                case.evidence.get(item.sha256)
