"""The corpus of broken pages: every one is judged, within time and memory, and no detector fails."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detectors.pages.read import MAX_LINKS, MAX_TEXT, decode_html, read_page
from detectors.registry import Knowledge, build_detectors
from detectors.runner import judge
from keywords.loader import load_lexicon
from keywords.roster import load_roster
from tests.broken.pages import BROKEN
from tests.builders import a_site, a_snapshot

_MEMORY_KB = 1_500_000


@pytest.fixture(scope="module")
def detectors():
    html = "<title>查询平台</title>" + "".join(f"<p class=a{n}>请输入证件号码{n}</p>" for n in range(60))
    snapshot = a_snapshot(html=html, page=read_page(html, "https://cx.mem.gov.cn/"))
    return build_detectors(Knowledge(roster=load_roster(), lexicon=load_lexicon(), snapshots=(snapshot,)))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_page_is_judged(name: str, detectors) -> None:
    html = decode_html(BROKEN[name](), "")
    page = read_page(html, "http://q7-zs.cn/")
    seen = a_site("q7-zs.cn", html=html, page=page)
    judged = judge(replace(seen, captures=(replace(seen.captures[0], html=html),)), detectors)
    assert not [skip for skip in judged.skips if "出错" in skip.cause]
    assert 0 <= judged.score_permille <= 1000
    assert len(page.text.replace("\n", "")) <= MAX_TEXT
    assert max(len(page.links), len(page.images), len(page.scripts)) <= MAX_LINKS


@pytest.mark.timeout(240)
def test_all_of_them_fit_into_memory(tmp_path: Path) -> None:
    lines = []
    for name, made in BROKEN.items():
        (tmp_path / f"{name}.html").write_bytes(made())
        lines.append({"id": name, "kind": "site", "url": "http://q7-zs.cn/", "html_path": f"{name}.html"})
    items = tmp_path / "items.jsonl"
    items.write_text("".join(f"{json.dumps(line)}\n" for line in lines if line["id"] != "empty"))
    command = f"ulimit -v {_MEMORY_KB}; exec {sys.executable} -m deploy.cli.main assess {items}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=230, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [name for name in BROKEN if name != "empty"]
    assert "出错" not in done.stdout
