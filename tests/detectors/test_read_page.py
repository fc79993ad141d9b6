"""Pages as they come: hostile, broken, and ordinary."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.pages.read import MAX_LINKS, MAX_TEXT, decode_html, read_page

_MARKUP = st.lists(
    st.sampled_from(
        [
            "<div>", "</div>", "<b id=1>", "<p>", "</p>", "<table>", "<td>", "<a href='/x'>", "</a>", "<form>", "</form>",
            "<input name=a>", "<!--", "-->", "<script>", "</script>", "<title>", "</title>", "<select>", "<option>", "\x00",
            "<svg>", "</svg>", "<template>", "<", ">", '"', "'", "=", "&#x", "证书", "\ud800", "<h1>", "</h1>", "<base href='//['>",
            "<footer>", "</footer>", "<textarea>", "<frameset>", "<label for=q>", "<button>", "<img alt=x>", "<meta name=a content=b>",
        ]
    ),
    max_size=80,
)  # fmt: skip


@given(_MARKUP)
def test_any_markup_is_read(pieces):
    page = read_page("".join(pieces), "http://example.cn/a/")
    assert all(link.url.startswith(("http://", "https://")) for link in page.links)
    assert "" not in page.text.split("\n") or page.text == ""


@given(
    st.binary(max_size=300),
    st.sampled_from(
        ["", "text/html", "text/html; charset=gbk", "charset=utf-16", "charset=nonsense", "charset=hz-gb-2312"]
    ),
)
def test_any_bytes_are_decoded_and_read(body, content_type):
    read_page(decode_html(body, content_type), "not a url [")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<p>特种作业</p>".encode(), ""),
        ("<p>特种作业</p>".encode(), "text/html; charset=gbk"),
        ("<p>特种作业</p>".encode("gbk"), ""),
        ("<p>特种作业</p>".encode("gbk"), "text/html; charset=UTF-8"),
        ('<meta charset="gb2312"><p>特种作业</p>'.encode("gbk"), ""),
        ("<p>特种作业</p>".encode("utf-16"), ""),
        ("<p>特种作业</p>".encode("utf-16-be"), "text/html; charset=utf-16be"),
        (b"\xef\xbb\xbf" + "<p>特种作业</p>".encode(), "text/html; charset=gbk"),
        ("<p>特種作業</p>".encode("big5"), "text/html; charset=Big5"),
        ("<p>特种作业</p>".encode() + "证".encode()[:2], ""),
    ],
)
def test_text_survives_wrong_and_missing_charsets(body, content_type):
    assert read_page(decode_html(body, content_type), "").text in ("特种作业", "特種作業")


_HOSTILE = [
    "<div>" * 400_000,
    "".join(f"<p><b id={n}>x" for n in range(100_000)),
    "<div " + " ".join(f"a{n}" for n in range(280_000)) + ">x",
    "<div class=footer><h1><a class=btn>" * 2_900 + "汉" * 300_000,
    "<table><tr><td><a>" * 100_000,
    "<!--" * 500_000,
    "<title>" * 250_000,
    "<a b='" * 300_000,
    "<img src=a alt=b>" * 120_000,
]


@pytest.mark.parametrize("html", _HOSTILE, ids=lambda html: html[:12])
def test_hostile_markup_is_read_in_bounded_time(html):
    started = time.process_time()
    page = read_page(html, "http://example.cn/")
    assert time.process_time() - started < 12  # an unguarded parser takes minutes to hours
    assert len(page.text) <= MAX_TEXT * 2
    assert len(page.links) <= MAX_LINKS


def test_only_what_a_visitor_sees_is_text():
    page = read_page(
        """<head><title> 查询\n平台 </title><style>a{}</style></head><body>
        <script>var a = "<p>脚本</p>" < 3;</script><noscript>请启用脚本</noscript><!-- 注释 --><template>模板</template>
        <p>正<b>文</b>一</p><div hidden>隐</div><div style="color:red; DISPLAY : none">藏<p>住</p></div>第二<br>第三<SCRIPT >x</SCRIPT ><i>四</i>""",
        "http://example.cn/",
    )
    assert page.title == "查询 平台"
    assert page.text == "正文一\n第二\n第三四"


def test_forms_and_loose_inputs():
    page = read_page(
        """<div class="search"><form action="/search" method=POST><input type=hidden name=t><input name=q placeholder=站内搜索><button>搜索</button></form></div>
        <h2>证书查询</h2>
        <div><label for=idno>证件号码</label><input id=idno placeholder="请输入证件号码"></div>
        <table><tr><td>姓名：</td><td><input name=n></td></tr></table>
        <div><input name=code aria-label=验证码><img src=/prod-api/code.jpg><span class="btn-primary">查 询</span></div>""",
        "https://a.cn/x/",
    )
    search, query = page.forms
    assert (search.action, search.method, search.button) == ("https://a.cn/search", "post", "搜索")
    assert [field.placeholder for field in search.fields] == ["站内搜索"]
    assert query.action == ""
    assert [field.label for field in query.fields] == ["证件号码", "姓名", "验证码"]
    assert query.button == "查 询"


def test_links_are_absolute_and_named():
    page = read_page(
        """<base href="/deep/"><a href="x?y=1">相<b>对</b></a><a href="//cx.mem.gov.cn/"><img alt=官网></a>
        <a href="javascript:alert(1)">脚本</a><a href="mailto:a@b.c">邮</a><a href="http://[bad">坏</a><iframe src=/inner></iframe>""",
        "https://a.cn/x/",
    )
    assert [(link.url, link.text) for link in page.links] == [
        ("https://a.cn/deep/x?y=1", "相对"),
        ("https://cx.mem.gov.cn/", "官网"),
        ("https://a.cn/inner", ""),
    ]


def test_headings_include_the_name_beside_the_logo():
    page = read_page("<div class='header-logo'><span>全国查询平台</span></div><h1>欢迎</h1><h1>欢迎</h1>", "")
    assert page.headings == ("全国查询平台", "欢迎")


def test_a_picture_called_logo_is_kept():
    page = read_page("<img class=logo src=/logo.png alt=全国查询平台>", "http://a.example/")
    assert [(image.url, image.alt) for image in page.images] == [("http://a.example/logo.png", "全国查询平台")]


@pytest.mark.parametrize(
    "foot",
    [
        "<footer><p>主办单位：某某局</p><p>京ICP备12345678号</p></footer>",
        "<div class='g-foot clearfix'><p>主办单位：某某局</p><p>京ICP备12345678号</p></div>",
        "<div id=pageFooter><p>主办单位：某某局</p><p>京ICP备12345678号</p></div>",
        "<div><p>主办单位：某某局</p><p>京ICP备12345678号</p></div>",
        "<div class=copyright>主办单位：某某局<br>京ICP备12345678号</div>",
    ],
)
def test_the_footer_is_found(foot):
    page = read_page("<p>正文里说到备案号。</p>" + "<p>一段正文</p>" * 30 + foot, "")
    assert page.footer == "主办单位：某某局\n京ICP备12345678号"


def test_a_wrapper_called_bottom_is_no_footer():
    page = read_page("<div class=bottom>" + "<p>这是一段很长的正文，讲述培训安排和报名办法。</p>" * 60 + "</div>", "")
    assert page.footer == ""
