"""Undresses a WHOIS answer: however a registry draws its lines, `label: value` lines come out. Pure, and linear in the text.

Dots lead to the value (`.fi`, old Chinese registrars), labels stand in brackets (`.jp`) or behind stars (`.tr`), Chinese ones are
spaced out (`注 册 商`), and where a label is a heading, what is indented below it is its value (`.uk`, `.tw`, `.it`).
"""

import re
from collections.abc import Iterator

__all__ = ["undressed"]

_DOTS = re.compile(r"\.(?: ?\.){2,}")
_COLON = re.compile("[:：]")
_BRACKETED = re.compile(r"(?:[a-z]\. ?)?\[(\S[^\[\]]{0,39})\](.*)")
_LEADERS = ".:： \t"
_SENTENCE = re.compile(r"(Record (?:created|expires|last updated) on)\s+(\d.*)", re.IGNORECASE)
_HEADINGS = {
    **dict.fromkeys(("domain name", "domain"), "Domain Name"),
    **dict.fromkeys(("registrar", "sponsoring registrar"), "Registrar"),
    **dict.fromkeys(("registrant", "holder"), "Registrant"),
    **dict.fromkeys(
        (
            "name server", "name servers", "nameserver", "nameservers", "name servers information", "nserver", "domain servers",
            "domain name servers", "domain nameservers", "domain servers in listed order", "name servers in listed order",
        ),
        "Name Server",
    ),
}  # fmt: skip
"""Label in lower case → what it is called when the lines below it are read as its values."""
_PEOPLE = {"Registrar", "Registrant"}
"""Below these, labels are theirs: `Name` below `Registrar` is `Registrar Name`."""


def undressed(text: str) -> str:
    """Return the answer with each line that says something of something as `label: value`; other lines as they are."""
    return "\n".join(_undressed(text.splitlines()))


def _undressed(lines: list[str]) -> Iterator[str]:
    heading, depth, is_filled = "", 0, False
    for line in lines:
        bare = line.strip().removeprefix("**").strip()
        if not bare:
            if is_filled:
                heading = ""
            continue
        indent = len(line) - len(line.lstrip())
        label, value = _parted(bare)
        if heading and (indent > depth or not label) and label.lower() not in _HEADINGS:
            yield _below(heading, label, value, bare)
            is_filled = True
            continue
        heading, depth, is_filled = _HEADINGS.get((label or bare).lower(), ""), indent, bool(value)
        yield f"{label}: {value}" if label else bare


def _below(heading: str, label: str, value: str, bare: str) -> str:
    """Return what a line below a heading says: a value of its own, or of something the heading's owner has."""
    if label and heading in _PEOPLE:
        return f"{heading} {label}: {value}"
    return f"{heading}: {bare}"


def _parted(bare: str) -> tuple[str, str]:
    """Return label and value; both are empty where the line has no label."""
    if found := _BRACKETED.fullmatch(bare) or _SENTENCE.fullmatch(bare):
        return _label(found[1]), found[2].lstrip(_LEADERS)
    colon, dots = _COLON.search(bare), _DOTS.search(bare)
    leader = dots if dots and (colon is None or dots.start() < colon.start()) else colon
    return (_label(bare[: leader.start()]), bare[leader.end() :].lstrip(_LEADERS)) if leader else ("", "")


def _label(text: str) -> str:
    words = text.split()
    return ("" if text and not text.isascii() else " ").join(words)
