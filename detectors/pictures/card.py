"""What is printed on a photographed certificate, taken from recognised text: number, holder, dates, trade, addresses."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from detectors.pictures.certificate_numbers import (
    BUILDING_OPERATION,
    SAFETY_OFFICER,
    SPECIAL_EQUIPMENT,
    SPECIAL_OPERATION,
    UNDETERMINED,
    Family,
    NumberReading,
    read_number,
)
from detectors.pictures.findings import Finding, Gravity
from detectors.pictures.identity_numbers import birth_date_of
from detectors.pictures.masks import mask_name, mask_number
from detectors.pictures.trades import Trades
from detectors.pictures.validity import Validity, says_for_ever, validity_problems
from detectors.pictures.written_dates import dates_in

__all__ = ["PrintedCard", "card_findings", "is_certificate", "name_problems", "read_card"]

_CERTIFICATE = re.compile(
    "操作证|资格证|合格证|作业人员证|上岗证|特种作业|特种设备|安全生产|考核合格|证书编号|准操项目|作业类别|操作项目"
)
_ON = r"(?:[/(（]?[A-Z][A-Z./]{2,40}[)）]?(?=[:：\n\u4e00-\u9fff]))?[:：]?\n?"
"""Between a label and its value: the label again in English; the value may stand on the line below."""
_NUMBER_LABEL = r"(?<!身份)(?:证书?编?号码?|证件编号|编号|档案编号|操作证号)" + _ON
_LABELLED = re.compile(
    _NUMBER_LABEL
    + r"([0-9A-Za-z京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇藏陕甘陇青宁新兵建安()（）]{8,30})"
)
_T_NUMBER = re.compile(r"(?<![0-9A-Z])T\d{14,20}[X]?(?![0-9A-Z])")
_IDENTITY = re.compile(r"(?<![0-9A-Z])\d{17}[\dX](?![0-9A-Z])")
_OFFICER = re.compile(r"[\u4e00-\u9fff]建安[A-C]\d?[(（]\d{4}[)）]\d{3,10}")
_EQUIPMENT = re.compile(r"TS6[A-Z]{2,6}\d{3,8}")
_NAME = re.compile(
    rf"姓名{_ON}([\u4e00-\u9fff·•]{{2,15}}?)(?=性别|出生|身份|证|作业|准操|操作|有效|初领|发证|民族|$|[^\u4e00-\u9fff·•])"
)
_TRADE = re.compile(
    rf"(?:准操项目|操作项目|作业类别|作业种类|工种|操作类别|作业项目){_ON}([\u4e00-\u9fffA-Z0-9、与()（）]{{2,40}})"
)
_LABELS = re.compile(
    "准操项目|操作项目|作业类别|初领|发证|有效|使用期|批准|复审|姓名|性别|证号|编号|应复审|签发|发证机关"
)
_FROM = re.compile(rf"(?:初领日期|初次领证日期|发证日期|批准日期|有效期起始日期|发证时间){_ON}(.{{0,40}})")
_SPAN = re.compile(rf"(?:有效期限?|有效日期|使用期限?)(?:截止日期)?{_ON}(.{{0,60}})")
_REVIEW = re.compile(rf"(?<!应)(?<!下次)(?:复审日期|复审时间){_ON}(.{{0,40}})")
_REVIEW_DUE = re.compile(rf"(?:应复审|下次复审)(?:日期|时间){_ON}(.{{0,40}})")
_TITLES = (
    ("特种设备", SPECIAL_EQUIPMENT),
    ("建筑施工特种作业", BUILDING_OPERATION),
    ("考核合格证", SAFETY_OFFICER),
    ("特种作业操作证", SPECIAL_OPERATION),
)
"""What stands at the head of a card, of the more particular kind first."""
_WITHOUT_PREFIX = (SPECIAL_EQUIPMENT, SAFETY_OFFICER)
"""Families whose number may be the bare identity number."""
_BARE_TITLE = re.compile("姓名|证号|证书编号")
_NAME_FORM = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}|[\u3400-\u9fff]{1,12}[·•・.][\u3400-\u9fff·•・.]{1,16}|[\u3400-\u9fff]{5,12}|[A-Za-z][A-Za-z .'-]{2,40}"
)
_OTHER_FIELD = re.compile("职业资格证书|职业技能等级|技能等级证|(?:注册|执业|造价|建造).{0,6}师")
"""Heads a paper whose numbers follow rules of their own."""
_FEWEST_FIGURES_APART = 5
"""Figures by which a further number differs from the first: with fewer it is the same one, read a second time with a slip."""
_MOST_CERTIFICATES = 20
_TWO_DATES = 2
_UNSURE = "；如与原图不符，可能是识别误差，请对照原图"


_NO_DATES = Validity()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCard:
    """What was read; empty or None: not found on it."""

    is_certificate: bool
    number: str = ""
    further_numbers: tuple[str, ...] = ()
    """Of the other certificates on the picture."""
    name: str = ""
    trade: str = ""
    validity: Validity = _NO_DATES
    family: Family = UNDETERMINED
    """By its title."""
    is_of_other_field: bool = False
    """By its title: a skill level's or an engineer's."""


def is_certificate(text: str) -> bool:
    """Say whether a text reads like a certificate: two of the words that stand on one, or one and a number."""
    flat = _flat(text)
    words = set(_CERTIFICATE.findall(flat)) | set(_BARE_TITLE.findall(flat))
    return len(words) > 1 or (bool(words) and bool(_number(flat)))


def read_card(text: str) -> PrintedCard:
    """Return what a recognised text says, one printed line per line. Never raises."""
    flat = _flat(text)
    name, number = _NAME.search(flat), _number(flat)
    return PrintedCard(
        is_certificate=is_certificate(text),
        number=number,
        further_numbers=_further_numbers(flat, number),
        name=name[1] if name else "",
        trade=_trade(flat),
        validity=_validity(flat),
        family=next((family for title, family in _TITLES if title in flat), UNDETERMINED),
        is_of_other_field=bool(_OTHER_FIELD.search(flat)),
    )


def card_findings(card: PrintedCard, trades: Trades, today: date) -> tuple[Finding, ...]:
    """Return what the form of number, name, dates and trade says; nothing for what is no certificate."""
    if not card.is_certificate:
        return ()
    found: list[Finding] = []
    reading = read_number(card.number, today) if card.number else None
    if reading is None:
        found.append(Finding("number.missing", Gravity.DOUBT, "没有识别出证书编号，请对照原图"))
    else:
        found += _number_findings(reading, card)
    found += _further_findings(card.further_numbers, today)
    family = reading.family if reading and reading.family is not UNDETERMINED else card.family
    born = birth_date_of(reading.identity) if reading and len(reading.identity) == 18 else None  # noqa: PLR2004
    if card.name:
        found += name_problems(card.name)
    found += trades.problems(card.trade, family)
    found += [one for one in validity_problems(card.validity, family, today, born) if one.code != "validity.missing"]
    return tuple(replace(one, reason=one.reason + _UNSURE) if one.gravity is Gravity.WRONG else one for one in found)


def name_problems(name: str) -> Iterator[Finding]:
    """Yield what is odd about a holder's name."""
    if not _NAME_FORM.fullmatch(name):
        yield Finding("name.form", Gravity.DOUBT, "姓名的写法不像人名", mask_name(name))


