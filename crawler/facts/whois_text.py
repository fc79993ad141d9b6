"""Reads a WHOIS answer. Pure: text in, `Registration` or `Unknown` out; python-whois picks the fields by our table.

A record is recognised before anything else: terms of use speak of limits too. What an answer that is no record says is read in
`whois_words`; how registries draw their lines, in `whois_dress`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from whois.exceptions import PywhoisError
from whois.parser import WhoisEntry, cast_date

from crawler.facts.redacted import NOT_PUBLISHED, published
from crawler.facts.whois_dress import undressed
from crawler.facts.whois_words import a_label, is_of_another, why_not
from detectors.model import Unknown
from detectors.name_facts import Registration, not_registered
from pipelines.clock import CHINA

__all__ = ["decode_whois", "read_whois", "referral_in"]

_CNNIC_SUFFIXES = (".cn", ".xn--fiqs8s", ".xn--fiqz9s")
_JAPANESE = b"\x1b$B"
_MAX_LINE = 500
_MAX_LINES = 300
_MAX_DATE = 60
_MAX_ITEMS = 50
_YEAR_FIRST = re.compile(r"(\d{4})(?:年|\. ?)(\d{1,2})(?:月|\. ?)(\d{1,2})(?:日|\.)?")
_DAY_FIRST = re.compile(r"\b(\d{1,2})[-.](\d{1,2})[-.](\d{4})\b")
"""So write registries that do not write the year first (`.hk`, `.ru`); left alone, a day up to 12 is taken for a month."""

_REMARK = re.compile(r"\((?!UTC|GMT)[^()\d]*\)|#\d+")
_ZONE = re.compile(r"\(?(?:UTC|GMT)([+-])(\d{1,2})(?::?00)?\)?")
"""`(UTC+8)`, `(GMT+0:00)`: hours before or behind the world's time."""

_LABELS = {
    "domain_name": (r"Domain ?Name", "Domain", "域名", "域名名称", "ドメイン名"),
    "registrars": (
        "Registrar",
        r"(?:Sponsoring )?Registrar[- ](?:Name|Organi[sz]ation)",
        "Sponsoring Registrar",
        "Registration Service Provider",
        "Current Registr?ar",
        "Authorized Agency",
        "(?:域名|所属)?注册(?:商|服务机构|服务商)(?:名称)?",
    ),
    "created": (
        "Creation (?:Date|Time)",
        r"Registration (?:Date|Time)",
        r"Registered(?: Date| On)?",
        "Domain Name Commencement Date",
        "(?:Record |Domain )?Created(?: on| date)?",
        "(?:域名)?(?:注册|创建|登记)(?:时间|日期)",
        "登録年月日",
    ),
    "expires": (
        r"Registry Expir\w+ Date",
        r"Registrar Registration Expir\w+ Date",
        r"Exp(?:ir\w+)? (?:Date|Time)",
        r"(?:Record )?Expires(?: on)?",
        "Renewal date",
        "Paid-till",
        "(?:域名)?(?:到期|过期|截止)(?:时间|日期)",
        "有効期限",
    ),
    "updated": (
        "Updated Date",
        "Last[ -]Update(?:d(?: Date| on)?)?",
        "Last Modified",
        "Modified",
        "Changed",
        "(?:最后)?(?:更新|修改)(?:时间|日期)",
        "最終更新",
    ),
    "organisation": (r"Registrant\s?Organi[sz]ation", "(?:域名)?(?:注册|所有)(?:组织|单位)", "组织名称", "組織名"),
    "name": ("Registrant Name", "Registrant", "(?:域名)?(?:注册|持有|所有)(?:人|者)", "Owner", "登録者名"),
    "status": ("Domain Status", "Status", "(?:域名)?状态", "状態"),
    "name_servers": (
        r"Name\s?Servers?",
        "Nserver",
        "(?:Primary|Secondary) Server",
        "(?:域名|DNS) ?服务器",
        "DNS",
        "ネームサーバ",
    ),
}
"""Label of the line for each field. python-whois brings a table for each suffix; some take minutes over a hostile answer.

Not `registrar`: of a field of that name it keeps the last line, which below a heading is the street.
"""

