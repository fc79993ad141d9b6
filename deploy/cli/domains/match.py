"""`jianwei domains match`: the names of a list that imitate an official site."""

import csv
import gzip
import io
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Annotated, cast

import typer

from deploy.cli import session
from deploy.cli.output import note, write_record
from detectors.names.engine import NameMatcher
from keywords.host_lines import HostLines, host_of_text
from keywords.roster import load_roster
from pipelines.errors import InputUnreadable

__all__ = ["match"]

_MAX_LINE_BYTES = 8192
"""No line that holds one host is longer; the rest of a longer one is skipped unread."""
_BYTE_ORDER_MARK = "\ufeff"
_GZIP = b"\x1f\x8b"
_SHOWN_BROKEN = 20
_MAX_ROW_LINES = 3
"""A row of a host list spans hardly more lines than this; beyond, a quotation mark was left open."""


def match(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="One host a line, a zone file or CSV; gzip is understood.")
    ] = "-",
    column: Annotated[str, typer.Option(help="The file is CSV; this column holds the host or URL.")] = "",
) -> None:
    """Print the names of a list that imitate an official site, as JSON Lines: one hit, the best, per name."""
    matcher = NameMatcher(load_roster())
    tally = _Tally()
    started = time.perf_counter()
    with _opened(file) as stream:
        texts = _lines(stream, file)
        found = _csv_hosts(texts, column, file, tally) if column else _listed_hosts(texts, tally)
        for written, host in found:
            tally.names += 1
            hits = matcher.match(host)
            if not hits:
                continue
            tally.hits += 1
            best = hits[0]
            write_record(
                {
                    "name": written,
                    "imitates": best.imitates,
                    "technique": best.technique.value,
                    "score_permille": best.score_permille,
                    "span": list(best.span),
                    "reason": best.reason,
                }
            )
    sys.stdout.flush()
    tally.report(time.perf_counter() - started)


@dataclass(slots=True)
class _Tally:
    names: int = 0
    hits: int = 0
    broken: int = 0
    shown: list[str] = field(default_factory=list)

    def reject(self, line: int, why: ValueError | csv.Error, text: str) -> None:
        self.broken += 1
        if len(self.shown) < _SHOWN_BROKEN:
            cause = str(why) if not isinstance(why, UnicodeError) else "不是有效的域名"
            self.shown.append(
                session.current.say(
                    f"第 {line} 行：{text[:60]!r}（{cause[:80]}）", f"line {line}: {text[:60]!r} ({cause[:80]})"
                )
            )

    def report(self, elapsed_s: float) -> None:
        for sentence in self.shown:
            note(session.current.say(f"无法识别，已跳过：{sentence}", f"skipped, not a host name: {sentence}"))
        if self.broken > len(self.shown):
            more = self.broken - len(self.shown)
            note(session.current.say(f"另有 {more} 行无法识别", f"and {more} more broken lines"))
        speed = int(self.names / elapsed_s) if elapsed_s > 0 else 0
        note(
            session.current.say(
                f"读取域名 {self.names} 个，命中 {self.hits} 个，无法识别 {self.broken} 行，每秒 {speed} 个",
                f"names read: {self.names}, hits: {self.hits}, broken lines: {self.broken}, names/s: {speed}",
            )
        )


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    """Open a file or standard input, gzip or plain. Raises `InputUnreadable`."""
    with ExitStack() as held:
        try:
            raw: io.BufferedReader
            if file == "-":
                raw = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer))
                held.callback(raw.detach)
            else:
                raw = Path(file).open("rb")  # noqa: SIM115 - `held` closes it
                held.callback(raw.close)
            is_gzip = raw.peek(2)[:2] == _GZIP
        except OSError as error:
            raise InputUnreadable(file, f"{error.strerror or error}", f"{error.strerror or error}") from error
        yield cast(IO[bytes], held.enter_context(gzip.GzipFile(fileobj=raw))) if is_gzip else raw


def _lines(stream: IO[bytes], file: str) -> Iterator[tuple[int, str | None]]:
    """Yield (line number, text); None for a line too long to hold a host. Memory stays bounded whatever the file holds."""
    number = 0
    try:
        while line := stream.readline(_MAX_LINE_BYTES):
            number += 1
            is_whole = line.endswith(b"\n") or len(line) < _MAX_LINE_BYTES
            while not is_whole and (rest := stream.readline(_MAX_LINE_BYTES)):
                is_whole = rest.endswith(b"\n")
                line = b""
            yield number, _decode(line).removeprefix(_BYTE_ORDER_MARK) if line else None
    except (OSError, EOFError) as error:
        raise InputUnreadable(
            file, f"读到第 {number} 行后出错（{error}）", f"reading stopped after line {number} ({error})"
        ) from error


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")


def _listed_hosts(lines: Iterable[tuple[int, str | None]], tally: _Tally) -> Iterator[tuple[str, str]]:
    reader = HostLines()
    last = ""
    for number, text in lines:
        if text is None:
            tally.reject(number, ValueError("过长"), "")
            continue
        try:
            found = reader.host_of(text)
        except ValueError as error:
            tally.reject(number, error, text.strip())
            continue
        if found and found[1] != last:
            last = found[1]
            yield found


def _csv_hosts(
    lines: Iterable[tuple[int, str | None]], column: str, file: str, tally: _Tally
) -> Iterator[tuple[str, str]]:
    texts = _Texts(lines, tally)
    rows = csv.reader(texts)
    header = [cell.strip() for cell in next(rows, [])]
    if column not in header:
        found = ", ".join(header[:20])
        raise InputUnreadable(
            file, f"没有名为“{column}”的列（现有：{found}）", f"there is no column {column} (found: {found})"
        )
    place = header.index(column)
    for row in _rows(rows, texts):
        cell = row[place] if place < len(row) else ""
        try:
            yield host_of_text(cell)
        except ValueError as error:
            tally.reject(texts.line, error, cell)


def _rows(rows: Iterator[list[str]], texts: "_Texts") -> Iterator[list[str]]:
    """Yield rows that hold anything. A stray quotation mark must not swallow the lines behind it: they are read one by one."""
    while True:
        texts.taken.clear()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            row = []
        if row and len(texts.taken) <= _MAX_ROW_LINES:
            several = [row]
        else:
            several = [next(csv.reader([line]), []) for line in texts.taken]
        yield from (one for one in several if any(one))


class _Texts:
    """Lines for the CSV reader, which remembers where it is; lines too long are counted and left out."""

    def __init__(self, lines: Iterable[tuple[int, str | None]], tally: _Tally) -> None:
        self._lines = iter(lines)
        self._tally = tally
        self.line = 0
        self.taken: list[str] = []
        """Lines read since the reader of rows last cleared it."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for self.line, text in self._lines:  # noqa: B020 - the attribute is the place reached
            if text is not None:
                self.taken.append(text)
                return text
            self._tally.reject(self.line, ValueError("过长"), "")
        raise StopIteration
