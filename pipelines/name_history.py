"""A name's story: what one more look does to what we know of it, and which changes that makes. Pure: times are handed in.

The rules, each with its reason:
* An unanswered question changes nothing. A time-out is not "gone".
* A name rises at once (registered, resolving, back) and falls only when several looks agree (`pipelines.name_presence`).
* A registrar who holds a name takes it out of DNS: where a registry ever knew it, NXDOMAIN alone makes it stop, not go.
* Every fact keeps the instant of its last answer; a look that is not newer changes it no more. So the same look twice does nothing,
  and a late one never rewrites what is known better.
* The first answer is the state of affairs, not a change. Only a name that we asked about ourselves (invented, or checked by
  hand), and that turns out to exist, raises notice with it: nobody was told of that name before.
* Other addresses of the same network are noted quietly (`pipelines.name_addresses`).
* A later date of registration is another registration; the registrar's name alone is a transfer, and only where the same kind of
  registry said both: RDAP and WHOIS spell one company in two ways, and their dates may differ by a day.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from detectors.model import Unknown
from pipelines.name_addresses import AddressMove, compare_addresses, home_networks
from pipelines.name_presence import ABSENT, Turn, turn
from pipelines.name_record import (
    AddressHome,
    ChangeKind,
    KnownFact,
    LastKnown,
    NameChange,
    NameRecord,
    NameSight,
    Presence,
)

__all__ = ["HISTORY_LIMIT", "NOTICES", "begin", "observe", "see_again"]


NOTICES: dict[ChangeKind, bool] = {
    ChangeKind.FIRST_SEEN: True,  # somebody saw it; not for names we only asked about ourselves
    ChangeKind.REGISTERED: True,
    ChangeKind.RESOLVING: True,
    ChangeKind.STOPPED_RESOLVING: True,  # a measure took effect, or the site moved
    ChangeKind.GONE: True,
    ChangeKind.BACK: True,
    ChangeKind.REREGISTERED: True,
    ChangeKind.TRANSFERRED: True,  # the registrar is the addressee of a measure
    ChangeKind.ADDRESS_CHANGED: True,  # the access provider is another addressee
    ChangeKind.ADDRESS_ROTATED: False,
    ChangeKind.PARKED: True,
    ChangeKind.UNPARKED: True,  # a bought name comes into use
    ChangeKind.NAMESERVERS_CHANGED: False,  # without new addresses nobody sees a difference
    ChangeKind.CERTIFICATE_CHANGED: False,  # renewed every few weeks by itself
}
"""Whether staff are told of a change by themselves."""

HISTORY_LIMIT = 200
_FIRST_KEPT = 20
"""So many of the oldest entries are never dropped: how it began is the first question."""
_VALUES_LIMIT = 64
_VALUE_LENGTH = 255
_SOURCES_LIMIT = 20
_OWN_QUESTIONS = frozenset({"generation", "check"})
"""Sources that are our own asking: nobody saw such a name out there, and most of them do not exist."""
_ONE_DAY = timedelta(days=1)


def begin(
    host: str, imitates: str, technique: str, score_permille: int, source: str, at: datetime, now: datetime
) -> tuple[NameRecord, tuple[NameChange, ...]]:
    """Return the record of a name first named at `at` by `source`, and that change."""
    first = NameChange(
        at=at,
        kind=ChangeKind.FIRST_SEEN,
        after=(source,),
        is_notice=NOTICES[ChangeKind.FIRST_SEEN] and source not in _OWN_QUESTIONS,
        noted_at=now,
    )
    record = NameRecord(
        host=host,
        imitates=imitates,
        technique=technique,
        score_permille=score_permille,
        first_seen_at=at,
        first_source=source,
        sources=(source,),
        known=LastKnown(presence_since=at),
        history=(first,),
    )
    return record, (first,)


def see_again(
    record: NameRecord, imitates: str, technique: str, score_permille: int, source: str, at: datetime, now: datetime
) -> tuple[NameRecord, tuple[NameChange, ...]]:
    """Return the record of a known name after another source named it.

    The strongest score keeps its technique. A name we had only asked about becomes news when somebody sees it out there.
    """
    after = record
    if score_permille > record.score_permille:
        after = replace(after, imitates=imitates, technique=technique, score_permille=score_permille)
    if at < record.first_seen_at:
        after = replace(after, first_seen_at=at, first_source=source)
    if source in record.sources:
        return after, ()
    is_first_sight = _is_unseen(record) and source not in _OWN_QUESTIONS and record.known.presence in _UNTOLD
    if len(record.sources) < _SOURCES_LIMIT:
        after = replace(after, sources=(*record.sources, source))
    if not is_first_sight:
        return after, ()
    news = NameChange(at=at, kind=ChangeKind.FIRST_SEEN, after=(source,), is_notice=True, noted_at=now)
    return _written(after, (news,)), (news,)


_UNTOLD = {Presence.UNKNOWN, Presence.UNREGISTERED}
"""Of a name that only we asked about and that stands like this nobody was ever told."""


def observe(record: NameRecord, seen: NameSight, now: datetime) -> tuple[NameRecord, tuple[NameChange, ...]]:
    """Return the record after one more look, and what changed. A look from the future counts as one of `now`."""
    at = min(seen.at, now)
    look = _Look(
        seen=_bounded(seen), at=at, now=now, known=record.known, is_news=_is_unseen(record), history=record.history
    )
    for step in _STEPS:
        step(look)
    checked_at = record.checked_at
    if not seen.is_visit:
        checked_at = at if checked_at is None else max(checked_at, at)
    if look.known == record.known and checked_at == record.checked_at:
        return record, ()
    changes = tuple(look.changes)
    return _written(replace(record, known=look.known, checked_at=checked_at), changes), changes


@dataclass(slots=True)
class _Look:
    """One look being taken in: the steps below move `known` on and note changes."""

    seen: NameSight
    at: datetime
    now: datetime
    known: LastKnown
    is_news: bool
    """The first answer raises notice."""
    history: tuple[NameChange, ...]
    """What was noted before this look."""
    changes: list[NameChange] = field(default_factory=list)

    def note(
        self,
        kind: ChangeKind,
        before: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        before_since: datetime | None = None,
        *,
        at: datetime | None = None,
        is_notice: bool = True,
    ) -> None:
        self.changes.append(
            NameChange(
                at=at or self.at,
                kind=kind,
                before=before,
                after=after,
                before_since=before_since,
                is_notice=is_notice and NOTICES[kind],
                noted_at=self.now,
            )
        )

    def is_newer_than(self, fact: KnownFact | Unknown) -> bool:
        return isinstance(fact, Unknown) or self.at > fact.confirmed_at

    def fact(self, before: KnownFact | Unknown, values: tuple[str, ...], source: str = "") -> KnownFact:
        if isinstance(before, KnownFact) and before.values == values:
            return replace(before, confirmed_at=self.at, source=source)
        return KnownFact(values=values, since=self.at, confirmed_at=self.at, source=source)


def _see_presence(look: _Look) -> None:
    seen = _seen_presence(look)
    if isinstance(seen, Unknown):
        return
    before = look.known
    look.known, turned = turn(before, seen, look.at)
    if turned is None:
        return
    if not turned.is_rise:
        _note_fall(look, before, turned)
    elif before.presence is not Presence.UNKNOWN or (look.is_news and seen not in ABSENT):
        _note_rise(look, before, turned)


def _seen_presence(look: _Look) -> Presence | Unknown:
    seen, known = look.seen.presence, look.known
    if isinstance(seen, Unknown) and look.seen.is_at_least_registered and known.presence is not Presence.RESOLVING:
        return Presence.REGISTERED
    if look.seen.is_dns_alone and known.presence in _STANDING and isinstance(known.registrar, KnownFact):
        return Presence.REGISTERED
    return seen


_STANDING = frozenset({Presence.REGISTERED, Presence.RESOLVING})


def _note_rise(look: _Look, before: LastKnown, turned: Turn) -> None:
    is_resolving = turned.after is Presence.RESOLVING
    kind = ChangeKind.RESOLVING if is_resolving else ChangeKind.REGISTERED
    resolved_before = turned.before is Presence.REGISTERED and isinstance(before.addresses, KnownFact)
    if turned.before is Presence.GONE or resolved_before:
        kind = ChangeKind.BACK
    seen = look.seen.addresses
    addresses = seen if is_resolving and not isinstance(seen, Unknown) else ()
    since = None if turned.before is Presence.UNKNOWN else before.presence_since
    if resolved_before:
        since = _stopped_at(look.history) or since
    look.note(kind, (turned.before.value,), (turned.after.value, *addresses), since)


def _stopped_at(history: tuple[NameChange, ...]) -> datetime | None:
    """Return when a name that does not resolve did so last: it may have been deleted and registered again in between."""
    falls = (one.at for one in reversed(history) if one.kind in _FALLS and one.before[0] == Presence.RESOLVING)
    return next(falls, None)


_FALLS = frozenset({ChangeKind.STOPPED_RESOLVING, ChangeKind.GONE})


def _note_fall(look: _Look, before: LastKnown, turned: Turn) -> None:
    kind = ChangeKind.GONE if turned.after is Presence.GONE else ChangeKind.STOPPED_RESOLVING
    was_resolving = turned.before is Presence.RESOLVING and isinstance(before.addresses, KnownFact)
    addresses = before.addresses.values if was_resolving and isinstance(before.addresses, KnownFact) else ()
    is_held = not look.seen.is_dns_alone and look.known.doubt is None
    held = () if kind is ChangeKind.GONE or is_held else (Presence.UNKNOWN.value,)
    look.note(kind, (turned.before.value, *addresses), (turned.after.value, *held), before.presence_since, at=turned.at)


def _see_addresses(look: _Look) -> None:
    known, seen = look.known, look.seen
    if isinstance(seen.addresses, Unknown) or not seen.addresses or not look.is_newer_than(known.addresses):
        return
    networks = seen.networks if not isinstance(seen.networks, Unknown) else ()
    before = known.addresses
    after = look.fact(before, seen.addresses)
    if isinstance(before, Unknown):
        homes = tuple(
            AddressHome(network=one, last_at=look.at) for one in sorted(home_networks(seen.addresses, networks))
        )
        look.known = replace(known, addresses=after, homes=homes)
        return
    compared = compare_addresses(before.values, seen.addresses, networks, known.homes, look.at)
    look.known = replace(known, addresses=after, homes=compared.homes)
    is_told = any(one.kind in _WITH_ADDRESSES for one in look.changes)
    if compared.move is not AddressMove.SAME and not is_told:
        kind = ChangeKind.ADDRESS_CHANGED if compared.move is AddressMove.MOVED else ChangeKind.ADDRESS_ROTATED
        look.note(kind, before.values, seen.addresses, before.since)


_WITH_ADDRESSES = {ChangeKind.RESOLVING, ChangeKind.BACK}
"""These say the new addresses already."""


def _see_registration(look: _Look) -> None:
    known, seen = look.known, look.seen
    is_later = _see_registered_on(look)
    if isinstance(seen.registrar, Unknown) or not look.is_newer_than(known.registrar):
        return
    before = known.registrar
    after = look.fact(before, (seen.registrar,), seen.registry)
    if isinstance(before, KnownFact) and before.source == seen.registry and not is_later:
        if _spelling(before.values) == _spelling(after.values):
            after = replace(before, confirmed_at=look.at)
        else:
            look.note(ChangeKind.TRANSFERRED, before.values, after.values, before.since)
    look.known = replace(look.known, registrar=after)


def _see_registered_on(look: _Look) -> bool:
    """Take in the date of registration; return whether it is another registration."""
    known, seen = look.known, look.seen
    if isinstance(seen.registered_on, Unknown) or not look.is_newer_than(known.registered_on):
        return False
    before = known.registered_on
    if isinstance(before, KnownFact) and not _is_later(seen.registered_on, before.values[0]):
        look.known = replace(known, registered_on=replace(before, confirmed_at=look.at))
        return False
    look.known = replace(known, registered_on=look.fact(before, (seen.registered_on,), seen.registry))
    if isinstance(before, Unknown):
        return False
    had = known.registrar.values if isinstance(known.registrar, KnownFact) else ()
    has = (seen.registrar,) if not isinstance(seen.registrar, Unknown) else ()
    look.note(ChangeKind.REREGISTERED, before.values + had, (seen.registered_on, *has), before.since)
    return True


def _is_later(after: str, before: str) -> bool:
    return date.fromisoformat(after) - date.fromisoformat(before) > _ONE_DAY


def _spelling(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(re.sub(r"\W+", "", one.casefold()) for one in values)


def _see_parking(look: _Look) -> None:
    known, seen = look.known, look.seen
    if isinstance(seen.parking, Unknown) or not look.is_newer_than(known.parking):
        return
    before = known.parking
    # Name servers do not see what a page says, and a page seldom says whose name servers it has.
    said_by = "page" if seen.is_visit else "dns"
    is_blind = isinstance(before, KnownFact) and before.source != said_by
    if is_blind and not seen.parking:
        return
    after = look.fact(before, (seen.parking,) if seen.parking else (), said_by)
    look.known = replace(known, parking=after)
    if isinstance(before, Unknown) or before.values == after.values:
        return
    # From one parking service to another the name stays what it was: unused.
    kind = ChangeKind.PARKED if after.values else ChangeKind.UNPARKED
    look.note(kind, before.values, after.values, before.since, is_notice=not (before.values and after.values))


def _see_quietly(look: _Look) -> None:
    """Take in what is kept for the record and never raises notice."""
    known, seen = look.known, look.seen
    certificate = seen.certificate if isinstance(seen.certificate, Unknown) else (seen.certificate,)
    look.known = replace(
        known,
        nameservers=_kept(look, known.nameservers, seen.nameservers, ChangeKind.NAMESERVERS_CHANGED),
        certificate=_kept(look, known.certificate, certificate, ChangeKind.CERTIFICATE_CHANGED),
        networks=_kept(look, known.networks, seen.networks),
        countries=_kept(look, known.countries, seen.countries),
    )


def _kept(
    look: _Look, before: KnownFact | Unknown, values: tuple[str, ...] | Unknown, kind: ChangeKind | None = None
) -> KnownFact | Unknown:
    if isinstance(values, Unknown) or not look.is_newer_than(before):
        return before
    if kind and isinstance(before, KnownFact) and before.values != values:
        look.note(kind, before.values, values, before.since)
    return look.fact(before, values)


_STEPS: tuple[Callable[[_Look], None], ...] = (
    _see_presence,
    _see_addresses,
    _see_registration,
    _see_parking,
    _see_quietly,
)
"""Presence first: the others ask what it noted."""


def _is_unseen(record: NameRecord) -> bool:
    return _OWN_QUESTIONS.issuperset(record.sources)


def _bounded(seen: NameSight) -> NameSight:
    """Return the look with lists sorted, cut and free of doubles: name servers of a suspect say what they like."""
    return replace(
        seen,
        addresses=_cut(seen.addresses),
        networks=_cut(seen.networks),
        countries=_cut(seen.countries),
        nameservers=_cut(seen.nameservers),
        registrar=seen.registrar if isinstance(seen.registrar, Unknown) else seen.registrar[:_VALUE_LENGTH],
    )


def _cut(values: tuple[str, ...] | Unknown) -> tuple[str, ...] | Unknown:
    if isinstance(values, Unknown):
        return values
    return tuple(sorted({value[:_VALUE_LENGTH] for value in values})[:_VALUES_LIMIT])


def _written(record: NameRecord, changes: tuple[NameChange, ...]) -> NameRecord:
    """Return the record with the changes in its history, which stays within `HISTORY_LIMIT`.

    The first entries always stay; of the others the oldest quiet one goes first, then the oldest notice.
    """
    history = [*record.history, *changes]
    dropped = record.dropped_count
    while len(history) > HISTORY_LIMIT:
        rest = range(_FIRST_KEPT, len(history))
        del history[next((place for place in rest if not history[place].is_notice), _FIRST_KEPT)]
        dropped += 1
    return replace(record, history=tuple(history), dropped_count=dropped)
