"""Recognises what stands where a suspect's page should: firewalls, human checks and warnings. The rows are data (`data/block_pages.toml`).

A word alone proves nothing, for suspects write about captchas too: words count only on a page that says and asks next to nothing.
Nothing is solved or clicked; where a script only proves that a browser is there, our browser may take one look.
"""

import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Self

import msgspec

from detectors.model import Capture, PageContent
from keywords.hosts import host_of

__all__ = ["BlockKind", "BlockPage", "block_page_of", "load_block_pages", "shipped_block_pages"]

_THIN_CHARS = 1200
_LOOKED_AT = 60_000
_TYPED = frozenset({"text", "tel", "number", "search", "password"})


class BlockKind(StrEnum):
    """Who stands in the way, see the table."""

    CHALLENGE = "challenge"
    FIREWALL = "firewall"
    WARNING = "warning"
    UNFILED = "unfiled"


class BlockPage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table."""

    name: str
    title: str
    """For staff."""
    kind: BlockKind
    statuses: tuple[int, ...] = ()
    headers: dict[str, str] = {}
    hosts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    all: bool = False

    @property
    def sentence(self) -> str:
        """Return in Chinese what was met instead of the page."""
        return f"被拦截页挡住（{self.title}），没有看到网站内容"


def load_block_pages(content: str) -> tuple[BlockPage, ...]:
    """Read a table. Raises `tomllib.TOMLDecodeError`, `msgspec.ValidationError`."""
    return msgspec.convert(tomllib.loads(content).get("pages", []), tuple[BlockPage, ...])


@cache
def shipped_block_pages() -> tuple[BlockPage, ...]:
    """Return the shipped table."""
    return load_block_pages((files("crawler") / "data" / "block_pages.toml").read_text("utf-8"))


def block_page_of(capture: Capture, rows: Sequence[BlockPage] | None = None) -> BlockPage | None:
    """Return the row this answer belongs to, or None: it is a page of the site."""
    words = _Words.of(capture) if len(capture.page.text) < _THIN_CHARS and not _asks_for_a_query(capture.page) else None
    for row in shipped_block_pages() if rows is None else rows:
        if row.statuses and capture.status not in row.statuses:
            continue
        if _is_decided(capture, row) or (words and words.are_those_of(row)):
            return row
    return None


def _is_decided(capture: Capture, row: BlockPage) -> bool:
    if host_of(capture.final_url) in row.hosts:
        return True
    shown = [(name.lower(), value.lower()) for name, value in capture.headers] if row.headers else []
    return any(
        name == wanted and words.lower() in value for wanted, words in row.headers.items() for name, value in shown
    )


class _Words(NamedTuple):
    """What a thin page says, without regard to case."""

    title: str
    markup: str

    @classmethod
    def of(cls, capture: Capture) -> Self:
        return cls(capture.page.title.casefold(), capture.html[:_LOOKED_AT].casefold())

    def are_those_of(self, row: BlockPage) -> bool:
        in_title = any(word.casefold() in self.title for word in row.titles)
        in_body = any(word.casefold() in self.markup for word in row.bodies)
        return (in_title and in_body) if row.all else (in_body or (in_title and bool(row.statuses)))


def _asks_for_a_query(page: PageContent) -> bool:
    """Say whether a form wants more typed than a captcha does: names and numbers, as queries do."""
    return any(sum(field.type in _TYPED for field in form.fields) > 1 for form in page.forms)
