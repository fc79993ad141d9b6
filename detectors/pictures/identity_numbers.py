"""公民身份号码 (GB 11643-1999): 17 digits and a check character after ISO 7064 MOD 11-2."""

from collections.abc import Iterator
from datetime import date

from detectors.pictures.findings import Finding, Gravity
from detectors.pictures.masks import mask_number

__all__ = ["birth_date_of", "check_character", "identity_problems", "is_male"]

_LENGTH = 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHARACTERS = "10X98765432"
# First two digits of GB/T 2260; 81-83 stand on residence permits for Hong Kong, Macao and Taiwan, 91-93 on those of foreigners.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
        "92",
        "93",
    ]
)
_EARLIEST_BIRTH = 1930
_WORKING_AGE, _OLD_AGE = 18, 70


def check_character(body: str) -> str:
    """Return the 18th character that belongs to these 17 digits."""
    return _CHARACTERS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def birth_date_of(number: str) -> date | None:
    """Return the date of birth an 18-character number names; None: that is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_male(number: str) -> bool:
    """Say what the 17th digit of an 18-character number says: odd for men."""
    return int(number[16]) % 2 == 1


def identity_problems(number: str, today: date) -> Iterator[Finding]:
    """Yield what is wrong with the form of an identity number (upper case, no blanks)."""
    shown = mask_number(number)
    if len(number) != _LENGTH:
        yield Finding("number.length", Gravity.WRONG, f"身份证号应为 18 位，实为 {len(number)} 位", shown)
        return
    if not (number[:17].isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
        yield Finding("number.characters", Gravity.WRONG, "身份证号前 17 位应为数字，末位应为数字或 X", shown)
        return
    if number[:2] not in _PROVINCES:
        yield Finding("number.region", Gravity.WRONG, f"身份证号前两位 {number[:2]} 不是任何省份的代码", shown)
    yield from _birth_problems(number, shown, today)
    if check_character(number[:17]) != number[17]:
        yield Finding("number.check_digit", Gravity.WRONG, "身份证号末位校验码不符，号码是编造的或抄录有误", shown)


def _birth_problems(number: str, shown: str, today: date) -> Iterator[Finding]:
    born = birth_date_of(number)
    if born is None or born.year < _EARLIEST_BIRTH or born > today:
        yield Finding("number.birth_date", Gravity.WRONG, "身份证号中的出生日期不存在或不合理", shown)
        return
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < _WORKING_AGE:
        yield Finding("number.age", Gravity.WRONG, f"持证人现年 {age} 岁，不满 {_WORKING_AGE} 周岁不能取得证书", shown)
    elif age > _OLD_AGE:
        yield Finding("number.age", Gravity.DOUBT, f"持证人现年 {age} 岁，请核对是否仍在岗", shown)
