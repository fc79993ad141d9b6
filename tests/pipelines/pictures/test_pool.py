"""The pool: whatever a picture does to its worker, every future is answered and the next picture is read."""

import os
import time
from concurrent.futures import CancelledError

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.pool import PicturePool
from pipelines.pictures.reading import READY, WITH_TEXT, ReadCode, Reading
from tests.picture_builders import LOOKALIKE, as_bytes, blurred, card, qr

PNG = b"\x89PNG\r\n\x1a\n"
CAPS = PictureCaps(time_s=3.0)
WAIT_S = 60


def odd_worker(connection, caps):
    """Does what the picture says: dies, hangs, takes all memory, talks nonsense, or answers."""
    connection.send_bytes(READY)
    while True:
        asked = connection.recv_bytes()
        what = asked[1 + len(PNG) :]
        if what == b"die":
            os._exit(3)
        if what == b"nonsense":
            connection.send_bytes(b"\x80\x04not json")
            continue
        half = Reading(codes=(ReadCode(text="half", kind="QR Code"),), is_final=False)
        connection.send_bytes(msgspec.json.encode(half))
        if what == b"hang":
            time.sleep(600)
        connection.send_bytes(msgspec.json.encode(Reading(text=what.decode() + str(asked[0] & WITH_TEXT))))


def no_worker(connection, caps):
    """Ends at once."""


@pytest.fixture(scope="module")
def odd():
    with PicturePool(1, CAPS, odd_worker) as pool:
        yield pool


def test_a_worker_that_dies_takes_only_its_own_picture(odd):
    futures = [odd.submit(PNG + what) for what in (b"one", b"die", b"two")]
    one, died, two = (future.result(WAIT_S) for future in futures)
    assert (one.text, two.text) == ("one1", "two1")
    assert "异常退出" in died.failure


def test_a_worker_that_hangs_is_ended_and_what_it_had_read_is_kept(odd):
    slow, after = (odd.submit(PNG + what) for what in (b"hang", b"after"))
    reading = slow.result(WAIT_S)
    assert "时限" in reading.failure
    assert [code.text for code in reading.codes] == ["half"]
    assert after.result(WAIT_S).text == "after1"


def test_nonsense_from_a_worker_is_a_failure_not_an_error(odd):
    assert odd.submit(PNG + b"nonsense").result(WAIT_S).failure
    assert odd.submit(PNG + b"x", wants_text=False).result(WAIT_S).text == "x0"


def test_what_is_no_picture_never_reaches_a_worker():
    with PicturePool(1, PictureCaps(file_bytes=100), no_worker) as pool:
        assert "ZIP" in pool.submit(b"PK\x03\x04").result(0).failure
        assert "上限" in pool.submit(PNG * 20).result(0).failure


def test_workers_that_cannot_start_are_said():
    with PicturePool(1, CAPS, no_worker) as pool:
        assert "无法启动" in pool.submit(PNG).result(WAIT_S).failure


def test_closing_cancels_what_was_not_begun():
    pool = PicturePool(1, PictureCaps(time_s=2.0), odd_worker)
    futures = [pool.submit(PNG + b"hang") for _ in range(4)]
    pool.close()
    ended = 0
    for future in futures:
        try:
            future.result(WAIT_S)
        except CancelledError:
            ended += 1
    assert ended >= 2
    with pytest.raises(RuntimeError):
        pool.submit(PNG)


def test_giving_up_does_not_wait_for_a_picture_under_way():
    caps = PictureCaps(time_s=600.0)
    pool = PicturePool(1, caps, odd_worker)
    assert pool.submit(PNG + b"begun").result(WAIT_S).text == "begun1"
    hanging = pool.submit(PNG + b"hang")
    until = time.monotonic() + WAIT_S
    while not hanging.running() and time.monotonic() < until:
        time.sleep(0.01)
    pool.close(at_once=True)
    assert hanging.result(0).failure


@pytest.fixture(scope="module")
def real():
    with PicturePool(1) as pool:
        yield pool


def test_a_photographed_card_gives_codes_and_print(real):
    reading = real.submit(as_bytes(blurred(card(LOOKALIKE), 1.0), "JPEG", quality=70)).result(WAIT_S)
    assert [code.text for code in reading.codes] == [LOOKALIKE]
    assert "特种作业操作证" in reading.text
    assert "姓名王建国" in reading.text.replace(" ", "")
    assert reading.failure == ""


def test_a_long_animation_without_a_code_was_opened(real):
    from PIL import Image

    frames = [Image.new("RGB", (60, 60), (shade * 3, 90, 90)) for shade in range(60)]
    content = as_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:])
    reading = real.submit(content, wants_text=False).result(WAIT_S)
    assert (reading.codes, reading.was_opened) == ((), True)
    assert "动图共 60 帧" in reading.failure
    assert not real.submit(content[:20], wants_text=False).result(WAIT_S).was_opened


def test_a_picture_that_needs_more_memory_than_allowed_is_refused_and_the_worker_lives():
    caps = PictureCaps(memory_bytes=1_500_000_000, pixel_count=400_000_000)
    from PIL import Image

    bomb = as_bytes(Image.new("L", (18_000, 18_000), 255))
    with PicturePool(1, caps) as pool:
        hostile = pool.submit(bomb, wants_text=False)
        after = pool.submit(as_bytes(qr(LOOKALIKE)), wants_text=False)
        assert hostile.result(WAIT_S).failure
        assert [code.text for code in after.result(WAIT_S).codes] == [LOOKALIKE]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from([PNG, b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"II*\0", b"RIFF\0\0\0\0WEBP", b""]),
    body=st.binary(max_size=600),
)
def test_any_bytes_are_answered(real, head, body):
    reading = real.submit(head + body, wants_text=False).result(WAIT_S)
    assert reading.failure or reading.codes == ()