_REFERRAL = re.compile(
    r"^\s*(?:Registrar )?WHOIS Server:[ \t]*(?:r?whois://)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?/?[ \t]*$", re.I | re.M
)
_MAIL = re.compile(r"^\s*Registrant (?:Contact )?Email:[ \t]*(\S+@\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)


def decode_whois(answer: bytes) -> str:
    """Return the text of an answer: UTF-8, what Japan's registry writes, else what most Chinese servers write."""
    try:
        text = answer.decode("iso2022_jp" if _JAPANESE in answer else "utf-8-sig")
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
    plain = undressed(text)
    fields = _fields(domain, plain)
    server = source.removeprefix("whois:")
    if is_of_another(domain, _named_domains(fields)):
        return Unknown(f"WHOIS 服务器 {server} 应答的是另一个域名")
    if _is_record(domain, fields):
        return _registration(domain, fields, plain, source, asked_at)
    if reason := why_not(text, domain):
        return Unknown(f"WHOIS 服务器 {server} {reason}")
    return not_registered(domain, source, asked_at)


def _fields(domain: str, text: str) -> Mapping[str, object]:
    """Return name of the field → text or texts, as python-whois finds them by our table."""
    try:
        return dict(WhoisEntry(domain, text, regex={name: _labelled(*labels) for name, labels in _LABELS.items()}))
    except PywhoisError:  # it takes one sentence about suffixes without a server for a whole answer
        return {}


def _labelled(*labels: str) -> str:
    return rf"^[ \t]*(?:{'|'.join(labels)})[ \t]*[:：][ \t]*(\S.*)$"


def _named_domains(fields: Mapping[str, object]) -> list[str]:
    return [one.rstrip(".").lower().split(" ")[0] for one in _texts(fields.get("domain_name"))]


def _is_record(domain: str, fields: Mapping[str, object]) -> bool:
    """Say whether the fields are a record of this domain and not words that happen to look like some."""
    named = {a_label(one) for one in _named_domains(fields)}
    if named and domain not in named:
        return False
    created = _texts(fields.get("created"))
    if created and not isinstance(_instant(created, is_cnnic=False), Unknown):
        return True
    return bool(named and (_texts(fields.get("registrars")) or _hosts(fields.get("name_servers"))))


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
        registrar=_named(fields, "registrars"),
        registrant=_named(fields, "organisation", "name"),
        registrant_email=_shown(mail[1]) if mail else NOT_PUBLISHED,
        statuses=_listed(one.split()[0] for one in _texts(fields.get("status")) if one.split()),
        nameservers=_listed(_hosts(fields.get("name_servers"))),
        source=source,
        asked_at=asked_at,
    )


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one.strip() for one in values if isinstance(one, str) and one.strip()]


def _hosts(value: object) -> list[str]:
    """Return the name servers; whatever else stands on their lines (addresses, `[OK]`) is left out."""
    first = [one.split()[0].rstrip(".").lower() for one in _texts(value)]
    return [one for one in first if "." in one]


def _instant(texts: list[str], *, is_cnnic: bool) -> datetime | Unknown:
    if not texts:
        return NOT_PUBLISHED
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
    """Return a date as python-whois reads it: without remarks behind it, such as the form of the date or a serial number."""
    text = text.replace("(JST)", "+09:00")
    text = _ZONE.sub(lambda zone: f"{zone[1]}{int(zone[2]):02d}:00", _REMARK.sub("", text)).rstrip(". ")
    return _DAY_FIRST.sub(r"\3-\2-\1", _YEAR_FIRST.sub(r"\1-\2-\3", text))


def _named(fields: Mapping[str, object], *keys: str) -> str | Unknown:
    for key in keys:
        if found := _texts(fields.get(key)):
            return _shown(found[0])
    return NOT_PUBLISHED


def _shown(text: str) -> str | Unknown:
    return published(" ".join(text.split())[:300])


def _listed(values: Iterable[str]) -> tuple[str, ...] | Unknown:
    return tuple(sorted(set(values)))[:_MAX_ITEMS] or NOT_PUBLISHED
