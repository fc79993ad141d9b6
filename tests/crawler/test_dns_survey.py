"""Rounds of DNS against a scripted server, and how they are decided."""

import asyncio
import socket
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.facts.dns import DnsReply, DnsResolver, NameFailure
from crawler.facts.dns_survey import DnsSurvey, decide, records_of
from detectors.model import Unknown
from detectors.name_facts import DnsOutcome
from pipelines.errors import SourceUnreachable
from pipelines.settings import DnsSettings
from tests.conftest import FixedClock
from tests.crawler.fact_servers import FAIL, NX, REFUSE, SILENT, scripted_names

HERE = ["203.0.113.7"]


def survey(server, name, rounds=3, timeout_s=0.2):
    async def run():
        resolver = DnsResolver(DnsSettings(nameservers=(server,), timeout_s=timeout_s, attempts=1))
        return await DnsSurvey(resolver, FixedClock(), rounds=rounds, gap_s=0).facts_of(name)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("answers", "outcome", "is_flapping"),
    [
        ((HERE, HERE, HERE), DnsOutcome.ANSWERED, False),
        ((HERE, FAIL, HERE), DnsOutcome.ANSWERED, True),
        ((FAIL, FAIL, HERE), DnsOutcome.SERVFAIL, True),
        ((REFUSE, FAIL, REFUSE), DnsOutcome.SERVFAIL, False),
        ((NX, HERE, NX), DnsOutcome.NXDOMAIN, True),
        ((SILENT, SILENT, HERE), DnsOutcome.TIMEOUT, True),
        ((HERE, FAIL, NX), DnsOutcome.UNDECIDED, True),
        (([], [], HERE), DnsOutcome.NO_RECORD, True),
    ],
)
def test_two_of_three_rounds_decide(answers, outcome, is_flapping):
    with scripted_names({("cx-mem.cn", "A"): answers, ("cx-mem.cn", "AAAA"): []}) as (server, _):
        facts = survey(server, "cx-mem.cn")
    assert facts.a.outcome is outcome
    assert facts.a.is_flapping is is_flapping
    assert facts.is_flapping is is_flapping
    assert len(facts.a.rounds) == 3
    if outcome is DnsOutcome.ANSWERED:
        assert facts.a.values == ("203.0.113.7",)
    elif outcome is DnsOutcome.NO_RECORD:
        assert facts.a.values == ()
    else:
        assert isinstance(facts.a.values, Unknown)
        assert facts.addresses == ()


def test_each_kind_of_record_is_asked_where_it_stands():
    zone = {
        ("www.cx-mem.cn", "A"): ["203.0.113.7"],
        ("www.cx-mem.cn", "AAAA"): ["2001:db8::7"],
        ("www.cx-mem.cn", "MX"): ["20 b.mail.example", "10 a.mail.example"],
        ("cx-mem.cn", "NS"): ["NS2.cheap.example", "ns1.cheap.example"],
        ("cx-mem.cn", "SOA"): ["ns1.cheap.example root.cheap.example"],
        ("alias.cn", "CNAME"): ["cdn.cheap.example"],
    }
    with scripted_names(zone) as (server, asked):
        facts = survey(server, "www.cx-mem.cn")
        alias = survey(server, "alias.cn")
    assert facts.addresses == ("203.0.113.7", "2001:db8::7")
    assert facts.mx.values == ("10 a.mail.example", "20 b.mail.example")
    assert facts.ns.values == ("ns1.cheap.example", "ns2.cheap.example")
    assert facts.soa.values == ("ns1.cheap.example root.cheap.example",)
    assert facts.cname.values == ()
    assert alias.cname.values == ("cdn.cheap.example",)
    assert asked.lines.count(("www.cx-mem.cn", "A")) == 3


@pytest.mark.parametrize(
    ("beside", "wildcard"),
    [
        ([], False),
        (["203.0.113.7"], True),
        (["203.0.113.7", "203.0.113.8"], True),
        (["203.0.113.8"], False),
        (([], ["203.0.113.7"]), False),
    ],
)
def test_a_wildcard_is_told_by_an_invented_label(beside, wildcard):
    # The name has an entry of its own either way: what is compared is what its neighbours get.
    zone = {("cx-mem.cheap.top", "A"): HERE, ("*.cheap.top", "A"): beside}
    with scripted_names(zone) as (server, asked):
        facts = survey(server, "cx-mem.cheap.top")
    assert facts.wildcard is wildcard
    assert facts.wildcard_parent == "cheap.top"
    invented = {name for name, _ in asked.lines if name.startswith("jw-")}
    assert len(invented) == 3
    assert all(name.endswith(".cheap.top") for name in invented)


