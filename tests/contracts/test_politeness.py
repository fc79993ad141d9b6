"""What every `Politeness` promises: slots, distance, a budget a day, and rests that outlive the process."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crawler.politeness import DomainRests, HomePoliteness, Pace, Paces, paces_of
from crawler.workers.politeness import SharedPoliteness
from pipelines.errors import StoreUnavailable
from pipelines.settings import Settings
from pipelines.stores.redis.connection import RedisLink
from pipelines.stores.redis.turns import RedisTurns

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""12:00 at the sites."""


class Time:
    """A clock that sleeping moves on."""

    def __init__(self, at=NOON):
        self.at = at

    def now(self):
        return self.at

    async def sleep(self, seconds):
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class Office:
    """Call it with (pace, time) for a `Politeness`; all it makes share what one office shares."""

    def __init__(self, home, redis_url):
        self._home, self._redis_url, self._links = home, redis_url, []

    def __call__(self, pace, time, **own):
        paces, clock = Paces(pace, own), {"now": time.now, "sleep": time.sleep}
        if not self._redis_url:
            return HomePoliteness(self._home, paces, **clock)
        self._links.append(RedisLink(self._redis_url))
        return SharedPoliteness(RedisTurns(self._links[-1], held_s=60.0), paces, **clock)

    def run(self, work):
        async def and_close():
            try:
                await work
            finally:
                for link in self._links:
                    await link.aclose()

        asyncio.run(and_close())


@pytest.fixture(params=["home", "redis"])
def polite(request, tmp_path):
    return Office(tmp_path, request.getfixturevalue("redis_url") if request.param == "redis" else "")


async def take(politeness, domain, count=1):
    for _ in range(count):
        async with politeness.turn(domain):
            pass


def test_turns_at_one_domain_are_apart_and_others_do_not_wait(polite):
    async def run():
        time = Time()
        politeness = polite(Pace(interval_s=2.0), time)
        await take(politeness, "a.cn", 3)
        assert time.at == NOON + timedelta(seconds=4)
        await take(politeness, "b.cn")
        assert time.at == NOON + timedelta(seconds=4)

    polite.run(run())


def test_no_more_at_once_than_there_are_slots(polite):
    async def run():
        politeness = polite(Pace(slots=2, interval_s=0.0), Time())
        inside, most = 0, 0

        async def one():
            nonlocal inside, most
            async with politeness.turn("a.cn"):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.001)
                inside -= 1

        await asyncio.gather(*(one() for _ in range(9)))
        assert most == 2

    polite.run(run())


def test_the_budget_of_a_day_holds_over_a_restart_and_is_new_at_midnight(polite):
    async def run():
        time, pace = Time(), Pace(interval_s=0.0, daily_budget=3)
        await take(polite(pace, time), "a.cn", 2)
        again = polite(pace, time)
        await take(again, "a.cn")
        with pytest.raises(DomainRests) as spent:
            await take(again, "a.cn")
        assert spent.value.is_spent
        assert spent.value.until == datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "midnight in Beijing"
        assert "a.cn" in spent.value.sentence
        await take(again, "b.cn")
        time.at = spent.value.until
        await take(again, "a.cn", 3)

    polite.run(run())


def test_two_processes_share_budgets_and_rests(polite):
    async def run():
        time, pace = Time(), Pace(interval_s=0.0, daily_budget=4)
        one, two = polite(pace, time), polite(pace, time)
        await take(one, "a.cn", 2)
        await take(two, "a.cn", 2)
        with pytest.raises(DomainRests):
            await take(one, "a.cn")
        await two.leave_alone("b.cn", 3600)
        with pytest.raises(DomainRests) as rests:
            await take(one, "b.cn")
        assert not rests.value.is_spent

    polite.run(run())


def test_a_short_rest_is_waited_out_and_a_long_one_raises_even_tomorrow(polite):
    async def run():
        time = Time(datetime(2026, 11, 22, 15, 50, tzinfo=UTC))
        politeness = polite(Pace(interval_s=0.0), time)
        await politeness.leave_alone("a.cn", 10)
        await take(politeness, "a.cn")
        assert time.at == datetime(2026, 11, 22, 15, 50, 10, tzinfo=UTC)
        await politeness.leave_alone("a.cn", 3600)
        await politeness.leave_alone("a.cn", 5)
        time.at += timedelta(minutes=30)
        for after_midnight in (politeness, polite(Pace(interval_s=0.0), time)):
            with pytest.raises(DomainRests):
                await take(after_midnight, "a.cn")
        time.at += timedelta(minutes=31)
        await take(politeness, "a.cn")

    polite.run(run())


def test_nobody_hides_for_longer_than_a_day(polite):
    async def run():
        time = Time()
        politeness = polite(Pace(), time)
        await politeness.leave_alone("a.cn", 10**9)
        time.at += timedelta(days=1, seconds=1)
        await take(politeness, "a.cn")

    polite.run(run())


def test_a_slot_is_free_again_after_a_failure(polite):
    async def run():
        politeness = polite(Pace(slots=1, interval_s=0.0), Time())
        for _ in range(3):
            with pytest.raises(OSError, match="gone"):
                async with politeness.turn("a.cn"):
                    raise OSError("gone")

    polite.run(run())


def test_a_journal_cut_short_or_spoilt_stops_nobody(tmp_path):
    async def run():
        time = Time()
        folder = tmp_path / "politeness"
        folder.mkdir()
        (folder / "2026-11-22.log").write_bytes(b"a.cn\n\xff\xfe\nb.cn\tsoon\nc.cn")
        (folder / "2026-11-20.log").write_bytes(b"old.cn\n")
        politeness = HomePoliteness(tmp_path, Paces(Pace(daily_budget=2)), now=time.now, sleep=time.sleep)
        await take(politeness, "a.cn")
        with pytest.raises(DomainRests):
            await take(politeness, "a.cn")
        assert [one.name for one in folder.iterdir()] == ["2026-11-22.log"]

    asyncio.run(run())


def test_a_journal_that_cannot_be_written_is_the_stores_trouble(tmp_path):
    (tmp_path / "politeness").write_text("in the way")
    with pytest.raises(StoreUnavailable) as trouble:
        asyncio.run(take(HomePoliteness(tmp_path, Paces(Pace())), "a.cn"))
    assert "politeness" in trouble.value.zh


def test_what_is_kept_of_domains_nobody_asks_is_a_number(tmp_path):
    async def run():
        time = Time()
        politeness = HomePoliteness(tmp_path, Paces(Pace(interval_s=0.01)), now=time.now, sleep=time.sleep)
        for number in range(5000):
            time.at += timedelta(seconds=0.02)
            await take(politeness, f"n{number}.cn")
        assert len(politeness._next_at) <= 2001
        assert politeness._lines == {}

    asyncio.run(run())
    assert (tmp_path / "politeness").stat().st_mode & 0o077 == 0


def test_engines_and_platforms_have_paces_of_their_own():
    paces = paces_of(Settings(), ("www.baidu.com",), ("shop.example.com.cn",))
    assert (paces.of("baidu.com").slots, paces.of("baidu.com").interval_s, paces.of("baidu.com").daily_budget) == (
        1,
        5.0,
        0,
    )
    assert (paces.of("example.com.cn").slots, paces.of("example.com.cn").daily_budget) == (1, 0)
    assert (paces.of("x.cn").slots, paces.of("x.cn").daily_budget) == (2, 500)
