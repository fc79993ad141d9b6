"""Small files are put in place whole or not at all."""

import os
import stat

import pytest

from pipelines.files import replace_file


@pytest.mark.parametrize("is_synced", [True, False])
def test_the_newer_content_stands_alone(tmp_path, is_synced):
    path = tmp_path / "notes.csv"
    for content in (b"first, and longer", b"second"):
        replace_file(path, content, is_synced=is_synced)
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_take_its_name_leaves_the_older_one_and_nothing_else(tmp_path):
    taken = tmp_path / "taken"
    (taken / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="taken"):
        replace_file(taken, b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]
    assert (taken / "inside").is_dir()


def test_secrets_are_nobody_elses_to_read(tmp_path):
    path = tmp_path / "sealed"
    before = os.umask(0o022)
    try:
        replace_file(path, b"x", mode=0o600)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
