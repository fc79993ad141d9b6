"""The words names are made of: brands, trades, query and government words, offices, places (`data/lexicon.csv`, `data/places.csv`)."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from string import ascii_lowercase

from detectors.names.syllables import syllables
from detectors.names.target import TargetIndex
from keywords.loader import load_lexicon, rows
from keywords.model import SiteKind, TermKind

__all__ = ["Lexicon", "Sense", "build_lexicon"]

_LONG = 6
_PAPERS = ("z", "ry", "ryz", "zyz", "czz", "zgz", "hgz", "gl", "gly", "glry")
"""证, 人员, 人员证, 作业证, 操作证, 资格证, 合格证, 管理, 管理员, 管理人员 in initials."""
_HOLDERS = ("yuan", "renyuan", "renyuanzheng", "ry", "tezhong")
"""员, 人员, 人员证 in pinyin, 人员 in initials; 特种 behind a kind of work."""
_PAPER = "z"
"""证 in initials."""
_HALF_PAPERS = (_PAPER, "czz", "ry")
"""证, 操作证, 人员 behind a word half in initials."""
_HALF = 2
"""So many syllables stand at least in each half of a word that is half pinyin, half initials."""
_LONG_OFFICE = 5
_LONG_INITIALS = 8
_LONG_NAME = 14
_VOWEL = re.compile("[aeiou]").search
_SHORT_PLACE = 2
"""A county whose name is one character (`沛县`) is no word without 县."""
_SHORT_PAPER = 3
_LONG_PAPER = 9
"""A paper's name of so many letters means nothing else."""
_PAPER_READ = "zheng"
_NO_HOLDERS = ("zhengshu", "zheng", "hege", "kaohe", "ben")
"""With these a paper's name goes on: `kaohehege` before 证, `anquanyuanzhengshu`."""
_LONG_PINYIN = 11
"""Shorter pinyin words occur inside other pinyin by chance (`xuhan-gongzheng-shu`)."""

_MUNICIPALITIES = frozenset({"beijing", "tianjin", "shanghai", "chongqing"})
_ISSUERS = {
    "应急": "cx.mem.gov.cn",
    "矿山": "cx.mem.gov.cn",
    "住建": "zlaq.mohurd.gov.cn",
    "市监": "cnse.e-cqs.cn",
    "人社": "zscx.osta.org.cn",
}
"""Authority of a certificate → the site where it is verified."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word."""

    word: str
    kind: str
    """`brand`, `sub`, `query`, `certificate`, `trade`, `government`, `department`, `country`, `place`, `official`, `hotline`, `site`."""
    weight: str = ""
    """How much the word says; the values are those of the table."""
    about: str = ""
    """Rostered host the word points to; empty: none."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words by their letters."""

    senses: dict[str, tuple[Sense, ...]]
    free_words: tuple[str, ...]
    """So distinctive that they count with unknown letters on either side."""
    hyphened: frozenset[str]
    """Official labels with a hyphen of their own (`e-cqs`), without it: they may be cut there."""
    ordinary: frozenset[str]
    """Official labels that are also dictionary words: never a brand."""
    gov_words: frozenset[str]
    """Beginnings of digital-government products: `e` + gov, `smart` + gov … say nothing."""
    company_words: frozenset[str]
    """What only companies call themselves (`tech`, `trading`): beside a few letters they speak for an owner of that name."""
    made: frozenset[str]
    """Trades made of others by one more word (`tzzyz`, `tzsbzyry`): they say less alone than those of the table."""
    halves: frozenset[str]
    """Those of them that are half pinyin and half initials: nobody breaks them with a hyphen."""
    provinces: frozenset[str]
    """Provinces in pinyin and initials, whose offices are 厅; elsewhere they are 局 or 委."""
    municipalities: frozenset[str]
    """Cities by rank of a province, in pinyin and initials, whose offices are called as a city's."""
    provincial_suffixes: dict[str, str]
    """Suffixes below `.cn` that are a province's (`hb.cn`, for anybody), with the province in pinyin."""
    papers: dict[str, str]
    """Certificates' names that end in 证 as they read (`dianlangongzheng`), with the site that verifies each."""
    holders: dict[str, str]
    """The same without 证, and certificates called by their holder (`denggaozuoye`, `zhuceanquangongchengshi`); of skills none: schools and firms call themselves so."""
    paper_initials: dict[str, str]
    """The same in initials (`dlgz`)."""
    chinese: tuple[Sense, ...]
    """Chinese words: kinds `zh_name`, `zh_organ`, `zh_office`, `zh_trade`, `zh_query`, `zh_government`, `zh_place`."""

    def words(self, kind: str, *weights: str) -> frozenset[str]:
        """Return the words that have a sense of this kind (and one of these weights)."""
        return frozenset(
            word
            for word, senses in self.senses.items()
            if any(s.kind == kind and (not weights or s.weight in weights) for s in senses)
        )


