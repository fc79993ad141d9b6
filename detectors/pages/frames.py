"""Pages laid out in frames: their text stands elsewhere, and what is left are the frames' titles and the words for browsers that have none."""

import re
from dataclasses import replace
from html import escape

from detectors.model import PageContent
from detectors.pages.read import read_page

__all__ = ["with_frames"]

_MARKS = ("<frameset", "<FRAMESET", "<Frameset")
_TITLE = re.compile(r"""<frame\b[^>]{0,1000}?\btitle\s*=\s*["']([^"'<>]{1,100})["']""", re.IGNORECASE)
_WITHOUT = re.compile(r"<noframes\b[^>]{0,200}>(.{0,20000}?)</noframes", re.IGNORECASE | re.DOTALL)
_MOST_FRAMES = 20


def with_frames(page: PageContent, html: str, url: str) -> PageContent:
    """Return the page with its frames' titles as headings, and with what it says without frames; the page itself if it has none."""
    if not any(mark in html for mark in _MARKS):
        return page
    titles = "".join(f"<h2>{escape(title)}</h2>" for title in _TITLE.findall(html)[:_MOST_FRAMES])
    without = _WITHOUT.search(html)
    told = read_page(f"{titles}<div>{without[1] if without else ''}</div>", url)
    return replace(
        page,
        text=f"{page.text}\n{told.text}".strip(),
        headings=(*page.headings, *told.headings),
        forms=(*page.forms, *told.forms),
        links=(*page.links, *told.links),
    )
