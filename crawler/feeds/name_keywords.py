"""Finds the names of a list that hold a keyword or begin with a label one edit from it; see `detectors.names.keyword_scan`."""

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.feeds.name_blocks import ByteSource, blocks
from detectors.names.keyword_scan import KeywordScan

__all__ = ["KeywordName", "match_keywords"]


@dataclass(frozen=True, slots=True)
class KeywordName:
    """A name of a list with the keyword it goes with."""

    name: str
    keyword: str
    span: tuple[int, int]
    """Where the keyword stands, or the label that is one edit from it."""
    is_contained: bool


def match_keywords(stream: ByteSource, scan: KeywordScan) -> Iterator[tuple[int, list[KeywordName]]]:
    """Yield (lines read, names found) part by part. Every line is taken as it stands; lines that are no host names are not told apart."""
    for block in blocks(stream):
        text = block.text.lower()
        lines = [(text[start:end].decode("utf-8", "replace"), keyword) for start, end, keyword in scan.found(text)]
        yield text.count(b"\n") - 1, [_found(line, keyword) for line, keyword in lines]


def _found(name: str, keyword: str) -> KeywordName:
    at = name.find(keyword)
    span = (at, at + len(keyword)) if at >= 0 else (0, name.index("."))
    return KeywordName(name, keyword, span, at >= 0)
