"""The search box takes the language, says where it is wrong, and searches can be kept, used and deleted."""

import html
import re

import pytest

from pipelines.model import Role
from pipelines.search.fields import FIELDS
from review_ui.accounts import practice_account
from review_ui.searches import SAVED_LIMIT
from review_ui.wording import FIELD_HELP


@pytest.fixture
def desk(visitor):
    return visitor.as_role(Role.ISSUER_EMERGENCY)


ACCOUNT = practice_account(Role.ISSUER_EMERGENCY).name


def acts(case, act):
    return [(one.about, one.detail) for one in case.audit.entries() if one.act == act]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("包过 状态:待甄别", 2),
        ("类型：平台商品 -叉车", 1),
        ("来源:360 搜索", 0),
        ('来源:"360 搜索"', 1),
        ("域名:cx-mem 类型:网站", 3),
        ("平台:贴吧 或 类型:搜索广告", 2),
        ("负责人:无", 20),
        ("到期:<今天", 0),
    ],
)
def test_the_box_takes_the_language(desk, text, count) -> None:
    answer = desk.get(f"/leads.json?q={text}")
    assert answer.status_code == 200
    assert answer.json()["total"] == count


def test_a_mistake_is_shown_at_its_place_and_the_text_stays(desk) -> None:
    answer = desk.get("/leads?q=<b>包过</b>+状态:待定&kind=listing")
    assert answer.status_code == 400
    assert "&lt;b&gt;包过&lt;/b&gt; 状态:<mark>待定</mark>" in answer.text
    assert "状态没有“待定”，可用的有：待甄别" in answer.text
    assert 'value="&lt;b&gt;包过&lt;/b&gt; 状态:待定"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "平台商品" in answer.text
    wrong = desk.get("/leads.json?q=等级:").json()
    assert (wrong["start"], wrong["end"]) == (0, 3)
    assert "没有写值" in wrong["error"]


def test_a_search_that_is_too_long_is_said_so(desk) -> None:
    answer = desk.get(f"/leads?q={'证' * 900}")
    assert answer.status_code == 400
    assert "搜索语句超过 500 个字符" in answer.text


def test_the_help_names_every_field(desk) -> None:
    text = html.unescape(desk.get("/leads").text)
    assert set(FIELD_HELP) == {field.code for field in FIELDS}
    for field in FIELDS:
        assert f"<code>{field.names_zh[0]}:{field.example}</code>" in text


def test_a_search_is_kept_used_and_deleted_and_all_of_it_is_audited(desk, case) -> None:
    query = "q=%E5%8C%85%E8%BF%87+%E7%8A%B6%E6%80%81%3A%E5%BE%85%E7%94%84%E5%88%AB&kind=listing&cursor=x&open=L1&evil=1"
    kept = "q=%E5%8C%85%E8%BF%87+%E7%8A%B6%E6%80%81%3A%E5%BE%85%E7%94%84%E5%88%AB&kind=listing"
    answer = desk.post("/searches", {"name": " 包过 <i>商品 ", "query": query})
    assert answer.headers["location"] == f"/leads?{kept}"
    (search,) = case.saved_searches.of(ACCOUNT)
    assert (search.name, search.query) == ("包过 <i>商品", kept)
    page = desk.get("/leads").text
    address = html.unescape(re.search(r'href="(/searches/open\?name=[^"]+)"', page).group(1))
    assert "包过 &lt;i&gt;商品" in page
    assert desk.get(address).headers["location"] == f"/leads?{kept}"
    assert desk.post("/searches/delete", {"name": search.name, "back": "/leads"}).status_code == 303
    assert desk.get(address).status_code == 404
    assert case.saved_searches.of(ACCOUNT) == ()
    assert acts(case, "search.save") == [(search.name, kept)]
    assert acts(case, "search.use") == [(search.name, "")]
    assert acts(case, "search.delete") == [(search.name, "")]


@pytest.mark.parametrize(
    ("name", "query", "word"), [(" ", "status=new", "起一个名字"), ("错的", "q=等级:", "没有写值")]
)
def test_what_cannot_be_kept_is_said_so(desk, case, name, query, word) -> None:
    answer = desk.post("/searches", {"name": name, "query": query})
    assert answer.status_code == 400
    assert word in answer.text
    assert case.saved_searches.of(ACCOUNT) == ()


def test_there_is_an_end_to_keeping(desk, case) -> None:
    for number in range(SAVED_LIMIT):
        desk.post("/searches", {"name": str(number), "query": "status=new"})
    assert desk.post("/searches", {"name": "more", "query": ""}).status_code == 400
    assert desk.post("/searches", {"name": "7", "query": "status=closed"}).status_code == 303
    assert len(case.saved_searches.of(ACCOUNT)) == SAVED_LIMIT


def test_searches_are_ones_own(desk, app, case) -> None:
    desk.post("/searches", {"name": "我的", "query": "status=new"})
    other = desk.as_role(Role.POLICE)
    assert "我的</bdi>" not in other.get("/leads").text
    assert other.get("/searches/open?name=我的").status_code == 404
