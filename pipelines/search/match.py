"""What every store must answer alike: does this lead meet the condition?"""

from collections.abc import Callable
from typing import assert_never

from pipelines.model import Lead
from pipelines.search.fields import PARTS, keywords, number
from pipelines.search.model import And, Condition, Contains, FieldIs, IsEmpty, Not, Or, Range
from pipelines.stores.search_text import parts

__all__ = ["matches"]


def matches(condition: Condition, lead: Lead) -> bool:
    """Say whether the lead meets the condition."""
    texts: list[dict[str, str]] = []

    def text_parts() -> dict[str, str]:
        # Folding a lead's text is dear: once, and only for conditions that read it.
        if not texts:
            texts.append(parts(lead))
        return texts[0]

    return _holds(condition, lead, text_parts)


def _holds(condition: Condition, lead: Lead, texts: Callable[[], dict[str, str]]) -> bool:
    match condition:
        case Not(one):
            holds = not _holds(one, lead, texts)
        case And(conditions):
            holds = all(_holds(one, lead, texts) for one in conditions)
        case Or(conditions):
            holds = any(_holds(one, lead, texts) for one in conditions)
        case Contains(text, part):
            holds = text in texts()[part] if part else any(text in one for one in texts().values())
        case IsEmpty(field):
            holds = not texts()[field] if field in PARTS else number(lead, field) is None
        case FieldIs(field, values):
            holds = not set(values).isdisjoint(keywords(lead, field))
        case Range(field, low, high):
            value = number(lead, field)
            holds = value is not None and (low is None or low <= value) and (high is None or value <= high)
        case _:  # pragma: no cover
            assert_never(condition)
    return holds
