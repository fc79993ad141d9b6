"""`jianwei serve` and `jianwei users` as a user meets them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from deploy.cli.users import app
from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.settings import Settings
from review_ui.accounts import check_password

ROOT = Path(__file__).parents[2]
PASSWORD = "一个足够长的密码 2026"


def command(home: Path, *words: str, lang: str = "zh") -> tuple[list[str], dict[str, str]]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")}
    env |= {"JIANWEI_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}
    return [sys.executable, "-m", "deploy.cli.main", "--lang", lang, *words], env


def jianwei(home: Path, *words: str, typed: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
    line, env = command(home, *words)
    return subprocess.run(
        line, input=typed, capture_output=True, text=True, env={**env, **more}, timeout=60, check=False
    )


def users(home: Path, *words: str, typed: str = ""):
    """Run the noun in this process: starting Python costs more than the command."""
    return CliRunner().invoke(app, words, input=f"{typed}\n", env={"JIANWEI_HOME": str(home)})


def test_accounts_from_beginning_to_end(tmp_path: Path) -> None:
    made = users(tmp_path, "add", "wang", "--role", "cyberspace", "--display-name", "王某", typed=PASSWORD)
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout) == {
        "name": "wang", "display_name": "王某", "role": "cyberspace", "is_disabled": False, "has_password": True,
    }  # fmt: skip
    assert PASSWORD not in made.output
    assert isinstance(users(tmp_path, "add", "wang", "--role", "police", typed=PASSWORD).exception, UsageError)
    assert users(tmp_path, "role", "wang", "police").exit_code == 0
    assert users(tmp_path, "password", "wang", typed=f"{PASSWORD}!").exit_code == 0
    assert users(tmp_path, "disable", "wang").exit_code == 0
    listed = json.loads(users(tmp_path, "list").stdout)
    assert (listed["role"], listed["is_disabled"]) == ("police", True)
    with open_case(Settings(home=tmp_path)) as case:
        assert check_password(case.accounts, "wang", f"{PASSWORD}!") is None
    assert users(tmp_path, "disable", "wang", "--undo").exit_code == 0
    with open_case(Settings(home=tmp_path)) as case:
        assert check_password(case.accounts, "wang", PASSWORD) is None
        assert check_password(case.accounts, "wang", f"{PASSWORD}!")
        acts = [entry.act.partition(".")[2] for entry in case.audit.entries(about="wang")]
    assert acts == ["enable", "disable", "password", "role", "add"]


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("add", "li", "--role", "police"), "short", "密码"),
        (("add", "a b", "--role", "police"), PASSWORD, "用户名"),
        (("add", "practice-x", "--role", "police"), PASSWORD, "用户名"),
        (("role", "nobody", "police"), "", "nobody"),
        (("disable", "nobody"), "", "nobody"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, words, typed, said) -> None:
    error = users(tmp_path, *words, typed=typed).exception
    assert isinstance(error, UsageError)
    assert said in error.zh


def test_unknown_roles_are_named(tmp_path: Path) -> None:
    done = jianwei(tmp_path, "users", "add", "li", "--role", "mayor", typed=PASSWORD)
    assert done.returncode == 2
    assert "mayor" in done.stderr
    assert "Traceback" not in done.stderr


def test_serves_until_stopped(tmp_path: Path) -> None:
    line, env = command(tmp_path, "serve", "--port", "0")
    with subprocess.Popen(line, env=env, stderr=subprocess.PIPE, text=True) as desk:
        said = desk.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said).group(0)
        with urlopen(address) as answer:
            assert "登录鉴伪" in answer.read().decode()
        desk.send_signal(signal.SIGINT)
        rest = desk.stderr.read()
        assert desk.wait(20) == 0
    assert rest == ""


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = jianwei(tmp_path, "serve", "--port", str(port))
    assert done.returncode == 3
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_practice_sign_in_is_refused_on_an_open_address(tmp_path: Path) -> None:
    done = jianwei(tmp_path, "serve", "--bind", "0.0.0.0", JIANWEI_REVIEW_UI__PRACTICE_SIGN_IN="true")
    assert done.returncode == 2
    assert "JIANWEI_REVIEW_UI__PRACTICE_SIGN_IN" in done.stderr
    assert "演练登录" in done.stderr
