"""The matcher of lookalike names, with what its sieve looks for kept below the home folder between runs."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from detectors.names.clues import Clue, forms, fragments
from detectors.names.engine import NameMatcher
from detectors.names.hyperscan_look import HyperscanLook, compiled, has_hyperscan, release
from detectors.names.sieve import LookedFor
from keywords.roster import Roster
from pipelines.files import replace_file

__all__ = ["KeptLooks", "open_matcher", "version_of"]

_SOURCES = ("detectors.names", "keywords")
"""Packages whose code and tables decide what the clues are."""
_LINE = b"\n"
_DIGEST_BYTES = 32


def open_matcher(roster: Roster, cache: Path) -> NameMatcher:
    """Return a matcher for these sites; `cache` is the folder in which is kept what the sieve looks for: working it out takes seconds.

    Without Hyperscan, or where the folder cannot be written, the hits are the same and only the speed differs.
    """
    return NameMatcher(roster, KeptLooks(cache, version_of(roster)).looked_for)


def version_of(roster: Roster) -> str:
    """Return a digest of all that decides what the sieve looks for: sites, rules, tables and Hyperscan's release."""
    digest = hashlib.sha256(f"{release()}\n{roster.sites!r}".encode())
    for source in _SOURCES:
        for name, file in sorted(_files_below(files(source))):
            digest.update(f"\n{source}/{name}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:32]


def _files_below(folder: Traversable, within: str = "") -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _files_below(one, f"{within}{one.name}/")
        elif one.name.endswith((".py", ".csv")):
            yield within + one.name, one


class KeptLooks:
    """Works out what to look for once for each version, and keeps it: a database of Hyperscan's, and a file of the clues' forms below their digest."""

    def __init__(self, folder: Path, version: str) -> None:
        """`version` is what `version_of` says of the sites."""
        self._folder = folder
        self._database, self._forms = (folder / f"names-{version}.{kind}" for kind in ("hsdb", "forms"))

    def looked_for(self, work_out: Callable[[], set[Clue]]) -> LookedFor:
        """Return what was kept, else what `work_out` comes to."""
        with suppress(OSError, ValueError):  # not kept yet, or damaged: it is made anew
            first = HyperscanLook(self._database.read_bytes()) if has_hyperscan() else None
            return LookedFor(_intact(self._forms.read_bytes()).split(_LINE), first)
        clues = work_out()
        text = _LINE.join(forms(clues))
        database = compiled(fragments(clues)) if has_hyperscan() else b""
        with suppress(OSError):
            self._keep({self._forms: hashlib.sha256(text).digest() + text, self._database: database})
        return LookedFor(text.split(_LINE), HyperscanLook(database) if database else None)

    def _keep(self, contents: dict[Path, bytes]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for path, content in contents.items():
            replace_file(path, content, mode=0o600, is_synced=False)  # made anew where a power cut damages it
        for other in self._folder.glob("names-*"):
            if other not in contents:
                other.unlink(missing_ok=True)


def _intact(content: bytes) -> bytes:
    """Return what stands behind its digest. Raises ValueError when it is damaged."""
    digest, text = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(text).digest() != digest:
        raise ValueError("the kept forms are damaged")
    return text
