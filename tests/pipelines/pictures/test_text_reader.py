"""Print as it is shown in pictures of listings."""

import numpy as np
import pytest
from PIL import Image

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.text_reader import TextReader
from tests.picture_builders import printed

OFFER = ["电工证 焊工证 登高证", "不用考试 官网可查", "微信 dgz8899123"]


@pytest.fixture(scope="module")
def reader():
    return TextReader()


@pytest.mark.parametrize(
    "turn",
    [None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180],
    ids=str,
)
def test_print_is_read_however_the_picture_was_turned(reader, turn):
    image = printed(OFFER)
    text, left_out = reader.read(
        np.asarray((image.transpose(turn) if turn is not None else image).convert("RGB")), PictureCaps(), lambda: 0.0
    )
    assert "官网可查" in text
    assert "8899123" in text
    assert left_out == ""


def test_a_picture_without_print_has_none(reader):
    blank = np.full((300, 400, 3), 200, np.uint8)
    assert reader.read(blank, PictureCaps(), lambda: 0.0) == ("", "")
