"""Two machines, each with a home folder of its own, on one run: a real Redis between them, a real Elasticsearch below."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from crawler.context import SilentProgress
from crawler.sweep import run_sweep
from pipelines.bootstrap import open_case
from pipelines.model import LeadQuery
from tests import elastic_server
from tests.crawler.test_sweep import TEXT, base_tables, names_file, write_settings, zone
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world
from tests.redis_server import needs_redis

pytestmark = [needs_redis, pytest.mark.timeout(600)]
NAMES = [f"cx-mem-gov{number}.cn" for number in range(12)]


def on_cluster(plan, prefix):
    return {
        "store": {"kind": "elasticsearch"},
        "store.elasticsearch": {
            "nodes": list(plan.urls),
            "username": "elastic",
            "password_file": str(plan.password_file),
            "ca_file": str(plan.ca_file),
            "prefix": prefix,
            "replicas": 0,
            "refresh_ms": 10,
        },
    }


def test_two_machines_make_one_case(tmp_path, elastic_plan, redis_url):
    released, prefix = threading.Event(), elastic_server.a_prefix()

    def answer(stream):
        released.wait(60)
        stream.write(page(TEXT, "证书查询")[2])

    def both_have_work():
        with redis.Redis.from_url(redis_url) as client:
            while len(client.keys("jianwei:{R*}:held:*")) < 2:
                time.sleep(0.05)
        released.set()

    def work(home, *, joins):
        tables = base_tables(
            world,
            dns,
            crawl={"concurrency": 2, "timeout_s": 60.0},
            workers={"redis_url": redis_url},
            files={} if joins else names_file(home, *NAMES),
            **on_cluster(elastic_plan, prefix),
        )
        settings = write_settings(home, tables)
        with open_case(settings) as case:
            report = run_sweep(case, settings, SilentProgress(), joins=joins)
            return report, {
                one.document.observation.candidate.host for one in case.leads.find(LeadQuery(limit=100)).leads
            }

    try:
        with (
            tiny_world({(name, "/"): (200, HTML, answer) for name in NAMES}) as world,
            name_server(zone(*NAMES)) as dns,
            ThreadPoolExecutor(3) as machines,
        ):
            begins = machines.submit(work, tmp_path / "one", joins=False)
            joins = machines.submit(work, tmp_path / "two", joins=True)
            machines.submit(both_have_work).result(timeout=240)
            (one, its_leads), (two, other_leads) = begins.result(timeout=240), joins.result(timeout=240)
    finally:
        released.set()
        elastic_server.drop_indices(elastic_server.a_cluster(elastic_plan, prefix=prefix))
    assert one.id == two.id
    assert its_leads == other_leads == set(NAMES)
    assert sorted(host for host, _, _ in world.seen) == sorted(NAMES), "each is seen once, by one of them"
    assert (two.done, two.left) == ({"file": 1, "visit": len(NAMES)}, {})
    assert max(one.outcomes["observations"], two.outcomes["observations"]) == len(NAMES), "the report is of both"