@lru_cache(maxsize=1)
def _rows() -> tuple[Sense, ...]:
    return tuple(Sense(r["word"], r["kind"], r["weight"], r["about"]) for r in _read("lexicon.csv"))


def _read(name: str) -> Iterator[dict[str, str]]:
    text = (files("detectors.names") / "data" / name).read_text("utf-8")
    return csv.DictReader(io.StringIO(text, newline=""))


def _places(index: TargetIndex) -> Iterator[Sense]:
    portals = {t.site.name: t.imitates for t in index.targets if t.site.kind is SiteKind.PORTAL}
    for row in _read("places.csv"):
        yield Sense(row["name"], "zh_place")
        about = next((host for name, host in portals.items() if name.startswith(row["name"])), "")
        yield Sense(row["pinyin"], "place", "pinyin", about)
        yield from (Sense(letters, "place", "initials", about) for letters in row["initials"].split(";") if letters)
    for name in portals:  # counties and districts
        place = name.removesuffix("人民政府")
        if place != name and place.endswith(("县", "区", "市")) and len(place) > _SHORT_PLACE:
            yield Sense(place[:-1], "zh_place")


@lru_cache(maxsize=1)
def _provinces() -> tuple[frozenset[str], frozenset[str]]:
    """Return provinces and municipalities, in pinyin and initials."""
    words: tuple[set[str], set[str]] = (set(), set())
    for row in _read("places.csv"):
        if row["level"] == "province":
            words[row["pinyin"] in _MUNICIPALITIES].update(w for w in (row["pinyin"], *row["initials"].split(";")) if w)
    return frozenset(words[0]), frozenset(words[1])


@lru_cache(maxsize=1)
def _provincial_suffixes() -> dict[str, str]:
    return {f"{row['suffix']}.cn": row["pinyin"] for row in _read("places.csv") if row["suffix"]}


def _certificates() -> Iterator[Sense]:
    """Yield the certificates' names of `keywords/data/certificates.csv` that mean nothing else."""
    for term in load_lexicon().of_kind(TermKind.CERTIFICATE):
        about = _ISSUERS.get(term.authority)
        if about and not term.is_ambiguous:
            yield from (
                Sense(text.lower(), "zh_trade", "", about) for text in (term.text, *term.variants) if not text.isascii()
            )


def _papers() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the syllables of the certificates' names, with the site that verifies each."""
    spoken = {char: row["syllable"] for row in rows("syllables") for char in row["characters"]}
    for sense in _certificates():
        read = tuple(char if char in ascii_lowercase else spoken.get(char, "") for char in sense.word)
        if all(read):
            yield read, sense.about


def build_lexicon(index: TargetIndex) -> Lexicon:
    """Return the words of the tables together with the labels of all targets."""
    senses: dict[str, list[Sense]] = defaultdict(list)
    named: dict[str, set[str]] = defaultdict(set)
    chinese = []
    for sense in (*_rows(), *_places(index), *_certificates()):
        if sense.kind.startswith("zh_"):
            chinese.append(sense)
        elif sense.kind.startswith("ordinary"):
            named[sense.kind].add(sense.word)
        else:
            senses[sense.word].append(sense)
    ordinary = frozenset(named["ordinary"])
    made = list(
        {s.word: s for s in _made(senses, ordinary) if s.word not in senses and s.word not in ordinary}.values()
    )
    for sense in (*made, *_readings(index), *_label_senses(index, ordinary)):
        if all(known.kind != sense.kind for known in senses[sense.word]):
            senses[sense.word].append(sense)
    certificates = list(_papers())
    papers = [(read, about) for read, about in certificates if read[-1] == _PAPER_READ]
    provinces, municipalities = _provinces()
    free = {s.word for several in senses.values() for s in several if _is_free(s)}
    return Lexicon(
        senses={word: tuple(several) for word, several in senses.items()},
        free_words=tuple(sorted(free, key=len, reverse=True)),
        hyphened=frozenset(label.replace("-", "") for t in index.targets for label in t.labels if "-" in label),
        ordinary=ordinary,
        gov_words=frozenset(named["ordinary_gov"]),
        company_words=frozenset(named["ordinary_company"]),
        made=frozenset(sense.word for sense in made),
        halves=frozenset(sense.word for sense in made if sense.weight == "long" and not _is_read(sense.word)),
        provinces=provinces,
        municipalities=municipalities,
        provincial_suffixes=_provincial_suffixes(),
        papers={"".join(paper): about for paper, about in reversed(papers) if len("".join(paper)) >= _LONG_PAPER},
        holders={
            holder: about
            for read, about in reversed(certificates)
            if about != _ISSUERS["人社"]
            and len(holder := "".join(read).removesuffix(_PAPER_READ)) >= _LONG_PAPER
            and not holder.endswith(_NO_HOLDERS)
        },
        paper_initials={
            letters: about
            for paper, about in reversed(papers)
            if _SHORT_PAPER <= len(letters := "".join(syllable[0] for syllable in paper)) <= _LONG
        },
        chinese=tuple(chinese),
    )


