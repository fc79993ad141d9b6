"""`jianwei domains watch`: follow certificate logs, streams and folders of new domains, and print the names that imitate an official site."""

import asyncio
import signal
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated

import typer
from cryptography.utils import CryptographyDeprecationWarning

from crawler.feeds.hand_on import HandOn
from crawler.feeds.list_reader import ListReader
from crawler.feeds.model import FeedHit
from crawler.feeds.parts import FeedParts
from crawler.feeds.run import FeedOutcome, WatchPlan, watch_feeds
from deploy.cli import session
from deploy.cli.domains.watch_progress import WatchProgress, shown_watch
from deploy.cli.output import is_for_people, let_go_of_stdout, note, write_record
from detectors.ruleset import level_of
from pipelines.bootstrap import Case, open_case
from pipelines.errors import ExitCode, Interrupted, UsageError
from pipelines.name_matcher import open_matcher
from pipelines.name_watch import NameWatch
from pipelines.settings import CertstreamFeed, CtFeed, FolderFeed, Settings

__all__ = ["watch"]


def watch(
    feed: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only these feeds.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Read what is there now, then end.")] = False,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Read logs from their first entry; else new logs begin at their end.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout, on a terminal too.")] = False,
) -> None:
    """Follow the configured feeds and print the names that imitate an official site, each once per feed.

    Ends with 4 when stopped (go on by starting it again); with --once 0, 1 if gaps or alarms need a person, 3 if a feed is out of reach.
    """
    settings = session.current.settings()
    plan = WatchPlan(feeds=_chosen(settings, feed or ()), from_start=from_start)
    with open_case(settings) as case, shown_watch(session.current.say) as progress:
        outcomes, is_stopped = asyncio.run(_run(settings, plan, case, progress, is_once=once, as_json=as_json))
    if is_stopped:
        raise Interrupted("jianwei domains watch")
    _conclude(outcomes)


async def _run(
    settings: Settings, plan: WatchPlan, case: Case, progress: WatchProgress, *, is_once: bool, as_json: bool
) -> tuple[tuple[FeedOutcome, ...], bool]:
    """Return how each feed ended, and whether a person stopped it."""
    stop = asyncio.Event()
    _stop_on_signals(stop)
    # The world's certificates are what they are; the library's remarks about them would bury what matters.
    warnings.simplefilter("ignore", CryptographyDeprecationWarning)
    matcher = open_matcher(case.roster, settings.home / "cache")
    printer = _Printer(progress, NameWatch(case.names, case.clock), as_text=is_for_people(as_json=as_json))
    parts = FeedParts(
        hand_on=HandOn(matcher, case.feed_bookmarks, case.clock, printer.report),
        clock=case.clock,
        watch=progress,
        pause=asyncio.sleep,
        is_once=is_once,
    )
    outcomes = await watch_feeds(settings, plan, case.feed_bookmarks, parts, ListReader(matcher), stop)
    return outcomes, stop.is_set()


def _stop_on_signals(stop: asyncio.Event) -> None:
    """Let the first Ctrl-C (or SIGTERM) end the work in good order, and a second one end it at once."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def heed() -> None:
        stop.set()
        for number in numbers:
            loop.remove_signal_handler(number)

    for number in numbers:
        loop.add_signal_handler(number, heed)


def _chosen(settings: Settings, names: Sequence[str]) -> tuple[CtFeed | CertstreamFeed | FolderFeed, ...]:
    known = {one.name: one for one in settings.feeds}
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = ", ".join(known) or "-"
        raise UsageError(
            f"配置中没有名为 {unknown[0]} 的来源（现有：{listed}）。请检查写法，或在 jianwei.toml 的 [[feeds]] 中添加。",
            f"No feed is called {unknown[0]} (there are: {listed}). Check the spelling, or add it under [[feeds]] in jianwei.toml.",
        )
    if not known:
        raise UsageError(
            "还没有配置任何来源：请在 jianwei.toml 中添加 [[feeds]]（证书透明日志、certstream 服务器或新增域名文件夹）。",
            "No feeds are configured: add [[feeds]] to jianwei.toml (a CT log, a certstream server or a folder of new-domain lists).",
        )
    return tuple(known[name] for name in dict.fromkeys(names)) or settings.feeds


class _Printer:
    """Watches the names of hits from now on and writes them to stdout; when it returns they are out of our hands."""

    def __init__(self, progress: WatchProgress, names: NameWatch, *, as_text: bool) -> None:
        self._progress = progress
        self._names = names
        self._as_text = as_text

    def report(self, hits: Sequence[FeedHit]) -> None:
        """Keep the hits, write them and flush. Ends the command where the reader has gone."""
        for one in hits:
            source = f"{'list' if one.file else 'ct'}:{one.feed}"
            best = one.hit
            self._names.saw(
                one.name, best.imitates, best.technique.value, best.score_permille, source, at=one.first_seen_at
            )
        with self._progress.paused():
            for hit in hits:
                if self._as_text:
                    typer.echo(_sentence(hit))
                else:
                    write_record(_record(hit))
            try:
                sys.stdout.flush()
            except BrokenPipeError:
                let_go_of_stdout()
                raise typer.Exit(0) from None


def _record(one: FeedHit) -> dict[str, object]:
    record: dict[str, object] = {
        "name": one.name,
        "imitates": one.hit.imitates,
        "technique": one.hit.technique.value,
        "score_permille": one.hit.score_permille,
        "level": level_of(one.hit.score_permille).value,
        "span": list(one.hit.span),
        "reason": one.hit.reason,
        "feed": one.feed,
        "first_seen_at": one.first_seen_at,
    }
    if one.seen:
        known = {
            "certificate_sha256": one.seen.certificate_sha256,
            "log": one.seen.log if one.seen.log != one.feed else "",
            "logged_at": one.seen.logged_at,
        }
        record |= {key: value for key, value in known.items() if value}
        if one.seen.index is not None:
            record["index"] = one.seen.index
    if one.file:
        record |= {"file": one.file, "line": one.line}
    return record


def _sentence(one: FeedHit) -> str:
    say = session.current.say
    imitates = one.hit.imitates or say("政府网站", "a government site")
    return f"{one.name}  →  {imitates}  {one.hit.score_permille}‰  {one.hit.reason}  [{one.feed}]"


def _conclude(outcomes: Sequence[FeedOutcome]) -> None:
    """Name what needs a person and end with the exit code that says so."""
    say = session.current.say
    lost = [one.mark.feed for one in outcomes if not one.was_reached]
    troubled = [one.mark.feed for one in outcomes if one.needs_person]
    if troubled:
        names = ", ".join(troubled)
        note(
            say(
                f"有缺口或告警，请用 jianwei domains feeds 查看：{names}",
                f"gaps or alarms, see jianwei domains feeds: {names}",
            )
        )
    if lost:
        names = ", ".join(lost)
        note(
            say(
                f"未能读完（无法连接或被要求稍后再来），其余来源已读完：{names}",
                f"out of reach or not finished, the others are: {names}",
            )
        )
        raise typer.Exit(ExitCode.UNREACHABLE)
    if troubled:
        raise typer.Exit(ExitCode.NEEDS_PERSON)
