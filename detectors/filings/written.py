"""Numbers written in a text: ICP filings and licences, police filings, site codes, in the spellings of real footers.

Texts are brought to one plain form of the same length first (`letters.plain_form`), so every number is quoted as it stands. A cheap
search finds the word each number hangs on; only there is anything read.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from detectors.filings.letters import AREA_CODES, PARODY_HEADS, PROVINCE_NAMES, PROVINCES, plain_form, same_letter
from detectors.filings.model import Filing, FilingKind

__all__ = ["written_filings", "written_site_codes"]

_ANCHOR = re.compile(
    r"[IＩiｉІіⒾⓘLlｌ1|公网網标標识識ABＡＢ备備](?:(?<=[IＩiｉІіⒾⓘLlｌ1|])[\s.．\u200b-\u200d\ufeff]{0,2}[CＣcｃСсⒸⓒ][\s.．\u200b-\u200d\ufeff]{0,2}[PＰpｐРрⓅⓟ]|(?<=公)[\s\u200b-\u200d\ufeff]{0,3}[网網安备備]"
    r"|(?<=[网網])[\s]{0,3}[安备備]|(?<=[标標识識])[识識志誌别別]|(?<=[ABＡＢ])[12１２]|(?<=[备備])[\s\u200b]{0,3}[\d０-９])"
)
"""Where a number may be: raw spellings of the words below, found in one pass."""
_BEFORE = 60
_BEHIND = 120
"""Characters looked at before and behind such a word; no number with its signs is longer."""
_S = r"[\s]{0,3}"
_ICP_WORD = re.compile(r"[IiLl1|][\s.]{0,2}[Cc][\s.]{0,2}[Pp](?![A-Za-z])")
_NUMBER = r"(?P<digits>\d(?: \d){5,15}(?!\d)|(?=(?:\d ?){8}(?:\d ?\d)?\s{0,3}号)\d{1,9}(?: \d{1,9}){1,4}|(?:\d{8}|\d{10})(?!\d)|\d{2,6}[ -]\d{4,8}(?=\s{0,3}号)|(?<=[(\[])\d{4}[)\]] ?\d{6}(?=\s{0,3}号)|\d{2,10}[*×Xx]{2,10}|[\dOo]{8}(?:[\dOo]{2})?(?=\s{0,3}号)|\d{1,16}|[A-Za-z0-9*×]{4,16}|[零一二三四五六七八九\d]{8}(?:[零一二三四五六七八九\d]{2})?)"
_SERIAL = rf"(?:{_S}(?:-{{1,2}}|(?<=号)一(?=\d)){_S}(?P<serial>\d{{1,4}})(?!\d){_S}(?P<sort>[AXKaxk](?![A-Za-z0-9]))?)?"
_ALIKE = str.maketrans("零一二三四五六七八九Oo", "012345678900")
_AFTER_ICP = re.compile(
    rf"[.·]?{_S}(?P<word>[备证]?)(?:{_S}案{_S}(?:证|编)?{_S}(?:序?{_S}号|号码)?|书?编?号|字第?|字?\[?第)?{_S}[:-]?{_S}[(\[]?{_S}{_NUMBER}{_S}[)\]]?{_S}(?P<end>号?){_SERIAL}"
)
_BARE_FILING = re.compile(
    rf"(?<![一-鿿A-Za-z])(?P<letter>[{PROVINCES}])备{_S}(?P<digits>\d{{8}}|\d{{10}}){_S}号{_SERIAL}"
)
_LICENCE = re.compile(
    rf"(?<![A-Za-z0-9])(?P<sorts>[AB][12](?:{_S}[.、/,]?{_S}[AB][12]){{0,3}}){_S}[.\-]{_S}(?P<digits>\d{{8}})(?!\d)(?:-(?P<serial>\d{{1,4}}[AXKaxk]?)(?![\dA-Za-z]))?"
)
_LICENCE_HEAD = re.compile(
    rf"(?:(?P<letter>[{PROVINCES}]|(?<![一-鿿])[一-鿿])[)\]]?{_S}(?:ICP{_S}证{_S})?|(?P<joint>合字){_S})$",
    re.IGNORECASE,
)
_LICENCE_WORDS = re.compile(r"许可证|电信业务|ICP|经营证")
_POLICE_WORD = re.compile(
    rf"公{_S}网{_S}安{_S}备|公{_S}安{_S}网{_S}备|公安(?:机关|部门|局|部|联网|网安|网站)?{_S}备案?|公网监备|公网备(?=[案:\d\s(\[])|公{_S}备(?=[:\d\s])|公网安(?=\d)|网{_S}安{_S}备(?=案)|网备(?=案)"
)
_AFTER_POLICE = re.compile(
    rf"(?:案)?{_S}(?:登记)?(?:序|编)?(?:号码?)?{_S}:?{_S}(?:第)?{_S}[(\[]?{_S}(?P<digits>(?=(?:\d ?){{14}}(?<=\d)\s{{0,3}}号)\d{{1,13}}(?: \d{{1,13}}){{1,6}}|\d{{2,8}}(?: \d{{2,10}}){{1,4}}(?=\s{{0,3}}号)|\d{{2,14}}[*×Xx]{{2,14}}|\d{{1,20}}|[Xx*×]{{6,20}}){_S}[)\]]?{_S}号?"
)
_SITE_CODE = re.compile(
    rf"(?:标识|识别|标志){_S}编?码号?{_S}(?:[:为]{{0,2}}|\|(?=\s?(?:bm|\d\d)\d{{8}}(?!\d))){_S}[(\[]?{_S}(?P<code>\d{{1,6}}(?: \d{{1,6}}){{1,4}}|[Bb][Mm](?: ?\d{{2,6}}){{2,4}}|[A-Za-z]{{0,2}}\d{{4,16}})"
)
_OTHERS_CODE = re.compile(r"[一-鿿](?<![站网府关位一案])\s{0,3}$")
"""Before 标识码 or 识别码: it is a product's, a machine's or a person's."""
_SHORTEST, _LONGEST = 6, 10
_LENGTHS = frozenset((_SHORTEST, 8, _LONGEST))
"""Digits of an ICP filing: two-digit year and six, four-digit year and six; six alone in the licences of the first years."""
_LAST_YEAR = 39
_FIRST_LONG_YEAR = 2000
_FEWEST_WITHOUT_WORD = 5
_POLICE_DIGITS = 14
_FEWEST_POLICE_LOOSE = 10
_POLICE_FULL = frozenset(("公网安备", "公安网备", "公网监备", "公网安"))
"""Words that nothing but a police filing follows; behind the others it takes a long number."""
_HEAD_WINDOW = 8


