"""How long facts are believed, and that each is asked for once."""

import asyncio
from datetime import timedelta

import pytest

from crawler.facts.kept import KeptFacts
from detectors.model import Unknown
from detectors.name_facts import DnsFacts, DnsOutcome, RecordSet, Registration, not_registered
from pipelines.settings import FactLifetimes, FactsSettings
from pipelines.stores.memory import MemoryFactCache
from tests.conftest import NOW, FixedClock

LIVES = FactLifetimes(positive_s=100, negative_s=10, failed_s=1)
SETTINGS = FactsSettings(keeps_dns=LIVES, keeps_registration=LIVES)
REGISTERED = Registration(domain="a.cn", is_registered=True, source="whois:x:43", asked_at=NOW)


def dns(outcome):
    values = {DnsOutcome.ANSWERED: ("192.0.2.1",), DnsOutcome.NO_RECORD: ()}.get(outcome, Unknown("x"))
    nothing = RecordSet(outcome=DnsOutcome.NO_RECORD, values=())
    return DnsFacts(
        a=RecordSet(outcome=outcome, values=values, rounds=(outcome,)), aaaa=nothing, cname=nothing, ns=nothing,
        mx=nothing, soa=nothing, wildcard=False, asked_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("of", "fact", "lives_s"),
    [
        (Registration, REGISTERED, 100),
        (Registration, not_registered("a.cn", "whois:x:43", NOW), 10),
        (Registration, Unknown("限流"), 1),
        (DnsFacts, dns(DnsOutcome.ANSWERED), 100),
        (DnsFacts, dns(DnsOutcome.NXDOMAIN), 10),
        (DnsFacts, dns(DnsOutcome.NO_RECORD), 10),
        (DnsFacts, dns(DnsOutcome.SERVFAIL), 1),
        (DnsFacts, dns(DnsOutcome.TIMEOUT), 1),
        (DnsFacts, dns(DnsOutcome.UNDECIDED), 1),
    ],
)
def test_good_news_none_and_failures_live_for_their_own_time(of, fact, lives_s):
    clock, cache, asked = FixedClock(), MemoryFactCache(), []

    async def ask():
        asked.append(clock.at)
        return fact

    async def get():
        return await KeptFacts(cache, clock, SETTINGS).get(of, "a.cn", ask)

    assert asyncio.run(get()) == fact
    clock.at = NOW + timedelta(seconds=lives_s - 0.5)
    assert asyncio.run(get()) == fact
    assert len(asked) == 1
    clock.at = NOW + timedelta(seconds=lives_s)
    assert asyncio.run(get()) == fact
    assert len(asked) == 2


@pytest.mark.parametrize("is_fresh", [False, True])
def test_names_that_share_a_fact_wait_for_one_answer(is_fresh):
    asked = []

    async def ask():
        asked.append(1)
        await asyncio.sleep(0)
        return REGISTERED

    async def run():
        kept = KeptFacts(MemoryFactCache(), FixedClock(), SETTINGS, is_fresh=is_fresh)
        await asyncio.gather(*(kept.get(Registration, "a.cn", ask) for _ in range(5)))
        await kept.get(Registration, "a.cn", ask)

    asyncio.run(run())
    assert len(asked) == 1


@pytest.mark.parametrize("document", ["{", "{}", '{"domain":"a.cn"}', '{"reason":5}', "[]"])
def test_what_another_version_kept_is_asked_anew(document):
    cache = MemoryFactCache()
    cache.put("registration", "a.cn", document, NOW + timedelta(days=1))

    async def ask():
        return REGISTERED

    async def run():
        return await KeptFacts(cache, FixedClock(), SETTINGS).get(Registration, "a.cn", ask)

    assert asyncio.run(run()) == REGISTERED


def test_a_failing_question_fails_for_all_who_wait_and_is_not_kept():
    async def ask():
        raise ConnectionError

    async def run():
        kept = KeptFacts(MemoryFactCache(), FixedClock(), SETTINGS)
        failed = await asyncio.gather(*(kept.get(Registration, "a.cn", ask) for _ in range(2)), return_exceptions=True)
        assert [type(one) for one in failed] == [ConnectionError] * 2

    asyncio.run(run())
