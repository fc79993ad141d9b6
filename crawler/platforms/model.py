"""What a platform definition says. Staff can write one without touching code; mistakes are named with file and key."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

import msgspec

from pipelines.errors import InputUnreadable, SettingInvalid

__all__ = [
    "Api",
    "Blocks",
    "Item",
    "Platform",
    "Reading",
    "Reply",
    "Session",
    "known_platforms",
    "load_platforms",
    "shipped_platforms",
]

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


class Reply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the platform's own data is read, wherever it was kept: an answer of its interface, or data in a page's scripts.

    Paths are steps between dots; `*` stands for every element, a `|` between paths means the first that says something, and text that is
    JSON itself is looked into.
    """

    name: str
    url: str = ""
    """Regular expression of the addresses it comes from; empty: it is known by its rows alone."""
    rows: tuple[str, ...]
    """Paths of the rows, in order; the first with any counts. Empty text: the content itself is the row."""
    item: tuple[str, ...] = ("",)
    """Paths, inside a row, of the object the fields start at; the first that is there counts."""
    when: dict[str, str] = {}
    """Path in the row → regular expression its text must have, for lists of several kinds of things."""
    fields: dict[str, str] = {}
    """Our field → paths. As for `Reading`, and: seller_id, published_s, package, filing, status."""
    item_url: str = ""
    """Address of an item, with `{id}`, where the row names none."""


class Blocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the platform says that it does not want us."""

    titles: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """A redirect there is a wall."""
    texts: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    """Regular expressions only answers have in which the platform asks for a person."""


class Api(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The platform's partner interface, asked with a key the organisation was given. Only ever read; its answers are read by `replies`."""

    search_url: str
    """https, with `{query}`, and `{page}` (1 first) or `{cursor}` (empty first)."""
    item_url: str = ""
    """One item, with `{id}`, for re-checks; empty: it cannot be asked for."""
    secret_file: str
    """File with the key, one line; below the home folder unless absolute. The key travels in the header alone, never in an address."""
    auth_header: str = "Authorization"
    auth_value: str = "Bearer {secret}"
    pages: str = ""
    """JSON path of the number of pages; empty: not said."""
    cursor: str = ""
    """JSON path of the next `{cursor}`; nothing there: that was the last page."""
    gone: dict[str, str] = {}
    """JSON path → regular expression of its text in the answer for an item that was removed; 404 and 410 mean it anyway."""
    budget: int = 200
    """Requests in one run."""
    allows_plain_http: bool = False
    """Only for an interface inside the organisation's own network: the key can be read on the way."""


