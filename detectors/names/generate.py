"""Lookalike names worth probing, best first: what an outsider could register (or host below a common parent) to imitate a site."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from detectors.names.hit import Technique
from detectors.names.target import Target, make_targets
from keywords.hosts import canonical_host
from keywords.model import OfficialSite
from keywords.roster import Roster

__all__ = ["Lookalike", "generate_names"]

_FIRST = ("cn", "com", "com.cn", "net", "org.cn", "net.cn", "org", "top", "xyz", "vip", "cc")
_REST = (
    "info", "site", "online", "fun", "club", "work", "ltd", "icu", "shop", "ren", "wang",
    "xn--fiqs8s", "xn--55qx5d", "xn--io0a7i",
)  # fmt: skip
_SUFFIXES = (*_FIRST, *_REST)
_MAIN = ("cn", "com", "com.cn", "net", "top")
_QUERY_FIRST = ("cx", "chaxun", "zs", "zscx", "query")
_QUERY_REST = ("zhengshu", "cert", "aqsc", "tzzy", "czz", "certificate", "verify", "tzzyczz", "cxpt", "zhengshuchaxun")
_TRADES = {
    "cx.mem.gov.cn": (
        "tezhongzuoye",
        "tzzyczz",
        "tzzy",
        "aqsc",
        "anquanshengchan",
        "yingjiguanli",
        "yjglb",
        "caozuozheng",
    ),
    "zlaq.mohurd.gov.cn": ("anquanyuan", "jianzhuanquan", "zhujianbu", "sanleirenyuan", "gongchengzhiliang"),
    "cnse.e-cqs.cn": ("tezhongshebei", "tzsb", "tzsbzy"),
}
_CHINESE = {
    "cx.mem.gov.cn": (
        "应急管理部证书查询",
        "应急管理部",
        "特种作业操作证查询",
        "特种作业证书查询",
        "安全生产证书查询",
        "特種作業操作證查詢",
    ),
    "zlaq.mohurd.gov.cn": (
        "住建部证书查询",
        "住房和城乡建设部",
        "建筑施工安全员证书查询",
        "工程质量安全监管平台",
        "住建部安全员查询",
    ),
    "cnse.e-cqs.cn": ("特种设备证书查询", "特种设备公示信息查询", "市场监管总局证书查询", "特種設備證書查詢"),
}
_PARENTS = ("github.io", "pages.dev", "vercel.app", "netlify.app", "ddns.net", "eu.org")
_PREFIX_PARENTS = ("com", "top", "xyz", "cc", "vip")
_LOOKALIKES = {
    "a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "y": "у", "s": "ѕ", "i": "і", "h": "һ", "d": "ԁ", "q": "ԛ",
}  # fmt: skip
_EYE = (("m", "rn"), ("o", "0"), ("l", "1"), ("w", "vv"), ("q", "g"))
_MAX_LABEL = 63


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A name to probe."""

    name: str
    """Lower-case A-label host name."""
    imitates: str
    technique: Technique


def generate_names(site: OfficialSite, roster: Roster) -> Iterator[Lookalike]:
    """Yield each name once, the most plausible first; deterministic. Nothing official and nothing below `.gov.cn` is made."""
    targets = [t for t in make_targets(roster) if t.imitates == site.host]
    if not targets:
        return
    own = next((t for t in targets if t.host == site.host), targets[0])
    seen: set[str] = set()
    for name, technique in chain.from_iterable(_waves(own, targets)):
        try:
            host = canonical_host(name)
        except ValueError:
            continue
        if host in seen or roster.is_official(host) or max(map(len, host.split("."))) > _MAX_LABEL:
            continue
        seen.add(host)
        yield Lookalike(host, site.host, technique)


_Made = Iterable[tuple[str, Technique]]


def _waves(own: Target, targets: list[Target]) -> Iterator[_Made]:
    """Yield families of names, the likeliest first."""
    labels = _core_labels(own, targets)
    yield _spread(labels, _MAIN)
    yield _spread(((label, t) for label, t in _edits(own) if _is_quick(label)), ("cn", "com"))
    yield _spread(_query_labels(own, _QUERY_FIRST), _MAIN)
    yield _trade_names(own, _MAIN[:2])
    yield _sub_names(own)
    yield _chinese_names(own)
    yield _foreign_letters(own)
    yield _spread(labels, _FIRST)
    yield _spread(_edits(own), ("cn", "com"))
    yield _spread(labels, _SUFFIXES)
    yield _spread(_query_labels(own, _QUERY_FIRST), _FIRST)
    yield _spread(_query_labels(own, _QUERY_REST), _MAIN)
    yield _hosted(labels)
    yield _trade_names(own, _SUFFIXES)
    yield _spread(_query_labels(own, (*_QUERY_FIRST, *_QUERY_REST)), _SUFFIXES)
    yield _spread(_edits(own), _FIRST)


