"""The mapping files say what the program writes: strict, and every field of the search language in its kind."""

import pytest

from pipelines.search.fields import FIELDS, PARTS, Stored
from pipelines.stores.elastic.layouts import LAYOUTS, mapping, short_key

TYPES = {
    Stored.KEYWORD: {"keyword"},
    Stored.KEYWORDS: {"keyword"},
    Stored.NUMBER: {"integer", "long"},
    Stored.INSTANT: {"long"},
    Stored.DAY: {"integer", "long"},
}


@pytest.mark.parametrize("kind", list(LAYOUTS))
def test_every_mapping_is_strict_numbered_and_keeps_the_document_whole(kind):
    made = mapping(kind)
    assert made["dynamic"] == "strict"
    assert made["_meta"]["layout"] >= 1
    assert made["properties"]["document"] == {"type": "object", "enabled": False}
    assert {"key", "version", "write_id"} <= set(made["properties"])


def test_every_field_of_the_search_language_is_mapped_as_it_is_asked():
    properties = mapping(next(kind for kind in LAYOUTS if kind == "leads"))["properties"]
    assert properties["id"] == {"type": "alias", "path": "key"}
    for field in FIELDS:
        if field.code in PARTS:
            assert properties["words"]["properties"][field.code]["analyzer"] == "whitespace"
        elif field.code != "id":
            assert properties[field.code]["type"] in TYPES[field.stored], field.code


def test_keys_of_any_length_become_ids():
    assert short_key("证" * 100) == "证" * 100
    assert len(short_key("证" * 200).encode()) < 512
    assert short_key("证" * 200) != short_key("证" * 201)
