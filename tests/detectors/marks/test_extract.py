"""What facts, listings, adverts and pictures carry; what official pages led to; hostile pages."""

import dataclasses
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.marks.extract import CROWD, MOST_MARKS, extract_marks, marks_of_page
from detectors.marks.kinds import is_known_common, rule_of
from detectors.marks.model import Family, Mark, MarkKind, Picture
from detectors.marks.owner import domain_of, owner_of
from detectors.model import HostFacts, PageContent, TlsFacts
from detectors.pages.read import read_page
from keywords.roster import load_roster
from tests.builders import a_capture, a_listing, a_site, an_advert

ROSTER = load_roster()


def marks(observation, *pictures: Picture) -> set[tuple[str, str]]:
    return {(mark.kind.value, mark.value) for mark in extract_marks(observation, ROSTER, pictures)}


def tls(*names: str, subject: str = "CN=a.top", issuer: str = "CN=Some CA") -> TlsFacts:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return TlsFacts(subject=subject, issuer=issuer, names=names, not_before=at, not_after=at, sha256="AB" * 32)


def facts(**more) -> set[tuple[str, str]]:
    return marks(a_site("www.a.top", facts=HostFacts(**more))) - {("domain", "a.top")}


def test_facts_become_marks_and_unknown_ones_none():
    assert facts() == set()
    assert facts(addresses=("203.0.113.5", "2001:DB8::5")) == {("address", "203.0.113.5"), ("address", "2001:db8::5")}
    assert facts(nameservers=("NS1.Gang-Dns.TOP.", "ns1.a.top")) == {("name_server", "ns1.gang-dns.top")}
    assert facts(filing="苏ICP备2023014567号-2") == {("filed_number", "苏ICP备2023014567")}
    assert facts(tls=tls("a.top", "*.b-gang.cn", "cx.mem.gov.cn")) == {
        ("certificate", "ab" * 32), ("domain", "b-gang.cn"),
    }  # fmt: skip


def test_shared_hosting_is_no_mark():
    assert facts(addresses=("104.16.1.1", "10.0.0.1")) == set()
    assert facts(addresses=tuple(f"203.0.113.{n}" for n in range(5))) == set(), "a delivery network"
    assert facts(nameservers=("dns9.hichina.com", "ada.ns.cloudflare.com", "ns-1.awsdns-22.net")) == set()
    assert facts(tls=tls(*(f"customer{n}.top" for n in range(11)))) == set(), "a hoster's certificate"


def test_a_self_signed_name_is_a_mark_unless_software_ships_it():
    own = {"subject": "CN=Zheng Zhan", "issuer": "CN=Zheng Zhan"}
    assert ("certificate_subject", "zheng_zhan") in facts(tls=tls(**own))
    assert facts(tls=tls(subject="CN=localhost", issuer="CN=localhost")) == {("certificate", "ab" * 32)}


def test_a_listing_carries_its_seller_contacts_and_picture():
    observation = a_listing(
        text="加薇信：zheng_2046a", seller="5f1e", image_urls=("https://img.shop.example/u/1a2b.jpg_400x400.jpg?x=1",)
    )
    assert marks(observation) == {
        ("seller", "闲鱼:5f1e"), ("wechat", "zheng_2046a"), ("image_address", "img.shop.example/u/1a2b.jpg"),
    }  # fmt: skip
    assert owner_of(observation) == "seller:闲鱼:5f1e"
    assert owner_of(a_listing()).startswith("one:")


def test_an_advert_leads_to_the_site_it_advertises():
    found = marks(an_advert(target_url="http://www.kuai-zheng.top/?from=bd", advertiser="快 证"))
    assert found == {("advertiser", "快证"), ("domain", "kuai-zheng.top")}
    assert ("domain", "taobao.com") not in marks(an_advert(target_url="https://item.taobao.com/1"))


def test_codes_in_pictures_lead_to_accounts_and_domains():
    found = marks(
        a_listing(seller=""),
        Picture(sha256="C" * 64, look="F0F0", codes=("https://cx.zheng-yan.top/q?n=1", "wxp://f2f0Qz9qxst1qazKE", "https://cx.mem.gov.cn/")),
        Picture(sha256="d" * 64, is_icon=True),
    )  # fmt: skip
    assert found == {
        ("image", "c" * 64), ("image_look", "f0f0"), ("domain", "zheng-yan.top"), ("payment_code", "f2f0Qz9qxst1qazKE"),
        ("favicon", "d" * 64),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "mark"),
    [
        ("https://qr61.cn/oAbCdE/q12345", ("live_code", "qr61.cn/oAbCdE/q12345")),
        ("https://v.douyin.com/iAbCdEf/", ("short_link", "v.douyin.com/iAbCdEf")),
        ("https://weixin.qq.com/r/abcDEF123ghi", ("public_code", "weixin.qq.com/r/abcDEF123ghi")),
        ("zheng-yan.top/q?n=1", ("domain", "zheng-yan.top")),
        ("http://203.0.113.9/q", ("domain", "203.0.113.9")),
    ],
)
def test_what_one_code_says_of_who_shows_it(code, mark):
    assert marks(a_listing("电工证", "看图", seller="甲"), Picture(sha256="e" * 64, codes=(code,))) >= {mark}


