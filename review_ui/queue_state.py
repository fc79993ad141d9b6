"""The queue's state, all of it in the address: search words, filters, order, page and the opened lead. And its facets with toggle links."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode

from pipelines.model import Facets, LeadQuery, LeadSort
from pipelines.search.parse import LENGTH_LIMIT
from pipelines.stores.query import COUNT_LIMIT
from review_ui.shown import inert
from review_ui.wording import FACETS, facet_label, shown_order

__all__ = ["PAGE_SIZE", "Facet", "FacetValue", "QueueState", "facets_of"]

PAGE_SIZE = 50
_MAX_CURSOR = 200
_MAX_VALUES = 40
_SHOWN_VALUES = 8
"""Further values of a facet are folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """One view of the queue."""

    text: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: LeadSort = LeadSort.SCORE
    cursor: str = ""
    opened: str = ""
    """Lead id in the reading pane; empty: none was chosen."""

    @classmethod
    def read(cls, params: Iterable[tuple[str, str]]) -> "QueueState":
        """Read the address's parameters; what is unknown or too long is left out, never an error."""
        single: dict[str, str] = {}
        filters: dict[str, list[str]] = {}
        for name, value in params:
            if name not in FACETS:
                single.setdefault(name, value)
            elif len(filters.setdefault(name, [])) < _MAX_VALUES and value not in filters[name]:
                filters[name].append(value)
        sort = single.get("sort", "")
        return cls(
            text=" ".join(single.get("q", "")[: LENGTH_LIMIT + 1].split()),
            filters=tuple((field, tuple(filters[field])) for field in FACETS if filters.get(field)),
            sort=LeadSort(sort) if sort in set(LeadSort) else LeadSort.SCORE,
            cursor=single.get("cursor", "")[:_MAX_CURSOR],
            opened=single.get("open", "")[:40],
        )

    def query(self, limit: int = PAGE_SIZE) -> LeadQuery:
        """Return what the store is asked."""
        return LeadQuery(text=self.text, filters=self.filters, sort=self.sort, limit=limit, cursor=self.cursor)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the filters as (name, value) pairs, for hidden form fields."""
        return [(field, value) for field, values in self.filters for value in values]

    def address(self, path: str = "/leads") -> str:
        """Return the path and parameters that show this view again."""
        pairs = [*self.pairs]
        if self.text:
            pairs.insert(0, ("q", self.text))
        if self.sort is not LeadSort.SCORE:
            pairs.append(("sort", self.sort.value))
        pairs += [(name, value) for name, value in (("cursor", self.cursor), ("open", self.opened)) if value]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def kept(self) -> str:
        """Return the parameters worth saving: without page and opened lead."""
        return replace(self, cursor="", opened="").address("").removeprefix("?")

    def opening(self, lead_id: str) -> "QueueState":
        """Return the view with this lead in the reading pane."""
        return replace(self, opened=lead_id)

    def sorted_by(self, sort: LeadSort) -> "QueueState":
        """Return the first page in another order."""
        return replace(self, sort=sort, cursor="", opened="")

    def at(self, cursor: str) -> "QueueState":
        """Return another page."""
        return replace(self, cursor=cursor, opened="")

    def without(self, field: str = "") -> "QueueState":
        """Return the view without one field's filter, or (no field) without any filter and words."""
        kept = tuple(one for one in self.filters if one[0] != field) if field else ()
        return QueueState(text=self.text if field else "", filters=kept, sort=self.sort)

    def toggled(self, field: str, value: str) -> "QueueState":
        """Return the view with one filter value put on or off."""
        chosen: dict[str, tuple[str, ...]] = dict(self.filters)
        before = chosen.get(field, ())
        chosen[field] = tuple(v for v in before if v != value) if value in before else (*before, value)
        kept = tuple((name, chosen[name]) for name in FACETS if chosen.get(name))
        return replace(self, filters=kept, cursor="", opened="")

    def has(self, field: str, value: str) -> bool:
        """Say whether the filter value is on."""
        return value in dict(self.filters).get(field, ())


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One line of a facet."""

    value: str
    label: str
    count: int
    is_selected: bool
    address: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One block of the filter column."""

    field: str
    heading: str
    shown: tuple[FacetValue, ...]
    folded: tuple[FacetValue, ...]
    clear: str
    """Address without this filter; empty: it is not on."""
    is_at_least: bool
    """Its numbers are "so many or more": the words are too frequent to count."""


def facets_of(state: QueueState, counts: Facets) -> tuple[Facet, ...]:
    """Return the facets worth showing, selected and frequent values first; enums keep their own order."""
    made = (_facet(state, field, counts.get(field, {})) for field in FACETS)
    return tuple(facet for facet in made if facet.shown)


def _facet(state: QueueState, field: str, counts: Mapping[str, int]) -> Facet:
    heading, enum = FACETS[field]
    selected = dict(state.filters).get(field, ())
    lines = [
        FacetValue(
            value, inert(facet_label(field, value), 40), counts.get(value, 0), value in selected,
            state.toggled(field, value).address(),
        )
        for value in _ordered(enum, counts, selected)
    ]  # fmt: skip
    return Facet(
        field,
        heading,
        tuple(lines[:_SHOWN_VALUES]),
        tuple(lines[_SHOWN_VALUES:_MAX_VALUES]),
        state.without(field).address() if selected else "",
        bool(state.text) and sum(counts.values()) >= COUNT_LIMIT,
    )


def _ordered(enum: type[StrEnum] | None, counts: Mapping[str, int], selected: tuple[str, ...]) -> list[str]:
    values = [value for value in {**counts, **dict.fromkeys(selected, 0)} if value]
    if enum is not None:
        order = shown_order(enum)
        return sorted(values, key=lambda value: order.index(value) if value in order else len(order))
    return sorted(values, key=lambda value: (value not in selected, -counts.get(value, 0), value))
