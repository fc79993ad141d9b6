"""Engine definitions on pages of their shapes; the contract of a `Provider`."""

import base64
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.engines import engines, engines_named
from crawler.engines.model import (
    EngineCaptcha,
    EngineChanged,
    EngineDenied,
    EngineFailure,
    EngineTooMany,
    RowKind,
)
from crawler.engines.records import check_recorded
from pipelines.errors import InputUnreadable, SettingInvalid

ENGINES = engines()
every_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=lambda one: one.name)


def parsed(name: str, html: str):
    engine = ENGINES[name]
    return engine.parse(html, engine.request("x", 1).url)


@pytest.mark.parametrize("check", list(check_recorded(ENGINES)), ids=lambda one: one.page)
def test_recorded_pages_still_read_as_they_did(check):
    assert check.problem == ""


def test_every_engine_has_a_recorded_page_with_rows_and_one_that_refuses():
    checks = list(check_recorded(ENGINES))
    assert {check.engine for check in checks if check.rows} == set(ENGINES)
    assert {check.engine for check in checks if not check.rows} == set(ENGINES)


def test_a_broken_rule_is_named_by_the_check(tmp_path):
    broken = tmp_path / "sogou.toml"
    shipped = Path("crawler/engines/data/sogou.toml").read_text("utf-8")
    for selector in ('".results > .rb", ', '".results .rb", '):
        shipped = shipped.replace(selector, "")
    broken.write_text(shipped, "utf-8")
    problems = {one.page: one.problem for one in check_recorded(engines([broken])) if one.problem}
    assert set(problems) == {"sogou_2014", "sogou_2026"}
    assert "不一致" in problems["sogou_2014"]
    assert "没有找到任何内容的规则" in problems["sogou_2014"]


@every_engine
def test_pages_of_a_query_are_different_addresses_on_the_engines_host(engine):
    first, second = engine.request("电工证 包过&x=1", 1).url, engine.request("电工证 包过&x=1", 2).url
    assert first != second
    assert first.startswith(f"https://{engine.host}/")
    assert "%26x%3D1" in first


@every_engine
def test_an_empty_answer_is_too_many_requests(engine):
    with pytest.raises(EngineTooMany) as failure:
        engine.parse("  \n", engine.request("x", 1).url)
    assert failure.value.wait_s > 0


@every_engine
def test_a_page_of_something_else_is_a_change_that_names_the_rules(engine):
    with pytest.raises(EngineChanged) as failure:
        engine.parse("<html><title>维护中</title><body><div>稍后再来</div></body></html>", engine.request("x", 1).url)
    assert ".rows" in failure.value.detail


@every_engine
@settings(deadline=None)
@given(html=st.text(alphabet="<>/=\"'{}[]: abdivlipa#\x00测", max_size=300))
def test_any_page_gives_rows_or_a_typed_failure(engine, html):
    try:
        page = engine.parse(html, engine.request("x", 1).url)
    except EngineFailure as failure:
        assert failure.zh
        assert failure.wait_s > 0
    else:
        assert page.rows is not None


@pytest.mark.parametrize(
    ("engine", "html"),
    [
        ("baidu", "<html><title>百度安全验证</title><body></body></html>"),
        ("baidu", "<html><title>网络不给力</title><body><div id='pass-slide'></div></body></html>"),
        ("so360", "<html><title>访问异常页面</title><body>请验证</body></html>"),
        ("bing", "<html><title>x</title><body><div id='b_captcha'></div></body></html>"),
        ("quark", '{"action":"captcha","url":"https://x.example/"}'),
        ("quark", '<html><script>var a = {"action": "captcha", "url": "x"}</script></html>'),
    ],
)
def test_captcha_pages_are_known(engine, html):
    with pytest.raises(EngineCaptcha):
        parsed(engine, html)


