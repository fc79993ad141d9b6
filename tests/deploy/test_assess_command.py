"""`jianwei assess` as it is run."""

import json
import subprocess
import sys
from pathlib import Path


def run(*arguments: str, given: bytes = b"", folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "deploy.cli.main", "--lang", "zh", "assess", *arguments]
    return subprocess.run(
        command, input=given, capture_output=True, timeout=120, check=False, cwd=Path(__file__).parents[2]
    )


def test_items_in_items_out_in_order(tmp_path):
    (tmp_path / "页.html").write_bytes(
        "<meta charset=gbk><title>应急管理部</title><p>主办单位：应急管理部</p>".encode("gbk")
    )
    lines = [
        json.dumps({"id": "甲", "kind": "site", "url": "http://q7.cn/", "html_path": "页.html"}, ensure_ascii=False),
        "{broken",
        "",
        json.dumps({"id": "乙", "kind": "text", "text": "x" * 3_000_000}),
        json.dumps({"id": "丙", "kind": "listing", "title": "证书架", "image_paths": ["a.jpg"]}, ensure_ascii=False),
        json.dumps({"id": "丁", "kind": "site", "html_path": "没有.html"}, ensure_ascii=False),
    ]
    path = tmp_path / "items.jsonl"
    path.write_text("\ufeff" + "\n".join(lines), "utf-8")
    done = run(str(path))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [record["id"] for record in records] == ["甲", "乙", "丙"]
    first = records[0]
    assert set(first) == {"id", "score_permille", "level", "signals", "skips"}
    assert set(first["signals"][0]) == {"code", "direction", "strength_permille", "reason", "quote"}
    assert "identity.claims_authority" in {signal["code"] for signal in first["signals"]}
    assert {"detector": "pictures", "cause": "a.jpg：无法打开（找不到这个文件）"} in records[2]["skips"]
    told = done.stderr.decode()
    assert "items.jsonl:2:" in told
    assert "items.jsonl:6:" in told


def test_standard_input():
    done = run("-", given='{"id":"1","kind":"text","text":"天气不错"}\n'.encode())
    assert done.returncode == 0
    assert json.loads(done.stdout)["level"] == "low"
    assert done.stderr == b""


def test_a_file_is_judged_as_its_lines_are_one_by_one(tmp_path):
    texts = ("办理焊工证，官网可查，加微信 abc12345", "安全生产月活动通知", "电工证复审在哪里报名？", "证" * 30_000)
    items = [
        json.dumps({"id": f"{kind}{place}", "kind": kind, "text": text}, ensure_ascii=False)
        for kind in ("text", "listing")
        for place, text in enumerate(texts)
    ]
    items.insert(
        2, json.dumps({"id": "页", "kind": "site", "html": "<title>查询</title><p>焊工证代办</p>"}, ensure_ascii=False)
    )
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join(items), "utf-8")
    together, alone = run(str(path)), run("-", given=path.read_bytes())
    assert together.returncode == alone.returncode == 0
    assert together.stdout == alone.stdout
    assert together.stdout.count(b"\n") == len(items)


def test_a_missing_file_is_one_sentence(tmp_path):
    done = run(str(tmp_path / "none.jsonl"))
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "none.jsonl" in done.stderr.decode()
