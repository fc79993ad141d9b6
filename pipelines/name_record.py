"""What we know of one watched name and what became of it: values only. The rules are in `pipelines.name_history`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from detectors.model import Unknown

__all__ = [
    "AddressHome", "ChangeKind", "Doubt", "KnownFact", "LastKnown", "LoggedChange", "NameChange", "NameCounts", "NameRecord",
    "NameSight", "Presence",
]  # fmt: skip


class Presence(StrEnum):
    """How far a name exists."""

    UNKNOWN = "unknown"
    """Nobody has answered yet."""
    UNREGISTERED = "unregistered"
    """Free, and it was never anything else while we looked."""
    REGISTERED = "registered"
    """Somebody registered it; it has no address now."""
    RESOLVING = "resolving"
    """It has addresses: it can be opened."""
    GONE = "gone"
    """It existed while we looked and does not any more."""


class ChangeKind(StrEnum):
    """What became of a name. Which kinds raise notice stands in `pipelines.name_history.NOTICES`."""

    FIRST_SEEN = "first_seen"
    REGISTERED = "registered"
    RESOLVING = "resolving"
    STOPPED_RESOLVING = "stopped_resolving"
    GONE = "gone"
    BACK = "back"
    REREGISTERED = "reregistered"
    TRANSFERRED = "transferred"
    """Another registrar, the registration itself goes on."""
    ADDRESS_CHANGED = "address_changed"
    ADDRESS_ROTATED = "address_rotated"
    """Other addresses of the network it lives in."""
    PARKED = "parked"
    UNPARKED = "unparked"
    NAMESERVERS_CHANGED = "nameservers_changed"
    CERTIFICATE_CHANGED = "certificate_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """One fact as it was last answered."""

    values: tuple[str, ...]
    """Sorted; empty: the asked side said that there is none."""
    since: datetime
    """When it was first seen to be so."""
    confirmed_at: datetime
    """When it was last seen to be so."""
    source: str = ""
    """`rdap` or `whois` of registrations, `dns` or `page` of parking: who else says it may say it otherwise; empty: does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressHome:
    """A network the name was seen to live in: an address block (`203.0.113.0/24`, a /48) or `AS` and its number."""

    network: str
    last_at: datetime
    """When an address in it was last seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A name seen to exist less than we knew: not yet believed, see `pipelines.name_history.DAMPING`."""

    presence: Presence
    """The most that all looks since `first_at` left of it."""
    first_at: datetime
    last_at: datetime


_NEVER_ANSWERED = Unknown("尚无结果")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastKnown:
    """The latest answers about a name. An unanswered question leaves the earlier answer as it was."""

    presence: Presence = Presence.UNKNOWN
    presence_since: datetime
    presence_confirmed_at: datetime | None = None
    """None: never answered."""
    doubt: Doubt | None = None
    """None: nothing speaks against `presence`."""
    addresses: KnownFact | Unknown = _NEVER_ANSWERED
    """As last seen; kept when the name stops resolving, so that its return can be compared."""
    homes: tuple[AddressHome, ...] = ()
    """Networks staff were told of (or that were there from the start); a move to another one is a change."""
    nameservers: KnownFact | Unknown = _NEVER_ANSWERED
    registrar: KnownFact | Unknown = _NEVER_ANSWERED
    registered_on: KnownFact | Unknown = _NEVER_ANSWERED
    """One ISO date."""
    certificate: KnownFact | Unknown = _NEVER_ANSWERED
    """SHA-256 of the certificate shown."""
    parking: KnownFact | Unknown = _NEVER_ANSWERED
    """The parking or for-sale service; empty: it is not parked."""
    networks: KnownFact | Unknown = _NEVER_ANSWERED
    """`AS4134 CHINANET` … of the addresses."""
    countries: KnownFact | Unknown = _NEVER_ANSWERED
    """ISO 3166 alpha-2 of the addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChange:
    """One thing that became of a name."""

    at: datetime
    """When it was seen (for a name that went: when it was first missed)."""
    kind: ChangeKind
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    before_since: datetime | None = None
    """Since when `before` held; None: there was nothing before."""
    is_notice: bool
    """Whether staff are told by themselves."""
    noted_at: datetime
    """When we learned of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRecord:
    """A watched name with its whole story: one document."""

    host: str
    """Lower-case A-label host name; the record's id."""
    imitates: str
    """Rostered host; empty: some Chinese government host that is not in the roster."""
    technique: str
    """A `detectors.names.hit.Technique`, or what a person wrote; empty: not said."""
    score_permille: int
    first_seen_at: datetime
    first_source: str
    """Who named it first: `ct:…`, `list:…`, `tip`; or our own asking, `check` and `generation`: seen nowhere."""
    sources: tuple[str, ...]
    """All that named it, in the order they did; capped."""
    known: LastKnown
    checked_at: datetime | None = None
    """When it was last surveyed, whatever came of it; None: not yet."""
    history: tuple[NameChange, ...] = ()
    """Oldest first, capped: the first ones and notices stay longest."""
    dropped_count: int = 0
    """Entries of the history that had to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSight:
    """What one look at a name said, in the terms of its history. `Unknown` says nothing at all."""

    at: datetime
    presence: Presence | Unknown
    """`UNREGISTERED`, `REGISTERED` or `RESOLVING`."""
    is_at_least_registered: bool = False
    """The registry knows the name, whatever DNS says or fails to say."""
    is_dns_alone: bool = False
    """`presence` is `UNREGISTERED` by DNS, and the registry was not heard: a name its registrar holds looks the same."""
    addresses: tuple[str, ...] | Unknown
    networks: tuple[str, ...] | Unknown = _NEVER_ANSWERED
    countries: tuple[str, ...] | Unknown = _NEVER_ANSWERED
    nameservers: tuple[str, ...] | Unknown = _NEVER_ANSWERED
    registrar: str | Unknown = _NEVER_ANSWERED
    registered_on: str | Unknown = _NEVER_ANSWERED
    """ISO date."""
    registry: str = ""
    """`rdap` or `whois`; empty: no registry was heard."""
    certificate: str | Unknown = _NEVER_ANSWERED
    parking: str | Unknown = _NEVER_ANSWERED
    """The service; empty: not parked."""
    is_visit: bool = False
    """A visit of its page: no survey, whose turn stays what it was. What a page said of parking DNS does not take back, nor the other way round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChange:
    """A change as the store's log keeps it."""

    position: int
    """1, 2, 3 … in the order they were written."""
    host: str
    imitates: str
    change: NameChange


@dataclass(frozen=True, slots=True, kw_only=True)
class NameCounts:
    """How many names are watched."""

    by_presence: dict[str, int]
    """Presence → names; no entry: none."""
    due: int
    """Names whose time to be checked has come."""
    new_notices: int
    """Notices written after the last look at them."""

    @property
    def total(self) -> int:
        """Return the number of watched names."""
        return sum(self.by_presence.values())
