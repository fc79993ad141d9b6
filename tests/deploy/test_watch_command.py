"""`jianwei domains watch` and `domains feeds`, whole: settings, gate, TLS, store, stdout and exit codes, against servers on loopback."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from websockets.asyncio.server import serve

from pipelines.stores.sqlite.bookmarks import SqliteFeedBookmarks
from pipelines.stores.sqlite.connection import Database
from tests.crawler.feeds.certificates import submitted
from tests.crawler.feeds.log_server import ServedLog, served
from tests.crawler.feeds.log_tree import LogTree

ROOT = Path(__file__).parents[2]
FAKES = ["cx-mem-gov.cn", "www.mohurd-zscx.com", "xn--c-mem-qze.com"]
ENTRIES = [
    submitted("shop.example", f"*.{FAKES[0]}"),
    submitted(*[f"n{n}.example" for n in range(99)], FAKES[1], is_precertificate=True),
    submitted("cx.mem.gov.cn"),
    submitted(FAKES[2], "memory.com"),
]
TREE = LogTree(ENTRIES)


class Home:
    """A home folder with its settings, and the command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA()
        self.ca.cert_pem.write_to_path(folder / "ca.pem")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert("127.0.0.1").configure_cert(self.context)

    def write(self, *feeds: dict, networks: tuple[str, ...] = ("127.0.0.0/8",), ca: bool = True) -> None:
        ports = [int(feed["url"].split(":")[2].split("/")[0]) for feed in feeds if "url" in feed]
        lines = ["[egress]", f"allowed_ports = {ports or [443]}", f"allowed_networks = {json.dumps(networks)}"]
        lines += ['ca_file = "ca.pem"'] if ca else []
        for feed in feeds:
            lines.append("[[feeds]]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in feed.items()]
        (self.folder / "jianwei.toml").write_text("\n".join(lines), "utf-8")

    def start(self, *words: str, lang: str = "en") -> subprocess.Popen:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")}
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.cli.main", "--lang", lang, "domains", *words],
            cwd=ROOT,
            env=environment | {"JIANWEI_HOME": str(self.folder), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, lang: str = "en") -> tuple[int, list[dict], str]:
        process = self.start(*words, lang=lang)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        return process.returncode, [json.loads(line) for line in out.splitlines()], err


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def log_feed(url: str, **more) -> dict:
    return {"kind": "static_ct", "name": "log", "url": url, "public_key": TREE.public_key, "tries": 1, **more}


def names(hits: list[dict]) -> list[str]:
    return [hit["name"] for hit in hits]


@contextmanager
def certstream(*messages: str, context=None) -> Iterator[str]:
    """Serve a stream in a thread of its own: each connection gets all messages."""
    url: list[str] = []
    is_up, is_over = threading.Event(), threading.Event()

    async def talk(connection) -> None:
        for message in messages:
            await connection.send(message)
        await connection.wait_closed()

    async def run() -> None:
        async with serve(talk, "127.0.0.1", 0, ssl=context) as server:
            port = server.sockets[0].getsockname()[1]
            url.append(f"{'wss' if context else 'ws'}://127.0.0.1:{port}/")
            is_up.set()
            await asyncio.to_thread(is_over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    is_up.wait(20)
    try:
        yield url[0]
    finally:
        is_over.set()
        thread.join()


@pytest.mark.parametrize("kind", ["static_ct", "rfc6962"])
def test_a_log_over_tls_is_read_once_and_goes_on_where_it_was(home, kind):
    log = ServedLog(TREE, size=3)
    with served(log, home.context) as url:
        home.write(log_feed(url, kind=kind))
        code, hits, said = home.run("watch", "--once", "--from-start")
        assert code == 0, said
        assert names(hits) == [f"*.{FAKES[0]}", FAKES[1]]
        assert hits[0]["imitates"] == "cx.mem.gov.cn"
        assert hits[0]["feed"] == "log"
        assert (hits[1]["index"], hits[1]["certificate_sha256"]) == (1, ENTRIES[1].sha256)
        assert hits[1]["logged_at"].startswith("2025-11-13")
        assert hits[1]["first_seen_at"]
        assert hits[1]["reason"]
        _, changes, _ = home.run("changes")
        assert [(one["name"], one["change"]) for one in changes] == [(name, "first_seen") for name in FAKES[:2]]
        log.publish(4)
        code, hits, said = home.run("watch", "--once")
        assert code == 0, said
        assert names(hits) == [FAKES[2]]
        code, hits, said = home.run("watch", "--once")
        assert (code, hits) == (0, [])
        assert "4/4" in said


def test_all_kinds_of_feeds_side_by_side_and_one_that_is_out_of_reach(home):
    (home.folder / "lists").mkdir()
    (home.folder / "lists" / "zone.txt").write_text("$ORIGIN com.\nmohurd-zscx 3600 IN NS ns.example.\nshop IN NS x.\n")
    update = {"message_type": "certificate_update", "data": {"leaf_cert": {"all_domains": ["cx-mem-gov.cn"]}}}
    with served(ServedLog(TREE), home.context) as gone:
        pass
    with (
        served(ServedLog(TREE), home.context) as url,
        certstream(json.dumps(update), context=home.context) as stream,
    ):
        home.write(
            log_feed(url),
            log_feed(gone, name="gone"),
            {"kind": "certstream", "name": "stream", "url": stream, "poll_s": 1.5},
            {"kind": "folder", "name": "lists", "path": "lists"},
        )
        code, hits, said = home.run("watch", "--once", "--from-start", "--json")
    assert code == 3, said
    by_feed = {feed: [hit["name"] for hit in hits if hit["feed"] == feed] for feed in ("log", "stream", "lists")}
    assert by_feed == {
        "log": [f"*.{FAKES[0]}", *FAKES[1:]],
        "stream": ["cx-mem-gov.cn"],
        "lists": ["mohurd-zscx.com"],
    }
    (listed,) = [hit for hit in hits if hit["feed"] == "lists"]
    assert (listed["file"], listed["line"]) == ("zone.txt", 2)
    assert "gone" in said


def test_gaps_and_alarms_need_a_person_and_are_listed_until_settled(home):
    log = ServedLog(TREE)
    with served(log) as url:
        home.write(log_feed(url), ca=False)
        home.run("watch", "--once", "--from-start")
        log.publish(2)
        code, hits, said = home.run("watch", "--once")
        assert (code, hits) == (1, []), said
        assert "jianwei domains feeds" in said
        code, rows, _ = home.run("feeds", "--json")
    assert code == 1
    (row,) = rows
    assert (row["feed"], row["offset"], row["head_size"], row["missing"]) == ("log", 4, 4, 2)
    assert row["alarms"][0]["kind"] == "rewound"
    assert row["gaps"][0]["start"] == 2
    code, rows, _ = home.run("feeds", "--settle", "log")
    assert rows[0]["alarms"] == []
    assert code == 1, "the gap is still there"


def test_a_feed_never_read_is_listed_too(home):
    home.write(log_feed("https://127.0.0.1:9/"))
    code, rows, _ = home.run("feeds")
    assert code == 0
    assert (rows[0]["feed"], rows[0]["head_size"], rows[0]["contact_at"]) == ("log", None, None)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_private_address_is_not_reached_unless_allowed(home, lang):
    with served(ServedLog(TREE)) as url:
        home.write(log_feed(url), networks=())
        code, hits, said = home.run("watch", "--once", lang=lang)
    assert (code, hits) == (3, [])
    assert "127.0.0.1" in said
    assert "已拒绝访问" in said


def test_a_server_whose_certificate_nobody_vouches_for_is_not_believed(home):
    with served(ServedLog(TREE), home.context) as url:
        home.write(log_feed(url), ca=False)
        code, hits, said = home.run("watch", "--once", "--from-start")
    assert (code, hits) == (3, [])
    assert "CERTIFICATE_VERIFY_FAILED" in said


@pytest.mark.parametrize(
    ("words", "said_about"),
    [(("watch", "--feed", "nosuch"), "nosuch"), (("feeds", "--settle", "nosuch"), "nosuch")],
)
def test_a_feed_nobody_configured_is_bad_usage(home, words, said_about):
    home.write(log_feed("https://127.0.0.1:9/"))
    code, _, said = home.run(*words)
    assert code == 2
    assert said_about in said


def test_no_feeds_at_all_is_bad_usage(home):
    home.write()
    code, _, said = home.run("watch")
    assert code == 2
    assert "[[feeds]]" in said


def test_a_key_of_a_kind_no_log_has_is_bad_usage(home):
    home.write(
        log_feed("https://127.0.0.1:9/", public_key="MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")
    )
    code, _, said = home.run("watch", "--once")
    assert code == 2
    assert "feeds.log.public_key" in said


def hits_until(process: subprocess.Popen, count: int) -> list[dict]:
    return [json.loads(process.stdout.readline()) for _ in range(count)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_keeps_its_place_and_says_how_to_go_on(home, number):
    log = ServedLog(TREE, size=1)
    with served(log) as url:
        home.write(log_feed(url, poll_s=0.05))
        process = home.start("watch", "--from-start")
        assert names(hits_until(process, 1)) == [f"*.{FAKES[0]}"]
        log.publish(2)
        assert names(hits_until(process, 1)) == [FAKES[1]]
        wait_for_offset(home, 2)
        process.send_signal(number)
        rest, said = process.communicate(timeout=60)
        assert (process.returncode, rest) == (4, "")
        assert "jianwei domains watch" in said
        assert "Traceback" not in said
        log.publish(4)
        code, hits, _ = home.run("watch", "--once")
    assert (code, names(hits)) == (0, [FAKES[2]])


def test_killed_nothing_is_lost(home):
    log = ServedLog(TREE, size=2)
    with served(log) as url:
        home.write(log_feed(url, poll_s=0.05))
        process = home.start("watch", "--from-start")
        before = names(hits_until(process, 2))
        process.kill()
        process.communicate(timeout=60)
        log.publish(4)
        code, hits, _ = home.run("watch", "--once")
    assert code == 0
    # Killed between report and bookmark a hit may come again; it never goes missing.
    assert set(before) | set(names(hits)) == {f"*.{FAKES[0]}", *FAKES[1:]}


def test_a_reader_that_goes_away_ends_it_quietly(home):
    log = ServedLog(TREE, size=1)
    with served(log) as url:
        home.write(log_feed(url, poll_s=0.05))
        process = home.start("watch", "--from-start")
        hits_until(process, 1)
        process.stdout.close()
        log.publish(4)
        with process.stderr:
            said = process.stderr.read()
        assert process.wait(60) == 0
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def wait_for_offset(home: Home, offset: int) -> None:
    database = Database(home.folder / "jianwei.sqlite")
    try:
        give_up_at = time.monotonic() + 30
        while SqliteFeedBookmarks(database).get("log").offset < offset:
            assert time.monotonic() < give_up_at
            time.sleep(0.02)
    finally:
        database.close()
