"""Reads a WHOIS answer. Pure: text in, `Registration` or `Unknown` out; python-whois picks the fields by our table.

A record is recognised before a refusal (terms of use speak of limits too), a refusal before "no match": rate-limit text must never
be read as "not registered".
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from whois.exceptions import PywhoisError
from whois.parser import WhoisEntry, cast_date

from detectors.model import Unknown
from detectors.name_facts import Registration, not_registered
from keywords.hosts import canonical_host
from pipelines.clock import CHINA

__all__ = ["decode_whois", "read_whois", "referral_in"]

_CNNIC_SUFFIXES = (".cn", ".xn--fiqs8s", ".xn--fiqz9s")
_MAX_LINE = 500
_MAX_LINES = 300
_MAX_DATE = 60
_HEAD_LINES = 12
"""What a server has to say it says at the top; terms of use follow."""
_FIRST_LINES = 3
"""Here it gives its answer; what it says further down is mostly the law."""
_MAX_ITEMS = 50
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_DAY_FIRST = re.compile(r"(\d{2})[-.](\d{2})[-.](\d{4})\b")
"""So write registries that do not write the year first (`.hk`, `.ru`); left alone, a day up to 12 is taken for a month."""

_LABELS = {
    "domain_name": ("Domain Name", "Domain", "域名", "域名名称"),
    "registrar": ("Registrar", "Sponsoring Registrar", "Registrar Name", "(?:域名)?注册商", "(?:域名)?注册服务机构"),
    "created": (
        "Creation Date",
        r"Registration (?:Date|Time)",
        "Domain Name Commencement Date",
        "Registered on",
        "Created",
        "(?:域名)?(?:注册|创建)(?:时间|日期)",
    ),
    "expires": (
        r"Registry Expir\w+ Date",
        r"Registrar Registration Expir\w+ Date",
        r"Expir\w+ (?:Date|Time)",
        r"Expires(?: on)?",
        "(?:域名)?(?:到期|过期)(?:时间|日期)",
    ),
    "updated": ("Updated Date", "Last Updated", "Last Modified", "更新(?:时间|日期)"),
    "organisation": (r"Registrant\s?Organi[sz]ation", "注册(?:组织|单位)"),
    "name": ("Registrant Name", "Registrant", "(?:域名)?(?:注册(?:人|者)|持有(?:人|者))"),
    "status": ("Domain Status", "Status", "(?:域名)?状态"),
    "name_servers": ("Name Servers?", "Nserver", "DNS ?服务器", "域名服务器"),
}
"""Label of the line for each field. python-whois brings a table for each suffix; some take minutes over a hostile answer."""

_REFUSED = re.compile(
    r"(limit|quota|rate)\w*\s+(has\s+been\s+|was\s+)?(exceed|reach)"
    r"|exceed\w*\s+(the\s+|your\s+|its\s+)?(\w+\s+)?(\w+\s+)?(limit|quota|rate|number)"
    r"|too\s+(many|fast|frequent|short)|(interval|frequency)\s+is\s+too"
    r"|(access|query|connection|request)\w*\s+(is\s+|has\s+been\s+|was\s+)?(temporarily\s+)?(denied|refused|blocked|restricted|prohibited)"
    r"|blacklist|try\s+again\s+(later|in|after)|please\s+wait|temporarily\s+unavailable|server\s+is\s+busy"
    r"|频繁|过快|超出.{0,8}(限制|次数)|次数.{0,6}(超|上限)|稍后再试|拒绝(访问|查询)|(访问|查询)受限|验证码",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"^[%#\s]*(>>>\s*)?("
    r"no\s+match(ing)?\b|not\s+found\b|no\s+data\s+found|no\s+entries\s+found|nothing\s+found|no\s+object\s+found|no\s+found\b"
    r"|domain\s+(name\s+)?not\s+found|(the\s+)?(queried\s+)?object\s+(does\s+not|doesn't)\s+exist"
    r"|(this|the|that)\s+domain(\s+name)?\s+(has\s+not\s+been|is\s+not|was\s+not)\s+(registered|found)|(domain\s+)?status:\s*(free|available)\s*$"
    r"|\S+\s+is\s+(available\s+for|free\b)|(没有|未)(找到|查到|匹配)|(所?查询的|该)?域名不存在|(该|此)?域名\s*([a-z0-9.-]+\s*)?(未|尚未|没有)(被)?注册"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_REFERRAL = re.compile(
    r"^\s*(?:Registrar )?WHOIS Server:[ \t]*(?:r?whois://)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?/?[ \t]*$", re.I | re.M
)
_MAIL = re.compile(r"^\s*Registrant (?:Contact )?Email:[ \t]*(\S+@\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_REDACTED = re.compile(r"redact|privacy|not disclosed|data protected|withheld|gdpr|select request", re.IGNORECASE)
_NOT_PUBLISHED = Unknown("登记机构未公布")
_REDACTED_FACT = Unknown("登记机构已隐去（隐私保护）")


def decode_whois(answer: bytes) -> str:
    """Return the text of an answer: UTF-8, else what most Chinese servers write."""
    try:
        text = answer.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = answer.decode("gb18030", "replace")
    lines = text.splitlines()[:_MAX_LINES]
    return "\n".join("".join(filter(_is_harmless, line[:_MAX_LINE])) for line in lines)


def _is_harmless(char: str) -> bool:
    """Say whether the character may come to a terminal: no controls, no marks that turn text round."""
    return char.isprintable() or char == "\t"


def referral_in(text: str) -> str:
    """Return `host` or `host:port` of the registrar's WHOIS server that a registry's answer names; empty: none."""
    found = _REFERRAL.search(text)
    return "" if not found else found[1].lower() + (f":{found[2]}" if found[2] else "")


def read_whois(domain: str, text: str, source: str, asked_at: datetime) -> Registration | Unknown:
    """Return what the answer says about the domain (A-labels)."""
    fields = _fields(domain, text)
    if _is_record(domain, fields):
        return _registration(domain, fields, text, source, asked_at)
    lines = [line for line in text.splitlines() if line.strip()][:_HEAD_LINES]
    server = source.removeprefix("whois:")
    if not lines:
        return Unknown(f"WHOIS 服务器 {server} 没有给出内容")
    shown = lines[0].strip(" %#")[:80]
    for part in ("\n".join(lines[:_FIRST_LINES]), "\n".join(lines)):
        if _REFUSED.search(part):
            return Unknown(f"WHOIS 服务器 {server} 拒绝或限制查询：{shown}")
        if _NOT_FOUND.search(part):
            return not_registered(domain, source, asked_at)
    return Unknown(f"WHOIS 服务器 {server} 的应答无法识别：{shown}")


def _fields(domain: str, text: str) -> Mapping[str, object]:
    """Return name of the field → text or texts, as python-whois finds them by our table."""
    return dict(WhoisEntry(domain, text, regex={name: _labelled(*labels) for name, labels in _LABELS.items()}))


def _labelled(*labels: str) -> str:
    return rf"^[ \t]*(?:{'|'.join(labels)})[ \t]*[:：][ \t]*(\S.*)$"


def _is_record(domain: str, fields: Mapping[str, object]) -> bool:
    """Say whether the fields are a record of this domain and not words that happen to look like some."""
    named = {one.rstrip(".").lower().split(" ")[0] for one in _texts(fields.get("domain_name"))}
    if named and domain not in {_a_label(one) for one in named}:
        return False
    created = _texts(fields.get("created"))
    return bool(created and not isinstance(_instant(created, is_cnnic=False), Unknown)) or bool(
        named and _texts(fields.get("registrar"))
    )


def _registration(
    domain: str, fields: Mapping[str, object], text: str, source: str, asked_at: datetime
) -> Registration:
    is_cnnic = domain.endswith(_CNNIC_SUFFIXES)
    mail = _MAIL.search(text)
    return Registration(
        domain=domain,
        is_registered=True,
        registered_at=_instant(_texts(fields.get("created")), is_cnnic=is_cnnic),
        expires_at=_instant(_texts(fields.get("expires")), is_cnnic=is_cnnic),
        updated_at=_instant(_texts(fields.get("updated")), is_cnnic=is_cnnic),
        registrar=_named(fields, "registrar"),
        registrant=_named(fields, "organisation", "name"),
        registrant_email=_shown(mail[1]) if mail else _NOT_PUBLISHED,
        statuses=_listed(one.split()[0] for one in _texts(fields.get("status")) if one.split()),
        nameservers=_listed(
            one.split()[0].rstrip(".").lower() for one in _texts(fields.get("name_servers")) if one.split()
        ),
        source=source,
        asked_at=asked_at,
    )


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one.strip() for one in values if isinstance(one, str) and one.strip()]


def _instant(texts: list[str], *, is_cnnic: bool) -> datetime | Unknown:
    if not texts:
        return _NOT_PUBLISHED
    try:
        read = cast_date(_written_year_first(texts[0][:_MAX_DATE]))
        if not isinstance(read, datetime):
            raise TypeError(texts[0])  # noqa: TRY301 - one place says what cannot be read
        # python-whois calls a time without zone UTC.
        # CNNIC gives local time without saying so.
        return (read.replace(tzinfo=CHINA) if is_cnnic else read).astimezone(UTC)
    except (PywhoisError, ValueError, OverflowError, TypeError):
        return Unknown(f"登记机构给出的时间无法识别：{texts[0][:40]}")


def _written_year_first(text: str) -> str:
    return _DAY_FIRST.sub(r"\3-\2-\1", _CHINESE_DATE.sub(r"\1-\2-\3", text))


def _named(fields: Mapping[str, object], *keys: str) -> str | Unknown:
    for key in keys:
        if found := _texts(fields.get(key)):
            return _shown(found[0])
    return _NOT_PUBLISHED


def _shown(text: str) -> str | Unknown:
    return _REDACTED_FACT if _REDACTED.search(text) else " ".join(text.split())[:300]


def _listed(values: Iterable[str]) -> tuple[str, ...] | Unknown:
    return tuple(sorted(set(values)))[:_MAX_ITEMS] or _NOT_PUBLISHED


def _a_label(name: str) -> str:
    try:
        return canonical_host(name)
    except (ValueError, UnicodeError):
        return name
