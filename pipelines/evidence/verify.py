"""Nothing changed, nothing missing: the vault against its digests, the leads against the vault, the audit log against its chain."""

from collections import defaultdict
from dataclasses import dataclass

from pipelines.errors import EvidenceDamaged
from pipelines.every_lead import every_lead
from pipelines.model import LeadQuery, LeadSort
from pipelines.ports import AuditLog, EvidenceStore, LeadStore

__all__ = ["Fault", "Verification", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One piece of evidence that does not hold."""

    sha256: str
    lead_ids: tuple[str, ...]
    """Leads that rest on it; empty: none refers to it."""
    problem: EvidenceDamaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was checked and what is off."""

    checked: int
    """Pieces of evidence whose bytes were read and compared with their digest."""
    damaged: tuple[Fault, ...]
    """In the vault, with other bytes than were put in."""
    missing: tuple[Fault, ...]
    """Named by a lead, not in the vault."""
    chain_broken_at: int | None
    """Number of the first audit entry that does not fit; None: the chain is whole."""

    @property
    def is_sound(self) -> bool:
        """Say whether everything held."""
        return not self.damaged and not self.missing and self.chain_broken_at is None


def verify(*, leads: LeadStore, evidence: EvidenceStore, audit: AuditLog) -> Verification:
    """Read every byte of evidence again. Raises `StoreUnavailable` when it cannot be read at all."""
    lead_ids: dict[str, list[str]] = defaultdict(list)
    for lead in every_lead(leads, LeadQuery(sort=LeadSort.OLDEST)):
        for item in lead.evidence:
            lead_ids[item.sha256].append(lead.id)
    damaged, stored = [], set()
    for sha256 in evidence.stored():
        stored.add(sha256)
        fault = _fault(evidence, sha256, lead_ids)
        if fault:
            damaged.append(fault)
    # Asked again one by one: what a lead gained while the vault was listed is not missing.
    missing = [_fault(evidence, sha256, lead_ids) for sha256 in sorted(lead_ids.keys() - stored)]
    return Verification(
        checked=len(stored),
        damaged=tuple(damaged),
        missing=tuple(fault for fault in missing if fault),
        chain_broken_at=audit.first_broken(),
    )


def _fault(evidence: EvidenceStore, sha256: str, lead_ids: dict[str, list[str]]) -> Fault | None:
    try:
        evidence.get(sha256)
    except EvidenceDamaged as problem:
        return Fault(sha256=sha256, lead_ids=tuple(lead_ids.get(sha256, ())), problem=problem)
    return None
