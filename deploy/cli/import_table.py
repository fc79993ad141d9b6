"""What the commands that import a table have in common: their options, who imports, the empty table, and the rows a person must look at."""

import csv
import getpass
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from pipelines.errors import UsageError

__all__ = ["AsJson", "By", "DryRun", "Files", "Template", "named", "tell_of_files", "tell_of_rows", "who_imports", "write_template"]  # fmt: skip

Files = Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="CSV, XLSX, JSON or JSON Lines.")]
Template = Annotated[bool, typer.Option("--template", help="输出空表头和一行示例。 Print a header and an example row.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入。 Check only, write nothing.")]
By = Annotated[str, typer.Option("--by", help="导入人；默认为登录用户名。 Who imports; default: the login name.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON line per file.")]

_SHOWN = 100


def named(files: list[Path] | None) -> list[Path]:
    """Return the files. Raises `UsageError` when none is named."""
    if not files:
        raise UsageError(
            "请给出要导入的文件，或用 --template 取得空表。",
            "Name a file to import, or get an empty table with --template.",
        )
    return files


def who_imports(by: str) -> str:
    """Return who stands beside the rows: the name given, else that of the login."""
    try:
        return by.strip() or getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def write_template(rows: Iterable[Sequence[str]]) -> None:
    """Write an empty table to standard output."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    # Office programs take a CSV file without this mark for the national encoding.
    sys.stdout.buffer.write(b"" if sys.stdout.isatty() else b"\xef\xbb\xbf")
    sys.stdout.buffer.write(stream.getvalue().encode())


def tell_of_rows(path: Path, rejected: Iterable[tuple[int, str]], conflicts: Iterable[tuple[int, str]]) -> None:
    """Show, line by line, why rows were refused and what a person must look at."""
    rows = [(line, f"退回：{reason}") for line, reason in rejected]
    rows += [(line, f"请核对：{sentence}") for line, sentence in conflicts]
    for line, sentence in sorted(rows)[:_SHOWN]:
        output.note(f"  {path.name}:{line}  {sentence}")


def tell_of_files(rejects: Path | None, *, is_dry_run: bool) -> None:
    """Say where refused rows were kept, and that a dry run wrote nothing."""
    say = session.current.say
    if rejects:
        output.note(
            say(
                f"退回的行和原因保存在 {rejects}；请在原文件中改正后再次导入。",
                f"The rejected rows are kept in {rejects}; correct them in your file and import it again.",
            )
        )
    if is_dry_run:
        output.note(say("仅检查，没有写入。", "Only checked; nothing was written."))
