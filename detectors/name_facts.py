"""Everything that was found out about one name at one time: what `jianwei domains check` says and name history compares.

Pure values. Every fact that could not be had is `Unknown(reason)` with one Chinese sentence; an empty tuple or text means that
the asked side said "there is none". Each dataclass has at least one field of its own without default, so that a stored document is
read back as what it was.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from detectors.model import TlsFacts, Unknown

__all__ = [
    "DnsFacts", "DnsOutcome", "NameFacts", "NameState", "NetworkFacts", "RecordSet", "Registration", "TlsFault", "TlsLook",
    "not_registered",
]  # fmt: skip

_NOT_ASKED = Unknown("尚未查询")
_NOT_PUBLISHED = Unknown("登记机构未公布")
_NOT_REGISTERED = Unknown("域名未注册")
_NO_FILINGS = Unknown("备案库未导入")


class NameState(StrEnum):
    """What a name is at the moment, in one word. Decided by `detectors.name_state.state_of`."""

    RESOLVING = "resolving"
    """The name has addresses of its own."""
    WILDCARD = "wildcard"
    """It has addresses only because the name above it answers the same for every label: no proof that somebody made it."""
    REGISTERED = "registered"
    """Its registrable domain is registered (or delegated in DNS); the name itself has no address now."""
    NOT_REGISTERED = "not_registered"
    """The registry says nobody registered its registrable domain."""
    NXDOMAIN = "nxdomain"
    """DNS says there is no such name, and the registry could not be asked: free, or registered without name servers."""
    SERVFAIL = "servfail"
    """Its name servers are broken or refuse: somebody registered it, or the resolver fails; never "registered" by itself."""
    TIMEOUT = "timeout"
    """No name server answered in time."""
    UNKNOWN = "unknown"
    """The rounds contradicted each other, or nothing could be asked."""


class DnsOutcome(StrEnum):
    """How one question, or most rounds of it, ended."""

    ANSWERED = "answered"
    NO_RECORD = "no_record"
    """The name exists without a record of this type."""
    NXDOMAIN = "nxdomain"
    SERVFAIL = "servfail"
    TIMEOUT = "timeout"
    UNDECIDED = "undecided"
    """No two of the rounds agree. Never the outcome of a single question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSet:
    """The records of one type, asked in several rounds; most rounds decide."""

    outcome: DnsOutcome
    """What most rounds said."""
    values: tuple[str, ...] | Unknown
    """Sorted, lower case, without trailing dots; `()` for `NO_RECORD`; `Unknown` for every other outcome but `ANSWERED`.

    A value is kept if most answered rounds gave it; where the answers rotate so that none has a majority, all are kept.
    MX is `preference host`, SOA is `primary-server responsible-mailbox` without its numbers, which change by themselves.
    """
    rounds: tuple[DnsOutcome, ...] = ()
    """What each round said, in order."""
    varying: tuple[str, ...] = ()
    """Values that some answered rounds gave and others did not; empty: all answers were the same."""

    @property
    def is_flapping(self) -> bool:
        """Say whether the rounds disagreed about the outcome (not merely about the values)."""
        return len(set(self.rounds)) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsFacts:
    """What the configured name servers say about a name."""

    a: RecordSet
    aaaa: RecordSet
    cname: RecordSet
    """The name it is an alias of, the first link of a chain; `NO_RECORD`: the name is no alias."""
    ns: RecordSet
    """Of the registrable domain, not of the host below it."""
    mx: RecordSet
    """Of the name itself."""
    soa: RecordSet
    """Of the registrable domain."""
    wildcard: bool | Unknown
    """Whether an invented label under `wildcard_parent` gets every address the name gets. False where the name has none."""
    wildcard_parent: str = ""
    """The name one label above; empty: nothing stands above, or nobody was asked since the name has no address."""
    asked_at: datetime
    """When the last round ended."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return all addresses, IPv4 first; empty: none, or not known (see the record sets)."""
        return _known(self.a) + _known(self.aaaa)

    @property
    def is_flapping(self) -> bool:
        """Say whether any record set flaps."""
        return any(one.is_flapping for one in (self.a, self.aaaa, self.cname, self.ns, self.mx, self.soa))


