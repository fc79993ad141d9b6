"""Reads what an RDAP server says about a domain (RFC 9083). Pure; anything unexpected is `Unknown`, never an empty fact."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from crawler.facts.redacted import NOT_PUBLISHED, published
from crawler.facts.whois_words import keeps_back
from detectors.model import Unknown
from detectors.name_facts import Registration

__all__ = ["is_not_found", "read_rdap"]

_MAX_TEXT = 300
_MAX_ITEMS = 50
_NOT_FOUND = 404
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_rdap(domain: str, body: bytes, source: str, asked_at: datetime) -> Registration | Unknown:
    """Return the registration an RDAP domain object describes; `Unknown` if it is none, or of another domain."""
    answer = _decoded(body)
    if answer is None:
        return Unknown("RDAP 应答不是有效的 JSON")
    if not isinstance(answer, Mapping) or answer.get("objectClassName") != "domain":
        return Unknown("RDAP 应答不是域名登记信息")
    if _text(answer.get("ldhName")).rstrip(".").lower() not in {domain, ""}:
        return Unknown("RDAP 应答的是另一个域名")
    events = {_text(one.get("eventAction")).lower(): _text(one.get("eventDate")) for one in _objects(answer, "events")}
    registrant = _person(answer, "registrant")
    return Registration(
        domain=domain,
        is_registered=True,
        registered_at=_instant(events.get("registration", "")),
        expires_at=_instant(events.get("expiration", "")),
        updated_at=_instant(events.get("last changed", "")),
        registrar=_named(_person(answer, "registrar"), ("fn", "org")),
        registrant=_named(registrant, ("org", "fn")),
        registrant_email=_named(registrant, ("email",)),
        statuses=_listed(_status(_text(one)) for one in _items(answer, "status")),
        nameservers=_listed(
            _text(one.get("ldhName")).rstrip(".").lower() for one in _objects(answer, "nameservers")
        ),
        source=source,
        asked_at=asked_at,
    )  # fmt: skip


def is_not_found(body: bytes) -> bool:
    """Say whether the body of a 404 leaves it at that: it is empty, or an error object that neither refuses nor keeps the name back."""
    if not body.strip():
        return True
    answer = _decoded(body)
    if not isinstance(answer, Mapping) or str(answer.get("errorCode", _NOT_FOUND)) != str(_NOT_FOUND):
        return False
    return not keeps_back("\n".join(map(_text, [answer.get("title"), *_items(answer, "description")])))


def _decoded(body: bytes) -> object:
    """Return what the JSON says; None: it is none."""
    try:
        return msgspec.json.decode(body.removeprefix(_BYTE_ORDER_MARK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _person(answer: Mapping[str, object], role: str) -> dict[str, str] | None:
    """Return property → text of the first entity in this role that says anything; None: there is none."""
    for entity in _objects(answer, "entities"):
        if role in _items(entity, "roles"):
            card = _items(entity, "vcardArray")
            properties = card[1] if len(card) == 2 and isinstance(card[1], list) else []  # noqa: PLR2004 - ["vcard", [...]]
            if known := dict(reversed([pair for pair in map(_property, properties) if pair])):
                return known
    return None


def _property(one: object) -> tuple[str, str] | None:
    if not isinstance(one, list) or len(one) < 4:  # noqa: PLR2004 - [name, parameters, type, value, ...]
        return None
    value = one[3][0] if isinstance(one[3], list) and one[3] else one[3]
    return _text(one[0]).lower(), _text(value)


def _named(person: Mapping[str, str] | None, properties: Iterable[str]) -> str | Unknown:
    for name in properties:
        value = (person or {}).get(name, "")
        if value:
            return published(value)
    return NOT_PUBLISHED


def _status(text: str) -> str:
    """Return the EPP form of an RDAP status: `client hold` is `clientHold`, `active` is `ok` (RFC 8056)."""
    first, *others = text.lower().split() or [""]
    return {"active": "ok"}.get(text.lower(), first + "".join(word.capitalize() for word in others))


def _listed(values: Iterable[str]) -> tuple[str, ...] | Unknown:
    found = tuple(sorted({value for value in values if value}))[:_MAX_ITEMS]
    return found or NOT_PUBLISHED


def _instant(text: str) -> datetime | Unknown:
    if not text:
        return NOT_PUBLISHED
    try:
        read = datetime.fromisoformat(text.upper().removesuffix(" UTC"))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return Unknown(f"登记机构给出的时间无法识别：{text[:40]}")


def _items(answer: Mapping[str, object], key: str) -> list[object]:
    value = answer.get(key)
    return value[:_MAX_ITEMS] if isinstance(value, list) else []


def _objects(answer: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    return (one for one in _items(answer, key) if isinstance(one, Mapping))


def _text(value: object) -> str:
    """Return the text in one line, without controls and marks that turn text round; empty: it is no text."""
    return "".join(filter(str.isprintable, " ".join(value.split())))[:_MAX_TEXT] if isinstance(value, str) else ""