def test_a_query_for_the_words_of_a_block_page_is_no_block():
    html = (
        "<html><title>安全验证 证书查询 - 搜索</title><ol id=b_results><li class=b_algo><h2>"
        "<a href='https://anquan.example.net/'>安全验证</a></h2><p>访问过于频繁怎么办</p></li></ol></html>"
    )
    assert [row.title for row in parsed("bing", html).rows] == ["安全验证"]


def test_a_redirect_to_the_wall_is_a_captcha_and_any_other_is_a_denial():
    baidu = ENGINES["baidu"]
    wall = baidu.refuse_redirect("https://wappass.baidu.com/static/captcha/tuxing.html?backurl=x")
    assert isinstance(wall, EngineCaptcha)
    assert isinstance(baidu.refuse_redirect("https://www.baidu.com/forbidden"), EngineDenied)
    lookalike = baidu.refuse_redirect("https://xwappass.baidu.com.evil.example/")
    assert isinstance(lookalike, EngineDenied)
    weixin = ENGINES["weixin"]
    assert isinstance(weixin.refuse_redirect("https://weixin.sogou.com/antispider/?from=x"), EngineCaptcha)
    assert isinstance(weixin.refuse_redirect("https://evil.example/antispider/"), EngineDenied)


def test_no_results_is_no_change():
    html = "<html><title>x_百度搜索</title><body><div id='content_left'><div class='content_none'>没有</div></div></body></html>"
    assert parsed("baidu", html).rows == ()


def test_wrappers_are_told_from_targets():
    assert ENGINES["baidu"].is_wrapper("http://www.baidu.com/link?url=a")
    assert not ENGINES["baidu"].is_wrapper("http://www.baidu.com.example.cn/link?url=a")
    assert not ENGINES["baidu"].is_wrapper("https://zhidao.baidu.com/question/1.html")
    assert ENGINES["so360"].is_wrapper("https://e.so.com/search/eclk?p=1")
    assert ENGINES["toutiao"].is_wrapper("https://ad.toutiao.com/click?r=1")


def test_what_only_the_wrapper_knows_is_kept_as_a_wrapper():
    rows = {row.title: row for row in parsed("sogou", _recorded("sogou_2026")).rows}
    organic, paid = rows["三类人员证书查询"], rows["考证加急通道"]
    assert organic.wrapper is not None
    assert not organic.wrapper.is_paid
    assert organic.target == ""
    assert paid.wrapper is not None
    assert paid.wrapper.is_paid


def test_a_wrapped_page_says_where_it_leads():
    sogou = ENGINES["sogou"]
    script = "<meta content='always' name='referrer'><script>window.location.replace(\"https://a.example.net/x?y=1\")</script>"
    refresh = "<noscript><META http-equiv='refresh' content='0;URL=https://b.example.net/'></noscript>"
    assert sogou.target_in(script) == "https://a.example.net/x?y=1"
    assert sogou.target_in(refresh) == "https://b.example.net/"
    assert sogou.target_in("<script>location.replace('javascript:alert(1)')</script>") == ""


def test_a_broken_wrapper_names_no_target():
    html = (
        "<ol id=b_results><li class=b_algo><h2><a href='https://cn.bing.com/ck/a?u=a1%%%'>甲</a></h2></li>"
        "<li class=b_algo><h2><a href='https://cn.bing.com/ck/a?u=a1amF2YXNjcmlwdDoxKDEp'>乙</a></h2></li></ol>"
    )
    assert [row.target for row in parsed("bing", html).rows] == ["", ""]


@given(path=st.text(alphabet="abc/?=&%测", max_size=40))
@settings(deadline=None)
def test_an_address_packed_into_a_bing_wrapper_comes_out(path):
    packed = base64.urlsafe_b64encode(f"https://a.example.net/{path}".encode()).decode().rstrip("=")
    html = (
        f"<ol id=b_results><li class=b_algo><h2><a href='https://cn.bing.com/ck/a?u=a1{packed}'>甲</a></h2></li></ol>"
    )
    target = parsed("bing", html).rows[0].target
    assert target.startswith("https://a.example.net/")


