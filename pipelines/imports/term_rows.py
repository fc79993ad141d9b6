"""Rows of a department's list of terms → what they say. Nothing is guessed silently: what was inferred is told."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from keywords.merge import key_of
from keywords.model import Term, TermKind, TermOrigin
from pipelines.exports.cells import neutral
from pipelines.imports.model import Row
from pipelines.imports.site_rows import RowUnusableError
from pipelines.imports.term_words import AUTHORITIES, CHINESE, KIND_NAMES, KINDS, SENSES, STATUS, WEIGHTS, YES, field_of

__all__ = [
    "ListDefaults",
    "ReadTerm",
    "given_fields",
    "is_example",
    "is_withdrawal",
    "listed_date",
    "read_term",
    "text_in",
    "united",
]

_MAX_CHARS = 500
_LONGEST_TERM = 40
_SHORTEST_TERM = 2
_MAX_VARIANTS = 200
_EXAMPLE = frozenset({"示例", "example"})
_PAPER = re.compile("(?:证|证书|证件|资格|作业|司机|工)$").search
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T].*)?").fullmatch
_DEFAULT_WEIGHT = 2
_TELLING = {
    TermKind.OFFER: (
        (re.compile("假|仿|伪|制作|定做|定制|复刻").search, "forgery"),
        (re.compile("[代替]考|枪手|刷课|刷学时").search, "proxy"),
        (re.compile("身份证|照片").search, "identity_only"),
        (re.compile("挂靠|挂证|收证").search, "rental"),
    ),
    TermKind.PROMISE: (
        (re.compile("审|继续教育").search, "no_review"),
        (re.compile("[免不无].{0,3}[考学训]").search, "no_exam"),
        (re.compile("[包保必稳]|一次").search, "pass"),
    ),
}
"""What in a word says its sense, most telling first."""
_ORDINARY = {
    TermKind.OFFER: "agency",
    TermKind.PROMISE: "verify",
    TermKind.WARNING: "official",
    TermKind.LAWFUL: "training",
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDefaults:
    """What the person who imports says about the whole list; empty: every row must say it itself, where it is needed."""

    department: str = ""
    notice: str = ""
    listed_on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ReadTerm:
    """A row's term, and what was inferred to make it one."""

    term: Term
    inferred: tuple[str, ...] = field(default=())
    """Chinese sentences for a person to look at; empty: the row said everything."""


def given_fields(row: Row) -> dict[str, str]:
    """Return field → text of the cells that are filled in. Raises `RowUnusableError` for text no table should hold."""
    given: dict[str, str] = {}
    for column, text in row.cells.items():
        name = field_of(column)
        if not name or not text:
            continue
        if len(text) > _MAX_CHARS and name != "variants":
            raise RowUnusableError(f"“{column}”超过 {_MAX_CHARS} 字")
        if neutral(text, len(text)) != text:
            raise RowUnusableError(f"“{column}”含有不可见字符，或会被表格软件当作公式，请去掉开头的符号")
        given.setdefault(name, text)
    return given


def is_example(given: Mapping[str, str]) -> bool:
    """Say whether the row is the template's example."""
    return given.get("status", "").lower() in _EXAMPLE


def is_withdrawal(given: Mapping[str, str]) -> bool:
    """Say whether the row takes its term off. Raises `RowUnusableError` for an unknown word."""
    return _word(given.get("status", ""), STATUS, "status")


def text_in(given: Mapping[str, str]) -> str:
    """Return the row's term. Raises `RowUnusableError` when there is none, or it is not one word or phrase."""
    text = given.get("text", "")
    if not text:
        raise RowUnusableError("没有填写关键词")
    if re.search(r"[\n|;；]", text):
        raise RowUnusableError(f"“{text[:40]}”像是几个词，请一行写一个，其他写法写在“同义词”")
    if len(text) > _LONGEST_TERM:
        raise RowUnusableError(f"关键词超过 {_LONGEST_TERM} 字，请只写关键的词语")
    if len(key_of(text)) < _SHORTEST_TERM:
        raise RowUnusableError(f"“{text}”太短，单个字会到处误报")
    return text


