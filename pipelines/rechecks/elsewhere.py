"""Where the marks of a handed-over lead stand now: leads of other hosts, or of the same owner, first seen after the hand-over."""

from collections.abc import Iterator
from datetime import datetime

from detectors.marks.model import Standing
from keywords.hosts import defang
from pipelines.marks.report import bond_sentence, bonds_of, owner_name
from pipelines.model import Lead
from pipelines.ports import LeadStore, MarkLedger, MarkStore
from pipelines.rechecks.look import Elsewhere

__all__ = ["elsewhere_since"]

_MOST_BONDS = 20
_MOST_LEADS = 10


def elsewhere_since(lead: Lead, since: datetime, marks: MarkStore, leads: LeadStore) -> tuple[Elsewhere, ...]:
    """Return what belongs to the lead by marks strong enough for a gang (`detectors.marks.bonds`) and was first seen after `since`.

    Raises `StoreUnavailable`.
    """
    with marks.reading() as ledger:
        tied = list(_tied(ledger, lead.id))
    found = []
    for other_id, why in tied:
        stored = leads.get(other_id)
        if stored is None or stored.document.first_seen_at <= since:
            continue
        candidate = stored.document.observation.candidate
        found.append(Elsewhere(lead_id=other_id, where=defang(candidate.host or candidate.url), why=why))
    return tuple(found[:_MOST_LEADS])


def _tied(ledger: MarkLedger, lead_id: str) -> Iterator[tuple[str, str]]:
    """Yield (lead, why it belongs to this one): by shared marks first, then those of the same owner."""
    wearer = ledger.wearer(lead_id)
    if wearer is None or wearer.standing is not Standing.SUSPECT:
        return
    owner = ledger.owner(wearer.owner)
    for bond in bonds_of(ledger, owner, _MOST_BONDS):
        for other in ledger.wearers_of(bond.other.number):
            if other.standing is Standing.SUSPECT:
                yield other.id, bond_sentence(bond)
    for other in ledger.wearers_of(owner.number):
        if other.standing is Standing.SUSPECT and other.id != lead_id and other.kind == wearer.kind:
            yield other.id, f"同属 {defang(owner_name(owner))}"
