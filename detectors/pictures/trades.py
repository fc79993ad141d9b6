"""Which trade a certificate names, by the certificate terms of `keywords`, and which department issues it."""

import re
from collections.abc import Sequence

from detectors.pictures.certificate_numbers import (
    BUILDING_OPERATION,
    OTHER_FIELD,
    SAFETY_ENGINEER,
    SAFETY_KNOWLEDGE,
    SAFETY_OFFICER,
    SPECIAL_EQUIPMENT,
    SPECIAL_OPERATION,
    UNDETERMINED,
    Family,
)
from detectors.pictures.findings import Finding, Gravity
from detectors.pictures.masks import mask_numbers_within
from keywords.loader import Lexicon, load_lexicon
from keywords.match import TermHit, TermMatcher
from keywords.model import Term, TermKind

__all__ = ["Trades", "load_trades"]

_ISSUERS = {
    SPECIAL_OPERATION.name: ("应急", "矿山"),
    SAFETY_OFFICER.name: ("住建",),
    # Building sites write 电工 and 焊工 for 建筑电工 and 建筑焊工.
    BUILDING_OPERATION.name: ("住建", "应急"),
    SPECIAL_EQUIPMENT.name: ("市监",),
}
_SAFETY_BODIES = frozenset({"应急", "矿山", "住建", "市监"})
_MOST_CHARACTERS = 60
_KINDS = ("操作证", "资格证", "合格证", "人员证", "上岗证", "安监证", "住建证", "特种作业", "特种设备")


_EQUIPMENT_ITEM = re.compile(r"(?<![A-Za-z0-9])[DFGNPQRSTY][1-9](?![0-9])")
"""Codes of the items of special equipment work (N1, Q2): the market regulator's, whoever else has such a trade."""
_NOTED = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d(?![A-Za-z0-9])|[(（\[【].*?[)）\]】]")
"""An item of special equipment or what is added in brackets: 叉车司机N1, 电工（低压）."""
_ENGINEER = re.compile("注册安全|安全工程师|注安")
_OTHER_FIELD = re.compile(
    "建造师|造价师|造价工程师|监理工程师|消防工程师|职业资格|职业技能|技能等级|建筑师|结构师|建筑八大员|会计|健康证"
)
_RUNS_A_BUSINESS = re.compile("负责人|管理人员|管理能力|考核合格")
_WORKER = re.compile("(?:司机|驾驶员|驾驶|操作员|操作工|操作|工)$")


class Trades:
    """Knows the trades of the safety certificates. Build once."""

    def __init__(self, lexicon: Lexicon) -> None:
        terms = tuple(term for term in lexicon.terms if term.kind is TermKind.CERTIFICATE)
        self._matcher = TermMatcher(Lexicon(terms))

    def named_in(self, text: str) -> tuple[Term, ...]:
        """Return the certificates a trade cell names, also without 证 (`低压电工`, `叉车司机`): of each department that has such a trade."""
        short = text[:_MOST_CHARACTERS]
        bare = _NOTED.sub("", short).strip()
        spellings = (short, f"{short}证", bare, f"{bare}证", f"{bare}作业", _WORKER.sub("", bare) + "证")
        hits = (hit for written in dict.fromkeys(spellings) for hit in self._matcher.find(written))
        return tuple(dict.fromkeys(hit.term for hit in hits if _is_meant(hit)))

    def issuers(self, text: str) -> set[str]:
        """Return the departments that issue what a trade cell names; none for an unknown trade."""
        issuers = {term.authority for term in self.named_in(text) if term.authority}
        return issuers | {"市监"} if _EQUIPMENT_ITEM.search(text) else issuers

    def family(self, text: str) -> Family:
        """Return the family of certificates a trade cell names where only one issues it."""
        if _OTHER_FIELD.search(text):
            return OTHER_FIELD
        issuers = self.issuers(text)
        if "市监" in issuers and "应急" not in issuers:
            return SPECIAL_EQUIPMENT
        if not issuers & {"应急", "矿山"}:
            return UNDETERMINED
        if _ENGINEER.search(text):
            return SAFETY_ENGINEER
        return SAFETY_KNOWLEDGE if _RUNS_A_BUSINESS.search(text) else SPECIAL_OPERATION

    def problems(self, text: str, family: Family) -> tuple[Finding, ...]:
        """Return what is odd about the trade a certificate names; nothing where it names none."""
        if not text.strip():
            return ()
        named, shown = self.named_in(text), mask_numbers_within(text[:_MOST_CHARACTERS])
        if not named:
            return (Finding("trade.unknown", Gravity.DOUBT, "工种（作业类别）不在安全生产证书目录中，请核对", shown),)  # fmt: skip
        issuers = self.issuers(text)
        expected = _ISSUERS.get(family.name, ())
        if expected and issuers and issuers.isdisjoint(expected) and not _is_general(named):
            reason = f"该工种由{'、'.join(sorted(issuers))}部门发证，与编号所属的{family.name}不一致"
            return (Finding("trade.other_issuer", Gravity.DOUBT, reason, shown),)
        if issuers and issuers.isdisjoint(_SAFETY_BODIES):
            return (Finding("trade.neighbour", Gravity.NOTE, "不是应急、住建、市监部门的安全生产证书", shown),)  # fmt: skip
        return ()


def _is_meant(hit: TermHit) -> bool:
    """Say whether a cell names this certificate. One of another field must be all it names: 驾驶 ends many trades besides a driver's."""
    is_all = hit.folded_start == 0 and hit.folded_end == len(hit.folded.text)
    return is_all or not hit.term.authority or hit.term.authority in _SAFETY_BODIES


def _is_general(named: Sequence[Term]) -> bool:
    """Say whether only a kind of certificate is named (操作证, 上岗证), which staff write for any of them."""
    return all(term.text.endswith(_KINDS) for term in named)


def load_trades() -> Trades:
    """Return the trades of the shipped lexicon."""
    return Trades(load_lexicon())