def test_a_mark_in_a_small_element_makes_an_advert_a_highlighted_word_does_not():
    html = (
        "<div id=content_left><div class=result><h3><a href='/link?url=1'>甲</a></h3><div>正文<em>广告</em></div></div>"
        "<div class=result><h3><a href='/link?url=2'>乙</a></h3><div>正文 <span>广告</span></div></div>"
        "<div class=result><h3><a href='/link?url=3'>丙<span>广告</span></a></h3><div>正文</div></div></div>"
    )
    kinds = {row.title: row.kind for row in parsed("baidu", html).rows}
    assert kinds == {"甲": RowKind.ORGANIC, "乙": RowKind.ADVERT, "丙广告": RowKind.ORGANIC}


def test_an_advert_with_links_below_stays_one_and_a_box_of_adverts_is_split():
    advert = (
        "<div class=ad{n}><h3><a href='https://www.baidu.com/baidu.php?url={n}'>某某办证{n}</a></h3><p>先办理后付款，全国都可以查询到的</p>"
        "<ul><li><a href='https://www.baidu.com/baidu.php?url={n}a'>价格</a></li>"
        "<li><a href='https://www.baidu.com/baidu.php?url={n}b'>地址</a></li></ul></div>"
    )
    box = f"<div id=content_left><div class=x1><div>{advert.format(n=1)}{advert.format(n=2)}</div></div></div>"
    assert [row.title for row in parsed("baidu", box).adverts] == ["某某办证1", "某某办证2"]


def test_adverts_that_say_little_are_told_apart_by_their_own_marks():
    advert = "<div class=biz_rb><h3><a href='https://www.sogou.com/bill_cpc?v={n}'>某某办证{n}</a></h3><p>升级</p><span>广告</span></div>"
    box = f"<div class=sponsored><div class=sr-adv>{advert.format(n=1)}{advert.format(n=2)}</div></div><div class=results></div>"
    assert [row.title for row in parsed("sogou", box).adverts] == ["某某办证1", "某某办证2"]


def test_a_paid_link_outside_all_lists_is_an_advert_where_its_box_says_so():
    box = "<div class=x9><h3><a href='https://www.sogou.com/bill_cpc?v=1'>电焊培训学校</a></h3><p>报名</p>{mark}</div>"
    row = "<div class=results><div class=rb><h3 class=pt><a href='http://a.example.com/'>焊工证</a></h3></div></div>"
    marked = parsed("sogou", f"<div id=main>{row}{box.format(mark='<span>广告</span>')}</div>")
    assert [(one.kind, one.title) for one in marked.rows] == [
        (RowKind.ORGANIC, "焊工证"), (RowKind.ADVERT, "电焊培训学校"),
    ]  # fmt: skip
    unmarked = parsed("sogou", f"<div id=main>{row}{box.format(mark='')}<span>广告</span></div>")
    assert [one.title for one in unmarked.rows] == ["焊工证"], "what holds rows is no advert, whatever it says"


@pytest.mark.parametrize(
    ("engine", "row"),
    [
        ("so360", "<li class=res-list><h3 class=res-title><a href='{}'>{}</a></h3></li>"),
        ("sogou", "<div class=results><div class=vrwrap><h3 class=vr-title><a href='{}'>{}</a></h3></div></div>"),
        ("bing", "<ol id=b_results><li class=b_algo><h2><a href='{}'>{}</a></h2></li></ol>"),
        (
            "toutiao",
            '<script data-druid-card-data-id=1 type="application/json">{{"data":{{"article_url":"{}","title":"{}"}}}}</script>',
        ),
        (
            "quark",
            '<script type="application/json" id="s-data-1">{{"data":{{"initialData":{{"url":"{}","title":"{}"}}}}}}</script>',
        ),
    ],
)
def test_what_leads_to_another_search_of_the_engine_is_no_row(engine, row):
    path = urlsplit(ENGINES[engine].request("x", 1).url).path
    html = row.format(f"{path}?q=y&from=hot", "焊工证多少钱") + row.format("http://a.example.com/s?q=y", "焊工证查询")
    assert [one.title for one in parsed(engine, html).rows] == ["焊工证查询"]


