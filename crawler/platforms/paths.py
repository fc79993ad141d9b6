"""Finds values in a platform's data by paths that staff can write: `data.list.*.title|name`. Pure and tolerant."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from selectolax.lexbor import LexborHTMLParser

__all__ = ["first_list", "first_object", "text_at", "values_at"]

_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]{0,100}>", re.IGNORECASE)
_MAX_VALUES = 2000
_MAX_NESTED = 5_000_000
_MAX_TEXT = 20_000


def values_at(content: Any, path: str) -> list[Any]:
    """Return what stands at one path; `*` stands for every element of a list or object. Empty: nothing does."""
    level = [content]
    for step in path.split(".") if path else ():
        level = [value for one in level for value in _step(one, step)][:_MAX_VALUES]
    return [value for value in level if value is not None]


def _step(content: Any, step: str) -> Iterator[Any]:
    if isinstance(content, str) and content[:1] in "{[" and len(content) <= _MAX_NESTED:
        try:
            content = msgspec.json.decode(content)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return
    if step == "*":
        if isinstance(content, list):
            yield from content
        elif isinstance(content, dict):
            yield from content.values()
    elif isinstance(content, dict):
        yield content.get(step)
    elif isinstance(content, list) and step.isdigit() and int(step) < len(content):
        yield content[int(step)]


def first_list(content: Any, paths: tuple[str, ...]) -> list[Any]:
    """Return the rows at the first path that has any; a path with `*` gives its values themselves."""
    for path in paths:
        found = values_at(content, path)
        rows = [one for value in found for one in (value if isinstance(value, list) else [value])]
        rows = [one for one in rows if isinstance(one, dict)]
        if rows:
            return rows[:_MAX_VALUES]
    return []


def first_object(content: Any, paths: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the object at the first path that has one; None: there is none."""
    return next((one for path in paths for one in values_at(content, path) if isinstance(one, dict)), None)


def text_at(content: Any, paths: str, joint: str = "") -> str:
    """Return the text at the first of the paths (`|` between them) that says something; several values are joined."""
    for path in paths.split("|"):
        texts = [text for value in values_at(content, path.strip()) for text in _texts(value)]
        if texts:
            return joint.join(texts)[:_MAX_TEXT]
    return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, str):
        if text := _plain(value):
            yield text
    elif isinstance(value, int | float):
        yield str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    elif isinstance(value, list):
        for one in value[:50]:
            if isinstance(one, str | int | float):
                yield from _texts(one)


def _plain(text: str) -> str:
    """Return the text without markup: platforms highlight words with tags."""
    text = text.strip()
    if "<" not in text or ">" not in text:
        return text
    spaced = _BREAK.sub(" ", text[: _MAX_TEXT * 2])
    body = LexborHTMLParser(f"<body>{spaced}</body>").body
    return " ".join(body.text(deep=True).split()) if body else text
