"""`jianwei certificate check`: photographs and lists of certificates, each file judged by itself."""

import shlex
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from deploy.cli.certificate.answers import Answers
from deploy.cli.certificate.lists import check_list
from deploy.cli.certificate.pictures import check_pictures
from detectors.pictures.trades import load_trades
from pipelines.clock import CHINA, SystemClock
from pipelines.errors import ExitCode, InputUnreadable, Interrupted, UsageError
from pipelines.pictures.certificate_list import LIST_SUFFIXES

__all__ = ["check"]

_NAMED = 5


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Photographs or scans; XLSX, CSV: lists.")],
    out: Annotated[Path | None, typer.Option(help="Also write the checked lists to this .xlsx, masked.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
) -> None:
    """Say where the codes of photographed certificates lead and what their print says; check lists of certificates for form."""
    if out and out.suffix.lower() != ".xlsx":
        raise UsageError(f"--out {out} 应为 .xlsx 文件。", f"--out {out}: name a .xlsx file.")
    answers = Answers(is_table=output.is_for_people(as_json=as_json))
    try:
        for is_list, group in _grouped(files):
            if is_list:
                _check_list_file(group[0], answers, _today())
            else:
                check_pictures(group, answers, _today())
    except KeyboardInterrupt:
        rest = [shlex.quote(str(file)) for file in files[answers.file_count :]]
        raise Interrupted(
            f"jianwei certificate check {' '.join(rest[:_NAMED])}{' …' if len(rest) > _NAMED else ''}"
        ) from None
    if out:
        answers.write_lists(out)
    answers.report()
    if answers.unusable:
        raise typer.Exit(ExitCode.USAGE)
    if answers.needs_person:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _grouped(files: list[Path]) -> list[tuple[bool, list[Path]]]:
    """Return (is a list, files): neighbouring pictures together, so that they are read side by side; each list alone."""
    groups: list[tuple[bool, list[Path]]] = []
    for file in files:
        is_list = file.suffix.lower() in LIST_SUFFIXES
        if not is_list and groups and not groups[-1][0]:
            groups[-1][1].append(file)
        else:
            groups.append((is_list, [file]))
    return groups


def _check_list_file(file: Path, answers: Answers, today: date) -> None:
    """Check one list; one that is no table is named, and the other files go on."""
    try:
        check_list(file, load_trades(), answers, today)
    except InputUnreadable as error:
        answers.refuse(error.sentence(session.current.lang))


def _today() -> date:
    now: datetime = SystemClock().now()
    return now.astimezone(CHINA).date()
