"""What a platform definition says. Staff can write one without touching code; mistakes are named with file and key."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import msgspec

from pipelines.errors import InputUnreadable, SettingInvalid

__all__ = ["Blocks", "Platform", "Reading", "load_platforms"]

_MAX_DEFINITION = 100_000


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one kind of page is read."""

    kind: Literal["html", "json", "json_ld"]
    rows: str = ""
    """CSS selector or JSON path (`data.list`) of the rows of a search page; for a detail page, where the item is; empty: the whole page."""
    next: str = ""
    """CSS selector of the link to the next page, or JSON path of a number: total pages; empty: there is no more."""
    total: str = ""
    """JSON path of the total number of items, with `per_page`; empty: not said."""
    per_page: int = 20
    ok: dict[str, int | str] = {}
    """JSON path → value a good answer has; anything else means the item is gone."""
    gone: str = ""
    """CSS selector only pages of removed items match; empty: they answer 404 or 410."""
    url: str = ""
    """Where the detail is asked, with `{id}`; empty: at the listing's own address."""
    fields: dict[str, str] = {}
    """Our field → `selector`, `selector@attribute`, `@attribute`, or JSON path. Fields: id, url, title, text, price, price_fen, seller,
    area, published_at, published_ms, images."""


class Blocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the platform says that it does not want us."""

    titles: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """A redirect there is a wall."""
    texts: tuple[str, ...] = ()


class Platform(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One listing site."""

    name: str
    title: str
    """Chinese name for staff."""
    host: str
    search_url: str
    """With `{query}` and `{page}`."""
    query_charset: str = "utf-8"
    """How `{query}` is percent-encoded."""
    item_pattern: str = ""
    """Addresses of listings, with `*`; empty: they cannot be told by their address."""
    source: str
    """Where this definition comes from, and when it was checked."""
    search: Reading
    detail: Reading | None = None
    """None: the search page says all there is."""
    blocks: Blocks = Blocks()

    def search_address(self, query: str, page: int) -> str:
        """Return the address of a search page (1 first)."""
        coded = quote(query.encode(self.query_charset, "replace"), safe="")
        return self.search_url.replace("{query}", coded).replace("{page}", str(page))

    def is_listing(self, url: str) -> bool:
        """Say whether the address is one of this platform's listings."""
        return bool(self.item_pattern) and fnmatchcase(url, self.item_pattern)


def load_platforms(names: Iterable[str], further: Iterable[Path] = ()) -> tuple[Platform, ...]:
    """Return the definitions of these names, the organisation's own before those shipped.

    Raises `SettingInvalid` for a name nobody defines, `InputUnreadable` for a broken definition.
    """
    known: dict[str, Platform] = {}
    for path in further:
        definition = _read(path)
        known.setdefault(definition.name, definition)
    for shipped in shipped_platforms():
        known.setdefault(shipped.name, shipped)
    wanted = tuple(names)
    for name in wanted:
        if name not in known:
            have = "、".join(sorted(known)) or "无"
            raise SettingInvalid(
                "sweep.platforms",
                name,
                f"没有名为 {name} 的平台定义（现有：{have}）",
                f"no platform is called {name!r}; there are {have}",
            )
    return tuple(known[name] for name in wanted)


def shipped_platforms() -> tuple[Platform, ...]:
    """Return the definitions that come with Jianwei."""
    folder = files("crawler.platforms") / "data"
    return tuple(
        _decode(entry.read_bytes(), entry.name) for entry in sorted(folder.iterdir(), key=lambda one: one.name)
        if entry.name.endswith(".toml")
    )  # fmt: skip


def _read(path: Path) -> Platform:
    try:
        content = path.read_bytes()[:_MAX_DEFINITION]
    except OSError as error:
        raise InputUnreadable(
            str(path), f"平台定义打不开（{error.strerror}）", f"cannot open it ({error.strerror})"
        ) from None
    return _decode(content, str(path))


def _decode(content: bytes, where: str) -> Platform:
    try:
        return msgspec.toml.decode(content, type=Platform)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputUnreadable(
            where, f"平台定义有误（{error}）", f"the platform definition is wrong ({error})"
        ) from None
