"""Dates of a certificate: how long it may last, when it was to be reviewed, whether it still holds.

特种作业操作证: valid six years, reviewed after three (令30号 art. 19-21). 安管人员: three years (住建部令17号). 建筑施工特种作业: two years
(建质〔2008〕75号), six in some provinces. 特种设备: four years (TSG Z6001-2019).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from detectors.pictures.certificate_numbers import SAFETY_ENGINEER, Family
from detectors.pictures.findings import Finding, Gravity

__all__ = ["Validity", "later_by_years", "says_for_ever", "validity_problems"]

_FOR_EVER = re.compile("长期|永久|终身|永远|终生")
_FEBRUARY, _LEAP_DAY, _LAST = 2, 29, 28
_SLACK_DAYS = 31
"""Cards that name months only begin and end within one."""
_LATE_REVIEW_DAYS = 62
_SOON_DAYS = 60
_MOST_RENEWALS = 10
_EARLIEST = 1999
_ADULT_YEARS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The dates on a certificate; None: not given."""

    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    review_on: date | None = None
    """The day it was, or is to be, reviewed."""
    review_due_on: date | None = None
    """The day by which it is to be reviewed (应复审日期)."""
    is_for_ever: bool = False


def says_for_ever(text: str) -> bool:
    """Say whether a validity is called lasting for life."""
    return bool(_FOR_EVER.search(text))


def later_by_years(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes the 28th."""
    if (day.month, day.day) == (_FEBRUARY, _LEAP_DAY):
        return date(day.year + years, _FEBRUARY, _LAST)
    return day.replace(year=day.year + years)


def validity_problems(validity: Validity, family: Family, today: date, born: date | None = None) -> Iterator[Finding]:
    """Yield what is wrong with these dates for this family of certificate."""
    start, end = validity.valid_from or validity.issued_on, validity.valid_to
    if validity.is_for_ever and family is not SAFETY_ENGINEER:
        yield Finding("validity.for_ever", Gravity.WRONG, "写明长期或终身有效，安全生产证书没有终身有效的")
    if start:
        yield from _start_problems(start, born, today)
    start = _start_of_period(validity, family)
    if start and end:
        yield from _length_problems(start, end, family)
    if end and end < today:
        yield Finding("validity.expired", Gravity.DOUBT, f"已于 {end} 过有效期", str(end))
    elif end and (end - today).days <= _SOON_DAYS:
        yield Finding("validity.ends_soon", Gravity.NOTE, f"将于 {end} 到期，请安排换证", str(end))
    if family.review_years:
        yield from _review_problems(validity, start, family, today)
    if not start and not end and not validity.is_for_ever:
        yield Finding("validity.missing", Gravity.DOUBT, "没有发证日期和有效期")


def _start_of_period(validity: Validity, family: Family) -> date | None:
    """Return when the period that ends with the given date began: a first issue may lie whole periods before it (初领日期)."""
    first, end = validity.issued_on, validity.valid_to
    if validity.valid_from or not first or not end:
        return validity.valid_from or first
    renewed = (
        later_by_years(first, years * count)
        for years in family.valid_years
        for count in range(1, _MOST_RENEWALS)
        if abs((later_by_years(first, years * (count + 1)) - end).days) <= _SLACK_DAYS
    )
    return next(renewed, first)


def _start_problems(start: date, born: date | None, today: date) -> Iterator[Finding]:
    if start > today:
        yield Finding("validity.future", Gravity.WRONG, f"发证（起始）日期 {start} 在今天之后", str(start))
    elif start.year < _EARLIEST:
        yield Finding("validity.too_early", Gravity.DOUBT, f"发证（起始）日期 {start} 过早", str(start))
    if born and start < later_by_years(born, _ADULT_YEARS):
        yield Finding("validity.underage", Gravity.WRONG, f"发证（起始）日期 {start} 时持证人不满 18 周岁", str(start))


def _length_problems(start: date, end: date, family: Family) -> Iterator[Finding]:
    quote = f"{start} 至 {end}"
    if end <= start:
        yield Finding("validity.reversed", Gravity.WRONG, "有效期截止日期早于起始日期", quote)
        return
    if not family.valid_years:
        return
    near = (abs((later_by_years(start, years) - end).days) <= _SLACK_DAYS for years in family.valid_years)
    if any(near):
        return
    allowed = "或".join(f"{years} 年" for years in family.valid_years)
    is_longer = end > later_by_years(start, max(family.valid_years))
    gravity = Gravity.WRONG if is_longer and len(family.valid_years) == 1 else Gravity.DOUBT
    yield Finding("validity.length", gravity, f"{family.name}有效期应为 {allowed}，与所写不符", quote)


def _review_problems(validity: Validity, start: date | None, family: Family, today: date) -> Iterator[Finding]:
    review = validity.review_on or validity.review_due_on
    if start is None:
        return
    due = later_by_years(start, family.review_years)
    if review and review < start:
        yield Finding("review.before_issue", Gravity.WRONG, f"复审日期 {review} 早于发证（起始）日期", str(review))
    elif review and (review - due).days > _LATE_REVIEW_DAYS:
        yield Finding(
            "review.late", Gravity.DOUBT, f"复审日期 {review} 晚于规定的 {due}（每 {family.review_years} 年一次）", str(review)
        )  # fmt: skip
    elif review and review < today and (not validity.review_on or due <= review):
        yield Finding("review.past", Gravity.DOUBT, f"复审日期 {review} 已过，请在官网核对是否已复审", str(review))
    elif not review and due < today:
        yield Finding("review.missing", Gravity.DOUBT, f"应于 {due} 前复审，没有复审记录")
