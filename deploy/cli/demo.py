"""`jianwei demo`: the main job against the practice range, reached by ordinary settings only."""

import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crawler.sweep import run_sweep
from deploy.cli import output, session
from deploy.cli.progress import shown_progress
from deploy.range.client import Range
from deploy.range.scorecard import Scorecard, compare
from detectors.model import Level
from pipelines.bootstrap import open_case
from pipelines.errors import SourceUnreachable
from pipelines.every_lead import every_lead
from pipelines.model import Lead, RunReport
from pipelines.settings import Settings, load_settings

__all__ = ["demo"]

_STARTS_WITHIN_S = 15.0


def demo(
    once: Annotated[bool, typer.Option("--once", help="Do not serve the review desk.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON line.")] = False,
) -> None:
    """在练习靶场上完整运行一次主任务，并打开线索页面。"""
    started = time.monotonic()
    home = session.current.settings().home / "practice"
    with Range(home / "range") as practice:
        settings = _practice_settings(practice, home)
        with contextlib.nullcontext() if once else _desk(settings) as desk, open_case(settings) as case:
            with shown_progress() as progress:
                report = run_sweep(case, settings, progress, resume=False)
            leads = tuple(every_lead(case.leads))
            card = compare(practice.truth(), leads)
            _summarise(report, leads, card, time.monotonic() - started, as_json=as_json)
            if desk is not None:
                output.note(
                    session.current.say(
                        f"线索页面：{_address(settings)}（Ctrl-C 结束）",
                        f"Review desk: {_address(settings)} (Ctrl-C ends)",
                    )
                )
                with contextlib.suppress(KeyboardInterrupt):
                    desk.wait()


def _practice_settings(practice: Range, home: Path) -> Settings:
    """Write the settings file that leads to the range and read it as any other."""
    file = home / "jianwei.toml"
    file.write_text(practice.settings_toml() + "[review_ui]\npractice_sign_in = true\n", "utf-8")
    return load_settings({**os.environ, "JIANWEI_HOME": str(home)}, file)


@contextlib.contextmanager
def _desk(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the review desk from the start, so that leads can be watched as they come in."""
    command = [
        sys.executable,
        "-m",
        "deploy.cli.main",
        "--lang",
        session.current.lang,
        "--config",
        str(settings.home / "jianwei.toml"),
        "serve",
    ]
    log = settings.home / "desk.log"
    with log.open("wb") as stream:
        environ = {**os.environ, "JIANWEI_HOME": str(settings.home)}
        desk = subprocess.Popen(command, stdout=stream, stderr=stream, env=environ)  # noqa: S603 - our own module
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            desk.wait(2)
        if desk.poll() is not None:
            told = log.read_text("utf-8", "replace").strip().splitlines()[-1:] or ["-"]
            raise SourceUnreachable(
                "线索页面", "The review desk", _address(settings), told[0].rstrip("。."), told[0].rstrip("。.")
            )
        output.note(
            session.current.say(
                f"线索页面已打开：{_address(settings)}，线索会陆续出现",
                f"Review desk: {_address(settings)}; leads appear as they are found",
            )
        )
        yield desk
    finally:
        desk.terminate()
        desk.wait(_STARTS_WITHIN_S)


def _address(settings: Settings) -> str:
    return f"http://{settings.review_ui.bind}:{settings.review_ui.port}/"


def _summarise(report: RunReport, leads: tuple[Lead, ...], card: Scorecard, elapsed_s: float, *, as_json: bool) -> None:
    levels = Counter(lead.assessment.level for lead in leads)
    summary: dict[str, object] = {
        "candidates": sum(report.done.values()),
        "observations": report.outcomes.get("observations", 0),
        "leads": len(leads),
        "by_level": {level.value: levels[level] for level in reversed(Level)},
        "truth": asdict(card),
        "elapsed_s": round(elapsed_s, 1),
    }
    if not output.is_for_people(as_json=as_json):
        output.write_record(summary)
        return
    say = session.current.say
    table = Table(title=say("练习靶场巡查结果", "Practice sweep"), show_header=False)
    for zh, en, value in (
        ("完成的任务", "work items done", summary["candidates"]),
        ("观测记录", "observations", summary["observations"]),
        (
            "线索（高/中/低）",
            "leads (high/medium/low)",
            f"{len(leads)}（{levels[Level.HIGH]}/{levels[Level.MEDIUM]}/{levels[Level.LOW]}）",
        ),
        ("假冒对象 · 发现", "counterfeits · found", f"{card.counterfeits} · {card.found}"),
        ("遗漏", "missed", "\n".join(card.missed) or "0"),
        ("误报", "false alarms", "\n".join(card.false_alarms) or "0"),
        ("用时（秒）", "seconds", summary["elapsed_s"]),
        ("未能完成", "failures", "\n".join(report.failures[:20]) or "0"),
    ):
        table.add_row(say(zh, en), str(value))
    Console(stderr=False).print(table)
