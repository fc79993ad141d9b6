"""A handed-over lead's page says what became of it, with date and proof; the queue is filtered by it."""

import re
from datetime import timedelta

from pipelines import lifecycle
from pipelines.model import LeadQuery, Role
from pipelines.rechecks.record import RecheckState
from tests.builders import rechecked
from tests.conftest import NOW

HOUR = timedelta(hours=1)


def handed_over(case, *looks):
    """Confirm and export a site of the desk, then look at it."""
    query = LeadQuery(filters=(("kind", ("site",)), ("status", ("new",))), limit=1)
    stored = case.leads.find(query).leads[0]
    lead = lifecycle.start_screening(stored.document, "wang", NOW)
    lead = lifecycle.note_export(lifecycle.confirm(lead, "wang", "冒用名称", NOW), "wang", "处置清单", NOW)
    proof = lead.evidence[0].sha256
    for state, hours in looks:
        lead = rechecked(lead, state, NOW + hours * HOUR, (proof,))
    case.leads.put(lead, stored.version)
    return lead


def section(visitor, lead):
    page = visitor.as_role(Role.MARKET).get(f"/leads/{lead.id}").text
    found = re.search(r'<section id="recheck".*?</section>', page, re.DOTALL)
    return found.group(0) if found else ""


def test_state_date_proof_and_next_look_are_shown(case, visitor):
    lead = handed_over(case, (RecheckState.ALIVE, 1), (RecheckState.GONE, 10), (RecheckState.GONE, 20))
    shown = section(visitor, lead)
    assert "已消失" in shown
    assert f"#evidence-{lead.evidence[0].sha256[:12]}" in shown
    assert "11-23 02:30" in shown, "first missed ten hours after 16:30 in China"
    assert "下次复查" in shown
    assert visitor.get(f"/leads/{lead.id}").text.count("<b>复查</b>") == 3, "each look stands in the history"


def test_a_doubt_and_a_silence_are_told_apart_from_the_result(case, visitor):
    shown = section(visitor, handed_over(case, (RecheckState.ALIVE, 1), (RecheckState.PARKED, 10), (None, 11)))
    assert "仍在" in shown
    assert "起疑为“已停放”" in shown
    assert "没有应答，不改变结果" in shown


def test_one_never_looked_at_says_so_and_a_new_lead_says_nothing(case, visitor):
    assert "尚无结果" in section(visitor, handed_over(case))
    query = LeadQuery(filters=(("status", ("new",)),), limit=1)
    assert section(visitor, case.leads.find(query).leads[0].document) == ""


def test_the_queue_is_filtered_by_what_became_of_leads(case, visitor):
    lead = handed_over(case, (RecheckState.ALIVE, 1))
    page = visitor.as_role(Role.MARKET).get("/leads?recheck=alive").text
    assert "复查结果" in page
    assert lead.id in page
    assert case.leads.find(LeadQuery(text="复查:仍在")).total == 1
    assert lead.id not in visitor.get("/leads?recheck=gone").text
