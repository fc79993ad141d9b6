"""Keeps rejected rows in a file that staff can open, correct and import again."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from pipelines.exports.cells import neutral
from pipelines.imports.model import Rejection

__all__ = ["write_rejects"]


def write_rejects(folder: Path, source: Path, rejections: Iterable[Rejection], at: datetime) -> Path:
    """Write line, reason and original row as CSV (UTF-8 with BOM, as office programs expect) and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.stem}-{at:%Y%m%d-%H%M%S}-rejected.csv"
    partial = path.with_suffix(".part")
    with partial.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("文件", "行号", "原因", "原内容"))
        for rejection in rejections:
            writer.writerow(
                (neutral(source.name), rejection.line, neutral(rejection.reason), neutral(rejection.original))
            )
    partial.replace(path)
    return path
