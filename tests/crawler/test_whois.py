"""WHOIS: real conversations on loopback, and the texts registries answer with."""

import asyncio
import ipaddress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.facts.registries import Registries, WhoisServer
from crawler.facts.turns import Turns
from crawler.facts.whois import WhoisClient
from crawler.facts.whois_text import decode_whois, read_whois, referral_in
from crawler.gate.dial import Dialler
from crawler.gate.policy import GatePolicy
from crawler.gate.ranges import Network
from crawler.gate.way_out import WayOut
from detectors.model import Unknown
from detectors.name_facts import Registration
from keywords.hosts import canonical_host
from tests.conftest import NOW, FixedClock
from tests.crawler.fact_servers import drip, reset, whois_server
from tests.crawler.tiny_world import trap

CNNIC = """Domain Name: 证书查询.cn
ROID: 20260101s10001s00000001-cn
Domain Status: clientTransferProhibited
Domain Status: ok
Registrant: 灌云某某信息咨询有限公司
Registrant Contact Email: someone@example.com
Sponsoring Registrar: 厦门易名科技股份有限公司
Name Server: NS1.ENAME.NET
Name Server: ns2.ename.net
Registration Time: 2026-01-01 07:30:00
Expiration Time: 2027-01-01 07:30:00
DNSSEC: unsigned
"""
VERISIGN = """   Domain Name: CX-MEM.COM
   Registry Domain ID: 2_DOMAIN_COM-VRSN
   Registrar WHOIS Server: {referral}
   Registrar URL: http://www.registrar.example
   Updated Date: 2026-10-01T08:00:00Z
   Creation Date: 2026-09-30T16:30:00Z
   Registry Expiry Date: 2027-09-30T16:30:00Z
   Registrar: Cheap Names, Inc.
   Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited
   Name Server: A.CHEAP.EXAMPLE
   Name Server: B.CHEAP.EXAMPLE
   DNSSEC: unsigned
>>> Last update of whois database: 2026-11-22T08:00:00Z <<<

NOTICE: The expiration date is set by the registrar. TERMS OF USE: You are not authorized to access or query our Whois database
through the use of electronic processes that are high-volume and automated; requests are limited. If the limit was exceeded, try again later.
"""
REGISTRAR = """Domain Name: cx-mem.com
Registrar WHOIS Server: whois.cheap.example
Creation Date: 2026-09-30T16:30:00Z
Registrar Registration Expiration Date: 2027-09-30T16:30:00Z
Registrar: Cheap Names, Inc.
Registrant Name: Wang Wu
Registrant Organization: Suqian Certificates Ltd.
Registrant Email: wangwu@example.com
Name Server: a.cheap.example
"""
NOT_REGISTERED = {
    "a.cn": "No matching record.\r\n",
    "a.com": 'No match for domain "A.COM".\r\n>>> Last update: 2026 <<<\r\nNOTICE:\r\nIf the limit was exceeded, try again later\r\n',
    "a.top": "The queried object does not exist: no matching objects found\n",
    "a.xyz": "The queried object does not exist: DOMAIN NOT FOUND\n",
    "a.org": "Domain not found.\n",
    "a.hk": "The domain has not been registered.\n",
    "a.tw": "No Found\n",
    "a.info": "NOT FOUND\n",
    "a.vip": "No Data Found\n",
    "a.eu": "Domain: a\nStatus: AVAILABLE\n",
    "a.wang": "未找到该域名的注册信息\n",
    "a.ren": "查询的域名不存在\n",
    "a.link": "域名 a.link 尚未注册\n",
    "a.jp": "[ JPRS database provides information on network administration. Its use is ]\n\nNo match!!\n",
    "a.kr": "query : a.kr\n\n\n# ENGLISH\n\nThe requested domain was not found in the Registry or Registrar's WHOIS Server.\n",
    "a.se": '# All rights reserved.\ndomain "a.se" not found.\n',
    "a.pl": "No information available about domain name a.pl in the Registry NASK database.\n",
    "a.kz": "*** Nothing found for this query.\n",
    "a.la": "Domain Name: a.la\nDomain Status: No Object Found\n",
    "a.my": "Domain Name [a.my] does not exist in database\n",
    "a.site": "a.site is available for registration.\n",
    "a.ltd": "您查询的域名 a.ltd 未被注册\n",
    "a.fun": "该域名暂未注册\n",
    "a.yun": "找不到该域名的注册信息\n",
    "a.pr": "The domain a.pr is not registered.\n",
    "a.ru": "% TCI Whois Service.\n\nNo entries found for the selected source(s).\n",
}
NOT_SETTLED = {
    "quota": "WHOIS LIMIT EXCEEDED - SEE WWW.EXAMPLE/WHOIS/ FOR DETAILS\n",
    "query": "Your connection limit exceeded. Please slow down and try again later.\n",
    "interval": "Queried interval is too short.\n",
    "denied": "%ERROR:201: access denied for 192.0.2.1\n",
    "chinese": "查询过于频繁，请稍后再试\n",
    "no match, as we refuse": "Query rate limit exceeded. No match for you.\n",
    "chinese, restricted": "访问受限，请输入验证码\n",
    "number": "Error: You have exceeded the maximum number of queries allowed.\n",
    "reserved": "the Domain Name you apply can not be registered online. Please consult your Domain Name registrar\n",
    "hidden": "该域名未被注册或被隐藏。\n",
    "hidden, in other words": "没有找到该域名的注册信息，可能未注册或已隐藏\n",
    "hidden, on the next line": "域名未注册\n或注册信息已隐藏\n",
    "hidden, in English": "The domain name is not registered or is hidden.\n",
    "kept back": "The queried object does not exist: Reserved name\n",
    "kept back, in Chinese": "域名不存在或被注册局限制注册\n",
    "for sale": "cx-mem.xyz is available for purchase as a premium name.\n",
    "blocked": "Domain not found. This name is blocked.\n",
    "another domain": 'No match for "OTHER.CN". No match for other.com, other.top, other.org\n',
    "quota, to whom": "The WHOIS query quota for 192.0.2.4 has been exceeded\nand will be replenished in 50 seconds\n",
    "banned": "Your IP has been banned.\nNo matching record.\n",
    "not allowed": "您的IP未授权，未查询到结果\n",
    "under repair": "系统维护中，未找到数据\n",
    "busy": "服务器繁忙\n未找到\n",
    "later, in other words": "未查询到该域名的注册信息，请稍候再试\n",
    "python-whois takes it for an answer": "This TLD has no whois server, but you can access the whois database at\nhttp://x\n",
    "a page that is not there": "<html><head><title>404 Not Found</title></head>\nNot Found\n</html>\n",
    "a web server": "HTTP/1.1 404 Not Found\nContent-Type: text/html\n\nNot Found\n",
    "empty": "",
    "noise": "Welcome to our service!\nHave a nice day.\n",
    "page": "<html><body>Not here</body></html>\n",
}


