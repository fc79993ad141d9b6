"""What intake makes of looks at handed-over leads: taken in once, only where they count, never against a person's decision."""

from datetime import timedelta

import pytest

from pipelines import lifecycle
from pipelines.bootstrap import open_case
from pipelines.model import LeadAct, LeadQuery, LeadStatus
from pipelines.rechecks.record import RecheckState
from pipelines.settings import Settings
from tests.builders import a_listing
from tests.conftest import NOW, FixedClock

HOUR = timedelta(hours=1)


@pytest.fixture
def case(tmp_path):
    with open_case(Settings(home=tmp_path), FixedClock()) as opened:
        yield opened


def a_look(hours=0, source="file:淘宝.har", **more):
    return a_listing(
        "高压电工证 包过 免考试", "先出证后付款，官网可查，加微信办理", at=NOW + hours * HOUR, source=source, **more
    )


def handed_over(case):
    case.intake.accept(a_look())
    [stored] = case.leads.find(LeadQuery()).leads
    lead = lifecycle.start_screening(stored.document, "wang", NOW)
    lead = lifecycle.note_export(lifecycle.confirm(lead, "wang", "出售假证", NOW), "wang", "下架函", NOW)
    case.leads.put(lead, stored.version)


def the_lead(case):
    return case.leads.find(LeadQuery()).leads[0].document


def test_a_listing_saved_again_by_staff_tells_where_no_machine_may_look(case):
    handed_over(case)
    for hours in (1, 8):
        case.intake.accept(a_look(hours, is_delisted=True))
    lead = the_lead(case)
    assert (lead.recheck.state, lead.recheck.since) == (RecheckState.GONE, NOW + HOUR)
    assert (lead.status, lead.finding.decided_by) == (LeadStatus.CONFIRMED, "wang")


def test_the_same_look_handed_in_twice_is_taken_in_once(case):
    handed_over(case)
    for _ in range(2):
        case.intake.accept(a_look(1, source="recheck"))
    assert [event.act for event in the_lead(case).history].count(LeadAct.RECHECKED) == 1


def test_a_search_that_shows_it_again_and_a_lead_nobody_decided_on_are_no_rechecks(case):
    case.intake.accept(a_look(1, source="recheck"))
    assert the_lead(case).recheck is None
    handed_over(case)
    case.intake.accept(a_look(2, source="platform:taobao"))
    assert the_lead(case).recheck is None
