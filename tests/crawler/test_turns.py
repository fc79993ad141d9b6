"""Turns at other people's servers, on a clock of the test's own."""

import asyncio

import pytest

from crawler.facts.turns import ServerResting, Turns


class Moments:
    """A clock that moves only while somebody sleeps."""

    def __init__(self):
        self.at = 0.0

    def now(self):
        return self.at

    async def sleep(self, seconds):
        self.at += seconds
        await asyncio.sleep(0)


def made(moments, **limits):
    return Turns(**{"slots": 1, "interval_s": 2, "patience_s": 10, **limits}, now=moments.now, sleep=moments.sleep)


def test_questions_to_one_server_are_spaced_and_to_others_are_not():
    moments, begun = Moments(), []

    async def run():
        turns = made(moments)

        async def ask(server):
            async with turns.turn(server):
                begun.append((server, moments.at))

        await asyncio.gather(ask("a"), ask("a"), ask("b"), ask("a"))

    asyncio.run(run())
    times = {server: [at for one, at in begun if one == server] for server in "ab"}
    assert [later - earlier >= 2 for earlier, later in zip(times["a"], times["a"][1:], strict=False)] == [True, True]
    assert times["b"][0] <= 2  # while "a" waited for its second turn


def test_a_single_question_waits_for_nothing():
    moments = Moments()

    async def run():
        turns = made(moments)
        for server in "abc":
            async with turns.turn(server):
                assert moments.at == 0

    asyncio.run(run())


@pytest.mark.parametrize("slots", [1, 3])
def test_no_more_than_the_slots_at_once(slots):
    moments, inside, most = Moments(), set(), []

    async def run():
        turns = made(moments, slots=slots, interval_s=0)

        async def ask(number):
            async with turns.turn("a"):
                inside.add(number)
                most.append(len(inside))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                inside.discard(number)

        await asyncio.gather(*map(ask, range(9)))

    asyncio.run(run())
    assert max(most) == slots


def test_a_rest_is_waited_out_within_our_patience_and_said_beyond_it():
    moments = Moments()

    async def run():
        turns = made(moments, interval_s=0)
        turns.rest("a", 10)
        async with turns.turn("a"):
            assert moments.at == 10
        turns.rest("a", 10.5)
        turns.rest("a", 1)  # a shorter one does not shorten it
        with pytest.raises(ServerResting) as resting:
            async with turns.turn("a"):
                raise AssertionError("asked while resting")
        assert resting.value.wait_s == 10.5
        async with turns.turn("b"):
            pass
        moments.at += 11
        async with turns.turn("a"):
            pass

    asyncio.run(run())


def test_a_server_out_of_reach_is_left_alone_for_a_while():
    moments = Moments()

    async def run():
        turns = made(moments, interval_s=0, patience_s=3600)
        turns.fail("a", "连不上")
        turns.fail("a", "连不上")
        turns.succeed("a")
        turns.fail("a", "连不上")
        turns.fail("a", "连不上")
        async with turns.turn("a"):
            assert moments.at == 0
        turns.fail("a", "连不上")
        with pytest.raises(ServerResting) as resting:
            async with turns.turn("a"):
                raise AssertionError("asked while out of reach")
        assert "连不上" in resting.value.sentence
        moments.at += 61
        async with turns.turn("a"):
            turns.succeed("a")
        turns.fail("a", "连不上")
        async with turns.turn("a"):
            assert moments.at == 61

    asyncio.run(run())


def test_a_server_that_refuses_is_left_alone_twice_as_long_each_time_until_it_answers():
    moments = Moments()
    turns = made(moments, interval_s=0, patience_s=0)

    async def rest_s():
        try:
            async with turns.turn("a"):
                return 0
        except ServerResting as resting:
            return resting.wait_s

    async def run():
        waits = []
        for _ in range(3):
            turns.refuse("a")
            waits.append(await rest_s())
            await moments.sleep(waits[-1])
        turns.succeed("a")
        turns.refuse("a")
        return [*waits, await rest_s()]

    assert asyncio.run(run()) == [10, 20, 40, 10]
