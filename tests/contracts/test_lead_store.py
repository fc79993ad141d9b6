"""What every `LeadStore` must do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines import lifecycle
from pipelines.errors import QuerySyntaxError, UsageError, VersionConflict
from pipelines.model import LeadQuery, LeadSort, LeadStatus, MergeOutcome
from pipelines.rechecks.plan import due_at
from pipelines.rechecks.record import RechecksAhead, RecheckState
from pipelines.stores.query import COUNT_LIMIT
from tests.builders import AT, a_lead, a_listing, a_sighting, a_site, an_advert, an_evidence_item, rechecked


def test_a_stored_lead_comes_back_equal(stores):
    lead = a_lead(evidence=[an_evidence_item()])
    assert stores.leads.get(lead.id) is None
    assert stores.leads.put(lead, 0) == 1
    found = stores.leads.get(lead.id)
    assert (found.document, found.version) == (lead, 1)


def test_a_stale_version_overwrites_nothing(stores):
    lead = a_lead()
    stores.leads.put(lead, 0)
    newer = lifecycle.start_screening(lead, "wang", AT)
    assert stores.leads.put(newer, 1) == 2
    for stale in (0, 1, 3):
        with pytest.raises(VersionConflict) as conflict:
            stores.leads.put(lifecycle.assign(lead, "li", "wang", AT), stale)
        assert (conflict.value.expected, conflict.value.actual) == (stale, 2)
    assert stores.leads.get(lead.id).document == newer


def test_a_lead_that_is_not_there_has_version_0(stores):
    with pytest.raises(VersionConflict) as conflict:
        stores.leads.put(a_lead(), 1)
    assert conflict.value.actual == 0


def test_merging_creates_then_updates_and_a_rerun_changes_nothing(stores):
    first = a_sighting(a_site(text="第一次"), score=500, evidence=[an_evidence_item(b"1")])
    later = a_sighting(
        a_site(text="第二次", at=AT + timedelta(hours=1), source="engine:baidu", query="证书查询"), score=600
    )
    assert [m.outcome for m in stores.leads.merge_many([first, later])] == [MergeOutcome.CREATED, MergeOutcome.UPDATED]
    lead = stores.leads.get(first.lead_id)
    assert lead.document.sighting_count == 2
    assert lead.document.sources == ("engine:baidu", "lookalike")
    assert lead.document.queries == ("证书查询",)
    assert lead.document.assessment.score_permille == 600
    assert [m.outcome for m in stores.leads.merge_many([first, later])] == [MergeOutcome.UNCHANGED] * 2
    assert stores.leads.get(first.lead_id) == lead


def test_merging_nothing_is_nothing(stores):
    assert stores.leads.merge_many([]) == ()


def test_more_sightings_than_a_batch_keep_their_order(stores):
    sightings = [a_sighting(a_listing(item_id=str(n))) for n in range(130)]
    merged = stores.leads.merge_many(sightings)
    assert [m.lead_id for m in merged] == [s.lead_id for s in sightings]
    assert stores.leads.find(LeadQuery()).total == 130


def test_a_sighting_leaves_a_decision_alone(stores):
    lead = a_lead(a_site(text="旧"), score=400)
    stores.leads.put(lead, 0)
    decided = lifecycle.confirm(lifecycle.start_screening(lead, "wang", AT), "wang", "仿冒官网", AT)
    stores.leads.put(decided, 1)
    stores.leads.merge_many([a_sighting(a_site(text="新", at=AT + timedelta(days=1)), score=900)])
    after = stores.leads.get(lead.id).document
    assert (after.status, after.finding) == (LeadStatus.CONFIRMED, decided.finding)
    assert after.assessment.score_permille == 900


@pytest.fixture
def queue(stores):
    """Six leads of different kinds, states and sources."""
    leads = [
        a_lead(
            a_site("cx-mem-gov.cn", title="特种作业操作证查询平台", text="应急管理部 输入身份证号码"),
            900,
            imitates="cx.mem.gov.cn",
        ),
        a_lead(
            a_site("zlaqsc.example", title="首页", text="ＣＸ全角与HALF", at=AT + timedelta(hours=1)),
            700,
            imitates="zlaqsc.mohurd.gov.cn",
        ),
        a_lead(
            a_listing("电工证 包过", "免考 联系13800000000", item_id="7", seller="ab12cd34ef56ab78", query="电工证"),
            700,
        ),
        a_lead(a_listing("高处作业证", "不过退款", item_id="8", at=AT + timedelta(hours=2)), 450),
        a_lead(an_advert("焊工证 快速下证", "全国联网"), 300),
        a_lead(a_site("xn--fiq228c.example", title="首页", text="中文域名"), 250),
    ]
    leads[3] = lifecycle.start_screening(leads[3], "wang", AT)
    leads[4] = lifecycle.dismiss(lifecycle.start_screening(leads[4], "li", AT), "li", "培训广告", AT)
    leads[2] = rechecked(leads[2], RecheckState.ALIVE, AT)
    leads[5] = rechecked(leads[5], None, AT)
    for lead in leads:
        stores.leads.put(lead, 0)
    return leads


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("包过", [2]), ("证", [0, 2, 3, 4]), ("作业", [0, 3]), ("cx-mem", [0]), ("x-mem-g", [0]), ("13800000000", [2]), ("3800", [2]),
        ("CX", [0, 1]), ("全角", [1]), ("half", [1]), ("电工证 免考", [2]), ("免考 电工证", [2]), ("过", [2, 3]), ("包退", []),
        ("过退", [3]), ("过免", []), ("中文", [5]), ("xn--fiq228c", [5]), ("中", [5]), ("ab12cd34ef56ab78", [2]), (" 　", range(6)),
        ("*", []), ("包过\"", []), ("' OR 1=1 --", []), ("NEAR(", []), ("\x00", []), ("证" * 300, []), ("身份证号码", [0]),
        ("http://cx-mem-gov.cn/", [0]), ("lead_words:证", []), ("\ud800", []),
    ],
)  # fmt: skip
def test_text_finds_words_of_any_length_as_substrings(stores, queue, text, places):
    found = stores.leads.find(LeadQuery(text=text))
    assert {one.document.id for one in found.leads} == {queue[place].id for place in places}
    assert found.total == len(places)


def test_a_changed_text_is_found_and_the_old_one_is_not(stores):
    stores.leads.merge_many([a_sighting(a_site(text="旧文字包过"), score=300)])
    stores.leads.merge_many([a_sighting(a_site(text="新文字免考", at=AT + timedelta(days=1)), score=400)])
    assert [stores.leads.find(LeadQuery(text=word)).total for word in ("包过", "免考", "文字")] == [0, 1, 1]


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ((("status", ("new",)),), [0, 1, 2, 5]),
        ((("status", ("new", "screening")), ("kind", ("listing",))), [2, 3]),
        ((("level", ("high",)),), [0, 1, 2]),
        ((("imitates", ("cx.mem.gov.cn",)),), [0]),
        ((("source", ("engine:baidu", "platform:闲鱼")),), [2, 3, 4]),
        ((("assignee", ("wang",)),), [3]),
        ((("assignee", ("",)),), [0, 1, 2, 5]),
        ((("outcome", ("not_counterfeit",)),), [4]),
        ((("recheck", ("alive", "moved")),), [2]),
        ((("recheck", ("",)),), [0, 1, 3, 4, 5]),
        ((("status", ()),), range(6)),
        ((("status", ("nonsense",)),), []),
    ],
)
def test_filters_are_alternatives_within_a_field_and_conditions_across(stores, queue, filters, places):
    found = stores.leads.find(LeadQuery(filters=filters))
    assert {one.document.id for one in found.leads} == {queue[place].id for place in places}


def test_an_unknown_field_is_said_so(stores):
    with pytest.raises(UsageError):
        stores.leads.find(LeadQuery(filters=(("document", ("x",)),)))
    with pytest.raises(UsageError):
        stores.leads.aggregate(["1; DROP TABLE leads"], LeadQuery())


@pytest.mark.parametrize(
    "cursor", ["x", "!!", "bnVsbA", "WzEsMl0", "W10", "WzEsMiwzXQ", "é", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OSwwLCJhIl0"]
)
def test_a_cursor_that_is_none_is_said_so(stores, queue, cursor):
    with pytest.raises(UsageError):
        stores.leads.find(LeadQuery(cursor=cursor))


@pytest.mark.parametrize(
    ("sort", "order"),
    [(LeadSort.SCORE, [0, 1, 2, 3, 4, 5]), (LeadSort.LATEST, [3, 1]), (LeadSort.OLDEST, [])],
)
def test_orders(stores, queue, sort, order):
    found = [one.document.id for one in stores.leads.find(LeadQuery(sort=sort)).leads]
    assert found[: len(order)] == [queue[place].id for place in order]
    if sort is LeadSort.OLDEST:
        assert found[-2:] == [queue[1].id, queue[3].id]


@pytest.mark.parametrize("sort", list(LeadSort))
@pytest.mark.parametrize("limit", [1, 2, 4, 6])
def test_pages_hold_each_lead_once(stores, queue, sort, limit):
    whole = [one.document.id for one in stores.leads.find(LeadQuery(sort=sort)).leads]
    paged, query = [], LeadQuery(sort=sort, limit=limit)
    while True:
        page = stores.leads.find(query)
        assert page.total == 6
        assert len(page.leads) <= limit
        paged += [one.document.id for one in page.leads]
        if not page.cursor:
            break
        query = replace(query, cursor=page.cursor)
    assert paged == whole


def test_a_lead_that_comes_in_between_pages_moves_no_other(stores, queue):
    first = stores.leads.find(LeadQuery(limit=2))
    stores.leads.put(a_lead(a_site("new.example"), 1000), 0)
    second = stores.leads.find(LeadQuery(limit=2, cursor=first.cursor))
    assert [one.document.id for one in second.leads] == [queue[2].id, queue[3].id]


def test_facets_count_without_their_own_filter(stores, queue):
    query = LeadQuery(filters=(("status", ("new",)), ("kind", ("site",))))
    facets = stores.leads.aggregate(["status", "kind", "source", "assignee", "outcome", "level", "imitates"], query)
    assert stores.leads.aggregate(["recheck"], LeadQuery())["recheck"] == {"alive": 1, "": 5}
    assert facets["status"] == {"new": 3}
    assert facets["kind"] == {"site": 3, "listing": 1}
    assert facets["source"] == {"lookalike": 3}
    assert facets["assignee"] == {"": 3}
    assert facets["outcome"] == {"": 3}
    assert facets["level"] == {"high": 2, "low": 1}
    assert facets["imitates"] == {"cx.mem.gov.cn": 1, "zlaqsc.mohurd.gov.cn": 1, "": 1}
    assert stores.leads.aggregate(["kind"], LeadQuery(text="证"))["kind"] == {"site": 1, "listing": 2, "advert": 1}


def test_a_lead_with_two_sources_counts_under_both(stores):
    stores.leads.merge_many([a_sighting(a_site()), a_sighting(a_site(source="engine:baidu", text="另一页"))])
    assert stores.leads.aggregate(["source"], LeadQuery())["source"] == {"lookalike": 1, "engine:baidu": 1}
    assert stores.leads.find(LeadQuery(filters=(("source", ("lookalike", "engine:baidu")),))).total == 1


def test_a_limit_stays_within_reason(stores, queue):
    assert len(stores.leads.find(LeadQuery(limit=0)).leads) == 1
    assert len(stores.leads.find(LeadQuery(limit=10**9)).leads) == 6


def test_a_text_is_counted_up_to_a_limit_and_filters_exactly(stores):
    more = COUNT_LIMIT + 5
    stores.leads.merge_many([a_sighting(a_listing("包过", "", item_id=str(n)), 300 + n % 2 * 400) for n in range(more)])
    page = stores.leads.find(LeadQuery(text="包过", limit=1))
    assert (page.total, page.is_capped) == (COUNT_LIMIT, True)
    assert page.leads[0].document.assessment.score_permille == 700
    counts = stores.leads.aggregate(["kind", "level"], LeadQuery(text="包过"))
    assert COUNT_LIMIT <= counts["kind"]["listing"] <= more
    assert set(counts["level"]) == {"low", "high"}
    assert sum(counts["level"].values()) >= COUNT_LIMIT
    exact = stores.leads.find(LeadQuery(filters=(("kind", ("listing",)),), limit=1))
    assert (exact.total, exact.is_capped) == (more, False)
    assert stores.leads.aggregate(["level"], LeadQuery())["level"] == {"low": more // 2 + 1, "high": more // 2}
    some = stores.leads.find(LeadQuery(text="包过 分数:>500", limit=1))
    assert (some.total, some.is_capped) == (more // 2, False)


def test_a_search_that_is_wrong_points_at_the_place(stores, queue):
    for ask in (stores.leads.find, lambda query: stores.leads.aggregate(["status"], query)):
        with pytest.raises(QuerySyntaxError) as wrong:
            ask(LeadQuery(text="包过 等级:很高"))
        assert (wrong.value.start, wrong.value.end) == (6, 8)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("状态:甄别中", [3]), ("-类型:网站", [2, 3, 4]), ("等级:高 或 负责人:wang", [0, 1, 2, 3]), ("标题:首页", [1, 5]), ("标题:电工", [2]),
        ("标题:免考", []), ("免考", [2]), ("来源:闲鱼", [2, 3]), ("卖家:ab12cd34ef56ab78", [2]), ("卖家:无", [0, 1, 3, 4, 5]), ("平台:闲鱼", [2, 3]),
        ("域名:cx-mem", [0]), ("域名:中文", [5]), ("网址:item/8", [3]), ("关键词:电工", [2, 4]), ("关键词:无", [0, 1, 3, 5]), ("分数:300..700", [1, 2, 3, 4]),
        ("最近:>2026-11-22", []), ("最近:2026-11-22 次数:1", range(6)), ("结论:非假冒", [4]), ("到期:无 标题:无", []), ('"应急管理部 输入"', [0]),
        ('"管理部 输入身"', [0]), ('"急管理部输入"', []), ("-(等级:高 或 证)", [5]), ("(证 -类型:网站) 或 half", [1, 2, 3, 4]),
    ],
)  # fmt: skip
def test_the_search_language(stores, queue, text, places):
    found = stores.leads.find(LeadQuery(text=text))
    assert {one.document.id for one in found.leads} == {queue[place].id for place in places}


def test_what_is_due_to_be_looked_at_again_follows_every_change(stores):
    def decided(number, at, **more):
        lead = lifecycle.start_screening(a_lead(a_site(f"cx{number}-mem.cn", **more)), "wang", at)
        lead = lifecycle.confirm(lead, "wang", "仿冒", at)
        stores.leads.put(lead, 0)
        return lead

    later, latest = AT + timedelta(hours=1), AT + timedelta(days=30)
    stores.leads.put(a_lead(a_site("new-mem.cn")), 0)
    second, first = decided(2, later), decided(1, AT)
    twins = sorted((decided(3, latest), decided(4, latest)), key=lambda lead: lead.id)
    assert stores.leads.due(AT - timedelta(seconds=1)) == ()
    assert stores.leads.due(AT) == (first,)
    assert stores.leads.due(later) == (first, second)
    assert stores.leads.due(latest) == (first, second, *twins)
    seen = rechecked(first, RecheckState.ALIVE, later)
    stores.leads.put(seen, 1)
    assert stores.leads.due(later) == (second,)
    assert stores.leads.due(due_at(seen) - timedelta(microseconds=1)) == (second,)
    assert seen in stores.leads.due(due_at(seen))
    reopened = lifecycle.undo_decision(second, "wang", later)
    stores.leads.put(reopened, 1)
    assert second.id not in {lead.id for lead in stores.leads.due(latest)}


def test_what_is_ahead_is_counted_without_reading_it(stores):
    assert stores.leads.rechecks_ahead(AT) == RechecksAhead(due=0, next_at=None)
    later = AT + timedelta(hours=1, microseconds=1)
    stores.leads.put(a_lead(a_site("new-mem.cn")), 0)
    for number, at in enumerate((AT, AT, later)):
        lead = lifecycle.start_screening(a_lead(a_site(f"cx{number}-mem.cn")), "wang", at)
        stores.leads.put(lifecycle.confirm(lead, "wang", "仿冒", at), 0)
    assert stores.leads.rechecks_ahead(AT - timedelta(seconds=1)) == RechecksAhead(due=0, next_at=AT)
    assert stores.leads.rechecks_ahead(AT) == RechecksAhead(due=2, next_at=later)
    assert stores.leads.rechecks_ahead(later) == RechecksAhead(due=3, next_at=None)
