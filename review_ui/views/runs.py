"""巡查: what sweeps did, what they are doing now, and what did not run."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from pipelines.model import RunReport
from review_ui.desk import Visit, requires
from review_ui.permissions import Permission

__all__ = ["RunView", "router"]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RunView:
    """One run with its numbers as they are now."""

    report: RunReport
    done: dict[str, int]
    left: dict[str, int]

    @property
    def is_open(self) -> bool:
        """Say whether the run has not come to its end."""
        return self.report.finished_at is None

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of work in it."""
        return sorted({*self.done, *self.left})

    @property
    def done_count(self) -> int:
        """Return the number of finished work items."""
        return sum(self.done.values())

    @property
    def all_count(self) -> int:
        """Return the number of work items known so far."""
        return self.done_count + sum(self.left.values())


@router.get("/runs")
def runs(visit: Annotated[Visit, Depends(requires(Permission.RUN_READ))]) -> Response:
    """Show the newest runs; the page reloads itself while one is going on."""
    views = [_view(visit, report) for report in visit.case.runs.latest(20)]
    return visit.page("runs.html", runs=views, is_live=any(view.is_open for view in views))


def _view(visit: Visit, report: RunReport) -> RunView:
    if report.finished_at is not None:
        return RunView(report, report.done, report.left)
    # The report of a running sweep may be minutes old; the frontier is counted as it stands.
    done, left = visit.case.frontier.counts(report.id)
    return RunView(report, done, left)
