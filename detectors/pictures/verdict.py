"""What came of one photographed certificate: where its codes lead, what its print says, and one Chinese sentence.

Fact behind it: the code on a genuine 特种作业操作证 is made to be scanned inside the official account; scanned plainly it does not open
a query page on another domain. A code that opens one is the tell of the published cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from detectors.model import Picture
from detectors.names.engine import NameMatcher, matcher_of
from detectors.pictures.card import card_findings, read_card
from detectors.pictures.code_targets import CodeTarget, TargetKind, read_target
from detectors.pictures.findings import Finding, Gravity, worst
from detectors.pictures.masks import mask_identities_within
from detectors.pictures.trades import Trades
from keywords.roster import Roster

__all__ = ["CertificateCheck", "Verdict", "check_picture"]


class Verdict(StrEnum):
    """Where the codes of a picture lead, or without any the counterfeit address it shows."""

    LEADS_TO_OFFICIAL = "leads_to_official"
    LEADS_ELSEWHERE = "leads_elsewhere"
    NO_CODE = "no_code"
    """No code, or none that names an address."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCheck:
    """The answer for one picture."""

    verdict: Verdict
    targets: tuple[CodeTarget, ...] = ()
    """Identity numbers in their texts are masked."""
    findings: tuple[Finding, ...] = ()
    sentence: str
    """One Chinese sentence for staff."""

    @property
    def needs_person(self) -> bool:
        """Say whether somebody has to look: anything but codes that all lead to official sites beside a sound print."""
        return self.verdict is not Verdict.LEADS_TO_OFFICIAL or worst(self.findings) is not Gravity.NOTE


_TELLS = {
    TargetKind.LOOKALIKE: "打开的是仿冒网站 {host}（{name}），涉嫌假证，请勿扫码登录，按涉假线索处理",
    TargetKind.ELSEWHERE: "打开的是 {host}，不在官方网站名录中；真证的二维码须在官方公众号内扫描，不会直接打开其他网站，涉嫌假证",
    TargetKind.SHORT_LINK: "是会跳转的{name} {host}，落到哪里由其主人决定（本工具不访问）；真证不使用短链，涉嫌假证",
    TargetKind.LIVE_CODE: "是{name} {host}，内容可随时更换（本工具不访问）；真证不使用活码，涉嫌假证",
    TargetKind.PAYMENT: "是{name}，与查询证书无关，涉嫌假证交易",
    TargetKind.CONTACT: "是{name}，与查询证书无关，涉嫌假证交易",
    TargetKind.ACCOUNT: "是{name}，从码本身看不出是哪个账号；请打开后核对账号主体是否为官方机构",
}


def check_picture(picture: Picture, roster: Roster, trades: Trades, today: date) -> CertificateCheck:
    """Judge one picture. Never raises."""
    matcher = matcher_of(roster)
    read = (read_target(code.text, roster, matcher) for code in picture.codes)
    targets = tuple(replace(one, text=mask_identities_within(one.text)) for one in read)
    if picture.is_unreadable:
        return CertificateCheck(verdict=Verdict.UNREADABLE, sentence=f"图片无法识别：{picture.failure}。")
    card = read_card(picture.text)
    findings = (*card_findings(card, trades, today), *_printed_addresses(picture.text, roster, matcher))
    shown = next((one for one in findings if one.code == "printed.lookalike"), None)
    verdict = _verdict(targets)
    opening = _opening(verdict, targets)
    if verdict is Verdict.NO_CODE and shown:
        verdict = Verdict.LEADS_ELSEWHERE
        opening = f"{shown.reason}，涉嫌假证，请勿在该网站查询，按涉假线索处理；{opening}"
        findings = (shown, *(one for one in findings if one is not shown))
    doubts = [
        one.reason.partition("；如与原图")[0]
        for one in findings
        if one.gravity is not Gravity.NOTE and one.reason not in opening
    ]
    printed = f"；另外，{'；'.join(doubts[:3])}" if doubts else ""
    partly = f"；{picture.failure}" if picture.failure else ""
    return CertificateCheck(
        verdict=verdict, targets=targets, findings=findings, sentence=f"{opening}{printed}{partly}。"
    )


def _verdict(targets: Sequence[CodeTarget]) -> Verdict:
    kinds = {target.kind for target in targets} - {TargetKind.NOWHERE}
    if not kinds:
        return Verdict.NO_CODE
    return Verdict.LEADS_TO_OFFICIAL if kinds == {TargetKind.OFFICIAL} else Verdict.LEADS_ELSEWHERE


def _opening(verdict: Verdict, targets: Sequence[CodeTarget]) -> str:
    if verdict is Verdict.NO_CODE:
        what = (
            "码中只有数据、没有网址（真证的码须在官方公众号内扫描），码本身说明不了真伪"
            if targets
            else "没有发现二维码或条码"
        )
        return f"{what}，请在官方网站或官方公众号查询"
    if verdict is Verdict.LEADS_TO_OFFICIAL:
        hosts = "、".join(dict.fromkeys(target.host for target in targets if target.host))
        passed = next((f"（经 {target.through} 转到）" for target in targets if target.through), "")
        return f"码指向官方网站 {hosts}{passed}；假证也可能印真网址，请以该网站查询结果为准"
    order = list(_TELLS)
    worst_target = min((t for t in targets if t.kind in _TELLS), key=lambda one: order.index(one.kind))
    told = _TELLS[worst_target.kind].format(host=worst_target.host, name=worst_target.name)
    passed = f"（借官方或其他网站 {worst_target.through} 跳转）" if worst_target.through else ""
    others = f"；共 {len(targets)} 个码" if len(targets) > 1 else ""
    return f"码{told}{passed}{others}"


def _printed_addresses(text: str, roster: Roster, matcher: NameMatcher) -> tuple[Finding, ...]:
    """Return findings about addresses printed in words: a card that names a query site off the roster."""
    found: dict[str, Finding] = {}
    for line in text.splitlines()[:200]:
        target = read_target(line, roster, matcher)
        if target.kind is TargetKind.LOOKALIKE:
            reason = f"印有仿冒网址 {target.host}（{target.name}）"
            found[target.host] = Finding("printed.lookalike", Gravity.WRONG, reason, target.host)
        elif target.kind is TargetKind.ELSEWHERE:
            reason = f"印有网址 {target.host}，不在官方网站名录中"
            found[target.host] = Finding("printed.elsewhere", Gravity.DOUBT, reason, target.host)
    return tuple(found.values())
