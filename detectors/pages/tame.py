"""Hostile markup made safe to parse: an HTML5 tree costs quadratic time for nesting, formatting elements and attributes.

The parser is right to spend it, browsers cap it; so the caps are applied here, by one pass over the tokens of the markup.
Scripts, styles, comments and the like are dropped on the way: nobody sees them.
"""

import re

__all__ = ["MAX_MARKUP", "tame"]

MAX_MARKUP = 2_000_000
"""Characters of markup looked at."""
_MAX_TAG = 1_000
"""Characters of one tag before its attributes are cut to those a reader needs."""
_MAX_TREE_TAGS = 12_000
"""Opening tags a page may have and still be nested as written; beyond it is read flat, block after block."""

_TOKEN = re.compile(
    r"""<!--|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<rest>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|=)?+)*+)>?+"""
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,20})\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)""")
_KEPT_ATTRIBUTES = frozenset(
    "href src type name content property placeholder class id value style alt title action method aria-label for hidden http-equiv charset".split()  # noqa: SIM905
)
_MAX_VALUE = 4_000

_UNSEEN = frozenset(("style", "noscript", "template", "xmp", "noembed", "noframes", "svg", "math"))
_PLAIN_CONTENT = frozenset(("title", "textarea"))
_FORMATTING = frozenset("b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
_TOUCHED = "|".join(sorted({*_UNSEEN, *_PLAIN_CONTENT, *_FORMATTING, "script"}))
PLAIN = re.compile(
    rf"""(?:[^<]++
    |<(?=[^>]{{0,{_MAX_TAG - 10}}}>)/?(?!(?:{_TOUCHED}|{_TOUCHED.upper()})[\s/>])(?:[a-z][^\sA-Z/>]*+|[A-Z][^\sa-z/>]*+)(?=[\s/>])
    (?:[^>=]++|=\s*+(?:"[^">]*+"|'[^'>]*+'|(?!["'=])))*+>
    |<(?!!--|/?[a-zA-Z]))++""",
    re.VERBOSE,
)
"""Text and tags that stay as they are, in one stride. What it is unsure of (values with `>`, quotes left open, names in both cases) is left to `_TOKEN`."""
_KEPT_FLAT_NAMES = (
    "html head body title meta base link script a img input button form select option textarea "
    "p li br h1 h2 h3 h4 h5 h6 iframe"
)
_KEPT_FLAT = frozenset(_KEPT_FLAT_NAMES.split())
_INLINE = frozenset("span label abbr cite mark sub sup q kbd var time".split())  # noqa: SIM905


def tame(html: str) -> str:
    """Return equivalent markup that any parser reads in linear time, of at most `MAX_MARKUP` characters of the page."""
    html = html[:MAX_MARKUP]
    return rewrite(html, is_flat=html.count("<") > _MAX_TREE_TAGS and _opening_tags(html) > _MAX_TREE_TAGS)


def _opening_tags(html: str) -> int:
    return sum(1 for _ in re.finditer("<[a-zA-Z]", html))


def rewrite(html: str, *, is_flat: bool, plain: re.Pattern[str] = PLAIN) -> str:
    """Return the markup token by token; of a page that keeps its tree, what `plain` matches is taken over unread."""
    kept: list[str] = []
    position = 0
    while True:
        run = None if is_flat else plain.match(html, position)
        if run:
            kept.append(run.group())
            position = run.end()
        found = _TOKEN.search(html, position)
        if not found:
            break
        kept.append(html[position : found.start()])
        name = (found["name"] or "").lower()
        if not name:
            position = _after(html, "-->", found.end())
            continue
        position = found.end()
        if name in _UNSEEN or name == "script":
            if found["close"]:
                continue
            if name == "script":
                kept.append(_short(found.group()))
                kept.append("</script>")
            end = _end_tag(name).search(html, position)
            position = end.end() if end else len(html)
        elif name in _PLAIN_CONTENT and not found["close"]:
            end = _end_tag(name).search(html, position)
            kept += (
                _short(found.group()),
                html[position : end.start() if end else None].replace("<", "&lt;"),
                f"</{name}>",
            )
            position = end.end() if end else len(html)
        else:
            kept.append(_tag(found, name, is_flat=is_flat))
    kept.append(html[position:])
    return "".join(kept)


def _tag(found: re.Match[str], name: str, *, is_flat: bool) -> str:
    if is_flat and name not in _KEPT_FLAT:
        return "" if name in _INLINE or name in _FORMATTING else "<br>"
    if name in _FORMATTING:
        # A formatting element left open is repeated in every later block: thousands of them multiply.
        return _short(f"<{found['close']}span{found['rest']}>")
    return _short(found.group())


def _short(tag: str) -> str:
    if len(tag) <= _MAX_TAG:
        return tag
    name = re.match(r"</?[^\s/>]{1,40}", tag)
    attributes: dict[str, str] = {}
    for key, value in _ATTRIBUTE.findall(tag):
        if key.lower() in _KEPT_ATTRIBUTES and len(value) <= _MAX_VALUE:
            attributes.setdefault(key.lower(), value)
    return f"{name.group() if name else '<span'} {' '.join(f'{k}={v}' for k, v in attributes.items())}>"


def _after(html: str, mark: str, position: int) -> int:
    place = html.find(mark, position)
    return len(html) if place < 0 else place + len(mark)


def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?:[\s/][^>]*+)?+>?+", re.IGNORECASE)
