"""Families of made-up labels: the official ones whole, with query words, trades, readings, places and Chinese names beside them.

Nothing here knows a host by name: words come from the row, the shared lexicon and `data/generated_words.csv`.
"""

from collections.abc import Iterable, Iterator

from opencc import OpenCC

from detectors.names.hit import Technique
from detectors.names.label import Family, Label, Subject, words_of
from detectors.names.target import Target
from keywords.model import SiteKind

__all__ = ["brands", "whole_labels", "word_labels"]

_LONG_SUB = 3
_FIRST_WORDS = 3
"""Words of a trade that come before its others, of each weight."""
_FOR_PLAIN = frozenset({"chaxun", "zscx", "zhengshu", "zhengshuchaxun", "chaxunwang"})
"""Beside these even a plain word (`diangong`) is about certificates."""
_TELLING_INITIALS = 5
_CERTIFICATE = "zs"
_MAX_READING = 40
_ASKING = ("chaxun", "cx", "pingtai", "pt", "wang", "w")
"""A reading that ends like this already says query, platform or net."""
_MAX_CHINESE = 20
_TELLING_CHINESE = 4
_PLACE_COST = 2
"""Names of places are everybody's: what is made of one alone comes late."""


def whole_labels(subject: Subject) -> Iterator[Label]:
    """Yield the official labels whole, and with query words: what most counterfeits are made of."""
    for place, target in enumerate(subject.targets):
        yield from _whole(subject, target, min(place, 1))
    yield from _below_own_domain(subject)
    yield from _with_query(subject)


def word_labels(subject: Subject) -> Iterator[Label]:
    """Yield labels made of the body's and the trade's words instead of its host."""
    yield from _trades(subject)
    yield from _readings(subject)
    yield from _places(subject)
    yield from _hotlines(subject)
    yield from _chinese(subject)


def brands(target: Target) -> tuple[str, ...]:
    """Return the brand as written: `e-cqs` and `ecqs`."""
    written = target.labels[-1]
    return tuple(dict.fromkeys((written, written.replace("-", ""))))


# --- the official labels ----------------------------------------------------------------------------------------------


def _whole(subject: Subject, target: Target, step: int) -> Iterator[Label]:
    for brand in brands(target):
        parts = (_of_government if target.is_government else _of_others)(target, brand)
        for text, technique, cost in (*parts, *_with_country(target, brand), *_alone(subject, target, brand)):
            dear = _PLACE_COST if subject.is_place(text) else 0
            yield Label(text, technique, cost + step + dear, Family.WHOLE)


_Part = tuple[str, Technique, int]


def _of_government(target: Target, brand: str) -> Iterator[_Part]:
    """`cx.mem.gov.cn`: everything with `gov`, which only a copy would write outside gov.cn."""
    sub, hyphens, dropped = target.sub, Technique.DOTS_TO_HYPHENS, Technique.DOTS_DROPPED
    with_gov = Technique.BRAND_WITH_GOV
    if sub:
        yield f"{sub}-{brand}-gov", hyphens, 0
        yield from _sub_and_brand(sub, brand)
        yield f"{sub}{brand}gov", dropped, 0
        yield f"{sub}{brand}-gov", with_gov, 0
        yield f"{sub}-{brand}-gov-cn", hyphens, 0
        yield f"{sub}-{brand}gov", with_gov, 1
        yield f"{sub}{brand}govcn", dropped, 1
        yield f"www-{sub}-{brand}-gov", hyphens, 2
        yield f"www-{sub}-{brand}-gov-cn", hyphens, 2
        yield f"www{sub}{brand}gov", dropped, 2
    yield f"{brand}gov", Technique.MISSING_DOT, 0
    yield f"{brand}-gov", with_gov, 0
    yield f"{brand}-gov-cn", hyphens, 0
    yield f"{brand}govcn", dropped, 1
    yield f"gov-{brand}", with_gov, 1
    for word in dict.fromkeys((sub or "cx", "cx", "zs", "chaxun")):
        yield f"{brand}-gov-{word}", with_gov, 1
    dear = 2 if sub else 0
    yield f"www-{brand}-gov", hyphens, 1 + dear
    yield f"www-{brand}-gov-cn", hyphens, 1 + dear
    yield f"www{brand}gov", dropped, 1 + dear
    yield f"www{brand}govcn", dropped, 2 + dear
    if len(sub) > _LONG_SUB:
        yield f"{sub}-gov", with_gov, 1
        yield f"{sub}gov", with_gov, 1


