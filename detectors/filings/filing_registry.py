"""Is the number on the page this host's own? Compared with the imported registry, never from the footer alone.

What cannot be compared is a `Skip` with its cause: no registry, a province the registry does not hold, a shared domain, a domain
younger than the registry. Sites on foreign addresses need no filing, so a filing that is merely missing says little there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from detectors.filings.filing_mismatch import shown
from detectors.filings.letters import AREA_CODES
from detectors.filings.model import Filing, FilingKind
from detectors.filings.numbers import filings_on, main_number
from detectors.filings.sponsor import is_same_body, is_state_body, sponsor_of
from detectors.model import (
    CandidateKind,
    Capture,
    FilingFacts,
    FilingRecord,
    Observation,
    PageContent,
    Quote,
    Signal,
    Skip,
    Unknown,
)
from detectors.pages.seen import examine_pages, quote
from detectors.ruleset import signal
from keywords.hosts import owned_domain
from keywords.roster import Roster

__all__ = ["FilingRegistryDetector"]

_OLD_AFTER_DAYS = 90
"""Registries change daily; after a quarter an absence may simply be a newer filing."""
_OLD_PERMILLE = 600
_WHOLE_COUNTRY = 25
"""Letters of this many provinces: the export is the country's, so a domain that is not in it has no filing."""
_ABROAD_OR_UNKNOWN_PERMILLE = 500
_COMPANY_PERMILLE = 300
"""Firms let agencies file for them; a company named in place of a state body is another matter."""
_NAMED = 3


@dataclass(slots=True)
class _Look:
    """One examination: what is compared, and why some of it could not be."""

    facts: FilingFacts
    observation: Observation
    causes: list[str] = field(default_factory=list)

    @property
    def age_days(self) -> int:
        """Return how old the registry was when the page was seen; 0: there is none to be old."""
        on = self.facts.registry_on
        return max(0, (self.observation.observed_at.date() - on).days) if on else 0

    @property
    def absence_permille(self) -> int:
        """Return how much an absence counts, by the registry's age."""
        return _OLD_PERMILLE if self.age_days > _OLD_AFTER_DAYS else 1000

    @property
    def registry(self) -> str:
        """Return which registry is spoken of, with its date and, if it is old, its age."""
        on = self.facts.registry_on
        if on is None:
            return "人工查询结果"
        return f"{on.isoformat()} 的备案库" + (
            f"，距今 {self.age_days} 天，可能已有变化" if self.age_days > _OLD_AFTER_DAYS else ""
        )

    def source_of(self, record: FilingRecord) -> str:
        """Return where a record comes from."""
        return f"{record.looked_on.isoformat()} 人工查询" if record.looked_on else self.registry

    @property
    def is_younger_than_registry(self) -> bool:
        """Say whether the domain was registered after the registry was made."""
        on, born = self.facts.registry_on, self.observation.facts.registered_on
        return isinstance(born, date) and on is not None and born >= on


