"""Opens what staff save from their own browser: HAR records, MHTML, saved pages, answers as JSON. Pure: bytes in, answers out.

Only answers are read. What was sent (cookies, tokens, forms) is never looked at.
"""

import base64
import binascii
import email
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any, Literal

from crawler.unpacking import unpacked

__all__ = ["Kind", "SavedAnswer", "Truncated", "kind_of", "open_archive", "saved_pages", "unzipped"]

_MAX_BODY = 20_000_000
_MAX_ANSWERS = 20_000
_MAX_UNPACKED = 300_000_000
_GZIP = b"\x1f\x8b"
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_SINGLE_FILE = re.compile(rb"Page saved with SingleFile\s+url:\s*(\S+)")
_ADDRESS = re.compile(
    rb"""<(?:link|meta)\b(?=[^>]*\b(?:rel=["']?canonical|property=["']?og:url)\b)[^>]*\b(?:href|content)=["']?([^"'\s>]+)""",
    re.IGNORECASE,
)
_CALL = re.compile(rb"(?:/\*\*/)?[\w$.]{1,80}\s*\(\s*[{\[]")
_TEXTUAL = re.compile(r"json|html|javascript|text/plain|xml|octet-stream", re.IGNORECASE)
_HEAD = 8192

Kind = Literal["har", "mhtml", "html", "json", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswer:
    """One answer a browser got."""

    url: str
    """Empty: the file does not say where it came from."""
    media_type: str
    body: bytes
    """At most 20 MB; what was longer is cut."""
    status: int = 200
    place: int = 1
    """Number of the answer in the file, 1 first."""


@dataclass(frozen=True, slots=True)
class Truncated:
    """The file ends in the middle: what was whole before is read."""

    place: int
    """Number of the first answer that is not whole."""


def kind_of(content: bytes, suffix: str) -> Kind:
    """Say what the file is, by its content first; empty: none of these."""
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if (
        head.startswith(b"{")
        and re.search(rb'"log"\s*:\s*\{', head)
        and re.search(rb'"(creator|entries|version)"', head)
    ):
        return "har"
    lowered = head.lower()
    if b"multipart/related" in lowered and re.match(
        rb"(from|mime-version|snapshot-content-location|subject|date|content-)", lowered
    ):
        return "mhtml"
    if re.match(rb"(<!--.*?-->\s*)*(<!doctype\s+html|<html)", lowered, re.DOTALL):
        return "html"
    if head.startswith((b"{", b"[")) or _CALL.match(head):
        return "json"
    return "html" if suffix in {".html", ".htm"} else ""


def unzipped(content: bytes, limit: int = _MAX_UNPACKED) -> bytes:
    """Return the content with gzip undone, up to the limit."""
    if not content.startswith(_GZIP):
        return content
    inflate = zlib.decompressobj(31)
    try:
        return inflate.decompress(content, limit)
    except zlib.error:
        return content


def open_archive(content: bytes, kind: Kind) -> Iterator[SavedAnswer | Truncated]:
    """Yield the answers in the file that could hold listings, in its order."""
    if kind == "har":
        yield from _har(content)
    elif kind == "mhtml":
        yield from _mhtml(content)
    elif kind:
        media_type = "application/json" if kind == "json" else "text/html"
        yield SavedAnswer(url=_origin(content), media_type=media_type, body=content)


def saved_pages(content: bytes, suffix: str) -> tuple[SavedAnswer, ...]:
    """Return the pages a file was saved for: that of an MHTML without its frames, all textual answers of a record, or the file itself."""
    plain = unzipped(content)
    kind = kind_of(plain, suffix)
    whole = SavedAnswer(url=_origin(plain), media_type="text/html", body=plain)
    if kind not in ("har", "mhtml"):
        return (whole,)
    answers = [one for one in open_archive(plain, kind) if isinstance(one, SavedAnswer)]
    if kind == "mhtml":
        pages = [one for one in answers if "html" in one.media_type]
        answers = pages[:1]  # RFC 2557: what the others belong to comes first
    return tuple(answers)


def _origin(content: bytes) -> str:
    head = content[:_HEAD]
    found = _SAVED_FROM.search(head) or _SINGLE_FILE.search(head) or _ADDRESS.search(content[:200_000])
    return found.group(1).decode("utf-8", "replace") if found else ""


# --- HAR --------------------------------------------------------------------------------------------------------------


def _har(content: bytes) -> Iterator[SavedAnswer | Truncated]:
    """Read entry by entry, so that a record cut short still gives all its whole entries."""
    text = content.decode("utf-8-sig", "replace")
    start = re.search(r'"entries"\s*:\s*\[', text)
    if not start:
        return
    decoder = json.JSONDecoder()
    at, place = start.end(), 0
    while place < _MAX_ANSWERS:
        at = _next_entry(text, at)
        if at >= len(text) or text[at] == "]":
            if at >= len(text):
                yield Truncated(place + 1)
            return
        place += 1
        try:
            entry, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield Truncated(place)
            return
        answer = _of_entry(entry, place)
        if answer is not None:
            yield answer


def _next_entry(text: str, at: int) -> int:
    while at < len(text) and text[at] in ", \t\r\n":
        at += 1
    return at


def _of_entry(entry: Any, place: int) -> SavedAnswer | None:
    if not isinstance(entry, dict):
        return None
    request, response = entry.get("request"), entry.get("response")
    held = response.get("content") if isinstance(response, dict) else None
    if not isinstance(request, dict) or not isinstance(held, dict) or not isinstance(held.get("text"), str):
        return None
    media_type = str(held.get("mimeType") or "")
    if media_type and not _TEXTUAL.search(media_type):
        return None
    status = response.get("status") if isinstance(response, dict) else 0
    return SavedAnswer(
        url=str(request.get("url") or ""),
        media_type=media_type,
        body=_body(held["text"], str(held.get("encoding") or ""), _coding_of(response)),
        status=status if isinstance(status, int) else 0,
        place=place,
    )


def _coding_of(response: Any) -> str:
    """Return how the body was packed for its way; some recorders keep it so."""
    headers = response.get("headers") if isinstance(response, dict) else None
    for one in headers if isinstance(headers, list) else ():
        if isinstance(one, dict) and str(one.get("name")).lower() == "content-encoding":
            return str(one.get("value")).strip().lower()
    return ""


def _body(text: str, encoding: str, coding: str) -> bytes:
    body = text.encode("utf-8", "replace")
    if encoding.lower() == "base64":
        try:
            body = base64.b64decode(body[: _MAX_BODY * 2], validate=False)
        except (binascii.Error, ValueError):
            return b""
        body, _ = unpacked(body, coding, _MAX_BODY)
    return unzipped(body, _MAX_BODY)[:_MAX_BODY]


# --- MHTML ------------------------------------------------------------------------------------------------------------


def _mhtml(content: bytes) -> Iterator[SavedAnswer | Truncated]:
    message = email.message_from_bytes(content.removeprefix(b"\xef\xbb\xbf"))
    root = str(message.get("Snapshot-Content-Location") or "")
    place = 0
    for part in message.walk():
        if place >= _MAX_ANSWERS or part.is_multipart():
            continue
        place += 1
        media_type = part.get_content_type()
        if not _TEXTUAL.search(media_type):
            continue
        yield SavedAnswer(
            url=str(part.get("Content-Location") or root), media_type=media_type, body=_part(part), place=place
        )
    if not content.rstrip().endswith(b"--"):
        yield Truncated(place)


def _part(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body[:_MAX_BODY] if isinstance(body, bytes) else b""
