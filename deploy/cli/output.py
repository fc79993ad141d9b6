"""How commands answer: JSON Lines on stdout for programs, notes and progress on stderr for people."""

import sys
from collections.abc import Mapping

import msgspec

__all__ = ["is_for_people", "note", "write_record"]


def is_for_people(*, as_json: bool) -> bool:
    """Say whether stdout is a terminal and JSON was not asked for."""
    return not as_json and sys.stdout.isatty()


def write_record(record: Mapping[str, object]) -> None:
    """Write one JSON line to stdout."""
    sys.stdout.buffer.write(msgspec.json.encode(record) + b"\n")


def note(sentence: str) -> None:
    """Write one line for people to stderr."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