def _further_findings(numbers: tuple[str, ...], today: date) -> Iterator[Finding]:
    for number in numbers:
        yield from (one for one in read_number(number, today).findings if one.gravity is Gravity.WRONG)
    if numbers:
        sentence = f"图中有 {len(numbers) + 1} 个证书编号，姓名、日期和工种只核对了其中一张，请分开拍照核对"
        yield Finding("number.several", Gravity.DOUBT, sentence)


def _number_findings(reading: NumberReading, card: PrintedCard) -> Iterator[Finding]:
    titled = card.family
    if card.is_of_other_field and reading.family is UNDETERMINED and titled is UNDETERMINED:
        sentence = "不是应急、住建、市监部门的安全生产证书，编号规则没有核对"
        yield Finding("number.other_field", Gravity.NOTE, sentence, mask_number(reading.number))
        return
    found = [one for one in reading.findings if one.code != "number.without_prefix" or titled not in _WITHOUT_PREFIX]
    yield from found
    family = titled if reading.family is UNDETERMINED else reading.family
    if not found and family is not UNDETERMINED:
        sentence = f"编号符合{family.name}的规则；号码可能被冒用，仍须在 {family.official} 核对"
        yield Finding("number.sound", Gravity.NOTE, sentence, mask_number(reading.number))


def _flat(text: str) -> str:
    """Return the text half-width, upper case, one line per line, without blanks: recognition sets them at will."""
    lines = unicodedata.normalize("NFKC", text[:20_000]).upper().splitlines()
    return "\n".join(re.sub(r"\s+", "", line) for line in lines)


def _number(flat: str) -> str:
    for pattern in (_T_NUMBER, _OFFICER, _EQUIPMENT, _LABELLED, _IDENTITY):
        if found := pattern.search(flat):
            number = found[1] if found.re is _LABELLED else found[0]
            if sum(char.isdigit() for char in number) >= 6:  # noqa: PLR2004 - 编号 before a word is no number
                return number
    return ""


def _further_numbers(flat: str, first: str) -> tuple[str, ...]:
    """Return the numbers of further certificates, each once: what differs by a figure or two is one read twice."""
    met = [first]
    for number in _T_NUMBER.findall(flat):
        apart = (sum(a != b for a, b in zip_longest(number, other)) for other in met)
        if min(apart) >= _FEWEST_FIGURES_APART:
            met.append(number)
    return tuple(met[1:_MOST_CERTIFICATES])


def _trade(flat: str) -> str:
    found = []
    for match in _TRADE.finditer(flat):
        cut = _LABELS.split(match[1])[0]
        if len(cut) > 1:
            found.append(cut)
    return " ".join(dict.fromkeys(found))


def _validity(flat: str) -> Validity:
    issued = _first_dates(_FROM, flat)
    span = _first_dates(_SPAN, flat)
    review, due = _first_dates(_REVIEW, flat), _first_dates(_REVIEW_DUE, flat)
    is_span = len(span) >= _TWO_DATES and span[0] != span[1]  # the same date twice is a slip of recognition
    return Validity(
        issued_on=issued[0] if issued else None,
        valid_from=span[0] if is_span else None,
        valid_to=span[1] if is_span else (span[0] if len(span) == 1 else None),
        review_on=review[-1] if review else None,
        review_due_on=due[-1] if due else None,
        is_for_ever=any(says_for_ever(match[1]) for match in _SPAN.finditer(flat)),
    )


def _first_dates(label: re.Pattern[str], flat: str) -> tuple[date, ...]:
    for match in label.finditer(flat):
        cut = _LABELS.split(match[1])[0]
        if dates := dates_in(cut):
            return dates
    return ()
