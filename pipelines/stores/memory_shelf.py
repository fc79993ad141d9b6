"""The stores in memory as rows of documents: what tests use, and the plain statement of what the other shelves must do.

It looks into the stores of `pipelines.stores.memory` and its neighbours: a shelf is the inside of its store.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from pipelines.errors import DocumentDiffers
from pipelines.model import Versioned
from pipelines.moves.shelf import (
    KeptObservation,
    KeptWork,
    Kind,
    LookedUpTo,
    ReportedName,
    ShelfRow,
    canonical,
    document_of,
    instant_key,
    join_key,
    number_key,
)
from pipelines.stores.memory import (
    MemoryAccounts,
    MemoryAudit,
    MemoryFrontier,
    MemoryLeads,
    MemoryObservations,
    MemoryRuns,
    MemorySavedSearches,
    MemorySnapshots,
)
from pipelines.stores.memory_feeds import MemoryFeedBookmarks
from pipelines.stores.memory_names import MemoryNames

__all__ = ["MemoryShelf"]

_Found = Mapping[str, tuple[int, object]]
"""Key → version and document."""


@dataclass(kw_only=True)
class MemoryShelf:
    """A `Shelf` over these stores."""

    leads: MemoryLeads
    observations: MemoryObservations
    audit: MemoryAudit
    accounts: MemoryAccounts
    saved_searches: MemorySavedSearches
    snapshots: MemorySnapshots
    frontier: MemoryFrontier
    runs: MemoryRuns
    names: MemoryNames
    feed_bookmarks: MemoryFeedBookmarks
    _places: dict[tuple[str, str, str], int] = field(default_factory=dict, init=False)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return what these stores hold."""
        return tuple(_SECTIONS)

    def read(self, kind: Kind, after: str = "") -> Iterator[ShelfRow]:
        """Yield the rows behind a key in ascending order of their keys."""
        rows = self._rows(kind)
        keys = sorted(rows)
        for key in keys[bisect_right(keys, after) if after else 0 :]:
            version, document = rows[key]
            yield ShelfRow(key, version, canonical(document))

    def write(self, kind: Kind, rows: Sequence[ShelfRow], *, replaces: bool = False) -> int:
        """Keep rows with their versions; return how many were not there before."""
        added = 0
        for row in rows:
            document = document_of(kind, row)
            there = self._rows(kind).get(row.key)
            if there and ShelfRow(row.key, there[0], canonical(there[1])) == row:
                continue
            if there and (not replaces or kind is Kind.AUDIT or there[0] > row.version):
                raise DocumentDiffers(kind, row.key)
            _SECTIONS[kind][1](self, row, document)
            added += there is None
        return added

    def count(self, kind: Kind) -> int:
        """Return how many rows there are."""
        return len(self._rows(kind))

    def places(self) -> dict[tuple[str, str, str], int]:
        """Return the position of every work item: the one it was copied with, or behind those in the order of the work."""
        last = max(self._places.values(), default=0)
        for key in self.frontier._items:
            if key not in self._places:
                last += 1
                self._places[key] = last
        return self._places

    def _rows(self, kind: Kind) -> _Found:
        if kind not in _SECTIONS:
            raise ValueError(f"the stores in memory hold no {kind}")
        return _SECTIONS[kind][0](self)


def _accounts(shelf: MemoryShelf) -> _Found:
    return {name: (1, account) for name, account in shelf.accounts._accounts.items()}


def _snapshots(shelf: MemoryShelf) -> _Found:
    return {
        join_key(url, instant_key(at)): (1, snapshot)
        for url, versions in shelf.snapshots._snapshots.items()
        for at, snapshot in versions.items()
    }


def _put_snapshot(shelf: MemoryShelf, _: ShelfRow, snapshot: Any) -> None:
    shelf.snapshots._snapshots.setdefault(snapshot.url, {})[snapshot.taken_at] = snapshot


def _observations(shelf: MemoryShelf) -> _Found:
    return {
        identity: (1, KeptObservation(lead_id=lead_id, observation=observation))
        for identity, (lead_id, observation) in shelf.observations._kept.items()
    }


def _put_observation(shelf: MemoryShelf, row: ShelfRow, kept: KeptObservation) -> None:
    shelf.observations._kept[row.key] = (kept.lead_id, kept.observation)


