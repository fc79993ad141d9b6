"""`jianwei domains changes`: what became of the watched names since somebody last looked."""

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.output import is_for_people, let_go_of_stdout, note, write_record
from deploy.cli.session import current
from pipelines.bootstrap import open_case
from pipelines.clock import CHINA
from pipelines.errors import UsageError
from pipelines.name_notice import CHANGE_ZH, sentence_of
from pipelines.name_record import LoggedChange
from pipelines.ports import NameStore

__all__ = ["changes"]

_PAGE = 500
_AGO = re.compile(r"(\d{1,6})([dh])")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1)}
_COLUMNS = (("时间", "time"), ("仿冒对象", "imitates"), ("变化", "change"))


def changes(
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="2026-11-01, an ISO time, 7d or 12h ago; default: since the last look.")
    ] = "",
    with_quiet: Annotated[
        bool, typer.Option("--all", help="Also what raises no notice: rotated addresses, renewed certificates.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
) -> None:
    """List what became of watched lookalikes, oldest first: seen, registered, resolving, moved, parked, gone, back."""
    with open_case(current.settings()) as case:
        start = _instant(since, case.clock.now()) if since else None
        after = 0 if start else case.names.looked_up_to()
        show = _show_table if is_for_people(as_json=as_json) else _write_records
        count, last = 0, after
        for page in _pages(case.names, after, start, with_quiet=with_quiet):
            show(page)
            count, last = count + len(page), page[-1].position
        _flush()
        # Read is what was wholly written; a look back in time leaves the mark where it is.
        if start is None and last > after:
            case.names.note_look(last)
    _report(count, is_look_back=start is not None)


def _pages(
    names: NameStore, after: int, since: datetime | None, *, with_quiet: bool
) -> Iterator[tuple[LoggedChange, ...]]:
    while page := names.changes(after=after, since=since, with_quiet=with_quiet, limit=_PAGE):
        yield page
        after = page[-1].position


def _write_records(page: Sequence[LoggedChange]) -> None:
    for one in page:
        change = one.change
        write_record(
            {
                "name": one.host,
                "imitates": one.imitates,
                "change": change.kind.value,
                "at": change.at,
                "reason": sentence_of(one.host, one.imitates, change),
                "before": change.before,
                "after": change.after,
            }
        )


def _show_table(page: Sequence[LoggedChange]) -> None:
    table = Table(*(current.say(*names) for names in _COLUMNS))
    table.add_column(current.say("说明", "reason"), overflow="fold")
    for one in page:
        change = one.change
        table.add_row(
            f"{change.at.astimezone(CHINA):%Y-%m-%d %H:%M}",
            one.imitates,
            CHANGE_ZH[change.kind],
            sentence_of(one.host, one.imitates, change),
        )
    # A registrar's name is text, whatever markup it seems to hold.
    Console(markup=False, highlight=False).print(table)


def _report(count: int, *, is_look_back: bool) -> None:
    if is_look_back:
        note(current.say(f"共 {count} 条变化。", f"{count} changes."))
    elif count:
        note(
            current.say(
                f"共 {count} 条新变化，下次不再列出；重看请用 --since，例如 --since 7d。",
                f"{count} new changes, not listed again next time; look back with --since, for example --since 7d.",
            )
        )
    else:
        note(
            current.say(
                "上次查看以来没有新变化；重看请用 --since，例如 --since 7d。",
                "Nothing changed since the last look; look back with --since, for example --since 7d.",
            )
        )


def _instant(text: str, now: datetime) -> datetime:
    """Return the instant meant; days begin at midnight in China. Raises `UsageError`."""
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return now - int(ago[1]) * _UNITS[ago[2]]
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=CHINA)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"无法理解 --since 的时间 {text[:40]!r}。请写成 2026-11-01、2026-11-01T08:00、7d（7 天前）或 12h（12 小时前）。",
            f"--since {text[:40]!r} is no time. Write 2026-11-01, 2026-11-01T08:00, 7d (days ago) or 12h (hours ago).",
        ) from error


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_stdout()
        raise typer.Exit(0) from None
