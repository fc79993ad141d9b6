"""Numbers of safety certificates: which family a number belongs to and whether its form is sound.

Sources: T + identity number on 特种作业操作证 (hcdyhr.cn article 1128; notice reprints of 2018-09); 安管人员 after 建办质〔2004〕23号
and the rule for C1 to C3 (daowen.com book 235879572); 建筑施工特种作业 after Jiangsu's and Shanxi's numbering rules (360docs.net
4216831315, qianchaoyun.com 247661); 特种设备 TS6 numbers (big2gb.com, numbering of the operator's card). Since 2019 the
last carry the identity number itself. What no source gives is not judged.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from detectors.pictures.findings import Finding, Gravity
from detectors.pictures.identity_numbers import identity_problems
from detectors.pictures.masks import mask_number

__all__ = ["FORMS", "Family", "NumberReading", "plain_number", "read_number"]

_PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇藏陕甘陇青宁新兵"
_BLANKS = re.compile(r"[\s\-—–_·.:：'’‘`\"“”,，;；]+")
_SIGN_FOR_X = re.compile(r"(?<=\d{17})[×ХΧ✕╳]$")
_FIRST_ISSUE_YEAR = 2004
_BUILDING_TRADES = range(1, 100)


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of certificate, where it is looked up and how long it lasts."""

    name: str
    official: str
    """Rostered host of the query site."""
    valid_years: tuple[int, ...]
    """Years a certificate lasts; empty: not judged."""
    review_years: int = 0
    """Years to the first review; 0: none."""


SPECIAL_OPERATION = Family("特种作业操作证", "cx.mem.gov.cn", (6,), 3)
SAFETY_OFFICER = Family("安全生产考核合格证（安管人员）", "zlaq.mohurd.gov.cn", (3,))
BUILDING_OPERATION = Family("建筑施工特种作业操作资格证", "zlaq.mohurd.gov.cn", (2, 6))
SPECIAL_EQUIPMENT = Family("特种设备安全管理和作业人员证", "cnse.e-cqs.cn", (4,))
SAFETY_KNOWLEDGE = Family("安全生产知识和管理能力考核合格证", "cx.mem.gov.cn", (3,))
"""Of those who run a business; every province numbers it in its own way."""
SAFETY_ENGINEER = Family("注册安全工程师", "www.cpta.com.cn", ())
OTHER_FIELD = Family("其他领域的证书", "", ())
"""A skill level's, a builder's, a cost engineer's."""
UNDETERMINED = Family("无法判定类别的证书", "", ())


@dataclass(frozen=True, slots=True)
class _Form:
    """One way numbers are written: what looks like it, and what is wrong with one that does."""

    family: Family
    looks_like: re.Pattern[str]
    problems: Callable[[str, date], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What a number says."""

    number: str
    """Without blanks, half-width, upper case."""
    family: Family
    identity: str
    """The identity number in it; empty: it holds none."""
    findings: tuple[Finding, ...]


def plain_number(text: str) -> str:
    """Return the number half-width, upper case and without blanks, dashes or points; brackets stay, and a sign written for X at its end is one."""
    return _SIGN_FOR_X.sub("X", _BLANKS.sub("", unicodedata.normalize("NFKC", text)).upper())


def read_number(text: str, today: date) -> NumberReading:
    """Return family and findings of a number as it is written; one without a known form is `number.unknown_form`."""
    number = plain_number(text)
    for form in FORMS:
        if form.looks_like.fullmatch(number):
            identity = number.removeprefix("T") if form.looks_like in _IDENTITY_FORMS else ""
            return NumberReading(number, form.family, identity, tuple(form.problems(number, today)))
    unknown = Finding(
        "number.unknown_form", Gravity.WRONG, "证书编号不符合任何一类安全生产证书的编号规则", mask_number(number)
    )
    return NumberReading(number, UNDETERMINED, "", (unknown,))


def _special_operation(number: str, today: date) -> Iterator[Finding]:
    body = number.removeprefix("T")
    for one in identity_problems(body, today):
        yield Finding(
            one.code, one.gravity, one.reason.replace("身份证号应为", "T 后的身份证号应为"), mask_number(number)
        )


def _identity_alone(number: str, today: date) -> Iterator[Finding]:
    yield from identity_problems(number, today)
    yield Finding(
        "number.without_prefix", Gravity.DOUBT,
        "只有身份证号：特种作业操作证编号应以字母 T 开头，特种设备、考核合格证可以只用身份证号", mask_number(number),
    )  # fmt: skip


def _safety_officer(number: str, today: date) -> Iterator[Finding]:
    found = re.fullmatch(r".建安(.+?)\(?(\d{4})\)?(\d*)", number)
    grade, year, serial = found.groups() if found else ("", "0", "")
    shown = mask_number(number)
    if grade not in {"A", "B", "C", "C1", "C2", "C3"}:
        yield Finding("number.grade", Gravity.WRONG, "“建安”后应为 A、B、C、C1、C2 或 C3", shown)
    yield from _year_problems(int(year), shown, today)
    if len(serial) != 7:  # noqa: PLR2004 - the rule's serial
        yield Finding("number.length", Gravity.WRONG, f"流水号应为 7 位，实为 {len(serial)} 位", shown)


def _building_operation(number: str, today: date) -> Iterator[Finding]:
    shown = mask_number(number)
    digits = number[2:]
    if len(digits) != 12:  # noqa: PLR2004 - trade 2, year 4, serial 6
        yield Finding("number.length", Gravity.WRONG, f"省市代码后应为 12 位数字，实为 {len(digits)} 位", shown)
        return
    if int(digits[:2]) not in _BUILDING_TRADES:
        yield Finding("number.trade", Gravity.WRONG, f"工种代码 {digits[:2]} 不存在", shown)
    yield from _year_problems(int(digits[2:6]), shown, today)


def _special_equipment(number: str, today: date) -> Iterator[Finding]:
    del today
    if not re.fullmatch(r"TS6[A-Z]{4}\d{5}", number):
        yield Finding(
            "number.length", Gravity.WRONG, "TS 编号应为 TS6、4 位字母、5 位数字，共 12 位", mask_number(number)
        )


def _year_problems(year: int, shown: str, today: date) -> Iterator[Finding]:
    if not _FIRST_ISSUE_YEAR <= year <= today.year:
        yield Finding("number.year", Gravity.WRONG, f"编号中的年份 {year} 不合理", shown)


_T_FORM = re.compile(r"T[0-9A-Z]{10,24}")
_BARE_FORM = re.compile(r"\d{17}[\dX]")
_IDENTITY_FORMS = (_T_FORM, _BARE_FORM)

FORMS = (
    _Form(SPECIAL_EQUIPMENT, re.compile(r"TS\d?[A-Z]{0,6}\d{1,8}"), _special_equipment),
    _Form(SPECIAL_OPERATION, _T_FORM, _special_operation),
    _Form(UNDETERMINED, _BARE_FORM, _identity_alone),
    _Form(SAFETY_OFFICER, re.compile(f"[{_PROVINCES}]建安[A-Z]\\d?\\(?\\d{{4}}\\)?\\d*"), _safety_officer),
    _Form(BUILDING_OPERATION, re.compile(f"[{_PROVINCES}][A-Z]\\d{{8,16}}"), _building_operation),
)
"""Forms in the order they are tried."""