def _versioned(stored: Mapping[str, Versioned[Any]]) -> _Found:
    return {key: (one.version, one.document) for key, one in stored.items()}


def _looks(shelf: MemoryShelf) -> _Found:
    position = shelf.names._looked_up_to
    return {"looked_up_to": (1, LookedUpTo(position=position))} if position else {}


def _put_change(shelf: MemoryShelf, _: ShelfRow, logged: Any) -> None:
    log = shelf.names._log
    if logged.position <= len(log):
        log[logged.position - 1] = logged
    else:
        log.append(logged)


def _put_look(shelf: MemoryShelf, _: ShelfRow, look: LookedUpTo) -> None:
    shelf.names._looked_up_to = look.position


def _reported(shelf: MemoryShelf) -> _Found:
    return {
        join_key(feed, name): (
            1,
            ReportedName(feed=feed, name=name, first_seen_at=at.astimezone(UTC) if at else None),
        )
        for (feed, name), at in shelf.feed_bookmarks._reported.items()
    }


def _put_reported(shelf: MemoryShelf, _: ShelfRow, one: ReportedName) -> None:
    shelf.feed_bookmarks._reported[one.feed, one.name] = one.first_seen_at


def _work(shelf: MemoryShelf) -> _Found:
    places = shelf.places()
    return {
        join_key(*key): (1, KeptWork(run_id=key[0], position=places[key], item=item, is_done=is_done))
        for key, (item, is_done) in shelf.frontier._items.items()
    }


def _put_work(shelf: MemoryShelf, row: ShelfRow, kept: KeptWork) -> None:
    """Put the item at its place: a dictionary's order is the order of the work."""
    items, places = shelf.frontier._items, shelf.places()
    own = (kept.run_id, kept.item.kind, kept.item.key)
    if any(place == kept.position and key != own for key, place in places.items()):
        raise DocumentDiffers(Kind.FRONTIER, row.key)
    items[own], places[own] = (kept.item, kept.is_done), kept.position
    ordered = sorted(items.items(), key=lambda one: places[one[0]])
    items.clear()
    items.update(ordered)


_SECTIONS: dict[Kind, tuple[Callable[[MemoryShelf], _Found], Callable[[MemoryShelf, ShelfRow, Any], object]]] = {
    Kind.ACCOUNTS: (_accounts, lambda shelf, _, account: shelf.accounts.put(account)),
    Kind.SAVED_SEARCHES: (
        lambda shelf: {join_key(*key): (1, search) for key, search in shelf.saved_searches._kept.items()},
        lambda shelf, _, search: shelf.saved_searches.put(search),
    ),
    Kind.SNAPSHOTS: (_snapshots, _put_snapshot),
    Kind.OBSERVATIONS: (_observations, _put_observation),
    Kind.LEADS: (
        lambda shelf: _versioned(shelf.leads._leads),
        lambda shelf, row, lead: shelf.leads._leads.update({lead.id: Versioned(lead, row.version)}),
    ),
    Kind.NAMES: (
        lambda shelf: _versioned(shelf.names._records),
        lambda shelf, row, record: shelf.names._records.update({record.host: Versioned(record, row.version)}),
    ),
    Kind.NAME_CHANGES: (
        lambda shelf: {number_key(one.position): (1, one) for one in shelf.names._log},
        _put_change,
    ),
    Kind.NAME_LOOKS: (_looks, _put_look),
    Kind.FEED_REPORTED: (_reported, _put_reported),
    Kind.FEED_BOOKMARKS: (
        lambda shelf: {feed: (1, one) for feed, one in shelf.feed_bookmarks._bookmarks.items()},
        lambda shelf, _, bookmark: shelf.feed_bookmarks.put(bookmark),
    ),
    Kind.FRONTIER: (_work, _put_work),
    Kind.RUNS: (
        lambda shelf: {name: (1, report) for name, report in shelf.runs._reports.items()},
        lambda shelf, _, report: shelf.runs._reports.update({report.id: report}),
    ),
    Kind.AUDIT: (
        lambda shelf: {number_key(one.number): (1, one) for one in shelf.audit._entries},
        lambda shelf, _, entry: insort(shelf.audit._entries, entry, key=lambda one: one.number),
    ),
}
"""Kind → how its rows are found, how one is put in."""
