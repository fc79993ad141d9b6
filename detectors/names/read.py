"""A host name as letters: folded, joined, and each letter traceable to its place in the name."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

from detectors.names.confusable import eye_letters, latin_of
from detectors.names.parents import parent_suffix
from keywords.hosts import registrable_domain, to_unicode

__all__ = ["ReadName", "as_seen_by_eye", "read_name"]

_SEPARATORS = frozenset("-_.")
_RUNS = re.compile(r"[-_.]|\d+|(?:(?![-_.\d])[\x00-\x7f])+|(?:(?!\d)[^\x00-\x7f])+").finditer
"""A separator, or a run of digits, of Latin letters, of others."""
_DIGITS = re.compile(r"\d+").finditer


@dataclass(frozen=True, slots=True)
class ReadName:
    """A host name ready for the rules. Indexes called `letter` count in `letters`, spans count in `shown`."""

    host: str
    """Lower-case A-label name."""
    shown: str
    """The name as people read it."""
    letters: str
    """All labels joined without dots and hyphens, look-alike characters read as ASCII letters."""
    places: tuple[int, ...]
    """Place of each letter in `shown`, and one more for the end."""
    ends: tuple[int, ...]
    """Place after each letter; a letter seen by eye may be two in `shown`."""
    edges: frozenset[int]
    """Letters where a word may begin or end: a dot, a hyphen, a change between letters and digits."""
    apart: frozenset[int]
    """Letters with a separator before them, but for the first."""
    dots: tuple[int, ...]
    """Letters where a label begins, the first included."""
    free: int
    """Number of letters before the public suffix: what the registrant chose."""
    suffix: str
    """Public suffix or hosting parent: `com.cn`, `github.io`; empty: the host is one itself, or an address."""
    is_foreign: bool
    """A non-ASCII character was read as an ASCII letter."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in `shown` of these letters."""
        return self.places[start], self.ends[end - 1] if end > start else self.places[start]

    def text(self, start: int, end: int) -> str:
        """Return these letters as they stand in the name, separators included."""
        first, last = self.span(start, end)
        return self.shown[first:last]

    def has_joints(self, start: int, parts: tuple[str, ...]) -> bool:
        """Say whether all separators inside these parts, which stand from this letter on, are between two of them."""
        if not self.apart:
            return True
        joints = {start + at for at in accumulate(map(len, parts))}
        end = max(joints, default=start)
        return all(at in joints for at in self.apart if start < at < end)

    @property
    def is_under_cn(self) -> bool:
        """Say whether the name was registered below `.cn` or `.中国`."""
        return self.suffix.endswith("cn") or self.suffix in {"xn--fiqs8s", "xn--fiqz9s"}


def read_name(host: str) -> ReadName:
    """Fold a lower-case A-label host name."""
    suffix = parent_suffix(host, registrable_domain(host).partition(".")[2])
    shown = to_unicode(host) if "xn--" in host else host
    free_end = len(shown) - len(to_unicode(suffix)) if suffix else 0
    latin = shown if shown.isascii() else "".join(char if char.isascii() else latin_of(char) or char for char in shown)
    letters = ""
    places: list[int] = []
    edges = {0}
    apart = set()
    dots = [0]
    for run in _RUNS(latin):
        written, at = run[0], len(letters)
        edges.add(at)
        if written in _SEPARATORS:
            apart.add(at)
            if written == ".":
                dots.append(at)
        else:
            letters += written
            places += range(*run.span())
    free = bisect_left(places, free_end)
    edges |= {free, len(letters)}
    apart -= {0, len(letters)}
    return ReadName(
        host,
        shown,
        letters,
        (*places, len(shown)),
        tuple([place + 1 for place in places]),
        frozenset(edges),
        frozenset(apart),
        tuple(dots),
        free,
        suffix,
        latin != shown,
    )


def as_seen_by_eye(name: ReadName) -> ReadName:
    """Return the name read hastily: look-alike ASCII letters taken for one another."""
    seen, origins = eye_letters(name.letters, name.apart)
    new_index = {origin: index for index, origin in enumerate(origins)}
    apart = frozenset([new_index[origin] for origin in name.apart])
    # A digit that stands for a letter is no edge; separators and numbers are.
    kept = {at for run in _DIGITS(seen) for at in run.span()}
    free = bisect_left(origins, name.free)
    afters = (*origins[1:], len(name.letters))
    return ReadName(
        name.host,
        name.shown,
        seen,
        (*[name.places[origin] for origin in origins], len(name.shown)),
        tuple([name.ends[after - 1] for after in afters]),
        apart.union(kept, (0, free, len(seen))),
        apart,
        tuple([new_index.get(dot, len(seen)) for dot in name.dots]),
        free,
        name.suffix,
        name.is_foreign,
    )
