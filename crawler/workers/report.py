"""Writes the report of a run: one worker's, or what all workers did together."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from crawler.context import Notes, SweepCase
from pipelines.model import RunReport
from pipelines.run_health import with_verdict
from pipelines.run_tally import nested

__all__ = ["Ending", "put_report"]


class Ending(Enum):
    """How far a run has come."""

    NONE = "none"
    """It goes on, or was stopped and can be resumed."""
    BROKEN = "broken"
    """It could not go on; it can be resumed."""
    WHOLE = "whole"


def put_report(
    case: SweepCase, report: RunReport, notes: Notes, earlier: Sequence[RunReport], ending: Ending
) -> RunReport:
    """Write what was done so far and return it; with a verdict, compared with `earlier` runs, if it ended. Raises `StoreUnavailable`.

    Files lie on one machine: while another has some of the run still to read, the run is not finished.
    """
    board = case.shared_work.board if case.shared_work else None
    with board.alone(report.id) if board else contextlib.nullcontext():
        done, left = case.frontier.counts(report.id)
        waits_for_files = board is not None and left.get("file", 0) > 0
        if waits_for_files and ending is Ending.WHOLE:
            notes.skip("有文件须由开始巡查的机器读取，请在该机器上用 jianwei sweep --resume 继续")
            ending = Ending.NONE
        together = notes.with_others(board.post(report.id, notes.posted())) if board else notes
        if board:
            together.total = case.tallies.sum(report.id)
        written = _filled(report, done, left, together)
        if ending is not Ending.NONE:
            written = with_verdict(written, earlier, is_broken=ending is Ending.BROKEN)
        if ending is Ending.WHOLE:
            written = replace(written, finished_at=case.clock.now())
        case.runs.put(written)
    if written.finished_at and board is None:
        # What the pieces counted is in the report now. Killed before this line, the rows are left behind and harm nobody.
        # What several workers counted ends by itself: the others write their last report after this one.
        case.tallies.forget(report.id)
    return written


def _filled(report: RunReport, done: dict[str, int], left: dict[str, int], notes: Notes) -> RunReport:
    return replace(
        report,
        done=done,
        left=left,
        outcomes=dict(sorted(notes.total.outcomes.items())),
        failures=tuple(notes.failures),
        not_run=tuple(notes.not_run),
        postponed=tuple(notes.postponed),
        errors=dict(sorted((notes.total.errors + notes.unfinished.errors).items())),
        by_source=nested(notes.total.sources),
        field_counts=nested(notes.total.fields),
    )
