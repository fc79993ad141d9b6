import csv
import io
from importlib.resources import files

import pytest

from keywords.loader import load_lexicon, load_platforms, load_regions
from keywords.model import TermKind

TABLES = [
    "authorities", "certificates", "components", "disguises", "everyday", "homophones", "offers", "platforms", "regions",
    "shared_parents", "splits", "syllables",
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_whole_and_sourced(table: str) -> None:
    text = (files("keywords") / "data" / f"{table}.csv").read_text("utf-8")
    for number, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), 2):
        assert None not in row and None not in row.values(), number
        assert row["source"].strip(), number


def test_every_kind_has_terms() -> None:
    lexicon = load_lexicon()
    for kind in TermKind:
        assert lexicon.of_kind(kind), kind


def test_no_word_speaks_for_and_against() -> None:
    lexicon = load_lexicon()
    against = {TermKind.WARNING, TermKind.LAWFUL}
    spoken = {word for t in lexicon.terms if t.kind not in against for word in (t.text, *t.variants)}
    denied = {word for t in lexicon.terms if t.kind in against for word in (t.text, *t.variants)}
    assert not spoken & denied


def test_three_departments_have_certificates() -> None:
    certificates = load_lexicon().of_kind(TermKind.CERTIFICATE)
    assert {"应急", "住建", "市监"} <= {term.authority for term in certificates}
    assert any(term.text == "C1证" and term.is_ambiguous for term in certificates)


def test_regions_and_platforms() -> None:
    assert "灌云" in {region.name for region in load_regions()}
    assert {"search_engine", "secondhand", "app_store"} <= {platform.kind for platform in load_platforms()}
