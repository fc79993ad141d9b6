"""A case on a cluster as one SQLite file, for backups: what is shared from the cluster, the rest from the machine's own file.

Such a backup needs no cluster to be read: it is restored as a SQLite store, and `jianwei store copy` brings it onto a cluster again.
"""

from contextlib import AbstractContextManager
from pathlib import Path

from pipelines.errors import StoreUnavailable
from pipelines.moves.copy import Copier, Place, Progress
from pipelines.ports import Clock
from pipelines.settings import Settings
from pipelines.stores.shared import cluster_place, opened_cluster
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.shelf import SqliteShelf
from pipelines.stores.sqlite.store_file import SqliteStoreFile

__all__ = ["ClusterStoreFile"]


class ClusterStoreFile:
    """A `pipelines.moves.backup.StoreFile`.

    Each kind is as it was at one moment, not all kinds at the same: what is written while one is copied is caught up with.
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

    def copy_to(self, path: Path, progress: Progress) -> None:
        """Write everything to a new file. Raises `StoreUnavailable`, also where the cluster was written to faster than it can be copied."""
        aside = path.with_name(f".{path.name}.own")
        own = Database(self._path, busy_timeout_s=self._settings.store.busy_timeout_s)
        try:
            with opened_cluster(self._settings) as cluster, self._own.opened(path):
                place = cluster_place(cluster, own, "own")
                self._own.copy_to(aside, progress)
                target = Database(path)
                try:
                    shelf = SqliteShelf(target)
                    shelf.take_own(aside, shared=[kind for kind in shelf.kinds if kind not in place.elsewhere])
                    into = Place(str(path), shelf, place.elsewhere)
                    report = Copier(place, into, path.parent / ".copy", self._clock, progress).copy()
                finally:
                    target.close()
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
                f"备份期间写入太频繁或有记录无法读取（{'、'.join(odd)}），请在空闲时重试",
                f"it was written to faster than it could be copied, or documents are damaged ({', '.join(odd)}); try at a quiet time",
            )

    def opened(self, path: Path) -> AbstractContextManager[SqliteShelf]:
        """Open a copy."""
        return self._own.opened(path)
