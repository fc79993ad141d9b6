"""Everything about a name, end to end over loopback servers."""

import asyncio
import ssl

import msgspec
import trustme

from crawler.facts.survey import open_survey
from detectors.model import Unknown
from detectors.name_facts import NameState, NetworkFacts, TlsFault
from pipelines.stores.memory import MemoryFactCache
from tests.conftest import FixedClock
from tests.crawler.fact_servers import (
    FAIL,
    NX,
    fact_settings,
    rdap_server,
    scripted_names,
    tls_server,
    whois_server,
)  # fmt: skip
from tests.crawler.tiny_world import trap

CNNIC = """Domain Name: cx-mem.cn
ROID: 20260101s10001s00000001-cn
Domain Status: ok
Registrant: 某某网络科技有限公司
Registrant Contact Email: someone@example.com
Sponsoring Registrar: 阿里云计算有限公司（万网）
Name Server: dns1.hichina.com
Name Server: dns2.hichina.com
Registration Time: 2026-01-01 07:30:00
Expiration Time: 2027-01-01 07:30:00
DNSSEC: unsigned
"""


class Networks:
    def facts_of(self, address):
        return NetworkFacts(
            address=address, asn=64500, owner="某机房", country="CN", province="江苏", table="t", table_on=Unknown("x")
        )


def survey(settings, names, cache=None, trust=None, is_fresh=False, clock=None):
    async def run():
        async with open_survey(
            settings, cache or MemoryFactCache(), clock or FixedClock(), Networks(), is_fresh=is_fresh, trust=trust
        ) as opened:
            return await asyncio.gather(*map(opened.facts_of, names))

    return asyncio.run(run())


def test_all_facts_of_a_counterfeit(tmp_path):
    authority = trustme.CA()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    zone = {
        ("cx-mem.cn", "A"): ["127.0.0.1"],
        ("cx-mem.cn", "NS"): ["dns1.hichina.com", "dns2.hichina.com"],
        ("cx-mem.cn", "MX"): ["10 mail.cx-mem.cn"],
        ("cx-mem.cn", "SOA"): ["dns1.hichina.com hostmaster.hichina.com"],
    }
    with (
        scripted_names(zone) as (server, _),
        whois_server({"cx-mem.cn": CNNIC.encode()}) as whois,
        tls_server(authority.issue_cert("cx-mem.cn")) as (tls_port, named),
    ):
        settings = fact_settings(
            tmp_path, server, ports=(tls_port,), tls_port=tls_port, whois_servers={"cn": f"127.0.0.1:{whois.port}"}
        )
        (facts,) = survey(settings, ["cx-mem.cn"], trust=trust)
    assert facts.state is NameState.RESOLVING
    assert facts.addresses == ("127.0.0.1",)
    assert facts.dns.ns.values == ("dns1.hichina.com", "dns2.hichina.com")
    assert facts.dns.mx.values == ("10 mail.cx-mem.cn",)
    assert facts.dns.soa.values == ("dns1.hichina.com hostmaster.hichina.com",)
    assert facts.dns.cname.values == ()
    assert facts.dns.wildcard is False
    assert facts.tls.faults == ()
    assert facts.tls.certificate.names == ("cx-mem.cn",)
    assert named == ["cx-mem.cn"]
    assert facts.registration.registrar == "阿里云计算有限公司（万网）"
    assert facts.registration.registered_at.isoformat() == "2025-12-31T23:30:00+00:00"
    assert facts.network[0].owner == "某机房"
    assert facts.filing == Unknown("备案库未导入")


def test_without_leave_no_inner_address_is_dialled(tmp_path):
    zone = {("cx-mem.cn", "A"): ["127.0.0.1"]}
    with scripted_names(zone) as (server, _), trap() as (port, came):
        settings = fact_settings(
            tmp_path, server, allows=False, ports=(port,), tls_port=port,
            whois_servers={"cn": f"127.0.0.1:{port}"}, rdap_servers={"cn": f"http://127.0.0.1:{port}/"},
        )  # fmt: skip
        (facts,) = survey(settings, ["cx-mem.cn"])
    assert came == []
    assert "127.0.0.1" in facts.tls.reason
    assert "127.0.0.1" in facts.registration.reason
    assert facts.state is NameState.RESOLVING


