"""Each page of `tests/golden/marks` carries exactly the marks its file names, besides its own domain."""

import json
from pathlib import Path

import pytest

from detectors.marks.extract import extract_marks
from detectors.marks.model import MarkKind
from detectors.pages.read import read_page
from keywords.hosts import registrable_domain
from keywords.roster import load_roster
from tests.builders import a_site

CASES = sorted((Path(__file__).parents[2] / "golden" / "marks").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_page_carries_these_marks(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    host = case["url"].split("/")[2]
    html = f"<html><head><meta charset=utf-8></head><body>{case['html']}</body></html>"
    found = extract_marks(a_site(host, html=html, page=read_page(html, case["url"])), load_roster())
    own = (MarkKind.DOMAIN, registrable_domain(host))
    assert own in {(mark.kind, mark.value) for mark in found}
    assert sorted([mark.kind.value, mark.value] for mark in found if (mark.kind, mark.value) != own) == case["marks"]
