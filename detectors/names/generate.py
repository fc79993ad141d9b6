"""Lookalike names worth probing, best first: what an outsider could register (or host below a common parent) to imitate a site.

Every label of a family has a price, every suffix has one, and names come in the order of the sum: the likeliest label below a common suffix
before a rare slip below a rare one. Labels are made by `families` and `slips`, suffixes and what their registries take by `suffixes`.

Beside dnstwist's families: addition, bitsquatting, homoglyph (ASCII; accents and whole other alphabets where the registry gives them out),
hyphenation (as hyphens for dots), insertion, omission, repetition, replacement, transposition, vowel-swap, dictionary (query and trade words on
either side, with and without hyphen), subdomain and various (dots dropped or moved) and tld-swap (of every label, not of the original alone) are
all here. Left out: plural, and everything that would lie below gov.cn, which outsiders cannot register. Added: sub-label with brand, gov words,
the official host before another domain, pinyin and initials, Chinese names, places, hotlines, hosting parents, and two slips at once.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from detectors.names.families import whole_labels, word_labels
from detectors.names.hit import Technique
from detectors.names.label import Family, Label, make_subject
from detectors.names.slips import foreign_labels, one_slip, two_slips
from detectors.names.suffixes import Suffix, can_be_registered, load_suffixes
from keywords.hosts import canonical_host
from keywords.model import OfficialSite
from keywords.roster import Roster

__all__ = ["Lookalike", "generate_names"]

_HOSTED = frozenset({Family.WHOLE, Family.QUERY, Family.TRADE})
_HOSTED_UP_TO = 1
"""Only the likeliest labels are tried below hosting parents."""
_WITHOUT_BODY = (ValueError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A name to probe."""

    name: str
    """Lower-case A-label host name."""
    imitates: str
    technique: Technique
    family: Family


def generate_names(site: OfficialSite, roster: Roster) -> Iterator[Lookalike]:
    """Yield each name once, the most plausible first; deterministic. Nothing official and nothing below `.gov.cn` is made."""
    subject = make_subject(site, roster)
    if subject is None:
        return
    labels = chain(
        whole_labels(subject),
        one_slip(subject),
        foreign_labels(subject),
        word_labels(subject),
        two_slips(subject),
    )
    seen: set[str] = set()
    for label, suffix in _by_cost(labels, load_suffixes()):
        try:
            host = canonical_host(f"{label.text}.{suffix.name}")
        except _WITHOUT_BODY:
            continue
        # Labels with dots may end in another public suffix (`gov.sn.cn`): what counts is the whole name.
        if host in seen or roster.is_official(host) or not can_be_registered(host):
            continue
        seen.add(host)
        yield Lookalike(host, site.host, label.technique, label.family)


def _by_cost(labels: Iterator[Label], suffixes: tuple[Suffix, ...]) -> Iterator[tuple[Label, Suffix]]:
    """Yield label and suffix in the order of their summed cost; at equal cost the better label goes first."""
    labels_at: dict[int, dict[str, Label]] = defaultdict(dict)
    known: dict[str, int] = {}
    for label in labels:
        if known.setdefault(label.text, label.cost) == label.cost:
            labels_at[label.cost].setdefault(label.text, label)
        elif label.cost < known[label.text]:
            del labels_at[known[label.text]][label.text]
            known[label.text] = label.cost
            labels_at[label.cost][label.text] = label
    suffixes_at: dict[int, list[Suffix]] = defaultdict(list)
    for suffix in suffixes:
        suffixes_at[suffix.cost].append(suffix)
    for total in range(max(labels_at, default=0) + max(suffixes_at) + 1):
        for cost in sorted(labels_at):
            for label in labels_at[cost].values():
                yield from ((label, suffix) for suffix in suffixes_at[total - cost] if _fits(label, suffix))


def _fits(label: Label, suffix: Suffix) -> bool:
    if suffix.is_hosting:
        is_whole = label.family in _HOSTED and label.cost <= _HOSTED_UP_TO
        return is_whole and label.text.isascii() and ("." not in label.text or suffix.allows_dots)
    return suffix.cost <= label.reach and suffix.accepts(label.text.rpartition(".")[2])
