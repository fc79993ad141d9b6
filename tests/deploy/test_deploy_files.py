"""compose.yaml and the systemd units: every command and setting they name exists, and systemd itself finds nothing wrong."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from deploy.cli.main import _register, app
from pipelines.settings import load_settings
from pipelines.stores.redis.connection import link_of

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"] == "jianwei"}


def unit(path):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(path.read_text("utf-8"))
    return parser


def commands():
    """Yield (where, the words after `jianwei`)."""
    for name, one in OURS.items():
        assert one["command"][0] == "jianwei"
        yield name, one["command"][1:]
    for path in UNITS:
        if path.suffix == ".service":
            program, *words = shlex.split(unit(path)["Service"]["ExecStart"])
            assert program == "/opt/jianwei/.venv/bin/jianwei"
            yield path.name, words


@pytest.mark.parametrize(("where", "words"), tuple(commands()))
def test_every_command_exists(where, words):
    _register(words)
    told = CliRunner().invoke(app, [*words, "--help"])
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize("name", OURS)
def test_every_setting_exists_and_all_services_work_on_one_case(name, tmp_path):
    environment = {
        key: re.sub(r"\$\{\w+:\?[^}]*\}", "secret", value) for key, value in OURS[name]["environment"].items()
    }
    settings = load_settings(environment | {"JIANWEI_HOME": str(tmp_path)})
    assert settings.store.kind == "elasticsearch"
    assert not settings.workers.renders_here
    link_of(settings).close()
    assert set(OURS[name]["depends_on"]) == {"redis", "elasticsearch"}


def test_only_the_desk_is_reached_from_outside_and_only_from_this_machine():
    assert {name for name, one in COMPOSE["services"].items() if "ports" in one} == {"desk"}
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["desk"]["ports"])
    assert COMPOSE["networks"]["inside"]["internal"]
    named = {volume.partition(":")[0] for one in COMPOSE["services"].values() for volume in one["volumes"]}
    assert named == set(COMPOSE["volumes"])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd on this machine")
def test_systemd_finds_nothing_wrong(tmp_path):
    for path in UNITS:
        text = path.read_text("utf-8").replace("/opt/jianwei/.venv/bin/jianwei", shutil.which("true"))
        (tmp_path / path.name).write_text(text.replace("/opt/jianwei", str(ROOT)), "utf-8")
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / path.name) for path in UNITS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in told.stderr.splitlines() if "jianwei" in line]
    assert (told.returncode, ours) == (0, [])


def test_the_timer_starts_a_unit_that_is_there():
    timers = [path for path in UNITS if path.suffix == ".timer"]
    assert timers
    assert all(path.with_suffix(".service") in UNITS for path in timers)
