import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.domains import app as domains
from deploy.cli.import_ import app
from pipelines.bootstrap import open_case
from pipelines.errors import InputUnreadable, UsageError
from pipelines.settings import Settings

HEADER = "域名,名称,主办单位,重点保护\n"
OWN = "yjglj.guanyun.gov.cn,灌云县应急管理局,灌云县应急管理局,是\n"


def run(home: Path, *words: str, code: int = 0) -> tuple[dict, str]:
    result = CliRunner().invoke(app, ["sites", *words], env={"JIANWEI_HOME": str(home)}, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return json.loads(result.stdout), result.stderr


def sheet(folder: Path, text: str) -> str:
    path = folder / "sites.csv"
    path.write_text(text, "utf-8")
    return str(path)


def test_imported_sites_are_audited_and_seen_by_every_command(tmp_path: Path) -> None:
    home = tmp_path / "home"
    record, said = run(home, sheet(tmp_path, HEADER + OWN), "--by", "zhang")
    assert (record["added"], record["rejected"], record["conflicts"]) == (1, 0, [])
    assert str(home / "official_sites.csv") in said
    with open_case(Settings(home=home)) as case:
        (entry,) = [one for one in case.audit.entries() if one.act == "import.sites"]
        assert (entry.by, entry.about) == ("zhang", "sites.csv")
        assert "1 added" in entry.detail and "yjglj.guanyun.gov.cn" in entry.detail and "sha256" in entry.detail
        assert "yjglj.guanyun.gov.cn" in {site.host for site in case.roster.protected}
    made = CliRunner().invoke(
        domains, ["generate", "yjglj.guanyun.gov.cn", "--limit", "3"], env={"JIANWEI_HOME": str(home)}
    )
    assert made.stdout.count('"imitates":"yjglj.guanyun.gov.cn"') == 3
    hits = CliRunner().invoke(domains, ["match"], input="yjglj-guanyun-gov.cn\n", env={"JIANWEI_HOME": str(home)})
    assert json.loads(hits.stdout)["imitates"] == "yjglj.guanyun.gov.cn"


def test_refused_rows_and_conflicts_ask_for_a_person(tmp_path: Path) -> None:
    home = tmp_path / "home"
    record, said = run(home, sheet(tmp_path, HEADER + OWN + "memgov.cn,甲,乙,\n"), code=1)
    assert (record["added"], record["rejected"]) == (1, 1)
    assert record["rejections"][0]["line"] == 3
    assert Path(record["rejects_file"]).is_file()
    assert "sites.csv:3" in said and "--accept-lookalike" in said
    record, said = run(home, sheet(tmp_path, HEADER + "memgov.cn,甲,乙,\n"), "--accept-lookalike", code=1)
    assert record["conflicts"][0]["host"] == "memgov.cn"
    assert "请核对" in said


def test_a_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    record, said = run(tmp_path / "home", sheet(tmp_path, HEADER + OWN), "--dry-run")
    assert record["added"] == 1 and record["dry_run"] is True
    assert "nothing was written" in said or "没有写入" in said
    assert not (tmp_path / "home").exists()


def test_the_template_opens_in_office_programs() -> None:
    result = CliRunner().invoke(app, ["sites", "--template"])
    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbf")
    header, example = csv.reader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline=""))
    assert header[0] == "域名" and len(header) == len(example)


def test_no_file_or_a_missing_one_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--template"):
        run(tmp_path)
    with pytest.raises(InputUnreadable, match="找不到"):
        run(tmp_path, str(tmp_path / "nowhere.csv"))


def test_a_damaged_roster_stops_every_command(tmp_path: Path) -> None:
    (tmp_path / "official_sites.csv").write_text("host\nx\n", "utf-8")
    with pytest.raises(InputUnreadable, match="previous"):
        run(tmp_path, sheet(tmp_path, HEADER + OWN))
    with pytest.raises(InputUnreadable):
        open_case(Settings(home=tmp_path))
