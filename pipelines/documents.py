"""Documents as JSON bytes and back: how leads, observations, snapshots and run reports are written down.

msgspec writes (it is the faster), pydantic reads strictly: msgspec cannot read a field that may be one of two dataclasses
(`TlsFacts | Unknown`). Instants keep their offset, tuples are arrays, an enum is its value. Attachments are bytes and live in
the evidence vault: a document that still carries some is refused.
"""

from collections.abc import Hashable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from pydantic import TypeAdapter

__all__ = ["decode", "encode", "is_sound", "well_formed"]

Document = TypeVar("Document")


def encode(document: object) -> bytes:
    """Return the document as UTF-8 JSON.

    Raises ValueError for attachments and for text that is no Unicode (see `well_formed`).
    """
    if getattr(getattr(document, "observation", document), "attachments", ()):
        raise ValueError("attachments belong in the evidence vault, not in a document")
    return msgspec.json.encode(document)


def decode(kind: type[Document], content: bytes | str) -> Document:
    """Return the document of this type; raise ValueError if the JSON is damaged or of another type."""
    return cast(Document, _reader(cast(Hashable, kind)).validate_json(content, strict=True))


def well_formed(value: Document) -> Document:
    """Return the value with every lone surrogate replaced by U+FFFD.

    Hostile JSON can smuggle half a character into a text (`"\\ud800"`), which neither UTF-8, SQLite nor a digest can take.
    """
    return value if _is_all_sound(value) else cast(Document, _mend(value))


@cache
def _reader(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(type[object], kind))


def _is_all_sound(value: object) -> bool:
    """Say whether no text in the value has a lone surrogate, at msgspec's speed; False also where msgspec cannot tell."""
    try:
        msgspec.msgpack.encode(value)
    except (UnicodeEncodeError, TypeError, ValueError, OverflowError, RecursionError):
        return False
    return True


def _mend(value: object) -> object:
    if isinstance(value, str):
        return (
            value
            if is_sound(value)
            else type(value)(value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        )
    if isinstance(value, tuple):
        parts = tuple(_mend(part) for part in value)
        return parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type):
        mended = {}
        for one in fields(value):
            before = getattr(value, one.name)
            after = _mend(before)
            if after is not before:
                mended[one.name] = after
        return replace(value, **mended) if mended else value
    return value


def is_sound(text: str) -> bool:
    """Say whether the text is Unicode; one with half a character in it (a lone surrogate) can stand in no document."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
