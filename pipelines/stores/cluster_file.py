"""A case on a cluster as one SQLite file, for backups: what is shared from the cluster, the rest from the machine's own file.

Such a backup needs no cluster to be read: it is restored as a SQLite store, and `jianwei store copy` brings it onto a cluster again.
"""

from contextlib import AbstractContextManager
from pathlib import Path

from pipelines.errors import StoreUnavailable
from pipelines.moves.copy import Copier, CopyReport, Place, Progress
from pipelines.ports import Clock
from pipelines.settings import Settings
from pipelines.stores.shared import cluster_place, cluster_shelf, opened_cluster
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.shelf import SqliteShelf
from pipelines.stores.sqlite.store_file import SqliteStoreFile

__all__ = ["ClusterStoreFile"]


class ClusterStoreFile:
    """A `pipelines.moves.backup.StoreFile`.

    What is shared is as it was at one moment; the machine's own file is copied as it was right after.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._path = settings.home / settings.store.path
        self._own = SqliteStoreFile(self._path)

    @property
    def newest_layout(self) -> int:
        """Return the layout this program writes."""
        return self._own.newest_layout

    def size_bytes(self) -> int:
        """Return how much room a copy of the machine's own file takes; what the cluster holds is not known beforehand."""
        return self._own.size_bytes()

    def copy_to(self, path: Path, progress: Progress) -> bool:
        """Write everything to a new file; False: the moment was lost with a node, and what differed of a later one was caught up with.

        Raises `StoreUnavailable`, also where documents are damaged.
        """
        aside = path.with_name(f".{path.name}.own")
        own = Database(self._path, busy_timeout_s=self._settings.store.busy_timeout_s)
        try:
            with opened_cluster(self._settings) as cluster, self._own.opened(path):
                shelf = cluster_shelf(cluster, own)
                place = cluster_place(shelf, "own")
                with shelf.at_one_moment() as moment:
                    self._own.copy_to(aside, progress)
                    report = self._copied(place, aside, path, progress)
        finally:
            own.close()
            aside.unlink(missing_ok=True)
            (path.parent / ".copy" / "moves" / "copy.json").unlink(missing_ok=True)
        for folder in (path.parent / ".copy" / "moves", path.parent / ".copy"):
            folder.rmdir()
        odd = [one.kind.value for one in report.kinds if not one.is_same]
        if odd:
            raise StoreUnavailable(
                place.name,
                f"有记录无法读取，或集群节点在备份期间丢失、写入太频繁（{'、'.join(odd)}），请运行 jianwei store check，或在空闲时重试",
                f"documents are damaged, or a node was lost and it was written to faster than it could be copied ({', '.join(odd)}); run jianwei store check, or try at a quiet time",
            )
        return moment.begun_count == 1

    def _copied(self, place: Place, aside: Path, path: Path, progress: Progress) -> CopyReport:
        """Write the own part from the file aside, the shared part from the cluster."""
        target = Database(path)
        try:
            shelf = SqliteShelf(target)
            shelf.take_own(aside, shared=[kind for kind in shelf.kinds if kind not in place.elsewhere])
            into = Place(str(path), shelf, place.elsewhere)
            return Copier(place, into, path.parent / ".copy", self._clock, progress).copy()
        finally:
            target.close()

    def opened(self, path: Path) -> AbstractContextManager[SqliteShelf]:
        """Open a copy."""
        return self._own.opened(path)
