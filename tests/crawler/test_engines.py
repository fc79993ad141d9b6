"""Engine definitions on pages of their shapes; tests/contracts of a `Provider`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.engines import ENGINES, baidu, bing, engines_named, so360
from crawler.engines.model import (
    EngineCaptcha,
    EngineChanged,
    EngineDenied,
    EngineFailure,
    EngineTooMany,
)
from crawler.engines.records import check_recorded
from pipelines.errors import SettingInvalid

every_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda one: one.name)


@pytest.mark.parametrize("check", list(check_recorded()), ids=lambda one: one.page)
def test_recorded_pages_still_read_as_they_did(check):
    assert check.problem == ""
    assert check.rows


def test_every_engine_has_a_recorded_page():
    assert {check.engine for check in check_recorded()} == {engine.name for engine in ENGINES}


@every_engine
def test_pages_of_a_query_are_different_addresses_on_the_engines_host(engine):
    first, second = engine.request("电工证 包过&x=1", 1).url, engine.request("电工证 包过&x=1", 2).url
    assert first != second
    assert first.startswith(f"https://{engine.host}/")
    assert "%26x%3D1" in first


@every_engine
def test_an_empty_answer_is_too_many_requests(engine):
    with pytest.raises(EngineTooMany):
        engine.parse("  \n", engine.request("x", 1).url)


@every_engine
def test_a_page_of_something_else_is_a_change(engine):
    with pytest.raises(EngineChanged):
        engine.parse("<html><title>维护中</title><body><div>稍后再来</div></body></html>", engine.request("x", 1).url)


@every_engine
@settings(deadline=None)
@given(html=st.text(alphabet="<>/=\"' abdivlipa#\x00测", max_size=300))
def test_any_page_gives_rows_or_a_typed_failure(engine, html):
    try:
        page = engine.parse(html, engine.request("x", 1).url)
    except EngineFailure as failure:
        assert failure.zh
    else:
        assert page.rows is not None


@pytest.mark.parametrize(
    ("engine", "html"),
    [
        (baidu.ENGINE, "<html><title>百度安全验证</title><body></body></html>"),
        (baidu.ENGINE, "<html><title>网络不给力</title><body><div id='pass-slide'></div></body></html>"),
        (so360.ENGINE, "<html><title>访问异常页面</title><body>请验证</body></html>"),
        (bing.ENGINE, "<html><title>x</title><body><div id='b_captcha'></div></body></html>"),
    ],
)
def test_captcha_pages_are_known(engine, html):
    with pytest.raises(EngineCaptcha):
        engine.parse(html, engine.request("x", 1).url)


def test_a_redirect_to_the_wall_is_a_captcha_and_any_other_is_a_denial():
    wall = baidu.ENGINE.refuse_redirect("https://wappass.baidu.com/static/captcha/tuxing.html?backurl=x")
    assert isinstance(wall, EngineCaptcha)
    assert isinstance(baidu.ENGINE.refuse_redirect("https://www.baidu.com/forbidden"), EngineDenied)
    lookalike = baidu.ENGINE.refuse_redirect("https://xwappass.baidu.com.evil.example/")
    assert isinstance(lookalike, EngineDenied)


def test_no_results_is_no_change():
    html = "<html><title>x_百度搜索</title><body><div id='content_left'><div class='content_none'>没有</div></div></body></html>"
    assert baidu.ENGINE.parse(html, "https://www.baidu.com/s").rows == ()


def test_wrappers_are_told_from_targets():
    assert baidu.ENGINE.is_wrapper("http://www.baidu.com/link?url=a")
    assert not baidu.ENGINE.is_wrapper("http://www.baidu.com.example.cn/link?url=a")
    assert so360.ENGINE.is_wrapper("https://e.so.com/search/eclk?p=1")


def test_a_broken_wrapper_names_no_target():
    html = (
        "<ol id=b_results><li class=b_algo><h2><a href='https://cn.bing.com/ck/a?u=a1%%%'>甲</a></h2></li>"
        "<li class=b_algo><h2><a href='https://cn.bing.com/ck/a?u=a1amF2YXNjcmlwdDoxKDEp'>乙</a></h2></li></ol>"
    )
    assert [row.target for row in bing.ENGINE.parse(html, "https://cn.bing.com/search").rows] == ["", ""]


def test_an_unknown_engine_is_an_error_that_names_those_there_are():
    with pytest.raises(SettingInvalid) as wrong:
        engines_named(("baidu", "altavista"))
    assert "altavista" in wrong.value.zh
    assert "so360" in wrong.value.zh
