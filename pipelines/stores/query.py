"""What every store understands by a `LeadQuery`: its fields, its orders and its cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, cast

import msgspec

from pipelines.clock import CHINA
from pipelines.errors import UsageError
from pipelines.model import Lead, LeadQuery, LeadSort
from pipelines.search.fields import FACET_FIELDS, microseconds
from pipelines.search.model import Condition, FieldIs, all_of
from pipelines.search.parse import parse

__all__ = [
    "COUNT_LIMIT",
    "PAGE_LIMIT",
    "Position",
    "check_fields",
    "condition_of",
    "from_cursor",
    "page_size",
    "position",
    "to_cursor",
]

PAGE_LIMIT = 1000
COUNT_LIMIT = 10_000
"""Leads found by a text are counted up to here; see `LeadPage.total`."""

_Whole = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
Position = tuple[_Whole, _Whole, str]
"""Where a lead stands in an order: two numbers, smallest first, then the id."""


def position(lead: Lead, sort: LeadSort) -> Position:
    """Return where the lead stands in this order."""
    first, last = microseconds(lead.first_seen_at), microseconds(lead.last_seen_at)
    score = lead.assessment.score_permille
    if sort is LeadSort.OLDEST:
        return first, -score, lead.id
    return (-last, -score, lead.id) if sort is LeadSort.LATEST else (-score, -last, lead.id)


def condition_of(query: LeadQuery, now: datetime) -> Condition:
    """Return text and filters as one condition; the text's "today" is the day at `now`. Raises `UsageError`, `QuerySyntaxError`."""
    check_fields(query)
    chosen: list[Condition] = [FieldIs(field, accepted) for field, accepted in query.filters if accepted]
    return all_of([parse(query.text, now.astimezone(CHINA).date()), *chosen])


def check_fields(query: LeadQuery, fields: tuple[str, ...] = ()) -> None:
    """Raise `UsageError` for a field that nobody can filter or count by."""
    for field in (*fields, *(name for name, _ in query.filters)):
        if field not in FACET_FIELDS:
            raise UsageError(
                f"没有名为 {field} 的筛选项，可用的有：{'、'.join(FACET_FIELDS)}。",
                f"There is no filter named {field}; there are {', '.join(FACET_FIELDS)}.",
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
