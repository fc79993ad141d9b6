"""Rows of a company's list of certificates: which are wrong and why, which want a look at the official site.

A row without fault is no proof: a sound number can be somebody else's. The sentence for staff says so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from detectors.pictures.card import name_problems
from detectors.pictures.certificate_numbers import (
    OTHER_FIELD,
    SAFETY_ENGINEER,
    SAFETY_KNOWLEDGE,
    SPECIAL_EQUIPMENT,
    UNDETERMINED,
    Family,
    NumberReading,
    plain_number,
    read_number,
)
from detectors.pictures.findings import Finding, Gravity, worst
from detectors.pictures.identity_numbers import birth_date_of, identity_problems, is_male
from detectors.pictures.masks import mask_name, mask_number, mask_numbers_within
from detectors.pictures.trades import Trades
from detectors.pictures.validity import Validity, later_by_years, says_for_ever, validity_problems
from detectors.pictures.written_dates import cell_dates, years_lasting

__all__ = ["ListedCertificate", "RowCheck", "RowVerdict", "check_rows"]

_IDENTITY_LENGTH = 18
_SPAN = 2
_APART = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
"""Between the characters of a name, set apart to fill the cell (王　五)."""
_OPEN = re.compile(r"[-—–/\\_.、~～\s]*|无|暂无|未知|N/?A", re.IGNORECASE)
"""What staff write where there is no date."""
_NO_NUMBER = re.compile(
    r"[-—–/\\_.、~～\s]+|N/?A|none|pending|tbd|(?:暂|还|尚)?[无没未](?:有|取得?|办理?|发|领|下来?|到)*证?|(?:正在|证件)*(?:办理?|补办|制证|换证|复审|审核)中|(?:待|已)(?:办|补|发|领|取|定|遗失|丢失)证?|遗失|丢失",
    re.IGNORECASE,
)
"""What staff write where there is no number."""
_NUMBERED_FREELY = (SAFETY_ENGINEER, SAFETY_KNOWLEDGE, OTHER_FIELD)


class RowVerdict(StrEnum):
    """What is to be done about a row."""

    WRONG = "wrong"
    LOOK_UP = "look_up"
    SOUND = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCertificate:
    """One row as the company wrote it; empty: the cell or column is empty."""

    row: int
    sheet: str = ""
    """Title of the sheet, where the book has several."""
    number: str = ""
    name: str = ""
    identity: str = ""
    sex: str = ""
    trade: str = ""
    issued: str = ""
    valid_from: str = ""
    valid_to: str = ""
    review: str = ""
    review_due: str = ""
    fault: str = ""
    """Why the row could not even be read (one Chinese clause); empty: it could."""

    @property
    def place(self) -> str:
        """Return where the row stands, in Chinese."""
        return f"“{self.sheet}”第 {self.row} 行" if self.sheet else f"第 {self.row} 行"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCheck:
    """The answer for one row, personal data masked."""

    row: int
    sheet: str
    verdict: RowVerdict
    number: str
    name: str
    trade: str
    family: str
    look_up_at: str
    """Rostered host of the query site; empty: not known which."""
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> str:
        """Return the reasons that count, as one Chinese clause; empty: there are none."""
        return "；".join(one.reason for one in self.findings if one.gravity is not Gravity.NOTE)


def check_rows(rows: Iterable[ListedCertificate], trades: Trades, today: date) -> Iterator[RowCheck]:
    """Yield a check per row, in order. Repeats are held against the later row."""
    seen = _Seen()
    for row in rows:
        yield _checked(row, trades, today, seen)


@dataclass(slots=True)
class _Met:
    place: str
    name: str
    trade: str


class _Seen:
    """Numbers met so far."""

    def __init__(self) -> None:
        self._by_number: dict[str, list[_Met]] = {}

    def problems(self, row: ListedCertificate, number: str) -> Iterator[Finding]:
        """Yield what earlier rows with the same number say about this one."""
        met = self._by_number.setdefault(number, [])
        other = next((one for one in met if one.name and row.name and one.name != row.name), None)
        same = next((one for one in met if one.name == row.name and one.trade == row.trade), None)
        if other:
            reason = f"与{other.place}编号相同而姓名不同"
            yield Finding("number.shared", Gravity.WRONG, reason, mask_number(number))
        elif same:
            yield Finding("row.repeated", Gravity.DOUBT, f"与{same.place}重复", mask_number(number))
        if len(met) < 50:  # noqa: PLR2004 - a list of one number repeated would take quadratic time
            met.append(_Met(row.place, row.name, row.trade))


def _checked(row: ListedCertificate, trades: Trades, today: date, seen: _Seen) -> RowCheck:
    if row.fault:
        return _answer(row, UNDETERMINED, (Finding("row.unreadable", Gravity.WRONG, row.fault),))
    row = _in_its_column(replace(row, name=_APART.sub("", row.name)), today)
    unwritten = row.number.strip() if _NO_NUMBER.fullmatch(row.number.strip()) else ""
    row = replace(row, number="") if unwritten else row
    number = row.number or row.identity
    reading = read_number(number, today) if number.strip() else None
    family = _family(row, reading, trades)
    findings = [*_number_findings(row, reading, family, unwritten), *_name_findings(row)]
    if reading:
        findings += seen.problems(row, reading.number)
        findings += _identity_findings(row, reading, today)
    findings += trades.problems(row.trade, family)
    if not row.trade:
        findings.append(Finding("trade.missing", Gravity.DOUBT, "没有写工种（作业类别）"))
    validity, unread = _validity(row)
    findings += unread
    born = birth_date_of(reading.identity) if reading and len(reading.identity) == _IDENTITY_LENGTH else None
    given = validity_problems(validity, family, today, born)
    findings += [one for one in given if not (unread and one.code == "validity.missing")]
    return _answer(row, family, tuple(findings))


def _in_its_column(row: ListedCertificate, today: date) -> ListedCertificate:
    """Return the row with a certificate's number out of the identity column: companies head it 证件号码 and mean the certificate."""
    if row.number or not row.identity[:1].isalpha() or not read_number(row.identity, today).identity:
        return row
    return replace(row, number=row.identity, identity="")


