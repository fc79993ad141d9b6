"""Bytes of a page to text: what the bytes are comes before what the server says they are."""

import codecs
import re

__all__ = ["decode_html"]

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:-]{2,30})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([a-zA-Z0-9_:-]{2,30})""", re.IGNORECASE)
_META_BYTES = 4_096
_CODECS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
    "hz-gb-2312": "hz", "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "utf-8": "utf-8", "utf8": "utf-8",
    "utf-16": "utf-16-le", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "iso-8859-1": "cp1252",
    "latin1": "cp1252", "us-ascii": "cp1252", "windows-1252": "cp1252", "windows-1251": "cp1251",
    "koi8-r": "koi8-r", "shift_jis": "cp932", "euc-jp": "euc-jp", "euc-kr": "cp949",
}  # fmt: skip
"""Charset labels of the web → codecs of Python; a label not listed is as good as none."""


def decode_html(body: bytes, content_type: str) -> str:
    """Return the text of a page's bytes; `content_type` is the header as it came, or empty. Never raises.

    A byte-order mark decides; then bytes that are valid UTF-8 are UTF-8, whatever was declared (Chinese text in a GB
    encoding is never valid UTF-8 by chance); then the header, the `<meta>`, and GB 18030. A body cut off in the middle
    of a character loses that character only; what cannot be read becomes U+FFFD.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    text = _strictly(body, "utf-8")
    declared = [name for name in (_from_header(content_type), _from_meta(body)) if name]
    if text is not None and not any(name.startswith(("utf-16", "hz")) for name in declared):
        return text
    for name in (*declared, "gb18030"):
        text = _strictly(body, name)
        if text is not None:
            return text
    return body.decode(declared[0] if declared else "gb18030", "replace")


def _strictly(body: bytes, name: str) -> str | None:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        return decoder.decode(body, final=False)
    except UnicodeError:
        return None


def _from_header(content_type: str) -> str:
    found = _HEADER.search(content_type)
    return _CODECS.get(found[1].lower(), "") if found else ""


def _from_meta(body: bytes) -> str:
    found = _META.search(body[:_META_BYTES])
    name = _CODECS.get(found[1].decode("ascii").lower(), "") if found else ""
    # A meta element that could be read byte by byte is not written in UTF-16.
    return "utf-8" if name.startswith("utf-16") else name
