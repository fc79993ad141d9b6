"""Labelled sets: what was seen, and whether it is counterfeit. What `jianwei weights report` measures the levels on."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from detectors.model import CandidateKind, Level, Observation, OfficialSnapshot
from detectors.pages.read import decode_html, read_page
from pipelines.errors import InputUnreadable
from pipelines.imports.assess_item import ItemUnusable, read_item

__all__ = ["LabelledItem", "SetKind", "read_set"]

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_TRUTH = "is_counterfeit"
_MAX_HTML_BYTES = 16_000_000
_UNREADABLE = (OSError, UnicodeDecodeError, KeyError, ValueError, TypeError, csv.Error)


class SetKind(StrEnum):
    """What is judged; each kind has figures of its own."""

    TEXTS = "texts"
    PAGES = "pages"
    NAMES = "names"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledItem:
    """One thing seen, and the truth about it."""

    kind: SetKind
    observation: Observation
    is_counterfeit: bool
    """Or a sale of certificates."""
    snapshots: tuple[OfficialSnapshot, ...] = ()
    """Official pages it is to be compared with; empty: those that are kept."""


def read_set(path: Path) -> Iterator[LabelledItem]:
    """Yield the items of a file or folder. Raises `InputUnreadable`, which names the file and the line.

    A file: one JSON object a line as for `jianwei assess`, with `is_counterfeit`. A folder laid out like `tests/golden`: pages
    (`<case>.html` with `<case>.json`, counterfeit where its level is above low) and `names/` (`counterfeits.csv`, `benign.csv`).
    """
    if path.is_dir():
        yield from _pages(path)
        yield from _names(path / "names")
    else:
        yield from _lines(path)


def _lines(path: Path) -> Iterator[LabelledItem]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise _unreadable(path, 0, error) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            truth = json.loads(line)[_TRUTH]
            if not isinstance(truth, bool):
                raise TypeError(f"{_TRUTH} {truth!r}")
            seen = _item(line, path.parent)
        except (*_UNREADABLE, ItemUnusable) as error:
            raise _unreadable(path, number, error) from error
        yield LabelledItem(kind=_kind_of(seen), observation=seen, is_counterfeit=truth)


def _pages(folder: Path) -> Iterator[LabelledItem]:
    for path in sorted(folder.glob("*/*.json")):
        page = path.with_suffix(".html")
        if not page.exists():
            continue
        try:
            case = json.loads(path.read_text("utf-8"))
            given = {"id": path.stem, "kind": CandidateKind.SITE.value, "url": case["url"], "html_path": page.name}
            seen = _item(json.dumps(given).encode(), path.parent)
            snapshots = (_snapshot(path.parent, case["snapshot"]),) if "snapshot" in case else ()
            is_counterfeit = Level(case["level"]) is not Level.LOW
        except (*_UNREADABLE, ItemUnusable) as error:
            raise _unreadable(path, 0, error) from error
        yield LabelledItem(kind=SetKind.PAGES, observation=seen, is_counterfeit=is_counterfeit, snapshots=snapshots)


def _names(folder: Path) -> Iterator[LabelledItem]:
    for file, is_counterfeit in (("counterfeits.csv", True), ("benign.csv", False)):
        path = folder / file
        if not path.exists():
            continue
        try:
            with path.open(encoding="utf-8-sig", newline="") as rows:
                names = [row["name"] for row in csv.DictReader(rows)]
            for name in names:
                given = {"id": name, "kind": CandidateKind.SITE.value, "url": f"http://{name}/"}
                seen = _item(json.dumps(given).encode(), folder)
                yield LabelledItem(kind=SetKind.NAMES, observation=seen, is_counterfeit=is_counterfeit)
        except (*_UNREADABLE, ItemUnusable) as error:
            raise _unreadable(path, 0, error) from error


def _item(line: bytes, folder: Path) -> Observation:
    def read_html(path: str) -> str:
        with (folder / path).open("rb") as page:
            return decode_html(page.read(_MAX_HTML_BYTES), "")

    return read_item(line, read_html, _AT, "file:labelled").observation


def _snapshot(folder: Path, given: dict[str, Any]) -> OfficialSnapshot:
    url = f"https://{given['host']}/"
    html = (folder / given["html"]).read_text("utf-8")
    return OfficialSnapshot(host=given["host"], url=url, taken_at=_AT, html=html, page=read_page(html, url))


def _kind_of(seen: Observation) -> SetKind:
    if seen.candidate.kind is not CandidateKind.SITE:
        return SetKind.TEXTS
    return SetKind.PAGES if seen.captures else SetKind.NAMES


def _unreadable(path: Path, line: int, error: Exception) -> InputUnreadable:
    place = f"{path}:{line}" if line else str(path)
    return InputUnreadable(place, f"不是标注数据（{error!r}）", f"no labelled item ({error!r})")