def _answer(row: ListedCertificate, family: Family, findings: tuple[Finding, ...]) -> RowCheck:
    verdict = {Gravity.WRONG: RowVerdict.WRONG, Gravity.DOUBT: RowVerdict.LOOK_UP, Gravity.NOTE: RowVerdict.SOUND}
    return RowCheck(
        row=row.row,
        sheet=row.sheet,
        verdict=verdict[worst(findings)],
        number=mask_number(plain_number(row.number or row.identity)),
        name=mask_name(row.name),
        trade=mask_numbers_within(row.trade),
        family=family.name if family is not UNDETERMINED else "",
        look_up_at=family.official,
        findings=findings,
    )


def _family(row: ListedCertificate, reading: NumberReading | None, trades: Trades) -> Family:
    """Return the family the number belongs to; for a bare identity number, the one that issues the trade."""
    if reading and reading.family is not UNDETERMINED:
        return reading.family
    return trades.family(row.trade)


def _number_findings(
    row: ListedCertificate, reading: NumberReading | None, family: Family, unwritten: str
) -> Iterator[Finding]:
    told = f"没有证书编号（写的是“{unwritten}”）" if unwritten else "没有证书编号"
    if reading is None:
        yield Finding("number.missing", Gravity.WRONG, told)
        return
    if "E+" in reading.number:
        yield Finding(
            "number.rounded", Gravity.WRONG, "编号被表格软件改成了科学计数法，已经失真：请把该列设为文本后重新填写"
        )
        return
    if not row.number:
        yield Finding("number.missing", Gravity.DOUBT, f"{told}，按身份证号核对")
    for one in reading.findings:
        if one.code == "number.without_prefix" and (family in (SPECIAL_EQUIPMENT, SAFETY_KNOWLEDGE) or not row.number):
            continue
        if one.code == "number.unknown_form" and family in _NUMBERED_FREELY:
            reason = f"{family.name}没有统一的编号规则，编号没有核对"
            yield replace(one, code="number.not_checked", gravity=Gravity.DOUBT, reason=reason)
            continue
        if one.code == "number.check_digit" and reading.number.endswith("000"):
            yield replace(one, reason=f"{one.reason}（末三位为 000，多为表格软件把长数字截断所致）")
        else:
            yield one


def _name_findings(row: ListedCertificate) -> Iterator[Finding]:
    if not row.name:
        yield Finding("name.missing", Gravity.WRONG, "没有姓名")
    else:
        yield from name_problems(row.name)


def _identity_findings(row: ListedCertificate, reading: NumberReading, today: date) -> Iterator[Finding]:
    identity = plain_number(row.identity)
    if identity and reading.identity and identity != reading.identity:
        yield Finding(
            "identity.mismatch", Gravity.WRONG, "证书编号中的身份证号与身份证号一栏不一致", mask_number(identity)
        )
    elif identity and not reading.identity:
        for one in identity_problems(identity, today):
            yield replace(one, code=one.code.replace("number.", "identity."))
    known, sex = identity or reading.identity, row.sex[:1]
    is_told = sex in {"男", "女"} and len(known) == _IDENTITY_LENGTH and known[:17].isdecimal()
    if is_told and is_male(known) != (sex == "男"):
        reason = f"身份证号第 17 位与所写性别“{sex}”不符"
        yield Finding("identity.sex", Gravity.DOUBT, reason, mask_number(known))


def _validity(row: ListedCertificate) -> tuple[Validity, list[Finding]]:
    """Return the dates of a row and findings on cells that hold no date."""
    unread: list[Finding] = []

    def read(label: str, text: str) -> tuple[date, ...]:
        found = cell_dates(text)
        if not found and not _says_no_date(text):
            shown = mask_numbers_within(text[:20])
            unread.append(Finding("date.unreadable", Gravity.DOUBT, f"{label}“{shown}”不是可识别的日期", shown))
        return found

    issued, start = read("发证日期", row.issued), read("有效期起", row.valid_from)
    end, review = read("有效期", row.valid_to), read("复审日期", row.review)
    due = read("应复审日期", row.review_due)
    is_span = len(end) >= _SPAN
    began = (*start, *issued)
    lasting = years_lasting(row.valid_to)
    ends = end[-1] if end else (later_by_years(began[0], lasting) if began and lasting else None)
    return Validity(
        issued_on=issued[0] if issued else None,
        valid_from=start[0] if start else (end[0] if is_span else None),
        valid_to=ends,
        review_on=review[-1] if review else None,
        review_due_on=due[-1] if due else None,
        is_for_ever=says_for_ever(row.valid_to),
    ), unread


def _says_no_date(text: str) -> bool:
    """Say whether a cell leaves its date open, or says in other words how long the certificate lasts."""
    return bool(_OPEN.fullmatch(text.strip())) or says_for_ever(text) or years_lasting(text) > 0