def _made(senses: Mapping[str, list[Sense]], ordinary: frozenset[str]) -> Iterator[Sense]:
    """Yield a trade's words with a paper or its holders behind them, and half in initials: 特种作业证, `aqyczs`, `gaokongzyz`."""
    trades = [s for several in senses.values() for s in several if s.kind == "trade"]
    known = {s.word for s in trades}
    yield from (s for sense in trades for s in _with_paper(sense, known))
    asking = {word for word, several in senses.items() if any(s.kind in {"query", "certificate"} for s in several)}
    halves = [half for sense in trades for half in _half_in_initials(sense, asking) if half.word not in ordinary]
    yield from halves
    bare = [s for s in halves if not _VOWEL(s.word[-_HALF:]) and not s.word.endswith(_HALF_PAPERS)]
    yield from (replace(s, word=s.word + word) for s in bare for word in _HALF_PAPERS)


def _with_paper(sense: Sense, known: Collection[str]) -> Iterator[Sense]:
    """Yield a trade with a paper or its holders behind it; a paper in initials (`aqycz`) may say 证书 instead (`aqyczs`)."""
    behind = _PAPERS if sense.weight == "initials" else _HOLDERS if sense.weight == "long" else ()
    if not sense.word.endswith(("zheng", "yuan", "gong", "ju", "ting")):
        yield from (replace(sense, word=sense.word + word) for word in behind)
    elif sense.weight == "long" and sense.word.endswith(("yuan", "gong")):
        yield replace(sense, word=sense.word + _PAPER)
    is_paper = sense.weight == "initials" and sense.word.endswith(_PAPER) and len(sense.word) >= _LONG_OFFICE
    if is_paper and sense.word.removesuffix(_PAPER) not in known:  # else: `tzzy` before `zs`
        yield replace(sense, word=f"{sense.word}s")


def _half_in_initials(sense: Sense, asking: Collection[str]) -> Iterator[Sense]:
    """Yield a pinyin word with the syllables of its first or last half in initials: `gaokongzy`, `tzsbzuoyerenyuan`.

    A half that asks (`zhengshu`) stays a word of its own: `tzsbzy` before `zhengshu` is no `zyzhengshu`.
    """
    is_spoken = sense.weight in {"long", "name"} and not sense.word.startswith(("guojia", "quanguo"))
    parts = syllables(sense.word) if is_spoken else ()
    for cut in range(_HALF, len(parts) - _HALF + 1):
        first, last = parts[:cut], parts[cut:]
        if "".join(last) not in asking:
            yield replace(sense, word="".join((*(part[0] for part in first), *last)), weight="long")
        yield replace(sense, word="".join((*first, *(part[0] for part in last))), weight="long")


def _readings(index: TargetIndex) -> Iterator[Sense]:
    """Yield what people type for the full names of national sites: pinyin written together, and initials nobody else has.

    Short names (`shebaochaxun`) are everyday words; those of protected sites are not.
    """
    for site in dict.fromkeys(t.site for t in index.targets if t.site.level == "national"):
        pinyin, initials = (site.pinyin, site.initials) if site.is_protected else (site.pinyin[:1], site.initials[:1])
        shortest = _LONG_PINYIN if site.is_protected else _LONG_NAME
        words = [word for reading in pinyin if len(word := reading.replace(" ", "")) >= shortest]
        words += [letters for letters in initials if len(letters) >= _LONG_INITIALS]
        yield from (Sense(word, "trade", "name", site.host) for word in words)


def _label_senses(index: TargetIndex, ordinary: frozenset[str]) -> Iterator[Sense]:
    for target in index.targets:
        for label in target.labels:
            word = label.replace("-", "")
            yield Sense(word, "official", "", target.imitates)
        national = target.site.level == "national" and target.brand not in ordinary and not target.brand.isdigit()
        if national and target.is_of_trade and target.sub and target.sub not in ordinary:
            yield Sense(target.sub, "sub", "", target.imitates)
        if national and target.rank <= 3 and len(target.brand) >= _LONG:  # noqa: PLR2004 - national bodies
            yield Sense(target.brand, "brand", "distinctive", target.imitates)


def _is_read(word: str) -> bool:
    """Say whether a word is syllables throughout, perhaps but for 证 or 人员 in initials."""
    return any(syllables(word.removesuffix(ending)) for ending in ("", _PAPER, "ry"))


def _is_free(sense: Sense) -> bool:
    if sense.kind == "brand":
        return sense.weight == "distinctive" and len(sense.word) >= _LONG
    if sense.kind == "government":
        return sense.word == "zwfw"
    if sense.kind == "department":
        return sense.weight != "yj_long" and len(sense.word) >= _LONG_OFFICE and not _VOWEL(sense.word)
    return sense.kind == "trade" and sense.weight in {"long", "name"} and len(sense.word) >= _LONG_PINYIN
