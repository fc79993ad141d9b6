"""Parents of names that say who may have a name there (`data/parents.csv`): hosting the public suffix list does not know,
aliases of delivery networks, and suffixes only some bodies get."""

import csv
import io
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

__all__ = ["ParentKind", "parent_kind", "parent_suffix"]


class ParentKind(StrEnum):
    """Who may have a name below a parent."""

    HOSTING = "hosting"
    """Anybody, for nothing."""
    ALIAS = "alias"
    """A delivery network's customers, under the name of their own site (`www.gov.cn.bsgslb.cn`)."""
    RESERVED = "reserved"
    """Public bodies only."""
    SCHOOL = "school"
    """Schools and universities only."""


@lru_cache(maxsize=1)
def _parents() -> dict[str, ParentKind]:
    text = (files("detectors.names") / "data" / "parents.csv").read_text("utf-8")
    return {row["parent"]: ParentKind(row["kind"]) for row in csv.DictReader(io.StringIO(text, newline=""))}


def parent_suffix(host: str, suffix: str) -> str:
    """Return the part of the host its registrant did not choose: the hosting parent where there is one, else the public suffix."""
    parent = _parent(host, suffix)
    return parent if parent != host and _parents().get(parent) is ParentKind.HOSTING else suffix


def parent_kind(host: str, suffix: str) -> ParentKind | None:
    """Return what is known of the registered name or its suffix; None: nothing."""
    return _parents().get(_parent(host, suffix))


def _parent(host: str, suffix: str) -> str:
    return suffix if suffix in _parents() else f"{host.removesuffix(f'.{suffix}').rpartition('.')[2]}.{suffix}"
