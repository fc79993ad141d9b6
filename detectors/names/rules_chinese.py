"""Chinese words in names (IDN), simplified or traditional: an official name, an organ's short name, or a trade with words of query."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import ahocorasick_rs
from opencc import OpenCC

from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.read import ReadName
from detectors.names.target import TargetIndex
from keywords.hosts import to_unicode
from keywords.model import SiteKind

__all__ = ["ChineseNames"]

_FULL_NAME = 6
"""Shorter official names (`社保查询`, `信用代码`) are everyday words too."""
_ORGAN = re.compile(r".{2,}(?:部|厅|局|总局|委|办|网|平台)")
_PLAINLY = "证书查询"
_CERTIFICATE = re.compile(r".+证(?:书)?|特种(?:作业|设备).*")
"""What names a certificate by itself; `电工` alone is anybody's trade."""
_OFFICE_TRADE = "应急管理"
"""What an office is called but for its rank; without a place it is anybody's trade."""
_SOME_GOVERNMENT = frozenset({"政府", "人民政府", "政务服务", "政务网", "政府网"})
_LATIN = re.compile(r"[a-z]+|\d+")
_SHORTEST_GOVERNMENT = 3
"""国家 or 政务 beside 查询 is too common."""
_EVERYDAY = 690
"""A certificate's name with 查询: not proof by itself."""
_NETS = ("平台", "系统", "中心", "网站", "官网", "网")
_COUNTRY = frozenset({"国家", "中国", "全国"})
_LOCAL = re.compile("(?:国家|全国)(.+(?:系统|平台|门户))").fullmatch
"""A national system's name, and what is left of it without 国家 or 全国."""
_ENDS = (
    "公共服务门户",
    "公共服务平台",
    "信息查询平台",
    "公示系统",
    "查询平台",
    "服务平台",
    "信息平台",
    "信息",
    "公示",
    "平台",
    "系统",
    "门户",
    "查询",
)
_OTHER_PAPERS = ("教师", "医师", "护士", "律师", "法律职业", "导游", "记者", "驾驶", "司法", "执业药师")
"""Whose papers no rostered site verifies: before a certificate's word they say that the name is about something else."""
_ALIKE = {
    "管": "菅",
    "部": "郶",
    "理": "埋",
    "急": "恴",
    "证": "証",
    "询": "徇洵",
    "查": "査杳",
    "全": "仝",
    "国": "囯囸",
    "住": "佳",
    "建": "健",
    "产": "産",
    "检": "検",
    "验": "験",
    "设": "役",
    "信": "俖",
    "业": "亚",
}
"""Characters that a hasty eye takes for those of an official name: of other words, of old and of Japanese print."""
_ASKS_PAPER = "证(?:书|件)?(?:查询|查验|验证|核验|核查|真伪)|(?:查询|查验|验证|核验|核查|查)证(?:书|件)?"
"""证书查询 or 查询证书, as one writes it."""
_SOLD = re.compile("代办|代理|转让|挂靠|培训|报考|咨询|办理|招聘|中介|题库|网校|辅导").search
"""What is said of offices and their papers by those who live on them: nobody's name for an office."""
_SHORTENED = 8
"""What is left of a national site's name without such an end is told by this length."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    kind: str
    about: str
    weight: str = ""
    """Of query words: `strong`, `claim` (官网: nothing beside goods), `weak` (信息网: nothing beside a trade); of trades: `goods`, `own` (a national query site's whole name)."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A word at a place of the name as people read it."""

    word: _Word
    start: int
    end: int

    def is_apart_from(self, other: "_Found") -> bool:
        return other.end <= self.start or other.start >= self.end


def _official_names(index: TargetIndex) -> Iterator[_Word]:
    """Yield official names: of sites first, then short names, then sponsors, so that a ministry's name means its own site."""
    sites = {target.imitates: target.site for target in index.targets}
    groups = ([(s.name, h) for h, s in sites.items()], [(a, h) for h, s in sites.items() for a in s.aliases])
    shortened = [(short, h) for h, s in sites.items() for short in _shortened(s.name)]
    for text, host in (*groups[0], *groups[1], *shortened, *((s.sponsor, h) for h, s in sites.items())):
        short = text.partition("（")[0]
        if short.isascii() or short[0].isdigit() or len(short) < _SHORTEST_GOVERNMENT:
            continue
        is_organ = bool(_ORGAN.fullmatch(short))
        kind = "zh_name" if len(short) >= _FULL_NAME else "zh_organ" if is_organ else "zh_trade"
        site = sites[host]
        is_own = text == site.name and site.level == "national" and site.kind is SiteKind.QUERY_SITE
        yield _Word(short, kind, host, "own" if is_own else "")


def _shortened(name: str) -> Iterator[str]:
    """Yield a national name without its first word, then without its last ones: 特种设备公示信息查询平台, 全国特种设备公示信息, 全国特种设备公示."""
    if (local := _LOCAL(name)) and len(local[1]) >= _SHORTENED:
        yield local[1]
    while name.startswith(tuple(_COUNTRY)) and (end := next((end for end in _ENDS if name.endswith(end)), "")):
        name = name.removesuffix(end)
        if len(name) < _SHORTENED:
            return
        yield name


def _seen_alike(text: str) -> Iterator[str]:
    """Yield the text with one character replaced by one that looks like it."""
    for at, char in enumerate(text):
        yield from (text[:at] + alike + text[at + 1 :] for alike in _ALIKE.get(char, ""))


class ChineseNames:
    """Finds official names, trades and query words in the Chinese part of a name."""

    def __init__(self, index: TargetIndex, lexicon: Lexicon) -> None:
        self._index = index
        self._simplify = OpenCC("t2s").convert
        words = {sense.word: _Word(sense.word, sense.kind, sense.about, sense.weight) for sense in lexicon.chinese}
        for name in _official_names(index):
            known = words.get(name.text)
            if known is None or not known.about:
                words[name.text] = replace(known, about=name.about) if known else name
        for word in list(words.values()):
            if word.about and len(word.text) >= _FULL_NAME - 1 and word.kind in {"zh_name", "zh_organ"}:
                for text in _seen_alike(word.text):
                    words.setdefault(text, replace(word, text=text))
        self._words = tuple(words.values())
        self._latin = {word: {s.kind for s in several} for word, several in lexicon.senses.items()}
        # A ministry's name beside 证书查询 means its query site.
        ministries = [t for t in index.targets if t.site.level == "national" and t.is_government and not t.sub]
        self._query_sites = {t.imitates: (index.query_site(t.brand) or t).imitates for t in ministries}
        self._finder = ahocorasick_rs.AhoCorasick([word.text for word in self._words])

    def words(self) -> Iterator[str]:
        """Yield the Chinese words of which every name that can match holds one (or it holds a clue in Latin letters)."""
        return (word.text for word in self._words if _can_begin(word))

    def hits(self, name: ReadName) -> Iterator[NameHit]:
        """Yield hits of Chinese words. Spans count in the name as people read it."""
        if name.shown.isascii():
            return
        free = name.shown.removesuffix(to_unicode(name.suffix)) if name.suffix else name.shown
        found = [*self._chinese(free), *self._latin_words(free)]
        for one in found:
            company = [f for f in found if f.is_apart_from(one)]
            if one.word.kind == "zh_name":
                yield self._named(one, company)
            elif one.word.kind == "zh_organ":
                yield from self._organ(free, one, company, found)
            elif one.word.kind == "zh_trade":
                yield from self._trade(free, one, company, found)
            elif one.word.text == _PLAINLY and _is_whole(free, _with_net(free, one), found, nets=True):
                yield _hit("", 420, (one,), f"中文域名只写“{_PLAINLY}”，似官方查询网站")
            elif one.word.kind == "zh_office":
                yield from self._office(free, one, company)
            elif one.word.kind == "brand":
                yield from self._brand(one, company)
            elif one.word.kind == "zh_government":
                yield from self._government(free, one, company, found)

    def _chinese(self, free: str) -> list[_Found]:
        simple = self._simplify(free)
        if len(simple) != len(free):
            simple = "".join(self._simplify(char)[:1] or char for char in free)
        matches = self._finder.find_matches_as_indexes(simple, overlapping=True)
        return [_Found(self._words[which], start, end) for which, start, end in matches]

    def _latin_words(self, free: str) -> Iterator[_Found]:
        """Yield Latin words of query, government or brand beside Chinese ones (`cx应急部`), and fillers (`www`)."""
        for match in _LATIN.finditer(free):
            kinds = self._latin.get(match[0], set())
            kind = "filler" if kinds & {"site", "country"} or match[0].isdigit() else ""
            if kinds & {"query", "certificate", "sub"}:
                kind = "zh_query"
            if "brand" in kinds:
                kind = "brand"
            if match[0] == "gov":
                kind = "gov"
            if kind:
                yield _Found(_Word(match[0], kind, ""), match.start(), match.end())

    def _named(self, one: _Found, company: list[_Found]) -> NameHit:
        asks = any(f.word.kind == "zh_query" for f in company)
        about = self._query_sites.get(one.word.about, one.word.about) if asks else one.word.about
        score = _EVERYDAY if one.word.text.endswith("查询") else 900 if asks else 820
        return _hit(about, score, (one,), f"中文域名使用官方名称“{one.word.text}”")

    def _organ(self, free: str, one: _Found, company: list[_Found], found: list[_Found]) -> Iterator[NameHit]:
        beside = _first(company, ("zh_query", "gov", "brand", "zh_government", "zh_trade", "zh_organ"))
        if beside and beside.word.kind in {"zh_trade", "zh_organ"} and _SOLD(self._simplify(free)):
            return
        if beside:
            about = self._query_sites.get(one.word.about, one.word.about)
            reason = f"中文域名把机关名称“{one.word.text}”与“{beside.word.text}”组合，似官方查询网站"
            yield _hit(about, 640 if beside.word.kind in {"zh_trade", "zh_organ"} else 760, (one, beside), reason)
        elif _is_whole(free, one, found):
            yield _hit(one.word.about, 560, (one,), f"中文域名使用机关名称“{one.word.text}”，但不是政府网站域名")

    def _trade(self, free: str, one: _Found, company: list[_Found], found: list[_Found]) -> Iterator[NameHit]:
        silent = {"weak", "claim"} if one.word.weight == "goods" else {"weak"}
        strong = [f for f in company if f.word.weight not in silent]
        is_dressed = any(f.word.kind in {"zh_government", "country"} for f in company)
        beside = _first(company if is_dressed else strong, ("zh_query", "gov", "brand", "zh_government"))
        if self._simplify(free[: one.start]).endswith(_OTHER_PAPERS) and not is_dressed:
            return
        if beside and beside.word.text not in _COUNTRY:
            reason = f"中文域名使用“{one.word.text}”与“{beside.word.text}”，似官方查询网站"
            yield _hit(one.word.about, 650, (one, beside), reason)
        elif named := self._certificate_of(free, one, found):
            yield _hit(one.word.about, 420, (named,), f"中文域名使用证书名称“{named.word.text}”")
        elif one.word.weight == "own" and _is_whole(free, one, found):
            yield _hit(one.word.about, 430, (one,), f"中文域名只写官方网站名称“{one.word.text}”")
        elif one.word.text == _OFFICE_TRADE and _is_whole(free, one, found) and _place_before(one, company):
            yield _hit(one.word.about, 430, (one,), f"中文域名使用“{one.word.text}”和地名，似机关网站")

    def _certificate_of(self, free: str, one: _Found, found: list[_Found]) -> _Found | None:
        """Return what names a certificate and stands alone: `特种作业证`, `全国建筑工人证书`, `技能证书网`."""
        simple = self._simplify(free)
        said = next((end for end in ("证书", "证") if simple.startswith(end, one.end)), "")
        whole = _Found(replace(one.word, text=one.word.text + said), one.start, one.end + len(said))
        is_named = _CERTIFICATE.fullmatch(one.word.text) and one.word.weight != "goods"
        if not said and not is_named:
            return None
        after = whole.end + int(whole.word.text.endswith(("证", "证书")) and simple.startswith("网", whole.end))
        longer = replace(whole, end=after)
        return whole if _is_whole(free, longer, [f for f in found if f.word.kind != "zh_query"], trades=True) else None

    def _office(self, free: str, one: _Found, company: list[_Found]) -> Iterator[NameHit]:
        """`建委查询证书`, `江苏应急查询`: what an office is called for short and 证书查询 beside it, or its place before it and a word of query."""
        place = _place_before(one, company)
        query = next((f for f in company if f.word.kind == "zh_query" and f.word.weight != "weak"), None)
        simple, office = self._simplify(free), re.escape(one.word.text)
        if query and re.search(f"{office}-?(?:{_ASKS_PAPER})|(?:{_ASKS_PAPER})-?{office}", simple):
            reason = f"中文域名把机关简称“{one.word.text}”与“{query.word.text}”等证书查询字样组合，似官方查询网站"
            yield _hit(one.word.about, 560, (one, query), reason)
        elif place and query:
            reason = f"中文域名把“{place.word.text}{one.word.text}”与“{query.word.text}”组合，似官方查询网站"
            yield _hit(one.word.about, 640, (place, one, query), reason)

    def _brand(self, one: _Found, company: list[_Found]) -> Iterator[NameHit]:
        query = next((f for f in company if f.word.kind == "zh_query" and not f.word.text.isascii()), None)
        target = self._index.query_site(one.word.text)
        if query and target:
            reason = f"域名把官方标识“{one.word.text}”与“{query.word.text}”组合在一起"
            yield _hit(target.imitates, 680, (one, query), reason)

    def _government(self, free: str, one: _Found, company: list[_Found], found: list[_Found]) -> Iterator[NameHit]:
        query = next((f for f in company if f.word.kind == "zh_query"), None)
        is_named = one.word.text in _SOME_GOVERNMENT and _is_whole(free, _with_net(free, one), found)
        if is_named and (one.word.text == "人民政府" or _place_before(one, company)):
            yield _hit("", 560, (one,), f"中文域名使用“{one.word.text}”，但不是政府网站域名")
        is_told = len(one.word.text) >= _SHORTEST_GOVERNMENT or any(f.word.text == _PLAINLY for f in company)
        if query and is_told:
            reason = f"中文域名把“{one.word.text}”与“{query.word.text}”组合，冒充政府网站"
            yield _hit("", 600, (one, query), reason)


def _can_begin(word: _Word) -> bool:
    """Say whether a hit can be about this word, not only have it for company: `中国` and `网` need another one."""
    if word.kind == "zh_query":
        return True
    if word.kind == "zh_government":
        return len(word.text) >= _SHORTEST_GOVERNMENT or word.text in _SOME_GOVERNMENT
    return word.kind != "zh_place"


def _first(found: list[_Found], kinds: tuple[str, ...]) -> _Found | None:
    """Return the first word of the first of these kinds that there is."""
    return next((f for kind in kinds for f in found if f.word.kind == kind), None)


def _with_net(free: str, one: _Found) -> _Found:
    """Return the word with 网 or 平台 behind it, if it has one."""
    net = next((word for word in _NETS if free.startswith(word, one.end)), "")
    return replace(one, end=one.end + len(net))


def _place_before(one: _Found, company: list[_Found]) -> _Found | None:
    return next((f for f in company if f.word.kind == "zh_place" and f.end <= one.start <= f.end + 1), None)


def _is_whole(free: str, one: _Found, found: list[_Found], *, trades: bool = False, nets: bool = False) -> bool:
    """Say whether nothing stands beside the word in its label but places and fillers; `trades`: or other words of the trade; `nets`: or 官网, 平台."""
    start = free.rfind(".", 0, one.start) + 1
    start += next((len(word) for word in _COUNTRY if free.startswith(word, start) and start < one.start), 0)
    end = free.find(".", one.end)
    kinds = {"filler", "zh_place", *({"zh_trade"} if trades else ())}
    fillers = [f for f in found if f.word.kind in kinds or f.word.text in _COUNTRY]
    fillers += [f for f in found if nets and f.word.kind == "zh_query"]
    places = range(start, end if end >= 0 else len(free))
    return all(
        free[at] in "-_"
        or one.start <= at < one.end
        or any(f.start <= at < f.end for f in fillers)
        or free[at] in "省市县区"
        for at in places
    )


def _hit(about: str, score: int, words: tuple[_Found, ...], reason: str) -> NameHit:
    span = min(f.start for f in words), max(f.end for f in words)
    brand = words[0].word.text
    return NameHit(
        imitates=about, technique=Technique.IDN_CHINESE, score_permille=score, span=span, reason=reason, brand=brand
    )