def read(domain, text):
    return read_whois(domain, text, "whois:w.example:43", NOW)


def test_the_format_of_cnnic():
    text = CNNIC.replace("证书查询.cn", "cx-mem.cn")
    assert read("cx-mem.cn", text) == Registration(
        domain="cx-mem.cn",
        is_registered=True,
        registered_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC),
        expires_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
        registrar="厦门易名科技股份有限公司",
        registrant="灌云某某信息咨询有限公司",
        registrant_email="someone@example.com",
        statuses=("clientTransferProhibited", "ok"),
        nameservers=("ns1.ename.net", "ns2.ename.net"),
        source="whois:w.example:43",
        asked_at=NOW,
    )


@pytest.mark.parametrize(
    "lines",
    [
        "域名：cx-mem.cn\n注册商：某某云\n注册人：张三\n注册时间：2026-01-05 10:00:00\n到期时间：2027-01-05 10:00:00\n域名状态：正常\nDNS服务器：NS1.A.COM\n",
        "域名: cx-mem.cn\n注册服务机构: 某某云\n注册者: 张三\n注册日期: 2026年1月5日 10:00:00\n过期日期: 2027年1月5日 10:00:00\n状态: 正常\n域名服务器: ns1.a.com\n",
        "Domain Name：cx-mem.cn\nRegistrar：某某云\nRegistrant：张三\nRegistration Date：2026-01-05 10:00:00\nExpires：2027-01-05 10:00:00\nStatus：正常\nName Server：ns1.a.com\n",
    ],
)
def test_records_written_in_chinese(lines):
    found = read("cx-mem.cn", lines)
    assert found.registered_at == datetime(2026, 1, 5, 2, tzinfo=UTC)
    assert found.expires_at == datetime(2027, 1, 5, 2, tzinfo=UTC)
    assert (found.registrar, found.registrant) == ("某某云", "张三")
    assert (found.statuses, found.nameservers) == (("正常",), ("ns1.a.com",))


@pytest.mark.parametrize("written", ["05-01-2026", "05.01.2026"])
def test_a_day_before_its_month_is_not_taken_for_one(written):
    found = read("cx-mem.hk", f"Domain Name: CX-MEM.HK\nRegistrar Name: X\nDomain Name Commencement Date: {written}\n")
    assert found.registered_at == datetime(2026, 1, 5, tzinfo=UTC)


