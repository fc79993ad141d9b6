"""Listings from what staff save: HAR, MHTML, pages, answers; broken and hostile ones included."""

import base64
import gzip
import hashlib
import json
import quopri
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.platforms.archive import SavedAnswer, Truncated, kind_of, open_archive, unzipped
from crawler.platforms.imports import ListingFiles
from crawler.platforms.model import known_platforms, load_platforms, shipped_platforms
from crawler.platforms.paths import text_at, values_at
from crawler.platforms.records import check_recorded_files
from crawler.platforms.replies import decoded
from detectors.model import CandidateKind, Observation
from pipelines.errors import InputUnreadable, SettingInvalid
from pipelines.imports.model import Rejection

AT = datetime(2026, 12, 1, tzinfo=UTC)
PLATFORMS = shipped_platforms()
SEARCH = "https://h5api.m.goofish.com/h5/mtop.taobao.idlemtopsearch.pc.search/1.0/"


def xianyu_answer(*ids):
    rows = [
        {"data": {"item": {"main": {
            "exContent": {"itemId": one, "title": f"电工证 {one}", "userNickName": "张三丰", "avatar": "http://a.example/z.jpg"},
            "clickParam": {"args": {"seller_id": "9988"}},
        }}}}
        for one in ids
    ]  # fmt: skip
    return json.dumps({"ret": ["SUCCESS"], "data": {"resultList": rows}}, ensure_ascii=False)


def entry(text, url=SEARCH, media_type="application/json", **content):
    return {
        "request": {"url": url, "headers": [{"name": "Cookie", "value": "secret-cookie"}]},
        "response": {"status": 200, "content": {"mimeType": media_type, "text": text, **content}},
    }


def har(*entries):
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": list(entries)}}).encode()


def read(path, platform=""):
    found = list(ListingFiles(PLATFORMS).read(path, at=AT, pseudonym=lambda name: f"S{len(name)}", platform=platform))
    return [one for one in found if isinstance(one, Observation)], [one for one in found if isinstance(one, Rejection)]