class Session(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the browser session that staff hold is read in (`crawler.staff_session`)."""

    start_url: str = ""
    """What the person is shown first; empty: the platform's host."""
    delay_s: float = 15.0
    """Between two pages, and up to half as much again at random."""
    budget: int = 40
    """Pages in one run."""


class Platform(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One listing site."""

    name: str
    title: str
    """Chinese name for staff."""
    kind: Literal["shop", "board", "posts", "app_store"] = "shop"
    host: str
    hosts: tuple[str, ...] = ()
    """Further domains of the platform, with all below: where its pages and answers come from."""
    aliases: tuple[str, ...] = ()
    """Other names it is called by in tables and on the command line."""
    search_url: str = ""
    """With `{query}` and `{page}`; empty: it is imported, never crawled."""
    query_charset: str = "utf-8"
    """How `{query}` is percent-encoded."""
    item_pattern: str = ""
    """Addresses of listings, with `*`; empty: they cannot be told by their address."""
    item_links: tuple[str, ...] = ()
    """Regular expressions of addresses of listings in pages; the first group of one, if it has any, is the item's id."""
    source: str
    """Where this definition comes from, and when it was checked."""
    search: Reading = Reading(kind="html")
    detail: Reading | None = None
    """None: the search page says all there is."""
    replies: tuple[Reply, ...] = ()
    """How its data is read from an export, a browser's record or a saved page."""
    columns: dict[str, str] = {}
    """Column of its tables → our field, before those understood of every table."""
    blocks: Blocks = Blocks()
    route: Literal["public", "api", "session"] = "public"
    """How a sweep asks it: public pages at a low rate, its partner interface, or pages in a browser session that staff hold."""
    session: Session = Session()
    api: Api | None = None
    """None: the organisation has no key for it."""

    @property
    def is_crawlable(self) -> bool:
        """Say whether a sweep may ask it, by whatever route."""
        return self.api is not None if self.route == "api" else bool(self.search_url)

    @property
    def can_show_items(self) -> bool:
        """Say whether one item can be asked for, to see what became of it."""
        if self.route == "api":
            return self.api is not None and bool(self.api.item_url)
        return self.is_crawlable and self.detail is not None

    def is_called(self, name: str) -> bool:
        """Say whether this is a name of the platform."""
        plain = name.strip().casefold()
        return plain in {one.casefold() for one in (self.name, self.title, *self.aliases)}

    def owns(self, host: str) -> bool:
        """Say whether the host is the platform's."""
        return any(host == one or host.endswith(f".{one}") for one in (self.host, *self.hosts))

    def gave(self, url: str) -> bool:
        """Say whether an answer from this address may be the platform's: by its host, or as the address of one of its interfaces."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return self.owns(host) or any(one.url and re.search(one.url, url) for one in self.replies)

    def item_at(self, url: str) -> "Item | None":
        """Return the listing this address is of, under the address its other routes know it by; None: it is none's."""
        found = next((match for one in self.item_links if (match := re.search(one, url))), None)
        if found is None and not self.is_listing(url):
            return None
        item_id = (found[1] or "") if found and found.re.groups else ""
        made = next((one.item_url for one in self.replies if one.item_url), "") if item_id else ""
        address = made.replace("{id}", item_id) or (url.partition("#")[0].partition("?")[0] if found else url)
        return Item(id=item_id, url=address) if _is_web(address) else None

    def search_address(self, query: str, page: int) -> str:
        """Return the address of a search page (1 first)."""
        coded = quote(query.encode(self.query_charset, "replace"), safe="")
        return self.search_url.replace("{query}", coded).replace("{page}", str(page))

    def is_listing(self, url: str) -> bool:
        """Say whether the address is one of this platform's listings."""
        return bool(self.item_pattern) and fnmatchcase(url, self.item_pattern)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A listing as its address tells it."""

    id: str
    """Empty: the address holds none."""
    url: str


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def load_platforms(names: Iterable[str], further: Iterable[Path] = ()) -> tuple[Platform, ...]:
    """Return the definitions of these names, for a sweep: the organisation's own before those shipped.

    Raises `SettingInvalid` for a name nobody defines or whose pages are not for crawling, `InputUnreadable` for a broken definition.
    """
    known = {one.name: one for one in reversed(known_platforms(further))}
    wanted = tuple(names)
    for name in wanted:
        if name not in known:
            have = "、".join(sorted(one.name for one in known.values() if one.is_crawlable)) or "无"
            raise SettingInvalid(
                "sweep.platforms",
                name,
                f"没有名为 {name} 的平台定义（可巡查的有：{have}）",
                f"no platform is called {name!r}; those to sweep are {have}",
            )
        if not known[name].is_crawlable:
            raise SettingInvalid(
                "sweep.platforms",
                name,
                f"{known[name].title} 没有可公开巡查的页面，请用 jianwei import listings 导入平台数据或浏览器记录",
                f"{name} has no public pages to sweep; import its data with jianwei import listings",
            )
    return tuple(known[name] for name in wanted)


def known_platforms(further: Iterable[Path] = ()) -> tuple[Platform, ...]:
    """Return all definitions, the organisation's own first. Raises `InputUnreadable` for a broken one."""
    own = tuple(_read(path) for path in further)
    names = {one.name for one in own}
    return (*own, *(one for one in shipped_platforms() if one.name not in names))


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
        platform = msgspec.toml.decode(content, type=Platform)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputUnreadable(
            where, f"平台定义有误（{error}）", f"the platform definition is wrong ({error})"
        ) from None
    try:
        for pattern in platform.item_links:
            re.compile(pattern)
    except re.error as error:
        raise InputUnreadable(
            where, f"平台定义有误（item_links：{error}）", f"the platform definition is wrong (item_links: {error})"
        ) from None
    api = platform.api
    if (
        api
        and not api.allows_plain_http
        and not all(url.startswith("https://") for url in (api.search_url, api.item_url) if url)
    ):
        raise InputUnreadable(
            where,
            "[api] 的地址必须以 https:// 开头，否则密钥会被他人看到",
            "addresses of [api] must be https, else others can read the key",
        )
    return platform