def listed_date(given: Mapping[str, str], defaults: ListDefaults) -> date | None:
    """Return the date of the list. Raises `RowUnusableError` for a text that is none."""
    text = given.get("listed_on", "")
    if not text:
        return defaults.listed_on
    found = _DATE(text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise RowUnusableError(f"日期“{text[:40]}”无法识别，请写成 2026-06-01") from None


def read_term(given: Mapping[str, str], base: Term | None, defaults: ListDefaults) -> ReadTerm:
    """Return the term of a row; cells that are empty keep what `base` says (None: the word is new).

    Raises `RowUnusableError` when no department is named, or a cell holds an unknown word.
    """
    text = text_in(given)
    department = given.get("department", "") or defaults.department
    if not department:
        raise RowUnusableError("没有写明提供部门；请填写“提供部门”一列，或在命令中用 --department 指定")
    listed_on = listed_date(given, defaults)
    notice = given.get("notice", "") or defaults.notice
    kind, untold = _kind(given, text, base)
    sense, unsaid = _sense(given, kind, text, base)
    source = given.get("source", "") or defaults.source or f"{department}关键词清单"
    origin = TermOrigin(source=source, department=department, notice=notice, listed_on=listed_on)
    term = Term(
        text=text,
        kind=kind,
        sense=sense,
        variants=_variants(given, text, base),
        weight=_value(given, "weight", WEIGHTS, base.weight if base else _DEFAULT_WEIGHT),
        authority=_authority(given, base),
        is_ambiguous=_value(given, "is_ambiguous", YES, base is not None and base.is_ambiguous),
        is_neighbour=_value(given, "is_neighbour", YES, base is not None and base.is_neighbour),
        source=source,
        notice=notice,
        added_on=listed_on,
        origins=(origin,),
    )
    return ReadTerm(term, (*untold, *unsaid, *_to_look_at(term)))


def _kind(given: Mapping[str, str], text: str, base: Term | None) -> tuple[TermKind, tuple[str, ...]]:
    if "kind" in given:
        return _word(given["kind"], KINDS, "kind"), ()
    if base:
        return base.kind, ()
    kind = TermKind.CERTIFICATE if _PAPER(text) else TermKind.OFFER
    named = "证书" if kind is TermKind.CERTIFICATE else "兜售"
    return kind, (f"“{text}”没有填写类别，暂按“{named}”处理",)


def _sense(given: Mapping[str, str], kind: TermKind, text: str, base: Term | None) -> tuple[str, tuple[str, ...]]:
    known = SENSES.get(kind, {})
    if "sense" in given:
        if not known:
            raise RowUnusableError(f"“{KIND_NAMES[kind]}”类的词没有细分含义，请清空“含义”")
        return _word(given["sense"], {**known, **{sense: sense for sense in known.values()}}, "sense"), ()
    if base and base.kind is kind and base.sense:
        return base.sense, ()
    if not known:
        return "", ()
    # A word of these kinds without a sense would be looked for and never count.
    sense = next((sense for pattern, sense in _TELLING.get(kind, ()) if pattern(text)), _ORDINARY[kind])
    named = next(word for word, one in known.items() if one == sense)
    return sense, (f"“{text}”没有填写含义，暂按“{named}”处理",)


def _variants(given: Mapping[str, str], text: str, base: Term | None) -> tuple[str, ...]:
    parts = [part.strip() for part in re.split(r"[|;；,，\n]+", given.get("variants", "")) if part.strip()]
    if len(parts) > _MAX_VARIANTS:
        raise RowUnusableError(f"同义词超过 {_MAX_VARIANTS} 个")
    for part in parts:
        if len(part) > _LONGEST_TERM or len(key_of(part)) < _SHORTEST_TERM:
            raise RowUnusableError(f"同义词“{part[:40]}”太长或太短")
    standing = base.variants if base else ()
    return tuple(one for one in dict.fromkeys((*standing, *parts)) if one != text)


def _authority(given: Mapping[str, str], base: Term | None) -> str:
    text = given.get("authority", "")
    if not text:
        return base.authority if base else ""
    found = next(
        (one for one in AUTHORITIES if one in text), "市监" if "市场监" in text else "住建" if "建设" in text else ""
    )
    if not found:
        raise RowUnusableError(f"发证部门“{text[:40]}”无法识别，可填：{'、'.join(AUTHORITIES)}")
    return found


def _to_look_at(term: Term) -> Iterator[str]:
    if len(key_of(term.text)) == _SHORTEST_TERM and not term.is_ambiguous and term.kind is not TermKind.AUTHORITY:
        yield f"“{term.text}”只有两个字，容易误报；如有别的意思，请把“是否歧义”填“是”"
    if term.kind in {TermKind.WARNING, TermKind.LAWFUL}:
        yield f"“{term.text}”列为{'警示' if term.kind is TermKind.WARNING else '合法'}用语，含有它的文字会被判得更轻"


def _value(given: Mapping[str, str], name: str, words: Mapping[str, Any], standing: Any) -> Any:
    return _word(given[name], words, name) if name in given else standing


def _word(text: str, known: Mapping[str, T], name: str) -> T:
    try:
        return known[text.strip().lower()]
    except KeyError:
        allowed = "、".join(word for word in known if word and not word.isascii())
        raise RowUnusableError(f"{CHINESE[name]}“{text[:40]}”无法识别，可填：{allowed}") from None


def united(first: Term, second: Term) -> Term:
    """Return the first term with the second's ways of writing too."""
    spellings = dict.fromkeys((*first.spellings, *second.spellings))
    return replace(first, variants=tuple(one for one in spellings if one != first.text))
