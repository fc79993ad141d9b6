import gzip
import time
import zlib

import pytest

from deploy.range.client import Range
from deploy.range.world import load_world


def test_the_loop_goes_round(visitor) -> None:
    with visitor.ask("http://www.huanlu-tiku.com/a") as answer:
        assert answer.headers["location"] == "/b"
    with visitor.ask("http://www.huanlu-tiku.com/b") as answer:
        assert answer.headers["location"] == "/a"


@pytest.mark.parametrize(
    ("host", "start"),
    [
        ("www.bendi-fanhui.com", "http://127.0.0.1:"),
        ("www.yun-yuanshuju.com", "http://169.254.169.254/latest/"),
        ("www.tiaozhuan-neiwang.com", "http://neiwang.tiaozhuan-neiwang.com/"),
    ],
)
def test_redirects_to_inner_places(practice: Range, visitor, host: str, start: str) -> None:
    with visitor.ask(f"https://{host}/") as answer:
        assert answer.status == 302
        location = answer.headers["location"]
        assert location.startswith(start)
    with visitor.ask(location) as answer:
        assert answer.status == 502
    assert practice.requests()[-1].host == ""


def test_the_endless_page_goes_on_as_long_as_somebody_reads(visitor) -> None:
    answer = visitor.ask("https://www.wujin-zhengwen.com/")
    assert len(answer.read(3_000_000)) == 3_000_000
    answer.close()
    assert visitor.read("https://www.baidu.com/")[0] == 200


def test_the_bomb_is_small_on_the_wire_and_large_unpacked(visitor) -> None:
    with visitor.ask("https://www.yasuo-zhadan.com/") as answer:
        assert answer.headers["content-encoding"] == "gzip"
        packed = answer.read()
    assert len(packed) < 3_000_000
    unpacker, size, rest = zlib.decompressobj(31), 0, packed
    while rest:
        size += len(unpacker.decompress(rest, 64 << 20))
        rest = unpacker.unconsumed_tail
    assert size > 1_000_000_000
    assert unpacker.eof  # the checksum at the end holds
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(b"x")


def test_the_drip_takes_its_time(visitor) -> None:
    started = time.monotonic()
    answer = visitor.ask("https://www.manman-di.com/")
    assert answer.read(3) == b"<!D"
    assert 1.5 < time.monotonic() - started < 6
    answer.close()


def test_octets_and_header_disagree(visitor) -> None:
    with visitor.ask("https://www.luanma-ziliao.com/") as answer:
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        octets = answer.read()
    with pytest.raises(UnicodeDecodeError):
        octets.decode()
    assert "焊工考试复习资料" in octets.decode("gb18030")


def test_large_and_odd_bodies(visitor) -> None:
    with visitor.ask("https://www.yihang-wuzhao.com/") as answer:
        body = answer.read()
    assert len(body) > 4_900_000
    assert b"\n" not in body
    with visitor.ask("https://www.lianjie-liangwan.com/") as answer:
        assert answer.read().count(b"<a ") == 20_000
    with visitor.ask("https://www.canque-wangye.com/") as answer:
        assert b"\x00\xff" in answer.read()
    with visitor.ask("https://www.zidong-xiazai.com/") as answer:
        assert answer.headers["content-type"] == "application/octet-stream"
        assert ".." in answer.headers["content-disposition"]
    assert "alert(" in visitor.read("https://www.tanchuang-buduan.com/")[1]


def test_hostile_headers_arrive_as_they_are(visitor) -> None:
    with visitor.ask("https://www.toubu-gongji.com/") as answer:
        assert answer.headers["server"] == "<script>alert(1)</script>"
        assert len(answer.headers["x-long"]) == 12_000
        assert len(answer.headers.get_all("set-cookie")) == 2


def test_every_trap_is_in_the_way_of_a_sweep() -> None:
    world = load_world()
    indexed = {entry.url.split("/")[2] for entry in world.index}
    traps = [host for host in world.hosts if host.kind == "trap" and host.truth and "engine" in host.truth.found_by]
    assert len(traps) >= 13
    assert all(host.name in indexed for host in traps)
