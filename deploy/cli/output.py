"""How commands answer: JSON Lines on stdout for programs, notes and progress on stderr for people."""

import os
import sys
from collections.abc import Mapping

import msgspec
import typer

__all__ = ["is_for_people", "let_go_of_stdout", "note", "write_record"]


def is_for_people(*, as_json: bool) -> bool:
    """Say whether stdout is a terminal and JSON was not asked for."""
    return not as_json and sys.stdout.isatty()


def write_record(record: Mapping[str, object]) -> None:
    """Write one JSON line to stdout. Ends the command quietly where the reader has gone (`| head`)."""
    try:
        sys.stdout.buffer.write(msgspec.json.encode(record) + b"\n")
    except BrokenPipeError:
        let_go_of_stdout()
        raise typer.Exit(0) from None


def let_go_of_stdout() -> None:
    """Send what is still to be written nowhere: the interpreter flushes at exit and would complain of the closed pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(sentence: str) -> None:
    """Write one line for people to stderr."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
