"""The queue: its state is in the address, facets count and toggle, pages follow a cursor, JSON says the same."""

import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.ruleset import signal
from pipelines.model import LeadSort, Role
from review_ui.queue_state import QueueState
from tests.builders import a_site
from tests.review_ui.desk_world import put_lead


@pytest.fixture
def desk(visitor):
    return visitor.as_role(Role.ISSUER_EMERGENCY)


def ids(text: str) -> list[str]:
    return re.findall(r'<li class="row[^"]*" data-lead="(L[0-9a-f]+)"', text)


def test_starts_with_what_nobody_looked_at(desk) -> None:
    assert desk.get("/").headers["location"] == "/leads?status=new"
    text = desk.get("/leads?status=new").text
    assert len(ids(text)) == 20
    assert "<b>20</b> 条" in text
    assert text.index("cx-mem-gov[.]cn") < text.index("e-cqs[.]net")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=listing", 2),
        ("kind=listing&kind=advert", 3),
        ("level=high&kind=site", 3),
        ("imitates=zlaq.mohurd.gov.cn", 1),
        ("source=engine%3Aso360", 1),
        ("q=包过", 2),
        ("q=焊工证+闲鱼", 1),
        ("q=没有这样的词", 0),
        ("status=confirmed", 0),
    ],
)
def test_filters_and_words(desk, query, count) -> None:
    answer = desk.get(f"/leads?{query}")
    assert answer.status_code == 200
    assert len(ids(answer.text)) == count
    if not count:
        assert "没有符合条件的线索" in answer.text


def test_facets_count_what_their_links_show(desk) -> None:
    text = desk.get("/leads").text
    links = re.findall(r'<li><a href="(/leads\?[^"]+)"><span>.*?<span class="count">(\d+)</span>', text)
    assert len(links) >= 8
    for address, count in links:
        assert f"<b>{count}</b> 条" in desk.get(html.unescape(address)).text, address


def test_facets_toggle_off_and_widen(desk) -> None:
    text = desk.get("/leads?level=high").text
    assert 'href="/leads" aria-current="true" class="on"' in text
    assert "/leads?level=high&amp;level=medium" in text


def test_pages_follow_the_cursor_and_show_each_lead_once(case, desk) -> None:
    for number in range(95):
        put_lead(
            case, a_site(f"n{number}-mem.com"), (signal("name.pinyin", official="cx.mem.gov.cn", technique="拼音"),)
        )
    address, seen = "/leads?sort=latest", []
    while address:
        text = desk.get(address).text
        seen += ids(text)
        found = re.search(r'<a rel="next" href="([^"]+)"', text)
        address = html.unescape(found.group(1)) if found else ""
    assert len(seen) == len(set(seen)) == 115


def test_a_broken_cursor_says_what_to_do(desk) -> None:
    answer = desk.get("/leads?cursor=%00%00")
    assert answer.status_code == 400
    assert "第一页" in answer.text


def test_json_says_the_same_as_the_page(desk) -> None:
    page = desk.get("/leads?kind=site&q=mem").text
    found = desk.get("/leads.json?kind=site&q=mem").json()
    assert [one["id"] for one in found["leads"]] == ids(page)
    assert all(one["url"].startswith("hxxp") and "[.]" in one["host"] for one in found["leads"])
    assert found["total"] == len(found["leads"])
    level = {one["value"]: one for one in found["facets"]["level"]}
    assert (
        desk.get(level["high"]["toggle_url"].replace("/leads?", "/leads.json?")).json()["total"]
        == level["high"]["count"]
    )
    assert {reason["code"] for one in found["leads"] for reason in one["reasons"]} >= {"name.brand_context"}


def test_opening_a_lead_shows_it_beside_the_list(desk) -> None:
    text = desk.get("/leads").text
    third = ids(text)[2]
    opened = desk.get(f"/leads?open={third}").text
    assert f'<article class="lead" data-lead="{third}">' in opened
    assert "has-open" in opened
    assert desk.get("/leads?open=L0000000000000000").status_code == 200


def test_nothing_found_yet_says_how_to_begin(tmp_path) -> None:
    from pipelines.bootstrap import open_case
    from review_ui.app import create_app
    from tests.conftest import FixedClock
    from tests.review_ui.desk_client import DeskClient
    from tests.review_ui.desk_world import settings_for

    settings = settings_for(tmp_path / "empty", practice_sign_in=True)
    with open_case(settings, FixedClock()) as case, DeskClient(create_app(case, settings)) as client:
        client.as_role(Role.MARKET)
        assert "jianwei sweep" in client.get("/leads").text
        assert "还没有巡查过" in client.get("/runs").text
        assert "还没有认定" in client.get("/exports").text


words = st.text(max_size=30)


@settings(deadline=None)  # a busy machine is no fault
@given(
    words,
    st.lists(st.tuples(st.sampled_from(["status", "level", "source", "imitates"]), words), max_size=6),
    st.sampled_from(LeadSort),
    words,
)
def test_the_address_carries_the_whole_state(text, filters, sort, opened) -> None:
    params = [("q", text), ("sort", sort.value), ("open", opened), *filters]
    state = QueueState.read(params)
    again = QueueState.read(parse_qsl(urlsplit(state.address()).query, keep_blank_values=True))
    assert again == state


def test_toggling_twice_changes_nothing() -> None:
    state = QueueState.read([("level", "high"), ("status", "new")])
    assert state.toggled("kind", "site").toggled("kind", "site") == state


def test_changing_the_view_begins_at_its_first_page() -> None:
    deep = QueueState.read([("q", "证"), ("level", "high"), ("cursor", "abc"), ("open", "L1")])
    for changed in (deep.toggled("kind", "site"), deep.sorted_by(LeadSort.OLDEST), deep.without("level"), deep.at("")):
        assert (changed.cursor, changed.opened, changed.text) == ("", "", "证")
    assert deep.opening("L2").cursor == "abc"
    assert deep.without() == QueueState()