def _of_others(target: Target, brand: str) -> Iterator[_Part]:
    """`cnse.e-cqs.cn`, `zscx.osta.org.cn`: official outside gov.cn, so that a copy needs no `gov`."""
    sub, suffix = target.sub, target.suffix.replace(".", "-")
    if sub:
        yield from _sub_and_brand(sub, brand)
        yield f"{sub}-{brand}-{suffix}", Technique.DOTS_TO_HYPHENS, 1
        if suffix != "cn":
            yield f"{sub}-{brand}-{suffix.removesuffix('-cn')}", Technique.DOTS_TO_HYPHENS, 1
    else:
        yield f"www-{brand}-{suffix}", Technique.DOTS_TO_HYPHENS, 1
    if suffix.startswith("org"):
        yield f"{brand}org", Technique.DOTS_DROPPED, 1
    yield f"{brand}-gov", Technique.BRAND_WITH_GOV, 1
    yield f"{brand}gov", Technique.BRAND_WITH_GOV, 1
    yield f"{brand}-gov-cn", Technique.BRAND_WITH_GOV, 2


def _sub_and_brand(sub: str, brand: str) -> Iterator[_Part]:
    technique = Technique.SUB_AND_BRAND
    yield from ((text, technique, 0) for text in (f"{sub}-{brand}", f"{sub}{brand}", f"{brand}-{sub}", f"{brand}{sub}"))
    yield f"{sub}-{brand}-cn", technique, 1


def _with_country(target: Target, brand: str) -> Iterator[_Part]:
    dear = 1 if target.sub else 0
    yield f"china-{brand}", Technique.BRAND_WITH_GOV, 1 + dear
    yield f"{brand}-china", Technique.BRAND_WITH_GOV, 1 + dear


def _alone(subject: Subject, target: Target, brand: str) -> Iterator[_Part]:
    """A brand alone says something only where nothing else has that name."""
    for word, cost in ((brand, 0), (target.sub, 1)):
        weight = subject.brand_weight(word.replace("-", ""))
        if word and weight in {"distinctive", "rare"}:
            yield word, Technique.BRAND_ON_OTHER_SUFFIX, cost + (weight == "rare")


def _below_own_domain(subject: Subject) -> Iterator[Label]:
    """Names below a registrable lookalike (`cx.memgov.cn`), and the whole official host before another domain."""
    for step, target in enumerate(subject.targets[:2]):
        stem = ".".join(target.labels)
        yield Label(target.host, Technique.OFFICIAL_AS_PREFIX, 1 + step, Family.WHOLE, reach=3)
        yield Label(f"{target.host}.{target.stem}", Technique.OFFICIAL_AS_PREFIX, 2 + step, Family.WHOLE, reach=1)
        for brand in brands(target) if target.sub else ():
            sub = ".".join(target.labels[:-1])
            yield Label(f"{sub}.{brand}", Technique.OTHER_SUFFIX, 1 + step, Family.WHOLE, reach=4)
            if target.is_government:
                yield Label(f"{sub}.{brand}gov", Technique.MISSING_DOT, 1 + step, Family.WHOLE, reach=1)
                yield Label(f"{sub}.{brand}-gov", Technique.BRAND_WITH_GOV, 1 + step, Family.WHOLE, reach=1)
            for word, cost in words_of("query"):
                yield Label(f"{sub}.{brand}-{word}", Technique.SUB_AND_BRAND, 3 + cost + step, Family.WHOLE, reach=1)
        if target.is_government:
            yield Label(f"{stem}.gov-cn", Technique.GOV_LABEL, 1 + step, Family.WHOLE, reach=2)
            yield Label(f"{target.stem}.gov-cn", Technique.GOV_LABEL, 2 + step, Family.WHOLE, reach=2)
            yield Label(f"{stem}.gov", Technique.OFFICIAL_AS_PREFIX, 2 + step, Family.WHOLE, reach=2)


# --- words beside them ------------------------------------------------------------------------------------------------