def saved(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("check", list(check_recorded_files(PLATFORMS)), ids=lambda one: one.file)
def test_recorded_files_still_read_as_they_did(check):
    assert check.problem == ""
    assert check.listings


def test_every_shipped_platform_is_sampled_or_swept():
    sampled = {one.platform for one in check_recorded_files(PLATFORMS)}
    assert {one.name for one in PLATFORMS if not one.is_crawlable} == sampled


def test_a_har_is_read_without_naming_the_platform(tmp_path):
    good, bad = read(saved(tmp_path, "a.har", har(entry(xianyu_answer("1", "2")))))
    assert [one.listing.item_id for one in good] == ["1", "2"]
    assert bad == []
    assert good[0].candidate.url == "https://www.goofish.com/item?id=1"


def test_a_record_cut_short_gives_all_that_is_whole(tmp_path):
    whole = har(entry(xianyu_answer("1")), entry(xianyu_answer("2")), entry(xianyu_answer("3")))
    good, bad = read(saved(tmp_path, "a.har", whole[: whole.rindex(b'"request"') + 40]))
    assert [one.listing.item_id for one in good] == ["1", "2"]
    assert [(one.line, "中断" in one.reason) for one in bad] == [(3, True)]


def test_packed_bodies_and_packed_files_are_unpacked(tmp_path):
    packed = base64.b64encode(gzip.compress(xianyu_answer("7").encode())).decode()
    content = gzip.compress(har(entry(packed, encoding="base64")))
    good, _ = read(saved(tmp_path, "a.har.gz", content))
    assert [one.listing.item_id for one in good] == ["7"]


def test_what_unpacks_to_more_than_it_may_is_cut():
    assert len(unzipped(gzip.compress(b"0" * 5_000_000), 1000)) == 1000
    assert unzipped(b"\x1f\x8bno gzip") == b"\x1f\x8bno gzip"


def test_cookies_and_persons_stay_out_of_evidence(tmp_path):
    good, _ = read(saved(tmp_path, "a.har", har(entry(xianyu_answer("1")))))
    kept = b"".join(attachment.content for attachment in good[0].attachments).decode()
    assert "电工证 1" in kept
    for personal in ("张三丰", "9988", "secret-cookie", "z.jpg"):
        assert personal not in kept
    assert good[0].listing.seller == "S11"


def test_the_same_item_in_several_answers_is_one_listing(tmp_path):
    detail = json.dumps({"data": {"itemDO": {"itemId": "1", "title": "电工证", "desc": "长长的描述"}}})
    url = "https://h5api.m.goofish.com/h5/mtop.taobao.idle.pc.detail/1.0/"
    good, _ = read(saved(tmp_path, "a.har", har(entry(xianyu_answer("1")), entry(detail, url))))
    assert [(one.listing.title, one.listing.text) for one in good] == [("电工证 1", "长长的描述")]


def test_answers_of_other_sites_are_not_the_platforms(tmp_path):
    foreign = entry(xianyu_answer("1"), "https://ads.example.com/x")
    with pytest.raises(InputUnreadable) as nothing:
        read(saved(tmp_path, "a.har", har(foreign)), "xianyu")
    assert "--platform" in nothing.value.zh


def test_a_wall_in_an_answer_is_named_and_the_rest_is_read(tmp_path):
    wall = entry('{"ret":["FAIL_SYS_USER_VALIDATE"],"data":{}}')
    good, bad = read(saved(tmp_path, "a.har", har(wall, entry(xianyu_answer("1")))))
    assert len(good) == 1
    assert [one.line for one in bad] == [1]
    assert "人机验证" in bad[0].reason


def test_a_saved_login_page_is_named(tmp_path):
    page = "<!-- saved from url=(0030)https://www.xiaohongshu.com/explore -->\n<html><title>小红书登录</title></html>"
    good, bad = read(saved(tmp_path, "page.html", page))
    assert good == []
    assert "人机验证" in bad[0].reason


def test_each_record_names_the_file_it_was_read_from(tmp_path):
    content = har(entry(xianyu_answer("1")))
    good, _ = read(saved(tmp_path, "a.har", content))
    assert hashlib.sha256(content).hexdigest().encode() in good[0].attachments[0].content


def test_an_answer_by_itself_needs_the_platforms_name(tmp_path):
    path = saved(tmp_path, "reply.json", xianyu_answer("1"))
    good, _ = read(path, "咸鱼")
    assert [one.listing.platform for one in good] == ["闲鱼"]


def test_a_table_of_a_named_platform_stays_a_table(tmp_path):
    path = saved(tmp_path, "t.json", json.dumps([{"标题": "电工证", "商品ID": "5", "闲鱼昵称": "某甲"}]))
    good, _ = read(path, "xianyu")
    assert [(one.listing.item_id, one.listing.platform, one.listing.seller) for one in good] == [("5", "闲鱼", "S2")]


def test_a_saved_page_nobody_defined_is_read_by_its_product_markup(tmp_path):
    page = (
        "<!-- saved from url=(0030)https://mall.example.cn/p/9 -->\n<html><script type='application/ld+json'>"
        '{"@type":"Product","name":"叉车证 代办","sku":"9","offers":{"price":"300"}}</script></html>'
    )
    good, _ = read(saved(tmp_path, "page.html", page))
    assert [(one.listing.title, one.candidate.url, one.listing.platform) for one in good] == [
        ("叉车证 代办", "https://mall.example.cn/p/9", "example.cn")
    ]


def test_a_saved_list_gives_every_product_it_describes(tmp_path):
    items = [{"@type": "Product", "name": f"证{n}", "url": f"/p/{n}", "offers": {"price": str(n)}} for n in (1, 2, 3)]
    listed = json.dumps({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": one} for one in items]})
    page = (
        "<!-- saved from url=(0030)https://mall.example.cn/list -->\n<html>"
        f"<script type='application/ld+json'>{listed}</script></html>"
    )
    good, _ = read(saved(tmp_path, "page.html", page))
    assert [one.candidate.url for one in good] == [f"https://mall.example.cn/p/{n}" for n in (1, 2, 3)]
    boxes = "".join(
        f"<li itemscope itemtype='http://schema.org/Product'><a itemprop=url href='/q/{n}'><b itemprop=name>证{n}</b></a></li>"
        for n in (1, 2)
    )
    page = f"<!-- saved from url=(0030)https://mall.example.cn/list -->\n<html><ul>{boxes}</ul></html>"
    good, _ = read(saved(tmp_path, "page2.html", page))
    assert [one.candidate.url for one in good] == ["https://mall.example.cn/q/1", "https://mall.example.cn/q/2"]


def test_pages_a_browser_passed_by_are_no_listings(tmp_path):
    news = '<html><meta property="og:title" content="新闻"><meta property="og:url" content="https://n.example.cn/1"></html>'
    with pytest.raises(InputUnreadable):
        read(saved(tmp_path, "a.har", har(entry(news, "https://n.example.cn/1", "text/html"))))


def test_an_mhtml_cut_short_gives_what_is_whole(tmp_path):
    whole = Path("crawler/platforms/recorded/alibaba1688_page.txt").read_bytes()
    good, bad = read(saved(tmp_path, "a.mhtml", whole[:-30]))
    assert [one.listing.item_id for one in good] == ["610"]
    assert [one.line for one in bad] == [2]


def test_an_app_is_an_app_with_its_filing_number(tmp_path):
    table = "应用名,包名,开发者,APP备案号\n证书查询,com.example.a,某某,京ICP备2026000002号-3A\n"
    good, _ = read(saved(tmp_path, "t.csv", table), "vivo")
    assert good[0].candidate.kind is CandidateKind.APP
    assert good[0].listing.item_id == "com.example.a"
    assert "京ICP备2026000002号-3A" in good[0].text


def test_a_page_without_listings_says_what_to_do(tmp_path):
    with pytest.raises(InputUnreadable) as nothing:
        read(saved(tmp_path, "page.html", "<html><title>首页</title><p>没有商品</p></html>"))
    assert "没有认得的商品" in nothing.value.zh


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ('cb({"a":1});', {"a": 1}),
        ('window.x={"a":undefined}', {"a": None}),
        ('{"a":"}"} ; var b = 2', {"a": "}"}),
        ("no data", None),
        ("{broken", None),
    ],
)
def test_data_is_found_in_what_surrounds_it(text, content):
    start = text.find("{") if text.startswith("window") else 0
    assert decoded(text[start:]) == content


def test_paths_look_through_lists_and_into_text_that_is_data():
    content = {"a": [{"b": "1"}, {"b": 2}], "c": '{"d": {"e": "f"}}', "t": "<b>粗</b>体<br>下"}
    assert text_at(content, "x|a.*.b", ",") == "1,2"
    assert text_at(content, "c.d.e") == "f"
    assert text_at(content, "t") == "粗体 下"
    assert values_at(content, "a.1.b") == [2]
    assert values_at(content, "a.9.b") == []


@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=400), kind=st.sampled_from(["har", "mhtml", "html", "json"]))
def test_any_bytes_are_tolerated(content, kind):
    for one in open_archive(content, kind):
        assert isinstance(one, SavedAnswer | Truncated)
    assert kind_of(content, ".har") in {"har", "mhtml", "html", "json", ""}


