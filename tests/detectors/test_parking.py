"""Who is parked, and by whom."""

import csv
from importlib.resources import files
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Link, PageContent
from detectors.parking import page_parking, parking_of
from keywords.hosts import canonical_host

ROWS = list(csv.DictReader((files("detectors") / "data" / "parking.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize(
    ("nameservers", "alias", "addresses", "service"),
    [
        (("ns1.sedoparking.com", "ns2.sedoparking.com"), "", (), "Sedo"),
        (("NS1.Bodis.com.",), "", (), "Bodis"),
        (("expirens3.hichina.com",), "", (), "阿里云（域名到期）"),
        (("ns1-domain-expired.myhostadmin.net",), "", (), "西部数码（域名到期）"),
        ((), "expired.hichina.com", ("47.91.170.222",), "阿里云（域名到期）"),
        (("ns1.example.com",), "", ("203.0.113.7", "91.195.241.9"), "Sedo"),
    ],
)
def test_signs_in_dns_name_the_service(nameservers, alias, addresses, service):
    sign = parking_of(nameservers, alias, addresses)
    assert sign.service == service
    assert sign.matched
    assert sign.source


@pytest.mark.parametrize(
    ("nameservers", "alias", "addresses"),
    [
        ((), "", ()),
        (("dns9.hichina.com", "ns1.myhostadmin.net", "f1g1ns1.dnspod.net"), "", ("203.0.113.7",)),
        (
            ("ns1.notsedoparking.com", "dan.com.example.cn"),
            "sedoparking.com.example.cn",
            ("91.195.242.1", "::1", "no address"),
        ),
    ],
)
def test_ordinary_dns_is_no_sign(nameservers, alias, addresses):
    assert parking_of(nameservers, alias, addresses) is None


def test_a_page_that_says_so_is_parked_and_its_market_named():
    page = PageContent(
        title="mem-gov.cn", text="该域名正在出售，一口价 3800 元", links=(Link(url="https://www.juming.com/t/1"),)
    )
    assert page_parking(page).service == "聚名网"
    plain = page_parking(PageContent(title="mem-gov.cn", text="域名停放页"))
    assert (plain.kind, plain.matched) == ("page", "域名停放")


@pytest.mark.parametrize(
    "text",
    [
        "域名已过期",
        "您访问的域名可能已过期，请联系注册商续费",
        "该域名已到期",
        "正在建设中",
        "正在建设中，敬请期待",
        "本站正在建设中",
        "网站建设中，请稍后访问",
        "如需购买此域名请联系微信",
        "此域名可购买，点击报价",
        "点击购买域名",
        "域名待售",
        "This domain has expired",
        "Site is under construction",
    ],
)
def test_words_of_a_parked_page(text):
    assert page_parking(PageContent(title="mem-gov.cn", text=text)).kind == "page"


@pytest.mark.parametrize(
    "text",
    [
        "法院审理查明，被告人王某购买域名后搭建假冒应急管理部网站",
        "经查，该域名由张某网上购买，民警将其抓获",
        "公安机关查明两人以域名交易为名出售公民信息",
        "地铁三号线正在建设中，预计明年通车",
        "政府网站建设中存在的问题",
        "数据中心建设中心",
        "请在域名到期前续费",
        "购买域名和服务器的教程",
    ],
)
def test_what_tells_of_names_is_not_parked(text):
    assert page_parking(PageContent(title="通报", text=text)) is None


def test_a_link_to_a_market_alone_is_no_sign():
    page = PageContent(
        title="证书查询", text="请输入证书编号", links=(Link(url="https://www.west.cn/"), Link(url="https://sedo.com/"))
    )
    assert page_parking(page) is None


def test_every_row_is_well_formed_and_has_a_source():
    seen = set()
    for row in ROWS:
        assert row["service"]
        assert row["source"]
        assert (row["kind"], row["value"]) not in seen
        seen.add((row["kind"], row["value"]))
        if row["kind"] == "address":
            assert ip_network(row["value"]).prefixlen >= 22
        else:
            assert row["kind"] in {"nameserver", "alias", "market"}
            assert canonical_host(row["value"]) == row["value"]


@given(st.lists(st.text(max_size=20), max_size=4), st.text(max_size=20), st.lists(st.text(max_size=20), max_size=4))
def test_nothing_a_server_says_breaks_it(nameservers, alias, addresses):
    assert parking_of(nameservers, alias, addresses) is None