class TlsFault(StrEnum):
    """What is wrong with a certificate. A fact about the host, not a reason to look away."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_NAME = "wrong_name"
    """The certificate is not made out to the name that was asked for."""
    SELF_SIGNED = "self_signed"
    UNTRUSTED = "untrusted"
    """No chain leads to an authority this machine trusts."""
    OLD_PROTOCOL = "old_protocol"
    """It only speaks TLS so old that a careful client refuses; whether the chain is good is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsLook:
    """The certificate a host showed on port 443 to a client that named it (SNI)."""

    certificate: TlsFacts
    address: str
    """The pinned address that was dialled."""
    faults: tuple[TlsFault, ...]
    """In the order of `TlsFault`; empty: the certificate is good."""
    protocol: str = ""
    """E.g. `TLSv1.3`; empty: not said."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the registry (and its registrar) say about a registrable domain. "Not registered" is a fact."""

    domain: str
    """The registrable domain that was asked about, A-labels."""
    is_registered: bool
    """False: the registry knows no such domain; every other fact is then `Unknown`."""
    registered_at: datetime | Unknown = _NOT_PUBLISHED
    expires_at: datetime | Unknown = _NOT_PUBLISHED
    updated_at: datetime | Unknown = _NOT_PUBLISHED
    registrar: str | Unknown = _NOT_PUBLISHED
    registrant: str | Unknown = _NOT_PUBLISHED
    """Name or organisation as published; redactions ("REDACTED FOR PRIVACY") are `Unknown`."""
    registrant_email: str | Unknown = _NOT_PUBLISHED
    """Contact address of the registrant as published (CNNIC does); personal data, masked on screens."""
    statuses: tuple[str, ...] | Unknown = _NOT_PUBLISHED
    """Status codes as given, without explanations or links, e.g. `clientHold`, `ok`; sorted."""
    nameservers: tuple[str, ...] | Unknown = _NOT_PUBLISHED
    """Lower case without trailing dots, sorted."""
    source: str
    """`rdap:https://…` or `whois:host:port` of the server whose words these are."""
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """Whose network an address belongs to, by a local table. A table, not the address, decides: its date is part of the fact."""

    address: str
    asn: int | Unknown
    owner: str | Unknown
    country: str | Unknown
    """ISO 3166 alpha-2."""
    province: str | Unknown
    table: str
    """Name of the table that answered."""
    table_on: date | Unknown
    """Date of the table's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFacts:
    """One name at one time."""

    name: str
    """Lower-case A-label host name."""
    registrable_domain: str
    """The part somebody registered; empty: the name is a public suffix itself."""
    state: NameState
    state_reason: str
    """One Chinese sentence: why this state."""
    dns: DnsFacts | Unknown = _NOT_ASKED
    tls: TlsLook | Unknown = _NOT_ASKED
    registration: Registration | Unknown = _NOT_ASKED
    network: tuple[NetworkFacts, ...] | Unknown = _NOT_ASKED
    """One entry per address, in the order of `dns.addresses`; `()`: the name has no address."""
    filing: str | Unknown = _NO_FILINGS
    """ICP number of the domain; empty: the filing registry knows none."""
    checked_at: datetime
    """When the survey ended. Parts out of the cache carry their own, earlier instants."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return all addresses, IPv4 first; empty: none or not known."""
        return () if isinstance(self.dns, Unknown) else self.dns.addresses


def not_registered(domain: str, source: str, asked_at: datetime) -> Registration:
    """Return the fact that nobody registered the domain."""
    nothing = _NOT_REGISTERED
    return Registration(
        domain=domain, is_registered=False, registered_at=nothing, expires_at=nothing, updated_at=nothing,
        registrar=nothing, registrant=nothing, registrant_email=nothing, statuses=nothing, nameservers=nothing,
        source=source, asked_at=asked_at,
    )  # fmt: skip


def _known(records: RecordSet) -> tuple[str, ...]:
    return () if isinstance(records.values, Unknown) else records.values