def _with_query(subject: Subject) -> Iterator[Label]:
    own, technique = subject.own, Technique.BRAND_WITH_QUERY
    heads = [*brands(own), *((own.labels[0],) if own.sub and len(own.labels[0]) >= _LONG_SUB else ())]
    words = words_of("query")
    for head in dict.fromkeys(heads):
        dear = _PLACE_COST if subject.is_place(head) else 0
        for word, cost in words:
            if word != head:
                for text in (f"{head}-{word}", f"{head}{word}", f"{word}-{head}", f"{word}{head}"):
                    yield Label(text, technique, 1 + cost + dear, Family.QUERY)
        for first, cost in words:
            for second, more in words:
                if first != second and cost + more <= _FIRST_WORDS:
                    yield Label(f"{head}-{first}-{second}", technique, 3 + cost + more + dear, Family.QUERY, reach=1)


def _trades(subject: Subject) -> Iterator[Label]:
    """Certificates and ministries in pinyin and initials, as the lexicon ties them to the site or to its sponsor's others."""
    host = subject.site.host
    theirs = {site.host for site in subject.nearby}
    for step, hosts in ((0, {host}), (1, theirs)):
        for weight in ("name", "initials", "long", "plain"):
            senses = [sense for sense in subject.senses("trade", hosts) if sense.weight == weight]
            for place, sense in enumerate(senses):
                later = place >= _FIRST_WORDS or weight == "plain"
                yield from _trade(subject, sense.word, weight, step + later)


def _trade(subject: Subject, word: str, weight: str, step: int) -> Iterator[Label]:
    is_paper = word.endswith(_CERTIFICATE)  # 证书 is not said twice
    tails = [tail for tail in words_of("trade") if not (is_paper and tail.text.startswith(_CERTIFICATE))]
    if weight == "name" or word.endswith("zheng"):
        yield Label(word, Technique.PINYIN, step + (1 if weight == "name" else 2), Family.TRADE)
    for tail, cost in tails:
        # `gov` is a tail like the others, but written together it makes one more government's name.
        technique = Technique.GOV_LABEL if tail == "gov" else Technique.PINYIN
        if weight != "plain":
            yield Label(f"{word}{tail}", technique, 1 + cost + step, Family.TRADE)
            yield Label(f"{word}-{tail}", technique, 1 + cost + step, Family.TRADE)
        elif tail == "gov" or tail in _FOR_PLAIN:
            yield Label(f"{word}-{tail}", technique, 1 + cost + step, Family.TRADE)
            if tail != "gov":
                yield Label(f"{word}{tail}", technique, 1 + cost + step, Family.TRADE)
    if weight == "initials":
        yield from _trade_and_brand(subject, word, step)
    if weight != "plain":
        firsts = [tail for tail, cost in tails if not cost]
        for first in firsts:
            for second in ("gov", "query"):
                yield Label(f"{word}{first}-{second}", Technique.PINYIN, 4 + step, Family.TRADE, reach=1)


def _trade_and_brand(subject: Subject, word: str, step: int) -> Iterator[Label]:
    for brand in brands(subject.own):
        for text in (f"{brand}-{word}", f"{word}-{brand}", f"{brand}{word}", f"{word}{brand}"):
            yield Label(text, Technique.BRAND_WITH_QUERY, 2 + step, Family.TRADE)


def _readings(subject: Subject) -> Iterator[Label]:
    """What people type for the body's names: pinyin written together, and its initials."""
    rows = (subject.site, *(site for site in subject.nearby if site.kind is SiteKind.DEPARTMENT))
    has_trade = any(s.weight != "vague" for s in subject.senses("trade", {subject.site.host}))
    # Where no word of the trade is known, as for a county's own rows, its readings are what is left to imitate.
    for step, row in enumerate(rows[:2], 0 if has_trade else -1):
        words = [reading.replace(" ", "") for reading in row.pinyin]
        words += [letters for letters in row.initials if len(letters) >= _TELLING_INITIALS]
        for word in (word for word in words if len(word) <= _MAX_READING):
            yield Label(word, Technique.PINYIN, 2 + step, Family.READING)
            if word.endswith(_ASKING):
                continue
            for tail, cost in words_of("trade"):
                yield Label(f"{word}{tail}", Technique.PINYIN, 3 + cost + step, Family.READING)
                yield Label(f"{word}-{tail}", Technique.PINYIN, 3 + cost + step, Family.READING)


