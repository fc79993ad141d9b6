"""`jianwei status`: what ran, what did not, what waits for a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from crawler.pauses import Pause, pauses_of
from crawler.platforms.model import Platform, known_platforms
from crawler.session_state import SessionState, session_state
from deploy.cli.output import is_for_people, write_record
from deploy.cli.session import current
from deploy.cli.sweep import verdict_word
from detectors.model import Level
from pipelines.bootstrap import Case, open_case
from pipelines.lifecycle import STATUS_ZH
from pipelines.model import LeadQuery, LeadStatus, RunReport
from pipelines.name_record import NameCounts, Presence
from pipelines.rechecks.plan import WATCHED
from pipelines.rechecks.record import STATE_ZH, RechecksAhead, RecheckState
from pipelines.settings import Settings

__all__ = ["status"]

_WAITING = (LeadStatus.NEW, LeadStatus.SCREENING, LeadStatus.CONFIRMED)
"""States in which the next step is a person's."""
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """Leads in one state that wait for a person."""

    status: LeadStatus
    leads: int
    by_level: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rechecks:
    """What became of the leads that were decided on, and what is due to be looked at again."""

    ahead: RechecksAhead
    by_state: dict[str, int]


def status(as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False) -> None:
    """最近运行了什么、什么没有运行、什么在等人处理。 What ran, what did not, what waits for a person."""
    with open_case(current.settings()) as case:
        runs = case.runs.latest(_SHOWN)
        waiting = tuple(_waiting(case, one) for one in _WAITING)
        facets = case.leads.aggregate(("status",), LeadQuery())["status"]
        names = case.names.counts(case.clock.now())
        rechecks = _rechecks(case)
        troubled = [mark.feed for mark in case.feed_bookmarks.all() if mark.gaps or mark.alarms]
        sessions = _stopped_sessions(case.settings)
        pauses = pauses_of(case.settings, case.shared_work).all(case.clock.now())
    if is_for_people(as_json=as_json):
        for sentence in (
            *_run_sentences(runs),
            *_waiting_sentences(waiting),
            _rechecks_sentence(rechecks),
            _names_sentence(names),
            *_feeds_sentence(troubled),
            *_pause_sentences(pauses),
            *_session_sentences(sessions),
        ):
            typer.echo(sentence)
        return
    write_record(
        {
            "runs": [_run_record(run) for run in runs],
            "leads": {one.value: facets.get(one.value, 0) for one in LeadStatus},
            "waiting": {one.status.value: {"leads": one.leads, **one.by_level} for one in waiting},
            "names": {
                "watched": names.total,
                "by_presence": {one.value: names.by_presence.get(one.value, 0) for one in Presence},
                "due": names.due,
                "new_changes": names.new_notices,
            },
            "rechecks": {"due": rechecks.ahead.due, "next_at": rechecks.ahead.next_at, **rechecks.by_state},
            "feeds_with_gaps_or_alarms": troubled,
            "sessions_stopped": [{"platform": one.name, "said": state.said} for one, state in sessions],
            "engines_paused": [{"name": one.name, "kind": one.kind, "until": one.until} for one in pauses],
        }
    )


def _rechecks(case: Case) -> _Rechecks:
    watched = LeadQuery(filters=(("status", tuple(one.value for one in WATCHED)),))
    counted = case.leads.aggregate(("recheck",), watched)["recheck"]
    by_state = {one.value: counted.get(one.value, 0) for one in RecheckState}
    return _Rechecks(ahead=case.leads.rechecks_ahead(case.clock.now()), by_state=by_state)


def _rechecks_sentence(rechecks: _Rechecks) -> str:
    known = [(one, rechecks.by_state[one.value]) for one in RecheckState if rechecks.by_state[one.value]]
    zh = "，".join(f"{STATE_ZH[one]} {count} 条" for one, count in known) or "尚无结果"
    en = ", ".join(f"{count} {one.value}" for one, count in known) or "no result yet"
    ahead = rechecks.ahead
    next_at = f"{ahead.next_at:%Y-%m-%d %H:%M} UTC" if ahead.next_at else ""
    return current.say(
        f"移送后复查：{zh}；到期待复查 {ahead.due} 条{f'，下一条 {next_at} 到期' if next_at else ''}（jianwei sweep --source rechecks）。",
        f"Re-checks: {en}; {ahead.due} due{f', the next at {next_at}' if next_at else ''} (jianwei sweep --source rechecks).",
    )


