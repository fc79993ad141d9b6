"""Filing numbers that are missing, invented, or another site's. Official hosts are never suspected for their footers.

Real footers break the pattern often (no 备, six digits, no letter), so oddness alone is weak; a number that belongs to an
official site is not.
"""

from collections.abc import Iterator, Sequence

from detectors.filings.numbers import Filing, FilingKind, filings_on, main_number, site_reports
from detectors.model import Capture, Observation, OfficialSnapshot, PageContent, Quote, Signal, Skip
from detectors.pages.seen import examine_pages, quote
from detectors.ruleset import signal
from keywords.hosts import registrable_domain
from keywords.roster import Roster

__all__ = ["FilingMismatchDetector", "FilingRegistryDetector"]

_FEWEST_HAN = 40
_FEWEST_HAN_BESIDE_FORM = 8
"""Han characters a page shows before a missing number is held against it."""
_COPIED = {
    FilingKind.ICP: "filing.copied",
    FilingKind.LICENCE: "filing.copied",
    FilingKind.POLICE: "police_filing.copied",
    FilingKind.SITE_CODE: "site_code.copied",
    FilingKind.BADGE: "badge.copied",
}
_MALFORMED = {
    FilingKind.ICP: "filing.malformed",
    FilingKind.POLICE: "police_filing.malformed",
    FilingKind.SITE_CODE: "site_code.malformed",
}


class FilingMismatchDetector:
    """Reads the numbers of a page and compares them with those of the official sites."""

    name = "filing_mismatch"

    def __init__(self, roster: Roster, snapshots: Sequence[OfficialSnapshot]) -> None:
        self._roster = roster
        self._owners: dict[tuple[FilingKind, str], tuple[str, str]] = {}
        for site in roster.sites:
            if site.icp_number:
                self._own(FilingKind.ICP, site.icp_number, site.name, site.host)
            if site.site_code:
                self._own(FilingKind.SITE_CODE, site.site_code, site.name, site.host)
        for snapshot in snapshots:
            site_or_none = roster.site_of(snapshot.host)
            for one in filings_on(snapshot.page):
                if not one.is_malformed and not one.is_parody:
                    self._own(one.kind, one.number, site_or_none.name if site_or_none else snapshot.host, snapshot.host)

    def _own(self, kind: FilingKind, number: str, name: str, host: str) -> None:
        self._owners.setdefault((kind, main_number(number)), (name, host))

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return what is wrong with the numbers of the unofficial pages."""
        return examine_pages(self.name, observation, self._roster, self._look)

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        page = capture.page
        filings = filings_on(page)
        parodies = [one for one in filings if one.is_parody]
        for one in (*parodies[-1:], *(one for one in filings if not one.is_parody)):
            yield from self._about(one, host, page)
        yield from self._wrong_reports(page, host)
        has_icp = any(one.kind in (FilingKind.ICP, FilingKind.LICENCE) for one in filings)
        fewest = _FEWEST_HAN_BESIDE_FORM if page.forms else _FEWEST_HAN
        if not has_icp and sum("\u4e00" <= char <= "\u9fff" for char in page.text[:2000]) >= fewest:
            yield signal("filing.absent")

    def _about(self, one: Filing, host: str, page: PageContent) -> Iterator[Signal]:
        shown = _shown(one, page)
        owner = self._owners.get((one.kind, main_number(one.number)))
        if one.is_parody:
            yield signal("filing.parody", shown, number=one.written[:80])
        elif owner and not _same_owner(owner[1], host):
            yield signal(
                _COPIED[one.kind], shown, owner=f"{owner[0]}（{owner[1]}）", official=owner[1], number=one.number
            )
        elif one.kind is FilingKind.SITE_CODE and not one.is_malformed:
            yield signal("site_code.off_government", shown, number=one.number)
        elif one.is_malformed and one.kind in _MALFORMED:
            yield signal(_MALFORMED[one.kind], shown, number=one.written[:80])

    def _wrong_reports(self, page: PageContent, host: str) -> Iterator[Signal]:
        for report in site_reports(page):
            owner = self._owners.get((FilingKind.SITE_CODE, report.site_code.lower()))
            named = report.host or (owner[1] if owner else "")
            if named and host and not _same_owner(named, host):
                site = self._roster.site_of(named)
                yield signal(
                    "site_report.other_host",
                    quote("link", report.url),
                    claimed=f"{named} {report.site_code}".strip(),
                    host=host,
                    official=site.host if site else "",
                )
                return


class FilingRegistryDetector:
    """Stands for the comparison with the filing registry, which needs an import that does not exist yet."""

    name = "filing_registry"

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Say that numbers were not compared with the registry."""
        del observation
        return Skip(detector=self.name, cause="备案库未导入，备案号未核对")


def _shown(one: Filing, page: PageContent) -> Quote:
    for where, text in (("footer", page.footer), ("text", page.text)):
        start = text.rfind(one.written)
        if start >= 0:
            return quote(where, text, start, start + len(one.written))
    return quote("link", one.written)


def _same_owner(host: str, other: str) -> bool:
    return bool(other) and (host == other or (registrable_domain(host) == registrable_domain(other) != ""))
