import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.assess import assess
from deploy.cli.import_ import app
from deploy.cli.keywords import app as keywords
from pipelines.bootstrap import open_case
from pipelines.errors import InputUnreadable, UsageError
from pipelines.settings import Settings

HEADER = "关键词,类别,含义,权重,文号,提供日期\n"
NEW = "塔机通证,证书,,强,灌住建〔2026〕8号,2026-10-08\n官网秒录,承诺,可查,强,灌住建〔2026〕8号,2026-10-08\n"
HOUSING = "灌云县住房和城乡建设局"


def run(home: Path, *words: str, code: int = 0) -> tuple[dict, str]:
    result = CliRunner().invoke(app, ["terms", *words], env={"JIANWEI_HOME": str(home)}, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return json.loads(result.stdout), result.stderr


def listed(home: Path, *words: str) -> list[dict]:
    result = CliRunner().invoke(keywords, list(words), env={"JIANWEI_HOME": str(home)}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def sheet(folder: Path, text: str) -> str:
    path = folder / "list.csv"
    path.write_text(text, "utf-8")
    return str(path)


def test_imported_terms_are_audited_and_used_by_every_command(tmp_path: Path) -> None:
    home = tmp_path / "home"
    record, said = run(home, sheet(tmp_path, HEADER + NEW), "--by", "zhang", "--department", HOUSING)
    assert (record["added"], record["rejected"], record["conflicts"]) == (2, 0, [])
    assert str(home / "terms.csv") in said
    with open_case(Settings(home=home)) as case:
        (entry,) = [one for one in case.audit.entries() if one.act == "import.terms"]
        assert (entry.by, entry.about) == ("zhang", "list.csv")
        assert "2 added" in entry.detail and "塔机通证" in entry.detail and "sha256" in entry.detail
        assert {"塔机通证", "官网秒录"} <= {term.text for term in case.lexicon.terms}

    terms = listed(home, "list", "--department", HOUSING)
    assert {term["text"] for term in terms} == {"塔机通证", "官网秒录"}
    assert terms[0]["origins"][0] == {
        "department": HOUSING,
        "source": "list",
        "notice": "灌住建〔2026〕8号",
        "listed_on": "2026-10-08",
    }
    assert listed(home, "list", "--source", "灌住建〔2026〕8号", "--kind", "promise")[0]["text"] == "官网秒录"
    (folded,) = listed(home, "normalise", "塔/机/通/证")
    assert folded["terms"][0]["text"] == "塔机通证"
    plan = [query["text"] for query in listed(home, "plan", "--limit", "4")]
    assert plan[0] == "塔机通证" and plan[2].endswith("官网秒录")
    offer = {"id": "1", "kind": "advert", "title": "塔机通证官网秒录，加微信 abc12345", "text": ""}
    assert level(home, offer) in {"medium", "high"}
    assert level(tmp_path / "empty", offer) == "low"


def level(home: Path, item: dict) -> str:
    import typer

    command = typer.Typer()
    command.command()(assess)
    result = CliRunner().invoke(
        command, ["-"], input=json.dumps(item), env={"JIANWEI_HOME": str(home)}, catch_exceptions=False
    )
    return json.loads(result.stdout)["level"]


def test_refused_rows_and_conflicts_ask_for_a_person(tmp_path: Path) -> None:
    home = tmp_path / "home"
    broken = sheet(tmp_path, HEADER + NEW + "证,证书,,强,,\n叉车证,承诺,包过,强,,\n")
    record, said = run(home, broken, "--department", HOUSING, "--date", "2026-10-09", code=1)
    assert (record["added"], record["joined"], record["rejected"]) == (2, 1, 1)
    assert record["rejections"][0]["line"] == 4
    assert record["conflicts"][0]["term"] == "叉车证"
    assert Path(record["rejects_file"]).is_file()
    assert "list.csv:4" in said and "list.csv:5" in said and "请核对" in said
    (term,) = listed(home, "list", "--conflicts")
    assert term["text"] == "叉车证" and "类别“证书”→“承诺”" in term["conflicts"][0]
    assert not any(one["conflicts"] for one in listed(home, "list", "--kind", "speed"))


def test_keywords_import_is_the_same_command(tmp_path: Path) -> None:
    (record,) = listed(tmp_path / "home", "import", sheet(tmp_path, HEADER + NEW), "--department", HOUSING)
    assert record["added"] == 2


def test_a_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    record, said = run(tmp_path / "home", sheet(tmp_path, HEADER + NEW), "--dry-run", "--department", HOUSING)
    assert record["added"] == 2 and record["dry_run"] is True
    assert "nothing was written" in said or "没有写入" in said
    assert not (tmp_path / "home").exists()


def test_the_template_opens_in_office_programs() -> None:
    result = CliRunner().invoke(app, ["terms", "--template"])
    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbf")
    header, example = csv.reader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline=""))
    assert header[0] == "关键词" and len(header) == len(example)


def test_no_file_a_missing_one_or_no_date_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--template"):
        run(tmp_path)
    with pytest.raises(InputUnreadable, match="找不到"):
        run(tmp_path, str(tmp_path / "nowhere.csv"))
    with pytest.raises(UsageError, match="2026-06-01"):
        run(tmp_path, sheet(tmp_path, HEADER), "--date", "去年")


def test_a_damaged_file_of_terms_stops_every_command(tmp_path: Path) -> None:
    (tmp_path / "terms.csv").write_text("text\nx\n", "utf-8")
    with pytest.raises(InputUnreadable, match="previous"):
        run(tmp_path, sheet(tmp_path, HEADER + NEW), "--department", HOUSING)
    with pytest.raises(InputUnreadable):
        open_case(Settings(home=tmp_path))
