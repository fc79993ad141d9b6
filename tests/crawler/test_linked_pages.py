"""Which further pages of a suspect are looked at."""

import pytest

from crawler.fetch import refresh_target
from crawler.linked_pages import linked_pages
from detectors.model import Capture, Profile
from detectors.pages.read import read_page
from tests.conftest import NOW

URL = "http://www.cx-mem-gov.cn/"


def landing(html, url=URL):
    return Capture(
        profile=Profile.DESKTOP,
        requested_url=url,
        final_url=url,
        status=200,
        captured_at=NOW,
        html=html,
        page=read_page(html, url),
    )


def led_to(*html, with_contact=True):
    return [one.url for one in linked_pages([landing(one) for one in html], with_contact=with_contact)]


def test_the_linked_query_and_the_contact_page_one_of_each():
    html = "<a href=/news>新闻</a><a href=/cx/>证书查询</a><a href=/cx2/>证件查询</a><a href=about.html>联系我们</a><a href=/us>关于我们</a>"
    assert led_to(html) == ["http://www.cx-mem-gov.cn/cx/", "http://www.cx-mem-gov.cn/about.html"]
    assert led_to(html, with_contact=False) == ["http://www.cx-mem-gov.cn/cx/"]


@pytest.mark.parametrize(
    "words", ["证书查询", "操作证查询", "在线查询系统", "查询入口", "证件真伪查验", "查询", "点击查询", "信息查询"]
)
def test_words_of_a_query(words):
    assert led_to(f"<a href=/q>{words}</a>") == ["http://www.cx-mem-gov.cn/q"]


@pytest.mark.parametrize(
    "link",
    ["<a href=https://cx.mem.gov.cn/>证书查询</a>", "<a href=/login>证书查询</a>", "<a href=/app.apk>证书查询</a>", "<a href=/user/register>查询</a>",
     "<a href=javascript:void(0)>证书查询</a>", "<a href=/>证书查询</a>", "<a href=#q>证书查询</a>", "<a href=tel:1>联系我们</a>", "<a href=/x>快递到了</a>",
     "<a href='http://[::1'>查询</a>", "<a href=/logout>联系我们</a>", "<a href=/pay>查询</a>"],
)  # fmt: skip
def test_other_sites_accounts_and_files_are_left_alone(link):
    assert led_to(link) == []


def test_a_neighbour_on_the_same_domain_counts_and_a_page_with_a_form_needs_no_query():
    assert led_to("<a href=http://query.cx-mem-gov.cn/>证书查询</a>") == ["http://query.cx-mem-gov.cn/"]
    assert led_to("<form><input name=a></form><a href=/cx/>证书查询</a>") == []
    assert led_to("<a href=/cx/>证书查询</a>", "<p>x<form><input name=a></form>") == []


@pytest.mark.parametrize(
    ("value", "target"),
    [("0; url=/next", "/next"), ("0;URL='/a?b=1'", "/a?b=1"), ('1.5, url="/x"', "/x"), ("5;url=http://b.cn/&amp;c", "http://b.cn/&c"),
     ("30; url=/late", ""), ("0", ""), ("", ""), ("x; url=/a", ""), ("0; uri=/a", ""), ("-1; url=/a", ""), ("²; url=/a", "")],
)  # fmt: skip
def test_a_refresh_that_nobody_sees_is_a_redirect(value, target):
    assert refresh_target(value) == target
