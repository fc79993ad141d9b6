"""Merging in batches, the next prepared while one is written, is merging one after the other."""

from datetime import timedelta

from pipelines.model import LeadQuery, MergeOutcome
from pipelines.stores.elastic.stores import stores_of
from pipelines.stores.memory import MemoryLeads
from tests.builders import AT, a_listing, a_sighting


def test_a_lead_seen_in_several_batches_is_merged_in_order(cluster, clock):
    seen = [
        a_sighting(a_listing(item_id=str(n % 700), text=f"第 {n // 700} 次", at=AT + timedelta(minutes=n)), n % 1000)
        for n in range(1600)
    ]
    leads, plain = stores_of(cluster, clock).leads, MemoryLeads(clock)
    assert leads.merge_many(seen) == plain.merge_many(seen)
    everything = LeadQuery(limit=1000)
    assert leads.find(everything) == plain.find(everything)
    assert {one.outcome for one in leads.merge_many(seen)} == {MergeOutcome.UNCHANGED}
