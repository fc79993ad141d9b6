"""One HTTP exchange of the range: what was asked, and what a host answers."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from deploy.range.model import Host

__all__ = ["Answer", "Request", "as_html", "as_json", "as_redirect", "as_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as a host of the range sees it."""

    host: Host
    name: str
    """The name that was asked for: the host's own, an alias, or one below a wildcard."""
    method: str
    scheme: str
    path: str
    query: str
    """Without the question mark; empty: none."""
    headers: Mapping[str, str]
    """Names in lower case."""

    @property
    def agent(self) -> str:
        """The User-Agent; empty if there is none."""
        return self.headers.get("user-agent", "")

    def parameter(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter, read as UTF-8."""
        return parse_qs(self.query, keep_blank_values=True, errors="replace").get(name, [default])[0]

    def number(self, name: str, default: int, most: int = 1000) -> int:
        """Return a query parameter as a number from 0 to `most`; `default` if it is none."""
        text = self.parameter(name)
        return min(int(text), most) if text.isascii() and text.isdigit() else default


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a host answers."""

    status: int = 200
    headers: tuple[tuple[str, str | bytes], ...] = ()
    body: bytes | AsyncIterator[bytes] = field(default=b"")
    """A stream is sent in chunks until it ends or the other side leaves."""


def as_html(text: str, status: int = 200, charset: str = "utf-8", *headers: tuple[str, str]) -> Answer:
    """Answer with an HTML page, encoded and declared in `charset`."""
    return Answer(
        status=status,
        headers=(("content-type", f"text/html; charset={charset}"), *headers),
        body=text.encode(charset, "xmlcharrefreplace"),
    )


def as_text(text: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    """Answer with plain text."""
    return Answer(status=status, headers=(("content-type", "text/plain; charset=utf-8"), *headers), body=text.encode())


def as_json(value: object, status: int = 200) -> Answer:
    """Answer with JSON, Chinese unescaped."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status=status, headers=(("content-type", "application/json; charset=utf-8"),), body=body)


def as_redirect(location: str, status: int = 302) -> Answer:
    """Answer with a redirect."""
    return Answer(status=status, headers=(("location", location), ("content-type", "text/html; charset=utf-8")))
