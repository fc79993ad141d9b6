"""Servers that are dead, disks that are full, databases that are locked: one clear sentence, the right exit code, nothing lost."""

import json
import sqlite3
from pathlib import Path

import pytest

from deploy.range.client import Range
from tests.broken.conftest import Jianwei
from tests.e2e.conftest import free_port

pytestmark = pytest.mark.timeout(300)


def the_one_sentence(stderr: str) -> str:
    assert "Traceback" not in stderr
    return stderr.strip().splitlines()[-1]


def settings_of(practice: Range) -> dict[str, str]:
    return {
        "DNS__NAMESERVERS": json.dumps([practice.dns]),
        "EGRESS__PROXY": practice.proxy,
        "EGRESS__ALLOWED_NETWORKS": '["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]',
        "SWEEP__SOURCES": '["snapshots"]',
        "CRAWL__HOST_DELAY_S": "0.05",
        "CRAWL__TIMEOUT_S": "10",
    }


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory):
    with Range(tmp_path_factory.mktemp("range")) as running:
        yield running


def test_dead_name_server(jianwei: Jianwei, practice: Range) -> None:
    address = f"127.0.0.1:{free_port()}"
    done = jianwei(
        "sweep", **settings_of(practice) | {"DNS__NAMESERVERS": json.dumps([address]), "DNS__TIMEOUT_S": "0.3"}
    )
    assert done.returncode == 3
    assert address in the_one_sentence(done.stderr)


def test_dead_proxy(jianwei: Jianwei, practice: Range) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    done = jianwei("sweep", **settings_of(practice) | {"EGRESS__PROXY": address})
    assert done.returncode == 3
    assert address.removeprefix("http://") in the_one_sentence(done.stderr)


def test_work_goes_on_when_the_name_server_is_back(jianwei: Jianwei, practice: Range) -> None:
    dead = settings_of(practice) | {"DNS__NAMESERVERS": f'["127.0.0.1:{free_port()}"]', "DNS__TIMEOUT_S": "0.3"}
    assert jianwei("sweep", **dead).returncode == 3
    done = jianwei("sweep", "--resume", "--json", **settings_of(practice))
    assert done.returncode == 0, done.stderr
    assert not json.loads(done.stdout)["left"].get("snapshot")


def test_missing_browser(jianwei: Jianwei, practice: Range, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("bash", "python3"):
        (tmp_path / "bin" / name).symlink_to(f"/usr/bin/{name}")
    done = jianwei(
        "sweep", "--json", **settings_of(practice), PATH=str(tmp_path / "bin"), PLAYWRIGHT_BROWSERS_PATH=str(tmp_path)
    )
    assert done.returncode in {0, 1}, done.stderr
    report = json.loads(done.stdout)
    assert any("Chromium" in sentence for sentence in report["not_run"])
    assert report["done"]["snapshot"] > 0


def test_locked_database(jianwei: Jianwei, home: Path, listings: Path) -> None:
    assert jianwei("status").returncode in {0, 1}
    lock = sqlite3.connect(home / "jianwei.sqlite", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    done = jianwei("import", "listings", str(listings), STORE__BUSY_TIMEOUT_S="0.5")
    lock.execute("ROLLBACK")
    lock.close()
    assert done.returncode == 3
    assert "jianwei.sqlite" in the_one_sentence(done.stderr)
    assert json.loads(jianwei("import", "listings", str(listings)).stdout)["accepted"] == 300


def test_full_disk(jianwei: Jianwei, home: Path, listings: Path) -> None:
    # A limit on file sizes is refused by the kernel just as a full disk is, and needs no rights to set.
    done = jianwei("import", "listings", str(listings), shell="ulimit -f 400;")
    assert done.returncode == 3
    the_one_sentence(done.stderr)
    again = json.loads(jianwei("import", "listings", str(listings)).stdout)
    assert again["accepted"] == 300
    assert again["outcomes"].get("created", 0) + again["outcomes"].get("unchanged", 0) == 300
    assert jianwei("evidence", "verify").returncode == 0


def test_home_that_cannot_be_written(jianwei: Jianwei, home: Path, listings: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("a file where the folder should be")
    done = jianwei("import", "listings", str(listings))
    assert done.returncode in {2, 3}
    assert str(home) in the_one_sentence(done.stderr)


def test_database_that_is_none(jianwei: Jianwei, home: Path, listings: Path) -> None:
    home.mkdir()
    (home / "jianwei.sqlite").write_bytes(b"this is no database, " * 400)
    done = jianwei("import", "listings", str(listings))
    assert done.returncode == 3
    assert "jianwei.sqlite" in the_one_sentence(done.stderr)