@settings(deadline=None, max_examples=60)
@given(tail=st.text(alphabet='{}[]":,\\ logentriscqu', max_size=200))
def test_any_record_is_read_to_its_end(tail):
    content = b'{"log":{"version":"1.2","entries":[' + tail.encode()
    assert all(isinstance(one, SavedAnswer | Truncated) for one in open_archive(content, "har"))


def test_platforms_without_public_pages_are_not_swept():
    with pytest.raises(SettingInvalid) as wrong:
        load_platforms(("xianyu",))
    assert "导入" in wrong.value.zh


def test_own_definitions_replace_shipped_ones_for_imports_too(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "jd"\ntitle = "京东（自定）"\nhost = "jd.com"\nsource = "ours"\n[[replies]]\nname = "new"\nrows = ["list"]\n'
        'item_url = "https://item.jd.com/{id}.html"\n[replies.fields]\nid = "no"\ntitle = "what"\n',
        "utf-8",
    )
    path = saved(tmp_path, "a.json", '{"list":[{"no":"3","what":"安全帽"}]}')
    found = list(ListingFiles(known_platforms([own])).read(path, at=AT, pseudonym=str, platform="jd"))
    assert [one.listing.title for one in found] == ["安全帽"]


def packed(content, coding):
    text = base64.b64encode(content).decode()
    one = entry(text, encoding="base64")
    one["response"]["headers"] = [{"name": "Content-Encoding", "value": coding}]
    return har(one)


