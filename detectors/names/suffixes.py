"""Where names can be had: suffixes in real use with what their registries accept, and parents below which anybody gets a name."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from keywords.hosts import canonical_host, registrable_domain, to_unicode

__all__ = ["Suffix", "can_be_registered", "load_suffixes", "scripts_of", "table"]

_MAX_LABEL = 63
_RESERVED_HYPHENS = slice(2, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suffix:
    """A public suffix, or a hosting service's parent."""

    name: str
    """A-label form, e.g. `com.cn`, `xn--fiqs8s`."""
    cost: int
    """0 for what counterfeiters like best, then rising."""
    scripts: frozenset[str]
    """`ascii`, `latin` (with accents), `cyrillic`, `han` (with ASCII). A label of two other scripts is refused everywhere."""
    max_chars: int = _MAX_LABEL
    """Longest Chinese label the registry takes, in characters."""
    is_hosting: bool = False
    """A name below it is given out by a company at once and for nothing."""
    allows_dots: bool = False
    """A customer's name may itself hold dots (buckets)."""

    def accepts(self, label: str) -> bool:
        """Say whether the registry gives out this label (in Unicode, no dots)."""
        if not label or len(label) > _MAX_LABEL or label[0] == "-" or label[-1] == "-":
            return False
        # RFC 5891: hyphens in the third and fourth place are kept for A-labels; .cn takes no two hyphens in a row at all.
        if label[_RESERVED_HYPHENS] == "--" or ("--" in label and (self.name == "cn" or self.name.endswith(".cn"))):
            return False
        scripts = scripts_of(label)
        if "han" in scripts:
            return scripts <= {"han", "ascii"} and "han" in self.scripts and len(label) <= self.max_chars
        if scripts <= {"ascii"}:
            return "ascii" in self.scripts
        if scripts <= {"ascii", "latin"}:
            return "latin" in self.scripts
        return len(scripts) == 1 and scripts <= self.scripts


def scripts_of(label: str) -> frozenset[str]:
    """Return the scripts of the letters: `ascii`, `latin` (not ASCII), `cyrillic`, `han`, or another's name. Digits and hyphens are of none."""
    return frozenset(map(_script, label)) - {""}


@lru_cache(maxsize=8192)
def _script(char: str) -> str:
    if char.isascii():
        return "ascii" if char.isalpha() else ""
    name = unicodedata.name(char, "?").partition(" ")[0].lower()
    return "han" if name.startswith("cjk") else name


@lru_cache(maxsize=1)
def load_suffixes() -> tuple[Suffix, ...]:
    """Read `data/suffixes.csv` and `data/hosting_parents.csv`, in the order of the tables."""
    registries = [
        Suffix(
            name=row["suffix"],
            cost=int(row["cost"]),
            scripts=frozenset(row["scripts"].split("|")),
            max_chars=int(row["max_chars"]),
        )
        for row in table("suffixes")
    ]
    parents = [
        Suffix(
            name=row["parent"],
            cost=int(row["cost"]),
            scripts=frozenset({"ascii"}),
            is_hosting=True,
            allows_dots=row["allows_dots"] == "yes",
        )
        for row in table("hosting_parents")
    ]
    return (*registries, *parents)


def can_be_registered(name: str) -> bool:
    """Say whether an outsider can get this name (in Unicode or A-labels) below one of the suffixes of the tables.

    What stands before the registered label is the owner's own affair. Suffixes that are not in the tables count as unknown: False.
    """
    try:
        host = canonical_host(name)
    except (ValueError, UnicodeError):
        return False
    registries, parents = _by_name()
    parent = next((name for name in parents if host.endswith(f".{name}")), "")
    if parent:
        return parents[parent].accepts(host.removesuffix(f".{parent}").rpartition(".")[2])
    label, _, ending = registrable_domain(host).partition(".")
    return ending in registries and registries[ending].accepts(to_unicode(label))


@lru_cache(maxsize=1)
def _by_name() -> tuple[dict[str, Suffix], dict[str, Suffix]]:
    """Return registries and hosting parents by name."""
    every = load_suffixes()
    return {s.name: s for s in every if not s.is_hosting}, {s.name: s for s in every if s.is_hosting}


def table(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of `detectors/names/data/<name>.csv`."""
    text = (files("detectors.names") / "data" / f"{name}.csv").read_text("utf-8")
    return iter(csv.DictReader(io.StringIO(text, newline="")))
