"""Reads the tables of `keywords/data/` into a `Lexicon`. Every row names its source; lists within a cell are separated by `|`."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from keywords.model import Term, TermKind, TermOrigin

__all__ = ["Lexicon", "NamedPlatform", "Region", "load_lexicon", "load_platforms", "load_regions", "rows", "several"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms we look for, and the characters sellers swap in them."""

    terms: tuple[Term, ...]
    homophones: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(character, what is written in its place: pinyin, homophones, look-alikes); empty: none are undone."""

    def of_kind(self, *kinds: TermKind) -> tuple[Term, ...]:
        """Return the terms of these kinds in the order of the tables."""
        return tuple(term for term in self.terms if term.kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place whose name sellers put into titles."""

    name: str
    level: str
    """`province`, `city` or `county`."""
    code: str
    """GB/T 2260."""
    variants: tuple[str, ...] = ()
    """Full and everyday names (灌云县, 港城); empty: none are used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlatform:
    """A search engine, shop, board or network, as people call it."""

    name: str
    kind: str
    variants: tuple[str, ...]
    operator: str
    hosts: tuple[str, ...]
    source: str


def load_lexicon() -> Lexicon:
    """Read certificates, offers, authorities and homophones as shipped."""
    terms = (
        *map(_certificate, rows("certificates")),
        *map(_offer, rows("offers")),
        *map(_authority, rows("authorities")),
    )
    homophones = tuple((row["char"], (row["pinyin"], *several(row["written"]))) for row in rows("homophones"))
    return Lexicon(terms, homophones)


@lru_cache(maxsize=1)
def load_regions() -> tuple[Region, ...]:
    """Read provinces, larger cities, and the cities, districts and counties of Jiangsu."""
    return tuple(
        Region(name=row["name"], level=row["level"], code=row["code"], variants=several(row["variants"]))
        for row in rows("regions")
    )


@lru_cache(maxsize=1)
def load_platforms() -> tuple[NamedPlatform, ...]:
    """Read the engines, shops, boards and networks that are known by name."""
    return tuple(
        NamedPlatform(
            name=row["name"],
            kind=row["kind"],
            variants=several(row["variants"]),
            operator=row["operator"],
            hosts=several(row["hosts"]),
            source=row["source"],
        )
        for row in rows("platforms")
    )


def rows(table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of `keywords/data/<table>.csv`."""
    text = (files("keywords") / "data" / f"{table}.csv").read_text("utf-8")
    return iter(csv.DictReader(io.StringIO(text, newline="")))


def several(cell: str) -> tuple[str, ...]:
    """Split a cell that holds a list."""
    return tuple(part for part in cell.split("|") if part)


def _certificate(row: dict[str, str]) -> Term:
    return _term(row, row["text"], TermKind.CERTIFICATE)


def _offer(row: dict[str, str]) -> Term:
    return _term(row, row["text"], TermKind(row["kind"]))


def _authority(row: dict[str, str]) -> Term:
    return _term(row, row["name"], TermKind.AUTHORITY)


def _term(row: dict[str, str], text: str, kind: TermKind) -> Term:
    added_on = date.fromisoformat(row["added_on"])
    return Term(
        text=text,
        kind=kind,
        sense=row.get("sense", ""),
        variants=several(row["variants"]),
        weight=int(row["weight"]),
        authority=row.get("authority", ""),
        is_neighbour=row.get("is_neighbour") == "yes",
        is_ambiguous=row.get("is_ambiguous") == "yes",
        source=row["source"],
        notice=row["notice"],
        added_on=added_on,
        origins=(TermOrigin(source=row["source"], notice=row["notice"], listed_on=added_on),),
    )
