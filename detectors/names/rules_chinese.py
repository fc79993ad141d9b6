"""Chinese words in names (IDN), simplified or traditional: an official name, or a trade with words of query."""

from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick_rs
from opencc import OpenCC

from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.read import ReadName
from detectors.names.target import TargetIndex
from keywords.hosts import to_unicode

__all__ = ["ChineseNames"]

_MIN_NAME = 4


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    kind: str
    about: str


def _official_names(index: TargetIndex) -> Iterator[tuple[str, str]]:
    """Yield (name, host): names of sites first, then short names, then sponsors, so that a ministry's name means its own site."""
    sites = {target.imitates: target.site for target in index.targets}
    groups = ([(s.name, h) for h, s in sites.items()], [(a, h) for h, s in sites.items() for a in s.aliases])
    for text, host in (*groups[0], *groups[1], *((s.sponsor, h) for h, s in sites.items())):
        short = text.partition("（")[0]
        if len(short) >= _MIN_NAME and not short[0].isdigit():
            yield short, host


class ChineseNames:
    """Finds official names, trades and query words in the Chinese part of a name."""

    def __init__(self, index: TargetIndex, lexicon: Lexicon) -> None:
        self._simplify = OpenCC("t2s").convert
        words: dict[str, _Word] = {}
        for sense in lexicon.chinese:
            words[sense.word] = _Word(sense.word, sense.kind, sense.about)
        for text, host in _official_names(index):
            known = words.get(text)
            if known is None or (known.kind == "zh_name" and not known.about):
                words[text] = _Word(text, "zh_name", host)
        self._words = tuple(words.values())
        # A ministry's name beside 证书查询 means its query site.
        ministries = [t for t in index.targets if t.site.level == "national" and t.is_government and not t.sub]
        self._query_sites = {t.imitates: (index.query_site(t.brand) or t).imitates for t in ministries}
        self._finder = ahocorasick_rs.AhoCorasick([word.text for word in self._words])

    def hits(self, name: ReadName) -> Iterator[NameHit]:
        """Yield hits of Chinese words. Spans count in the name as people read it."""
        if name.shown.isascii():
            return
        free = name.shown.removesuffix(to_unicode(name.suffix)) if name.suffix else name.shown
        simple = self._simplify(free)
        if len(simple) != len(free):
            simple = "".join(self._simplify(char)[:1] or char for char in free)
        found = [
            (self._words[at], start, end)
            for at, start, end in self._finder.find_matches_as_indexes(simple, overlapping=True)
        ]
        of_kind = {
            kind: [f for f in found if f[0].kind == kind]
            for kind in ("zh_name", "zh_trade", "zh_query", "zh_government")
        }
        queries, government = of_kind["zh_query"], of_kind["zh_government"]
        for word, start, end in of_kind["zh_name"]:
            company = any(not (s >= start and e <= end) for _, s, e in queries)
            reason = f"中文域名使用官方名称“{word.text}”"
            about = self._query_sites.get(word.about, word.about) if company else word.about
            yield self._hit(about, 900 if company else 820, (start, end), reason, word.text)
        for word, start, end in of_kind["zh_trade"]:
            other = next((w for w, s, e in (*queries, *government) if e <= start or s >= end), None)
            if other or "应急管理" in word.text:
                beside = f"与“{other.text}”" if other else ""
                reason = f"中文域名使用“{word.text}”{beside}，似官方查询网站"
                yield self._hit(word.about, 680 if other else 520, (start, end), reason, word.text)
        for word, start, end in government:
            if queries and len(word.text) > 2:  # noqa: PLR2004 - 国家 or 政务 beside 查询 is too common
                reason = f"中文域名把“{word.text}”与“{queries[0][0].text}”组合，冒充政府网站"
                yield self._hit("", 600, (start, end), reason, word.text)

    @staticmethod
    def _hit(about: str, score: int, span: tuple[int, int], reason: str, word: str) -> NameHit:
        return NameHit(
            imitates=about, technique=Technique.IDN_CHINESE, score_permille=score, span=span, reason=reason, brand=word
        )
