"""What is looked at in a home folder and its backups."""

import hashlib

from pipelines.bootstrap import open_shelf
from pipelines.settings import Settings


class Quiet:
    def __init__(self):
        self.stages = []

    def stage(self, title, total):
        self.stages.append(title)

    def advance(self, count=1):
        pass


def rows(home) -> dict:
    with open_shelf(Settings(home=home), "sqlite") as place:
        return {kind: list(place.shelf.read(kind)) for kind in place.shelf.kinds}


def everything(folder) -> dict[str, tuple]:
    """Return every file with its digest and mode."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
