"""The one table of fields that staff can search, filter and count by. Columns, mappings and the help on the page follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from pipelines.labels import ENGINE_ZH, KIND_ZH, LEVEL_ZH, OUTCOME_ZH, SOURCE_FAMILY_ZH, SOURCE_ZH
from pipelines.lifecycle import STATUS_ZH
from pipelines.model import Lead
from pipelines.rechecks.record import STATE_ZH

__all__ = [
    "FACET_FIELDS",
    "FIELDS",
    "NONE_ZH",
    "PARTS",
    "Field",
    "Stored",
    "field_named",
    "instant",
    "keywords",
    "microseconds",
    "number",
]


_Enum = TypeVar("_Enum", bound=StrEnum)


class Stored(StrEnum):
    """How a field is kept, and so what can be asked of it."""

    KEYWORD = "keyword"
    """One exact value, empty for none."""
    KEYWORDS = "keywords"
    """Several exact values, at least one."""
    NUMBER = "number"
    INSTANT = "instant"
    """Microseconds since 1970, UTC; never missing."""
    DAY = "day"
    """`date.toordinal`; may be missing."""
    PART = "part"
    """A part of the folded text, searched for substrings (`pipelines.stores.search_text.parts`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One row of the table."""

    code: str
    """English name, a name in code, the column and the property."""
    names_zh: tuple[str, ...]
    """What staff type; the first is the one shown."""
    stored: Stored
    example: str
    """A value as staff would type it."""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What may be typed → stored values; other values are taken as they are unless `is_closed`."""
    is_closed: bool = False
    """Only values of `labels` exist."""
    is_facet: bool = False
    """Counted in the filter column, and to be chosen there."""


def _of_enum(names: Mapping[_Enum, str]) -> dict[str, tuple[str, ...]]:
    return {typed: (member.value,) for member, zh in names.items() for typed in (zh.lower(), member.value)}


def _of_sources() -> dict[str, tuple[str, ...]]:
    labels: dict[str, tuple[str, ...]] = {}
    for code, zh in SOURCE_ZH.items():
        labels[zh] = (*labels.get(zh, ()), code)
    for code, zh in ENGINE_ZH.items():
        labels[zh] = labels[f"{SOURCE_FAMILY_ZH['engine']}:{zh}"] = (f"engine:{code}",)
    return labels


FIELDS = (
    Field(code="status", names_zh=("状态",), stored=Stored.KEYWORD, example="待甄别,甄别中", labels=_of_enum(STATUS_ZH), is_closed=True, is_facet=True),
    Field(code="level", names_zh=("等级", "级别"), stored=Stored.KEYWORD, example="高", labels=_of_enum(LEVEL_ZH), is_closed=True, is_facet=True),
    Field(code="kind", names_zh=("类型", "类别"), stored=Stored.KEYWORD, example="网站", labels=_of_enum(KIND_ZH), is_closed=True, is_facet=True),
    Field(code="imitates", names_zh=("仿冒", "仿冒对象"), stored=Stored.KEYWORD, example="cx.mem.gov.cn", is_facet=True),
    Field(code="source", names_zh=("来源",), stored=Stored.KEYWORDS, example="百度", labels=_of_sources(), is_facet=True),
    Field(code="assignee", names_zh=("负责人", "承办人"), stored=Stored.KEYWORD, example="无", is_facet=True),
    Field(code="outcome", names_zh=("结论", "认定结论"), stored=Stored.KEYWORD, example="假冒", labels=_of_enum(OUTCOME_ZH), is_closed=True, is_facet=True),
    Field(code="recheck", names_zh=("复查", "复查结果"), stored=Stored.KEYWORD, example="仍在", labels=_of_enum(STATE_ZH), is_closed=True, is_facet=True),
    Field(code="platform", names_zh=("平台",), stored=Stored.KEYWORD, example="闲鱼"),
    Field(code="seller", names_zh=("卖家",), stored=Stored.KEYWORD, example="ab12cd34ef56ab78"),
    Field(code="id", names_zh=("编号",), stored=Stored.KEYWORD, example="L0123456789abcdef"),
    Field(code="host", names_zh=("域名",), stored=Stored.PART, example="mem-gov"),
    Field(code="url", names_zh=("网址",), stored=Stored.PART, example="query.html"),
    Field(code="title", names_zh=("标题",), stored=Stored.PART, example="证书查询"),
    Field(code="query", names_zh=("关键词",), stored=Stored.PART, example="电工证"),
    Field(code="score", names_zh=("分数", "分值"), stored=Stored.NUMBER, example=">=800"),
    Field(code="count", names_zh=("次数",), stored=Stored.NUMBER, example=">3"),
    Field(code="first", names_zh=("首次", "首次发现"), stored=Stored.INSTANT, example="2026-01-01..2026-02-01"),
    Field(code="last", names_zh=("最近", "最近发现"), stored=Stored.INSTANT, example=">2026-11-01"),
    Field(code="due", names_zh=("到期", "期限"), stored=Stored.DAY, example="<2026-12-01"),
)  # fmt: skip
"""In the order of the help; facets in the order of the filter column."""

FACET_FIELDS = tuple(one.code for one in FIELDS if one.is_facet)
PARTS = tuple(one.code for one in FIELDS if one.stored is Stored.PART)
NONE_ZH = ("无", "none")
"""What staff type for the empty value."""

_BY_NAME = {name: one for one in FIELDS for name in (one.code, *one.names_zh)}


def field_named(name: str) -> Field | None:
    """Return the field of a Chinese or code name (any case), or None."""
    return _BY_NAME.get(name.lower())


def keywords(lead: Lead, code: str) -> tuple[str, ...]:
    """Return the lead's values of a keyword field; the empty value stands for "none"."""
    return lead.sources if code == "source" else (_KEYWORD_OF[code](lead),)


def number(lead: Lead, code: str) -> int | None:
    """Return the lead's number, instant (microseconds UTC) or day (ordinal); None: it has no such day."""
    return _NUMBER_OF[code](lead)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Return the instant as a whole number that sorts."""
    return round(at.timestamp() * 1_000_000)


def instant(at_us: int) -> datetime:
    """Return the instant that `microseconds` made a number of."""
    return _EPOCH + timedelta(microseconds=at_us)


_KEYWORD_OF: Mapping[str, Callable[[Lead], str]] = {
    "status": lambda lead: lead.status.value,
    "level": lambda lead: lead.assessment.level.value,
    "kind": lambda lead: lead.observation.candidate.kind.value,
    "imitates": lambda lead: lead.assessment.imitates,
    "assignee": lambda lead: lead.assignee,
    "outcome": lambda lead: lead.finding.outcome.value if lead.finding else "",
    "recheck": lambda lead: lead.recheck.state.value if lead.recheck and lead.recheck.state else "",
    "platform": lambda lead: lead.observation.listing.platform if lead.observation.listing else "",
    "seller": lambda lead: lead.observation.listing.seller if lead.observation.listing else "",
    "id": lambda lead: lead.id,
}
_NUMBER_OF: Mapping[str, Callable[[Lead], int | None]] = {
    "score": lambda lead: lead.assessment.score_permille,
    "count": lambda lead: lead.sighting_count,
    "first": lambda lead: microseconds(lead.first_seen_at),
    "last": lambda lead: microseconds(lead.last_seen_at),
    "due": lambda lead: lead.due_on.toordinal() if lead.due_on else None,
}
