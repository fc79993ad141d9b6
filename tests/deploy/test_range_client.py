import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from deploy.range.client import Range
from deploy.range.world import ROOT
from pipelines.settings import load_settings


def test_its_settings_are_ordinary_settings(practice: Range, tmp_path: Path) -> None:
    file = tmp_path / "jianwei.toml"
    file.write_text(practice.settings_toml(), "utf-8")
    settings = load_settings({"JIANWEI_HOME": str(tmp_path)}, file)
    assert settings.dns.nameservers == (practice.dns,)
    assert settings.egress.proxy == practice.proxy
    assert "203.0.113.0/24" in {str(network) for network in settings.egress.allowed_networks}
    assert settings.home / settings.store.path == tmp_path / "jianwei.sqlite"
    for named in (*settings.files.names, *settings.files.listings, *settings.sweep.platform_definitions):
        assert named.is_file()


def test_the_truth_covers_sites_listings_and_adverts(practice: Range) -> None:
    truths = practice.truth()
    assert {truth.kind for truth in truths} == {"site", "listing", "advert"}
    assert len({(truth.kind, truth.key) for truth in truths}) == len(truths)


def test_it_starts_twice_in_one_folder_with_one_authority(tmp_path: Path) -> None:
    with Range(tmp_path) as first:
        authority = first.ca_file.read_bytes()
    assert not (tmp_path / "range.json").exists()
    with Range(tmp_path, phase="moved") as second:
        assert second.ca_file.read_bytes() == authority
        assert second.requests() == ()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "deploy.range", "serve", "--folder", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT.parent.parent, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        deadline = time.monotonic() + 60
        while not (tmp_path / "range.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        server.send_signal(number)
        assert server.wait(10) == 0
        assert server.stderr is not None and server.stderr.read() == b""


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    parent = (
        "import sys, time; from pathlib import Path; from deploy.range.client import Range\n"
        f"Range(Path({str(tmp_path)!r})); print('ready', flush=True); time.sleep(60)"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT.parent.parent)}
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, env=environ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        process.kill()
    deadline = time.monotonic() + 10
    while (tmp_path / "range.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_taken_port_is_one_clear_sentence(practice: Range, tmp_path: Path) -> None:
    port = practice.proxy.rpartition(":")[2]
    command = [sys.executable, "-m", "deploy.range", "serve", "--folder", str(tmp_path), "--proxy-port", port]
    done = subprocess.run(command, cwd=ROOT.parent.parent, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 3
    assert "address already in use" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_settings_name_no_store_so_that_a_practice_home_may_be_moved(practice: Range) -> None:
    assert "store" not in tomllib.loads(practice.settings_toml())


def test_it_ends_quietly_while_somebody_still_reads(tmp_path: Path) -> None:
    with Range(tmp_path) as running:
        host, _, port = running.proxy.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as link:
            link.sendall(b"GET http://www.wujin-zhengwen.com/ HTTP/1.1\r\nHost: www.wujin-zhengwen.com\r\n\r\n")
            assert link.recv(10) == b"HTTP/1.1 2"
            running.close()
    assert (tmp_path / "range.log").read_text("utf-8") == ""