def test_a_saved_page_of_searxng_is_read_like_its_answer():
    html = "<div id=urls><article class=result><h3><a href='http://a.example.com/'>焊工证</a></h3><p class=content>查询</p></article></div>"
    (row,) = parsed("searxng", html).rows
    assert (row.title, row.target, row.text) == ("焊工证", "http://a.example.com/", "查询")


def test_an_own_definition_replaces_the_shipped_one(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "bing"\ntitle = "必应"\nhost = "cn.bing.com"\nown_domains = ["bing.com"]\nsource = "ours"\n'
        'search_url = "https://cn.bing.com/search?q={query}&p={page}"\n'
        '[[layouts]]\nname = "new"\nrows = [".item"]\ntitles = ["h5 a[href]"]\n',
        "utf-8",
    )
    (engine,) = engines_named(["bing"], further=[own])
    page = engine.parse(
        "<div class=item><h5><a href='https://a.example.net/'>甲</a></h5></div>", "https://cn.bing.com/"
    )
    assert [row.target for row in page.rows] == ["https://a.example.net/"]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('rows = ["a[["]', "a[["),
        ('rows = [".a"]\ncolour = "red"', "colour"),
        ("rows = []", "neither rows"),
    ],
)
def test_a_mistake_in_a_definition_is_named_before_anything_is_asked(tmp_path, line, named):
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\ntitle = "自有"\nhost = "a.example"\nown_domains = []\nsource = "ours"\n'
        f'search_url = "https://a.example/s?q={{query}}&p={{page}}"\n[[layouts]]\nname = "one"\n{line}\n',
        "utf-8",
    )
    with pytest.raises(InputUnreadable) as wrong:
        engines([own])
    assert named in wrong.value.zh
    assert "own.toml" in wrong.value.zh


def test_an_unknown_engine_is_an_error_that_names_those_there_are():
    with pytest.raises(SettingInvalid) as wrong:
        engines_named(("baidu", "altavista"))
    assert "altavista" in wrong.value.zh
    assert "so360" in wrong.value.zh


def test_searxng_is_asked_where_the_organisation_has_it():
    with pytest.raises(SettingInvalid):
        engines_named(["searxng"])
    (engine,) = engines_named(["searxng"], searxng_url="http://sx.example.cn:8080/find/")
    assert engine.host == "sx.example.cn"
    assert engine.request("证 书", 2).url == (
        "http://sx.example.cn:8080/find/search?q=%E8%AF%81%20%E4%B9%A6&format=json&language=zh-CN&pageno=2"
    )


def _recorded(name: str) -> str:
    return Path(f"crawler/engines/recorded/{name}.html").read_text("utf-8")


def test_a_paid_row_of_sogou_is_an_advert_in_whatever_frame_it_stands():
    paid = '<div class="biz_rb"><h3 class="biz_title"><a href="http://www.sogou.com/bill_cpc?v=1">代办证</a></h3><cite>ban.example</cite></div>'
    row = '<div class="vrwrap"><h3 class="vr-title"><a href="http://a.example/">查询</a></h3></div>'
    for frame in ("sponsored", "biz_sponsor", "another"):
        page = f'<div id="main"><div class="{frame}">{paid}</div><div class="results">{row}</div></div>'
        rows = [(one.title, one.kind) for one in parsed("sogou", page).rows]
        assert sorted(rows) == sorted([("代办证", RowKind.ADVERT), ("查询", RowKind.ORGANIC)])