@lru_cache(maxsize=64)
def written_filings(text: str) -> tuple[Filing, ...]:
    """Return the numbers in a text, kind by kind. Kept for a while: several readers ask for the same page."""
    found: list[list[Filing]] = [[], [], [], []]
    for first, end in _places(text):
        part = text[first:end]
        plain = plain_form(part)
        for kind, read in enumerate((_icp, _licences, _police, _site_codes)):
            found[kind] += (_moved(one, first) for one in read(part, plain))
    return tuple(one for kind in found for one in kind)


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges around the words that numbers hang on: most of a page holds none, and bringing text to plain form is slow."""
    first = end = -1
    for anchor in _ANCHOR.finditer(text):
        begins = max(anchor.start() - _BEFORE, 0)
        if begins > end:
            if end >= 0:
                yield first, end
            first = begins
        end = min(anchor.end() + _BEHIND, len(text))
    if end >= 0:
        yield first, end


def _moved(one: Filing, by: int) -> Filing:
    return replace(one, start=one.start + by) if by else one


def written_site_codes(text: str) -> Iterator[Filing]:
    """Yield the site codes in a text."""
    return _site_codes(text, plain_form(text))


# --- ICP --------------------------------------------------------------------------------------------------------------


def _icp(text: str, plain: str) -> Iterator[Filing]:
    for anchor in _ICP_WORD.finditer(plain):
        found = _AFTER_ICP.match(plain, anchor.end())
        if found:
            head, is_parody, first = _head_before(plain, anchor.start())
            one = _icp_filing(found, head, anchor.group(), is_parody=is_parody)
            if one:
                written = text[first : found.end()].strip()
                yield Filing(one.kind, one.number, written, first, fault=one.fault, is_parody=is_parody)
    if "备" in plain:
        for found in _BARE_FILING.finditer(plain):
            number = f"{found['letter']}ICP备{found['digits']}号{_serial_of(found)}"
            yield Filing(FilingKind.ICP, number, found.group().strip(), found.start(), fault="缺“ICP”字样")


def _head_before(plain: str, at: int) -> tuple[str, bool, int]:
    """Return the letter before a number's word (empty: none), whether it is a joke registry's, and where it starts."""
    window = plain[max(0, at - _HEAD_WINDOW) : at]
    near = window.rstrip(" \n.·)]-")
    if len(window) - len(near) > 3 or not near:  # noqa: PLR2004 - farther away it belongs to something else
        return "", False, at
    end = at - (len(window) - len(near))
    for parody in PARODY_HEADS:
        if near.endswith(parody):
            return parody, True, end - len(parody)
    if near[-1] in PROVINCES:
        return near[-1], False, end - 1
    for name, letter in PROVINCE_NAMES.items():
        if near.endswith((name, f"{name}省", f"{name}市")):
            return f"*{letter}", False, end - len(name) - (near[-1] in "省市")
    is_alone = "\u4e00" <= near[-1] <= "\u9fff" and not (len(near) > 1 and "\u4e00" <= near[-2] <= "\u9fff")
    return (f"?{near[-1]}", False, end - 1) if is_alone and near[-1] not in "号案证备码为是" else ("", False, at)


def _icp_filing(found: re.Match[str], head: str, icp: str, *, is_parody: bool) -> Filing | None:
    word, digits = found["word"], _digits_of(found["digits"])
    letter = head.lstrip("*?")
    is_placeholder = not digits.isdigit() and set(digits) <= set("0123456789X*×")
    is_number = digits.isdigit() or is_placeholder or (is_parody and word == "备")
    if not is_number or not (word or (letter and len(digits) >= _FEWEST_WITHOUT_WORD)):
        return None
    if icp[0] not in "Ii" and not letter:
        return None
    if icp[0] == "1" and not (letter and word):
        return None
    kind = FilingKind.LICENCE if word == "证" else FilingKind.ICP
    number = f"{letter}ICP{word}{digits}号{_serial_of(found)}"
    fault = "" if kind is FilingKind.LICENCE or is_parody else _icp_fault(head, word, digits, icp)
    if not fault and "O" in found["digits"].upper():
        fault = "数字中混有字母"
    return Filing(kind, number, "", 0, fault=fault)


def _digits_of(written: str) -> str:
    """Return a number in digits, whether it was written in characters or with the letter O for a nought; others as they are."""
    joined = re.sub(r"[ )\]-]", "", written)
    digits = joined.translate(_ALIKE)
    return digits if digits.isdigit() else joined.upper()


def _serial_of(found: re.Match[str]) -> str:
    return f"-{found['serial']}{(found['sort'] or '').upper()}" if found["serial"] else ""


def _icp_fault(head: str, word: str, digits: str, icp: str) -> str:
    """Return what is wrong with the form of a filing number; empty: nothing."""
    faults = (
        ("没有省份简称", not head),
        (f"“{head[1:]}”不是省份简称", head.startswith("?")),
        ("省份没有写简称", head.startswith("*")),
        ("缺“备”字", not word),
        ("“ICP”写法不符", icp[0] not in "Ii"),
        ("像是示例或被遮盖的号码", not digits.isdigit() or len(set(digits)) == 1 or digits == "12345678"),
    )
    return next((fault for fault, is_so in faults if is_so), "") or _digits_fault(digits)


def _digits_fault(digits: str) -> str:
    if len(digits) not in _LENGTHS:
        return f"数字有 {len(digits)} 位"
    if len(digits) == _SHORTEST:
        return ""
    year = int(digits[:4]) - _FIRST_LONG_YEAR if len(digits) == _LONGEST else int(digits[:2])
    return "" if 0 <= year <= _LAST_YEAR else "年份不可能"


def _licences(text: str, plain: str) -> Iterator[Filing]:
    for found in _LICENCE.finditer(plain):
        before = plain[max(0, found.start() - 12) : found.start()]
        head = _LICENCE_HEAD.search(before)
        first = found.start() - (len(before) - head.start()) if head else found.start()
        if not head and not _LICENCE_WORDS.search(plain[max(0, found.start() - 24) : found.start()]):
            line = plain[plain.rfind("\n", 0, found.start()) + 1 : found.start()]
            rest = plain[found.end() :].partition("\n")[0]
            if line.strip() or rest.strip(" 号"):
                continue
        letter = (head["letter"] or head["joint"] or "") if head else ""
        sorts = ".".join(re.findall(r"[AB][12]", found["sorts"]))
        serial = f"-{found['serial'].upper()}" if found["serial"] else ""
        number = f"{letter}{sorts}-{found['digits']}{serial}"
        yield Filing(FilingKind.LICENCE, number, text[first : found.end()].strip(), first)


# --- police and site codes --------------------------------------------------------------------------------------------


def _police(text: str, plain: str) -> Iterator[Filing]:
    for anchor in _POLICE_WORD.finditer(plain):
        found = _AFTER_POLICE.match(plain, anchor.end())
        if not found:
            continue
        digits = found["digits"].replace(" ", "").upper()
        word = re.sub(r"\s", "", anchor.group())
        is_full = word in _POLICE_FULL
        if not is_full and len(digits) < (_POLICE_DIGITS if word == "网备" else _FEWEST_POLICE_LOOSE):
            continue
        head, is_parody, first = _head_before(plain, anchor.start()) if is_full else ("", False, anchor.start())
        fault = "" if is_parody else _police_fault(head, digits)
        written = text[first : found.end()].strip()
        yield Filing(FilingKind.POLICE, digits, written, first, fault=fault, is_parody=is_parody)


def _police_fault(head: str, digits: str) -> str:
    if not digits.isdigit() or len(set(digits)) == 1:
        return "像是示例或被遮盖的号码"
    if len(digits) != _POLICE_DIGITS:
        return f"数字有 {len(digits)} 位，应为 {_POLICE_DIGITS} 位"
    letter = same_letter(head) if head and head[0] not in "*?" else ""
    area = AREA_CODES.get(letter)
    return f"“{head}”与地区代码 {digits[:2]} 不符" if area and not digits.startswith(area) else ""


def _site_codes(text: str, plain: str) -> Iterator[Filing]:
    for found in _SITE_CODE.finditer(plain):
        if _OTHERS_CODE.search(plain, max(0, found.start() - _HEAD_WINDOW), found.start()):
            continue
        code = found["code"].replace(" ", "").lower()
        if " " in found["code"] and len(code) != 10:  # noqa: PLR2004 - blanks within a code, or another number behind it
            code = found["code"].split(" ")[0].lower()
            if len(code) < 4:  # noqa: PLR2004
                continue
        fault = "" if re.fullmatch(r"(?:bm\d{8}|\d{10})", code) else "应为 10 位"
        yield Filing(FilingKind.SITE_CODE, code, text[found.start() : found.end()].strip(), found.start(), fault=fault)