def _spread(labels: Iterable[tuple[str, Technique]], suffixes: tuple[str, ...]) -> _Made:
    return ((f"{label}.{suffix}", technique) for label, technique in labels for suffix in suffixes)


def _brands(target: Target) -> tuple[str, ...]:
    """Return the brand as written: `e-cqs` and `ecqs`."""
    written = target.labels[-1]
    return tuple(dict.fromkeys((written, written.replace("-", ""))))


def _core_labels(own: Target, targets: list[Target]) -> list[tuple[str, Technique]]:
    """Return labels made of the official ones: sub-label, brand and gov with and without hyphens."""
    made: list[tuple[str, Technique]] = []
    for target in (own, *(t for t in targets if t is not own)):
        subs = [label for label in target.labels[:-1] if label != "www"]
        sub = "".join(subs)
        for brand in _brands(target):
            if sub:
                made += [(f"{sub}-{brand}-gov", Technique.DOTS_TO_HYPHENS)] if target.is_government else []
                made += [(f"{sub}-{brand}", Technique.SUB_AND_BRAND), (f"{sub}{brand}", Technique.SUB_AND_BRAND)]
            if target.is_government:
                made += _with_gov(sub, brand)
            if sub:
                made += [(f"{brand}-{sub}", Technique.SUB_AND_BRAND), (f"{brand}{sub}", Technique.SUB_AND_BRAND)]
                made.append((f"{sub}-{brand}-cn", Technique.SUB_AND_BRAND))
            if len(brand) > 4 or "-" in brand or brand == "ecqs":  # noqa: PLR2004 - a short brand alone says nothing
                made.append((brand, Technique.BRAND_ON_OTHER_SUFFIX))
            made.append((f"china-{brand}", Technique.BRAND_WITH_GOV))
    return list(dict.fromkeys(made))


def _with_gov(sub: str, brand: str) -> list[tuple[str, Technique]]:
    made = [(f"{brand}gov", Technique.MISSING_DOT), (f"{brand}-gov", Technique.BRAND_WITH_GOV)]
    if sub:
        made += [
            (f"{sub}{brand}gov", Technique.DOTS_DROPPED),
            (f"{sub}{brand}-gov", Technique.BRAND_WITH_GOV),
            (f"{sub}-{brand}gov", Technique.BRAND_WITH_GOV),
            (f"{sub}-{brand}-gov-cn", Technique.DOTS_TO_HYPHENS),
            (f"{sub}{brand}govcn", Technique.DOTS_DROPPED),
        ]
    return [
        *made,
        (f"{brand}-gov-cn", Technique.DOTS_TO_HYPHENS),
        (f"{brand}govcn", Technique.DOTS_DROPPED),
        (f"gov-{brand}", Technique.BRAND_WITH_GOV),
        *(
            (f"{brand}-gov-{word}", Technique.BRAND_WITH_GOV)
            for word in dict.fromkeys((sub or "cx", "cx", "zs", "chaxun"))
        ),
    ]


def _query_labels(own: Target, words: tuple[str, ...]) -> Iterator[tuple[str, Technique]]:
    technique = Technique.BRAND_WITH_QUERY
    heads = [*_brands(own), own.labels[0]] if own.sub and len(own.labels[0]) > 2 else [*_brands(own)]  # noqa: PLR2004
    for word in words:
        for head in heads:
            if word == head:
                continue
            yield f"{head}-{word}", technique
            yield f"{head}{word}", technique
            yield f"{word}-{head}", technique
            yield f"{word}{head}", technique


def _trade_names(own: Target, suffixes: tuple[str, ...]) -> _Made:
    words = _TRADES.get(own.host, ())
    labels = [
        (f"{word}{joint}{query}", Technique.PINYIN)
        for word in words
        for query in ("chaxun", "cx", "zscx", "zs")
        for joint in ("", "-")
    ]
    yield from _spread(labels, suffixes)
    yield from _spread([(f"{word}-gov", Technique.GOV_LABEL) for word in words], ("cn",))


