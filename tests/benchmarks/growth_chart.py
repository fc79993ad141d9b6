"""The growth benchmark as a picture: milliseconds against leads in the store, both axes in powers of ten; below each size what merging costs there."""

import math
from collections.abc import Sequence
from itertools import pairwise

__all__ = ["chart"]

_LINES = (
    ("page_p95_ms", "three filters and facets, p95 ms", "#1f5fbf"),
    ("text_p95_ms", "two characters of text, p95 ms", "#b3261e"),
    ("text_page_p95_ms", "the same two with facets, p95 ms", "#b26a00"),
    ("statistics_p95_ms", "statistics over all, p95 ms", "#1a7f5a"),
    ("lead_p95_ms", "a lead and its observations, p95 ms", "#6b4b8b"),
)
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 920, 460, 90, 330, 30, 92
_INK = "#1b1f24"


def chart(rows: Sequence[dict[str, float]], page_ms: float, text_ms: float) -> str:
    """Return an SVG of the measured sizes, smallest first; the two goals are dashed."""
    sizes = [row["leads"] for row in rows]
    goals = {"page_p95_ms": page_ms, "text_p95_ms": text_ms}
    values = [*goals.values(), *(row[name] for row in rows for name, _, _ in _LINES)]
    across = _Scale(min(sizes) / 1.3, max(sizes) * 1.3, _LEFT, _WIDTH - _RIGHT)
    up = _Scale(
        10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values))), _HEIGHT - _BOTTOM, _TOP
    )
    parts = [f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fbfbf9"/>', *_grid(up), *_below(across, rows)]
    ends = _apart([up(rows[-1][name]) for name, _, _ in _LINES])
    for (name, words, colour), end in zip(_LINES, ends, strict=True):
        if name in goals:
            parts.append(_goal(up(goals[name]), goals[name], colour))
        points = " ".join(f"{across(row['leads']):.1f},{up(row[name]):.1f}" for row in rows)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{across(row["leads"]):.1f}" cy="{up(row[name]):.1f}" r="3.5" fill="{colour}"/>'
            for row in rows
        ]
        parts.append(
            f'<text x="{_WIDTH - _RIGHT + 14}" y="{end + 4:.1f}" fill="{colour}">{words}: {rows[-1][name]:,.3g}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="13">'
        + "".join(parts)
        + "</svg>\n"
    )


class _Scale:
    """Powers of ten laid along a line."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high = low, high
        self._start, self._step = start, (end - start) / (math.log10(high) - math.log10(low) or 1)

    def __call__(self, value: float) -> float:
        return self._start + (math.log10(value) - math.log10(self.low)) * self._step


def _grid(up: _Scale) -> list[str]:
    parts = []
    for power in range(round(math.log10(up.low)), round(math.log10(up.high)) + 1):
        y = up(10**power)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dcdcd6"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{_INK}">{10.0**power:,.6g} ms</text>'
        )
    return parts


def _goal(y: float, goal: float, colour: str) -> str:
    line = f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-dasharray="2 5"/>'
    return f'{line}<text x="{_LEFT + 6}" y="{y - 3:.1f}" font-size="11" fill="{colour}">goal {goal:g} ms</text>'


def _below(across: _Scale, rows: Sequence[dict[str, float]]) -> list[str]:
    lines = [
        (22, [f"{row['leads']:,.0f} leads" for row in rows]),
        (44, [f"merged {row['merge_per_s']:,.0f}/s" for row in rows]),
        (62, [f"{row['merge_share']:.2g} of bare inserts" for row in rows]),
    ]
    return [
        f'<text x="{across(row["leads"]):.1f}" y="{_HEIGHT - _BOTTOM + down}" text-anchor="middle" fill="{_INK}">{text}</text>'
        for down, texts in lines
        for row, text in zip(rows, texts, strict=True)
    ]


def _apart(places: Sequence[float], gap: float = 18) -> list[float]:
    """Return the places moved down just so far that labels there do not cover each other."""
    moved = list(places)
    order = sorted(range(len(places)), key=lambda one: places[one])
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + gap)
    return moved
