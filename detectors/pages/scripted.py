"""What a page's own scripts would draw: single-page shells and pages written by script say nothing in their markup.

Nothing is run. The strings of inline scripts are unescaped (`\\u`, `%E7`, base64 under `atob`) and read as what they look like:
markup as markup, `请输入姓名` as a field, `查询` as a button, everything else as words.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from urllib.parse import unquote

from detectors.model import PageContent
from detectors.pages.read import read_page
from detectors.pages.script_data import as_row

__all__ = ["with_scripted"]

_THIN = 400
"""Characters of visible text below which a page may be a shell that its scripts fill."""
_MAX_SCRIPT = 300_000
"""Characters of inline scripts read, of all together."""
_MAX_STRINGS = 4_000
_MAX_MARKUP = 60_000
_MAX_STRING = 20_000

_OPEN = re.compile(r"<script\b[^>]{0,1000}>", re.IGNORECASE)
_CLOSE = re.compile(r"</script", re.IGNORECASE)
_DRAWS = re.compile(
    r"document\.write|innerHTML|outerHTML|insertAdjacentHTML|createElement|template\s*:|\.(?:html|append)\(|render"
)
_SAYS = ("\\u", "%u", "%E", "%e", "%3C", "%3c", "atob", "<")
"""A script of plain letters without any of these has no string that a visitor could read."""
_STRING = re.compile(
    r'"((?:[^"\\\n]|\\.){1,20000}+)"' r"|'((?:[^'\\\n]|\\.){1,20000}+)'" r"|`((?:[^`\\]|\\[\s\S]){1,20000}+)`"
)
_ESCAPE = re.compile(
    r"\\u(?:\{([0-9a-fA-F]{1,5})\}|([0-9a-fA-F]{4}))|\\x([0-9a-fA-F]{2})|\\([\s\S])|%u([0-9a-fA-F]{4})"
)
_PERCENT = re.compile(r"%(?:[Ee][3-9]|3[Cc])")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_CHINESE = re.compile("[㐀-鿿]")
_MARKUP = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*[\s/>]")
_TITLE_BEFORE = re.compile(
    r"(?:document\.title\s*=|[\"']?(?:title|siteName|site_name|appName|sysName|systemName|pageTitle|navigationBarTitleText)[\"']?\s*:)[^\"'`\n]{0,60}$"
)
_KEY_BEFORE = re.compile(r"[\"']?([A-Za-z_]{1,24})[\"']?\s*[:=]\s*$")
_DATA = re.compile(r"\s*[\[{]")
_FIELD = re.compile(
    "^请?(?:先)?(?:输入|填写|选择|填入)|^.{0,8}(?:身份证号?码?|证件号码?|证书编号|证书号码?|姓名|验证码)$"
)
_BUTTON = re.compile("^(?:立即|点击|马上|开始|证书)?\\s?(?:查\\s?询|查验|核验|验证|搜索|查一查)$")
_LONGEST_HEADING = 40
_NO_TITLE = re.compile(
    "^(?:loading.*|加载中.*|请稍[候等后].*|首页|home|index|vue.*|react.*|app|document|untitled.*|无标题.*|查询平台|)$",
    re.IGNORECASE,
)


def with_scripted(page: PageContent, html: str, url: str) -> PageContent:
    """Return the page with what its inline scripts would write; the page itself where they write nothing one could read."""
    if "<script" not in html and "<SCRIPT" not in html:
        return page
    is_thin = len(page.text) < _THIN
    markup, title = _drawn(_scripts(html), is_thin=is_thin)
    if not markup and not title:
        return page
    drawn = read_page(markup, url)
    return replace(
        page,
        title=title if title and _NO_TITLE.match(page.title.strip()) else page.title or drawn.title,
        text=f"{page.text}\n{drawn.text}".strip(),
        footer=f"{page.footer}\n{drawn.footer}".strip(),
        headings=(*page.headings, *drawn.headings),
        forms=(*page.forms, *drawn.forms),
        links=(*page.links, *drawn.links),
        images=(*page.images, *drawn.images),
    )


def _scripts(html: str) -> Iterator[str]:
    """Yield the inline scripts, as far as there is room for them."""
    position = taken = 0
    while taken < _MAX_SCRIPT and (opened := _OPEN.search(html, position)):
        closed = _CLOSE.search(html, opened.end())
        end = closed.start() if closed else len(html)
        body = html[opened.end() : min(end, opened.end() + _MAX_SCRIPT - taken)]
        taken += len(body)
        position = end
        if body:
            yield body


def _drawn(scripts: Iterator[str], *, is_thin: bool) -> tuple[str, str]:
    """Return markup for what the scripts say, and the title they set (empty: none)."""
    markup: list[str] = []
    words: list[str] = []
    title, size, count = "", 0, 0
    for script in scripts:
        if not (_says_something(script) and (is_thin or _DRAWS.search(script))):
            continue
        for before, string in _strings(script):
            count += 1
            row = _row(before, string) if is_thin else ""
            text = row or (string if _CHINESE.search(string) or _MARKUP.search(string) else "")
            if size > _MAX_MARKUP or count > _MAX_STRINGS:
                break
            if not text:
                continue
            size += len(text)
            if _MARKUP.search(text):
                markup.append(text)
                continue
            if is_thin and not row and _TITLE_BEFORE.search(before):
                title = title or text
            words.append(f"<p>{escape(row)}</p>" if row else _element(text, len(words)))
    drawn = "".join(markup)
    # Beside a page of its own, loose words of scripts are messages and options, not what a visitor reads.
    return drawn + ("".join(words) if is_thin or "createElement" in drawn or not markup else ""), title


def _strings(script: str, *, is_data: bool = False) -> Iterator[tuple[str, str]]:
    """Yield each string with what stands before it; a string that holds data itself is opened once."""
    for found in _STRING.finditer(script):
        text = _decoded(found[1] or found[2] or found[3], script)
        if not is_data and _DATA.match(text) and '"' in text:
            yield from _strings(text, is_data=True)
        else:
            yield script[max(0, found.start() - 100) : found.start()], text


def _row(before: str, text: str) -> str:
    key = _KEY_BEFORE.search(before)
    return as_row(key[1], text) if key else ""


def _says_something(script: str) -> bool:
    return not script.isascii() or any(mark in script for mark in _SAYS)


def _element(text: str, place: int) -> str:
    plain = escape(text.strip())
    if _BUTTON.match(plain):
        return f"<button>{plain}</button>"
    if _FIELD.search(plain) and len(plain) <= _LONGEST_HEADING:
        return f'<input placeholder="{plain}">'
    return f"<h2>{plain}</h2>" if len(plain) <= _LONGEST_HEADING and place < 3 else f"<p>{plain}</p>"  # noqa: PLR2004


def _decoded(text: str, script: str) -> str:
    """Return the string as the script would have it."""
    if "\\" in text or "%u" in text:
        text = _ESCAPE.sub(_unescaped, text)
    if _BASE64.fullmatch(text) and "atob" in script:
        text = _from_base64(text)
    if _PERCENT.search(text):
        text = unquote(text)
    return text[:_MAX_STRING]


def _unescaped(found: re.Match[str]) -> str:
    point = found[1] or found[2] or found[3] or found[5]
    if point:
        code = int(point, 16)
        return chr(code) if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else " "  # noqa: PLR2004 - half a pair is no character
    return {"n": "\n", "t": " ", "r": " "}.get(found[4], found[4])


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return ""
