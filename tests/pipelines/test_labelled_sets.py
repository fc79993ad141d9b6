"""Labelled sets: files and folders, each item with the truth about it."""

import json
from pathlib import Path

import pytest

from pipelines.errors import InputUnreadable
from pipelines.labelled_sets import SetKind, read_set

GOLDEN = Path(__file__).parent.parent / "golden"


def test_the_golden_folder_holds_pages_and_names_of_both_sides() -> None:
    items = list(read_set(GOLDEN))
    for kind in (SetKind.PAGES, SetKind.NAMES):
        truths = [item.is_counterfeit for item in items if item.kind is kind]
        assert truths.count(True) >= 30 and truths.count(False) >= 40
    assert any(item.snapshots for item in items)


def test_each_line_is_of_the_kind_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    given = [
        {"kind": "listing", "title": "x"}, {"kind": "site", "url": "http://a.example/", "html": "<p>x</p>"}, {"kind": "site", "url": "http://a.example/"}
    ]  # fmt: skip
    lines = [json.dumps({"id": at, "is_counterfeit": at == 1, **one}) for at, one in enumerate(given)]
    path.write_text("\n\n".join(lines))
    items = list(read_set(path))
    assert [item.kind for item in items] == [SetKind.TEXTS, SetKind.PAGES, SetKind.NAMES]
    assert [item.is_counterfeit for item in items] == [False, True, False]


@pytest.mark.parametrize(
    "line",
    ["[]", "{", '{"id": 1, "kind": "text", "text": "x", "is_counterfeit": 1}', '{"is_counterfeit": true}', "\ufeffx"],
)
def test_what_is_no_labelled_item_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(line, "utf-8")
    with pytest.raises(InputUnreadable, match=r"set\.jsonl:1"):
        list(read_set(path))


def test_a_missing_file_and_a_broken_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match=r"none\.jsonl"):
        list(read_set(tmp_path / "none.jsonl"))
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.html").write_text("x")
    (tmp_path / "pages" / "one.json").write_text('{"url": "http://a.example/", "level": "odd"}')
    with pytest.raises(InputUnreadable, match=r"one\.json"):
        list(read_set(tmp_path))
