"""What a number on a page is: its kind, how it is written, what is odd about it."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Filing", "FilingKind", "SiteReport"]


class FilingKind(Enum):
    """What sort of number it is."""

    ICP = "icp"
    LICENCE = "licence"
    """增值电信业务经营许可证, another thing than a filing; its holder's sites are filed under its number."""
    POLICE = "police"
    SITE_CODE = "site_code"
    BADGE = "badge"
    """党政机关/事业单位标识: 32 hex digits, or the name of the script that shows it (`CA…`)."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One number as it stands on a page."""

    kind: FilingKind
    number: str
    """In one form: no blanks, half-width digits, upper-case letters, 号 in ICP filings whether or not it was written."""
    written: str
    """As it stands in the text; for a link its address."""
    start: int = 0
    """Offset in the text; 0 too for a number found in a link."""
    fault: str = ""
    """What is wrong with its form, in a few Chinese words; empty: nothing."""
    is_parody: bool = False
    """Of a joke registry: no province issues it."""

    @property
    def is_malformed(self) -> bool:
        """Say whether its form is wrong."""
        return bool(self.fault)


@dataclass(frozen=True, slots=True)
class SiteReport:
    """A 政府网站找错 link: which site it reports on."""

    url: str
    site_code: str
    """Empty: not given."""
    host: str
    """Empty: not given."""
