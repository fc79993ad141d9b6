"""What queries brought in, counted from the leads."""

from dataclasses import replace
from datetime import timedelta

from detectors.model import Level
from pipelines.model import Lead, LeadStatus
from pipelines.query_yield import yields_of
from tests.builders import AT, a_lead, a_site


def found(host: str, *queries: str, score: int = 720, status: LeadStatus = LeadStatus.NEW) -> Lead:
    return replace(a_lead(a_site(host), score=score), queries=queries, status=status)


def test_a_lead_counts_for_each_query_that_found_it() -> None:
    leads = [
        found("a.example.com", "电工证 包过", "低压电工证查询", status=LeadStatus.REFERRED),
        found("b.example.com", "电工证 包过", status=LeadStatus.DISMISSED, score=300),
        replace(found("c.example.com", "电工证 包过"), last_seen_at=AT + timedelta(days=3)),
        found("d.example.com"),
    ]
    first, second = yields_of(leads)
    assert (first.query, first.lead_count, first.by_level) == ("电工证 包过", 3, {"high": 2, "low": 1})
    assert (first.confirmed_count, first.dismissed_count, first.open_count) == (1, 1, 1)
    assert first.last_seen_at == AT + timedelta(days=3)
    assert (second.query, second.lead_count, second.confirmed_count) == ("低压电工证查询", 1, 1)


def test_confirmed_leads_go_before_many() -> None:
    leads = [found(f"n{i}.example.com", "多") for i in range(3)]
    leads.append(found("one.example.com", "准", status=LeadStatus.CONFIRMED))
    assert [one.query for one in yields_of(leads)] == ["准", "多"]
    assert yields_of([]) == ()
    assert Level.HIGH.value in yields_of(leads)[0].by_level
