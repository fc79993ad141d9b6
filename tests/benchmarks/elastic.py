"""What the cluster store adds to the official helper, on one real server, turn by turn, the same documents in the same kind of index:

bare    `helpers.bulk` of finished documents
bulk    our own writer given the same rows: each a compare-and-set with a number of its own, conflicts told apart (`ratio`)
merge   sightings handed to `merge_many`: leads read, merged, folded, indexed by every field, then written (`merge_ratio`)

The three follow each other within a round, in another order each time; a ratio is the median over the rounds. Processor time is that of
this program and of the server together: what else the machine does is not in it.
"""

import os
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

from elasticsearch.helpers import bulk

from deploy.elasticsearch.nodes import pid_of
from deploy.elasticsearch.plan import Plan
from pipelines.clock import SystemClock
from pipelines.moves.shelf import Kind
from pipelines.stores.elastic.bulk import Write, write_many
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index
from pipelines.stores.elastic.leads import ElasticLeads
from tests import elastic_server
from tests.builders import a_lead, a_listing, a_sighting

LEADS = int(os.environ.get("BENCH_LEADS", "4000"))
WARM_UP, ROUNDS = 3, 9
"""Rounds that do not count, because a Java machine that compiles is slow for whoever comes first, and rounds that do."""
GOAL = 0.9
TEXT = "特种作业操作证高压电工焊工登高证包过不用考试先出证后付款全国联网可查官网可查支持验证联系微信"


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one turn: by the clock, and of the processors here and at the server."""

    wall: float
    client: float
    server: float


def run() -> dict:
    """Return one benchmark record; `ratio` is bulk/bare in documents a second."""
    elastic_server.choose_folder()
    plan = elastic_server.running_server(java_options="")  # measured as it is in service
    sightings = [
        a_sighting(a_listing(f"电工证 {n}", TEXT[n % 20 :] * 3 + str(n), item_id=str(n)), n % 1000)
        for n in range(LEADS)
    ]
    turns = [_bare, _bulk, _merge]
    rounds: list[dict[str, Took]] = []
    try:
        for _ in range(WARM_UP + ROUNDS):
            turns = [*turns[1:], turns[0]]
            rounds.append({turn.__name__[1:]: _turn(plan, turn, sightings) for turn in turns})
    finally:
        elastic_server.drop_server()
    rounds = rounds[WARM_UP:]
    ratio = _against_bare(rounds, "bulk", lambda took: took.wall)
    detail = {
        "leads": LEADS,
        "bulk_cpu_ratio": _against_bare(rounds, "bulk", lambda took: took.client + took.server),
        "merge_ratio": _against_bare(rounds, "merge", lambda took: took.wall),
        **{f"{name}_docs_s": round(LEADS / median(one[name].wall for one in rounds)) for name in rounds[0]},
        "rounds_s": [
            {name: [round(part, 2) for part in astuple(took)] for name, took in one.items()} for one in rounds
        ],
    }
    return {"benchmark": "elastic", "ratio": ratio, "goal": GOAL, "holds": ratio >= GOAL, "detail": detail}


def _against_bare(rounds: list[dict[str, Took]], name: str, of: Callable[[Took], float]) -> float:
    return round(median(of(one["bare"]) / of(one[name]) for one in rounds), 2)


def _turn(plan, turn, sightings) -> Took:
    cluster = elastic_server.a_cluster(plan, refresh_ms=250)
    try:
        work = turn(cluster, sightings)
        began, began_here, began_there = time.perf_counter(), time.process_time(), _server_seconds(plan)
        work()
        wall, here = time.perf_counter() - began, time.process_time() - began_here
        return Took(wall, here, _server_seconds(plan) - began_there)
    finally:
        elastic_server.drop_indices(cluster)


def _server_seconds(plan: Plan) -> float:
    """Return the processor seconds of the node so far; what it says of itself is a second old."""
    spent = Path(f"/proc/{pid_of(plan, 0)}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def _rows(index: Index, sightings):
    index.ensure()
    leads = [a_lead(one.observation, one.assessment.score_permille) for one in sightings]
    return [index.row(lead.id, 1, lead) for lead in leads]


def _bare(cluster: Cluster, sightings) -> Callable[[], None]:
    index = Index(cluster, Kind.LEADS)
    actions = [
        {"_op_type": "create", "_index": index.alias, "_id": row.key, "_source": row.body}
        for row in _rows(index, sightings)
    ]

    def work() -> None:
        made, _ = bulk(cluster.client, actions)
        assert made == len(sightings)

    return work


def _bulk(cluster: Cluster, sightings) -> Callable[[], None]:
    index = Index(cluster, Kind.LEADS)
    writes = [Write(row, None) for row in _rows(index, sightings)]

    def work() -> None:
        assert all(write_many(index, writes))

    return work


def _merge(cluster: Cluster, sightings) -> Callable[[], None]:
    leads = ElasticLeads(cluster, SystemClock())
    leads.index.ensure()

    def work() -> None:
        assert len(leads.merge_many(sightings)) == len(sightings)

    return work
