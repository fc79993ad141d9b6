"""A lead's page names its gang and the leads tied to it, each with the mark that ties them; a dismissed lead has none."""

from dataclasses import replace

import pytest

from pipelines import lifecycle
from pipelines.marks.books import Look
from pipelines.model import LeadQuery, MergeOutcome, Role
from review_ui.gang_view import gang_around
from tests.builders import AT

ACCOUNT = "<script src='//hm.baidu.com/hm.js?41fc030db57d5570dd22f78997dc4a7e'></script>"


@pytest.fixture
def sites(case):
    """Two sites of the desk whose pages now report to one statistics account."""
    query = LeadQuery(filters=(("kind", ("site",)), ("status", ("new",))), limit=2)
    leads = [one.document for one in case.leads.find(query).leads]
    for lead in leads:
        captures = tuple(replace(one, html=ACCOUNT) for one in lead.observation.captures)
        whole = replace(lead.observation, captures=captures)
        case.mark_books.note_many([Look(observation=whole, wearer_id=lead.id, outcome=MergeOutcome.UPDATED)])
    return leads


def test_the_page_links_the_leads_of_the_gang_and_says_why(case, visitor, sites) -> None:
    one, other = sites
    page = visitor.as_role(Role.CYBERSPACE).get(f"/leads/{one.id}").text
    gang = page[page.index('id="gang"') : page.index("</section>", page.index('id="gang"'))]
    assert "一个团伙：" in gang
    assert f'href="/leads/{other.id}"' in gang
    assert "百度统计编号 41fc030db57d5570dd22f78997dc4a7e" in gang
    assert other.observation.candidate.host.replace(".", "[.]") in gang
    assert other.observation.candidate.registrable_domain not in gang.replace("[.]", "·")


def test_a_dismissed_lead_is_in_no_gang(case, visitor, sites) -> None:
    one, other = sites
    stored = case.leads.get(one.id)
    dismissed = lifecycle.dismiss(lifecycle.start_screening(stored.document, "wang", AT), "wang", "正规网站", AT)
    case.leads.put(dismissed, stored.version)
    assert gang_around(case, dismissed) is None
    assert gang_around(case, other) is None
    assert 'id="gang"' not in visitor.as_role(Role.CYBERSPACE).get(f"/leads/{one.id}").text
