"""A backup or a restore that is killed half way leaves nothing that looks whole, and can be repeated."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.moves.manifest import BackupRefused
from tests.pipelines.moves.home import rows

ROOT = Path(__file__).parents[3]

KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.bootstrap import backup_of
from pipelines.clock import SystemClock
from pipelines.settings import Settings
class Kill:
    left = int(sys.argv[3])
    def stage(self, title, total): self.advance()
    def advance(self, count=1):
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
backup_of(Settings(home=Path(sys.argv[1])), SystemClock(), Kill()).make(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("at", [1, 3, 9, 20])
def test_a_backup_killed_half_way_looks_like_none_and_spoils_none(
    home, folder, settings, back_up, restore, at, tmp_path
):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(home), str(folder), str(at)], cwd=ROOT, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(BackupRefused) as said:
        restore(home=tmp_path / "other")
    assert "没有完成的备份" in said.value.zh
    assert not (tmp_path / "other").exists()
    for part in folder.glob(".part-*"):
        with pytest.raises(BackupRefused):
            restore(part, home=tmp_path / "other")
    before = rows(home)
    good = back_up()
    assert not list(folder.glob(".part-*"))
    subprocess.run([sys.executable, "-c", KILLED, str(home), str(folder), str(at)], cwd=ROOT, check=False, timeout=60)
    shutil.rmtree(home)
    assert restore().backup == good.path
    assert rows(home) == before


RESTORE_KILLED = KILLED.replace("import backup_of", "import restore_of").replace(
    "backup_of(Settings(home=Path(sys.argv[1])), SystemClock(), Kill()).make(Path(sys.argv[2]))",
    "restore_of(Settings(home=Path(sys.argv[1])), Path(sys.argv[2]), Kill()).restore()",
)


@pytest.mark.parametrize("at", [2, 20, 30, 45, 60])
def test_a_restore_killed_half_way_leaves_no_home_and_can_be_repeated(home, folder, back_up, restore, at):
    before = rows(home)
    back_up()
    shutil.rmtree(home)
    killed = subprocess.run(
        [sys.executable, "-c", RESTORE_KILLED, str(home), str(folder), str(at)], cwd=ROOT, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert not home.exists()
    restore()
    assert rows(home) == before
    assert not list(home.parent.glob(".home.restoring*"))
