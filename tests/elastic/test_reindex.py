"""Indices are rebuilt while others write: nothing is lost, nothing is doubled, and a rebuild that was cut short goes on."""

import threading
from datetime import timedelta

import pytest

from pipelines import lifecycle
from pipelines.errors import StoreUnavailable, VersionConflict
from pipelines.model import LeadQuery
from pipelines.moves.shelf import Kind, contents
from pipelines.stores.elastic.layouts import LAYOUTS
from pipelines.stores.elastic.reindex import reindex
from pipelines.stores.elastic.stores import stores_of
from tests import elastic_server
from tests.builders import AT, a_lead, a_listing, a_sighting, a_site
from tests.contracts.filled import fill
from tests.contracts.implementations import on_elastic


@pytest.fixture
def own_cluster(elastic_plan):
    """Indices of this test alone: they are replaced here."""
    made = elastic_server.a_cluster(elastic_plan)
    yield made
    elastic_server.drop_indices(made)


@pytest.fixture
def stores(own_cluster, clock):
    return stores_of(own_cluster, clock)


def sightings(count, start=0):
    return [a_sighting(a_listing(item_id=str(number), text=f"包过 {number}")) for number in range(start, start + count)]


def test_every_kind_comes_over_byte_for_byte(own_cluster, clock, tmp_path):
    from pipelines.stores.sqlite.connection import Database

    database = Database(tmp_path / "case.sqlite")
    stores = on_elastic(own_cluster, database, tmp_path, clock)
    fill(stores)
    before = {kind: contents(stores.shelf.read(kind)) for kind in Kind}
    for kind in Kind:
        if kind in LAYOUTS:
            reindex(own_cluster, kind, drops_old=True)
    assert {kind: contents(stores.shelf.read(kind)) for kind in Kind} == before
    database.close()


def test_another_number_of_shards_finds_the_same(own_cluster, stores):
    stores.leads.merge_many(sightings(120))
    query = LeadQuery(text="包过", limit=1000)
    before = stores.leads.find(query)
    done = reindex(own_cluster, Kind.LEADS, shards=3)
    assert (done.source[-3:], done.target[-3:], done.documents) == ("-v1", "-v2", 120)
    assert stores.leads.find(query) == before
    again = reindex(own_cluster, Kind.LEADS, shards=1, drops_old=True)
    assert (again.target[-3:], again.documents) == ("-v3", 120)
    assert stores.leads.find(query) == before
    assert stores.leads.aggregate(["source"], query)["source"] == {"platform:闲鱼": 120}


def test_what_is_written_meanwhile_is_not_lost(own_cluster, stores, clock):
    stores.leads.merge_many(sightings(300))
    contested = a_lead(a_site("contested.example"))
    stores.leads.put(contested, 0)
    stop, merged, decided, refused = threading.Event(), [], [], []

    def merge():
        number = 300
        while not stop.is_set():
            merged.extend(one.lead_id for one in stores.leads.merge_many(sightings(7, number)))
            number += 7

    def decide(name):
        while not stop.is_set():
            found = stores.leads.get(contested.id)
            commented = lifecycle.comment(found.document, name, str(found.version), AT)
            try:
                decided.append(stores.leads.put(commented, found.version))
            except VersionConflict:
                refused.append(found.version)

    writers = [threading.Thread(target=merge), *(threading.Thread(target=decide, args=(name,)) for name in ("a", "b"))]
    for writer in writers:
        writer.start()
    for shards in (2, 1, 3):
        reindex(own_cluster, Kind.LEADS, shards=shards, drops_old=True)
    stop.set()
    for writer in writers:
        writer.join()
    assert len(decided) == len(set(decided))
    last = stores.leads.get(contested.id)
    assert last.version == max(decided)
    comments = [event.note for event in last.document.history if event.by in {"a", "b"}]
    assert len(comments) == len(decided)
    assert all(stores.leads.get(lead_id).version == 1 for lead_id in merged[-50:])
    assert stores.leads.find(LeadQuery()).total == 301 + len(set(merged))


class Killed(Exception):
    pass


def test_a_rebuild_that_was_cut_short_goes_on(own_cluster, stores):
    stores.leads.merge_many(sightings(1200))

    def kill_after_the_first_page(kind, copied, total):
        raise Killed

    with pytest.raises(Killed):
        reindex(own_cluster, Kind.LEADS, told=kill_after_the_first_page)
    stores.leads.merge_many(sightings(10, 1200))
    assert stores.leads.find(LeadQuery()).total == 1210
    done = reindex(own_cluster, Kind.LEADS)
    assert (done.target[-3:], done.documents) == ("-v2", 1210)
    assert stores.leads.find(LeadQuery()).total == 1210


def test_a_rebuild_killed_while_writers_wait_tells_them_so_and_goes_on(own_cluster, stores, clock):
    stores.leads.merge_many(sightings(3))
    own_cluster.client.indices.add_block(index=stores.leads.index.current(), block="write")
    own_cluster.patience_s = 0.5
    with pytest.raises(StoreUnavailable) as said:
        stores.leads.merge_many(sightings(1, 9))
    assert "jianwei store reindex" in said.value.zh
    found = stores.leads.find(LeadQuery(limit=1)).leads[0]
    with pytest.raises(StoreUnavailable):
        stores.leads.put(lifecycle.start_screening(found.document, "wang", AT), found.version)
    reindex(own_cluster, Kind.LEADS)
    assert stores.leads.put(lifecycle.start_screening(found.document, "wang", AT), found.version) == 2
    assert len(stores.leads.merge_many(sightings(1, 9))) == 1


def test_a_snapshot_pruned_meanwhile_does_not_come_back(own_cluster, stores):
    from pipelines.ports import SNAPSHOT_VERSIONS
    from tests.builders import a_snapshot

    for day in range(SNAPSHOT_VERSIONS):
        stores.snapshots.put(a_snapshot(at=AT + timedelta(days=day)))
    once = []

    def put_one_more(kind, copied, total):
        if not once:
            once.append(stores.snapshots.put(a_snapshot(at=AT + timedelta(days=99))))

    done = reindex(own_cluster, Kind.SNAPSHOTS, told=put_one_more)
    assert done.documents == SNAPSHOT_VERSIONS
    kept = stores.snapshots.versions("https://cx.mem.gov.cn/")
    assert [one.taken_at for one in kept][-1] == AT + timedelta(days=1)
    assert len(kept) == SNAPSHOT_VERSIONS


def test_a_kind_that_was_never_used_needs_no_rebuild(own_cluster):
    assert reindex(own_cluster, Kind.AUDIT) is None
