"""`jianwei store` as operators run it, stopped and killed in the middle."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.cli.store import _backup_sentences
from pipelines.bootstrap import open_case, open_shelf
from pipelines.moves.backup import BackupReport
from pipelines.moves.manifest import Manifest
from pipelines.moves.shelf import Kind, contents
from pipelines.settings import Settings
from tests.builders import AT, a_sighting, a_site
from tests.contracts.filled import fill

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "deploy.cli.main", "--lang", "zh", "store")


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    with open_case(Settings(home=home)) as case:
        fill(case, leads=8)
        case.leads.merge_many([a_sighting(a_site(f"h{number}.example")) for number in range(1200)])
    return home


def begun(home, *words) -> subprocess.Popen:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")}
    environ |= {"JIANWEI_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [*PROGRAM, *words], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def store(home, *words) -> "tuple[int, list[dict], str]":
    with begun(home, *words) as running:
        out, said = running.communicate(timeout=120)
    return running.returncode, [json.loads(line) for line in out.splitlines()], said


def same(home, target) -> bool:
    settings = Settings(home=home)
    with open_shelf(settings, "sqlite") as ours, open_shelf(settings, f"sqlite:{target}") as theirs:
        return all(contents(ours.shelf.read(kind)) == contents(theirs.shelf.read(kind)) for kind in Kind)


def test_a_store_is_copied_and_a_second_copy_is_refused(home, tmp_path):
    target = tmp_path / "other" / "case.sqlite"
    code, records, said = store(home, "copy", "--from", "sqlite", "--to", f"sqlite:{target}")
    assert code == 0, said
    assert "两边一致" in said
    assert records[-1]["is_verified"]
    assert {one["kind"]: one["source"] for one in records[:-1]} == {one["kind"]: one["target"] for one in records[:-1]}
    assert same(home, target)
    code, _, said = store(home, "copy", "--from", "sqlite", "--to", f"sqlite:{target}")
    assert code == 2
    assert "--resume" in said


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 4), (signal.SIGKILL, -9)])
def test_a_copy_stopped_or_killed_half_way_is_resumed(home, tmp_path, stop, code):
    target = tmp_path / "case.sqlite"
    words = ("copy", "--from", "sqlite", "--to", f"sqlite:{target}")
    bookmark = home / "moves" / "copy.json"
    with begun(home, *words) as running:
        while running.poll() is None and not (bookmark.exists() and '"leads"' in bookmark.read_text()):
            time.sleep(0.001)
        running.send_signal(stop)
        _, said = running.communicate(timeout=60)
    assert running.returncode == code
    if stop is signal.SIGINT:
        assert "--resume" in said
        assert "Traceback" not in said
    code, records, said = store(home, *words, "--resume")
    assert code == 0, said
    assert records[-1]["is_verified"]
    assert records[-1]["written"] < sum(one["source"]["count"] for one in records[:-1]), (
        "what was there was passed over"
    )
    assert same(home, target)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--from", "sqlite", "--to", "sqlite"), "同一个"),
        (("--from", "mongo", "--to", "sqlite"), "mongo"),
        (("--from", "sqlite:/nowhere/x.sqlite", "--to", "sqlite"), "/nowhere/x.sqlite"),
        (("--from", "sqlite", "--to", "sqlite:{folder}/y.sqlite", "--resume"), "--resume"),
        (("--from", "sqlite"), "'--to'"),
    ],
)
def test_a_copy_that_cannot_be_is_refused_in_a_sentence(tmp_path, words, problem):
    with open_case(Settings(home=tmp_path)) as case:
        fill(case)
    code, _, said = store(tmp_path, "copy", *(word.format(folder=tmp_path) for word in words))
    assert code == 2
    assert problem in said
    assert "Traceback" not in said


def test_a_case_is_backed_up_checked_and_restored(home, tmp_path):
    folder, other = tmp_path / "backups", tmp_path / "other"
    code, (made,), said = store(home, "backup", str(folder))
    assert code == 0, said
    assert "备份完成" in said
    assert made["is_sound"]
    assert made["is_one_moment"]
    assert made["path"].startswith(str(folder))
    code, (restored,), said = store(other, "restore", str(folder))
    assert code == 0, said
    assert restored["counts"] == made["counts"]
    assert same(home, other / "jianwei.sqlite")
    code, _, said = store(other, "restore", str(folder))
    assert code == 2
    assert "不是空的" in said
    code, (checked,), said = store(other, "check")
    assert code == 0, said
    assert checked == {"faults": 0, "is_sound": True}


def test_a_backup_that_is_not_of_one_moment_is_said_so():
    manifest = Manifest(
        format=1, made_by="jianwei", made_at=AT, layout=1, store_path="jianwei.sqlite", counts={}, audit_count=0, audit_sha256="",
        evidence_count=0, evidence_bytes=0, files=(),
    )  # fmt: skip
    said = "".join(
        _backup_sentences(BackupReport(path=Path("b"), manifest=manifest, new_evidence=0, chain_broken_at=None))
    )
    assert "some minutes apart" in said
    whole = replace(manifest, is_one_moment=True)
    said = "".join(
        _backup_sentences(BackupReport(path=Path("b"), manifest=whole, new_evidence=0, chain_broken_at=None))
    )
    assert "apart" not in said


def test_what_a_check_finds_is_listed_and_the_exit_says_so(home):
    raw = sqlite3.connect(home / "jianwei.sqlite")
    with raw:
        raw.execute("UPDATE accounts SET document = '{' WHERE name = 'wang'")
    raw.close()
    code, records, said = store(home, "check", "--quick")
    assert code == 1
    assert [(one["about"], one["key"]) for one in records[:-1]] == [("accounts", "wang")]
    assert "发现 1 处问题" in said
    assert "Traceback" not in said


def test_there_must_be_something_to_back_up_or_restore(tmp_path):
    for words in (("backup", str(tmp_path / "b")), ("restore", str(tmp_path / "none")), ("check",)):
        code, _, said = store(tmp_path / "home", *words)
        assert code == 2
        assert "Traceback" not in said
    assert not (tmp_path / "home").exists()


def test_a_cluster_that_is_not_set_up_leaves_no_empty_store_behind(tmp_path):
    code, _, said = store(tmp_path / "home", "copy", "--from", "elasticsearch", "--to", "sqlite")
    assert (code, "store.elasticsearch.nodes" in said) == (2, True)
    assert not (tmp_path / "home" / "jianwei.sqlite").exists()
