import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.domains import app
from pipelines.errors import InputUnreadable, UsageError

KEYS = ["name", "imitates", "technique", "score_permille", "level", "span", "reason"]


def run(*words: str, stdin: str | bytes = b"") -> tuple[list[dict], str]:
    result = CliRunner().invoke(app, list(words), input=stdin, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def test_only_hits_are_printed_one_a_name(tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text(
        "# list\n\nmemory.com\nCX-MEM-GOV.CN.\nhttps://cxmem.cn:8443/x\n*.memgov.cn\ncx.mem.gov.cn\n", "utf-8"
    )
    hits, said = run("match", str(names))
    assert [hit["name"] for hit in hits] == ["cx-mem-gov.cn", "cxmem.cn", "memgov.cn"]
    assert all(list(hit) == KEYS for hit in hits)
    assert all("官方" in hit["reason"] for hit in hits)
    assert "5" in said
    assert "/s" in said


def test_broken_lines_are_counted_and_named_and_stop_nothing() -> None:
    hits, said = run("match", "-", stdin="cxmem.cn\nnot a host\n" + "x" * 5_000_000 + "\n\xff\x00\nmemgov.cn\n")
    assert [hit["name"] for hit in hits] == ["cxmem.cn", "memgov.cn"]
    assert "line 2" in said
    assert "line 3" in said
    assert "broken lines: 3" in said


def test_many_broken_lines_are_not_all_printed() -> None:
    _, said = run("match", stdin="no host here\n" * 1000)
    assert "broken lines: 1000" in said
    assert len(said.splitlines()) < 30


def test_gzip_is_understood_in_files_and_on_standard_input(tmp_path: Path) -> None:
    packed = gzip.compress("cxmem.cn\n应急管理部.com\n".encode())
    (tmp_path / "names.gz").write_bytes(packed)
    from_file, _ = run("match", str(tmp_path / "names.gz"))
    from_input, _ = run("match", stdin=packed)
    assert from_file == from_input
    assert [hit["name"] for hit in from_file] == ["cxmem.cn", "应急管理部.com"]


def test_a_damaged_gzip_says_where_it_stopped(tmp_path: Path) -> None:
    (tmp_path / "names.gz").write_bytes(gzip.compress(b"cxmem.cn\n" * 100_000)[:-40])
    with pytest.raises(InputUnreadable, match="出错"):
        run("match", str(tmp_path / "names.gz"))


def test_csv_needs_its_column_and_survives_a_stray_quotation_mark() -> None:
    table = '\ufeffid,域名,note\n1,http://cx-mem.cn/a,"two\nlines"\n2,"oops,x\n3,memgov.cn,\n4,,\n5\n6,mohurd.top,\n'
    hits, said = run("match", "--column", "域名", stdin=table.encode())
    assert [hit["name"] for hit in hits] == ["cx-mem.cn", "memgov.cn", "mohurd.top"]
    assert "broken lines: 3" in said


def test_csv_in_the_national_encoding_is_read() -> None:
    hits, _ = run("match", "--column", "域名", stdin="编号,域名\n1,应急管理部.com\n".encode("gb18030"))
    assert hits[0]["imitates"] == "www.mem.gov.cn"


def test_a_table_needs_no_column_named(tmp_path: Path) -> None:
    hits, said = run("match", stdin="序号,疑似域名,注册商\n1,cx-mem.cn,甲\n2,shop.cn,乙\n".encode("utf-16"))
    assert [hit["name"] for hit in hits] == ["cx-mem.cn"]
    assert "names read: 2, hits: 1, broken lines: 0" in said
    with pytest.raises(InputUnreadable, match="标准输入"):
        run("match", stdin=b"PK\x03\x04 an archive")


def test_a_missing_file_or_column_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable) as missing:
        run("match", str(tmp_path / "nowhere.txt"))
    assert missing.value.exit_code == 2
    with pytest.raises(InputUnreadable, match="没有名为"):
        run("match", "--column", "host", stdin="a,b\n1,2\n")
    with pytest.raises(InputUnreadable):
        run("match", str(tmp_path))


def test_names_are_generated_best_first() -> None:
    made, _ = run("generate", "cx.mem.gov.cn", "--limit", "3")
    assert [list(one) for one in made] == [["name", "imitates", "technique"]] * 3
    assert made[0] == {"name": "cx-mem-gov.cn", "imitates": "cx.mem.gov.cn", "technique": "dots_to_hyphens"}
    several, _ = run("generate", "mohurd.gov.cn", "zlaq.mohurd.gov.cn", "--limit", "5")
    assert {one["imitates"] for one in several} == {"www.mohurd.gov.cn", "zlaq.mohurd.gov.cn"}
    protected, _ = run("generate", "--limit", "1")
    assert len(protected) == 3


def test_a_site_that_is_not_rostered_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="名录"):
        run("generate", "example.com")


def test_what_is_generated_is_matched() -> None:
    made, _ = run("generate", "cx.mem.gov.cn", "--limit", "200")
    hits, _ = run("match", stdin="\n".join(one["name"] for one in made))
    assert len(hits) == len(made)


def test_a_keyword_just_added_is_looked_for_in_a_list() -> None:
    found, said = run(
        "match", "--keyword", "mohurd", "--keyword", "ZLAQ", stdin="www.mohurd-x.CN\nmohurrd.com\nplain.com\nzlaq.top\n"
    )
    assert [(one["name"], one["keyword"]) for one in found] == [
        ("www.mohurd-x.cn", "mohurd"),
        ("mohurrd.com", "mohurd"),
        ("zlaq.top", "zlaq"),
    ]
    assert [one["name"][slice(*one["span"])] for one in found] == ["mohurd", "mohurrd", "zlaq"]
    assert "lines read: 4, hits: 3" in said
    with pytest.raises(UsageError, match="关键词"):
        run("match", "--keyword", "应急")


def test_ctrl_c_ends_reading_with_the_code_of_an_interruption() -> None:
    command = [sys.executable, "-m", "deploy.cli.main", "--lang", "en", "domains", "match"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(b"cxmem.cn\n" * 20_000)  # more than the pipe holds: it is being read
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert (process.returncode, said.decode()) == (4, "Stopped.\n")
