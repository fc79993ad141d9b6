"""The counting links of the search engines: opaque addresses that lead to a row's target.

They are derived from the row alone, so that a row has the same link on every page and in every run.
"""

import base64
import hashlib

from deploy.range.model import IndexEntry, Truth, Verdict
from deploy.range.world import World

__all__ = ["KNOWS", "advert_truths", "target_of", "token", "wrapped"]

_PREFIXES = {
    ("baidu", False): "https://www.baidu.com/link?url=",
    ("baidu", True): "https://www.baidu.com/baidu.php?url=",
    ("so360", False): "https://www.so.com/link?m=",
    ("so360", True): "https://e.so.com/search/eclk?p=",
    ("sogou", False): "https://www.sogou.com/link?url=",
    ("sogou", True): "https://www.sogou.com/bill_cpc?p=",
}
KNOWS = {"sogou": "so360"}
"""Engines that know what another one knows: they are there to be read, not to be counted."""


def token(entry: IndexEntry, engine: str) -> str:
    """Return the opaque part of a row's link."""
    text = f"{engine}\n{entry.advert is not None}\n{entry.url}\n{entry.title}"
    digest = hashlib.sha512(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def wrapped(entry: IndexEntry, engine: str) -> str:
    """Return the link a row of `engine` carries."""
    return _PREFIXES[engine, entry.advert is not None] + token(entry, engine)


def target_of(world: World, engine: str, asked: str) -> str:
    """Return where the link with this opaque part leads; empty if there is none."""
    known = KNOWS.get(engine, engine)
    return next((e.url for e in world.index if known in e.engines and token(e, engine) == asked), "")


def advert_truths(world: World) -> tuple[Truth, ...]:
    """Return the ground truth about every advert, keyed by its counting link."""
    return tuple(
        Truth(
            kind="advert", key=wrapped(entry, engine), verdict=Verdict(entry.advert.verdict),
            pattern="shows_target" if entry.advert.shows_target else "wrapper_only", found_by=("engine",),
        )
        for entry in world.index if entry.advert is not None for engine in entry.engines
    )  # fmt: skip
