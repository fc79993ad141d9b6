"""The order and the company in which tests run."""

from pathlib import Path

import pytest

from tests import turns

ROOT = Path(__file__).parents[1]


def test_all_that_is_named_exists():
    for place in (*turns.TOGETHER, *turns.APART, *turns.LONG):
        assert (ROOT / place).exists(), place


@pytest.mark.parametrize(
    ("nodeid", "kept_with"),
    [
        ("tests/keywords/test_match.py::test_a[x::y]", "tests/keywords/test_match.py"),
        ("tests/e2e/test_readme.py::test_links_lead_somewhere", "tests/e2e/"),
        (f"{turns.APART[0]}::test_a[0]", f"{turns.APART[0]}::test_a[0]"),
    ],
)
def test_files_stay_together(nodeid, kept_with):
    assert turns.company(nodeid) == kept_with


def test_what_takes_long_begins_first():
    names = ["tests/keywords/test_fold.py", "tests/deploy/test_command.py", "tests/e2e/test_readme.py", "tests/a.py"]
    assert sorted(names, key=turns.longest_first) == [names[2], names[1], names[0], names[3]]
