"""The matcher of lookalike names, with its compiled first look kept below the home folder between runs."""

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from detectors.names.clues import Clue, fragments
from detectors.names.engine import NameMatcher
from detectors.names.hyperscan_look import HyperscanLook, compiled, has_hyperscan, version_of
from keywords.roster import Roster

__all__ = ["open_matcher"]


def open_matcher(roster: Roster, cache: Path) -> NameMatcher:
    """Return a matcher for these sites; `cache` is the folder compiled databases are kept in.

    Without Hyperscan, or where the folder cannot be written, the hits are the same and only the speed differs.
    """
    return NameMatcher(roster, _Kept(cache).look_for if has_hyperscan() else None)


class _Kept:
    """Compiles a first look once for each version of roster, rules and Hyperscan."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look_for(self, clues: Iterable[Clue]) -> HyperscanLook:
        texts = list(fragments(clues))
        path = self._folder / f"names-{version_of(texts)}.hsdb"
        with suppress(OSError, ValueError):  # not kept yet, or damaged: it is made anew
            return HyperscanLook(path.read_bytes())
        database = compiled(texts)
        with suppress(OSError):
            self._keep(path, database)
        return HyperscanLook(database)

    def _keep(self, path: Path, database: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(database)
        Path(file.name).replace(path)
        for other in self._folder.glob("names-*.hsdb"):
            if other != path:
                other.unlink(missing_ok=True)
