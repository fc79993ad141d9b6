"""Pages that say next to nothing in their text: what their head tags and pictures say is what a visitor, or a search engine, is told."""

import re
from dataclasses import replace

from detectors.model import PageContent

__all__ = ["with_untold_words"]

_LITTLE_TEXT = 400
"""Characters below which a page may leave it to its head tags to say what it is."""
_ALMOST_NONE = 80
"""Characters below which a page is its pictures."""
_FEW_IMAGES = 8
_LONGEST_TITLE = 60
_CHINESE = re.compile("[㐀-鿿]")
_TITLE_TAGS = ("og:title", "twitter:title", "title", "description", "og:description", "keywords")
_CLAUSE = re.compile("[，,。；;！!|｜\n]")


def with_untold_words(page: PageContent) -> PageContent:
    """Return the page with the title its tags give it, and the words of its pictures as headings and lines; the page itself if it speaks."""
    if len(page.text) >= _LITTLE_TEXT:
        return page
    title = "" if _CHINESE.search(page.title) else _tagged_title(page)
    shown = _shown(page) if len(page.text) < _ALMOST_NONE else []
    if not title and not shown:
        return page
    alts = "\n".join(word for words in shown for word in words.split())  # a record's values on lines of their own
    headings = (*page.headings, *shown)
    return replace(page, title=title or page.title, text=f"{page.text}\n{alts}".strip(), headings=headings)


def _tagged_title(page: PageContent) -> str:
    tags = dict(reversed(page.metas))
    told = (_CLAUSE.split(tags.get(name, ""), maxsplit=1)[0] for name in _TITLE_TAGS)
    return next((words[:_LONGEST_TITLE] for words in told if _CHINESE.search(words)), "")


def _shown(page: PageContent) -> list[str]:
    """Return what is said of the first pictures."""
    return [image.alt for image in page.images[:_FEW_IMAGES] if _CHINESE.search(image.alt)]
