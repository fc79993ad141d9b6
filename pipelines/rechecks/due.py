"""Which leads are due for a re-check, and how many: the plan (`pipelines.rechecks.plan`) asked of the whole store."""

from datetime import datetime

from pipelines.every_lead import every_lead
from pipelines.model import Lead, LeadQuery
from pipelines.ports import LeadStore
from pipelines.rechecks.plan import WATCHED, due_at

__all__ = ["due_leads"]


def due_leads(leads: LeadStore, now: datetime) -> tuple[Lead, ...]:
    """Return the leads due at `now`, longest due first. Reads what is watched, not the whole store. Raises `StoreUnavailable`."""
    query = LeadQuery(filters=(("status", tuple(one.value for one in WATCHED)),))
    planned = ((due_at(lead), lead) for lead in every_lead(leads, query))
    due = [(at, lead.id, lead) for at, lead in planned if at is not None and at <= now]
    return tuple(lead for _, _, lead in sorted(due, key=lambda one: one[:2]))