def test_states_are_told_apart(tmp_path):
    zone = {
        ("held.cn", "NS"): NX,
        ("held.cn", "A"): NX,
        ("held.cn", "ANY"): NX,
        ("broken.cn", "ANY"): FAIL,
        ("*.cheap.top", "A"): ["127.0.0.9"],
        ("cheap.top", "NS"): ["ns1.cheap.top"],
    }
    broken = CNNIC.replace("cx-mem.cn", "broken.cn").encode()
    record = CNNIC.replace("cx-mem.cn", "held.cn").encode()
    with (
        scripted_names(zone) as (server, _),
        whois_server({"held.cn": record, "broken.cn": broken, "free.cn": b"No matching record.\r\n"}) as whois,
    ):
        settings = fact_settings(
            tmp_path, server, whois_servers={"cn": f"127.0.0.1:{whois.port}", "top": ""}, rdap_servers={"top": ""}
        )
        names = ["held.cn", "free.cn", "broken.cn", "cx-mem.cheap.top", "none.top"]
        found = dict(zip(names, survey(settings, names), strict=True))
    assert {name: facts.state for name, facts in found.items()} == {
        "held.cn": NameState.REGISTERED,
        "free.cn": NameState.NOT_REGISTERED,
        "broken.cn": NameState.SERVFAIL,
        "cx-mem.cheap.top": NameState.WILDCARD,
        "none.top": NameState.NXDOMAIN,
    }
    assert found["cx-mem.cheap.top"].dns.wildcard_parent == "cheap.top"
    assert "facts.whois_servers" in found["none.top"].registration.reason


def test_kept_facts_are_not_asked_again_and_fresh_ones_are(tmp_path):
    cache, clock = MemoryFactCache(), FixedClock()
    with scripted_names({("free.cn", "MX"): []}) as (server, names), whois_server({}) as whois:
        settings = fact_settings(tmp_path, server, whois_servers={"cn": f"127.0.0.1:{whois.port}"})
        both = ["www.free.cn", "free.cn"]
        survey(settings, both, cache, clock=clock)
        assert whois.lines == ["free.cn"]
        questions = len(names.lines)
        survey(settings, both, cache, clock=clock)
        assert whois.lines == ["free.cn"]
        assert len(names.lines) == questions + 1  # only whether the server lives
        survey(settings, both, cache, is_fresh=True, clock=clock)
        assert whois.lines == ["free.cn"] * 2


def test_rdap_is_asked_before_whois(tmp_path):
    body = msgspec.json.encode(
        {"objectClassName": "domain", "ldhName": "CX-MEM.COM",
         "events": [{"eventAction": "registration", "eventDate": "2026-11-01T08:00:00Z"}]}
    )  # fmt: skip
    with (
        scripted_names({}) as (server, _),
        rdap_server({"/v1/domain/cx-mem.com": (200, {}, body)}) as rdap,
        whois_server({}) as whois,
    ):
        settings = fact_settings(
            tmp_path, server,
            rdap_servers={"com": f"http://127.0.0.1:{rdap.port}/v1"}, whois_servers={"com": f"127.0.0.1:{whois.port}"},
        )  # fmt: skip
        (facts,) = survey(settings, ["cx-mem.com"])
    assert facts.state is NameState.REGISTERED
    assert facts.registration.source == f"rdap:http://127.0.0.1:{rdap.port}/v1/domain/cx-mem.com"
    assert whois.lines == []


def test_a_registry_by_its_name_over_tls(tmp_path):
    authority = trustme.CA()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    zone = {("rdap.registry.cn", "A"): ["127.0.0.1"]}
    body = msgspec.json.encode({"objectClassName": "domain", "ldhName": "cx-mem.com"})
    answers = {"/domain/cx-mem.com": (200, {}, body)}
    with scripted_names(zone) as (server, _), rdap_server(answers, authority.issue_cert("rdap.registry.cn")) as rdap:
        settings = fact_settings(
            tmp_path, server, rdap_servers={"com": f"https://rdap.registry.cn:{rdap.port}"}, whois_servers={"com": ""}
        )
        (believed,) = survey(settings, ["cx-mem.com"], trust=trust)
        (doubted,) = survey(settings, ["cx-mem.com"])
        (forbidden,) = survey(
            settings.model_copy(update={"egress": settings.egress.model_copy(update={"allowed_networks": ()})}),
            ["cx-mem.com"],
            trust=trust,
        )
    assert believed.registration.is_registered
    assert isinstance(doubted.registration, Unknown)  # nobody may play the registry
    assert "不允许访问" in forbidden.registration.reason
    assert len(rdap.lines) == 1


def test_a_certificate_nobody_signed_is_a_fact(tmp_path):
    zone = {("cx-mem.cn", "A"): ["127.0.0.1"]}
    with scripted_names(zone) as (server, _), tls_server(trustme.CA().issue_cert("other.cn")) as (port, named):
        settings = fact_settings(tmp_path, server, ports=(port,), tls_port=port, whois_servers={"cn": ""})
        (facts,) = survey(settings, ["cx-mem.cn"])
    assert facts.tls.faults == (TlsFault.WRONG_NAME, TlsFault.UNTRUSTED)
    assert facts.tls.certificate.names == ("other.cn",)
    assert set(named) == {"cx-mem.cn"}
