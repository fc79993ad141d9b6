"""How answers about certificates are given: JSON Lines for programs, tables for people, the masked list as a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.cli import session
from deploy.cli.output import note, write_record
from detectors.pictures.findings import Finding
from detectors.pictures.listed_certificate import RowCheck, RowVerdict
from detectors.pictures.verdict import CertificateCheck, Verdict
from pipelines.errors import InputUnreadable
from pipelines.files import replace_file
from pipelines.pictures.list_sheet import list_sheet

__all__ = ["VERDICTS", "Answers"]

VERDICTS: Mapping[str, str] = {
    Verdict.LEADS_TO_OFFICIAL: "指向官方",
    Verdict.LEADS_ELSEWHERE: "指向他处",
    Verdict.NO_CODE: "无可用码",
    Verdict.UNREADABLE: "无法识别",
    RowVerdict.WRONG: "有误",
    RowVerdict.LOOK_UP: "须官网核对",
    RowVerdict.SOUND: "形式无误",
}
_NAMED = 10


@dataclass(slots=True)
class Answers:
    """Gives answers as they come and remembers what the closing line needs."""

    is_table: bool
    needs_person: bool = False
    unusable: int = 0
    file_count: int = 0
    """Files answered so far."""
    _pictures: dict[str, int] = field(default_factory=dict)
    _rows: dict[str, list[str]] = field(default_factory=dict)
    _lists: list[tuple[str, RowCheck]] = field(default_factory=list)

    def picture(self, file: Path, check: CertificateCheck) -> None:
        """Give the answer for one picture."""
        self.file_count += 1
        self._pictures[check.verdict] = self._pictures.get(check.verdict, 0) + 1
        self.needs_person = self.needs_person or check.needs_person
        if self.is_table:
            Console().print(f"{file}：[{VERDICTS[check.verdict]}] {check.sentence}", markup=False, highlight=False)
        else:
            write_record(_picture_record(file, check))
        if check.verdict is Verdict.UNREADABLE and not self.is_table:
            note(f"{file}：{check.sentence}")

    def row(self, file: Path, check: RowCheck) -> None:
        """Give the answer for one row of a list."""
        self._rows.setdefault(check.verdict, []).append(_place(check))
        self._lists.append((file.name, check))
        self.needs_person = self.needs_person or check.verdict is not RowVerdict.SOUND
        if not self.is_table:
            write_record(_row_record(file, check))

    def end_list(self, file: Path) -> None:
        """Print the table of a list that was read to its end."""
        self.file_count += 1
        if not self.is_table:
            return
        table = Table(title=file.name)
        for heading in ("行", "结论", "姓名", "编号", "工种", "原因", "官网"):
            table.add_column(heading, overflow="fold")
        for name, one in self._lists:
            if name == file.name:
                cells = (_place(one), VERDICTS[one.verdict], one.name, one.number, one.trade, one.reasons)
                table.add_row(*cells, one.look_up_at)
        Console().print(table, markup=False)

    def refuse(self, sentence: str) -> None:
        """Name a file that cannot be used at all."""
        self.unusable += 1
        self.file_count += 1
        note(sentence)

    def write_lists(self, path: Path) -> None:
        """Write the checked lists as one sheet, masked; whole or not at all."""
        try:
            replace_file(path, list_sheet(self._lists, VERDICTS), is_synced=False)
        except OSError as error:
            raise InputUnreadable(str(path), f"无法写入（{error.strerror}）", f"{error.strerror}") from error

    def report(self) -> None:
        """Write the closing lines on stderr."""
        say = session.current.say
        if self._pictures:
            counts = "，".join(f"{VERDICTS[verdict]} {count}" for verdict, count in self._pictures.items())
            english = ", ".join(f"{verdict} {count}" for verdict, count in self._pictures.items())
            note(say(f"图片 {sum(self._pictures.values())} 张：{counts}", f"pictures: {english}"))
        if self._rows:
            wrong, look = (self._rows.get(one, []) for one in (RowVerdict.WRONG, RowVerdict.LOOK_UP))
            total = sum(map(len, self._rows.values()))
            note(
                say(
                    f"证书 {total} 条：有误 {len(wrong)} 条{_named(wrong)}，须官网核对 {len(look)} 条{_named(look)}；"
                    "形式无误不等于证书真实，请以官网查询为准",
                    f"certificates: {total}, wrong: {len(wrong)}, to look up: {len(look)}; sound form is no proof",
                )
            )


def _place(check: RowCheck) -> str:
    return f"{check.sheet}!{check.row}" if check.sheet else str(check.row)


def _named(rows: list[str]) -> str:
    if not rows:
        return ""
    return f"（第 {'、'.join(rows[:_NAMED])}{' 等' if len(rows) > _NAMED else ''} 行）"


def _picture_record(file: Path, check: CertificateCheck) -> dict[str, object]:
    return {
        "image": str(file),
        "verdict": check.verdict.value,
        "codes": [
            {"text": one.text, "host": one.host, "imitates": one.imitates, "leads_to": one.kind.value}
            for one in check.targets
        ],
        "text_findings": [_finding(one) for one in check.findings],
        "sentence": check.sentence,
    }


def _row_record(file: Path, check: RowCheck) -> dict[str, object]:
    return {
        "list": str(file),
        "sheet": check.sheet,
        "row": check.row,
        "verdict": check.verdict.value,
        "name": check.name,
        "number": check.number,
        "trade": check.trade,
        "family": check.family,
        "look_up_at": check.look_up_at,
        "findings": [_finding(one) for one in check.findings],
    }


def _finding(one: Finding) -> dict[str, str]:
    return {"code": one.code, "gravity": one.gravity.value, "reason": one.reason, "quote": one.quote}
