"""Recognises print with rapidocr; its models are inside the wheel and nothing is downloaded. Runs in the worker."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.frames import Pixels

__all__ = ["TextReader", "lines_of"]

_LONGEST = 1_280
"""Side at which print of a photographed card or advert is still read; twice it takes four times as long."""
_STRETCH, _OVERLAP = 2_000, 120
_SHORTEST = 24
_SURE = 0.5
_SAME_LINE = 0.5
_UNSURE, _SURER = 0.85, 0.1
"""Mean sureness below which a picture may have been mirrored to keep it from being read (print read aright has 0.9 and more),
and by how much the mirrored reading must be the surer one."""
_PARAMETERS = {
    "Global.log_level": "critical",
    "Global.text_score": _SURE,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One recognised run of print."""

    text: str
    left: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Return the height of its middle."""
        return (self.top + self.bottom) / 2


class TextReader:
    """Reads print. The model is loaded with the first picture that asks for it: codes alone need none."""

    def __init__(self) -> None:
        self._engine: Any = None

    def read(self, pixels: Pixels, caps: PictureCaps, spent: Callable[[], float]) -> tuple[str, str]:
        """Return (recognised print, what was left out or empty); a long picture is read stretch by stretch, the top first."""
        lines: list[str] = []
        for is_first, stretch in _stretches(pixels):
            if not is_first and spent() > caps.text_time_s:
                return _joined(lines, caps), "图片过长，只识别了上部文字"
            lines += [line for line in lines_of(self._pieces(stretch)) if line not in lines[-6:]]
            if sum(map(len, lines)) > caps.text_chars:
                return _joined(lines, caps), "文字过多，只保留了前面部分"
        return _joined(lines, caps), ""

    def _pieces(self, pixels: Pixels) -> list[Piece]:
        pieces, sureness = self._recognised(pixels)
        if not pieces or sureness >= _UNSURE:
            return pieces
        mirrored, mirrored_sureness = self._recognised(pixels[:, ::-1])
        return mirrored if mirrored_sureness > sureness + _SURER else pieces

    def _recognised(self, pixels: Pixels) -> tuple[list[Piece], float]:
        """Return the runs of print and how sure they are, the longer ones counted for more; 0: there is none."""
        if self._engine is None:
            from rapidocr import RapidOCR

            self._engine = RapidOCR(params=_PARAMETERS)
        found = self._engine(np.ascontiguousarray(pixels[..., ::-1]))
        if found.txts is None or found.boxes is None or found.scores is None:
            return [], 0.0
        runs = [run for run in zip(found.txts, found.boxes, found.scores, strict=True) if str(run[0]).strip()]
        pieces = [
            Piece(str(text), float(box[:, 0].min()), float(box[:, 1].min()), float(box[:, 1].max()))
            for text, box, _ in runs
        ]
        letters = sum(len(piece.text) for piece in pieces)
        sure = sum(len(text) * float(score) for text, _, score in runs)
        return pieces, sure / letters if letters else 0.0


def lines_of(pieces: list[Piece]) -> list[str]:
    """Return the print line by line as people read it: pieces at one height stand on one line, left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: one.middle):
        row = rows[-1] if rows else None
        if row and abs(piece.middle - row[-1].middle) <= _SAME_LINE * min(
            piece.bottom - piece.top, row[-1].bottom - row[-1].top
        ):
            row.append(piece)
        else:
            rows.append([piece])
    return [" ".join(piece.text for piece in sorted(row, key=lambda one: one.left)) for row in rows]


def _stretches(pixels: Pixels) -> Iterator[tuple[bool, Pixels]]:
    height, width = pixels.shape[:2]
    if min(height, width) < _SHORTEST:
        pixels = _resized(pixels, _SHORTEST * 2 / min(height, width))
        height, width = pixels.shape[:2]
    if height <= max(_STRETCH, 2 * width):
        yield True, _shrunk(pixels)
        return
    for top in range(0, height - _OVERLAP, _STRETCH - _OVERLAP):
        yield top == 0, _shrunk(pixels[top : top + _STRETCH])


def _shrunk(pixels: Pixels) -> Pixels:
    scale = _LONGEST / max(pixels.shape[:2])
    return pixels if scale >= 1 else _resized(pixels, scale)


def _resized(pixels: Pixels, scale: float) -> Pixels:
    width, height = (max(1, min(8_000, round(side * scale))) for side in (pixels.shape[1], pixels.shape[0]))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)


def _joined(lines: list[str], caps: PictureCaps) -> str:
    return "\n".join(lines)[: caps.text_chars]
