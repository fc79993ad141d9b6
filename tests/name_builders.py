"""Small builders of name records and looks for every test."""

from datetime import datetime, timedelta

from detectors.model import TlsFacts, Unknown
from detectors.name_facts import (
    DnsFacts,
    DnsOutcome,
    NameFacts,
    NameState,
    NetworkFacts,
    RecordSet,
    Registration,
    TlsLook,
)
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


def records(*values: str, outcome: DnsOutcome | None = None) -> RecordSet:
    outcome = outcome or (DnsOutcome.ANSWERED if values else DnsOutcome.NO_RECORD)
    is_known = outcome in {DnsOutcome.ANSWERED, DnsOutcome.NO_RECORD}
    return RecordSet(outcome=outcome, values=tuple(sorted(values)) if is_known else UNANSWERED)


def some_dns(
    *addresses: str, at: datetime = AT, outcome: DnsOutcome | None = None, ns=("ns1.example.cn",), cname: str = "",
) -> DnsFacts:  # fmt: skip
    """DNS with these IPv4 addresses; without any, as `outcome` says."""
    nothing = records(outcome=outcome)
    return DnsFacts(
        a=records(*addresses) if addresses else nothing, aaaa=records() if addresses else nothing,
        cname=records(*[cname] if cname else []), ns=records(*ns), mx=records(), soa=records(), wildcard=False, asked_at=at,
    )  # fmt: skip


def a_registration(at: datetime = AT, *, is_registered: bool = True, source: str = "whois:whois.cnnic.cn:43", **more):
    return Registration(domain=HOST, is_registered=is_registered, source=source, asked_at=at, **more)


def a_certificate(at: datetime = AT, sha256: str = "a" * 64) -> TlsLook:
    shown = TlsFacts(subject="", issuer="", names=(HOST,), not_before=AT, not_after=after(days=90), sha256=sha256)
    return TlsLook(certificate=shown, address="203.0.113.7", faults=(), seen_at=at)


def a_network(address: str = "203.0.113.7", asn: int | Unknown = 64500, owner: str | Unknown = "甲公司"):
    return NetworkFacts(
        address=address, asn=asn, owner=owner, country="CN", province=UNANSWERED, table="test", table_on=UNANSWERED
    )


def some_facts(state: NameState = NameState.RESOLVING, at: datetime = AT, host: str = HOST, **more) -> NameFacts:
    if state is NameState.RESOLVING:
        more.setdefault("dns", some_dns("203.0.113.7", at=at))
    return NameFacts(
        name=host, registrable_domain=more.pop("domain", host), state=state, state_reason="原因", checked_at=at, **more
    )
