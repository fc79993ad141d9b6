"""A certstream-compatible server on loopback, which drops connections, falls silent and talks nonsense."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import serve

from crawler.feeds.certstream import CertstreamFollower, MessageBroken, names_of_message
from pipelines.feeds import AlarmKind, FeedBookmark
from pipelines.settings import CertstreamFeed
from tests.crawler.feeds.follow import Desk

HEARTBEAT = json.dumps({"message_type": "heartbeat", "timestamp": 1763000000.5})


def update(*names: str, index: int = 5, **leaf: object) -> str:
    """A lite message; full ones have more keys, which are ignored."""
    return json.dumps(
        {
            "message_type": "certificate_update",
            "data": {
                "update_type": "PrecertLogEntry",
                "leaf_cert": {"all_domains": list(names), "subject": {"CN": None, "O": None}, **leaf},
                "cert_index": index,
                "seen": 1763000000.25,
                "source": {"name": "Rome2026h2", "url": "https://rome2026h2.example/"},
            },
        }
    )


def domains(*names: str) -> str:
    return json.dumps({"message_type": "dns_entries", "data": list(names)})


Script = Callable[[object, int], Awaitable[None]]


@asynccontextmanager
async def certstream(script: Script):
    """Serve; each connection is given to `script` with its number."""
    count = 0

    async def talk(connection) -> None:
        nonlocal count
        count += 1
        await script(connection, count)

    async with serve(talk, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def follower(url: str, desk: Desk, **settings) -> CertstreamFollower:
    made = CertstreamFeed(kind="certstream", name="stream", url=url, **settings)
    return CertstreamFollower(made, desk.mark("stream"), desk.parts(), proxy=None)


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_true():
            await asyncio.sleep(0.01)


async def follow_until(feed: CertstreamFollower, is_true: Callable[[], bool]) -> None:
    task = asyncio.create_task(feed.follow())
    try:
        await until(lambda: is_true() or task.done())
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def test_every_name_of_full_lite_and_plain_messages_is_read():
    desk = Desk()

    async def script(connection, _):
        await connection.send(HEARTBEAT)
        await connection.send(update("cx-mem-gov.cn", "*.gov-cx.com", "shop.example", sha256="AB:" * 31 + "AB"))
        await connection.send(domains("mohurd-gov.cn", "shop.example"))
        await connection.wait_closed()

    async def run():
        async with certstream(script) as url:
            await follow_until(follower(url, desk), lambda: len(desk.hits) >= 3)

    asyncio.run(run())
    assert desk.names == ["cx-mem-gov.cn", "*.gov-cx.com", "mohurd-gov.cn"]
    seen = desk.hits[0].seen
    assert (seen.certificate_sha256, seen.index, seen.log) == ("ab" * 32, 5, "Rome2026h2")
    assert seen.logged_at.timestamp() == 1763000000.25
    assert desk.mark("stream").names == 5
    assert desk.mark("stream").outages == ()


def test_a_dropped_connection_is_made_again_and_the_time_counted():
    desk = Desk()

    async def script(connection, number):
        await connection.send(update(f"n{number}-gov.cn"))
        if number < 3:
            await until(lambda: len(desk.hits) == number)
            connection.transport.abort()
        await connection.wait_closed()

    async def run():
        async with certstream(script) as url:
            await follow_until(follower(url, desk), lambda: len(desk.hits) >= 3)

    asyncio.run(run())
    assert desk.names == ["n1-gov.cn", "n2-gov.cn", "n3-gov.cn"]
    mark = desk.mark("stream")
    assert len(mark.outages) == 2
    # The clock moves by our pauses only, and a stream that spoke is asked again after a second.
    assert mark.missed_s == 2.0
    assert desk.pauses == [1.0, 1.0]


def test_what_was_missed_between_two_runs_is_counted():
    desk = Desk()

    async def script(connection, _):
        await connection.send(domains("a-gov.cn"))
        await connection.wait_closed()

    async def run():
        async with certstream(script) as url:
            assert await follower(url, desk, poll_s=0.1).look()
            desk.later(hours=2)
            assert await follower(url, desk, poll_s=0.1).look()

    asyncio.run(run())
    assert desk.names == ["a-gov.cn"]
    assert desk.mark("stream").missed_s == 7200
    assert desk.mark("stream").outages[0].cause == "not_connected"


def test_a_stream_without_heartbeats_is_left_and_tried_again():
    desk = Desk()
    connections = []

    async def script(connection, number):
        connections.append(number)
        await connection.send(domains(f"n{number}-gov.cn"))
        await connection.wait_closed()

    async def run():
        async with certstream(script) as url:
            await follow_until(follower(url, desk, silent_s=0.1), lambda: len(connections) >= 2 and len(desk.hits) >= 2)

    asyncio.run(run())
    assert desk.names[:2] == ["n1-gov.cn", "n2-gov.cn"]
    assert any("silent" in note for note in desk.watch.notes)


def test_nonsense_is_counted_and_the_rest_is_read():
    desk = Desk()

    async def script(connection, _):
        for message in ("{", b"\xff\xfe", "[]", '{"message_type": "certificate_update", "data": 5}', "null", "{}"):
            await connection.send(message)
        await connection.send(domains("late-gov.cn"))
        await connection.wait_closed()

    async def run():
        async with certstream(script) as url:
            await follow_until(follower(url, desk), lambda: bool(desk.hits))

    asyncio.run(run())
    assert desk.names == ["late-gov.cn"]
    assert desk.mark("stream").broken == 5


def test_a_message_that_is_too_large_ends_the_connection_not_the_feed():
    desk = Desk()

    async def script(connection, number):
        await connection.send(domains("x" * 5_000_000) if number == 1 else domains("late-gov.cn"))
        await connection.wait_closed()

    async def run():
        async with certstream(script) as url:
            await follow_until(follower(url, desk), lambda: bool(desk.hits))

    asyncio.run(run())
    assert desk.names == ["late-gov.cn"]


def test_a_server_that_is_not_there_is_an_alarm_in_the_end():
    desk = Desk()

    async def run():
        async with certstream(lambda *_: asyncio.sleep(0)) as url:
            pass
        feed = follower(url, desk, silent_s=60)
        assert not await feed.look()
        assert desk.bookmarks.get("stream") is None
        desk.later(seconds=61)
        assert not await feed.look()

    asyncio.run(run())
    assert [alarm.kind for alarm in desk.mark("stream").alarms] == [AlarmKind.SILENT]


def test_a_server_that_comes_back_ends_the_alarm():
    desk = Desk()
    desk.bookmarks.put(FeedBookmark(feed="stream", kind="certstream"))

    async def script(connection, _):
        await connection.send(HEARTBEAT)
        await connection.wait_closed()

    async def run():
        async with certstream(script) as url:
            feed = follower("ws://127.0.0.1:1/", desk, silent_s=1)
            desk.later(seconds=5)
            assert not await feed.look()
            assert desk.mark("stream").alarms
            assert await follower(url, desk, poll_s=0.1).look()

    asyncio.run(run())
    assert desk.mark("stream").alarms == ()


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_message_gives_names_or_is_broken(message):
    with suppress(MessageBroken):
        names_of_message(message)


@given(
    st.recursive(
        st.none() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["leaf_cert", "all_domains", "cert_index", "seen", "source", "name"]), inner, max_size=4
            )
        ),
        max_leaves=10,
    )
)
def test_any_update_gives_names_or_is_broken(content):
    with suppress(MessageBroken):
        names_of_message(json.dumps({"message_type": "certificate_update", "data": content}))


@pytest.mark.parametrize("index", [-1, 1 << 62])
def test_an_index_no_log_has_is_not_believed(index):
    (seen,) = names_of_message(update("a.example", index=index))
    assert seen.index is None


@pytest.mark.parametrize(
    ("odd", "index", "log"),
    [
        ({"cert_index": 123.0}, 123, "Rome2026h2"),
        ({"cert_index": str((1 << 53) + 1), "seen": "1763000000.25"}, 1 << 53, "Rome2026h2"),
        ({"cert_index": (1 << 53) + 1, "seen": [], "source": "https://log.example/"}, (1 << 53) + 1, "https://log.example/"),
        ({"cert_index": None, "seen": 1e300, "source": {"name": None, "url": "https://log.example/"}}, None, "https://log.example/"),
        ({"leaf_cert": {"all_domains": [None, "a-gov.cn", 7, "b.example"], "sha256": 5}}, 5, "Rome2026h2"),
        ({"leaf_cert": {"extensions": {"subjectAltName": "DNS:a-gov.cn, IP Address:192.0.2.1, DNS:b.example"}}}, 5, "Rome2026h2"),
    ],
)  # fmt: skip
def test_names_are_not_lost_over_what_stands_beside_them(odd, index, log):
    message = json.loads(update("a-gov.cn", "b.example"))
    message["data"] |= odd
    found = names_of_message(json.dumps(message))
    assert [(one.name, one.index, one.log) for one in found] == [("a-gov.cn", index, log), ("b.example", index, log)]


def test_messages_in_pieces_and_as_bytes_are_whole_messages():
    desk = Desk()

    async def script(connection, _):
        text = update("a-gov.cn")
        await connection.send(text[at : at + 7] for at in range(0, len(text), 7))
        await connection.send(update("b-gov.cn").encode())
        await connection.send([HEARTBEAT[:5], HEARTBEAT[5:]])
        await connection.wait_closed()

    async def run():
        async with certstream(script) as url:
            await follow_until(follower(url, desk), lambda: len(desk.hits) >= 2)

    asyncio.run(run())
    assert desk.names == ["a-gov.cn", "b-gov.cn"]
    assert desk.mark("stream").broken == 0
