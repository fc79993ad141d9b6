"""`jianwei store`: copy a store onto another, back a case up, restore it, check it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from deploy.cli.output import is_for_people, note, write_record
from deploy.cli.progress import shown_progress
from deploy.cli.session import current
from deploy.cli.store_reindex import reindex_store
from pipelines.bootstrap import open_shelf
from pipelines.clock import SystemClock
from pipelines.errors import ExitCode, Interrupted
from pipelines.moves.copy import Copier, CopyReport, KindReport, Progress

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="数据存储：copy | backup | restore | check | reindex。 The store as a whole."
)
app.command("reindex")(reindex_store)
_JSON = Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")]


@app.callback()
def store() -> None:
    """数据存储的复制、备份、恢复与检查。 Copy, back up, restore and check the store."""


@app.command("copy")
def copy_store(
    source: Annotated[str, typer.Option("--from", help="源：sqlite、sqlite:路径或 elasticsearch。 Where from.")],
    target: Annotated[str, typer.Option("--to", help="目标，须为空。 Where to; must be empty.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="继续上次中断的复制。 Go on with a copy that was cut short.")
    ] = False,
    as_json: _JSON = False,
) -> None:
    """把整个数据存储复制到另一个，可中断续做，最后逐条核对。 Copy a whole store onto another; resumable, compared row by row at the end."""  # fmt: skip
    settings = current.settings()
    with (
        _resumable(f"jianwei store copy --from {source} --to {target} --resume"),
        open_shelf(settings, source) as ours,
        open_shelf(settings, target, may_be_made=True) as theirs,
        shown_progress() as progress,
    ):
        told = _Told(progress)
        report = Copier(ours, theirs, settings.home, SystemClock(), told).copy(resumes=resume)
    if is_for_people(as_json=as_json):
        for one in report.kinds:
            typer.echo(_line(one))
    else:
        for record in _records(report):
            write_record(record)
    note(_verdict(report))
    if not report.is_verified:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@contextmanager
def _resumable(command: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(command) from None


_STEPS = {"copy": "复制", "compare": "核对"}


class _Told:
    """Passes progress on in the invocation's language."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown

    def stage(self, title: str, total: int) -> None:
        step, _, what = title.partition(" ")
        self._shown.stage(current.say(f"{_STEPS.get(step, step)} {what}", title), total)

    def advance(self, count: int = 1) -> None:
        self._shown.advance(count)


def _line(one: KindReport) -> str:
    state = current.say("一致", "same") if one.is_same else current.say("不一致", "differs")
    line = f"{one.kind}\t{one.source.count}\t{one.target.count}\t{state}"
    for keys, said in (
        (one.differing, current.say("无法复制", "not copied")),
        (one.extra, current.say("仅目标中有", "only in the target")),
    ):
        if keys:
            shown = ", ".join(key.replace("\x1f", " / ") for key in keys)
            line += f"\n\t{said}: {shown}"
    return line


def _records(report: CopyReport) -> Iterator[dict[str, object]]:
    for one in report.kinds:
        yield {
            "kind": one.kind,
            "source": {"count": one.source.count, "sha256": one.source.sha256},
            "target": {"count": one.target.count, "sha256": one.target.sha256},
            "is_same": one.is_same,
            "differing": list(one.differing),
            "extra": list(one.extra),
        }
    yield {
        "source": report.source,
        "target": report.target,
        "written": report.written,
        "caught_up": report.caught_up,
        "not_held": list(report.not_held),
        "chain_broken_at": report.chain_broken_at,
        "is_verified": report.is_verified,
    }


def _verdict(report: CopyReport) -> str:
    count = sum(one.target.count for one in report.kinds)
    if report.is_verified:
        late = f"（其中 {report.caught_up} 条在复制期间写入，已补上）" if report.caught_up else ""
        late_en = f" ({report.caught_up} written meanwhile and caught up with)" if report.caught_up else ""
        return current.say(
            f"已复制并核对 {count} 条记录{late}，两边一致。证据库、团伙台账、备案库和缓存仍在原文件夹中，不随此命令复制。",
            f"{count} documents copied and compared{late_en}: both sides are the same."
            " Evidence, gangs, filings and caches stay in the home folder; this command does not copy them.",
        )
    return current.say(
        "两边尚不一致（见上）。若复制期间仍有人写入，请停止写入后加 --resume 再运行一次。",
        "The two sides still differ (see above). If somebody was writing meanwhile, stop them and run again with --resume.",
    )
