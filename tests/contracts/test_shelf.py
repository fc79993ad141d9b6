"""What every shelf must do: give a whole store as rows, and take rows so that the store is the same."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest

from pipelines.errors import DocumentDamaged, DocumentDiffers
from pipelines.model import Account, LeadQuery, Role
from pipelines.moves.check import check_documents, check_evidence
from pipelines.moves.shelf import Kind, ShelfRow, canonical, contents, document_of, number_key
from tests.builders import AT, a_lead, a_site
from tests.contracts.filled import fill
from tests.contracts.implementations import in_memory
from tests.name_builders import HOST

NEVER_REPLACED = {Kind.AUDIT}


@pytest.fixture
def source(clock):
    """A filled case in memory, to be taken over by the shelf that is tested."""
    stores = in_memory(clock)
    fill(stores)
    return stores


def take_over(source, target):
    for kind in source.shelf.kinds:
        target.shelf.write(kind, list(source.shelf.read(kind)))


def test_every_kind_is_held_and_filled_by_the_stores_own_ports(stores):
    fill(stores)
    assert stores.shelf.kinds == tuple(Kind)
    assert all(stores.shelf.count(kind) for kind in stores.shelf.kinds)


@pytest.mark.parametrize("kind", list(Kind))
def test_rows_come_in_the_order_of_their_keys_and_are_read_on_from_any(stores, kind):
    fill(stores)
    rows = list(stores.shelf.read(kind))
    assert len(rows) == stores.shelf.count(kind)
    assert all(one.key < other.key for one, other in pairwise(rows))
    for place, row in enumerate(rows):
        assert list(stores.shelf.read(kind, row.key)) == rows[place + 1 :]
        assert document_of(kind, row) is not None
        assert canonical(msgspec.json.decode(row.content)) == row.content


@pytest.mark.parametrize("kind", list(Kind))
def test_rows_are_the_same_in_every_store(source, stores, kind):
    fill(stores)
    assert list(stores.shelf.read(kind)) == list(source.shelf.read(kind))


def test_a_store_taken_over_answers_as_its_source(source, stores):
    take_over(source, stores)
    for kind in Kind:
        assert contents(stores.shelf.read(kind)) == contents(source.shelf.read(kind))
    found = stores.leads.find(LeadQuery(text="包过"))
    assert found == source.leads.find(LeadQuery(text="包过"))
    assert found.total
    fields = ("status", "source", "kind", "level", "outcome")
    assert stores.leads.aggregate(fields, LeadQuery()) == source.leads.aggregate(fields, LeadQuery())
    lead = found.leads[0]
    assert stores.observations.of_lead(lead.document.id) == source.observations.of_lead(lead.document.id)
    assert stores.accounts.all() == source.accounts.all()
    assert stores.saved_searches.of("wang") == source.saved_searches.of("wang")
    assert stores.snapshots.versions("https://cx.mem.gov.cn/") == source.snapshots.versions("https://cx.mem.gov.cn/")
    assert stores.runs.latest() == source.runs.latest()
    assert stores.frontier.pending("r1", "visit") == source.frontier.pending("r1", "visit")
    assert stores.names.get(HOST) == source.names.get(HOST)
    assert stores.names.changes(with_quiet=True) == source.names.changes(with_quiet=True)
    assert stores.names.counts(AT) == source.names.counts(AT)
    assert stores.feed_bookmarks.all() == source.feed_bookmarks.all()
    assert stores.feed_bookmarks.unreported("argon", ["a.cn", "z.cn"]) == ("z.cn",)


def test_a_store_taken_over_goes_on_where_its_source_was(source, stores):
    take_over(source, stores)
    assert stores.audit.first_broken() is None
    before = stores.audit.entries(limit=1)[0]
    assert stores.audit.append(AT, "wang", "lead.view", "L1").number == before.number + 1
    assert stores.audit.first_broken() is None
    lead = stores.leads.find(LeadQuery(filters=(("status", ("dismissed",)),))).leads[0]
    assert lead.version == 3
    assert stores.leads.put(replace(lead.document, assignee="zhao"), 3) == 4
    pending = stores.frontier.pending("r1", "visit")
    assert stores.frontier.add("r1", [replace(pending[0], key="http://0/")]) == 1
    assert [one.key for one in stores.frontier.pending("r1", "visit")] == ["http://b/", "http://c/", "http://0/"]
    record = stores.names.get(HOST)
    last = stores.names.changes(with_quiet=True)[-1]
    stores.names.put(record.document, record.version, [last.change])
    assert stores.names.changes(with_quiet=True)[-1].position == last.position + 1


def test_the_same_rows_again_change_nothing(source, stores):
    for kind in Kind:
        rows = list(source.shelf.read(kind))
        assert stores.shelf.write(kind, rows) == len(rows)
        assert stores.shelf.write(kind, rows) == 0
        assert stores.shelf.write(kind, rows, replaces=True) == 0
        assert list(stores.shelf.read(kind)) == rows


def test_rows_in_parts_and_in_any_order_make_the_same_store(source, stores):
    for kind in set(Kind) - {Kind.AUDIT, Kind.NAME_CHANGES}:
        rows = list(source.shelf.read(kind))
        for row in reversed(rows):
            stores.shelf.write(kind, [row])
        assert list(stores.shelf.read(kind)) == rows
    assert stores.frontier.pending("r1", "visit") == source.frontier.pending("r1", "visit")


CHANGES = {
    Kind.ACCOUNTS: {"display_name": "另一"},
    Kind.SAVED_SEARCHES: {"query": "另一"},
    Kind.SNAPSHOTS: {"html": "另一"},
    Kind.OBSERVATIONS: {"lead_id": "另一"},
    Kind.LEADS: {"assignee": "另一"},
    Kind.NAMES: {"technique": "另一"},
    Kind.NAME_CHANGES: {"imitates": "另一"},
    Kind.NAME_LOOKS: {"position": 7},
    Kind.FEED_REPORTED: {"first_seen_at": "2020-01-01T00:00:00Z"},
    Kind.FEED_BOOKMARKS: {"offset": 7},
    Kind.FRONTIER: {"position": 77},
    Kind.RUNS: {"not_run": ["另一"]},
    Kind.AUDIT: {"detail": "另一"},
}


def changed(kind: Kind, row: ShelfRow) -> ShelfRow:
    """Return another document under the row's key."""
    return replace(row, content=canonical({**msgspec.json.decode(row.content), **CHANGES[kind]}))


