"""One row per index: its mapping file and what its documents are indexed by. The files say how, the functions here say with what.

A later change of a mapping raises the `layout` number in its file; a cluster of an older layout is told to run `jianwei store reindex`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detectors.model import HostFacts, Observation, OfficialSnapshot, TlsFacts, Unknown
from pipelines.model import Account, AuditEvent, Lead, RunReport, SavedSearch
from pipelines.moves.shelf import KeptObservation, Kind, LookedUpTo
from pipelines.name_plan import due_at
from pipelines.name_record import LoggedChange, NameRecord
from pipelines.rechecks import plan as recheck_plan
from pipelines.search.fields import FIELDS, Stored, keywords, microseconds, number
from pipelines.stores.elastic.words import pairs
from pipelines.stores.search_text import parts

__all__ = ["LAYOUTS", "Layout", "mapping", "short_key"]

_EVENT_LIMIT = 1000
"""Events of a lead that can be counted by; the document keeps all."""
_KEY_BYTES = 500
"""Elasticsearch takes ids of up to 512."""

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """One index."""

    kind: Kind
    """Also the name of its mapping file."""
    columns: Callable[[Any], Columns]
    """Document → what it is indexed by."""
    carried: tuple[str, ...] = ()
    """Fields that do not follow from the document and are taken along to another index."""
    is_large: bool = False
    """Spread over the shards that the settings ask for; the others have one."""


@cache
def mapping(kind: Kind) -> dict[str, Any]:
    """Return the strict mapping of an index."""
    content = (files(__package__) / "mappings" / f"{kind}.json").read_text("utf-8")
    return dict(json.loads(content))


def short_key(key: str) -> str:
    """Return the key as an id: itself, or its digest where it is too long."""
    return key if len(key.encode()) <= _KEY_BYTES else "sha256-" + hashlib.sha256(key.encode()).hexdigest()


def _lead(lead: Lead) -> Columns:
    words = {name: pairs(text) for name, text in parts(lead).items() if text}
    events = [
        {"at": event.at.isoformat(), "act": event.act.value, "by": event.by, "status": event.status.value}
        for event in lead.history[-_EVENT_LIMIT:]
    ]
    made = _fields(lead)
    made["words"], made["events"] = words, events
    due = recheck_plan.due_at(lead)
    made["recheck_due"] = microseconds(due) if due else None
    return made


_KEYWORDS = [one.code for one in FIELDS if one.stored in (Stored.KEYWORD, Stored.KEYWORDS) and one.code != "id"]
"""The id is the key."""
_NUMBERS = [one.code for one in FIELDS if one.stored in (Stored.NUMBER, Stored.INSTANT, Stored.DAY)]


def _fields(lead: Lead) -> dict[str, Any]:
    """Return every field of the search language but the parts of the text."""
    made: dict[str, Any] = {code: keywords(lead, code) for code in _KEYWORDS}
    made.update((code, number(lead, code)) for code in _NUMBERS)
    return made


def _observation(kept: KeptObservation) -> Columns:
    seen, candidate, listing = kept.observation, kept.observation.candidate, kept.observation.listing
    return {
        "lead_id": kept.lead_id,
        "observed": microseconds(seen.observed_at),
        "kind": candidate.kind.value,
        "source": candidate.discovery.source,
        "query": candidate.discovery.query,
        "host": candidate.host,
        "domain": candidate.registrable_domain,
        "platform": listing.platform if listing else "",
        "seller": listing.seller if listing else "",
        "body_sha256": _digests(seen),
        **_facts(seen.facts),
    }


def _digests(seen: Observation) -> list[str]:
    return [capture.body_sha256 for capture in seen.captures]


def _facts(facts: HostFacts) -> Columns:
    """Return what is known of a host; a fact that could not be had is named under `unknown`, never empty."""
    known: dict[str, Any] = {
        "address": facts.addresses,
        "nameserver": facts.nameservers,
        "registrar": facts.registrar,
        "certificate": facts.tls.sha256 if isinstance(facts.tls, TlsFacts) else facts.tls,
        "country": facts.country,
        "filing": facts.filing,
    }
    unknown = [name for name, fact in known.items() if isinstance(fact, Unknown)]
    return {**{name: fact for name, fact in known.items() if name not in unknown}, "unknown": unknown}


def _name(record: NameRecord) -> Columns:
    return {
        "presence": record.known.presence.value,
        "due": microseconds(due_at(record)),
        "score": record.score_permille,
        "imitates": record.imitates,
    }


def _change(logged: LoggedChange) -> Columns:
    return {
        "position": logged.position,
        "host": logged.host,
        "noted": microseconds(logged.change.noted_at),
        "is_notice": logged.change.is_notice,
    }


def _audit(entry: AuditEvent) -> Columns:
    return {
        "number": entry.number,
        "at": microseconds(entry.at),
        "by": entry.by,
        "act": entry.act,
        "about": entry.about,
    }


def _account(account: Account) -> Columns:
    return {"role": account.role.value, "is_disabled": account.is_disabled}


def _saved_search(search: SavedSearch) -> Columns:
    return {"owner": search.owner}


def _snapshot(snapshot: OfficialSnapshot) -> Columns:
    return {
        "url_sha256": hashlib.sha256(snapshot.url.encode()).hexdigest(),
        "taken": microseconds(snapshot.taken_at),
    }


def _run(report: RunReport) -> Columns:
    return {"started": microseconds(report.started_at)}


def _look(look: LookedUpTo) -> Columns:
    return {"position": look.position}


LAYOUTS = {
    one.kind: one
    for one in (
        Layout(Kind.ACCOUNTS, _account),
        Layout(Kind.SAVED_SEARCHES, _saved_search),
        Layout(Kind.SNAPSHOTS, _snapshot),
        Layout(Kind.OBSERVATIONS, _observation, is_large=True),
        Layout(Kind.LEADS, _lead, is_large=True),
        Layout(Kind.NAMES, _name, carried=("has_pending", "pending")),
        Layout(Kind.NAME_CHANGES, _change, carried=("change_id",)),
        Layout(Kind.NAME_LOOKS, _look),
        Layout(Kind.RUNS, _run),
        Layout(Kind.AUDIT, _audit),
    )
}
"""Everything that lives in the cluster; of other kinds the machine's own SQLite file is the store."""