def deflated(content, bits):
    deflate = zlib.compressobj(wbits=bits)
    return deflate.compress(content) + deflate.flush()


ANSWER = xianyu_answer("1", "2").encode()


@pytest.mark.parametrize(
    "content",
    [
        packed(brotli.compress(ANSWER), "br"),
        packed(deflated(ANSWER, 15), "deflate"),
        packed(deflated(ANSWER, -15), "deflate"),
        packed(ANSWER, "br"),
        har(entry(ANSWER.decode(), media_type="application/octet-stream")),
        har(entry(ANSWER.decode())).decode().encode("utf-16"),
    ],
    ids=["br", "zlib", "deflate", "br-undone", "octets", "utf16"],
)
def test_records_of_other_tools_are_read(tmp_path, content):
    seen, troubles = read(saved(tmp_path, "x.har", content))
    assert [one.listing.item_id for one in seen] == ["1", "2"]
    assert troubles == []


def test_a_body_that_unpacks_to_more_than_it_may_is_cut():
    bomb = packed(brotli.compress(b" " * 60_000_000), "br")
    (answer,) = open_archive(bomb, "har")
    assert len(answer.body) == 20_000_000


@pytest.mark.parametrize("content", [f"{xianyu_answer('1')}\n{xianyu_answer('2')}\n", f"[{xianyu_answer('1')},{xianyu_answer('2')}]"])  # fmt: skip
def test_several_answers_in_one_file_are_read_one_by_one(tmp_path, content):
    seen, troubles = read(saved(tmp_path, "x.json", content), "xianyu")
    assert [one.listing.item_id for one in seen] == ["1", "2"]
    assert troubles == []


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_saved_page_in_gbk_quoted_for_mail_is_read(tmp_path, mark):
    product = {"@type": "Product", "name": "电工证 包过", "sku": "7", "offers": {"price": "380"}}
    page = f'<html><head><meta charset="gbk"><script type="application/ld+json">{json.dumps(product, ensure_ascii=False)}</script></head></html>'
    head = (
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://a.example.com/7.html\r\n\r\n"
    )
    content = mark + head + quopri.encodestring(page.encode("gbk")) + b"\r\n--B--\r\n"
    ((seen,), troubles) = read(saved(tmp_path, "x.mhtml", content))
    assert (seen.listing.title, troubles) == ("电工证 包过", [])


