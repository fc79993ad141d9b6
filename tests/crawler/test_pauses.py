"""Engines that asked to be left alone are, over restarts, and no longer than they asked."""

from datetime import timedelta

from crawler.engines.model import EngineCaptcha, EngineTooMany
from crawler.pauses import Pauses
from pipelines.stores.redis.board import RedisTexts
from pipelines.stores.redis.connection import RedisLink
from tests.conftest import NOW


def test_a_pause_outlives_the_program_and_ends_by_itself(tmp_path):
    Pauses(tmp_path / "home").begin("sogou", EngineTooMany("429", 900), NOW)
    again = Pauses(tmp_path / "home")
    assert again.current("sogou", NOW + timedelta(seconds=899)).kind == "too_many"
    assert again.current("sogou", NOW + timedelta(seconds=900)) is None
    assert again.current("baidu", NOW) is None


def test_pauses_are_told_soonest_end_first_and_ended_by_hand(tmp_path):
    pauses = Pauses(tmp_path)
    pauses.begin("baidu", EngineCaptcha("wall"), NOW)
    pauses.begin("weixin/links", EngineTooMany(), NOW)
    assert [one.name for one in pauses.all(NOW)] == ["weixin/links", "baidu"]
    assert pauses.end("baidu")
    assert not pauses.end("baidu")
    assert [one.name for one in pauses.all(NOW)] == ["weixin/links"]


def test_a_later_refusal_counts_anew_and_old_ones_are_forgotten(tmp_path):
    pauses = Pauses(tmp_path)
    pauses.begin("bing", EngineTooMany("", 60), NOW)
    later = NOW + timedelta(hours=1)
    pauses.begin("baidu", EngineTooMany("", 60), later)
    assert [one.name for one in pauses.all(NOW)] == ["baidu"]
    assert pauses.current("baidu", later).until == later + timedelta(seconds=60)


def test_a_spoilt_note_keeps_nobody_from_working(tmp_path):
    (tmp_path / "engine_pauses.json").write_bytes(b'[{"name": 1}\xff')
    assert Pauses(tmp_path).all(NOW) == ()


def test_pauses_of_workers_are_seen_by_all_and_a_spoilt_one_is_none(tmp_path, redis_url):
    link = RedisLink(redis_url)
    texts = RedisTexts(link, "pauses")
    Pauses(tmp_path / "one", texts).begin("sogou", EngineTooMany("429", 900), NOW)
    texts.put("spoilt", b"{")
    other = Pauses(tmp_path / "two", texts)
    assert [one.name for one in other.all(NOW)] == ["sogou"]
    assert other.current("sogou", NOW + timedelta(seconds=901)) is None
    assert other.end("sogou")
    assert other.current("sogou", NOW) is None
    link.close()
