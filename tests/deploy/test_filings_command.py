"""`jianwei import filings`, `jianwei filings`: the registry comes in, answers come back, leads and assessments know."""

import csv
import io
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli.assess import assess
from deploy.cli.filings import app as filings
from deploy.cli.import_ import app as imports
from pipelines.bootstrap import open_case
from pipelines.errors import InputUnreadable, UsageError
from pipelines.settings import Settings
from tests.builders import a_sighting, a_site

HEADER = "域名,主办单位名称,单位性质,网站备案/许可证号,审核时间\n"
ROWS = "a-b.cn,甲科技有限公司,企业,苏ICP备12001234号-1,2020-05-12\nmohurd.gov.cn,住房和城乡建设部,政府机关,京ICP备10036469号-1,2015-01-01\n"


def run(app, home: Path, *words: str, code: int = 0, given: str | None = None):
    result = CliRunner().invoke(app, words, input=given, env={"JIANWEI_HOME": str(home)}, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "备案库2026-10-31.csv"
    path.write_bytes((HEADER + ROWS).encode("gbk"))
    return path


def test_an_import_says_what_it_did_and_is_audited(home, export, tmp_path):
    (record,), said = run(imports, home, "filings", str(export), "--by", "wang")
    assert (record["records"], record["registry_on"], record["rejected"]) == (2, "2026-10-31", 0)
    assert "2026-10-31" in said
    with open_case(Settings(home=home)) as case:
        (entry,) = [one for one in case.audit.entries() if one.act == "import.filings"]
        assert entry.by == "wang" and "2 records as of 2026-10-31" in entry.detail
    (again,), _ = run(imports, home, "filings", str(export))
    assert again["unchanged"]


def test_broken_rows_ask_for_a_person(home, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ROWS + ",甲,企业,苏ICP备12001234号,\n", "utf-8")
    (record,), said = run(imports, home, "filings", str(path), "--date", "2026-10-01", code=1)
    assert record["rejections"] == [{"file": "a.csv", "line": 4, "reason": "没有填写域名"}]
    assert Path(record["rejects_file"]).exists()
    assert "a.csv:4" in said


def test_no_export_is_a_sentence(home, tmp_path):
    (tmp_path / "a.csv").write_text("今天\n", "utf-8")
    with pytest.raises(InputUnreadable):
        run(imports, home, "filings", str(tmp_path / "a.csv"))


def test_show_and_lookup(home, export):
    assert run(filings, home, "show", "--json")[0] == [{"registry": None, "answers": 0}]
    run(imports, home, "filings", str(export))
    (shown,), _ = run(filings, home, "show", "--json")
    assert shown["registry"]["records"] == 2
    found, _ = run(filings, home, "lookup", "https://www.a-b.cn/x", "京ICP10036469号", "no.cn", "--json")
    assert [[one["domain"] for one in each["records"]] for each in found] == [["a-b.cn"], ["mohurd.gov.cn"], []]
    assert found[0]["registry_on"] == "2026-10-31"
    with pytest.raises(UsageError):
        run(filings, home, "lookup", "不是 域名")


def test_the_queue_goes_out_and_its_answers_come_back(home, export, tmp_path):
    with open_case(Settings(home=home)) as case:
        case.leads.merge_many([a_sighting(a_site("cx-mem-gov.cn"), 800)])
    listed, _ = run(filings, home, "queue", "--json")
    assert [(one["domain"], one["why"]) for one in listed] == [("cx-mem-gov.cn", "备案库未导入")]
    sheet = tmp_path / "queue.csv"
    assert run(filings, home, "queue", "--out", str(sheet))[0] == [{"file": str(sheet), "names": 1}]
    rows = list(csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig"), newline="")))
    rows[0] |= {"有无备案": "有", "备案号": "苏ICP备12001234号-1", "主办单位名称": "甲科技有限公司"}
    with sheet.open("w", encoding="gbk", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    (taken,), _ = run(imports, home, "filings", "--answers", str(sheet), "--by", "li")
    assert (taken["answered"], taken["leads_updated"]) == (1, 1)
    assert run(filings, home, "queue", "--json")[0] == []
    with open_case(Settings(home=home)) as case:
        lead = case.leads.get(a_sighting(a_site("cx-mem-gov.cn")).lead_id).document
        assert lead.observation.facts.filing == "苏ICP备12001234号-1"
        assert {one.by for one in case.audit.entries() if one.act == "import.filing_answers"} == {"li"}
    (again,), _ = run(filings, home, "answer", str(sheet))
    assert (again["changed"], again["leads_updated"]) == (0, 0)


def test_a_sheet_of_another_sort_is_refused(home, tmp_path):
    with pytest.raises(UsageError):
        run(filings, home, "queue", "--out", str(tmp_path / "queue.pdf"))


def test_assess_knows_the_registry_of_this_home(home, export):
    app = typer.Typer()
    app.command()(assess)
    html = "<title>证书查询</title><form><input placeholder=证件号码><button>查询</button></form><footer>主办单位：应急管理部 苏ICP备12001234号</footer>"
    line = json.dumps({"id": "1", "kind": "site", "url": "http://www.x-y.cn/", "html": html}) + "\n"
    before, _ = run(app, home, given=line)
    assert {"detector": "filing_registry", "cause": "备案库未导入，备案号未核对"} in before[0]["skips"]
    assert not home.exists()
    run(imports, home, "filings", str(export))
    after, _ = run(app, home, given=line)
    codes = {one["code"] for one in after[0]["signals"]}
    assert {"filing.registry_other_host", "filing.holder_mismatch"} <= codes
