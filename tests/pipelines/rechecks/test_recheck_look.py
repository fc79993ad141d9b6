"""What one look at a handed-over thing says."""

from dataclasses import replace

import pytest

from detectors.model import NO_SUCH_NAME, HostFacts, PageContent, Unknown
from detectors.pages.walls import stopped_words, wall_words
from pipelines.rechecks.look import Elsewhere, judge_look
from pipelines.rechecks.record import RecheckState
from tests.builders import a_capture, a_lead, a_listing, a_site

HOST = "cx-mem-gov.cn"
FAKE = "全国特种作业操作证及安全生产知识和管理能力考核合格信息查询平台，请输入姓名、证件号码和验证码查询证书信息，扫描证书上的二维码也可以查询真伪。"
OTHER = "本店主营新鲜水果批发配送，苹果、香蕉、葡萄应有尽有，量大从优，欢迎前来选购，全市二环以内免费送货上门，电话联系即可，当日送达不隔夜。"
NEW_HOST = Elsewhere(lead_id="L2", where="mem-cx[.]top", why="同一统计代码")


def lead():
    return a_lead(a_site(HOST, title="证书查询", text=FAKE))


def shown(title="证书查询", text=FAKE, status=200, url=f"http://{HOST}/", **more):
    site = a_site(HOST, title=title, text=text)
    return replace(site, captures=(a_capture(url, title, text, status=status),), **more)


def unseen(addresses, failure="未能打开网页：连接失败或中断"):
    return a_site(HOST, failure=failure, facts=HostFacts(addresses=addresses))


@pytest.mark.parametrize(("seen", "state"), [
    (shown(), RecheckState.ALIVE),
    (shown("证书查询-2027", FAKE + "联系客服 QQ 10001"), RecheckState.ALIVE),
    (shown(url="http://mem-cx.top/cx/"), RecheckState.MOVED),
    (shown("鲜果批发", OTHER), RecheckState.CHANGED),
    (shown("鲜果批发", OTHER, url="http://fruit.example/"), RecheckState.CHANGED),
    (shown("", ""), RecheckState.CHANGED),
    (shown("域名出售", "此域名正在出售，联系持有人购买"), RecheckState.PARKED),
    (shown("鲜果批发", OTHER, facts=HostFacts(nameservers=("ns1.sedoparking.com",))), RecheckState.PARKED),
    (shown("404", "页面不存在", status=404), RecheckState.GONE),
    (shown("Non-compliance ICP Filing", "", status=403), RecheckState.GONE),
    (shown("提示", "该网站已被关闭"), RecheckState.GONE),
    (unseen(NO_SUCH_NAME), RecheckState.GONE),
    (unseen(()), RecheckState.GONE),
    (shown("403 Forbidden", "", status=403), RecheckState.BLOCKED),
    (shown("Just a moment...", "Checking your browser", status=503), RecheckState.BLOCKED),
    (shown("安全验证", "请完成安全验证后继续访问"), RecheckState.BLOCKED),
    (shown("拦截提示", "国家反诈中心提醒您：您访问的网址涉嫌诈骗"), RecheckState.BLOCKED),
    (shown("502 Bad Gateway", "nginx", status=502), None),
    (shown("500", "出错了", status=500), None),
    (unseen(Unknown("域名查询超时")), None),
    (unseen(Unknown("域名服务器返回失败（SERVFAIL）")), None),
    (unseen(("203.0.113.5",), "未能打开网页：访问超时"), None),
    (unseen(("127.0.0.1",), "未能打开网页：指向内部或保留地址"), RecheckState.BLOCKED),
    (unseen(("0.0.0.0", "::"), "未能打开网页：指向内部或保留地址"), RecheckState.BLOCKED),
    (unseen(("10.1.2.3", "203.0.113.5"), "未能打开网页：指向内部或保留地址"), None),
    (shown("", "", status=302, failure="重定向目标未能访问：访问超时"), None),
])  # fmt: skip
def test_a_site(seen, state):
    verdict = judge_look(lead(), seen, 300)
    assert verdict.state is state, verdict.said
    assert verdict.said
    assert not verdict.said.endswith("。")


@pytest.mark.parametrize("status", [*range(500, 600, 7), 408, 425])
def test_trouble_of_a_server_is_never_an_end(status):
    assert judge_look(lead(), shown("Error", "try again", status=status), 0, [NEW_HOST]).state is None


def test_a_fake_that_sends_on_to_the_site_it_copied_has_not_moved_there():
    seen = shown(url="https://cx.mem.gov.cn/")
    verdict = judge_look(lead(), seen, 0, is_official=lambda host: host == "cx.mem.gov.cn")
    assert (verdict.state, verdict.moved_to) == (RecheckState.CHANGED, ())
    assert "官方网站" in verdict.said
    assert judge_look(lead(), seen, 0, [NEW_HOST], lambda _: True).moved_to == ("L2",)


def test_what_is_over_here_and_stands_elsewhere_has_moved():
    for seen in (shown("404", "", status=404), shown("鲜果批发", OTHER), unseen(NO_SUCH_NAME)):
        verdict = judge_look(lead(), seen, 0, [NEW_HOST])
        assert (verdict.state, verdict.moved_to) == (RecheckState.MOVED, ("L2",))
        assert "mem-cx[.]top" in verdict.said


def test_a_twin_does_not_move_what_still_stands_and_a_wall_hides_where_it_is():
    assert judge_look(lead(), shown(), 0, [NEW_HOST]).state is RecheckState.ALIVE
    assert judge_look(lead(), shown("403", "", status=403), 0, [NEW_HOST]).state is RecheckState.BLOCKED


def test_a_fake_that_phones_alone_are_shown_is_alive():
    both = (a_capture(f"http://{HOST}/", "鲜果批发", OTHER), a_capture(f"http://{HOST}/", "证书查询", FAKE))
    assert judge_look(lead(), replace(shown(), captures=both), 0).state is RecheckState.ALIVE


LISTING = a_lead(a_listing("特种作业操作证 包过 免考试", "全国可查 先出证后付款，联系微信，三天出证不过退款"))


@pytest.mark.parametrize(("seen", "state"), [
    (a_listing("特种作业操作证 包过 免考试", "改了一句话"), RecheckState.ALIVE),
    (a_listing("二手教材 九成新", "考完出一套安全工程师教材"), RecheckState.CHANGED),
    (a_listing(is_delisted=True), RecheckState.GONE),
    (replace(a_listing(), listing=None, is_walled=True, failure="平台要求人机验证"), RecheckState.BLOCKED),
    (replace(a_listing(), listing=None, failure="访问超时"), None),
    (replace(a_listing(), listing=None, captures=(a_capture("http://shop.example/item/1001", "没了", "", status=404),)), RecheckState.GONE),
    (replace(a_listing(), listing=None, captures=(a_capture("http://shop.example/item/1001", "特种作业操作证 包过 免考试 - 店", "购买"),)),
     RecheckState.ALIVE),
])  # fmt: skip
def test_a_listing(seen, state):
    assert judge_look(LISTING, seen, 300).state is state


def test_a_long_page_about_walls_and_a_query_with_a_code_are_neither():
    query = PageContent(title="证书查询", text="请输入姓名 请输入身份证号 请输入验证码 查询")
    article = PageContent(title="防护指南", text="人机验证与安全验证是常见手段，该网站已被关闭的通知并不少见。" * 60)
    assert (wall_words(query), stopped_words(query), wall_words(article), stopped_words(article)) == (None,) * 4
