"""The official host itself inside an alien name: as a prefix, with hyphens for dots, without dots, or without its last part."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import ahocorasick_rs

from detectors.names.clues import EDGE, Clue, clue
from detectors.names.confusable import EYE_PAIRS, eye_text
from detectors.names.hit import NameHit, Technique
from detectors.names.read import ReadName
from detectors.names.target import Target

__all__ = ["EmbeddedHosts"]

_REASONS = {
    Technique.OFFICIAL_AS_PREFIX: "整个写在前面，真正的注册部分在其后",
    Technique.DOTS_TO_HYPHENS: "的点换成了连字符（{}）",
    Technique.DOTS_DROPPED: "去掉了点（{}）",
    Technique.MISSING_DOT: "少了一个点（{}）",
    Technique.OTHER_SUFFIX: "换了后缀（{}）",
}
_WWW = "www"
_GOV = "gov"
_LONG = 9
_SHORT_BRAND = 3
_SHORT_SUB = 3


@dataclass(frozen=True, slots=True)
class _Form:
    target: Target
    parts: tuple[str, ...]
    is_full: bool

    @property
    def letters(self) -> str:
        return "".join(self.parts)


class EmbeddedHosts:
    """Finds whole official hosts in names."""

    def __init__(self, targets: Iterable[Target], *, by_eye: bool = False) -> None:
        forms: dict[str, _Form] = {}
        for target in targets:
            for form in _forms(target):
                seen = replace(form, parts=tuple(map(eye_text, form.parts))) if by_eye else form
                forms.setdefault(seen.letters, seen)
        self._forms = tuple(forms.values())
        self._without_gov = {
            ".".join((*t.labels, "cn")): t for t in targets if t.is_government and len(t.sub) >= _SHORT_SUB
        }
        self._finder = ahocorasick_rs.AhoCorasick([form.letters for form in self._forms])

    def clues(self) -> Iterator[Clue]:
        """Yield all forms looked for."""
        yield from (Clue(form.parts, _looks(form)) for form in self._forms)
        yield from (clue(*host.split("."), EDGE) for host in self._without_gov)

    def hits(self, name: ReadName) -> Iterator[NameHit]:
        """Yield a hit for every official host in the name, or for one that is the name but for its gov: `yjt.zj.cn`."""
        start = len(f"{_WWW}.") if name.shown.startswith(f"{_WWW}.") else 0
        if target := self._without_gov.get(name.shown[start:]):
            yield _hit_without_gov(name, target, start)
        for at, start, end in self._finder.find_matches_as_indexes(name.letters, overlapping=True):
            if start >= name.free:
                continue
            form = self._forms[at]
            if not name.has_joints(start, form.parts) and not _is_whole_name(name, form, start, end):
                continue
            if score := _score(name, form, start, end):
                yield _hit(name, form, start, end, score)


def _forms(target: Target) -> Iterator[_Form]:
    labels = tuple(part for label in target.labels for part in label.split("-"))
    suffix = tuple(target.suffix.split("."))
    yield _Form(target, (*labels, *suffix), is_full=True)
    if target.is_government:
        yield _Form(target, (*labels, "gov"), is_full=False)
    elif target.sub:
        yield _Form(target, (*labels, *(part for part in suffix if part != "cn")), is_full=False)


def _looks(form: _Form) -> tuple[str, ...]:
    """Return `gov`, which stands in every government host and in few other names, or the whole form."""
    return (_GOV,) if _GOV in form.parts[1:] else clue(*form.parts).looks


def _score(name: ReadName, form: _Form, start: int, end: int) -> int:
    begins = start in name.edges or (name.letters[:start].endswith(_WWW) and start - len(_WWW) in name.edges)
    is_long = end - start >= _LONG and bool(form.target.sub)
    if not begins and not (is_long and form.is_full):
        return 0
    ends = end in name.edges or form.is_full
    if not ends and not is_long:
        return 0
    if not form.target.is_government and not form.target.sub and not _is_spelt_out(name, form, start, end):
        return 0
    if form.target.sub:
        return 980 if form.is_full else 900
    if len(form.target.brand) < _SHORT_BRAND:
        return 800 if form.is_full and begins else 560 if name.is_under_cn and end == name.free else 0
    return 900 if form.is_full else 780


def _is_whole_name(name: ReadName, form: _Form, start: int, end: int) -> bool:
    """Say whether a long official host is all there is, suffix included, wherever its dots now stand: `cxme.mgov.cn`."""
    is_long = end - start >= _LONG and bool(form.target.sub)
    return form.is_full and is_long and name.letters[:start] in {"", _WWW} and end == len(name.letters)


def _is_spelt_out(name: ReadName, form: _Form, start: int, end: int) -> bool:
    """Say whether it stands there with its dots or hyphens for them, or lacks one dot or, where there are two, both."""
    begin = start - len(_WWW) if start not in name.edges and name.letters[:start].endswith(_WWW) else start
    if begin not in name.edges:
        return False
    written = _hyphened(name.text(start, end))
    host = _hyphened(".".join((*form.target.labels, form.target.suffix)))
    if eye_text(written) == eye_text(host):
        return written == host or _has_digit_or_pair(
            name.text(start, end)
        )  # `chsl.com.cn` is four letters of anybody's
    if form.target.suffix.count(".") != 1:
        return False  # `12315cn`
    is_label = begin in name.dots and (end in name.dots or end == name.free)
    is_dotless = end == len(name.letters) and eye_text(written) == eye_text(host.replace("-", "", 1))  # `ostaorg.cn`
    return is_dotless or (is_label and name.letters[start:end] == host.replace("-", ""))  # `ostaorgcn.com`


def _hyphened(text: str) -> str:
    return text.replace(".", "-").replace("_", "-")


def _has_digit_or_pair(text: str) -> bool:
    return any(char.isdigit() for char in text) or any(pair in text for pair in EYE_PAIRS)


def _hit(name: ReadName, form: _Form, start: int, end: int, score: int) -> NameHit:
    target = form.target
    written = name.text(start, end)
    technique = _technique(name, written, form, end)
    return NameHit(
        imitates=target.imitates,
        technique=technique,
        score_permille=score,
        span=name.span(start, end),
        reason=f"官方域名 {target.host} " + _REASONS[technique].format(written),
        brand=target.brand,
    )


def _hit_without_gov(name: ReadName, target: Target, start: int) -> NameHit:
    return NameHit(
        imitates=target.imitates,
        technique=Technique.OTHER_SUFFIX,
        score_permille=700,
        span=(start, len(name.shown)),
        reason=f"官方域名 {target.host} 去掉了 gov",
        brand=target.brand,
    )


def _technique(name: ReadName, written: str, form: _Form, end: int) -> Technique:
    dots, hyphens = written.count("."), written.count("-") + written.count("_")
    expected = ".".join((*form.target.labels, form.target.suffix)).count(".")
    if form.is_full and dots == expected and end < len(name.letters):
        return Technique.OFFICIAL_AS_PREFIX
    if hyphens > form.target.host.count("-"):
        return Technique.DOTS_TO_HYPHENS
    if form.is_full and end > name.free:
        return Technique.MISSING_DOT
    if not form.is_full and dots:
        return Technique.OTHER_SUFFIX
    return Technique.DOTS_DROPPED
