"""What an export gets and gives."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pipelines.clock import CHINA
from pipelines.errors import MonitorError
from pipelines.settings import OrganisationSettings

__all__ = ["ExportContext", "ExportFile", "NothingToExport", "in_china"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportContext:
    """Who exports, when, for whom."""

    organisation: OrganisationSettings
    exported_by: str
    """Display name of the person."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """One finished paper."""

    name: str
    media_type: str
    content: bytes
    row_count: int
    """Leads in it."""
    lead_ids: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Return the digest for the receipt."""
        return hashlib.sha256(self.content).hexdigest()


class NothingToExport(MonitorError):
    """No lead is in the state this paper needs."""

    def __init__(self, paper_zh: str, paper_en: str) -> None:
        super().__init__(
            f"没有可列入{paper_zh}的线索：只有经人工认定为假冒的线索才能导出，请先在线索页完成认定。",
            f"There is no lead for the {paper_en}: only leads a person confirmed as counterfeit are exported.",
        )


def in_china(instant: datetime) -> str:
    """Return an instant as it stands on papers: `2026-11-22 16:30:00`, UTC+8."""
    return instant.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