class FilingRegistryDetector:
    """Compares the numbers of a page, its domain and its sponsor with the registry's records."""

    name = "filing_registry"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return what agrees and what does not, or why nothing could be compared."""
        if observation.candidate.kind is not CandidateKind.SITE:
            # A platform's own filing says nothing about what somebody put on it.
            return Skip(detector=self.name, cause="不是网站，备案不核对")
        facts = observation.facts.filings
        if isinstance(facts, Unknown):
            reason = "备案库未导入" if facts.reason == "尚未查询" else facts.reason
            return Skip(detector=self.name, cause=f"{reason}，备案号未核对")
        look = _Look(facts, observation)
        seen = examine_pages(
            self.name, observation, self._roster, lambda capture, host: self._compare(capture, host, look)
        )
        if not seen and look.causes:
            return Skip(detector=self.name, cause="；".join(dict.fromkeys(look.causes)))
        return seen

    def _compare(self, capture: Capture, host: str, look: _Look) -> Iterator[Signal]:
        page, facts = capture.page, look.facts
        if owned_domain(host) != facts.domain:
            look.causes.append(f"页面由 {host} 提供，查的是 {facts.domain} 的备案，未核对")
            return
        printed = [one for one in filings_on(page, capture.html) if _is_comparable(one)]
        valid = tuple(one for one in facts.own if one.number and not one.is_cancelled)
        cancelled = tuple(one for one in facts.own if one.number and one.is_cancelled)
        records = dict(facts.of_numbers)
        if valid:
            yield from self._beside_own(page, printed, valid, records, look)
        elif facts.is_shared_domain:
            look.causes.append(f"{facts.domain} 是多家共用的平台域名，备案不能说明本网站")
        elif cancelled:
            yield signal(
                "filing.registry_cancelled",
                *(shown(one, page) for one in printed[:1]),
                number=cancelled[0].number,
                domain=facts.domain,
                status=cancelled[0].status or "注销",
                registry=look.source_of(cancelled[0]),
            )
        else:
            yield from self._without_own(page, printed, records, look)

    def _beside_own(
        self,
        page: PageContent,
        printed: list[Filing],
        valid: tuple[FilingRecord, ...],
        records: dict[str, tuple[FilingRecord, ...]],
        look: _Look,
    ) -> Iterator[Signal]:
        own, first = {main_number(one.number) for one in valid}, valid[0]
        mismatch = list(self._holder_mismatch(page, first, look))
        yield from mismatch
        foreign = [
            one
            for one in printed
            if main_number(one.number) not in own
            and not any(
                is_same_body(r.holder, first.holder) and r.holder for r in records.get(main_number(one.number), ())
            )
        ]
        agreeing = [one for one in printed if one not in foreign]
        if agreeing and not mismatch:
            yield signal(
                "filing.consistent",
                shown(agreeing[0], page),
                number=agreeing[0].number,
                holder=first.holder or "未载明",
                registry=look.source_of(first),
            )
        elif foreign and not agreeing:
            yield signal(
                "filing.registry_number_differs",
                shown(foreign[0], page),
                number=foreign[0].number,
                own=first.number,
                holder=first.holder or "未载明主办单位",
                domain=look.facts.domain,
                registry=look.source_of(first),
            )

    def _without_own(
        self,
        page: PageContent,
        printed: list[Filing],
        records: dict[str, tuple[FilingRecord, ...]],
        look: _Look,
    ) -> Iterator[Signal]:
        answered = next((one for one in look.facts.own if not one.number), None)
        if look.is_younger_than_registry and not answered:
            look.causes.append(f"域名在备案库日期（{look.facts.registry_on}）之后才注册，不能说明没有备案")
            return
        for one in printed:
            yield from self._about_printed(one, records.get(main_number(one.number), ()), page, answered, look)
        if not printed:
            yield from self._nothing_at_all(answered, look)

    def _about_printed(
        self,
        one: Filing,
        known: tuple[FilingRecord, ...],
        page: PageContent,
        answered: FilingRecord | None,
        look: _Look,
    ) -> Iterator[Signal]:
        facts, place = look.facts, shown(one, page)
        scale = 1000 if answered else look.absence_permille
        if known:
            official = next((r.domain for r in known if r.domain and self._roster.is_official(r.domain)), "")
            yield signal(
                "filing.registry_other_host",
                place,
                scale_permille=scale,
                number=one.number,
                holder=known[0].holder or "他人",
                others=_domains(known),
                domain=facts.domain,
                official=official,
                registry=look.registry,
            )
            yield from self._holder_mismatch(page, known[0], look)
        elif one.number[0] in AREA_CODES and main_number(one.number)[0] not in facts.provinces:
            if answered:
                yield self._answered_none(answered, facts.domain, place)
            else:
                look.causes.append(f"备案库不含“{one.number[0]}”开头的备案，“{one.number}”未核对")
        elif not one.is_malformed and facts.registry_on:
            yield signal(
                "filing.registry_unknown_number",
                place,
                scale_permille=scale,
                number=one.number,
                domain=facts.domain,
                registry=look.registry,
            )
        elif answered:
            yield self._answered_none(answered, facts.domain, place)
        else:
            look.causes.append(f"备案号“{one.number}”写法不完整，没有可比对的登记")

    def _nothing_at_all(self, answered: FilingRecord | None, look: _Look) -> Iterator[Signal]:
        country = look.observation.facts.country
        if isinstance(country, str) and country not in ("", "CN"):
            look.causes.append("服务器在境外，无需备案，没有备案不作为依据")
        elif not answered and len(look.facts.provinces) < _WHOLE_COUNTRY:
            look.causes.append(f"备案库只含 {look.facts.provinces or '少数'} 的备案，不能说明本域名没有备案")
        else:
            scale = 1000 if country == "CN" else _ABROAD_OR_UNKNOWN_PERMILLE
            yield signal(
                "filing.registry_absent",
                quote("facts", look.facts.domain),
                scale_permille=scale * (1000 if answered else look.absence_permille) // 1000,
                domain=look.facts.domain,
                registry=look.source_of(answered) if answered else look.registry,
            )

    def _answered_none(self, answered: FilingRecord, domain: str, place: Quote) -> Signal:
        on = answered.looked_on.isoformat() if answered.looked_on else ""
        return signal("filing.registry_absent", place, domain=domain, registry=f"{on} 人工查询")

    def _holder_mismatch(self, page: PageContent, record: FilingRecord, look: _Look) -> Iterator[Signal]:
        sponsor = sponsor_of(page)
        if sponsor is None or not record.holder or is_same_body(sponsor.name, record.holder):
            return
        claims_state = is_state_body(sponsor.name)
        if is_state_body(record.holder, record.holder_kind) or is_state_body(record.holder):
            return  # public bodies file for one another
        text = page.footer if sponsor.where == "footer" else page.text[-1_500:]
        yield signal(
            "filing.holder_mismatch",
            quote(sponsor.where, text, sponsor.start, sponsor.start + len(sponsor.written)),
            scale_permille=1000 if claims_state else _COMPANY_PERMILLE,
            sponsor=sponsor.name,
            holder=record.holder,
            number=record.number,
            registry=look.source_of(record),
        )


def _is_comparable(one: Filing) -> bool:
    return one.kind in (FilingKind.ICP, FilingKind.LICENCE) and not one.is_parody and not one.number.startswith("ICP")


def _domains(records: tuple[FilingRecord, ...]) -> str:
    names = [one.domain or one.site_name for one in records if one.domain or one.site_name]
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "") or "其他网站"
