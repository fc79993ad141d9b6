"""`jianwei assess`: judges given items without any network, one JSON line in, one JSON line out, in input order."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated

import typer

from deploy.cli import session
from deploy.cli.output import note, write_record
from detectors.model import Assessment, Observation, Skip
from detectors.pages.read import decode_html
from detectors.registry import Detector, Knowledge, build_detectors
from detectors.runner import judge_each
from detectors.weights import Weights
from pipelines.bootstrap import kept_snapshots, open_filings
from pipelines.collector import patient_collector
from pipelines.errors import ExitCode, InputUnreadable
from pipelines.filings.lookup import with_filings
from pipelines.filings.registry import FilingRegistry
from pipelines.imports.assess_item import AssessItem, ItemUnusable, read_item
from pipelines.institutions import known_institutions
from pipelines.official_sites import official_roster
from pipelines.pictures.observe import BegunPicture, begin_file, with_pictures
from pipelines.pictures.pool import PicturePool
from pipelines.terms import term_lexicon
from pipelines.weights import WeightsFolder

__all__ = ["assess"]

_MAX_HTML_BYTES = 16_000_000
_LOOK_AHEAD = 64
"""Items whose pictures are begun before their turn."""
_HELD_BYTES = 200_000_000
_BATCH = 100
"""Texts of a file that are judged together."""
_LARGE = 20_000
"""Characters."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def assess(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="JSON Lines, one item each; -: standard input.")
    ] = "-",
) -> None:
    """Judge items given as JSON Lines and print score, reasons and what was not looked at, without any network."""
    with nullcontext(sys.stdin.buffer) if file == "-" else _open(Path(file)) as lines:
        if file == "-":
            broken = _assess_all(lines, "stdin", Path())
        else:
            broken = _assess_all(lines, file, Path(file).parent, most=_BATCH if Path(file).is_file() else 1)
    if broken:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputUnreadable(str(path), f"{error.strerror}", f"{error.strerror}") from error


def _assess_all(lines: Iterable[bytes], name: str, folder: Path, most: int = 1) -> int:
    """Judge each line, `most` of them together; return how many could not be read. Whoever writes into a pipe may wait for each answer."""
    settings = session.current.settings()
    tally = _Tally()
    with patient_collector() as loaded, open_filings(settings) as filings, PicturePool() as pool:
        bench = _Bench(
            detectors=build_detectors(
                Knowledge(
                    roster=official_roster(settings),
                    lexicon=term_lexicon(settings),
                    snapshots=kept_snapshots(settings),
                    institutions=known_institutions(settings),
                )
            ),
            weights=WeightsFolder(settings.home).in_force(),
            filings=filings,
        )
        loaded()
        for some in _batches(_in_order(_items(lines, name, folder, tally), folder, pool), most):
            for record in bench.records(some):
                tally.judged += 1
                write_record(record)
    if tally.broken:
        note(
            session.current.say(
                f"已判断 {tally.judged} 条，{tally.broken} 条无法读取。",
                f"{tally.judged} judged, {tally.broken} could not be read.",
            )
        )
    return tally.broken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """What items are judged with."""

    detectors: Sequence[Detector]
    weights: Weights
    filings: FilingRegistry | None

    def records(self, items: Sequence["_Begun"]) -> Iterator[dict[str, object]]:
        """Wait for the items' pictures, judge them together, and yield what is printed of each."""
        seen = [self._seen(item.observation, begun) for item, begun in items]
        assessments = judge_each(seen, self.detectors, self.weights)
        for (item, _), observation, assessment in zip(items, seen, assessments, strict=True):
            failed = tuple(
                Skip(detector="pictures", cause=f"{Path(one.where).name}：{one.failure}")
                for one in observation.pictures
                if one.failure
            )
            yield _record(item.id, assessment, (*item.skips, *failed))

    def _seen(self, observation: Observation, begun: Sequence[BegunPicture]) -> Observation:
        """Return the observation with what its pictures and the registry say."""
        with_them = with_pictures(observation, begun)
        return with_filings(with_them, self.filings) if self.filings else with_them


@dataclass(slots=True)
class _Tally:
    """Items so far."""

    judged: int = 0
    broken: int = 0


def _items(lines: Iterable[bytes], name: str, folder: Path, tally: _Tally) -> Iterator[AssessItem]:
    """Yield the readable items; name the others on stderr."""
    at = datetime.now(UTC)

    def read_html(path: str) -> str:
        with (folder / path).open("rb") as page:
            return decode_html(page.read(_MAX_HTML_BYTES), "")

    for number, line in enumerate(lines, start=1):
        stripped = line.removeprefix(_BYTE_ORDER_MARK).strip() if number == 1 else line.strip()
        if not stripped:
            continue
        try:
            yield read_item(stripped, read_html, at, f"file:{Path(name).name}")
        except ItemUnusable as error:
            tally.broken += 1
            note(f"{name}:{number}: {error}")


_Begun = tuple[AssessItem, tuple[BegunPicture, ...]]


def _in_order(items: Iterable[AssessItem], folder: Path, pool: PicturePool) -> Iterator[_Begun]:
    """Yield the items in their order, pictures begun some way ahead, so that all workers have work while one item is waited for."""
    waiting: deque[_Begun] = deque()
    for item in items:
        waiting.append((item, tuple(begin_file(folder / path, pool) for path in item.image_paths)))
        while waiting and (_is_ready(waiting[0]) or len(waiting) > _LOOK_AHEAD or _held_bytes(waiting) > _HELD_BYTES):
            yield waiting.popleft()
    yield from waiting


def _batches(items: Iterable[_Begun], most: int) -> Iterator[list[_Begun]]:
    """Yield the items so many at a time; a large one ends its batch, so that few are held at once."""
    some = list[_Begun]()
    for item, begun in items:
        some.append((item, begun))
        if len(some) >= most or begun or _is_large(item.observation):
            yield some
            some = []
    if some:
        yield some


def _is_large(observation: Observation) -> bool:
    texts = (observation, observation.listing, observation.advert)
    return bool(observation.captures) or any(one and len(one.text) > _LARGE for one in texts)


def _is_ready(begun: _Begun) -> bool:
    return all(one.reading.done() for one in begun[1])


def _held_bytes(waiting: Iterable[_Begun]) -> int:
    return sum(len(one.content) for _, begun in waiting for one in begun)


def _record(identity: str, assessment: Assessment, skips: tuple[Skip, ...]) -> dict[str, object]:
    return {
        "id": identity,
        "score_permille": assessment.score_permille,
        "level": assessment.level.value,
        "signals": [
            {
                "code": one.code,
                "direction": one.direction.value,
                "strength_permille": one.strength_permille,
                "reason": one.reason,
                "quote": one.quotes[0].text if one.quotes else "",
            }
            for one in assessment.signals
        ],
        "skips": [{"detector": one.detector, "cause": one.cause} for one in (*assessment.skips, *skips)],
    }
