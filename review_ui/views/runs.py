"""巡查: what sweeps did, what they are doing now, what did not run, and whether they went well."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from pipelines.bootstrap import Case
from pipelines.model import RunReport, StopRequest
from pipelines.run_health import FieldShare, field_shares
from review_ui.desk import NotThere, PostedForm, Visit, go_to, requires
from review_ui.permissions import Permission

__all__ = ["RunView", "progress_events", "router"]

router = APIRouter()
_SHOWN = 20
_LOOK_EVERY_S = 2.0
_LOOKS = 5
"""Then the stream ends and the browser asks anew: a server that is stopped waits no longer than that."""
_COUNTS = ("pages", "rows", "adverts", "observations", "created", "failed")
"""What is shown of each source."""


@dataclass(frozen=True, slots=True)
class RunView:
    """One run with its numbers as they are now."""

    report: RunReport
    done: dict[str, int]
    left: dict[str, int]
    shares: tuple[FieldShare, ...] = ()
    """How often each field of each definition was found, compared with the runs before."""

    @property
    def is_open(self) -> bool:
        """Say whether the run has not come to its end."""
        return self.report.finished_at is None

    @property
    def is_going(self) -> bool:
        """Say whether it may still be at work: not ended, and not stopped by a person."""
        return self.is_open and self.report.stopped_at is None

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

    @property
    def numbers(self) -> dict[str, object]:
        """Return what a page that is open already shows anew."""
        kinds = {kind: [self.done.get(kind, 0), self.left.get(kind, 0)] for kind in self.kinds}
        return {"id": self.report.id, "done": self.done_count, "all": self.all_count, "kinds": kinds}


@router.get("/runs")
def runs(visit: Annotated[Visit, Depends(requires(Permission.RUN_READ))]) -> Response:
    """Show the newest runs; the page follows one that is going on."""
    reports = visit.case.runs.latest(2 * _SHOWN)
    views = [_view(visit.case, report, reports[place + 1 :]) for place, report in enumerate(reports[:_SHOWN])]
    return visit.page(
        "runs.html",
        runs=views,
        is_live=any(view.is_going for view in views),
        counts=_COUNTS,
        stops=Permission.RUN_STOP,
    )


@router.post("/runs/stop")
def stop(form: PostedForm, visit: Annotated[Visit, Depends(requires(Permission.RUN_STOP))]) -> Response:
    """Ask a run that is going on to end after the work in hand. Wherever it runs, it looks for the request every few seconds."""
    run_id = form.get("run", "")
    request = StopRequest(by=visit.account.name, at=visit.case.clock.now())
    holds = visit.case.runs.ask_to_stop(run_id, request) if run_id else None
    if holds is None:
        raise NotThere("这次巡查已经结束，或没有这次巡查，不需要停止。")
    if holds == request:
        visit.audit("run.stop", run_id)
    return go_to("/runs")


@router.get("/runs/live")
def live(visit: Annotated[Visit, Depends(requires(Permission.RUN_READ))]) -> Response:
    """Send the numbers of open runs as they change (server-sent events); `end` when there is none any more."""
    return StreamingResponse(progress_events(visit.case), media_type="text/event-stream")


async def progress_events(case: Case, every_s: float = _LOOK_EVERY_S, looks: int = _LOOKS) -> AsyncIterator[str]:
    """Yield an event a look."""
    for look in range(looks):
        if look:
            await asyncio.sleep(every_s)
        numbers = await asyncio.to_thread(_open_numbers, case)
        if not numbers:
            yield "event: end\ndata: {}\n\n"
            return
        yield f"data: {msgspec.json.encode(numbers).decode()}\n\n"


def _open_numbers(case: Case) -> list[dict[str, object]]:
    views = (_view(case, report) for report in case.runs.latest(_SHOWN) if report.finished_at is None)
    return [view.numbers for view in views if view.is_going]


def _view(case: Case, report: RunReport, earlier: tuple[RunReport, ...] = ()) -> RunView:
    shares = field_shares(report, [one for one in earlier if one.finished_at])
    if report.finished_at is not None:
        return RunView(report, report.done, report.left, shares)
    # The report of a running sweep is some seconds old; the frontier is counted as it stands.
    done, left = case.frontier.counts(report.id)
    return RunView(report, done, left, shares)
