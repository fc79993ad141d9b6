"""Finds the names of a list, zone file or table that imitate an official site: any size, bounded memory, all cores.

A block of lines is looked through as it stands; only lines with a clue, and those that are no plain host name, are read one by one.
In zone files a line without a clue is checked for its form only.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context

from crawler.feeds.name_blocks import Block, ByteSource, blocks
from crawler.feeds.odd_lines import Layout, layout_of, odd_lines
from detectors.names.engine import NameMatcher
from detectors.names.hit import NameHit
from detectors.names.sieve import Spans
from keywords.host_lines import HostLines

__all__ = ["BrokenLine", "Findings", "MatchedName", "cause_of", "decoded", "match_list"]

_SHARED_BLOCK_BYTES = 1 << 23
"""What is handed to another process: large enough that handing it over costs nothing."""
_TOGETHER = 64
"""Blocks looked at together (8 MB): each look keeps its tables in the cache while it goes over all of them."""
_AHEAD = 2
"""Blocks waiting for each process."""
_SHOWN_BROKEN = 20
_NOT_A_NAME = "不是有效的域名"

OpenMatcher = Callable[[], NameMatcher]
Match = Callable[[str], tuple[NameHit, ...]]


@dataclass(frozen=True, slots=True)
class MatchedName:
    """A name of a list with what it imitates."""

    line: int
    written: str
    """As it stands in the list, in lower case."""
    host: str
    """A-label form."""
    hits: tuple[NameHit, ...]


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that holds no host name."""

    line: int
    text: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a part of a list held."""

    line_count: int
    name_count: int
    """Lines that hold a name (in zone files: records)."""
    byte_count: int
    found: tuple[MatchedName, ...]
    broken: tuple[BrokenLine, ...]
    """The first of them, for showing."""
    broken_count: int


def match_list(stream: ByteSource, open_matcher: OpenMatcher, *, workers: int = 1) -> Iterator[Findings]:
    """Yield findings part by part, in the order of the list. `open_matcher` is called once in each process.

    Raises what `stream.read` raises.
    """
    if workers > 1:
        return _in_a_row(_shared_out(blocks(stream, _SHARED_BLOCK_BYTES), open_matcher, workers))
    return _in_a_row(_one_by_one(blocks(stream), open_matcher()))


def _in_a_row(parts: Iterator[Findings]) -> Iterator[Findings]:
    """Count lines from the beginning of the list, and leave out a name that ended the part before: zone files have several records of one owner."""
    line, last = 0, ""
    for part in parts:
        hosts = [last, *(one.host for one in part.found)]
        new = [one for one, before in zip(part.found, hosts, strict=False) if one.host != before]
        yield replace(
            part,
            found=tuple(replace(one, line=line + one.line) for one in new),
            broken=tuple(replace(one, line=line + one.line) for one in part.broken),
        )
        line, last = line + part.line_count, hosts[-1]


def _one_by_one(parts: Iterable[Block], matcher: NameMatcher) -> Iterator[Findings]:
    layout = None
    waiting = iter(parts)
    while batch := list(islice(waiting, _TOGETHER)):
        layout = layout or layout_of(batch[0].text)
        yield from _read_blocks(batch, layout, matcher)


def _shared_out(parts: Iterator[Block], open_matcher: OpenMatcher, workers: int) -> Iterator[Findings]:
    waiting: deque[Future[list[Findings]]] = deque()
    layout = None
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (open_matcher,)) as pool:
        try:
            for part in parts:
                layout = layout or layout_of(part.text)
                waiting.append(pool.submit(_read_shared, part, layout))
                if len(waiting) > workers * _AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()


_own: list[NameMatcher] = []
"""The matcher of a worker process; empty in the process that hands out the work."""


def _start_worker(open_matcher: OpenMatcher) -> None:
    _own.append(open_matcher())


def _read_shared(part: Block, layout: Layout) -> list[Findings]:
    return list(_read_blocks(list(part.smaller()), layout, _own[0]))


def _read_blocks(batch: list[Block], layout: Layout, matcher: NameMatcher) -> Iterator[Findings]:
    """Yield what each block holds; its lines are counted from 1."""
    are_hosts = layout is Layout.HOSTS
    told = matcher.lines([block.text for block in batch], are_whole=are_hosts)
    for block, spans, (line_count, odd) in zip(
        batch, told, [odd_lines(block.text, layout) for block in batch], strict=True
    ):
        # Of a plain name the sieve was asked already.
        yield _read_block(
            block, line_count, set(odd), spans, matcher.match, matcher.read if are_hosts else matcher.match
        )


def _read_block(
    block: Block, line_count: int, is_odd: set[tuple[int, int]], told: Spans, match: Match, match_told: Match
) -> Findings:
    spans = sorted({*is_odd, *told})
    reader = HostLines()
    if block.origin:
        reader.host_of(decoded(block.origin))
    found: list[MatchedName] = []
    broken: list[BrokenLine] = []
    empty_count = broken_count = 0
    last = ""
    for span in spans:
        text = decoded(block.text[slice(*span)])
        try:
            named = reader.host_of(text)
        except ValueError as error:
            broken_count += 1
            if len(broken) < _SHOWN_BROKEN:
                broken.append(BrokenLine(_line_of(block, span[0]), text.strip()[:80], cause_of(error)))
            continue
        if named is None:
            empty_count += span in is_odd
        elif named[1] != last and (hits := (match if span in is_odd else match_told)(named[1])):
            last = named[1]
            found.append(MatchedName(_line_of(block, span[0]), *named, hits))
    return Findings(
        line_count=line_count,
        name_count=line_count - broken_count - empty_count,
        byte_count=len(block.text) - 1,
        found=tuple(found),
        broken=tuple(broken),
        broken_count=broken_count,
    )


def _line_of(block: Block, start: int) -> int:
    return block.text.count(b"\n", 0, start)


def cause_of(error: ValueError) -> str:
    """Return in Chinese why a text is no host name."""
    return _NOT_A_NAME if isinstance(error, UnicodeError) else str(error)


def decoded(line: bytes) -> str:
    """Return a line as text, UTF-8 or else the national encoding."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")
