"""Writes the leads of a case into the books of marks anew: after an upgrade, or when something was missed. Again is as once."""

from collections.abc import Callable
from dataclasses import replace

from detectors.model import Capture, Observation
from detectors.pages.read import decode_html, read_page
from pipelines.errors import EvidenceDamaged
from pipelines.every_lead import every_lead
from pipelines.marks.books import Look, MarkBooks
from pipelines.model import Lead, MergeOutcome
from pipelines.ports import EvidenceStore, LeadStore, ObservationLog

__all__ = ["refresh_marks"]

_MOST_LOOKS = 50
"""Latest observations of one lead that are read again."""


def refresh_marks(
    books: MarkBooks,
    leads: LeadStore,
    observations: ObservationLog,
    evidence: EvidenceStore,
    advance: Callable[[], None] = lambda: None,
) -> int:
    """Note every lead's marks and how it stands; return how many leads there are. `advance` is called after each.

    Leads keep no markup: it is read from the evidence vault again; where that is damaged, from what the lead kept.
    """
    count = 0
    for lead in every_lead(leads):
        looks = observations.of_lead(lead.id)[-_MOST_LOOKS:] or (lead.observation,)
        books.note_many(_look(lead, observation, evidence) for observation in looks)
        books.follow(lead)
        count += 1
        advance()
    return count


def _look(lead: Lead, observation: Observation, evidence: EvidenceStore) -> Look:
    captures = tuple(_whole(capture, evidence) for capture in observation.captures)
    return Look(observation=replace(observation, captures=captures), wearer_id=lead.id, outcome=MergeOutcome.UNCHANGED)


def _whole(capture: Capture, evidence: EvidenceStore) -> Capture:
    if capture.html or not capture.body_sha256:
        return capture
    try:
        body = evidence.get(capture.body_sha256)
    except EvidenceDamaged:
        return capture
    html = decode_html(body, capture.content_type)
    return replace(capture, html=html, page=read_page(html, capture.final_url))
