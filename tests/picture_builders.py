"""Draws the pictures tests look at: codes by zxing-cpp's writer, print in Noto CJK, damage by OpenCV."""

import io
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
OFFICIAL = "https://cx.mem.gov.cn/special?index=0"
LOOKALIKE = "http://cx-mem-gov.cn/query?id=88"
SOUND_NUMBER = "T320723199003070011"
"""An invented number with a right check digit."""


def qr(text: str, scale: int = 6, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.QRCode) -> Image.Image:
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=scale)
    return Image.fromarray(np.array(drawn)).convert("RGB")


def printed(lines: list[str], size: tuple[int, int] = (800, 500), height: int = 40) -> Image.Image:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONT), height, index=2)
    for place, line in enumerate(lines):
        draw.text((40, 30 + place * height * 17 // 10), line, font=font, fill="black")
    return image


def card(code: str, *, number: str = SOUND_NUMBER, valid: str = "2024-05-10至2030-05-09") -> Image.Image:
    lines = [
        "中华人民共和国特种作业操作证",
        "姓名 王建国",
        f"证号 {number}",
        "作业类别 电工作业",
        "准操项目 低压电工作业",
        f"有效期限 {valid}",
    ]
    image = printed(lines, (1000, 560), 34)
    if code:
        image.paste(qr(code, 5), (720, 150))
    return image


def as_bytes(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def in_perspective(image: Image.Image, share: float = 0.15) -> Image.Image:
    values = np.array(image)
    height, width = values.shape[:2]
    flat = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = np.float32(
        [[width * share, height * share], [width, 0], [width * (1 - share), height], [0, height * (1 - share)]]
    )
    turn = cv2.getPerspectiveTransform(flat, seen)
    return Image.fromarray(cv2.warpPerspective(values, turn, (width, height), borderValue=(110, 100, 90)))


def on_a_cylinder(image: Image.Image, depth: float = 50) -> Image.Image:
    values = np.array(image)
    height, width = values.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    across = (x - width / 2) / (width / 2)
    bent = y + depth * (1 - np.sqrt(1 - (across * 0.9) ** 2))
    return Image.fromarray(cv2.remap(values, x, bent.astype(np.float32), cv2.INTER_LINEAR, borderValue=(110, 100, 90)))


def flat_contrast(image: Image.Image, low: int, high: int) -> Image.Image:
    values = np.array(image, np.float64)
    return Image.fromarray((low + (high - low) * values / 255).astype(np.uint8))


def side_by_side(*images: Image.Image) -> Image.Image:
    whole = Image.new("RGB", (sum(one.width for one in images) + 40, max(one.height for one in images) + 40), "white")
    left = 20
    for one in images:
        whole.paste(one, (left, 20))
        left += one.width
    return whole
