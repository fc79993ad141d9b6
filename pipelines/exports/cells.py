"""Makes text from suspects harmless in spreadsheets and documents."""

import re

__all__ = ["neutral", "printable"]

# Office programs take a cell that starts like this as a formula once a sheet is saved as CSV and opened again.
_FORMULA_START = re.compile(r"^[\s\u200b\ufeff]*[=+\-@＝＋－＠|%]")
# What XML 1.0 forbids, and the marks that reverse or hide text.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return the text without control characters, direction marks and other unprintable code points."""
    return _UNPRINTABLE.sub("", text)


def neutral(text: str, limit: int = 2000) -> str:
    """Return printable text of at most `limit` characters that no office program takes as a formula."""
    shown = printable(text)
    if len(shown) > limit:
        shown = f"{shown[: limit - 1]}…"
    return f"'{shown}" if _FORMULA_START.match(shown) or text.startswith(("\t", "\r", "\n")) else shown
