"""Load the practice range from its folders and refuse what is wrong in them, naming file, key and remedy.

`hosts/<a-label>/host.toml` declares a host, `data/index.toml` what the search engines know, `data/listings.toml` what the platforms sell.
"""

import ipaddress
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from deploy.range.model import Host, HostKind, IndexEntry, Listing, Page, Truth, Verdict
from keywords.hosts import canonical_host, canonical_url
from pipelines.errors import UsageError

__all__ = [
    "DOCUMENTATION_NETWORKS",
    "LISTING_PATHS",
    "ROOT",
    "Problem",
    "World",
    "WorldInvalid",
    "is_address",
    "is_outside",
    "load_world",
]

ROOT = Path(__file__).parent
DOCUMENTATION_NETWORKS = tuple(
    ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
LISTING_PATHS = {
    "shop.anpeiyun.com": "/item/{id}.html",
    "www.gongyou-mall.com": "/item/{id}",
    "bj.zhaohuo-board.com": "/jineng/{id}x.shtml",
}
_UNJUDGED = {HostKind.ENGINE, HostKind.PLATFORM}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the range's files."""

    file: Path
    key: str
    advice: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.advice}"


class WorldInvalid(UsageError):
    """The range's files cannot be used; `problems` names all that is wrong."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first, more = problems[0], len(problems) - 1
        super().__init__(
            f"练习靶场的数据有误：{first}（另有 {more} 处）。运行 python -m deploy.range check 查看全部。",
            f"The practice range's files are wrong: {first} (and {more} more). python -m deploy.range check lists all.",
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class World:
    """The pretend internet: hosts by name, what search engines know, what platforms sell."""

    hosts: tuple[Host, ...]
    index: tuple[IndexEntry, ...]
    listings: tuple[Listing, ...]
    by_name: dict[str, Host]
    """Every host under its name and each alias."""

    def find(self, name: str, phase: str = "") -> Host | None:
        """Return the host that answers to `name` in `phase`, wildcards included; None if the name does not exist."""
        name = name.rstrip(".").lower()
        host = self.by_name.get(name)
        if host is None:
            labels = name.split(".")
            parents = (self.by_name.get(".".join(labels[start:])) for start in range(1, len(labels)))
            host = next((parent for parent in parents if parent is not None and parent.dns == "wildcard"), None)
        return None if host is None or host.is_gone(phase) else host

    def addresses(self, host: Host) -> tuple[str, ...]:
        """Return the addresses behind a host, through its CNAME where the target is a host of the range."""
        target = self.by_name.get(host.cname) if host.cname and not host.addresses else None
        return target.addresses if target else host.addresses

    def truth(self, phase: str = "") -> tuple[Truth, ...]:
        """Return the ground truth about every judged site and listing that exists in `phase`."""
        sites = (
            Truth(
                kind="site", key=host.name, verdict=Verdict(host.truth.verdict), aliases=host.aliases, imitates=host.truth.imitates,
                pattern=host.truth.pattern, found_by=host.truth.found_by,
            )
            for host in self.hosts if host.truth is not None and not host.is_gone(phase)
        )  # fmt: skip
        listings = (
            Truth(
                kind="listing", key=listing.url, verdict=Verdict(listing.truth), pattern=listing.pattern,
                found_by=("platform",) if listing.is_searchable else ("files",),
            )
            for listing in self.listings if phase not in listing.gone_in
        )  # fmt: skip
        return (*sites, *listings)


def load_world(root: Path = ROOT) -> World:
    """Read and check all files below `root`; raise `WorldInvalid` with everything that is wrong."""
    problems: list[Problem] = []
    hosts = tuple(_load_hosts(root / "hosts", problems))
    index = tuple(_load_index(root / "data" / "index.toml", problems))
    listings = tuple(_load_listings(root / "data" / "listings.toml", problems))
    by_name = _by_name(hosts, problems)
    if problems:
        raise WorldInvalid(tuple(problems))
    return World(hosts, index, listings, by_name)


def _read(file: Path, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(Problem(file, "-", f"cannot be read as TOML: {error}"))
        return None


def _load_hosts(folder: Path, problems: list[Problem]) -> Iterator[Host]:
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not entry.is_dir() or entry.name.startswith(("_", ".")):
            continue
        file = entry / "host.toml"
        values = _read(file, problems)
        if values is None:
            continue
        for reserved in {"name", "folder"} & values.keys():
            problems.append(Problem(file, reserved, "is not a key of host.toml; the folder names the host"))
        try:
            host = msgspec.convert(values | {"name": entry.name, "folder": str(entry)}, Host, dec_hook=_to_path)
        except msgspec.ValidationError as error:
            problems.append(_from_validation(file, error))
            continue
        problems += [Problem(file, key, advice) for key, advice in _faults(host)]
        yield host


def _to_path(wanted: type, value: object) -> Path:
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(wanted)


def _from_validation(file: Path, error: msgspec.ValidationError, prefix: str = "") -> Problem:
    sentence, _, place = str(error).partition(" - at ")
    return Problem(file, prefix + (place.strip("`").removeprefix("$.") or "-"), sentence)


def _faults(host: Host) -> Iterator[tuple[str, str]]:
    yield from _name_faults(host)
    is_reachable = host.dns not in {"servfail", "silent"}
    if not host.addresses and not host.cname and is_reachable:
        yield "addresses", "is missing; give at least one documentation address or a cname"
    if not host.pages and not host.behaviour and any(map(is_outside, host.addresses)):
        yield "pages", "is missing; give at least one page or a behaviour"
    if (host.truth is None) != (host.kind in _UNJUDGED):
        yield "truth", "is needed for every host but engines and platforms, which go without"
    elif host.truth and (host.kind is HostKind.COUNTERFEIT) != (host.truth.verdict == "counterfeit"):
        yield "truth.verdict", "is counterfeit for the kind counterfeit, and for no other"
    for number, page in enumerate(host.pages):
        for key, advice in _page_faults(host, page):
            yield f"pages[{number}].{key}", advice


def _name_faults(host: Host) -> Iterator[tuple[str, str]]:
    for key, name in (("folder name", host.name), *(("aliases", alias) for alias in host.aliases)):
        if not _is_canonical(name):
            yield key, f"{name!r} is not a lower-case A-label host name; write it as keywords.hosts.canonical_host does"
    if host.cname and not _is_canonical(host.cname):
        yield "cname", f"{host.cname!r} is not a lower-case A-label host name"
    for address in host.addresses:
        if not _may_have(host, address):
            yield "addresses", f"{address} is not in {', '.join(map(str, DOCUMENTATION_NETWORKS))}; take one from there"


def _page_faults(host: Host, page: Page) -> Iterator[tuple[str, str]]:
    if not page.path.startswith("/"):
        yield "path", f"{page.path!r} must start with /"
    if bool(page.file) == bool(page.redirect):
        yield "file", "give either file or redirect"
    if not 200 <= page.status <= 599:  # noqa: PLR2004 - final HTTP statuses
        yield "status", f"{page.status} is no final HTTP status"
    for name, value in page.headers.items():
        if not name.isascii() or any(ord(char) < 32 for char in name + value):  # noqa: PLR2004 - controls end a header
            yield "headers", f"{name!r} cannot be sent"
    if page.file:
        target = (host.folder / page.file).resolve()
        if not target.is_relative_to(host.folder.parent.resolve()):
            yield "file", f"{page.file!r} lies outside hosts/"
        elif not target.is_file():
            yield "file", f"there is no file {page.file!r} in the host's folder"


def _is_canonical(name: str) -> bool:
    try:
        return canonical_host(name) == name
    except (ValueError, UnicodeError):
        return False


def _may_have(host: Host, address: str) -> bool:
    # Traps answer with inner addresses on purpose: the product must refuse to go there.
    return is_outside(address) or (host.kind is HostKind.TRAP and is_address(address))


def is_address(text: str) -> bool:
    """Say whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_outside(text: str) -> bool:
    """Say whether a text is an address of the pretend internet, not one of those the traps lure to."""
    return is_address(text) and any(ipaddress.ip_address(text) in network for network in DOCUMENTATION_NETWORKS)


