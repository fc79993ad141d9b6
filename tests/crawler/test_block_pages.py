"""What stands in a suspect's place is told from a suspect's page: rows as visitors quote them, and pages that only look like them."""

import tomllib

import msgspec
import pytest

from crawler.block_pages import BlockKind, block_page_of, load_block_pages, shipped_block_pages
from detectors.model import Capture, Profile
from detectors.pages.read import read_page
from tests.conftest import NOW

URL = "http://cx-mem-gov.cn/"


def met(status, html="", headers=(), url=URL):
    capture = Capture(
        profile=Profile.DESKTOP, requested_url=URL, final_url=url, status=status, captured_at=NOW, headers=tuple(headers),
        html=html, page=read_page(html, url),
    )  # fmt: skip
    row = block_page_of(capture)
    return row.name if row else None


def titled(title, body=""):
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


BLOCKED = [
    ("cloudflare_challenge", 403, titled("Just a moment...", "<script src=/cdn-cgi/challenge-platform/h/b/orchestrate></script>"), ()),
    ("cloudflare_challenge", 503, titled("x"), [("CF-Mitigated", "challenge")]),
    ("cloudflare_warning", 200, titled("Suspected phishing site | Cloudflare", "This website has been reported for potential phishing."), ()),
    ("cloudflare_blocked", 403, titled("Attention", '<div id="cf-error-details"><h1>Sorry, you have been blocked</h1></div>'), ()),
    ("jiasule_521", 521, "<script>document.cookie=('_')+('_')</script>", [("Set-Cookie", "__jsluid_s=0b1; max-age=31536000")]),
    ("jiasule", 521, "<script>go({'ct':'x','tn':'__jsl_clearance_s'})</script>", ()),
    ("chuangyu", 403, titled("访问被拦截！", "当前访问疑似黑客攻击，已被创宇盾拦截。<a href=http://www.365cyd.com>x</a>"), ()),
    ("safedog", 403, titled("网站防火墙", "<iframe src=http://404.safedog.cn/sitedog_stat.html></iframe>"), ()),
    ("safedog", 403, titled("x"), [("Server", "Safedog/4.0.0")]),
    ("baota_check", 200, titled("宝塔人机验证", "<script src=/a20be899_96a6_40b2_88ba_32f1f75f1552_yanzheng_huadong.php></script>"), ()),
    ("baota", 403, titled("网站防火墙", "您的请求带有不合法参数，已被网站管理员设置拦截！宝塔网站防火墙".replace("宝塔网站防火墙", "宝塔"))[:400], ()),
    ("baidu_yunjiasu", 503, titled("Attention Required! | 百度云加速", "<link href=/cdn-cgi/styles/yunjiasu-static.css>"), ()),
    ("aliyun_script", 200, "<html><script>var arg1='3A4';var _0x='acw_sc__v2';</script></html>", ()),
    ("aliyun", 405, titled("405", "<div>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</div><img src=//errors.aliyun.com/a>"), ()),
    ("aliyun_unfiled", 403, titled("TestPage184", "<iframe src=https://batit.aliyun.com/alww.html></iframe>"), ()),
    ("unfiled", 200, titled("该网站暂时无法访问", "根据《非经营性互联网信息服务备案管理办法》，网站需要完成备案。"), ()),
    ("tencent_edgeone", 567, titled("Restricted Access", "EdgeOne"), ()),
    ("tencent_waf", 403, titled("x", "<img src=//imgcache.qq.com/qcloud/security/static/404style.css>"), ()),
    ("anti_fraud", 200, titled("安全预警", "国家反诈中心提醒您：您访问的网站涉嫌诈骗"), ()),
    ("360_guard", 493, titled("网站卫士", "<script src=/wzws-waf-cgi/x></script>"), ()),
    ("yunsuo", 200, "<script>self.location='/?security_verify_data=313336'</script>", ()),
    ("d_safe", 200, titled("D盾_拦截提示", "请求中存在不合法参数 www.d99net.net"), ()),
    ("safeline", 468, titled("客户端异常", "<script src=/.safeline/static/x.js></script>"), ()),
    ("incapsula", 200, "<html><script src=/_Incapsula_Resource?x></script></html>", ()),
    ("akamai", 403, titled("Access Denied", "Reference #18.2 https://errors.edgesuite.net/18.2"), ()),
    ("aws", 202, "", [("x-amzn-waf-action", "challenge")]),
    ("cdn_attack", 200, titled("安全验证", "请完成下方的滑块验证，确认您是真人"), ()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status", "html", "headers"), BLOCKED)
def test_a_page_in_the_way_is_recognised(name, status, html, headers):
    assert met(status, html, headers) == name


def test_where_the_page_came_from_can_decide():
    assert (
        met(200, titled("x"), url="https://weixin110.qq.com/cgi-bin/mmspamsupport-bin/newredirectconfirmcgi?x")
        == "wechat_stopped"
    )


LONG = "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台。" * 60
FORM = '<form><input name=id placeholder="证件号码"><input name=name placeholder="姓名"><input name=code placeholder="验证码"></form>'


@pytest.mark.parametrize(
    ("status", "html", "headers"),
    [
        (200, titled("证书查询", FORM + "<script src=https://turing.captcha.qcloud.com/TCaptcha.js></script>安全验证 acw_sc__v2"), ()),
        (200, titled("如何绕过安全狗与宝塔防火墙", LONG + "btwaf 安全狗 Incapsula incident ID"), ()),
        (200, titled("证书查询", LONG), [("Server", "cloudflare"), ("Set-Cookie", "__jsluid_s=1"), ("Set-Cookie", "acw_tc=1")]),
        (200, titled("反诈宣传", LONG + "国家反诈中心"), ()),
        (403, titled("403 Forbidden", "<center>nginx</center>"), ()),
        (405, titled("405 Not Allowed", "<center>nginx</center>"), ()),
        (404, titled("404 Not Found", "<center>nginx</center>"), ()),
        (503, titled("503 Service Temporarily Unavailable", "nginx"), ()),
        (200, "", ()),
        (200, titled("滑动验证码说明", "本站登录时需要输入验证码"), ()),
    ],
)  # fmt: skip
def test_pages_of_sites_are_none(status, html, headers):
    assert met(status, html, headers) is None


def test_every_shipped_row_can_be_met_and_says_so():
    rows = shipped_block_pages()
    assert len({row.name for row in rows}) == len(rows) >= 30
    assert {row.kind for row in rows} == set(BlockKind)
    for row in rows:
        assert row.headers or row.hosts or row.bodies or row.titles, row.name
        assert not row.all or (row.titles and row.bodies), row.name
        assert row.title in row.sentence


def test_a_wrong_row_is_refused():
    with pytest.raises(msgspec.ValidationError):
        load_block_pages('[[pages]]\nname = "x"\ntitle = "x"\nkind = "captcha"')
    with pytest.raises(msgspec.ValidationError):
        load_block_pages('[[pages]]\nname = "x"\ntitle = "x"\nkind = "warning"\nbody = ["x"]')
    with pytest.raises(tomllib.TOMLDecodeError):
        load_block_pages("[[pages")
