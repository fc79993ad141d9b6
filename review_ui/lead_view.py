"""A lead as staff see it: what it is called, why it is here, what is known about its host, and what was seen under each profile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from detectors.model import (
    CandidateKind,
    Capture,
    Direction,
    EvidenceKind,
    HostFacts,
    OfficialSnapshot,
    Profile,
    Signal,
    TlsFacts,
    Unknown,
)  # fmt: skip
from keywords.model import OfficialSite
from keywords.roster import Roster
from pipelines.clock import CHINA
from pipelines.model import EvidenceItem, FindingOutcome, Lead, Versioned
from pipelines.rechecks.history import APART
from pipelines.rechecks.plan import due_at
from pipelines.suspicion import is_sale_only
from review_ui import shown
from review_ui.wording import evidence_label, label, short_reason

__all__ = ["Fact", "LeadView", "Picture", "Reason", "RecheckView", "headline", "suspicion", "view_of"]

_PLACE_EVIDENCE = {
    "host": EvidenceKind.HOST_FACTS,
    "facts": EvidenceKind.HOST_FACTS,
    "listing": EvidenceKind.LISTING,
    "advert": EvidenceKind.ADVERT,
}
_SUSPICIONS = {
    CandidateKind.LISTING: "售卖假证商品信息",
    CandidateKind.ADVERT: "售卖假证广告",
    CandidateKind.TEXT: "售卖假证信息",
    CandidateKind.APP: "假冒官方 APP",
    CandidateKind.MINI_PROGRAM: "假冒官方小程序",
    CandidateKind.ACCOUNT: "假冒官方账号",
    CandidateKind.CERTIFICATE_PHOTO: "伪造证书",
}
_DOMESTIC = "CN"
Known = TypeVar("Known")


@dataclass(frozen=True, slots=True)
class Reason:
    """A signal with the evidence item it can be checked in."""

    signal: Signal
    proof: EvidenceItem | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what registries and the network say."""

    name: str
    value: str
    why_unknown: str = ""
    """Not empty: the fact could not be had, and this is why."""
    look_up: str = ""
    """Where a person can look it up; empty: nowhere in particular."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A screenshot of the suspect."""

    sha256: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckView:
    """What the page says of the re-checks besides what the lead keeps."""

    state_zh: str
    due_at: datetime | None
    """When it is looked at next; None: it is watched no more."""
    apart_hours: int = round(APART.total_seconds() / 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadView:
    """Everything the lead's template shows."""

    lead: Lead
    version: int
    title: str
    suspicion: str
    official: OfficialSite | None
    snapshot: OfficialSnapshot | None
    """The imitated site's page, best one with a screenshot; None: never captured."""
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    facts: tuple[Fact, ...]
    pictures: tuple[Picture, ...]
    hopped: Capture | None
    """The first capture that was redirected."""
    recheck: RecheckView | None = None
    """None: it is not watched and never was."""

    @property
    def top_reasons(self) -> str:
        """Return the strongest reasons in one line; what speaks against comes last."""
        shown_reasons = (*self.reasons_for[:4], *self.reasons_against[:1])
        return "；".join(short_reason(one.signal) for one in shown_reasons) or self.lead.observation.failure


def view_of(found: Versioned[Lead], roster: Roster, snapshots: Sequence[OfficialSnapshot] = ()) -> LeadView:
    """Return how a stored lead is shown."""
    lead = found.document
    assessment, observation = lead.assessment, lead.observation
    reasons = tuple(Reason(signal, _proof(signal, lead.evidence)) for signal in assessment.signals)
    return LeadView(
        lead=lead,
        version=found.version,
        title=headline(lead),
        suspicion=suspicion(lead),
        official=roster.site_of(assessment.imitates) if assessment.imitates else None,
        snapshot=_snapshot_of(assessment.imitates, snapshots),
        reasons_for=_strongest(reasons, Direction.FOR),
        reasons_against=_strongest(reasons, Direction.AGAINST),
        facts=_facts(lead),
        pictures=_pictures(lead),
        hopped=next((capture for capture in observation.captures if capture.redirects), None),
        recheck=_recheck(lead),
    )


def headline(lead: Lead) -> str:
    """Return what the thing calls itself, else its address."""
    observation = lead.observation
    own = [observation.title]
    own += [observation.listing.title] if observation.listing else []
    own += [observation.advert.title] if observation.advert else []
    own += [capture.page.title for capture in observation.captures]
    candidate = observation.candidate
    return next((text.strip() for text in own if text.strip()), "") or candidate.host or candidate.url or "（无标题）"


def suspicion(lead: Lead) -> str:
    """Return what it is suspected of; before a finding the word is 涉嫌."""
    kind = lead.observation.candidate.kind
    if kind is CandidateKind.SITE:
        what = "售卖假证网站" if is_sale_only(lead) else "假冒（仿冒）政府网站"
    else:
        what = _SUSPICIONS[kind]
    if lead.finding is None:
        return f"涉嫌{what}"
    return {
        FindingOutcome.COUNTERFEIT: f"已认定：{what}",
        FindingOutcome.NOT_COUNTERFEIT: "已认定：非假冒",
        FindingOutcome.UNDETERMINED: f"涉嫌{what}，无法认定",
        FindingOutcome.DUPLICATE: "与其他线索重复",
    }[lead.finding.outcome]


def _recheck(lead: Lead) -> RecheckView | None:
    due = due_at(lead)
    if lead.recheck is None and due is None:
        return None
    state = lead.recheck.state if lead.recheck else None
    return RecheckView(state_zh=label(state) if state else "尚无结果", due_at=due)


def _strongest(reasons: tuple[Reason, ...], direction: Direction) -> tuple[Reason, ...]:
    chosen = [reason for reason in reasons if reason.signal.direction is direction]
    return tuple(sorted(chosen, key=lambda reason: -reason.signal.strength_permille))


def _proof(signal: Signal, evidence: tuple[EvidenceItem, ...]) -> EvidenceItem | None:
    where = signal.quotes[0].where if signal.quotes else "host"
    wanted = _PLACE_EVIDENCE.get(where, EvidenceKind.BODY)
    return next((item for item in reversed(evidence) if item.kind is wanted), None)


def _snapshot_of(host: str, snapshots: Sequence[OfficialSnapshot]) -> OfficialSnapshot | None:
    own = [snapshot for snapshot in snapshots if snapshot.host == host]
    return min(own, key=lambda snapshot: (not snapshot.screenshot_sha256, len(snapshot.url)), default=None)


def _pictures(lead: Lead) -> tuple[Picture, ...]:
    """Return the current look's screenshots, desktop before phone, then older ones in the evidence, newest first."""
    current = {c.screenshot_sha256: c.profile for c in lead.observation.captures if c.screenshot_sha256}
    order = sorted(
        current, key=lambda sha256: current[sha256] in {Profile.PHONE, Profile.RENDERED_PHONE, Profile.WECHAT}
    )
    taken = {item.sha256: item for item in lead.evidence if item.kind is EvidenceKind.SCREENSHOT}
    older = sorted((i for i in taken.values() if i.sha256 not in current), key=lambda i: i.captured_at, reverse=True)
    pictures = []
    for sha256 in (*(sha256 for sha256 in order if sha256 in taken), *(item.sha256 for item in older)):
        item = taken[sha256]
        pictures.append(Picture(sha256, f"{evidence_label(item.label) or '截图'}  {shown.instant(item.captured_at)}"))
    return tuple(pictures[:6])


def _facts(lead: Lead) -> tuple[Fact, ...]:
    """Return the host's facts; of a platform's listing or an advert only those that were looked up, the host is not the suspect."""
    found = _host_facts(lead.observation.facts, lead.last_seen_at.astimezone(CHINA).date())
    is_site = lead.observation.candidate.kind is CandidateKind.SITE
    return tuple(fact for fact in found if is_site or not fact.why_unknown)


def _host_facts(facts: HostFacts, today: date) -> tuple[Fact, ...]:
    return (
        _fact("ICP 备案", facts.filing, lambda number: number or "登记库中没有备案", "beian.miit.gov.cn"),
        _fact("解析地址", facts.addresses, lambda found: "、".join(found) or "没有地址记录"),
        _fact("归属", facts.country, _country),
        _fact("别名", facts.cname, lambda name: shown.defanged(name) or "没有别名"),
        _fact("域名服务器", facts.nameservers, lambda names: "、".join(map(shown.defanged, names)) or "没有记录"),
        _fact("注册服务机构", facts.registrar, str, "域名注册局 WHOIS 查询"),
        _fact("注册日期", facts.registered_on, lambda on: f"{on}（{(today - on).days} 天）", "域名注册局 WHOIS 查询"),
        _fact("证书", facts.tls, _certificate),
    )


def _fact(name: str, value: Known | Unknown, read: Callable[[Known], str], look_up: str = "") -> Fact:
    if isinstance(value, Unknown):
        return Fact(name, "", shown.inert(value.reason, 120), look_up)
    return Fact(name, shown.inert(read(value), 300))


def _country(code: str) -> str:
    return "境内" if code == _DOMESTIC else f"境外（{code}）"


def _certificate(tls: TlsFacts) -> str:
    names = "、".join(shown.defanged(name, 80) for name in tls.names[:4])
    more = f" 等 {len(tls.names)} 个名称" if len(tls.names) > 4 else ""  # noqa: PLR2004 - as many as fit a line
    return f"{tls.issuer} 签发，{tls.not_before:%Y-%m-%d} 至 {tls.not_after:%Y-%m-%d}，{names}{more}"
