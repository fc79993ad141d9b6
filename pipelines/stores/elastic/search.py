"""A condition as Elasticsearch's query DSL."""

from collections.abc import Mapping
from typing import Any, assert_never

from pipelines.documents import is_sound
from pipelines.search.fields import PARTS
from pipelines.search.model import And, Condition, Contains, FieldIs, IsEmpty, Not, Or, Range
from pipelines.stores.elastic.words import phrase
from pipelines.stores.search_text import PART_NAMES

__all__ = ["NOTHING", "Query", "query_of"]

Query = Mapping[str, Any]

NOTHING: Query = {"match_none": {}}


def query_of(condition: Condition) -> Query:
    """Return the query that finds exactly the leads `pipelines.search.match.matches` would. Scores mean nothing."""
    match condition:
        case Not(one):
            query: Query = {"bool": {"must_not": [query_of(one)]}}
        case And(conditions):
            query = {"bool": {"filter": [query_of(one) for one in conditions]}} if conditions else {"match_all": {}}
        case Or(conditions):
            query = _any([query_of(one) for one in conditions])
        case Contains(text, part):
            query = _contains(text, (part,) if part else PART_NAMES)
        case IsEmpty(field):
            query = {"bool": {"must_not": [{"exists": {"field": f"words.{field}" if field in PARTS else field}}]}}
        case FieldIs(field, values):
            query = {"terms": {field: [value for value in values if is_sound(value)]}}
        case Range(field, low, high):
            limits = {"gte": low, "lte": high}
            query = {"range": {field: {name: limit for name, limit in limits.items() if limit is not None}}}
        case _:  # pragma: no cover
            assert_never(condition)
    return query


def _any(queries: list[Query]) -> Query:
    return {"bool": {"should": queries, "minimum_should_match": 1}} if queries else NOTHING


def _contains(text: str, parts: tuple[str, ...]) -> Query:
    if not is_sound(text):
        return NOTHING
    return _any([_occurs(f"words.{part}", text) for part in parts])


def _occurs(field: str, text: str) -> Query:
    sought = phrase(text)
    if not sought:
        return {"prefix": {field: {"value": text}}}
    return {"match_phrase": {field: {"query": sought}}} if " " in sought else {"term": {field: {"value": sought}}}
