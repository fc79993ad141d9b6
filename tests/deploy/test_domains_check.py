"""`jianwei domains check` against servers on loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.domains import app
from deploy.range.client import Range
from keywords.hosts import canonical_host
from pipelines.errors import InputUnreadable, SettingInvalid, SourceUnreachable, UsageError
from tests.crawler.fact_servers import FAIL, SILENT, scripted_names, whois_server

KEYS = [
    "name", "state", "reason", "registrable_domain", "dns", "tls", "registration", "network", "filing", "imitates",
    "checked_at",
]  # fmt: skip
RECORD = """Domain Name: cx-mem.cn
Registrant: 某某网络科技有限公司
Sponsoring Registrar: 阿里云计算有限公司（万网）
Registration Time: 2026-01-01 07:30:00
"""


def environment(home: Path, server: str, whois: int, **more: str) -> dict[str, str]:
    return {
        "JIANWEI_HOME": str(home),
        "JIANWEI_DNS__NAMESERVERS": json.dumps([server]),
        "JIANWEI_DNS__TIMEOUT_S": "0.3",
        "JIANWEI_DNS__ATTEMPTS": "1",
        "JIANWEI_EGRESS__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "JIANWEI_FACTS__ROUND_GAP_S": "0",
        "JIANWEI_FACTS__SERVER_INTERVAL_S": "0",
        "JIANWEI_FACTS__WHOIS_SERVERS": json.dumps({"cn": f"127.0.0.1:{whois}"}),
        **more,
    }


def run(env: dict[str, str], *words: str, code: int = 0, stdin: str = "") -> tuple[list[dict], str]:
    result = CliRunner().invoke(app, ["check", *words], input=stdin, env=env, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def test_names_in_their_order_with_whom_they_imitate(tmp_path: Path) -> None:
    zone = {("cx-mem.cn", "A"): ["127.0.0.1"], ("broken.cn", "ANY"): FAIL}
    answers = {"cx-mem.cn": RECORD.encode(), "broken.cn": b"limit exceeded"}
    with scripted_names(zone) as (server, _), whois_server(answers) as whois:
        env = environment(tmp_path, server, whois.port)
        names = ["https://CX-MEM.cn./x", "free-one.cn", "broken.cn", "cx-mem.cn"]
        found, said = run(env, *names)
    assert [one["name"] for one in found] == ["cx-mem.cn", "free-one.cn", "broken.cn"]
    assert [one["state"] for one in found] == ["resolving", "not_registered", "servfail"]
    assert [one["imitates"] for one in found] == ["cx.mem.gov.cn", None, None]
    assert all(list(one) == KEYS for one in found)
    first = found[0]
    assert first["dns"]["a"] == ["127.0.0.1"]
    assert first["dns"]["mx"] == []
    assert found[1]["dns"]["a"] == {"unknown": "域名不存在（NXDOMAIN）"}
    assert first["registration"]["registered_at"] == "2025-12-31T23:30:00Z"
    assert first["registration"]["expires_at"] == {"unknown": "登记机构未公布"}
    assert "limit exceeded" in found[2]["registration"]["unknown"]
    assert first["filing"] == {"unknown": "备案库未导入"}
    assert first["network"][0]["table"] == "geoip2fast"
    assert set(first["tls"]) == {"unknown"}
    assert "3" in said


def test_lines_of_a_file_and_of_standard_input(tmp_path: Path) -> None:
    listed = tmp_path / "names.txt"
    listed.write_text("# list\n\nfree-one.cn\nnot a host\n203.0.113.5\n*.free-two.cn\n", "utf-8")
    with scripted_names({}) as (server, _), whois_server({}) as whois:
        env = environment(tmp_path, server, whois.port)
        found, said = run(env, str(listed), code=1)
        piped, _ = run(env, "-", stdin="free-two.cn\n假证查询.cn\n")
        with pytest.raises(InputUnreadable):
            run({**env, "JIANWEI_FACTS__NETWORK_TABLE": str(tmp_path / "none.csv")}, "a.cn")
    assert [one["name"] for one in found] == ["free-one.cn", "free-two.cn"]
    assert "line 4" in said
    assert "line 5" in said
    assert "not host names: 2" in said
    assert [one["name"] for one in piped] == ["free-two.cn", canonical_host("假证查询.cn")]


@pytest.mark.parametrize(
    "content",
    [
        "序号,域名,注册商\r\n1,free-one.cn,甲\r\n2,假证查询.cn,乙\r\n".encode("gb18030"),
        "free-one.cn\r\n假证查询.cn\r\n".encode("utf-16"),
    ],
)
def test_a_file_is_read_as_other_lists_are(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "names").write_bytes(content)
    with scripted_names({}) as (server, _), whois_server({}) as whois:
        found, said = run(environment(tmp_path, server, whois.port), str(tmp_path / "names"))
    assert [one["name"] for one in found] == ["free-one.cn", canonical_host("假证查询.cn")]
    assert "not host names: 0" in said


def test_a_long_url_is_no_file_but_a_name(tmp_path: Path) -> None:
    with scripted_names({}) as (server, _), whois_server({}) as whois:
        found, _ = run(environment(tmp_path, server, whois.port), f"https://free-one.cn/{'a' * 300}?b=/c")
    assert [one["name"] for one in found] == ["free-one.cn"]


def test_what_is_not_settled_needs_a_person(tmp_path: Path) -> None:
    with (
        scripted_names({("mute.cn", "ANY"): SILENT}) as (server, _),
        whois_server({"mute.cn": b"quota exceeded"}) as whois,
    ):
        found, said = run(environment(tmp_path, server, whois.port), "mute.cn", code=1)
    assert found[0]["state"] == "timeout"
    assert "mute.cn" in said


def test_the_operators_table_is_used(tmp_path: Path) -> None:
    table = tmp_path / "networks.csv"
    table.write_text("# 2026-10-01\ncidr,asn,owner,country,province\n127.0.0.0/8,64500,某机房,CN,江苏\n", "utf-8")
    with scripted_names({("cx-mem.cn", "A"): ["127.0.0.1"]}) as (server, _), whois_server({}) as whois:
        env = environment(tmp_path, server, whois.port, JIANWEI_FACTS__NETWORK_TABLE=str(table))
        found, _ = run(env, "cx-mem.cn")
    assert found[0]["network"] == [
        {"address": "127.0.0.1", "asn": 64500, "owner": "某机房", "country": "CN", "province": "江苏",
         "table": "networks.csv", "table_on": "2026-10-01"}
    ]  # fmt: skip


def test_a_second_run_asks_no_registry_and_a_fresh_one_does(tmp_path: Path) -> None:
    with scripted_names({}) as (server, _), whois_server({}) as whois:
        env = environment(tmp_path, server, whois.port)
        first, _ = run(env, "free-one.cn")
        again, _ = run(env, "free-one.cn")
        assert whois.lines == ["free-one.cn"]
        run(env, "free-one.cn", "--fresh")
        assert whois.lines == ["free-one.cn"] * 2
    assert again[0]["registration"] == first[0]["registration"]


def test_dead_name_servers_are_said_before_anything_is_asked(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody, whois_server({}) as whois:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(SourceUnreachable):
            run(environment(tmp_path, f"127.0.0.1:{nobody.getsockname()[1]}", whois.port), "a.cn")
    assert whois.lines == []


@pytest.mark.parametrize("servers", ['{"cn": "http://x"}', '{"cn": 5}', "[]", '{"cn": "a b"}'])
def test_servers_that_cannot_be_are_refused(tmp_path: Path, servers: str) -> None:
    with pytest.raises(SettingInvalid, match="whois_servers"):
        run({**environment(tmp_path, "127.0.0.1:5", 1), "JIANWEI_FACTS__WHOIS_SERVERS": servers}, "a.cn")


def test_stopping_is_said_and_what_was_found_is_kept(tmp_path: Path) -> None:
    def wait(connection: socket.socket) -> None:
        connection.settimeout(30)
        connection.recv(1)

    with scripted_names({}) as (server, _), whois_server({"slow.cn": wait}) as whois:
        env = {**os.environ, **environment(tmp_path, server, whois.port, JIANWEI_FACTS__SERVER_SLOTS="4")}
        command = [
            sys.executable,
            "-m",
            "deploy.cli.main",
            "--lang",
            "zh",
            "domains",
            "check",
            "free-one.cn",
            "slow.cn",
        ]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            assert running.stdout
            assert running.stderr
            first = json.loads(running.stdout.readline())
            give_up_at = time.monotonic() + 30
            while "slow.cn" not in whois.lines:
                assert time.monotonic() < give_up_at
                time.sleep(0.02)
            running.send_signal(signal.SIGINT)
            said = running.stderr.read().decode()
            assert running.wait(30) == 4
    assert first["name"] == "free-one.cn"
    assert "已按要求停止" in said
    assert "Traceback" not in said
    assert "never retrieved" not in said


def test_the_practice_range_through_its_proxy(practice: Range, tmp_path: Path) -> None:
    env = {
        "JIANWEI_HOME": str(tmp_path),
        "JIANWEI_DNS__NAMESERVERS": json.dumps([practice.dns]),
        "JIANWEI_EGRESS__PROXY": practice.proxy,
        "JIANWEI_EGRESS__ALLOWED_NETWORKS": '["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]',
        "JIANWEI_FACTS__ROUND_GAP_S": "0",
        "JIANWEI_FACTS__SERVER_INTERVAL_S": "0",
    }
    names = [
        "cx-mem-gov.cn",
        "www.guoqi-zhengshu.com",
        "www.ziqian-zhengshu.com",
        "www.cuoming-zhengshu.com",
        "nobody-home.cn",
    ]
    found, _ = run(env, *names)
    assert [one["state"] for one in found] == ["resolving"] * 4 + ["nxdomain"]
    faults = {one["name"]: one["tls"].get("faults") for one in found}
    assert "expired" in faults["www.guoqi-zhengshu.com"]
    assert "self_signed" in faults["www.ziqian-zhengshu.com"]
    assert "wrong_name" in faults["www.cuoming-zhengshu.com"]
    assert faults["nobody-home.cn"] is None
    assert all("whois.cnnic.cn" in one["registration"]["unknown"] for one in found if one["name"].endswith(".cn"))


def test_a_checked_lookalike_is_watched_and_its_changes_are_said(tmp_path: Path) -> None:
    zone = {("cx-mem.cn", "A"): ["127.0.0.1"]}
    with scripted_names(zone) as (server, _), whois_server({"cx-mem.cn": RECORD.encode()}) as whois:
        env = environment(tmp_path, server, whois.port)
        _, said = run(env, "cx-mem.cn", "free-one.cn")
        assert "cx-mem.cn 于" in said
        assert "free-one.cn 于" not in said
        _, again = run(env, "cx-mem.cn", "--fresh")
        assert "cx-mem.cn 于" not in again
        due, _ = run(env, "--due")
    assert due == []


def test_names_or_those_due_but_not_both(tmp_path: Path) -> None:
    for words in ([], ["cx-mem.cn", "--due"]):
        with pytest.raises(UsageError, match="--due"):
            run({"JIANWEI_HOME": str(tmp_path)}, *words)