@pytest.mark.parametrize("kind", list(Kind))
def test_another_document_under_a_key_is_refused_by_name_and_overwrites_nothing(stores, kind):
    fill(stores)
    rows = list(stores.shelf.read(kind))
    with pytest.raises(DocumentDiffers) as said:
        stores.shelf.write(kind, [changed(kind, rows[-1])])
    assert (said.value.kind, said.value.key) == (kind, rows[-1].key)
    assert list(stores.shelf.read(kind)) == rows
    with pytest.raises(DocumentDiffers):
        stores.shelf.write(kind, [replace(rows[-1], version=rows[-1].version + 1)])


@pytest.mark.parametrize("kind", sorted(set(Kind) - NEVER_REPLACED))
def test_a_newer_document_takes_the_place_of_the_older_where_that_was_asked_for(stores, kind):
    fill(stores)
    rows = list(stores.shelf.read(kind))
    newer = changed(kind, rows[0])
    if kind in {Kind.LEADS, Kind.NAMES}:
        newer = replace(newer, version=newer.version + 1)
    assert stores.shelf.write(kind, [newer], replaces=True) == 0
    assert list(stores.shelf.read(kind)) == [newer, *rows[1:]]


def test_an_older_version_never_takes_the_place_of_a_newer_one(stores):
    fill(stores)
    for kind in (Kind.LEADS, Kind.NAMES):
        row = max(stores.shelf.read(kind), key=lambda one: one.version)
        with pytest.raises(DocumentDiffers):
            stores.shelf.write(kind, [replace(changed(kind, row), version=row.version - 1)], replaces=True)
        assert row in list(stores.shelf.read(kind))


def test_an_audit_entry_is_never_replaced(stores):
    fill(stores)
    rows = list(stores.shelf.read(Kind.AUDIT))
    with pytest.raises(DocumentDiffers):
        stores.shelf.write(Kind.AUDIT, [changed(Kind.AUDIT, rows[0])], replaces=True)
    assert list(stores.shelf.read(Kind.AUDIT)) == rows


@pytest.mark.parametrize("content", [b"", b"{", b"null", b'{"name":"wang"}', b'{"a":"\xff"}', b"[]"])
def test_what_is_no_document_is_refused_by_name(stores, content):
    with pytest.raises(DocumentDamaged) as said:
        stores.shelf.write(Kind.ACCOUNTS, [ShelfRow("wang", 1, content)])
    assert said.value.key == "wang"
    assert stores.accounts.all() == ()


def test_a_document_under_a_key_not_its_own_is_refused(stores):
    account = canonical(Account(name="wang", display_name="王", role=Role.ADMIN))
    lead = canonical(a_lead())
    for kind, row in ((Kind.ACCOUNTS, ShelfRow("li", 1, account)), (Kind.LEADS, ShelfRow("L0", 1, lead))):
        with pytest.raises(DocumentDamaged):
            stores.shelf.write(kind, [row])
        assert stores.shelf.count(kind) == 0


def test_keys_that_differ_in_the_highest_characters_keep_the_order_of_code_points(stores):
    for name in ("￿", "\U00010000", "a", "A", "证", "z"):
        stores.accounts.put(Account(name=name, display_name=name, role=Role.POLICE))
    assert [row.key for row in stores.shelf.read(Kind.ACCOUNTS)] == ["A", "a", "z", "证", "￿", "\U00010000"]


def test_thousands_are_read_while_others_write(stores):
    rows = [ShelfRow(lead.id, 7, canonical(lead)) for lead in (a_lead(a_site(f"h{n}.example")) for n in range(450))]
    stores.shelf.write(Kind.LEADS, rows)
    read = stores.shelf.read(Kind.LEADS)
    first = [next(read) for _ in range(3)]
    stores.leads.put(a_lead(a_site("late.example", at=AT + timedelta(days=1))), 0)
    everything = first + list(read)
    assert {row.key for row in rows} <= {row.key for row in everything}
    assert len(everything) in {450, 451}
    assert all(row.version == 7 for row in everything if row in rows)


def test_positions_beyond_what_fits_nine_digits_sort_as_numbers():
    assert number_key(999_999_999) < number_key(1_000_000_000) < number_key(2**48)


class Quiet:
    def stage(self, title, total):
        pass

    def advance(self, count=1):
        pass


def test_a_whole_store_has_no_faults_to_be_found(stores):
    fill(stores)
    assert list(check_documents(stores.shelf, Quiet())) == []
    assert [one.key for one in check_evidence(stores.shelf, stores.evidence, Quiet())] == []
