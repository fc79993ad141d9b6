"""Bytes → pixels: every odd file is read as it is meant or refused with a reason, before it can cost anything."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.frames import open_frames
from pipelines.pictures.sniff import PictureRefused, refuse_foreign
from tests.picture_builders import as_bytes, qr

CAPS = PictureCaps(pixel_count=4_000_000, jpeg_pixel_count=20_000_000, side_pixels=20_000, frame_count=3)
CODE = qr("http://a.cn/")


def refusal(content):
    with pytest.raises(PictureRefused) as refused:
        open_frames(content, CAPS)
    return str(refused.value)


def png_of_size(width, height):
    """A PNG whose header promises this much and whose data is a few bytes."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def a_zip():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"<?xml version='1.0'?><svg width='9'></svg>", "SVG"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "网页"),
        (a_zip(), "ZIP"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"MZ\x90\0" * 10, "程序"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "视频"),
        (b"hello " * 100, "不是可识别的图片"),
        (png_of_size(60_000, 60_000), "图片炸弹"),
        (png_of_size(3_000, 3_000), "超过上限"),
        (as_bytes(CODE)[:300], "损坏"),
        (as_bytes(CODE, "JPEG")[: len(as_bytes(CODE, "JPEG")) // 2], "损坏"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 200, "损坏"),
        (b"GIF89a" + b"\xff" * 60, "损坏"),
    ],
)
def test_refusals_say_what_the_file_is(content, says):
    assert says in refusal(content)


def test_a_file_over_the_cap_is_refused_before_it_is_looked_at():
    with pytest.raises(PictureRefused, match="上限"):
        open_frames(b"\xff\xd8\xff" + bytes(1000), PictureCaps(file_bytes=500))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "CMYK"),
        ("PNG", "1"),
        ("PNG", "L"),
        ("PNG", "P"),
        ("PNG", "I;16"),
        ("TIFF", "CMYK"),
        ("BMP", "1"),
        ("WEBP", "RGB"),
        ("GIF", "P"),
    ],
)
def test_every_mode_becomes_the_same_picture(kind, mode):
    image = CODE.convert("L").convert("I;16").point(lambda v: v * 200) if mode == "I;16" else CODE.convert(mode)
    [pixels] = open_frames(as_bytes(image, kind), CAPS).pixels
    assert pixels.shape == (CODE.height, CODE.width, 3)
    assert (np.abs(pixels.astype(int) - np.array(CODE).astype(int)) > 90).mean() < 0.02


def test_exif_turns_the_picture_upright():
    image = Image.new("RGB", (40, 20), "white")
    exif = image.getexif()
    exif[0x0112] = 6
    [pixels] = open_frames(as_bytes(image, "JPEG", exif=exif), CAPS).pixels
    assert pixels.shape == (40, 20, 3)


@pytest.mark.parametrize(("colour", "ground"), [((255, 255, 255), 16), ((0, 0, 0), 255)])
def test_what_is_drawn_on_nothing_stays_visible(colour, ground):
    image = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    image.paste((*colour, 255), (0, 0, 10, 20))
    [pixels] = open_frames(as_bytes(image), CAPS).pixels
    assert pixels[0, 30, 0] == ground


def test_an_animation_is_sampled_and_that_is_said():
    frames = [Image.new("RGB", (50, 50), (shade, shade, shade)) for shade in range(0, 250, 25)]
    content = as_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:])
    opened = open_frames(content, CAPS)
    assert len(opened.pixels) == 3
    assert opened.note == "动图共 10 帧，只看了其中 3 帧"


def test_the_last_frame_of_an_animation_is_seen():
    shades = [*range(0, 200, 5), 255]
    frames = [Image.new("RGB", (50, 50), (shade, shade, shade)) for shade in shades]
    opened = open_frames(as_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:]), CAPS)
    assert [int(pixels[0, 0, 0]) for pixels in (opened.pixels[0], opened.pixels[-1])] == [0, 255]


def test_a_huge_photograph_is_decoded_small():
    content = as_bytes(Image.new("L", (12_000, 1_500), 255), "JPEG")
    assert len(content) < 2_000_000
    [pixels] = open_frames(content, CAPS).pixels
    assert max(pixels.shape) < 12_000


SEEDS = [as_bytes(CODE.resize((60, 60)), kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "ICO")]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 4_000), st.binary(min_size=1, max_size=6)), max_size=8),
    st.integers(0, 4_000),
)
def test_any_damage_gives_pixels_or_a_reason(seed, damage, cut):
    content = bytearray(seed)
    for place, noise in damage:
        start = place % len(content)
        content[start : start + len(noise)] = noise
    try:
        frames = open_frames(bytes(content[: len(content) - cut % len(content)]), CAPS)
    except PictureRefused as refused:
        assert str(refused)
    else:
        assert all(one.dtype == np.uint8 and one.ndim == 3 for one in frames.pixels)


@given(st.binary(max_size=400))
def test_any_bytes_are_sniffed(content):
    try:
        refuse_foreign(content)
    except PictureRefused as refused:
        assert str(refused)
