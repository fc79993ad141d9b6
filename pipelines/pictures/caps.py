"""What one picture may cost. A picture beyond a cap is refused with a sentence, never read in part without saying so."""

from dataclasses import dataclass

__all__ = ["PictureCaps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCaps:
    """Limits for one picture and its worker."""

    file_bytes: int = 50_000_000
    pixel_count: int = 64_000_000
    """Pixels of a format that must be decoded whole; a full-page screenshot of 1,366 x 30,000 has 41 million."""
    jpeg_pixel_count: int = 260_000_000
    """JPEG is decoded at a half, quarter or eighth: the largest telephone cameras give 200 million."""
    side_pixels: int = 60_000
    frame_count: int = 6
    """Frames of an animation that are looked at, spread evenly."""
    code_count: int = 40
    code_chars: int = 8_000
    text_chars: int = 20_000
    code_time_s: float = 3.0
    """Retries for codes that are hard to read end after this much work of the processor."""
    text_time_s: float = 12.0
    """No further stretch of a long picture is recognised after this much work."""
    time_s: float = 60.0
    """The worker is ended after this by the clock, whatever it does."""
    start_time_s: float = 60.0
    memory_bytes: int = 3_000_000_000
    """Address space of a worker; models and libraries take about one gigabyte of it."""
