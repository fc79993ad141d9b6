"""The `jianwei` command as a user meets it: one sentence, the right exit code, no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def jianwei(*words: str, home: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    env = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")}
    env |= {
        "JIANWEI_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "LANG": "zh_CN.UTF-8",
        "LC_ALL": "zh_CN.UTF-8",
        **environ,
    }
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli.main", *words],
        capture_output=True,
        text=True,
        env=env,
        timeout=120,
        check=False,
    )


def test_unknown_words_are_a_usage_error(tmp_path: Path) -> None:
    done = jianwei("frobnicate", home=tmp_path)
    assert done.returncode == 2
    assert "frobnicate" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("JIANWEI_DNS__NAMESERVERS", '["nowhere"]', "dns.nameservers"),
        ("JIANWEI_SWEEP__ENGINES", '["altavista"]', "altavista"),
        ("JIANWEI_COLOUR", "red", "colour"),
        ("JIANWEI_EGRESS__PROXY", "socks5://x", "egress.proxy"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, name: str, value: str, said: str) -> None:
    done = jianwei("config", "check", home=tmp_path, **{name: value})
    assert done.returncode == 2
    assert said in done.stderr
    assert "请改正" in done.stderr
    assert "Traceback" not in done.stderr


def test_config_check_says_where_values_come_from(tmp_path: Path) -> None:
    (tmp_path / "jianwei.toml").write_text("[crawl]\nconcurrency = 3\n", "utf-8")
    done = jianwei("config", "check", "--json", home=tmp_path, JIANWEI_CRAWL__TIMEOUT_S="7")
    rows = {row["key"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows["crawl.concurrency"] == {
        "key": "crawl.concurrency",
        "value": 3,
        "origin": str(tmp_path / "jianwei.toml"),
    }
    assert rows["crawl.timeout_s"]["origin"] == "JIANWEI_CRAWL__TIMEOUT_S"
    assert rows["dns.nameservers"]["origin"] == "默认值"


def test_broken_settings_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "jianwei.toml").write_text("[crawl\n", "utf-8")
    done = jianwei("config", "check", home=tmp_path)
    assert done.returncode == 2
    assert str(tmp_path / "jianwei.toml") in done.stderr


def test_english_when_asked(tmp_path: Path) -> None:
    done = jianwei("--lang", "en", "config", "check", home=tmp_path, JIANWEI_COLOUR="red")
    assert "there is no such setting" in done.stderr


def test_import_names_broken_rows_and_keeps_the_others(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    good = "".join(f"{n},电工证包过 不用考试 官网可查,380,https://s.example.com/{n}\n" for n in range(1, 964))
    bad = "".join(f"{n},,380,https://s.example.com/{n}\n" for n in range(2001, 2038))
    file.write_text("商品ID,标题,价格,链接\n" + good + bad, "utf-8")
    done = jianwei("import", "listings", str(file), "--platform", "某商城", home=tmp_path / "home")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert (report["accepted"], report["rejected"]) == (963, 37)
    assert [one["line"] for one in report["rejections"]] == list(range(965, 1002))
    assert all(f"export.csv:{line}" in done.stderr for line in range(965, 1002))
    assert len(Path(report["rejects_file"]).read_text("utf-8-sig").splitlines()) == 38
    again = jianwei("import", "listings", str(file), "--platform", "某商城", home=tmp_path / "home")
    assert json.loads(again.stdout)["outcomes"] == {"unchanged": 963}


def test_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    done = jianwei("import", "listings", str(tmp_path / "none.csv"), home=tmp_path / "home")
    assert done.returncode == 2
    assert "none.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_to_export_is_said_so(tmp_path: Path) -> None:
    done = jianwei("export", "takedown", "--out", str(tmp_path / "out"), home=tmp_path / "home")
    assert done.returncode == 1
    assert "认定" in done.stderr
    assert not (tmp_path / "out").exists()
