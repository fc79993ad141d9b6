"""A certificate's name in pinyin or initials with 查询 behind it: `dianlangongzheng-chaxun.com`, `diangongzcx.com`, `hgzchaxun.cn`.

The names are those of `keywords/data/certificates.csv`, read aloud: what the lexicon need not list one by one.
"""

import re
from collections.abc import Iterator
from itertools import product

from detectors.names.clues import MAYBE, Clue, clue, near_end
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.read import ReadName
from detectors.names.syllables import may_be_broken

__all__ = ["PaperQueries"]

_QUERY = "chaxun"
_QUERIES = ("cx", _QUERY)
_PAPER = "zheng"
_ASKED = re.compile(r"z(?:heng(?:shu)?)?(?=cx|chaxun)").finditer
"""证 or 证书 written out, or 证 in initials."""
_INITIALS = re.compile(r"([a-z]{2,5}z)s?chaxun(?:wang|w|pt)?").fullmatch


_ASKING = (_QUERY, "zscx", "zhengshu")
"""What asks for a paper behind its trade or holder, without 证."""
_AFTER_HOLDER = re.compile(rf"(?=({'|'.join(_ASKING)}))").finditer


class PaperQueries:
    """Knows how the certificates' names read."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._papers, self._initials = lexicon.papers, lexicon.paper_initials
        self._holders = lexicon.holders
        trades = lexicon.words("trade", "long", "plain")
        self._short = {
            f"{stem}z": about for paper, about in self._papers.items() if (stem := paper.removesuffix(_PAPER)) in trades
        }
        """Those of the lexicon's trades with 证 in initials: `diangongz`."""

    def hits(self, name: ReadName) -> Iterator[NameHit]:
        """Yield a hit of the longest certificate's name before 查询, and of initials that are all of a label but for it."""
        for asked in _ASKED(name.letters, 0, name.free):
            is_short = asked[0] == "z"
            papers, end = (self._short, asked.end()) if is_short else (self._papers, asked.start() + len(_PAPER))
            start = min((at for at in name.edges if name.letters[at:end] in papers), default=None)
            if start is not None:
                last = asked.end() + len(_QUERY if name.letters.startswith(_QUERY, asked.end()) else "cx")
                yield _hit(name, start, last, papers[name.letters[start:end]], 470)
        yield from self._held(name)
        start = max((dot for dot in name.dots if dot < name.free), default=0)
        whole = _INITIALS(name.letters, start, name.free)
        if whole and whole[1] in self._initials:
            yield _hit(name, start, name.free, self._initials[whole[1]], 420)

    def _held(self, name: ReadName) -> Iterator[NameHit]:
        """Yield a hit of a trade or its holder before a word that asks: `denggaozuoye-chaxun.com`."""
        for asked in _AFTER_HOLDER(name.letters, 0, name.free):
            joint, end = asked.span(1)
            start = min((at for at in name.edges if name.letters[at:joint] in self._holders), default=None)
            if start is None or any(joint < at < end for at in name.apart):
                continue
            holder = name.letters[start:joint]
            is_readable = may_be_broken(holder, frozenset(at - start for at in name.apart if start < at < joint))
            if is_readable:
                yield _hit(name, start, end, self._holders[holder], 430)

    def clues(self) -> Iterator[Clue]:
        """Yield the clues: names written out end in 证, so that one look does for them; with 证 in initials their last syllable is needed."""
        for asked in (f"{_PAPER}{shu}" for shu in ("", "shu")):
            for query in _QUERIES:
                looks = clue(asked, query).looks
                yield from (Clue((paper.removesuffix(_PAPER) + asked, query), looks) for paper in self._papers)
        for paper, query in product(self._short, _QUERIES):
            yield Clue((paper, query), (near_end(paper[:-1]) + "z" + MAYBE + query[0],))
        for holder, asked in product(self._holders, _ASKING):
            # 查询 is rare enough by itself; the other two are everybody's initials and papers
            look = asked if asked == _QUERY else near_end(holder) + MAYBE + asked
            yield Clue((holder, asked), (look,))
        for letters in self._initials:
            yield clue(letters, _QUERY)
            yield clue(letters, f"s{_QUERY}")


def _hit(name: ReadName, start: int, end: int, about: str, score: int) -> NameHit:
    written = name.text(start, end)
    return NameHit(
        imitates=about,
        technique=Technique.PINYIN,
        score_permille=score,
        span=name.span(start, end),
        reason=f"域名“{written}”由证书名称与查询字样组成，似官方查询网站",
        brand=written,
    )
