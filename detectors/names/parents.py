"""Parents of names that say who may have a name there: hosting (`keywords/data/shared_parents.csv`), and in `data/parents.csv`
aliases of delivery networks and suffixes only some bodies get."""

import csv
import io
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from keywords.hosts import registrable_domain
from keywords.roster import is_shared_parent

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
    return parent if parent != host and _kind(parent) is ParentKind.HOSTING else suffix


def parent_kind(host: str, suffix: str) -> ParentKind | None:
    """Return what is known of the registered name or its suffix; None: nothing."""
    return _kind(_parent(host, suffix))


def _kind(parent: str) -> ParentKind | None:
    if kind := _parents().get(parent):
        return kind
    return ParentKind.HOSTING if registrable_domain(parent) and is_shared_parent(parent) else None


def _parent(host: str, suffix: str) -> str:
    return suffix if suffix in _parents() else f"{host.removesuffix(f'.{suffix}').rpartition('.')[2]}.{suffix}"
