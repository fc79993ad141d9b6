"""Puts the lists of departments and the shipped terms together: one term for each word, with every list that names it.

Words are the same when their folded texts are. The newest list decides kind, sense, weight and department; the others stay
visible as origins, and their ways of writing are looked for too. Terms of departments stand first, newest first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import chain

from keywords.fold import fold
from keywords.loader import Lexicon
from keywords.model import Term

__all__ = ["key_of", "merge_terms"]


@lru_cache(maxsize=20_000)
def key_of(spelling: str) -> str:
    """Return what makes two spellings the same word: the folded text without blanks."""
    return "".join(fold(spelling).text.split())


def merge_terms(shipped: Lexicon, listed: Iterable[Term], withdrawn: Iterable[str] = ()) -> Lexicon:
    """Return the shipped lexicon with the terms of departments' lists, and without the spellings that were withdrawn.

    A word that is listed and withdrawn stays: one department's withdrawal is not another's.
    """
    by_key: dict[str, list[Term]] = defaultdict(list)
    for term in listed:
        by_key[key_of(term.text)].append(term)
    gone = {key_of(spelling) for spelling in withdrawn} - by_key.keys()
    if not by_key and not gone:
        return shipped
    known = {key_of(term.text): term for term in shipped.terms if key_of(term.text) in by_key}
    own = [_joined(terms, known.get(key)) for key, terms in by_key.items()]
    own.sort(key=_newest, reverse=True)
    rest = (_without(term, gone | by_key.keys()) for term in shipped.terms if key_of(term.text) not in by_key)
    return replace(shipped, terms=(*own, *(term for term in rest if term is not None)))


def _newest(term: Term) -> date:
    return max((origin.listed_on for origin in term.origins if origin.listed_on), default=date.min)


def _joined(terms: Sequence[Term], shipped: Term | None) -> Term:
    """Return the newest of the terms with the origins and ways of writing of all of them."""
    ranked = sorted(terms, key=_newest, reverse=True)
    several = (*ranked, shipped) if shipped else tuple(ranked)
    first = ranked[0]
    spellings = dict.fromkeys(chain.from_iterable(term.spellings for term in several))
    return replace(
        first,
        variants=tuple(spelling for spelling in spellings if spelling != first.text),
        source="; ".join(dict.fromkeys(term.source for term in several)),
        origins=tuple(dict.fromkeys(chain.from_iterable(term.origins for term in several))),
    )


def _without(term: Term, spellings: Collection[str]) -> Term | None:
    """Return the term without these spellings; the next one becomes its text where its own is gone. None: nothing is left."""
    left = [spelling for spelling in term.spellings if key_of(spelling) not in spellings]
    if len(left) == len(term.spellings):
        return term
    return replace(term, text=left[0], variants=tuple(left[1:])) if left else None
