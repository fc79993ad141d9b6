"""What the machines of a case must see alike, whichever kind of store holds it."""

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.ports import (
    AccountStore,
    AuditLog,
    LeadStore,
    NameStore,
    ObservationLog,
    RunStore,
    SavedSearches,
    SnapshotStore,
)  # fmt: skip

__all__ = ["SharedStores"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedStores:
    """The stores that staff share."""

    leads: LeadStore
    observations: ObservationLog
    audit: AuditLog
    accounts: AccountStore
    saved_searches: SavedSearches
    snapshots: SnapshotStore
    runs: RunStore
    names: NameStore
    close: Callable[[], None]
    """Let go of the store."""
