"""What this person may do with this lead now, and what happens next: the content of the decision panel."""

from dataclasses import dataclass

from detectors.model import CandidateKind
from pipelines.exports.delisting import addressee_of
from pipelines.exports.takedown import is_for_takedown
from pipelines.lifecycle import MACHINE
from pipelines.model import Account, FindingOutcome, Lead, LeadAct, LeadStatus
from pipelines.suspicion import is_sale_only
from review_ui.permissions import Permission, may
from review_ui.wording import DISMISSALS, REOPENINGS, SALE_CONFIRMATIONS, SITE_CONFIRMATIONS, label

__all__ = ["Act", "Decisions", "ExportButton", "can_undo", "decisions_for"]

_OPEN = {LeadStatus.NEW, LeadStatus.SCREENING}
_REOPENS = {LeadStatus.DISMISSED, LeadStatus.CLOSED}


@dataclass(frozen=True, slots=True)
class Act:
    """One decision that needs a reason."""

    path: str
    verb: str
    key: str
    reasons: tuple[str, ...]
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class ExportButton:
    """One paper this lead can go out in."""

    path: str
    verb: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The decision panel of one lead for one person."""

    acts: tuple[Act, ...]
    exports: tuple[ExportButton, ...]
    can_screen: bool
    can_undo: bool
    may_download: bool
    may_verify: bool
    what_next: str


def decisions_for(lead: Lead, account: Account) -> Decisions:
    """Return what the account may do with the lead in its present state."""
    role = account.role
    return Decisions(
        acts=tuple(_acts(lead, account)),
        exports=tuple(_exports(lead, account)),
        can_screen=lead.status is LeadStatus.NEW and may(role, Permission.LEAD_SCREEN),
        can_undo=can_undo(lead, account),
        may_download=may(role, Permission.EVIDENCE_DOWNLOAD),
        may_verify=may(role, Permission.EVIDENCE_VERIFY),
        what_next=_what_next(lead, account),
    )


def can_undo(lead: Lead, account: Account) -> bool:
    """Say whether the last thing a person did to the lead was this account's decision, as `lifecycle.undo_decision` demands."""
    last = next((event for event in reversed(lead.history) if event.by != MACHINE), None)
    decided = {LeadAct.CONFIRMED: LeadStatus.CONFIRMED, LeadAct.DISMISSED: LeadStatus.DISMISSED}
    return last is not None and last.by == account.name and decided.get(last.act) is lead.status


def _acts(lead: Lead, account: Account) -> list[Act]:
    acts = []
    poses = lead.observation.candidate.kind is CandidateKind.SITE and not is_sale_only(lead)
    reasons = SITE_CONFIRMATIONS if poses else SALE_CONFIRMATIONS
    if lead.status in _OPEN and may(account.role, Permission.LEAD_CONFIRM):
        acts.append(Act("confirm", "确认假冒", "c", reasons, is_primary=True))
    if lead.status in _OPEN and may(account.role, Permission.LEAD_DISMISS):
        acts.append(Act("dismiss", "排除", "d", tuple(DISMISSALS)))
    if lead.status in _REOPENS and may(account.role, Permission.LEAD_REOPEN):
        acts.append(Act("reopen", "重新打开", "o", REOPENINGS))
    return acts


def _exports(lead: Lead, account: Account) -> list[ExportButton]:
    buttons = []
    if is_for_takedown(lead) and may(account.role, Permission.EXPORT_TAKEDOWN):
        buttons.append(ExportButton("takedown", "导出处置清单"))
    if addressee_of(lead) and may(account.role, Permission.EXPORT_DELISTING):
        buttons.append(ExportButton("delisting", "导出平台下架函"))
    return buttons


def _what_next(lead: Lead, account: Account) -> str:
    """Say what follows the next decision, or why there is nothing to decide."""
    kind = lead.observation.candidate.kind
    if lead.status in _OPEN:
        goes_to = {
            CandidateKind.SITE: "列入处置清单，由网信办、通管办处置",
            CandidateKind.LISTING: "列入给平台的下架函，由市监局督促下架",
            CandidateKind.ADVERT: "列入给搜索引擎的下架函，由市监局督促下线",
        }.get(kind, "由专班转有关部门处置")
        if may(account.role, Permission.LEAD_CONFIRM):
            return f"确认后{goes_to}。结论可以撤销。"
        if may(account.role, Permission.LEAD_DISMISS):
            return f"是否假冒由发证部门（应急、住建、市监）认定，{label(account.role)}可甄别和排除。认定后{goes_to}。"
        return f"{label(account.role)}只查阅，不作结论。甄别由网信办和发证部门进行。"
    if lead.finding and lead.finding.outcome is FindingOutcome.COUNTERFEIT:
        return "已认定为假冒，可在“处置”页导出处置清单或平台下架函。"
    return "已作结论，不在待办队列中。"
