"""`jianwei sweep`: the main job on the configured network."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crawler.sweep import run_sweep
from deploy.cli import output, session
from deploy.cli.progress import shown_progress
from pipelines.bootstrap import open_case
from pipelines.errors import ExitCode
from pipelines.labels import VERDICT_ZH, source_label
from pipelines.model import RunReport, RunVerdict
from pipelines.settings import Settings

__all__ = ["sweep", "verdict_word"]

_COUNTED = ("pages", "rows", "adverts", "observations", "created", "updated", "unchanged", "failed")
"""What is shown of each source."""


class SourceName(StrEnum):
    """Sources a sweep can be narrowed to."""

    SNAPSHOTS = "snapshots"
    LOOKALIKES = "lookalikes"
    ENGINES = "engines"
    PLATFORMS = "platforms"
    FILES = "files"
    RECHECKS = "rechecks"


def sweep(
    source: Annotated[list[SourceName] | None, typer.Option(help="Only these sources.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last run that did not end.")] = False,
    joins: Annotated[
        bool, typer.Option("--join", help="Take part in the sweep of another worker; wait for one.")
    ] = False,
    names: Annotated[list[Path] | None, typer.Option(help="A list of host names, besides those configured.")] = None,
    listings: Annotated[
        list[Path] | None, typer.Option(help="Listings of a platform, besides those configured.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The run report as one JSON line.")] = False,
) -> None:
    """关键词巡查：依次运行全部来源，取证、初判并生成线索。"""
    settings = _narrowed(session.current.settings(), source or (), names or (), listings or ())
    with open_case(settings) as case, shown_progress() as progress:
        report = run_sweep(case, settings, progress, resume=resume, joins=joins)
    if output.is_for_people(as_json=as_json):
        _show(report)
    else:
        output.write_record(asdict(report))
    for sentence in (*report.reasons, *report.failures, *report.not_run, *report.postponed):
        output.note(sentence)
    if report.verdict is not RunVerdict.GOOD:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _narrowed(
    settings: Settings,
    sources: list[SourceName] | tuple[()],
    names: list[Path] | tuple[()],
    listings: list[Path] | tuple[()],
) -> Settings:
    """Return the settings as this invocation wants them."""
    wanted = tuple(one.value for one in sources) or settings.sweep.sources
    files = settings.files.model_copy(
        update={
            "names": (*settings.files.names, *(path.absolute() for path in names)),
            "listings": (*settings.files.listings, *(path.absolute() for path in listings)),
        }
    )
    return settings.model_copy(update={"sweep": settings.sweep.model_copy(update={"sources": wanted}), "files": files})


def _show(report: RunReport) -> None:
    say = session.current.say
    table = Table(title=say("巡查报告", "Run report"), show_header=False)
    table.add_row(say("编号", "run"), report.id)
    table.add_row(say("结论", "verdict"), "\n".join((verdict_word(report), *report.reasons)))
    table.add_row(say("来源", "sources"), "、".join(report.sources))
    for title, counts in (
        (say("已完成", "done"), report.done),
        (say("未完成", "left"), report.left),
        (say("结果", "outcomes"), report.outcomes),
        (say("失败的种类", "errors"), report.errors),
    ):
        table.add_row(title, "  ".join(f"{name} {count}" for name, count in counts.items()) or "0")
    Console().print(table)
    sources = Table(say("来源", "source"), *_COUNTED)
    for source, counts in report.by_source.items():
        sources.add_row(source_label(source), *(str(counts.get(name, 0)) for name in _COUNTED))
    if report.by_source:
        Console().print(sources)


def verdict_word(report: RunReport) -> str:
    """Return the verdict in the invocation's language; `-` where there is none."""
    if report.verdict is None:
        return "-"
    return session.current.say(VERDICT_ZH[report.verdict], report.verdict.value)
