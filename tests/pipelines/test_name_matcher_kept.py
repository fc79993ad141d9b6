"""What the sieve looks for is worked out once for each version of sites and rules, and damage to it costs time, never a hit."""

from dataclasses import replace
from pathlib import Path

import pytest

from detectors.names.clues import Clue, clue
from detectors.names.sieve import LookedFor, Sieve
from keywords.roster import Roster, load_roster
from pipelines.name_matcher import KeptLooks, version_of

CLUES = {clue("cx", "mem"), clue("mohurd")}


class Counted:
    """Works the clues out, and counts how often it had to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> set[Clue]:
        self.times += 1
        return CLUES


def finds_all(looked_for: LookedFor) -> bool:
    buffer = b"\nplain.com\ncx-mem-gov-cn.top\nmemory.cn\nrnohurd.cn\n"
    (spans,) = Sieve(looked_for, ()).lines([buffer])
    return [buffer[start:end] for start, end in spans] == [b"cx-mem-gov-cn.top", b"rnohurd.cn"]


def test_the_second_start_works_nothing_out(tmp_path: Path) -> None:
    work_out = Counted()
    for _ in range(2):
        assert finds_all(KeptLooks(tmp_path / "cache", "v1").looked_for(work_out))
    assert work_out.times == 1


@pytest.mark.parametrize("kind", ["forms", "hsdb"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, kind: str) -> None:
    KeptLooks(tmp_path, "v1").looked_for(Counted())
    whole = {path: path.read_bytes() for path in tmp_path.iterdir()}
    damaged = tmp_path / f"names-v1.{kind}"
    damaged.write_bytes(whole[damaged][: len(whole[damaged]) // 2])
    work_out = Counted()
    assert finds_all(KeptLooks(tmp_path, "v1").looked_for(work_out))
    assert work_out.times == (kind == "forms" or len(whole[damaged]) > 0)  # without Hyperscan its file is empty
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == whole


def test_another_version_takes_the_place_of_the_first(tmp_path: Path) -> None:
    for version in ("v1", "v2"):
        KeptLooks(tmp_path, version).looked_for(Counted())
    assert {path.name for path in tmp_path.iterdir()} == {"names-v2.forms", "names-v2.hsdb"}


def test_the_version_is_that_of_the_sites() -> None:
    roster = load_roster()
    first, *others = roster.sites
    changed = Roster((replace(first, aliases=(*first.aliases, "又名")), *others))
    assert version_of(roster) == version_of(load_roster()) != version_of(changed)


def test_a_folder_nobody_can_write_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    assert finds_all(KeptLooks(tmp_path / "file" / "cache", "v1").looked_for(Counted()))