@pytest.mark.parametrize(
    ("engine", "row", "paid"),
    [
        ("bing", "<article class=b_algo><h2><a href='https://{}.example.com/'>{}</a></h2></article>", "https://www.bing.com/aclk?ld=1"),
        ("so360", "<div class='res-list x'><h3><a href='https://{}.example.com/'>{}</a></h3></div>", "https://e.tf.360.cn/search/eclk?p=1"),
        ("sogou", "<div class=vrResult><h3><a class=resultLink href='https://{}.example.com/'>{}</a></h3></div>", "http://lk.brand.sogou.com/svc?p=1"),
    ],
)  # fmt: skip
def test_rows_are_rows_in_whatever_list_they_stand(engine, row, paid):
    rows = row.format("a", "焊工证查询") + row.format("b", "焊工证年审")
    advert = row.replace("https://{}.example.com/", paid).format("焊工证代办")
    read = parsed(engine, f"<body><section>{rows}{advert}</section></body>").rows
    assert [(one.kind, one.title) for one in read] == [
        (RowKind.ORGANIC, "焊工证查询"), (RowKind.ORGANIC, "焊工证年审"), (RowKind.ADVERT, "焊工证代办"),
    ]  # fmt: skip


def test_more_adverts_of_a_box_are_no_advert():
    paid = "<li><h3><a href='http://lk.brand.sogou.com/{}'>{}</a></h3><p>全国通用手续齐全当天办理</p></li>"
    box = paid.format("a?p=1", "焊工证代办") + paid.format("search_ad.php?url=x", "更多焊工证结果&gt;&gt;")
    row = "<div class=results><div class=rb><h3 class=pt><a href='http://a.example.com/'>焊工证</a></h3></div></div>"
    page = parsed("sogou", f"<div id=main><div class=sponsored><ol>{box}</ol></div>{row}</div>")
    assert [one.title for one in page.adverts] == ["焊工证代办"]


def test_the_name_of_an_advert_box_is_no_advert():
    said = "<li><a href='http://e.360.cn/x'>360推广</a></li>"
    advert = "<li><h3><a href='http://e.so.com/search/eclk?p=1'>起重证代理</a></h3><p>本地办理手续齐全全国通用</p></li>"
    row = "<ul class=result><li class=res-list><h3><a href='http://a.example.com/'>起重证题库</a></h3></li></ul>"
    page = parsed("so360", f"<div id=main><ul id=djbox>{said}{advert}</ul>{row}</div>")
    assert [one.title for one in page.adverts] == ["起重证代理"]


def test_a_box_that_begins_as_related_words_do_is_no_row_though_its_number_has_an_address():
    def row(mu, inner):
        return f"<div class='c-result result' data-log='{{\"mu\":\"{mu}\"}}'><article>{inner}</article></div>"

    related = row(
        "http://nourl.ubs.baidu.com/1", "<div>其他人还在搜</div><a href='/s?word=x'>电焊证</a><a href='/s?word=y'>氩弧焊证</a>"
    )  # fmt: skip
    found = row(
        "http://hgz.example/1", "<a class=c-blocka href='https://m.baidu.com/from=0/tc?src=1'><h3>焊工证查询</h3></a>"
    )
    page = parsed("baidu", f"<div id=page-bd><div id=results>{found}{related}</div></div>")
    assert [one.title for one in page.rows] == ["焊工证查询"]


def test_a_paid_link_of_so360_for_phones_is_an_advert():
    card = "<div class='g-card'><a class=alink href='{}'><h3>{}</h3></a><span>{}</span></div>"
    paid = card.format("https://e.m.so.com/search/eclk?p=1", "叉车证报名", "广告")
    found = card.format("https://m.so.com/jump?u=http%3A%2F%2Fcha.example%2Fn1", "叉车证查询", "n1")
    rows = parsed("so360", f"<div id=main><div class=r-results>{paid}{found}</div></div>").rows
    assert sorted((one.kind, one.title) for one in rows) == [
        (RowKind.ADVERT, "叉车证报名"),
        (RowKind.ORGANIC, "叉车证查询"),
    ]
