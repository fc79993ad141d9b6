"""`import_institutions`: rows become the county's roster; broken ones are named and kept; twice changes nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import InputUnreadable
from pipelines.imports.institutions import import_institutions
from pipelines.institutions import OwnInstitutions, known_institutions
from pipelines.settings import Settings

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
HEADER = "机构名称,类型,行政区划代码,网站域名,联系方式,来源,状态\n"
SCHOOL = "示例县安全技术培训中心,培训,320723,px.example.com,0518-88123456|slpx_2024,公告〔2026〕1号,启用\n"


def imported(tmp_path: Path, rows: str, **options: bool):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + rows, "utf-8")
    return import_institutions(path, tmp_path / "home", at=AT, by="staff", **options)


def test_a_row_is_known_afterwards(tmp_path: Path) -> None:
    report = imported(tmp_path, SCHOOL)
    assert (report.added, report.rejections) == (1, ())
    (one,) = known_institutions(Settings(home=tmp_path / "home")).rows
    assert (one.name, one.hosts, one.contacts) == (
        "示例县安全技术培训中心",
        ("px.example.com",),
        ("0518-88123456", "slpx_2024"),
    )
    (row,) = OwnInstitutions(tmp_path / "home").read()
    assert (row.imported_by, row.imported_at) == ("staff", "2026-11-22T08:00:00+00:00")


def test_twice_changes_nothing(tmp_path: Path) -> None:
    imported(tmp_path, SCHOOL)
    again = imported(tmp_path, SCHOOL)
    assert (again.unchanged, again.sha256) == (1, "")


def test_correction_and_withdrawal(tmp_path: Path) -> None:
    imported(tmp_path, SCHOOL)
    assert imported(tmp_path, SCHOOL.replace("88123456", "88123457")).corrected == 1
    assert imported(tmp_path, "示例县安全技术培训中心,,,,,,停用\n").withdrawn == 1
    assert known_institutions(Settings(home=tmp_path / "home")).rows == ()
    assert (tmp_path / "home" / "institutions.previous.csv").exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("培训,培训,,,,公告,\n", "全称"),
        ("示例县安全技术培训中心,学校,,,,公告,\n", "类型"),
        ("示例县安全技术培训中心,培训,,,,,\n", "来源"),
        ("示例县安全技术培训中心,培训,,github.io,,公告,\n", "互不相干"),
        ("示例县安全技术培训中心,培训,,,打电话,公告,\n", "电话"),
        ("示例县安全技术培训中心,培训,,,,公告,也许\n", "状态"),
        (SCHOOL + SCHOOL, "重复"),
    ],
)
def test_a_broken_row_is_named_and_kept(tmp_path: Path, row: str, reason: str) -> None:
    report = imported(tmp_path, row)
    (rejection,) = report.rejections
    assert reason in rejection.reason
    assert report.rejects_path is not None
    assert reason in report.rejects_path.read_text("utf-8-sig")


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    report = imported(tmp_path, SCHOOL, is_dry_run=True)
    assert report.added == 1
    assert not (tmp_path / "home" / "institutions.csv").exists()


def test_no_table_and_a_damaged_roster_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("no table at all", "utf-8")
    with pytest.raises(InputUnreadable):
        import_institutions(path, tmp_path / "home", at=AT, by="staff")
    own = OwnInstitutions(tmp_path / "home")
    own.path.write_text("name,kind\nx,y\n", "utf-8")
    with pytest.raises(InputUnreadable):
        own.read()
