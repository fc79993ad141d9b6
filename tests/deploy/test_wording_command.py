import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.import_ import app as imports
from deploy.cli.wording import app
from pipelines.bootstrap import open_case
from pipelines.errors import InputUnreadable
from pipelines.settings import Settings

HEADER = "occasion,label,voice,kind,title,text\n"
SALES = (
    "电工证不用考试，联系我",
    "焊工证直接出，能查，找我",
    "登高证办理，先查后付，私聊",
    "叉车证免考，三天下证，加我",
)
OTHERS = ("警方通报：查获假电工证", "焊工证报名考试通知", "登高证在哪里报名？", "叉车证复审须知")


def texts(folder: Path) -> Path:
    rows = [f"{day},sale,x,text,,{text}\n" for day in ("one", "two") for text in SALES]
    rows += [f"{day},other,x,text,,{text}\n" for day in ("one", "two") for text in OTHERS]
    path = folder / "texts.csv"
    path.write_text(HEADER + "".join(rows), "utf-8")
    return path


def test_train_shows_and_writes_only_when_told(tmp_path: Path) -> None:
    path, made = texts(tmp_path), tmp_path / "made"
    shown = CliRunner().invoke(app, ["train", "--texts", str(path)], catch_exceptions=False)
    records = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [one["held_out"] for one in records[:2]] == ["one", "two"]
    assert records[0]["sales"] == 4 and records[-2]["changed"] > 100 and records[-1]["changed"] > 100
    assert not made.exists()
    CliRunner().invoke(app, ["train", "--texts", str(path), "--write", str(made)], catch_exceptions=False)
    assert (made / "cues.csv").read_text("utf-8").startswith("cue,weight,selling_count,other_count\n~bias,")
    assert (made / "pieces.csv").read_text("utf-8").startswith("piece,selling_count,other_count\n~texts,8,8\n")


def test_check_says_that_the_shipped_table_is_another(tmp_path: Path) -> None:
    checked = CliRunner().invoke(app, ["train", "--texts", str(texts(tmp_path)), "--check"])
    assert checked.exit_code == 1


def test_measure_reports_both_levels(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["measure", str(texts(tmp_path))], catch_exceptions=False)
    medium, high = (json.loads(line) for line in result.stdout.splitlines())
    assert (medium["at_least"], high["at_least"]) == ("medium", "high")
    assert medium["sale"] == "8/8" and medium["other"] == "0/8"


def test_a_file_that_is_no_table_of_texts_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(InputUnreadable):
        CliRunner().invoke(app, ["measure", str(path)], catch_exceptions=False)


def test_imported_institutions_are_audited(tmp_path: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "list.csv"
    path.write_text(
        "机构名称,类型,联系方式,来源\n示例县安全技术培训中心,培训,0518-88123456,公告\n某校,培训,,公告\n", "utf-8"
    )
    result = CliRunner().invoke(
        imports, ["institutions", str(path), "--by", "zhang"], env={"JIANWEI_HOME": str(home)}, catch_exceptions=False
    )
    record = json.loads(result.stdout)
    assert (result.exit_code, record["added"], record["rejected"]) == (1, 1, 1)
    with open_case(Settings(home=home)) as case:
        (entry,) = [one for one in case.audit.entries() if one.act == "import.institutions"]
        assert entry.by == "zhang" and "1 added" in entry.detail
