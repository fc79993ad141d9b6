"""Filing numbers that are missing, invented, or an official site's. Official hosts are never suspected for their footers.

Real footers break the pattern often (no 备, six digits, no letter), so oddness alone is weak; a number that belongs to an
official site is not. Whether a number is this host's own is another question: see `filing_registry`.
"""

import re
from collections.abc import Iterator, Sequence

from detectors.filings.model import Filing, FilingKind
from detectors.filings.numbers import filings_in, filings_on, site_reports
from detectors.filings.official_marks import OwnerBook
from detectors.model import CandidateKind, Capture, Observation, OfficialSnapshot, PageContent, Quote, Signal, Skip
from detectors.pages.seen import examine_pages, quote
from detectors.ruleset import signal
from keywords.hosts import registrable_domain
from keywords.roster import Roster

__all__ = ["FilingMismatchDetector", "shown"]

_HAN_RUNS = re.compile("[\u4e00-\u9fff]+").findall
_FEWEST_HAN = 40
_FEWEST_HAN_BESIDE_FORM = 8
"""Han characters a page shows before a missing number is held against it."""
_ABROAD_PERMILLE = 375
"""Sites on foreign addresses need no filing: what is missing there says little."""
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
_BEARERS = frozenset((CandidateKind.APP, CandidateKind.MINI_PROGRAM, CandidateKind.ACCOUNT))
"""What carries a number of its own without being a page. A listing or an advert may quote anybody's."""


class FilingMismatchDetector:
    """Reads the numbers of a page and compares them with those of the official sites."""

    name = "filing_mismatch"

    def __init__(self, roster: Roster, snapshots: Sequence[OfficialSnapshot]) -> None:
        self._roster = roster
        self._owners = OwnerBook(roster, snapshots)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return what is wrong with the numbers of the unofficial pages, or of an app's or account's description."""
        if not observation.captures and observation.candidate.kind in _BEARERS:
            page = PageContent(text=f"{observation.title}\n{observation.text}")
            return tuple(one for filing in filings_in(page.text) for one in self._about(filing, "", page))
        scale = _ABROAD_PERMILLE if _is_abroad(observation) else 1000
        return examine_pages(
            self.name, observation, self._roster, lambda capture, host: self._look(capture, host, scale)
        )

    def _look(self, capture: Capture, host: str, absent_permille: int) -> Iterator[Signal]:
        page = capture.page
        filings = filings_on(page, capture.html)
        parodies = [one for one in filings if one.is_parody]
        for one in (*parodies[-1:], *(one for one in filings if not one.is_parody)):
            yield from self._about(one, host, page)
        yield from self._wrong_reports(capture, host)
        has_icp = any(one.kind in (FilingKind.ICP, FilingKind.LICENCE) for one in filings)
        fewest = _FEWEST_HAN_BESIDE_FORM if page.forms else _FEWEST_HAN
        if not has_icp and sum(map(len, _HAN_RUNS(page.text[:2000]))) >= fewest:
            yield signal("filing.absent", scale_permille=absent_permille)

    def _about(self, one: Filing, host: str, page: PageContent) -> Iterator[Signal]:
        place = shown(one, page)
        owner = self._owners.owner_of(one.kind, one.number)
        if one.is_parody:
            yield signal("filing.parody", place, number=one.written[:80])
        elif owner and not _same_owner(owner.host, host):
            yield signal(_COPIED[one.kind], place, owner=str(owner), official=owner.host, number=one.number)
        elif one.kind is FilingKind.SITE_CODE and not one.is_malformed and host:
            yield signal("site_code.off_government", place, number=one.number)
        elif one.is_malformed and one.kind in _MALFORMED:
            yield signal(_MALFORMED[one.kind], place, number=one.written[:80], fault=one.fault)

    def _wrong_reports(self, capture: Capture, host: str) -> Iterator[Signal]:
        for report in site_reports(capture.page, capture.html):
            owner = self._owners.owner_of(FilingKind.SITE_CODE, report.site_code.lower())
            named = report.host or (owner.host if owner else "")
            if named and host and not _same_owner(named, host):
                site = self._roster.site_of(named)
                yield signal(
                    "site_report.other_host",
                    quote("link", report.url),
                    claimed=f"{named} {report.site_code}".strip(),
                    host=host,
                    official=site.host if site else (named if self._roster.is_official(named) else ""),
                )
                return


def shown(one: Filing, page: PageContent) -> Quote:
    """Return the place of a number on its page."""
    for where, text in (("footer", page.footer), ("text", page.text)):
        start = text.rfind(one.written)
        if start >= 0:
            return quote(where, text, start, start + len(one.written))
    return quote("link", one.written)


def _is_abroad(observation: Observation) -> bool:
    return isinstance(observation.facts.country, str) and observation.facts.country not in ("", "CN")


def _same_owner(host: str, other: str) -> bool:
    return bool(other) and (host == other or (registrable_domain(host) == registrable_domain(other) != ""))
