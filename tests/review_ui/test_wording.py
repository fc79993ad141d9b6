"""Every value that staff can meet has its Chinese word, and before a finding the word is 涉嫌."""

from dataclasses import replace
from string import Formatter

import pytest

from detectors.model import CandidateKind, Direction, EvidenceKind, Level, Profile, Signal
from detectors.ruleset import RULES
from pipelines.model import Finding, FindingOutcome, LeadAct, LeadSort, LeadStatus, Role
from pipelines.search.fields import FACET_FIELDS
from review_ui import wording
from review_ui.lead_view import suspicion
from review_ui.permissions import Permission
from tests.builders import AT, a_lead, a_listing, a_site

ENUMS = [
    CandidateKind,
    Direction,
    EvidenceKind,
    FindingOutcome,
    LeadAct,
    LeadSort,
    LeadStatus,
    Level,
    Permission,
    Profile,
    Role,
]


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_member_has_a_label(enum) -> None:
    labels = [wording.label(member) for member in enum]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_equal_values_of_different_enums_keep_their_own_label() -> None:
    assert wording.label(LeadStatus.CONFIRMED) != wording.label(LeadAct.CONFIRMED)


def test_tables_keyed_by_enum_are_complete() -> None:
    assert set(wording.LEVEL_SHAPES) == set(Level)
    assert set(wording.ROLE_DUTIES) == set(Role)
    assert set(wording.STATUS_MEANINGS) == set(LeadStatus)
    assert set(wording.FACETS) == set(FACET_FIELDS)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_short_forms_are_filled_with_what_their_rules_give() -> None:
    for code, short in wording._SHORT_REASONS.items():
        assert placeholders(short) <= placeholders(RULES[code].sentence), code


def test_a_signal_without_short_form_says_its_sentence() -> None:
    unknown = Signal(code="new.kind", direction=Direction.FOR, strength_permille=10, reason="一条新规则")
    assert wording.short_reason(unknown) == "一条新规则"
    assert wording.short_reason(replace(unknown, code="clone.text")) == "一条新规则"


def test_sources_read_in_words() -> None:
    assert wording.source_label("engine:baidu") == "搜索：百度"
    assert wording.source_label("platform:xianyu") == "平台：闲鱼"
    assert wording.source_label("platform:xianyu/detail") == "平台：闲鱼（条目页）"
    assert wording.source_label("platform:our-board") == "平台：our-board"
    assert wording.source_label("lookalike") == "相似域名"
    assert wording.source_label("something new") == "something new"


@pytest.mark.parametrize("observation", [a_site(), a_listing()], ids=["site", "listing"])
def test_only_a_finding_ends_the_suspicion(observation) -> None:
    lead = a_lead(observation)
    assert suspicion(lead).startswith("涉嫌")
    for outcome in FindingOutcome:
        decided = replace(lead, finding=Finding(outcome=outcome, reason="x", decided_by="a", decided_at=AT))
        assert suspicion(decided).startswith("涉嫌") == (outcome is FindingOutcome.UNDETERMINED)
