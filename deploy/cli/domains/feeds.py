"""`jianwei domains feeds`: how far each feed was read, what is missing and what looks wrong."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crawler.feeds.marks import settle_alarms
from deploy.cli.domains.watch_progress import status_cells
from deploy.cli.output import is_for_people, write_record
from deploy.cli.session import current
from pipelines.bootstrap import Case, open_case
from pipelines.errors import ExitCode, UsageError
from pipelines.feeds import FeedBookmark

__all__ = ["feeds"]


def feeds(
    settle: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A person has seen this feed's alarms: forget them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per feed.")] = False,
) -> None:
    """List feeds: position, head, lag, hits, gaps, alarms, last contact. Ends with 1 if a gap or alarm needs a person."""
    settings = current.settings()
    with open_case(settings) as case:
        for name in settle or ():
            _settle(case, name)
        known = {mark.feed: mark for mark in case.feed_bookmarks.all()}
    unread = [one for one in settings.feeds if one.name not in known]
    marks = [*known.values(), *(FeedBookmark(feed=one.name, kind=one.kind) for one in unread)]
    configured = {one.name for one in settings.feeds}
    if is_for_people(as_json=as_json):
        _show(marks, configured)
    else:
        for mark in marks:
            write_record(_record(mark, is_configured=mark.feed in configured))
    if any(mark.gaps or mark.alarms for mark in marks):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _settle(case: Case, name: str) -> None:
    mark = case.feed_bookmarks.get(name)
    if mark is None:
        raise UsageError(
            f"没有名为 {name} 的来源记录。请检查写法。",
            f"Nothing is known of a feed called {name}. Check the spelling.",
        )
    case.feed_bookmarks.put(settle_alarms(mark))


def _lag(mark: FeedBookmark) -> int | None:
    return None if mark.head_size is None else max(0, mark.head_size - mark.offset)


def _record(mark: FeedBookmark, *, is_configured: bool) -> dict[str, object]:
    return {
        "feed": mark.feed,
        "kind": mark.kind,
        "is_configured": is_configured,
        "offset": mark.offset,
        "head_size": mark.head_size,
        "lag": _lag(mark),
        "certificates": mark.certificates,
        "names": mark.names,
        "hits": mark.hits,
        "missing": mark.missing,
        "gaps": [asdict(gap) for gap in mark.gaps],
        "gaps_closed": mark.gaps_closed,
        "missed_s": mark.missed_s,
        "outages": [asdict(outage) for outage in mark.outages],
        "broken": mark.broken,
        "broken_latest": [asdict(entry) for entry in mark.broken_latest],
        "alarms": [asdict(alarm) for alarm in mark.alarms],
        "files": len(mark.files),
        "head_at": mark.head_at,
        "grew_at": mark.grew_at,
        "contact_at": mark.contact_at,
    }


def _show(marks: list[FeedBookmark], configured: set[str]) -> None:
    say = current.say
    titles = (
        ("来源", "feed"), ("种类", "kind"), ("位置", "position"), ("落后", "lag"), ("命中", "hits"), ("缺口", "missing"),
        ("告警", "alarms"), ("最近应答（UTC）", "last contact (UTC)"),
    )  # fmt: skip
    table = Table(*(say(*title) for title in titles))
    for mark in marks:
        position, missing, alarms = status_cells(mark, say)
        lag = _lag(mark)
        name = (
            mark.feed if mark.feed in configured else f"{mark.feed}{say('（已不在配置中）', ' (no longer configured)')}"
        )
        contact = f"{mark.contact_at:%Y-%m-%d %H:%M:%S}" if mark.contact_at else say("从未", "never")
        table.add_row(
            name, mark.kind, position, "" if lag is None else str(lag), str(mark.hits), missing, alarms, contact
        )
    Console().print(table)
