"""Which server is asked about which suffix."""

import asyncio
import csv
import re
from importlib.resources import files

import pytest

from crawler.facts.registration import RegistrationDesk
from crawler.facts.registries import Registries, WhoisServer
from detectors.model import Unknown
from detectors.name_facts import Registration, not_registered
from tests.conftest import NOW

ROWS = list(csv.DictReader((files("crawler.facts") / "data" / "registries.csv").read_text("utf-8").splitlines()))
FREE = not_registered("a.cn", "whois:x:43", NOW)
HELD = Registration(domain="a.cn", is_registered=True, source="rdap:x", asked_at=NOW)


def test_each_row_names_a_server_and_its_source():
    assert len({row["suffix"] for row in ROWS}) == len(ROWS) > 50
    for row in ROWS:
        assert re.fullmatch(r"[a-z]{2,}|xn--[a-z0-9]+", row["suffix"]), row
        assert re.fullmatch(r"(https://[a-z0-9.-]+/(\S+/)?)?", row["rdap"]), row
        assert re.fullmatch(r"([a-z0-9-]+(\.[a-z0-9-]+)+)?", row["whois"]), row
        assert row["rdap"] or row["whois"]
        assert row["source"]


def test_shipped_servers_and_those_of_the_settings():
    registries = Registries({"com": "http://rdap.example/x"}, {"top": "", "cn": "whois.example:4343"}, 43)
    assert registries.rdap_base("cx-mem.com") == "http://rdap.example/x/"
    assert registries.rdap_base("cx-mem.cn") == ""
    assert registries.rdap_base("cx-mem.net").startswith("https://")
    assert registries.whois_server("cx-mem.cn") == WhoisServer("whois.example", 4343)
    assert registries.whois_server("a.xn--fiqs8s") == WhoisServer("whois.cnnic.cn", 43)
    assert registries.whois_server("cx-mem.top") is None
    assert registries.whois_server("cx-mem.none") is None
    assert set(registries.whois_ports) == {43, 4343}
    assert set(registries.rdap_ports) == {80, 443}


class Answers:
    """Plays both clients."""

    def __init__(self, rdap, whois):
        self._answers = {str: rdap, WhoisServer: whois}
        self.asked = []

    async def ask(self, domain, server):
        self.asked.append(type(server).__name__)
        return self._answers[type(server)]


@pytest.mark.parametrize(
    ("rdap", "whois", "domain", "found", "asked"),
    [
        (HELD, FREE, "a.com", HELD, ["str"]),
        (FREE, HELD, "a.com", FREE, ["str"]),
        (Unknown("甲"), HELD, "a.com", HELD, ["str", "WhoisServer"]),
        (Unknown("甲"), Unknown("乙"), "a.com", Unknown("甲；乙"), ["str", "WhoisServer"]),
        (HELD, FREE, "a.cn", FREE, ["WhoisServer"]),
    ],
)
def test_rdap_first_then_whois(rdap, whois, domain, found, asked):
    answers = Answers(rdap, whois)
    assert asyncio.run(RegistrationDesk(Registries({}, {}, 43), answers, answers).ask(domain)) == found
    assert answers.asked == asked


@pytest.mark.parametrize(
    ("domain", "words"), [("cxmem.netlify.app", "netlify.app"), ("a.nosuchsuffix", ".nosuchsuffix")]
)
def test_nobody_to_ask(domain, words):
    answers = Answers(HELD, HELD)
    found = asyncio.run(RegistrationDesk(Registries({}, {}, 43), answers, answers).ask(domain))
    assert words in found.reason
    assert answers.asked == []
