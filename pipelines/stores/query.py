"""What every store understands by a `LeadQuery`: its fields, its orders and its cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, cast

import msgspec

from pipelines.errors import UsageError
from pipelines.model import Lead, LeadQuery, LeadSort

__all__ = [
    "FIELDS",
    "PAGE_LIMIT",
    "Position",
    "check_fields",
    "from_cursor",
    "microseconds",
    "page_size",
    "position",
    "to_cursor",
    "values",
]

FIELDS = ("status", "level", "kind", "imitates", "source", "assignee", "outcome")
"""Fields to filter and count by; a lead may have several sources, and an empty value stands for "none"."""
PAGE_LIMIT = 1000

_Whole = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
Position = tuple[_Whole, _Whole, str]
"""Where a lead stands in an order: two numbers, smallest first, then the id."""


def values(lead: Lead, field: str) -> tuple[str, ...]:
    """Return the lead's values of a field."""
    if field == "source":
        return lead.sources
    return (
        {
            "status": lead.status.value,
            "level": lead.assessment.level.value,
            "kind": lead.observation.candidate.kind.value,
            "imitates": lead.assessment.imitates,
            "assignee": lead.assignee,
            "outcome": lead.finding.outcome.value if lead.finding else "",
        }[field],
    )


def position(lead: Lead, sort: LeadSort) -> Position:
    """Return where the lead stands in this order."""
    first, last = microseconds(lead.first_seen_at), microseconds(lead.last_seen_at)
    score = lead.assessment.score_permille
    if sort is LeadSort.OLDEST:
        return first, -score, lead.id
    return (-last, -score, lead.id) if sort is LeadSort.LATEST else (-score, -last, lead.id)


def microseconds(at: datetime) -> int:
    """Return the instant as a whole number that sorts."""
    return round(at.timestamp() * 1_000_000)


def check_fields(query: LeadQuery, fields: tuple[str, ...] = ()) -> None:
    """Raise `UsageError` for a field that nobody can filter or count by."""
    for field in (*fields, *(name for name, _ in query.filters)):
        if field not in FIELDS:
            raise UsageError(
                f"没有名为 {field} 的筛选项，可用的有：{'、'.join(FIELDS)}。",
                f"There is no filter named {field}; there are {', '.join(FIELDS)}.",
            )


def page_size(query: LeadQuery) -> int:
    """Return the number of leads of a page, 1 to `PAGE_LIMIT`."""
    return max(1, min(query.limit, PAGE_LIMIT))


def to_cursor(place: Position) -> str:
    """Return the place as text for an address."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def from_cursor(cursor: str) -> Position | None:
    """Return the place to go on after, None for the first page. Raises `UsageError` for what is no cursor of ours."""
    if not cursor:
        return None
    try:
        return cast(Position, msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=Position))
    except (ValueError, msgspec.DecodeError) as error:
        raise UsageError(
            "翻页标记无效，请从第一页重新开始。", "The page cursor is not valid; start from the first page."
        ) from error
