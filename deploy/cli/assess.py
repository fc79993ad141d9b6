"""`jianwei assess`: judges given items without any network, one JSON line in, one JSON line out, in input order."""

import sys
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated

import typer

from deploy.cli import session
from deploy.cli.output import note, write_record
from detectors.model import Assessment, Skip
from detectors.pages.read import decode_html
from detectors.registry import Knowledge, build_detectors
from detectors.runner import judge
from keywords.loader import load_lexicon
from pipelines.errors import ExitCode, InputUnreadable
from pipelines.imports.assess_item import ItemUnusable, read_item
from pipelines.institutions import known_institutions
from pipelines.official_sites import official_roster

__all__ = ["assess"]

_MAX_HTML_BYTES = 16_000_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def assess(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="JSON Lines, one item each; -: standard input.")
    ] = "-",
) -> None:
    """Judge items given as JSON Lines and print score, reasons and what was not looked at, without any network."""
    with nullcontext(sys.stdin.buffer) if file == "-" else _open(Path(file)) as lines:
        broken = _assess_all(lines, "stdin" if file == "-" else file, Path() if file == "-" else Path(file).parent)
    if broken:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputUnreadable(str(path), f"{error.strerror}", f"{error.strerror}") from error


def _assess_all(lines: Iterable[bytes], name: str, folder: Path) -> int:
    """Judge each line; return how many could not be read."""
    settings = session.current.settings()
    knowledge = Knowledge(
        roster=official_roster(settings), lexicon=load_lexicon(), institutions=known_institutions(settings)
    )
    detectors = build_detectors(knowledge)
    at = datetime.now(UTC)
    judged = broken = 0

    def read_html(path: str) -> str:
        with (folder / path).open("rb") as page:
            return decode_html(page.read(_MAX_HTML_BYTES), "")

    for number, line in enumerate(lines, start=1):
        stripped = line.removeprefix(_BYTE_ORDER_MARK).strip() if number == 1 else line.strip()
        if not stripped:
            continue
        try:
            item = read_item(stripped, read_html, at, f"file:{Path(name).name}")
        except ItemUnusable as error:
            broken += 1
            note(f"{name}:{number}: {error}")
            continue
        judged += 1
        write_record(_record(item.id, judge(item.observation, detectors), item.skips))
    if broken:
        note(
            session.current.say(
                f"已判断 {judged} 条，{broken} 条无法读取。", f"{judged} judged, {broken} could not be read."
            )
        )
    return broken


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
