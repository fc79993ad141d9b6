"""Codes in pictures as people take them."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.code_reader import read_codes
from tests.picture_builders import (
    LOOKALIKE,
    OFFICIAL,
    blurred,
    card,
    flat_contrast,
    in_perspective,
    on_a_cylinder,
    qr,
    side_by_side,
)

CAPS = PictureCaps()
TURNED = (90, 85, 80)


def read(image):
    return {one.text for one in read_codes(np.asarray(image.convert("RGB")), CAPS, lambda: 0.0)}


@pytest.mark.parametrize(
    "image",
    [
        card(LOOKALIKE),
        card(LOOKALIKE).rotate(33, expand=True, fillcolor=TURNED),
        blurred(card(LOOKALIKE), 2.2),
        flat_contrast(card(LOOKALIKE), 100, 145),
        ImageOps.invert(qr(LOOKALIKE)),
        in_perspective(card(LOOKALIKE)),
        on_a_cylinder(card(LOOKALIKE)),
        card(LOOKALIKE).resize((450, 252), Image.Resampling.LANCZOS),
        blurred(in_perspective(card(LOOKALIKE)), 1.2),
    ],
    ids=["plain", "turned", "blurred", "flat", "inverted", "perspective", "bent", "small", "perspective and blurred"],
)
def test_a_code_however_it_was_taken(image):
    assert read(image) == {LOOKALIKE}


def test_several_codes_of_different_sizes():
    image = side_by_side(qr(LOOKALIKE, 3), qr(OFFICIAL, 7), qr("https://u.wechat.com/EAA", 4))
    assert read(image) == {LOOKALIKE, OFFICIAL, "https://u.wechat.com/EAA"}


@pytest.mark.parametrize(
    "kind",
    [
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.Code128,
    ],
    ids=str,
)
def test_other_kinds_of_code(kind):
    assert read(qr("T320723-8842", 3, kind)) == {"T320723-8842"}


@pytest.mark.parametrize("pixels", [2.6, 3.0, 3.6])
def test_a_code_far_out_of_focus_is_read_once_the_blur_is_undone(pixels):
    image = blurred(card(LOOKALIKE), pixels)
    assert not zxingcpp.read_barcodes(image)
    assert read(image) == {LOOKALIKE}


@pytest.mark.parametrize("degrees", [20, 45, 60, 135])
def test_a_bar_code_that_lies_slantwise(degrees):
    code = qr("T320723-8842", 3, zxingcpp.BarcodeFormat.Code128).convert("RGB")
    code = code.resize((code.width, 110))
    photo = Image.new("RGB", (1000, 900), (188, 170, 150))
    turned = code.convert("RGBA").rotate(degrees, expand=True, resample=Image.Resampling.BICUBIC)
    photo.paste(turned, (150, 130), turned)
    assert read(photo) == {"T320723-8842"}


def test_one_row_of_pixels_that_fits_a_check_digit_is_no_code():
    thin = qr("6901234567892", 3, zxingcpp.BarcodeFormat.EAN13).convert("RGB").resize((360, 60))
    photo = Image.new("RGB", (600, 300), "white")
    photo.paste(thin.crop((0, 20, 360, 22)), (100, 120))
    assert read(photo) == set()


def test_no_code_is_seen_where_there_is_none():
    assert read(card("")) == set()


def test_retries_end_with_the_budget():
    looks = iter(range(10_000))
    blank = np.random.default_rng(1).integers(0, 255, (500, 500, 3), dtype=np.uint8)
    read_codes(blank, CAPS, lambda: float(next(looks)))
    assert next(looks) <= CAPS.code_time_s + 12


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**32 - 1))
def test_any_pixels_are_looked_at_without_a_fault(height, width, seed):
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    read_codes(pixels, CAPS, lambda: 0.0)