def test_a_chinese_name_under_a_chinese_suffix():
    text = CNNIC.replace("证书查询.cn", "证书查询.中国")
    assert read(canonical_host("证书查询.中国"), text).registrant == "灌云某某信息咨询有限公司"
    assert isinstance(read(canonical_host("证书查讯.中国"), text), Unknown)


def test_terms_of_use_that_speak_of_limits_are_no_refusal():
    found = read("cx-mem.com", VERISIGN.format(referral="whois.cheap.example"))
    assert found.is_registered
    assert found.registered_at == datetime(2026, 9, 30, 16, 30, tzinfo=UTC)
    assert found.expires_at == datetime(2027, 9, 30, 16, 30, tzinfo=UTC)
    assert found.statuses == ("clientTransferProhibited",)
    assert found.nameservers == ("a.cheap.example", "b.cheap.example")
    assert isinstance(found.registrant, Unknown)


@pytest.mark.parametrize("domain", NOT_REGISTERED)
def test_nobody_registered_it(domain):
    found = read(domain, NOT_REGISTERED[domain])
    assert isinstance(found, Registration), found
    assert not found.is_registered
    assert found.registrar == Unknown("域名未注册")


@pytest.mark.parametrize("case", NOT_SETTLED)
@pytest.mark.parametrize("domain", ["cx-mem.cn", "cx-mem.com", "cx-mem.top", "cx-mem.org"])
def test_a_refusal_is_never_not_registered(case, domain):
    assert isinstance(read(domain, NOT_SETTLED[case]), Unknown)


@pytest.mark.parametrize(
    "text", ["Domain: other.de\nStatus: free\n", "Domain Name: other.de\nRegistrar: X\nNot found\n"]
)
def test_what_is_said_of_another_domain_says_nothing_of_ours(text):
    assert "另一个域名" in read("cx-mem.de", text).reason


def test_another_domain_than_asked_is_not_believed():
    assert isinstance(read("cx-rnem.cn", CNNIC.replace("证书查询.cn", "cx-mem.cn")), Unknown)


def test_redacted_names_are_no_names():
    found = read("cx-mem.com", REGISTRAR.replace("Suqian Certificates Ltd.", "REDACTED FOR PRIVACY"))
    assert found.registrant == Unknown("登记机构已隐去（隐私保护）")


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("Registrar WHOIS Server: whois.cheap.example", "whois.cheap.example"),
        ("   Registrar WHOIS Server: rwhois://WHOIS.cheap.example:4343/", "whois.cheap.example:4343"),
        ("Registrar WHOIS Server: http://whois.example/x?y", ""),
        ("Registrar WHOIS Server: 999 Main Street", ""),
        ("Registrar WHOIS Server:", ""),
    ],
)
def test_referrals(line, host):
    assert referral_in(f"Domain Name: A.COM\n{line}\nx: y\n") == host


def test_bytes_of_chinese_servers_become_text():
    assert "灌云某某" in decode_whois(CNNIC.encode("gb18030"))
    assert "灌云某某" in decode_whois(CNNIC.encode())


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: ("Domain Name: a.cn\nRegistration Time: " + text).encode())
)
def test_any_bytes_are_read(answer):
    for domain in ("a.cn", "a.com", "a.xn--fiqs8s"):
        assert isinstance(read(domain, decode_whois(answer)), Registration | Unknown)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "line", ["a" * 499, "a@" * 249, "Domain Name: " + "a" * 480, " " * 499, "Registrant " * 45, "Name Server:", ""]
)
@pytest.mark.parametrize("domain", ["a.cn", "a.com", "a.hk", "a.tw", "a.jp", "a.it"])
def test_a_hostile_text_does_not_hold_us_up(domain, line):
    text = decode_whois(((line + "\n") * 64_000)[:64_000].encode())
    assert isinstance(read(domain, text), Unknown)


def test_one_date_that_cannot_be_read_costs_no_more_than_itself():
    found = read("cx-mem.com", REGISTRAR.replace("Expiration Date: 2027-09-30T16:30:00Z", "Expiration Date: some day"))
    assert "some day" in found.expires_at.reason
    assert found.registrar == "Cheap Names, Inc."


def test_controls_do_not_reach_a_terminal():
    found = read("cx-mem.com", decode_whois(REGISTRAR.replace("Suqian", "\x1b[2J\u202eSuqian\x07").encode()))
    assert found.registrant == "[2JSuqian Certificates Ltd."


