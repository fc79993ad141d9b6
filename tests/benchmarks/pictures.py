"""What reading a picture costs beside the bare libraries, per picture, one core each: codes against one plain zxing-cpp call, codes and print
against one plain zxing-cpp and one plain rapidocr call; and how much longer text-only items take while pictures are being read.

Ours decodes the file in another process, looks again where a plain look finds nothing, and puts print into reading order.
"""

import io
import time

import numpy as np
import zxingcpp
from PIL import Image

from detectors.registry import Knowledge, build_detectors
from detectors.runner import judge
from keywords.loader import load_lexicon
from keywords.roster import load_roster
from pipelines.pictures.pool import PicturePool
from tests.builders import a_listing
from tests.picture_builders import LOOKALIKE, as_bytes, blurred, card, flat_contrast, in_perspective, printed, qr

GOAL = 2.0
"""Ours over bare, codes and print together: a second look and another process must not double the price."""
ADVERT = ["电工证 焊工证 登高证", "不用考试 官网可查", "微信 dgz8899123"]


def run() -> dict:
    """Return one benchmark record; milliseconds are wall time per picture, medians of the sort."""
    sorts = {
        "card": as_bytes(card(LOOKALIKE), "JPEG", quality=85),
        "card_blurred": as_bytes(blurred(card(LOOKALIKE), 2.2), "JPEG", quality=85),
        "card_flat_perspective": as_bytes(flat_contrast(in_perspective(card(LOOKALIKE)), 90, 150), "JPEG", quality=85),
        "advert": as_bytes(printed(ADVERT), "JPEG", quality=85),
        "code": as_bytes(qr(LOOKALIKE)),
    }
    bare = _Bare()
    rows = {}
    with PicturePool(1) as pool:
        pool.submit(sorts["card"]).result()  # models and libraries are loaded once a process
        for name, content in sorts.items():
            rows[name] = {
                "bare_codes_ms": _median(lambda content=content: bare.codes(content)),
                "codes_ms": _median(lambda content=content: pool.submit(content, wants_text=False).result()),
                "bare_both_ms": _median(lambda content=content: (bare.codes(content), bare.text(content))),
                "both_ms": _median(lambda content=content: pool.submit(content).result()),
                "bare_codes": len(bare.codes(content)),
                "codes": len(pool.submit(content, wants_text=False).result().codes),
            }
        rest = _rest(pool, sorts["card"])
    ratio = round(sum(row["both_ms"] for row in rows.values()) / sum(row["bare_both_ms"] for row in rows.values()), 2)
    detail = {"pictures": rows, "text_items": rest}
    return {"benchmark": "pictures", "ratio": ratio, "goal": GOAL, "holds": ratio <= GOAL, "detail": detail}


class _Bare:
    """The libraries as their own first example calls them."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        threads = {
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        self._engine = RapidOCR(params={"Global.log_level": "critical", **threads})
        self.text(as_bytes(printed(ADVERT)))

    def codes(self, content: bytes) -> list:
        return zxingcpp.read_barcodes(Image.open(io.BytesIO(content)))

    def text(self, content: bytes) -> object:
        return self._engine(np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))[..., ::-1])


def _rest(pool: PicturePool, content: bytes) -> dict:
    """Judge text-only items alone, then while a picture is being read: they never wait, they only share the cores."""
    detectors = build_detectors(Knowledge(roster=load_roster(), lexicon=load_lexicon()))
    items = [a_listing(f"电工证 {n} 包过不用考试", "加微信 dgz8899123 三天出证", item_id=str(n)) for n in range(300)]
    work = lambda: [judge(item, detectors) for item in items]  # noqa: E731
    work()
    alone_s = _seconds(work)
    reading = [pool.submit(content) for _ in range(3)]
    beside_s = _seconds(work)
    waiting = sum(not one.done() for one in reading)
    for one in reading:
        one.result()
    return {
        "alone_per_s": round(len(items) / alone_s),
        "beside_ocr_per_s": round(len(items) / beside_s),
        "pictures_unfinished_then": waiting,
    }


def _median(work) -> float:
    return round(sorted(_seconds(work) for _ in range(3))[1] * 1000, 1)


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