def _by_name(hosts: tuple[Host, ...], problems: list[Problem]) -> dict[str, Host]:
    by_name: dict[str, Host] = {}
    for host in hosts:
        for name in (host.name, *host.aliases):
            other = by_name.setdefault(name, host)
            if other is not host:
                file = host.folder / "host.toml"
                problems.append(
                    Problem(file, "aliases", f"{name} belongs to {other.name} already; drop one of the two")
                )
    return by_name


def _rows(file: Path, table: str, problems: list[Problem]) -> Iterator[tuple[str, dict[str, Any]]]:
    values = _read(file, problems) if file.exists() else {}
    for key in (values or {}).keys() - {table}:
        problems.append(Problem(file, key, f"is unknown; the file has [[{table}]] tables only"))
    for number, row in enumerate((values or {}).get(table, [])):
        yield f"{table}[{number}]", row


def _load_index(file: Path, problems: list[Problem]) -> Iterator[IndexEntry]:
    for place, row in _rows(file, "entries", problems):
        try:
            entry = msgspec.convert(row, IndexEntry)
        except msgspec.ValidationError as error:
            problems.append(_from_validation(file, error, f"{place}."))
            continue
        if urlsplit(entry.url).scheme not in {"http", "https"}:
            problems.append(Problem(file, f"{place}.url", f"{entry.url!r} is no http(s) address"))
        yield entry


def _load_listings(file: Path, problems: list[Problem]) -> Iterator[Listing]:
    seen: set[str] = set()
    for place, row in _rows(file, "listings", problems):
        path = LISTING_PATHS.get(str(row.get("platform")))
        if path is None:
            problems.append(Problem(file, f"{place}.platform", f"must be one of {', '.join(LISTING_PATHS)}"))
            continue
        url = canonical_url(f"https://{row['platform']}{path.format(id=row.get('id', ''))}")
        try:
            listing = msgspec.convert(row | {"url": url}, Listing)
        except msgspec.ValidationError as error:
            problems.append(_from_validation(file, error, f"{place}."))
            continue
        if url in seen:
            problems.append(Problem(file, f"{place}.id", f"{listing.id} is taken already on {listing.platform}"))
        seen.add(url)
        yield listing
