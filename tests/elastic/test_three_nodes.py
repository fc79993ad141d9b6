"""Three real nodes, each index on two of them: one is killed, another is killed, one is paused, the disks fill up. Nothing acknowledged is lost.

The tests share one cluster and take turns at it, whichever worker they run on.
"""

import signal
import time

import pytest

from deploy.elasticsearch.artifact import held
from deploy.elasticsearch.cluster import restart_node
from deploy.elasticsearch.health import wait_for_health
from deploy.elasticsearch.nodes import pid_of, send
from pipelines.bootstrap import open_case
from pipelines.model import LeadQuery, Role
from pipelines.stores.elastic.stores import stores_of
from review_ui.app import create_app
from tests import elastic_server
from tests.builders import a_sighting
from tests.elastic.test_connection import settings_for
from tests.elastic.traffic import Traffic
from tests.review_ui.desk_client import DeskClient

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def plan():
    made = elastic_server.three_nodes()
    with held(made.folder / "turn"):
        yield made
        for number in range(made.nodes):
            send(made, number, signal.SIGCONT)
            restart_node(made, number)
        wait_for_health(made)


@pytest.fixture
def cluster(plan):
    made = elastic_server.a_cluster(plan, replicas=1, refresh_ms=100, timeout_s=5, patience_s=60)
    yield made
    wait_for_health(plan)
    elastic_server.drop_indices(made)


@pytest.fixture
def stores(cluster, clock):
    return stores_of(cluster, clock)


def wait_for_copies(cluster):
    """Wait until every index of the test stands on two nodes again."""
    health = cluster.client.options(request_timeout=100).cluster.health(
        index=f"{cluster.prefix}-*", wait_for_status="green", timeout="90s"
    )
    assert health["status"] == "green"


def test_a_node_killed_and_another_after_it_lose_nothing(plan, cluster, stores):
    with Traffic(stores) as traffic:
        traffic.wait_for_count(200)
        for victim in (0, 1):
            wait_for_copies(cluster)
            send(plan, victim, signal.SIGKILL)
            traffic.wait_for_writes()
            traffic.wait_for_count(200)
            restart_node(plan, victim)
            traffic.wait_for_writes()
            wait_for_copies(cluster)
        traffic.wait_for_count(100)
    traffic.check()
    assert all("没有丢失" in said.zh for said in traffic.refusals)


def test_a_paused_node_holds_up_and_loses_nothing(plan, cluster, stores):
    with Traffic(stores) as traffic:
        traffic.wait_for_count(200)
        wait_for_copies(cluster)
        send(plan, 2, signal.SIGSTOP)
        traffic.wait_for_writes()
        traffic.wait_for_count(200)
        send(plan, 2, signal.SIGCONT)
        traffic.wait_for_writes()
        traffic.wait_for_count(100)
        wait_for_copies(cluster)
    traffic.check()


def test_full_disks_are_said_so_and_written_again_once_there_is_room(cluster, stores):
    client = cluster.client
    marks = "cluster.routing.allocation.disk.watermark"
    with Traffic(stores) as traffic:
        traffic.wait_for_count(100)
        # The server's own check of its disks, told that this much must be free; it blocks the indices by itself.
        full = {f"{marks}.low": "900tb", f"{marks}.high": "900tb", f"{marks}.flood_stage": "900tb"}
        client.cluster.put_settings(persistent=full)
        give_up_at = time.monotonic() + 90
        while not any("磁盘空间不足" in said.zh for said in traffic.refusals):
            assert time.monotonic() < give_up_at
            time.sleep(0.2)
        assert stores.leads.find(LeadQuery()).total >= 100, "reading goes on"
        client.cluster.put_settings(persistent=dict.fromkeys(full))
        traffic.wait_for_writes()
        traffic.wait_for_count(100)
    traffic.check()


def test_the_desk_says_that_the_cluster_is_away_and_goes_on_by_itself(plan, tmp_path, clock):
    prefix = elastic_server.a_prefix()
    settings = settings_for(plan, tmp_path, prefix=prefix, replicas=1, refresh_ms=50, timeout_s=2, patience_s=4)
    settings = settings.model_copy(
        update={"review_ui": settings.review_ui.model_copy(update={"practice_sign_in": True})}
    )
    with open_case(settings, clock) as case:
        (merged,) = case.leads.merge_many([a_sighting()])
        with DeskClient(create_app(case, settings)) as staff:
            staff.as_role(Role.CYBERSPACE)
            assert merged.lead_id in staff.get("/leads").text
            for number in range(plan.nodes):
                send(plan, number, signal.SIGSTOP)
            page = staff.get("/leads")
            assert (page.status_code, "暂不可用" in page.text, "Traceback" in page.text) == (503, True, False)
            for number in range(plan.nodes):
                send(plan, number, signal.SIGCONT)
            give_up_at = time.monotonic() + 90
            while (page := staff.get("/leads")).status_code != 200:
                assert time.monotonic() < give_up_at
                assert page.status_code == 503
            assert merged.lead_id in page.text
    assert all(pid_of(plan, number) for number in range(plan.nodes))
    elastic_server.drop_indices(elastic_server.a_cluster(plan, prefix=prefix))
