"""The pages of runs: verdicts, vanished fields, live numbers, and what each engine was asked."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipelines.model import Role, RunReport, RunVerdict, WorkItem
from pipelines.query_ledger import AskedPage
from review_ui.views.runs import progress_events
from tests.conftest import NOW

OPEN = "R20261122-0800"
REPORT = RunReport(
    id="R20261122-0900", started_at=NOW - timedelta(minutes=9), finished_at=NOW, sources=("engines",), done={"query": 9}, left={},
    outcomes={}, errors={"timeout": 3}, by_source={"engine:baidu": {"pages": 9, "rows": 90}},
    field_counts={"engine:baidu": {"rows": 90, "adverts": 9, "title": 90, "target": 1}},
    verdict=RunVerdict.LOOK, reasons=("搜索：百度：“真实地址”可能已失效<script>",),
)  # fmt: skip


def before(**changes) -> RunReport:
    fields = {"engine:baidu": {"rows": 100, "title": 100, "target": 80}}
    return replace(REPORT, id="R20261120-0900", started_at=NOW - timedelta(days=2), field_counts=fields, **changes)


def test_a_verdict_stands_with_its_reasons_sources_errors_and_vanished_fields(case, visitor) -> None:
    case.runs.put(REPORT)
    case.runs.put(before(verdict=RunVerdict.GOOD, reasons=()))
    text = visitor.as_role(Role.POLICE).get("/runs").text
    for said in (
        "■ 需要查看",
        "✓ 正常",
        "可能已失效&lt;script&gt;",
        "超时 <b>3</b>",
        "1 / 90",
        "80%",
        "<b>可能已失效</b>",
    ):
        assert said in text
    assert text.count("<b>可能已失效</b>") == 1


def test_open_runs_send_their_numbers_until_they_end(case, visitor) -> None:
    async def events() -> list[str]:
        return [event async for event in progress_events(case, every_s=0, looks=2)]

    first, second = asyncio.run(events())
    assert first == second
    assert json.loads(first.removeprefix("data: ")) == [{"id": OPEN, "done": 4, "all": 10, "kinds": {"name": [4, 6]}}]
    case.frontier.finish(OPEN, WorkItem(kind="name", key="n9.example"))
    assert json.loads(asyncio.run(events())[0].removeprefix("data: "))[0]["done"] == 5
    (report,) = [one for one in case.runs.latest() if one.id == OPEN]
    case.runs.put(replace(report, finished_at=NOW))
    answer = visitor.as_role(Role.POLICE).get("/runs/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("event: end")
    assert "data-live" not in visitor.get("/runs").text


def test_live_numbers_are_for_who_may_see_runs(visitor) -> None:
    assert visitor.get("/runs/live").status_code == visitor.get("/runs/coverage").status_code == 303


def test_coverage_says_what_was_asked_and_what_was_not(case, visitor) -> None:
    visitor.as_role(Role.POLICE)
    assert "还没有查询过任何引擎" in visitor.get("/runs/coverage").text
    day = date(2026, 11, 20)
    page = AskedPage(run_id="R1", source="engine:baidu", text="叉车证 包过", page=1, terms=("叉车证", "包过"))
    case.queries.begin(page, day, 9)
    case.queries.note_answer(page, day, 10, 2)
    case.queries.note_leads([("engine:baidu", page.text, "L1")], day)
    text = visitor.get("/runs/coverage").text
    assert "2026-11-20 查 1 次，线索 1" in text
    assert text.count("未查") > 100
    assert text.index("叉车证") < text.index("焊工证"), "what brought leads comes first"
    assert len(text.encode()) < 150_000


@pytest.mark.parametrize("role", Role)
def test_a_run_is_stopped_by_who_may_and_once(case, visitor, role) -> None:
    desk = visitor.as_role(role)
    may_stop = role in {Role.ADMIN, Role.ISSUER_EMERGENCY}
    assert ('action="/runs/stop"' in desk.get("/runs").text) == may_stop
    answer = desk.post("/runs/stop", {"run": OPEN})
    assert answer.status_code == (303 if may_stop else 403)
    assert bool(case.runs.stop_request(OPEN)) == may_stop
    if may_stop:
        text = desk.get("/runs").text
        assert "正在停止" in text
        assert "要求停止，做完手头的工作即停" in text
        assert 'action="/runs/stop"' not in text
        case.clock.at += timedelta(minutes=1)
        assert desk.post("/runs/stop", {"run": OPEN}).status_code == 303
        assert case.runs.stop_request(OPEN).at == NOW
        assert [one.act for one in case.audit.entries(about=OPEN)] == ["run.stop"]


def test_only_our_form_stops_a_run_and_only_one_that_goes_on(case, visitor) -> None:
    desk = visitor.as_role(Role.ADMIN)
    assert desk.post("/runs/stop", {"run": OPEN, "csrf_token": "0" * 64}).status_code == 403
    assert desk.post("/runs/stop", {"run": OPEN}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert desk.get("/runs/stop").status_code in {404, 405}
    assert case.runs.stop_request(OPEN) is None
    case.runs.put(REPORT)
    for run_id in (REPORT.id, "R-none", ""):
        answer = desk.post("/runs/stop", {"run": run_id})
        assert answer.status_code == 404
        assert "不需要停止" in answer.text
