"""Small builders of name records and looks for every test."""

from datetime import datetime, timedelta

from detectors.model import Unknown
from pipelines.name_history import begin, observe
from pipelines.name_record import NameRecord, NameSight, Presence
from tests.builders import AT

HOST = "mem-gov.cn"
UNANSWERED = Unknown("域名查询超时")
RESOLVING, REGISTERED, UNREGISTERED = Presence.RESOLVING, Presence.REGISTERED, Presence.UNREGISTERED


def after(**time: float) -> datetime:
    return AT + timedelta(**time)


def a_record(source: str = "list:new.txt", at: datetime = AT, host: str = HOST, score: int = 700) -> NameRecord:
    return begin(host, "cx.mem.gov.cn", "brand_with_gov", score, source, at, at)[0]


def a_sight(presence: Presence | Unknown = RESOLVING, *addresses: str, at: datetime = AT, **more) -> NameSight:
    """A look; without addresses a resolving name has one, and every other fact is unanswered."""
    if presence is RESOLVING and not addresses:
        addresses = ("203.0.113.7",)
    known = addresses if not isinstance(presence, Unknown) else UNANSWERED
    return NameSight(at=at, presence=presence, addresses=known, **more)


def watched(*sights: NameSight, source: str = "list:new.txt", record: NameRecord | None = None):
    """Return the record after these looks, each taken in when it was made, and the changes of all of them."""
    record = record or a_record(source)
    changes = []
    for sight in sights:
        record, made = observe(record, sight, sight.at)
        changes += made
    return record, changes


def kinds(changes) -> list[str]:
    return [one.kind.value for one in changes]


def notices(changes) -> list[str]:
    return [one.kind.value for one in changes if one.is_notice]
