"""Two staff decide on the same lead at once, 1,000 times: one wins each time, the other is told what changed, the audit chain is whole."""

import threading
from concurrent.futures import ThreadPoolExecutor

from pipelines import lifecycle
from pipelines.errors import VersionConflict
from pipelines.model import LeadQuery, LeadStatus
from pipelines.stores.elastic.bulk import Write, write_many
from pipelines.stores.elastic.stores import stores_of
from tests import elastic_server
from tests.builders import AT, a_lead, a_listing

ROUNDS = 1000


def test_of_two_decisions_at_once_one_stands_and_the_other_hears_of_it(elastic_plan, cluster, clock):
    # Each at a desk of their own: nothing is shared but the cluster.
    desks = [stores_of(elastic_server.a_cluster(elastic_plan, prefix=cluster.prefix), clock) for _ in ("wang", "li")]
    leads = [lifecycle.start_screening(a_lead(a_listing(item_id=str(number))), "wang", AT) for number in range(ROUNDS)]
    index = desks[0].leads.index
    assert all(write_many(index, [Write(index.row(lead.id, 1, lead), None) for lead in leads]))
    at_once = threading.Barrier(2, timeout=60)

    def decide(number: int) -> tuple[list[int], list[VersionConflict]]:
        desk, by = desks[number], ("wang", "li")[number]
        won, told = [], []
        for place, lead in enumerate(leads):
            decision = (
                lifecycle.confirm(lead, by, "仿冒官网", AT) if number else lifecycle.dismiss(lead, by, "培训广告", AT)
            )
            at_once.wait()
            try:
                desk.leads.put(decision, 1)
            except VersionConflict as conflict:
                told.append(conflict)
            else:
                desk.audit.append(AT, by, "lead.decide", lead.id)
                won.append(place)
        return won, told

    with ThreadPoolExecutor(2) as pool:
        (first, told_first), (second, told_second) = [
            done.result() for done in [pool.submit(decide, number) for number in range(2)]
        ]
    assert sorted(first + second) == list(range(ROUNDS))
    assert len(told_first) == len(second)
    assert len(told_second) == len(first)
    assert all((one.expected, one.actual) == (1, 2) for one in told_first + told_second)
    for place, status in [(place, LeadStatus.DISMISSED) for place in first] + [
        (place, LeadStatus.CONFIRMED) for place in second
    ]:
        assert desks[0].leads.get(leads[place].id).document.status is status
    assert desks[0].audit.first_broken() is None
    assert len(desks[0].audit.entries(limit=2 * ROUNDS)) == ROUNDS
    decided = LeadQuery(filters=(("status", ("dismissed", "confirmed")),))
    assert desks[1].leads.find(decided).total == ROUNDS
    for desk in desks:
        desk.close()
