"""Writes the report of a run: one worker's, or what all workers did together."""

import contextlib
from dataclasses import replace

from crawler.context import Notes, SweepCase
from pipelines.model import RunReport

__all__ = ["put_report"]


def put_report(case: SweepCase, report: RunReport, notes: Notes, *, is_finished: bool) -> RunReport:
    """Write what was done so far and return it. Raises `StoreUnavailable`.

    Files lie on one machine: while another has some of the run still to read, the run is not finished.
    """
    board = case.shared_work.board if case.shared_work else None
    with board.alone(report.id) if board else contextlib.nullcontext():
        done, left = case.frontier.counts(report.id)
        waits_for_files = board is not None and left.get("file", 0) > 0
        if waits_for_files and is_finished:
            notes.skip("有文件须由开始巡查的机器读取，请在该机器上用 jianwei sweep --resume 继续")
        together = notes.with_others(board.post(report.id, notes.posted())) if board else notes
        written = replace(
            report,
            finished_at=case.clock.now() if is_finished and not waits_for_files else None,
            done=done,
            left=left,
            outcomes=dict(sorted(together.outcomes.items())),
            failures=tuple(together.failures),
            not_run=tuple(together.not_run),
        )
        case.runs.put(written)
    return written