def _waiting(case: Case, one: LeadStatus) -> _Waiting:
    counted = case.leads.aggregate(("level",), LeadQuery(filters=(("status", (one.value,)),)))["level"]
    by_level = {level.value: counted.get(level.value, 0) for level in reversed(Level)}
    return _Waiting(status=one, leads=sum(counted.values()), by_level=by_level)


def _state(run: RunReport) -> str:
    if run.finished_at is None:
        return current.say("未完成，可用 --resume 继续", "not finished; go on with --resume")
    return current.say(f"已完成（{verdict_word(run)}）", f"finished ({verdict_word(run)})")


def _run_sentences(runs: tuple[RunReport, ...]) -> Iterator[str]:
    if not runs:
        yield current.say(
            "还没有运行过巡查，可用 jianwei sweep 开始。", "No sweep ran yet; start one with jianwei sweep."
        )
    for run in runs:
        done, left = sum(run.done.values()), sum(run.left.values())
        yield current.say(
            f"巡查 {run.id}（{run.started_at:%Y-%m-%d %H:%M} UTC 开始）：{_state(run)}；完成 {done} 项，剩余 {left} 项。",
            f"Sweep {run.id} (begun {run.started_at:%Y-%m-%d %H:%M} UTC): {_state(run)}; {done} items done, {left} left.",
        )
        for problem in (*run.reasons, *run.not_run, *run.postponed, *run.failures[:_SHOWN]):
            yield f"  - {problem}"
        if len(run.failures) > _SHOWN:
            yield current.say(
                f"  - 另有 {len(run.failures) - _SHOWN} 项失败", f"  - and {len(run.failures) - _SHOWN} more failures"
            )


def _waiting_sentences(waiting: tuple[_Waiting, ...]) -> Iterator[str]:
    for one in waiting:
        high = one.by_level[Level.HIGH.value]
        yield current.say(
            f"{STATUS_ZH[one.status]}：{one.leads} 条，其中高等级 {high} 条。",
            f"{one.status.value}: {one.leads} leads, {high} of them high.",
        )


def _names_sentence(names: NameCounts) -> str:
    resolving = names.by_presence.get(Presence.RESOLVING.value, 0)
    return current.say(
        f"关注域名：{names.total} 个，其中在解析 {resolving} 个，待复查 {names.due} 个；"
        f"上次查看以来有 {names.new_notices} 条新变化（jianwei domains changes）。",
        f"Watched names: {names.total}, {resolving} of them resolving, {names.due} due for a check; "
        f"{names.new_notices} changes since the last look (jianwei domains changes).",
    )


def _feeds_sentence(troubled: list[str]) -> Iterator[str]:
    if troubled:
        listed = "、".join(troubled)
        yield current.say(
            f"有缺口或告警的域名来源：{listed}（jianwei domains feeds）。",
            f"Feeds with gaps or alarms: {', '.join(troubled)} (jianwei domains feeds).",
        )


def _stopped_sessions(settings: Settings) -> list[tuple[Platform, SessionState]]:
    """Return the platforms whose browser session waits for a person."""
    platforms = known_platforms(settings.sweep.platform_definitions)
    states = [(one, session_state(settings.home, one.name)) for one in platforms]
    return [(one, state) for one, state in states if state.stopped_at]


def _session_sentences(sessions: list[tuple[Platform, SessionState]]) -> Iterator[str]:
    for one, state in sessions:
        yield current.say(
            f"已停止的浏览器会话：{one.title}，遇到{state.said}，请由人工处理（jianwei session open {one.name}）。",
            f"Stopped browser session: {one.name} met a wall and needs a person (jianwei session open {one.name}).",
        )


def _pause_sentences(pauses: tuple[Pause, ...]) -> Iterator[str]:
    for one in pauses:
        yield current.say(
            f"暂停中的搜索引擎：{one.name}，{one.said}，到 {one.until:%Y-%m-%d %H:%M} UTC 自动恢复（jianwei engines resume {one.name}）。",
            f"Paused search engine: {one.name} ({one.kind}), until {one.until:%Y-%m-%d %H:%M} UTC (jianwei engines resume {one.name}).",
        )


def _run_record(run: RunReport) -> dict[str, object]:
    return {
        "id": run.id,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "sources": list(run.sources),
        "done": run.done,
        "left": run.left,
        "outcomes": run.outcomes,
        "errors": run.errors,
        "verdict": run.verdict,
        "reasons": list(run.reasons),
        "postponed": list(run.postponed),
        "failures": list(run.failures),
        "not_run": list(run.not_run),
    }