SAVED_PAGES = {
    "single_file": (
        "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://search.jd.com/Search?keyword=x \n saved date: Sat Nov 21 2026 \n-->"
        "<div><ul><li><a href='//item.jd.com/10001.html'><img></a><div class=p-price><i>66.00</i></div><a href='https://item.jd.com/10001.html'>"
        "<em>焊工<font>证</font>办理 全国通用</em></a><a href='//mall.jd.com/1'>某某职教专营店</a></li><li><a href='//item.jd.com/10002.html'>安全帽批发零售</a></li></ul>",
        [("https://item.jd.com/10001.html", "焊工证办理 全国通用", 66.0), ("https://item.jd.com/10002.html", "安全帽批发零售", None)],
    ),
    "whole_card_linked": (
        "<!DOCTYPE html><link rel=canonical href='https://www.goofish.com/search?q=x'><div><a href='/item?id=91&c=5'><div title='焊工证 官网可查 当天'>"
        "<span>焊工证 官网可查 当天</span></div><div><span>¥</span><span>350</span><div>12人想要</div></div></a><a href='/item?id=92'><div>300元代报叉车证</div></a></div>",
        [("https://www.goofish.com/item?id=91", "焊工证 官网可查 当天", 350.0), ("https://www.goofish.com/item?id=92", "300元代报叉车证", None)],
    ),
    "linked_by_its_moment": (
        "<!DOCTYPE html><meta content='https://s.weibo.com/weibo?q=x' property='og:url'><div><div><a href='//weibo.com/1234567'>考证小哥</a>"
        "<p>叉车证不用考试，三天寄到</p><a href='//weibo.com/1234567/Oabcdefgh?r=1'>11月20日 10:00</a></div><div><p>今天考了电工证，有点难</p>"
        "<a href='//weibo.com/7654321/Oqwertyui'>5分钟前</a></div></div>",
        [("https://weibo.com/1234567/Oabcdefgh", "叉车证不用考试，三天寄到", None), ("https://weibo.com/7654321/Oqwertyui", "今天考了电工证，有点难", None)],
    ),
    "one_item": (
        "<!DOCTYPE html><link rel=canonical href='https://tieba.baidu.com/p/990'><title>出焊工证_焊工吧</title><h1>出焊工证，来联系</h1><a href='/p/991'>别的帖子标题</a>",
        [("https://tieba.baidu.com/p/990", "出焊工证，来联系", None)],
    ),
    "data_through_calls": (
        "<!DOCTYPE html><!-- saved from url=(0040)https://s.1688.com/selloffer/x.htm --><script>var g={};window.data=window.data||{};"
        'window.data.r = check({"data":{"offerList":[{"id":"7001","title":"特种作业证代办"}]}});</script>',
        [("https://detail.1688.com/offer/7001.html", "特种作业证代办", None)],
    ),
    "data_as_text": (
        "<!DOCTYPE html><link rel=canonical href='https://www.xiaohongshu.com/explore/67c1'><script>window.__a__={};window.__S__ = JSON.parse("
        + json.dumps(json.dumps({"note": {"noteDetailMap": {"67c1": {"note": {"noteId": "67c1", "title": "办证经历"}}}}}))
        + ")</script>",
        [("https://www.xiaohongshu.com/explore/67c1", "办证经历", None)],
    ),
    "state_of_a_post": (
        "<!DOCTYPE html><link rel=canonical href='https://m.weibo.cn/detail/51'><script>var config={};var $render_data = "
        '[{"status":{"id":"51","text":"电工证<br />包过"}}][0] || {};</script>',
        [("https://m.weibo.cn/detail/51", "电工证 包过", None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAVED_PAGES)
def test_a_page_saved_by_staff_is_read_as_it_stands(tmp_path, name):
    page, expected = SAVED_PAGES[name]
    seen, troubles = read(saved(tmp_path, "x.html", page))
    assert [(one.candidate.url, one.listing.title, one.listing.price_cny) for one in seen] == expected
    assert troubles == []


def test_a_page_as_chromium_saves_it_without_its_scripts_is_read(tmp_path):
    page = SAVED_PAGES["whole_card_linked"][0]
    head = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.goofish.com/search?q=x\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://www.goofish.com/search?q=x\r\n\r\n"
    )
    seen, troubles = read(saved(tmp_path, "x.mhtml", head + quopri.encodestring(page.encode()) + b"\r\n--B--\r\n"))
    assert [one.listing.title for one in seen] == ["焊工证 官网可查 当天", "300元代报叉车证"]
    assert troubles == []


def test_the_page_of_one_item_tells_what_it_says_but_not_who_is_linked(tmp_path):
    page = "<!DOCTYPE html><link rel=canonical href='https://www.xiaohongshu.com/explore/68aa11'><title>三天下证全过程</title><h1>小红书</h1><a href=/user/profile/u8>小红考证铺子</a><div>私信我办理，先出证后付款</div>"
    ((seen,), _) = read(saved(tmp_path, "x.html", page))
    assert (seen.listing.item_id, seen.listing.title) == ("68aa11", "三天下证全过程")
    assert seen.listing.text == "私信我办理，先出证后付款"


def test_who_sells_is_not_read_off_a_page(tmp_path):
    seen, _ = read(saved(tmp_path, "x.html", SAVED_PAGES["single_file"][0]))
    kept = "".join(part.content.decode() for one in seen for part in one.attachments)
    assert "专营店" not in kept
    assert [one.listing.seller for one in seen] == ["", ""]


def test_an_answer_behind_a_comment_and_a_call_is_read(tmp_path):
    answer = '/**/jsonp_1({"ok":1,"data":{"cards":[{"mblog":{"id":"6001","text":"焊工证代考"}}]}});'
    seen, _ = read(saved(tmp_path, "x.json", answer), "weibo")
    assert [one.listing.title for one in seen] == ["焊工证代考"]
