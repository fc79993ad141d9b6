"""How the pretend search engines and shops find things: plain word overlap, best first."""

from collections.abc import Sequence

from deploy.range.model import IndexEntry, Listing

__all__ = ["find_listings", "find_rows"]


def find_rows(index: Sequence[IndexEntry], engine: str, query: str) -> tuple[list[IndexEntry], list[IndexEntry]]:
    """Return the organic rows and the adverts `engine` has for `query`."""
    folded = query.casefold().replace('"', " ")
    scored = [(_row_score(entry, folded), entry) for entry in index if engine in entry.engines]
    found = [entry for score, entry in sorted(scored, key=lambda pair: -pair[0]) if score]
    return [entry for entry in found if entry.advert is None], [entry for entry in found if entry.advert is not None]


def _row_score(entry: IndexEntry, query: str) -> int:
    """Longer keywords say more; words of the query in the text count even without a keyword."""
    text = f"{entry.title} {entry.text}".casefold()
    words = query.split()
    by_keyword = sum(len(keyword) for keyword in entry.keywords if keyword.casefold() in query)
    by_text = sum(map(len, words)) if words and all(word in text for word in words) else 0
    return by_keyword + by_text


def find_listings(listings: Sequence[Listing], platform: str, query: str, phase: str) -> list[Listing]:
    """Return what a platform's search shows for `query`: lenient, as shops are, with near things at the end."""
    scored = [
        (_likeness(query.casefold(), f"{item.title} {item.text} {' '.join(item.keywords)}".casefold()), item)
        for item in listings
        if item.platform == platform and item.is_searchable and phase not in item.gone_in
    ]
    return [item for score, item in sorted(scored, key=lambda pair: -pair[0]) if score]


def _likeness(query: str, text: str) -> int:
    """Shared character pairs count double; the last character of a Chinese word (电工证) says what kind of thing is wanted."""
    kinds = {word[-1] for word in query.split()}
    return 2 * len(_pairs(query) & _pairs(text)) + len(kinds & set(text))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1) if not any(char.isspace() for char in text[at : at + 2])}
