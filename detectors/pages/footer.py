"""Where a page's foot is: by its element, its class or id, or the closing lines that name owner and filing."""

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["find_footer", "is_footer_element"]

_MAX_FOOTER = 4_000
_FOOTER_TAGS = frozenset(("div", "section", "table", "p", "ul", "center", "td", "dl"))
_TAIL_LINES = 25
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:(?:site|page|main|web|my|the|g|m|index|common)?-?foot(?:er)?(?:er|bar|wrap|box|inner|info|nav)?|copy-?right|bei-?an|bottom|btm|banquan)(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
_CAMEL_CLASS = re.compile(r"[Ff]ooter|copyRight|Copyright|CopyRight")
_MARK = re.compile(
    r"版权所有|版权归|主办(?:单位)?\s*[:：]|[一-鿿]{4}\s*主办$|承办(?:单位)?\s*[:：]|技术支持\s*[:：]|本(?:平台|网站|系统|网|站)由[一-鿿]{4}|网站标识码|公网安备|ICP|copyright|©|ⓒ|备案号|备\d{6,}号",
    re.IGNORECASE,
)


def is_footer_element(tag: str, attributes: dict[str, str | None]) -> bool:
    """Say whether the element calls itself the page's foot."""
    if tag == "footer" or attributes.get("role") == "contentinfo":
        return True
    if tag not in _FOOTER_TAGS:
        return False
    return _is_called_footer(attributes.get("class") or "", attributes.get("id") or "")


@lru_cache(maxsize=1024)
def _is_called_footer(class_: str, identity: str) -> bool:
    names = f"{class_} {identity}"[:300]
    return bool(_CLASS.search(names) or _CAMEL_CLASS.search(names))


def find_footer(lines: Sequence[str], marked: Sequence[str]) -> str:
    """Return the foot of a page from its lines and those inside elements marked as foot; empty: it has none.

    Where marked elements do not name owner or filing, the closing lines are looked at too: a foot outside its element.
    """
    # A "footer" that holds most of the page is a layout trick or a wrapper, not a foot.
    usable = marked if sum(map(len, marked)) <= max(600, sum(map(len, lines)) * 2 // 3) else ()
    foot = list(usable)
    if not any(_MARK.search(line) for line in foot):
        foot += [line for line in _tail(lines) if line not in foot]
    return "\n".join(foot)[:_MAX_FOOTER]


def _tail(lines: Sequence[str]) -> Sequence[str]:
    """Return the last lines from the first one on that names owner or filing; none if no line does."""
    tail = lines[-_TAIL_LINES:]
    # The start is searched in the lower half: a short page may name its owner in the header as well.
    start = len(tail) // 3 if len(lines) <= _TAIL_LINES else 0
    for place in range(start, len(tail)):
        if _MARK.search(tail[place]):
            return tail[place:]
    return ()
