"""A certificate's name in pinyin or initials with 查询 behind it: `dianlangongzheng-chaxun.com`, `hgzchaxun.cn`.

The names are those of `keywords/data/certificates.csv`, read aloud: what the lexicon need not list one by one.
"""

import re
from collections.abc import Iterator

from detectors.names.clues import Clue, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.read import ReadName

__all__ = ["PaperQueries"]

_QUERY = "chaxun"
_QUERIES = ("cx", _QUERY)
_PAPER = "zheng"
_ASKED = re.compile(r"zheng(?:shu)?(?=cx|chaxun)").finditer
_INITIALS = re.compile(r"([a-z]{2,5}z)s?chaxun(?:wang|w|pt)?").fullmatch


class PaperQueries:
    """Knows how the certificates' names read."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._papers, self._initials = lexicon.papers, lexicon.paper_initials

    def hits(self, name: ReadName) -> Iterator[NameHit]:
        """Yield a hit of the longest certificate's name before 查询, and of initials that are all of a label but for it."""
        for asked in _ASKED(name.letters, 0, name.free):
            end = asked.start() + len(_PAPER)
            start = min((at for at in name.edges if name.letters[at:end] in self._papers), default=None)
            if start is not None:
                last = asked.end() + len(_QUERY if name.letters.startswith(_QUERY, asked.end()) else "cx")
                yield _hit(name, start, last, self._papers[name.letters[start:end]], 470)
        start = max((dot for dot in name.dots if dot < name.free), default=0)
        found = _INITIALS(name.letters, start, name.free)
        if found and found[1] in self._initials:
            yield _hit(name, start, name.free, self._initials[found[1]], 420)

    def clues(self) -> Iterator[Clue]:
        """Yield the clues: all names end in 证, so that one look does for them."""
        for asked in (f"{_PAPER}{shu}" for shu in ("", "shu")):
            for query in _QUERIES:
                looks = clue(asked, query).looks
                yield from (Clue((paper.removesuffix(_PAPER) + asked, query), looks) for paper in self._papers)
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