@pytest.mark.parametrize(
    "code",
    ["https://v.douyin.com/", "https://mp.weixin.qq.com/a/~abc", "https://www.wjx.cn/vm/abc.aspx", "https://f.wps.cn/w/abc", "T320723.8842", "1.5"],
)  # fmt: skip
def test_codes_to_services_everybody_uses_tie_nobody(code):
    kinds = {
        kind for kind, _ in marks(a_listing("电工证", "看图", seller="甲"), Picture(sha256="e" * 64, codes=(code,)))
    }
    assert kinds.isdisjoint({"domain", "live_code", "short_link"})


def test_a_page_the_official_site_served_says_nothing_of_the_suspect():
    html = "<script src='//hm.baidu.com/hm.js?41fc030db57d5570dd22f78997dc4a7e'></script>"
    official = a_capture("https://cx.mem.gov.cn/", html=html, page=read_page(html, "https://cx.mem.gov.cn/"))
    own = a_site("a.top", html=html, page=read_page(html, "http://a.top/"))
    assert ("baidu_tongji", "41fc030db57d5570dd22f78997dc4a7e") in marks(own)
    assert marks(dataclasses.replace(own, captures=(official,))) == {("domain", "a.top")}
    assert marks_of_page(PageContent(), html, "cx.mem.gov.cn", ROSTER)[0].kind is MarkKind.BAIDU_TONGJI


def test_where_a_redirect_ends_belongs_to_it():
    moved = dataclasses.replace(a_site("a.top"), captures=(a_capture("http://new-gang.cn/"),))
    assert marks(moved) == {("domain", "a.top"), ("domain", "new-gang.cn")}


@pytest.mark.parametrize(
    ("host", "owner", "domain"),
    [
        ("cx.gang.top", "domain:gang.top", "gang.top"),
        ("a.netlify.app", "domain:a.netlify.app", "a.netlify.app"),
        ("x.gang.bdysite.com", "domain:gang.bdysite.com", "gang.bdysite.com"),
        ("203.0.113.5", "domain:203.0.113.5", "203.0.113.5"),
        ("cx.mem.gov.cn", "domain:mem.gov.cn", ""),
    ],
)
def test_an_owner_is_who_took_the_name(host, owner, domain):
    assert owner_of(a_site(host)) == owner
    assert domain_of(host, ROSTER) == domain


def test_inline_scripts_count_when_somebody_wrote_them():
    own = (
        "function zsQuery(){var n=document.getElementById('zsbh').value;"
        + "if(!n){alert('请输入证书编号');return false}" * 3
        + "}"
    )
    pages = [f"<script>{own}</script>", f"<script type='text/javascript'>\n  {own.replace('{', '{ ')}\n</script>"]
    kinds = [
        {mark for mark in marks(a_site(html=page, page=PageContent())) if mark[0] == "inline_script"} for page in pages
    ]
    assert len(kinds[0]) == 1
    assert kinds[0] == kinds[1], "blanks do not matter"
    vendor = "<script>var _hmt = _hmt || []; " + own + "</script>"
    assert not any(kind == "inline_script" for kind, _ in marks(a_site(html=vendor, page=PageContent())))


def test_a_set_of_files_is_a_mark_but_libraries_are_not():
    own = [f"http://a.top/zs/{name}" for name in ("main.css", "query.css", "zs.js", "common.js")]
    page = PageContent(scripts=tuple(own[2:]), styles=tuple(own[:2]))
    other = PageContent(
        scripts=tuple(url.replace("a.top", "b.top") + "?v=3" for url in own[2:]),
        styles=tuple(url.replace("a.top", "b.top") for url in own[:2]),
    )
    sets = [
        next(m for m in extract_marks(a_site(host, page=one), ROSTER) if m.kind is MarkKind.RESOURCE_SET)
        for host, one in (("a.top", page), ("b.top", other))
    ]
    assert sets[0] == sets[1]
    libraries = PageContent(
        scripts=tuple(f"http://a.top/js/{name}.js" for name in ("jquery", "bootstrap", "swiper", "vue", "layui"))
    )
    assert marks(a_site("a.top", page=libraries)) == {("domain", "a.top")}