def _places(subject: Subject) -> Iterator[Label]:
    """A portal's place with words of government (`yananzw`), a department's place with its own label (`jsyjglt-gov`)."""
    technique = Technique.PLACE_AND_OFFICE
    if subject.site.kind is SiteKind.PORTAL:
        for sense in subject.senses("place", {subject.site.host}):
            dear = 1 if sense.weight == "initials" else 0
            for word, cost in words_of("place"):
                yield Label(f"{sense.word}{word}", technique, 1 + cost + dear, Family.PLACE)
                yield Label(f"{sense.word}-{word}", technique, 2 + cost + dear, Family.PLACE)
    elif subject.own.sub:
        for sense in subject.senses("place", subject.portal_hosts):
            office = f"{sense.word}{subject.own.sub}"
            yield Label(f"{office}-gov", technique, 1, Family.PLACE)
            yield Label(office, technique, 2, Family.PLACE)
            yield Label(f"{sense.word}-{subject.own.sub}", technique, 2, Family.PLACE)
            yield Label(f"{office}gov", technique, 2, Family.PLACE)


def _hotlines(subject: Subject) -> Iterator[Label]:
    for number in dict.fromkeys(label for label in subject.own.labels if label.isdigit()):
        for word, cost in words_of("hotline"):
            for text in (f"{number}{word}", f"{number}-{word}", f"{word}{number}", f"{word}-{number}"):
                yield Label(text, Technique.HOTLINE, cost, Family.HOTLINE)
            if word not in {"gov", "cn"}:
                yield Label(f"{number}{word}-gov", Technique.HOTLINE, 1 + cost, Family.HOTLINE)


# --- Chinese ----------------------------------------------------------------------------------------------------------


def _chinese(subject: Subject) -> Iterator[Label]:
    """Official names, short names, accounts and trades in Chinese, with words of query; simplified, then traditional."""
    traditional = OpenCC("s2t").convert
    for text, cost in _chinese_names(subject):
        if len(text) <= _MAX_CHINESE:
            yield Label(text, Technique.IDN_CHINESE, cost, Family.CHINESE, reach=3)
            other = traditional(text)
            if other != text:
                yield Label(other, Technique.IDN_CHINESE, cost + 1, Family.CHINESE, reach=1)


def _chinese_names(subject: Subject) -> Iterator[tuple[str, int]]:
    """Yield (Chinese label, cost): the row's names, those of the body behind it, then the trade's words, with words of query."""
    site = subject.site
    theirs = {s.word for s in subject.lexicon.chinese if s.kind == "zh_trade"}
    names = [site.name, *site.aliases]
    names += [account.rpartition(":")[2] for account in (*site.accounts, *site.mini_programs)]
    names += [s.word for s in subject.lexicon.chinese if s.kind == "zh_name" and s.about == site.host]
    bodies = [
        name for near in subject.nearby if near.kind is SiteKind.DEPARTMENT for name in (near.name, *near.aliases)
    ]
    for step, words in enumerate((names, bodies)):
        for word in _plain_names(words):
            is_telling = len(word) >= _TELLING_CHINESE and word not in theirs
            yield from _with_tails(word, step, is_telling=is_telling)
            if is_telling and step and subject.own.sub:
                yield f"{subject.own.sub}{word}", 4
    for sense in subject.lexicon.chinese:
        if sense.kind == "zh_trade" and sense.about == site.host:
            yield from _with_tails(sense.word, 1, is_telling=False)


def _plain_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are Chinese, once each, without what stands in brackets."""
    plain = (name.partition("（")[0] for name in names)
    return tuple(dict.fromkeys(name for name in plain if name and not name.isascii() and not name[0].isdigit()))


def _with_tails(word: str, step: int, *, is_telling: bool) -> Iterator[tuple[str, int]]:
    """Yield the word alone and as an invented net's name (only where it can be nobody else's), and with words of query."""
    if is_telling:
        yield word, 1 + step
    for tail, cost in words_of("chinese"):
        if (tail == "网" and not is_telling) or (tail != "官网" and word.endswith((tail, "查询", "网"))):
            continue
        yield f"{word}{tail}", 1 + cost + step
