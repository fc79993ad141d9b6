"""`jianwei export`: which leads go out, and what stands in the audit log."""

import json

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from deploy.cli import export
from pipelines import lifecycle
from pipelines.bootstrap import open_case
from pipelines.errors import QuerySyntaxError
from pipelines.exports.model import NothingToExport
from pipelines.settings import Settings
from tests.builders import AT, a_listing, a_sighting, a_site


@pytest.fixture
def home(tmp_path, clock):
    """Two counterfeit sites, two listings on different platforms, all confirmed; one site nobody decided about."""
    with open_case(Settings(home=tmp_path / "home"), clock) as case:
        seen = [a_site("cx-mem-gov.cn"), a_site("zscx-mohurd.top"), a_listing(item_id="1"), a_site("new.example")]
        for made in case.leads.merge_many([a_sighting(one, 900) for one in seen])[:3]:
            found = case.leads.get(made.lead_id)
            screened = lifecycle.start_screening(found.document, "wang", AT)
            case.leads.put(lifecycle.confirm(screened, "wang", "仿冒官网", AT), found.version)
    return tmp_path / "home"


@pytest.fixture
def run(home, tmp_path):
    app = typer.Typer()
    app.add_typer(export.app, name="export")

    def invoke(*words):
        words = ("export", *words, "--out", str(tmp_path / "out"))
        done = CliRunner().invoke(app, words, env={"JIANWEI_HOME": str(home)}, catch_exceptions=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return invoke


def hosts(record):
    cells = {str(cell.value) for row in openpyxl.load_workbook(record["file"]).active for cell in row}
    return {host for host in ("cx-mem-gov.cn", "zscx-mohurd.top", "new.example") if any(host in one for one in cells)}


def test_everything_confirmed_goes_out_without_a_search(run):
    (record,) = run("takedown")
    assert (record["rows"], hosts(record)) == (2, {"cx-mem-gov.cn", "zscx-mohurd.top"})


def test_a_search_narrows_the_list_and_is_audited(run, home, clock):
    (record,) = run("takedown", "--search", "mohurd -包过")
    assert (record["rows"], hosts(record)) == (1, {"zscx-mohurd.top"})
    with open_case(Settings(home=home), clock) as case:
        assert case.audit.entries(limit=1)[0].detail.endswith("search mohurd -包过")
    with pytest.raises(NothingToExport):
        run("takedown", "--search", "new.example")


def test_letters_are_narrowed_as_well(run):
    (record,) = run("delisting", "--search", "类型:平台商品 闲鱼")
    assert record["rows"] == 1
    with pytest.raises(NothingToExport):
        run("delisting", "--search", "类型:网站")


def test_a_search_that_is_wrong_says_where(run):
    with pytest.raises(QuerySyntaxError) as said:
        run("takedown", "--search", '包过 "证')
    assert "第 4 个字符" in said.value.zh