def ask(domain, server, **how):
    return ask_in_a_row([domain], server, **how)[0]


def ask_in_a_row(domains, server, *, port=0, allowed=("127.0.0.0/8",), timeout_s=5.0, follows_referrals=True):
    domain = domains[0]
    registries = Registries({}, {domain.rpartition(".")[2]: f"127.0.0.1:{server}"}, port or server)
    networks: tuple[Network, ...] = tuple(ipaddress.ip_network(one) for one in allowed)

    async def nowhere(name):
        raise AssertionError(f"{name} was to be resolved")

    async def run():
        policy = GatePolicy(allowed_ports=registries.whois_ports, allowed_networks=networks)
        client = WhoisClient(
            WayOut(policy, nowhere, Dialler("", 2.0)), registries, Turns(slots=1, interval_s=0, patience_s=0),
            FixedClock(), timeout_s=timeout_s, follows_referrals=follows_referrals,
        )  # fmt: skip
        return [await client.ask(one, WhoisServer("127.0.0.1", server)) for one in domains]

    return asyncio.run(run())


def test_gbk_bytes_over_the_wire():
    record = CNNIC.replace("证书查询.cn", "cx-mem.cn").encode("gb18030")
    with whois_server({"cx-mem.cn": record}) as server:
        found = ask("cx-mem.cn", server.port)
    assert found.registrant == "灌云某某信息咨询有限公司"
    assert server.lines == ["cx-mem.cn"]


def test_the_registrar_is_asked_once_where_the_registry_refers_to_it():
    # The registrar refers to itself and to the registry again: nobody is asked twice.
    with whois_server({"cx-mem.com": VERISIGN.format(referral="127.0.0.2").encode()}) as registry:
        own = REGISTRAR.replace("whois.cheap.example", "127.0.0.1").encode()
        with whois_server({"cx-mem.com": own}, "127.0.0.2", registry.port) as registrar:
            found = ask("cx-mem.com", registry.port)
            alone = ask("cx-mem.com", registry.port, follows_referrals=False)
    assert found.registrant == "Suqian Certificates Ltd."
    assert found.source == f"whois:127.0.0.2:{registry.port}"
    assert registrar.lines == ["cx-mem.com"]
    assert isinstance(alone.registrant, Unknown)


@pytest.mark.parametrize("answer", [b"Quota exceeded.\r\n", b"No match for CX-MEM.COM\r\n", b"", reset])
def test_a_registrar_that_does_not_help_takes_nothing_away(answer):
    record = VERISIGN.format(referral="127.0.0.2").encode()
    with (
        whois_server({"cx-mem.com": record}) as registry,
        whois_server({"cx-mem.com": answer}, "127.0.0.2", registry.port),
    ):
        found = ask("cx-mem.com", registry.port)
    assert found.registrar == "Cheap Names, Inc."
    assert found.source == f"whois:127.0.0.1:{registry.port}"


def test_a_server_that_refuses_is_left_alone():
    refusal = b"Queried interval is too short.\r\n"
    with whois_server({"a.cn": b"No matching record.\r\n", "b.cn": refusal, "c.cn": refusal}) as server:
        free, refused, resting = ask_in_a_row(["a.cn", "b.cn", "c.cn"], server.port)
    assert not free.is_registered
    assert "拒绝" in refused.reason
    assert "10 秒后" in resting.reason
    assert server.lines == ["a.cn", "b.cn"]


def test_a_referral_to_another_port_is_not_followed():
    answers = {}
    with trap() as (port, came), whois_server(answers) as registry:
        answers["cx-mem.com"] = VERISIGN.format(referral=f"127.0.0.1:{port}").encode()
        assert ask("cx-mem.com", registry.port).is_registered
    assert came == []


def test_a_server_on_an_inner_address_is_never_dialled():
    with trap() as (port, came):
        found = ask("cx-mem.cn", port, allowed=())
    assert came == []
    assert "内部或保留地址" in found.reason


@pytest.mark.parametrize(("answer", "words"), [(drip, "超时"), (reset, "中断"), (b"", "没有给出内容")])
def test_servers_that_answer_badly(answer, words):
    with whois_server({"cx-mem.cn": answer}) as server:
        found = ask("cx-mem.cn", server.port, timeout_s=0.3)
    assert words in found.reason


def test_a_server_that_never_ends_is_cut_off():
    def endless(connection):
        while True:
            connection.sendall(b"Domain Status: x\r\n" * 1000)

    with whois_server({"cx-mem.cn": endless}) as server:
        assert isinstance(ask("cx-mem.cn", server.port), Unknown)
