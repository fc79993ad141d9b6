"""Who else belongs to a lead: its gang in one sentence, and the nearest leads with what ties them to it."""

from dataclasses import dataclass

from detectors.marks.model import Standing
from keywords.hosts import defang
from pipelines.bootstrap import Case
from pipelines.marks.record import Owner, gang_id
from pipelines.marks.report import bond_sentence, bonds_of, gang_of_lead, gang_sentence, owner_name
from pipelines.model import Lead
from pipelines.ports import MarkLedger
from review_ui.lead_view import headline

__all__ = ["GangView", "Linked", "gang_around"]

_MOST_LINKED = 8


@dataclass(frozen=True, slots=True)
class Linked:
    """A lead of the same gang."""

    lead_id: str
    """Empty: it is gone from the store."""
    title: str
    why: str
    """One Chinese sentence."""


@dataclass(frozen=True, slots=True)
class GangView:
    """A gang as one of its leads shows it."""

    id: str
    sentence: str
    linked: tuple[Linked, ...]


def gang_around(case: Case, lead: Lead) -> GangView | None:
    """Return the gang of a lead; None: it is in none."""
    with case.marks.reading() as ledger:
        number = gang_of_lead(ledger, lead.id)
        size = next(iter(ledger.gangs(number)), None) if number else None
        wearer = ledger.wearer(lead.id)
        if size is None or wearer is None:
            return None
        owner = ledger.owner(wearer.owner)
        own = [(one, f"与本线索同属 {defang(owner_name(owner))}") for one in _leads(ledger, owner) if one != lead.id]
        tied = [
            (one, bond_sentence(bond))
            for bond in bonds_of(ledger, owner, _MOST_LINKED)
            for one in _leads(ledger, bond.other)[:1]
        ]
    linked = [_linked(case, lead_id, why) for lead_id, why in (*own, *tied)[:_MOST_LINKED]]
    return GangView(gang_id(number), gang_sentence(size), tuple(linked))


def _leads(ledger: MarkLedger, owner: Owner) -> list[str]:
    return [one.id for one in ledger.wearers_of(owner.number) if one.standing is Standing.SUSPECT]


def _linked(case: Case, lead_id: str, why: str) -> Linked:
    stored = case.leads.get(lead_id)
    return Linked(lead_id, headline(stored.document), why) if stored else Linked("", "", why)
