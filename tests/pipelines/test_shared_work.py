"""What workers tell each other over a real Redis, and what its troubles are called."""

import threading
import time

import pytest
import redis

from pipelines.errors import SettingInvalid, StoreUnavailable
from pipelines.settings import load_settings
from pipelines.shared_work import shared_work
from pipelines.stores.redis.board import RedisRunBoard, RedisTexts
from pipelines.stores.redis.connection import RedisLink, link_of
from tests.redis_server import RedisServer, needs_redis

pytestmark = [needs_redis]


@pytest.fixture
def link(redis_url):
    made = RedisLink(redis_url)
    yield made
    made.close()


def test_each_worker_reads_the_notes_of_the_others(link):
    one, two = RedisRunBoard(link), RedisRunBoard(link)
    assert one.announced("run") is None
    one.announce("run", b"needs")
    assert two.announced("run") == b"needs"
    assert one.post("run", b"first") == ()
    assert two.post("run", b"other") == (b"first",)
    assert one.post("run", b"second") == (b"other",)
    assert two.post("run", b"other") == (b"second",)


def test_one_worker_at_a_time_writes_the_report(link):
    board, inside, most = RedisRunBoard(link), [], []

    def write():
        with board.alone("run"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=write) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == [1] * 5


def test_texts_are_seen_by_all_and_dropped_once(link):
    one, two = RedisTexts(link, "pauses"), RedisTexts(link, "pauses")
    one.put("百度", "内容".encode())
    assert two.all() == {"百度": "内容".encode()}
    assert two.drop("百度")
    assert not one.drop("百度")


def test_a_short_absence_is_waited_out(tmp_path):
    with RedisServer() as server:
        link = RedisLink(server.url, patience_s=30.0)
        texts = RedisTexts(link, "pauses")
        texts.put("a", b"1")
        server.kill()
        back = threading.Timer(0.3, server.start)
        back.start()
        assert texts.all() == {"a": b"1"}, "what was acknowledged outlives the server"
        back.join()
        link.close()


def test_a_long_one_is_said_once_and_then_at_once():
    link = RedisLink("redis://127.0.0.1:1/0", patience_s=0.5)
    texts = RedisTexts(link, "pauses")
    with pytest.raises(StoreUnavailable) as trouble:
        texts.all()
    assert "redis://127.0.0.1:1/0" in trouble.value.zh
    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        texts.all()
    assert time.monotonic() - started < 0.4
    link.close()


def test_a_wrong_password_and_a_full_server_are_named(redis_url):
    with RedisServer("--requirepass", "right") as server:
        settings = load_settings({"JIANWEI_WORKERS__REDIS_URL": server.url, "JIANWEI_WORKERS__PASSWORD": "wrong"})
        wrong = link_of(settings)
        with pytest.raises(StoreUnavailable) as refused:
            wrong.require_answer()
        assert "workers.password" in refused.value.zh
        assert "wrong" not in refused.value.zh
        wrong.close()
    with redis.Redis.from_url(redis_url) as client:
        link = RedisLink(redis_url, patience_s=0.2)
        client.config_set("maxmemory", "1mb")
        try:
            with pytest.raises(StoreUnavailable) as full:
                RedisTexts(link, "pauses").put("a", bytes(100))
        finally:
            client.config_set("maxmemory", "0")
        assert "maxmemory" in full.value.zh
        link.close()


def test_settings_that_cannot_work_together_are_refused(tmp_path):
    assert shared_work(load_settings({})) is None
    with pytest.raises(SettingInvalid):
        load_settings({"JIANWEI_WORKERS__REDIS_URL": "redis://user:secret@10.0.0.1:6379/0"})
    for local in ("redis://127.0.0.1:6379/1", "redis://localhost", "unix:///run/redis.sock"):
        work = shared_work(load_settings({"JIANWEI_WORKERS__REDIS_URL": local}))
        work.close()
    apart = {"JIANWEI_WORKERS__REDIS_URL": "redis://10.1.1.20:6379/0"}
    with pytest.raises(SettingInvalid) as refused:
        shared_work(load_settings(apart))
    assert "elasticsearch" in refused.value.zh
    shared_work(load_settings(apart | {"JIANWEI_STORE__KIND": "elasticsearch"})).close()
    missing = {"JIANWEI_WORKERS__REDIS_URL": "redis://127.0.0.1/0", "JIANWEI_WORKERS__PASSWORD_FILE": "nowhere"}
    with pytest.raises(SettingInvalid) as unread:
        shared_work(load_settings(missing | {"JIANWEI_HOME": str(tmp_path)}))
    assert "nowhere" in unread.value.zh