def _sub_names(own: Target) -> Iterator[tuple[str, Technique]]:
    """Names below a registrable lookalike: `cx.memgov.cn`, and the whole official host before a generated parent."""
    if own.sub:
        sub = ".".join(own.labels[:-1])
        for brand in _brands(own):
            if own.is_government:
                yield f"{sub}.{brand}gov.cn", Technique.MISSING_DOT
                yield f"{sub}.{brand}-gov.cn", Technique.BRAND_WITH_GOV
                yield f"{sub}.{brand}-gov.com", Technique.BRAND_WITH_GOV
            for suffix in ("com", "com.cn", "org.cn", "net", "net.cn", "cn", "top"):
                yield f"{sub}.{brand}.{suffix}", Technique.OTHER_SUFFIX
    for parent in _PREFIX_PARENTS:
        yield f"{own.host}.{parent}", Technique.OFFICIAL_AS_PREFIX
    if own.is_government:
        stem = ".".join(own.labels)
        yield from ((f"{stem}.gov-cn.{suffix}", Technique.GOV_LABEL) for suffix in ("com", "net", "top", "xyz", "cc"))
    yield from ((f"{own.host}.{own.stem}.{suffix}", Technique.OFFICIAL_AS_PREFIX) for suffix in ("cn", "com"))


def _chinese_names(own: Target) -> Iterator[tuple[str, Technique]]:
    words = _CHINESE.get(own.host, (own.site.name, *own.site.aliases))
    for word in words:
        for suffix in ("com", "cn", "net", "xn--fiqs8s", "xn--55qx5d", "xn--io0a7i", "top"):
            yield f"{word}.{suffix}", Technique.IDN_CHINESE


def _foreign_letters(own: Target) -> Iterator[tuple[str, Technique]]:
    """One letter of the written-together or hyphened name replaced by a look-alike of another script."""
    for label in _long_labels(own):
        for at, letter in enumerate(label):
            other = _LOOKALIKES.get(letter)
            if other and at < len(label) - 1:
                for suffix in ("com", "cn", "net"):
                    yield f"{label[:at]}{other}{label[at + 1 :]}.{suffix}", Technique.IDN_LOOKALIKE


def _long_labels(own: Target) -> tuple[str, ...]:
    """Return the labels long enough that one changed letter is still recognised."""
    sub, brands = "".join(own.labels[:-1]), _brands(own)
    made: list[str] = []
    for brand in brands:
        if own.is_government:
            made += [f"{sub}-{brand}-gov" if sub else f"{brand}-gov", f"{sub}{brand}gov"]
        if sub:
            made += [f"{sub}-{brand}", f"{sub}{brand}"]
        if len(brand) > 5:  # noqa: PLR2004 - shorter brands have too many neighbours
            made.append(brand)
    return tuple(label for label in dict.fromkeys(made) if len(label.replace("-", "")) > 5)  # noqa: PLR2004


def _edits(own: Target) -> Iterator[tuple[str, Technique]]:
    """Yield one slip per name: look-alike letters, doubled, dropped and swapped ones."""
    for label in _long_labels(own):
        stop = label.rfind("-gov") if "-gov" in label else len(label) - 3 if label.endswith("gov") else len(label)
        for at in range(stop):
            if label[at] == "-":
                continue
            for letter, other in _EYE:
                if label[at] == letter:
                    yield label[:at] + other + label[at + 1 :], Technique.LOOKALIKE_LETTERS
            yield label[: at + 1] + label[at:], Technique.MISSPELT
            if at and len(label.replace("-", "")) > 7:  # noqa: PLR2004 - what is left must still be long
                yield label[:at] + label[at + 1 :], Technique.MISSPELT
            if at and at + 1 < stop and "-" not in label[at : at + 2] and label[at] != label[at + 1]:
                yield label[:at] + label[at + 1] + label[at] + label[at + 2 :], Technique.MISSPELT


def _is_quick(label: str) -> bool:
    """Say whether the slip is one of the eye's (`rn`, digits): the kind counterfeiters prefer."""
    return "rn" in label or any(char.isdigit() for char in label)


def _hosted(labels: list[tuple[str, Technique]]) -> _Made:
    return _spread(labels[:24], _PARENTS)
