"""`jianwei certificate check` as it is run."""

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.picture_builders import LOOKALIKE, OFFICIAL, SOUND_NUMBER, as_bytes, card, qr

ROOT = Path(__file__).parents[2]


def run(*arguments, lang="zh"):
    command = [sys.executable, "-m", "deploy.cli.main", "--lang", lang, "certificate", "check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=280, check=False, cwd=ROOT)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_photographs_good_bad_and_hostile_each_get_their_answer(tmp_path):
    official, fake = tmp_path / "真.png", tmp_path / "假.jpg"
    official.write_bytes(as_bytes(card(OFFICIAL)))
    fake.write_bytes(as_bytes(card(LOOKALIKE), "JPEG", quality=80))
    page = tmp_path / "网页.jpg"
    page.write_bytes(b"<html><script>1</script></html>")
    cut = tmp_path / "残.png"
    cut.write_bytes(as_bytes(qr(OFFICIAL))[:200])
    code, records, told = run(official, page, cut, fake)
    assert code == 1
    assert [one["image"] for one in records] == [str(official), str(page), str(cut), str(fake)]
    assert [one["verdict"] for one in records] == ["leads_to_official", "unreadable", "unreadable", "leads_elsewhere"]
    assert set(records[0]) >= {"image", "verdict", "codes", "text_findings"}
    assert {key: records[3]["codes"][0][key] for key in ("text", "host", "imitates")} == {
        "text": LOOKALIKE,
        "host": "cx-mem-gov.cn",
        "imitates": "cx.mem.gov.cn",
    }
    assert "网页" in told
    assert SOUND_NUMBER not in json.dumps(records) + told
    assert "Traceback" not in told


def test_a_missing_file_is_bad_usage_and_the_others_are_answered(tmp_path):
    found = tmp_path / "a.png"
    found.write_bytes(as_bytes(qr(OFFICIAL)))
    code, records, told = run(tmp_path / "none.jpg", found)
    assert code == 2
    assert [one["verdict"] for one in records] == ["unreadable", "leads_to_official"]
    assert "none.jpg" in told


def test_a_list_is_checked_and_written_out_masked(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证书编号", "工种", "发证日期", "有效期至"])
    book.active.append(["王建国", SOUND_NUMBER, "低压电工", "2024-05-10", "2030-05-09"])
    book.active.append(["=cmd()", SOUND_NUMBER[:-1], "焊工", "2024-05-10", "长期"])
    book.save(tmp_path / "名单.xlsx")
    out = tmp_path / "结果.xlsx"
    code, records, told = run(tmp_path / "名单.xlsx", "--out", out)
    assert code == 1
    assert [(one["row"], one["verdict"]) for one in records] == [(2, "sound"), (3, "wrong")]
    assert "有误 1 条（第 3 行）" in told
    cells = [str(cell.value) for row in openpyxl.load_workbook(out).active.iter_rows() for cell in row]
    everything = json.dumps(records, ensure_ascii=False) + told + " ".join(cells)
    assert SOUND_NUMBER[7:15] not in everything
    assert "王建国" not in everything
    assert not any(cell.startswith("=") for cell in cells)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(("name", "arguments"), [("a.csv", ()), ("a.csv", ("--out", "a.docx"))])
def test_what_cannot_be_used_is_one_sentence(tmp_path, name, arguments):
    path = tmp_path / name
    path.write_text("a,b\n1,2\n", "utf-8")
    code, records, told = run(path, *arguments)
    assert (code, records) == (2, [])
    assert told.count("\n") == 1
