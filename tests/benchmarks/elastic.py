"""What the cluster store adds to the official helper: N judged sightings merged into leads (asked for, merged, indexed by every field, compare-and-set)
against `helpers.bulk` of the very same finished documents into the same kind of index, on one real server, turn by turn."""

import os
import time

from elasticsearch.helpers import bulk

from pipelines.clock import SystemClock
from pipelines.model import LeadQuery
from pipelines.moves.shelf import Kind
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index
from pipelines.stores.elastic.leads import ElasticLeads
from tests import elastic_server
from tests.builders import a_lead, a_listing, a_sighting

LEADS = int(os.environ.get("BENCH_LEADS", "3000"))
ROUNDS = 4
GOAL = 0.9
TEXT = "特种作业操作证高压电工焊工登高证包过不用考试先出证后付款全国联网可查官网可查支持验证联系微信"


def run() -> dict:
    """Return one benchmark record; `ratio` is ours/bare in documents a second, the best round of each."""
    elastic_server.choose_folder()
    plan = elastic_server.running_server()
    sightings = [
        a_sighting(a_listing(f"电工证 {n}", TEXT[n % 20 :] * 3 + str(n), item_id=str(n)), n % 1000)
        for n in range(LEADS)
    ]
    try:
        rounds = []
        for number in range(ROUNDS + 1):
            turns = [_bare, _ours] if number % 2 else [_ours, _bare]
            seconds = {turn: _turn(plan, turn, sightings) for turn in turns}
            # The first round warms the server up: a JVM that compiles is slow for whoever comes first.
            rounds += [(seconds[_bare], seconds[_ours])] if number else []
    finally:
        elastic_server.drop_server()
    bare_s, ours_s = (min(one[place] for one in rounds) for place in (0, 1))
    ratio = round(bare_s / ours_s, 2)
    detail = {
        "leads": LEADS,
        "bare_docs_s": round(LEADS / bare_s),
        "merge_docs_s": round(LEADS / ours_s),
        "rounds": [[round(bare, 2), round(ours, 2)] for bare, ours in rounds],
    }
    return {"benchmark": "elastic", "ratio": ratio, "goal": GOAL, "holds": ratio >= GOAL, "detail": detail}


def _turn(plan, turn, sightings) -> float:
    cluster = elastic_server.a_cluster(plan, refresh_ms=250)
    try:
        return turn(cluster, sightings)
    finally:
        elastic_server.drop_indices(cluster)


def _bare(cluster: Cluster, sightings) -> float:
    index = Index(cluster, Kind.LEADS)
    index.ensure()
    leads = [a_lead(one.observation, one.assessment.score_permille) for one in sightings]
    actions = [
        {"_op_type": "create", "_index": index.alias, "_id": lead.id, "_source": index.row(lead.id, 1, lead).body}
        for lead in leads
    ]
    start = time.perf_counter()
    made, _ = bulk(cluster.client, actions)
    seconds = time.perf_counter() - start
    assert made == len(sightings)
    return seconds


def _ours(cluster: Cluster, sightings) -> float:
    leads = ElasticLeads(cluster, SystemClock())
    leads.index.ensure()
    start = time.perf_counter()
    merged = leads.merge_many(sightings)
    seconds = time.perf_counter() - start
    assert len(merged) == leads.find(LeadQuery()).total
    return seconds
