"""Where a code leads: every address in its text, read as a phone would, without asking anybody.

A phone opens `HTTP://CX.MEM.GOV.CN@evil.top/`, `URL:http:\\\\evil.top` and `MEBKM:…URL:evil.top;;` alike at evil.top, so that host counts.
An official address that only passes the visitor on (`?url=http://evil.top`) leads where it passes on to.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl, unquote, urlsplit

from detectors.names.engine import NameMatcher
from detectors.names.hit import NameHit
from keywords.hosts import canonical_host
from keywords.roster import Roster

__all__ = ["Carrier", "CodeTarget", "TargetKind", "carrier_of", "read_target"]

_ADDRESS = re.compile(r"(?:https?|ftp)\s*[:：]\s*[/\\]{1,3}[^\s<>\"'`]+", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![@\w.-])((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24})\.?(?::\d{1,5})?(?=[/?#\s;,，。；]|$)"
)
_USER = re.compile(r"[/\\]{2}([\w.:%-]{4,253})@")
_APP_SCHEME = re.compile(
    r"^(weixin|wxp|alipays?|tbopen|taobao|snssdk\d+|baiduboxapp|mqqapi|mqq|upwrp|dingtalk)://", re.IGNORECASE
)
_APP_NAMES = {
    "weixin": "微信",
    "wxp": "微信收款码",
    "alipay": "支付宝",
    "alipays": "支付宝",
    "mqqapi": "QQ",
    "mqq": "QQ",
}
_PAYING = ("wxp",)
_MAX_TEXT, _MAX_ADDRESSES, _MAX_DEPTH, _MOST_VALUES = 8_000, 8, 3, 100
_NESTED = re.compile(r"^(?:https?:)?[/\\]{2}", re.IGNORECASE)


class TargetKind(StrEnum):
    """What sort of place a code leads to."""

    OFFICIAL = "official"
    LOOKALIKE = "lookalike"
    """Not rostered, and its name imitates an official one."""
    SHORT_LINK = "short_link"
    LIVE_CODE = "live_code"
    """A page whose owner changes at will where it leads."""
    CONTACT = "contact"
    ACCOUNT = "account"
    PAYMENT = "payment"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"
    """No address in it: plain data."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A service behind codes."""

    kind: TargetKind
    name: str


@dataclass(frozen=True, slots=True)
class CodeTarget:
    """Where one code leads."""

    text: str
    kind: TargetKind
    host: str = ""
    """A-label host it ends at; empty: it names no host."""
    imitates: str = ""
    """Rostered host its name imitates; empty: none in particular."""
    name: str = ""
    """What the place is called: the official site's name, the carrier's, or the technique of the imitation."""
    through: str = ""
    """Official or other host that only passes on to `host`; empty: it leads there directly."""


def read_target(text: str, roster: Roster, matcher: NameMatcher) -> CodeTarget:
    """Return where a code leads; of several addresses the most suspect. Never raises."""
    text = text[:_MAX_TEXT]
    scheme = _APP_SCHEME.match(text.strip())
    if scheme:
        app = scheme[1].lower()
        kind = TargetKind.PAYMENT if app in _PAYING else TargetKind.CONTACT
        return CodeTarget(text, kind, "", "", _APP_NAMES.get(app, "手机应用"))
    targets = [_judged(text, host, path, through, roster, matcher) for host, path, through in _ends(text)]
    return min(targets, key=lambda one: _SUSPECT_FIRST.index(one.kind), default=CodeTarget(text, TargetKind.NOWHERE))


_SUSPECT_FIRST = (
    TargetKind.LOOKALIKE, TargetKind.ELSEWHERE, TargetKind.SHORT_LINK, TargetKind.LIVE_CODE, TargetKind.PAYMENT,
    TargetKind.CONTACT, TargetKind.ACCOUNT, TargetKind.OFFICIAL, TargetKind.NOWHERE,
)  # fmt: skip


def _judged(text: str, host: str, path: str, through: str, roster: Roster, matcher: NameMatcher) -> CodeTarget:
    site = roster.site_of(host)
    if roster.is_official(host):
        return CodeTarget(text, TargetKind.OFFICIAL, host, "", site.name if site else "政府网站", through)
    if carrier := carrier_of(host, path):
        return CodeTarget(text, carrier.kind, host, "", carrier.name, through)
    if posed := _posed_host(text, roster):
        return CodeTarget(
            text, TargetKind.LOOKALIKE, host, posed, "官方网址写在 @ 之前，实际打开的是其后的网址", through
        )
    hits: tuple[NameHit, ...] = matcher.match(host)
    if hits:
        return CodeTarget(text, TargetKind.LOOKALIKE, host, hits[0].imitates, hits[0].reason, through)
    return CodeTarget(text, TargetKind.ELSEWHERE, host, "", "", through)


def _posed_host(text: str, roster: Roster) -> str:
    """Return the official host written where an address names its user (`http://cx.mem.gov.cn@evil.top`); empty: there is none."""
    users = (found[1].partition(":")[0] for found in _USER.finditer(unicodedata.normalize("NFKC", text)))
    return next((user.lower() for user in users if roster.is_official(user.lower())), "")


def _ends(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (host, path, host passed through) of each address, the passed-on one where an address passes on."""
    folded = unicodedata.normalize("NFKC", text)
    found = [match[0] for match in _ADDRESS.finditer(folded)][:_MAX_ADDRESSES]
    if not found:
        found = [f"http://{match[0]}" for match in _BARE.finditer(folded)][:_MAX_ADDRESSES]
    for address in found:
        yield from _end(address, "", 0)


def _end(address: str, through: str, depth: int) -> Iterator[tuple[str, str, str]]:
    host, path, query = _taken_apart(address)
    if not host:
        return
    onward = [] if depth >= _MAX_DEPTH else [one for one in _nested(query) if _taken_apart(one)[0]]
    ends = [end for one in onward for end in _end(one, host, depth + 1) if end[0] != host]
    yield from ends or [(host, path, through)]


def _taken_apart(address: str) -> tuple[str, str, str]:
    """Return (host, path, query and fragment); the host is empty where there is none."""
    plain = re.sub(r"^(https?|ftp)\s*:\s*[/\\]{1,3}", r"\1://", address.replace("\\", "/"), flags=re.IGNORECASE)
    plain = plain if "://" in plain else f"http:{plain}" if plain.startswith("//") else f"http://{plain}"
    try:
        parts = urlsplit(plain)
        host = canonical_host((parts.hostname or "").rstrip(".")) if parts.hostname else ""
    except (ValueError, UnicodeError):
        return "", "", ""
    return host, parts.path, f"{parts.query}&{parts.fragment.partition('?')[2]}"


def _nested(query: str) -> Iterator[str]:
    """Yield the values of a query that are addresses themselves."""
    if query.count("&") > _MOST_VALUES:
        return
    for _, value in parse_qsl(query[:_MAX_TEXT]):
        onward = next((written for written in (value, unquote(value)) if _NESTED.match(written)), "")
        if onward:
            yield onward


def carrier_of(host: str, path: str) -> Carrier | None:
    """Return the service behind codes that an address belongs to; None: it is a site of its own."""
    first = path.strip("/").partition("/")[0].lower()
    carriers = _carriers()
    return carriers.get(f"{host}/{first}") or carriers.get(host) or carriers.get(host.removeprefix("www."))


@lru_cache(maxsize=1)
def _carriers() -> dict[str, Carrier]:
    table = (files("detectors.pictures") / "data" / "code_hosts.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(table, newline=""))
    return {row["host"]: Carrier(TargetKind(row["kind"]), row["name"]) for row in rows}