POOL = [[f"203.0.113.{last}"] for last in (7, 8, 9, 10, 11, 12)]
FAR_POOL = [[f"198.51.{block}.7"] for block in range(12)]


def in_turns(pool):
    """Return an answer for `scripted_names` that gives each address of a pool in turn, whichever name is asked about."""
    waiting = cycle(pool)
    return lambda: next(waiting)


@pytest.mark.parametrize(
    ("own", "beside", "wildcard"),
    [
        (POOL, POOL, True),
        (HERE, POOL, True),  # found in the pool, which is asked about again while it shows anything new
        (["198.51.100.1"], POOL, False),
        ([["192.0.2.1"], ["192.0.2.2"]], HERE, False),
    ],
)
def test_a_wildcard_with_a_pool_is_told_too(own, beside, wildcard):
    own = in_turns(own) if isinstance(own[0], list) else own
    beside = in_turns(beside) if isinstance(beside[0], list) else beside
    with scripted_names({("cx-mem.cheap.top", "A"): own, ("*.cheap.top", "A"): beside}) as (server, _):
        assert survey(server, "cx-mem.cheap.top").wildcard is wildcard


def test_where_pools_rotate_without_end_nobody_knows():
    zone = {("cx-mem.cheap.top", "A"): in_turns([["192.0.2.1"], ["192.0.2.2"]]), ("*.cheap.top", "A"): in_turns(FAR_POOL)}  # fmt: skip
    with scripted_names(zone) as (server, _):
        assert "轮换" in survey(server, "cx-mem.cheap.top").wildcard.reason


def test_a_wildcard_by_alias_is_told_whatever_its_addresses_are():
    alias = ["edge.cdn.example"]
    zone = {("cx-mem.cheap.top", "A"): in_turns(POOL), ("cx-mem.cheap.top", "CNAME"): alias, ("*.cheap.top", "CNAME"): alias}  # fmt: skip
    with scripted_names(zone) as (server, _):
        assert survey(server, "cx-mem.cheap.top").wildcard is True
    zone["*.cheap.top", "CNAME"] = ["other.cdn.example"]
    with scripted_names(zone) as (server, _):
        assert survey(server, "cx-mem.cheap.top").wildcard is False


def test_a_wildcard_that_cannot_be_asked_is_unknown():
    zone = {("cx-mem.cheap.top", "A"): HERE, ("*.cheap.top", "ANY"): FAIL}
    with scripted_names(zone) as (server, _):
        assert isinstance(survey(server, "cx-mem.cheap.top").wildcard, Unknown)


def test_a_rotating_pool_is_told_as_such():
    pool = (["192.0.2.1"], ["192.0.2.2"], ["192.0.2.3"])
    with scripted_names({("cdn.cn", "A"): pool}) as (server, _):
        facts = survey(server, "cdn.cn")
    assert facts.a.values == ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert facts.a.varying == facts.a.values
    assert not facts.is_flapping


def test_dead_name_servers_end_the_survey():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(SourceUnreachable):
            survey(f"127.0.0.1:{nobody.getsockname()[1]}", "cx-mem.cn", timeout_s=0.1)


OUTCOMES = st.sampled_from([one for one in DnsOutcome if one is not DnsOutcome.UNDECIDED])
REPLIES = st.builds(
    DnsReply,
    values=st.lists(st.sampled_from(["192.0.2.1", "192.0.2.2", "192.0.2.3"]), max_size=3).map(tuple),
    failure=st.none() | st.sampled_from([NameFailure.NO_SUCH_NAME, NameFailure.SERVER_FAILED, NameFailure.TIMED_OUT]),
)


@given(st.lists(OUTCOMES, min_size=1, max_size=9))
def test_only_more_than_half_decide(rounds):
    decided = decide(rounds)
    if decided is DnsOutcome.UNDECIDED:
        assert all(rounds.count(one) * 2 <= len(rounds) for one in set(rounds))
    else:
        assert rounds.count(decided) * 2 > len(rounds)
    assert decide(rounds[::-1]) is decided


@given(st.lists(REPLIES, min_size=1, max_size=5))
def test_record_sets_are_consistent(replies):
    found = records_of("A", replies)
    assert isinstance(found.values, Unknown) is (found.outcome not in {DnsOutcome.ANSWERED, DnsOutcome.NO_RECORD})
    assert (found.values == ()) is (found.outcome is DnsOutcome.NO_RECORD)
    assert records_of("A", replies[::-1]).values == found.values
