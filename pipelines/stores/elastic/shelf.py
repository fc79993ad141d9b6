"""What the cluster holds as rows of documents; with the machine's own SQLite file, the whole case."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from pipelines.errors import DocumentDiffers
from pipelines.moves.shelf import Kind, ShelfRow, canonical_json, document_of
from pipelines.ports import Shelf
from pipelines.stores.elastic.bulk import Write, write_many
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index, Stored
from pipelines.stores.elastic.layouts import LAYOUTS
from pipelines.stores.elastic.moment import Moment
from pipelines.stores.elastic.names import ElasticNames

__all__ = ["ClusterShelf"]

_BATCH = 500


class ClusterShelf:
    """A `Shelf` over the cluster for what is shared, and over a store of the machine's own for the rest."""

    def __init__(self, cluster: Cluster, own: Shelf) -> None:
        self._own = own
        self._names = ElasticNames(cluster)
        self._indices = {kind: Index(cluster, kind) for kind in LAYOUTS}
        self._cluster = cluster
        self._moment: Moment | None = None

    @property
    def name(self) -> str:
        """Return where the shared part is, for people."""
        return f"{self._cluster.where} {self._cluster.prefix}"

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return what the two hold together."""
        return tuple(kind for kind in Kind if kind in self._indices or kind in self._own.kinds)

    @property
    def own_kinds(self) -> tuple[Kind, ...]:
        """Return what of it lives in the machine's own store."""
        return tuple(kind for kind in self.kinds if kind not in self._indices)

    def read(self, kind: Kind, after: str = "") -> Iterator[ShelfRow]:
        """Yield the rows behind a key as they were at one moment: that of `at_one_moment`, or now."""
        if kind not in self._indices:
            yield from self._own.read(kind, after)
            return
        if not self._moment:
            self._settle(kind)
        for stored in self._indices[kind].walk(after=after, moment=self._moment):
            yield _row(stored)

    @contextmanager
    def at_one_moment(self) -> Iterator[Moment]:
        """Have everything of the cluster that is read within be as it is now, whatever is written meanwhile."""
        for kind, index in self._indices.items():
            self._settle(kind)
            index.settle()
        aliases = [index.alias for index in self._indices.values()]
        # Once more, all together: what was refreshed first is not to be older than what was refreshed last.
        self._cluster.ask(lambda client: client.indices.refresh(index=aliases))
        with closing(Moment(self._cluster, aliases)) as moment:
            moment.begin()
            self._moment = moment
            try:
                yield moment
            finally:
                self._moment = None

    def write(self, kind: Kind, rows: Sequence[ShelfRow], *, replaces: bool = False) -> int:
        """Keep rows with their versions; return how many were not there before."""
        if kind not in self._indices:
            return self._own.write(kind, rows, replaces=replaces)
        return sum(
            self._write(kind, rows[start : start + _BATCH], replaces=replaces) for start in range(0, len(rows), _BATCH)
        )

    def count(self, kind: Kind) -> int:
        """Return how many rows there are."""
        if kind not in self._indices:
            return self._own.count(kind)
        self._settle(kind)
        return self._indices[kind].count()

    def _settle(self, kind: Kind) -> None:
        """Have what others wrote be seen, too."""
        if kind is Kind.NAME_CHANGES:
            self._names.settle()
        self._indices[kind].note_unseen()

    def _write(self, kind: Kind, rows: Sequence[ShelfRow], *, replaces: bool) -> int:
        index = self._indices[kind]
        left = {row.key: (row, document_of(kind, row)) for row in rows}
        added, patience = 0, index.cluster.patience()
        while left:
            there = index.get_many(left)
            writes = []
            for row, document in left.values():
                stored = there[row.key]
                if stored and _row(stored) == row:
                    continue
                if stored and (not replaces or kind is Kind.AUDIT or stored.version > row.version):
                    raise DocumentDiffers(kind, row.key)
                made = index.row(row.key, row.version, document, row.content.decode())
                writes.append(Write(made, stored))
            outcomes = write_many(index, writes)
            added += sum(made and one.after is None for one, made in zip(writes, outcomes, strict=True))
            left = {one.row.key: left[one.row.key] for one, made in zip(writes, outcomes, strict=True) if not made}
            if left:
                patience.wait()
        return added


def _row(stored: Stored) -> ShelfRow:
    return ShelfRow(stored.key, stored.version, canonical_json(stored.content))
