"""Writes the report of a run: one worker's, or what all workers did together."""

import contextlib
from collections.abc import Callable
from dataclasses import replace

from crawler.context import Notes, SweepCase
from pipelines.model import RunReport
from pipelines.run_tally import nested

__all__ = ["end_report", "put_report"]

_Judge = Callable[[RunReport], RunReport]


def put_report(case: SweepCase, report: RunReport, notes: Notes, judge: _Judge | None = None) -> None:
    """Write what was done so far, with the verdict of `judge` where the run cannot go on. Raises `StoreUnavailable`."""
    with _alone(case, report.id):
        case.runs.put((judge or _unjudged)(_as_it_stands(case, report, notes)))


def end_report(case: SweepCase, report: RunReport, notes: Notes, judge: _Judge) -> RunReport:
    """Write the report of a run whose work is done, with its verdict, and return it. Raises `StoreUnavailable`.

    Files lie on one machine: while another has some of the run still to read, the run is not finished.
    """
    board = case.shared_work.board if case.shared_work else None
    with _alone(case, report.id):
        if board and case.frontier.counts(report.id)[1].get("file", 0):
            notes.skip("有文件须由开始巡查的机器读取，请在该机器上用 jianwei sweep --resume 继续")
            written = _as_it_stands(case, report, notes)
        else:
            written = replace(judge(_as_it_stands(case, report, notes)), finished_at=case.clock.now())
        case.runs.put(written)
    if board is None:
        # What the pieces counted is in the report now. Killed before this line, the rows are left behind and harm nobody.
        # What several workers counted ends by itself: the others write their last report after this one.
        case.tallies.forget(report.id)
    return written


def _alone(case: SweepCase, run_id: str) -> contextlib.AbstractContextManager[None]:
    return case.shared_work.board.alone(run_id) if case.shared_work else contextlib.nullcontext()


def _unjudged(report: RunReport) -> RunReport:
    return report


def _as_it_stands(case: SweepCase, report: RunReport, notes: Notes) -> RunReport:
    """Return the report as things stand, of all workers."""
    done, left = case.frontier.counts(report.id)
    together, total = notes, notes.total
    if case.shared_work:
        together = notes.with_others(case.shared_work.board.post(report.id, notes.posted()))
        total = case.tallies.sum(report.id)
    errors = total.errors + together.unfinished.errors
    return replace(
        report,
        finished_at=None,
        done=done,
        left=left,
        outcomes=dict(sorted(total.outcomes.items())),
        failures=tuple(together.failures),
        not_run=tuple(together.not_run),
        postponed=tuple(together.postponed),
        errors=dict(sorted(errors.items())),
        by_source=nested(total.sources),
        field_counts=nested(total.fields),
    )