def test_a_hundred_thousand_accounts_on_one_page_are_none():
    html = "".join(f"<script src='//hm.baidu.com/hm.js?{n:032x}'></script>" for n in range(30_000))
    html += "".join(f"<a href='http://wpa.qq.com/msgrd?v=3&uin={10_000_000 + n}'>q</a>" for n in range(30_000))
    text = " ".join(f"微信 gang_{n:06d}" for n in range(40_000))
    found = extract_marks(a_site("a.top", html=html, page=PageContent(text=text)), ROSTER)
    assert {mark.kind for mark in found} == {MarkKind.DOMAIN}


def test_absurd_lengths_are_not_kept():
    page = PageContent(scripts=("http://" + "a" * 5_000 + ".top/x.js",), text="微信 " + "a1" * 5_000)
    html = "<link rel=icon href='data:image/png;base64," + "A" * 500_000 + "'>" + "<script>" + "x" * 1_000_000
    found = extract_marks(a_site("a.top", html=html, page=page), ROSTER)
    assert all(len(mark.value) <= 200 for mark in found)
    many = [Picture(sha256=f"{n:064x}", codes=(f"http://host{n}.top/",) * 50) for n in range(500)]
    assert len(extract_marks(a_listing(), ROSTER, many)) <= MOST_MARKS
    assert CROWD < MOST_MARKS


SNIPPETS = ["<script", "</script", ">", "hm.baidu.com/hm.js?", "cnzz.com/z_stat.php?id=", "a" * 40, "1" * 20, "微信", "QQ", "mailto:", "<link icon ", "data:image/png;base64,", "tel:", "wxp://", "weixin:[", "'", '"', "[::1]", "http://[", "﻿", "\ud800", "@", ".cn", "苏ICP备", "2023014567号"]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=8)), max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_no_markup_and_no_text_raises(text):
    observation = a_site("a.top", html=text, page=PageContent(text=text, footer=text, scripts=(text,), styles=(text,)))
    found = extract_marks(observation, ROSTER, [Picture(sha256="a", codes=(text,))])
    assert found == extract_marks(observation, ROSTER, [Picture(sha256="a", codes=(text,))])
    extract_marks(
        dataclasses.replace(a_listing(text=text), facts=HostFacts(nameservers=(text,), addresses=(text,), filing=text)),
        ROSTER,
    )
    extract_marks(an_advert(text=text, target_url=text), ROSTER)
    extract_marks(
        a_site(
            "a.top", facts=HostFacts(nameservers=(text,), addresses=(text,), filing=text, tls=tls(text, subject=text))
        ),
        ROSTER,
    )


def test_every_kind_has_its_row_with_a_reason():
    for kind in MarkKind:
        rule = rule_of(kind)
        assert rule.label and rule.reason and rule.limit >= 2
        assert 0 <= rule.tainted < rule.strength <= 1000
    personal = {kind for kind in MarkKind if rule_of(kind).family in {Family.CONTACT, Family.MONEY}} - {
        MarkKind.LANDLINE
    }
    assert all(rule_of(kind).is_personal for kind in personal)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("qq", "12350"), ("landline", "12333"), ("email", "ga@js.gov.cn"), ("name_server", "ns1.alidns.com"),
        ("address", "172.67.1.1"), ("resource_host", "cdn.jsdelivr.net"), ("theme", "default"), ("mobile", "19900000000"),
        ("printed_number", "京ICP备88888888"), ("google_tag", "GTM-XXXXXX"), ("domain", "t.cn"),
    ],
)  # fmt: skip
def test_what_everybody_has_is_common(kind, value):
    assert is_known_common(Mark(MarkKind(kind), value))
    assert not is_known_common(Mark(MarkKind(kind), "zzkit-gang.top"))


def test_the_order_of_a_page_does_not_matter():
    parts = [
        f"<p>{words}</p>" for words in ("微信 gang_2046", "QQ 2580369147", "邮箱 kf@zheng-ban.top", "电话 19912345670")
    ]
    seen = set()
    for seed in range(5):
        html = "".join(random.Random(seed).sample(parts, len(parts)))
        seen.add(extract_marks(a_site("a.top", html=html, page=read_page(html, "http://a.top/")), ROSTER))
    assert len(seen) == 1
