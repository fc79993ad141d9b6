"""`jianwei sites …`: the snapshots of official pages that clones are measured against."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crawler.sweep import run_sweep
from deploy.cli import output, session
from deploy.cli.progress import shown_progress
from detectors.model import OfficialSnapshot
from keywords.hosts import canonical_host
from keywords.roster import Roster
from pipelines.bootstrap import Case, open_case
from pipelines.errors import ExitCode, UsageError

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="官方网站的页面快照。 Snapshots of official pages.")


@app.command("snapshot")
def snapshot(
    hosts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[HOST…]", help="名录中的域名；缺省为全部受保护网站。 Default: all protected."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per page.")] = False,
) -> None:
    """重新留存官方网站页面快照；打不开的页面保留旧快照并说明。 Refresh; a page that cannot be had keeps its older snapshot."""
    settings = session.current.settings()
    with open_case(settings) as case:
        wanted = tuple(_rostered(host, case.roster) for host in hosts or ()) or settings.sweep.sites
        narrowed = settings.sweep.model_copy(update={"sources": ("snapshots",), "sites": wanted})
        before = {one.url: one.taken_at for one in case.snapshots.all()}
        with shown_progress() as progress:
            report = run_sweep(case, settings.model_copy(update={"sweep": narrowed}), progress)
        _tell(case, case.snapshots.all(), before, wanted, as_json=as_json)
    for sentence in (*report.failures, *report.not_run):
        output.note(sentence)
    if report.failures:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@app.command("snapshots")
def snapshots(
    hosts: Annotated[list[str] | None, typer.Argument(metavar="[HOST…]", help="只列这些域名。 Only these.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per page.")] = False,
) -> None:
    """列出已留存的快照和历次日期。 List what is kept, with the dates of all versions."""
    with open_case(session.current.settings()) as case:
        wanted = tuple(_rostered(host, case.roster) for host in hosts or ())
        _tell(case, case.snapshots.all(), None, wanted, as_json=as_json)


def _rostered(written: str, roster: Roster) -> str:
    """Return the roster's host for what was typed. Raises `UsageError` for anything else: only official pages are originals."""
    try:
        host = canonical_host(written.partition("://")[2].partition("/")[0] or written)
    except (ValueError, UnicodeError):
        host = ""
    site = roster.site_of(host)
    if site is None:
        raise UsageError(
            f"{written} 不在官方网站名录中；先用 jianwei import sites 列入。",
            f"{written} is not in the roster of official sites; add it with jianwei import sites.",
        )
    return site.host


def _tell(
    case: Case,
    kept: Sequence[OfficialSnapshot],
    before: dict[str, datetime] | None,
    wanted: Sequence[str],
    *,
    as_json: bool,
) -> None:
    shown = [_record(case, one, before) for one in kept if not wanted or one.host in wanted]
    if not output.is_for_people(as_json=as_json):
        for record in shown:
            output.write_record(record)
        return
    say = session.current.say
    table = Table(title=say("官方页面快照", "Snapshots of official pages"))
    for title in (
        say("页面", "page"),
        say("留存时间", "taken"),
        say("版本数", "versions"),
        say("截图", "screenshot"),
        say("状态", "state"),
    ):
        table.add_column(title)
    states = {"new": say("本次更新", "new"), "old": say("沿用旧快照", "older one kept"), "kept": say("已留存", "kept")}
    for record in shown:
        versions = record["versions"]
        table.add_row(
            str(record["url"]), str(record["taken_at"]), str(len(versions) if isinstance(versions, list) else 0),
            say("有", "yes") if record["has_screenshot"] else say("无", "no"), states[str(record["state"])],
        )  # fmt: skip
    Console().print(table)


def _record(case: Case, one: OfficialSnapshot, before: dict[str, datetime] | None) -> dict[str, object]:
    state = "kept" if before is None else "old" if before.get(one.url) == one.taken_at else "new"
    return {
        "url": one.url,
        "host": one.host,
        "state": state,
        "taken_at": f"{one.taken_at:%Y-%m-%dT%H:%M:%SZ}",
        "versions": [f"{version.taken_at:%Y-%m-%dT%H:%M:%SZ}" for version in case.snapshots.versions(one.url)],
        "title": one.page.title,
        "text_characters": len(one.page.text),
        "has_screenshot": bool(one.screenshot_sha256),
        "has_icon": bool(one.icon_sha256),
    }
