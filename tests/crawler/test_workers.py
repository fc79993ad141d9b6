"""Several worker processes on one run over a real Redis: they share the work, one is killed, and all is found once, politely."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
import redis

from crawler.context import SilentProgress
from crawler.sweep import run_sweep
from keywords.hosts import registrable_domain
from pipelines.bootstrap import open_case
from pipelines.errors import SettingInvalid, StoreUnavailable, UsageError
from pipelines.model import LeadQuery
from tests.crawler.test_sweep import TEXT, base_tables, names_file, sweep, write_settings, zone
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world
from tests.redis_server import RedisServer, needs_redis

pytestmark = [needs_redis]
ROOT = Path(__file__).parents[2]
NAMES = [f"n{number}.cx-mem-gov.cn" if number % 3 == 0 else f"cx-mem-gov{number}.cn" for number in range(20)]
"""Seven of them are one site's: asked no closer than `DELAY_S`."""
DELAY_S = 0.6


class Slow:
    """A page that remembers when its domain was asked, and comes when the test lets it."""

    def __init__(self, host, asked, released):
        self._host, self._asked, self._released = host, asked, released

    def __call__(self, stream):
        self._asked[registrable_domain(self._host)].append(time.monotonic())
        self._released.wait(60)
        time.sleep(0.1)
        stream.write(page(f"{TEXT}{self._host}", "证书查询")[2])


def slow_pages(asked, released):
    return {(name, "/"): (200, HTML, Slow(name, asked, released)) for name in NAMES}


def tables(world, dns, home, **workers):
    crawl = {"host_delay_s": DELAY_S, "concurrency": 2, "timeout_s": 60.0}
    more = {"workers": {"lease_s": 8.0, "patience_s": 4.0, **workers}} if workers else {}
    return base_tables(world, dns, crawl=crawl, files=names_file(home, *NAMES), **more)


def start(home, *words):
    environ = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")}
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.cli.main", *words],
        env=environ | {"JIANWEI_HOME": str(home), "LC_ALL": "zh_CN.UTF-8", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition, what, *processes):
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        if condition():
            return
        for one in processes:
            assert one.poll() is None, f"ended before {what}: {one.communicate()}"
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")


def end_state(home, tables_of):
    with open_case(write_settings(home, tables_of)) as case:
        leads = [one.document for one in case.leads.find(LeadQuery(limit=100)).leads]
        return {
            one.observation.candidate.host: (one.sighting_count, len(case.observations.of_lead(one.id)))
            for one in leads
        }


def landing_pages(world):
    return sum(path == "/" for _, path, _ in world.seen)


@pytest.mark.timeout(600)
def test_a_killed_worker_loses_nothing_and_sites_are_asked_no_faster_by_two(tmp_path, redis_url):
    asked, released = defaultdict(list), threading.Event()
    together, alone = tmp_path / "together", tmp_path / "alone"
    with tiny_world(slow_pages(asked, released)) as world, name_server(zone(*NAMES)) as dns:
        shared = tables(world, dns, together, redis_url=redis_url)
        write_settings(together, shared)
        with start(together, "sweep", "--join", "--json") as two, start(together, "sweep", "--json") as one:
            with redis.Redis.from_url(redis_url) as client:
                wait_for(lambda: len(client.keys("jianwei:{R*}:held:*")) >= 2, "both have work", one, two)
            released.set()
            wait_for(lambda: len(world.hosts_seen()) >= 6, "some is seen", one, two)
            one.send_signal(signal.SIGKILL)
            one.communicate()
            told, noted = two.communicate(timeout=300)
        report = json.loads(told)
        assert two.returncode == 0, noted
        assert report["finished_at"]
        assert report["left"] == {}
        assert report["done"] == {"file": 1, "plan": 1, "visit": len(NAMES)}
        politely = {domain: times[:] for domain, times in asked.items()}
        undisturbed = tables(world, dns, alone)
        with open_case(write_settings(alone, undisturbed)) as case:
            run_sweep(case, case.settings, SilentProgress())
        assert end_state(together, shared) == end_state(alone, undisturbed)
    assert set(politely) == {registrable_domain(name) for name in NAMES}
    gaps = [later - earlier for times in politely.values() for earlier, later in pairwise(sorted(times))]
    assert len(gaps) >= 5
    assert min(gaps) > DELAY_S * 0.75, "what two workers ask of one site is as far apart as what one asks"


def test_a_redis_that_goes_away_stops_the_run_with_a_sentence_and_it_resumes(tmp_path):
    released = threading.Event()
    released.set()
    pages = slow_pages(defaultdict(list), released)
    with RedisServer() as server, tiny_world(pages) as world, name_server(zone(*NAMES)) as dns:
        changes = tables(world, dns, tmp_path, redis_url=server.url)
        changes["workers"]["patience_s"] = 0.5
        changes = {name: values for name, values in changes.items() if name not in {"dns", "egress"}}
        gone = threading.Thread(target=lambda: (wait_for(lambda: len(world.seen) >= 4, "visits"), server.kill()))
        gone.start()
        with pytest.raises(StoreUnavailable) as trouble:
            sweep(tmp_path, world, dns, **changes)
        gone.join()
        assert "workers.redis_url" in trouble.value.zh
        assert "--resume" in trouble.value.zh
        with pytest.raises(StoreUnavailable):
            sweep(tmp_path, world, dns, resume=True, **changes)
        before = landing_pages(world)
        server.start()
        changes["workers"]["lease_s"] = 1.0
        report, _ = sweep(tmp_path, world, dns, resume=True, **changes)
    assert report.left == {}
    assert report.done == {"file": 1, "plan": 1, "visit": len(NAMES)}
    assert landing_pages(world) - before < len(NAMES), "what was acknowledged is not done again"


def test_what_cannot_work_together_is_said_at_once(tmp_path, redis_url):
    with tiny_world({}) as world, name_server({}) as dns:
        with pytest.raises(SettingInvalid) as apart:
            sweep(tmp_path, world, dns, workers={"redis_url": "redis://192.0.2.1:6379/0"})
        settings = write_settings(tmp_path / "alone", base_tables(world, dns))
        with open_case(settings) as case, pytest.raises(UsageError) as joins_nobody:
            run_sweep(case, settings, SilentProgress(), joins=True)
    assert "elasticsearch" in apart.value.zh
    assert "workers.redis_url" in joins_nobody.value.zh
