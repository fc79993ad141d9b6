"""How values look on screen. Everything a suspect wrote is shown as inert text: cut, stripped of what reorders or hides text, never linked."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime

from detectors.model import Quote
from keywords.hosts import defang, to_unicode
from pipelines.clock import CHINA

__all__ = [
    "QuoteParts", "cut", "day", "defanged", "file_size", "full_instant", "idn_note", "inert", "instant", "quote_parts",
    "span",
    "unicode_host",
]  # fmt: skip


_ADDRESS_PLACES = frozenset({"host", "url", "link"})
_LINE_BREAKS = {"\n", "\r", "\t"}
_SCRIPTS = {"LATIN": "拉丁字母", "CYRILLIC": "西里尔字母", "GREEK": "希腊字母", "CJK": "汉字", "ARMENIAN": "亚美尼亚字母",
            "HIRAGANA": "假名", "KATAKANA": "假名", "HANGUL": "谚文", "FULLWIDTH": "全角字符", "CHEROKEE": "切罗基字母"}  # fmt: skip


def inert(text: str, limit: int = 300) -> str:
    """Return the text cut to `limit` characters, with controls and direction overrides written out (`⟨U+202E⟩`)."""
    shown = "".join(_visible(char) for char in text[:limit])
    return f"{shown}…" if len(text) > limit else shown


def _visible(char: str) -> str:
    if char in _LINE_BREAKS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char
    return f"⟨U+{ord(char):04X}⟩"


def cut(text: str, limit: int) -> tuple[str, int]:
    """Return the beginning of a long text and how many characters were left out."""
    return inert(text[:limit], limit), max(0, len(text) - limit)


def defanged(address: str, limit: int = 300) -> str:
    """Return a host or URL that nothing makes a link of: `hxxp://a[.]b/`."""
    return inert(defang(address), limit)


def unicode_host(host: str) -> str:
    """Return the host as people read it, defanged; empty where that is no different."""
    readable = to_unicode(host)
    return "" if readable == host else inert(readable.replace(".", "[.]"), 300)


def idn_note(host: str) -> str:
    """Say which scripts an internationalised name mixes; empty for an ordinary name."""
    readable = to_unicode(host)
    if readable == host:
        return ""
    scripts: list[str] = []
    for label in readable.rsplit(".", 1)[0].split("."):
        for char in label:
            script = _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0])
            if script and script not in scripts and not char.isascii():
                scripts.append(script)
        if any(char.isascii() and char.isalpha() for char in label) and "拉丁字母" not in scripts:
            scripts.append("拉丁字母")
    if len(scripts) > 1:
        return f"国际化域名，混用{'、'.join(scripts)}，看上去与真实域名可能相同"
    return f"国际化域名，由{scripts[0] if scripts else '特殊字符'}组成，实际注册的是上面的 xn-- 形式"


@dataclass(frozen=True, slots=True)
class QuoteParts:
    """A quoted passage around its hit."""

    before: str
    hit: str
    after: str


def quote_parts(quote: Quote) -> QuoteParts:
    """Split a quote at its hit; addresses are defanged. Offsets that do not fit mark the whole passage."""
    start, end = quote.start, quote.end
    if not 0 <= start < end <= len(quote.text):
        start, end = 0, len(quote.text)
    pieces = (quote.text[:start], quote.text[start:end], quote.text[end:])
    if quote.where in _ADDRESS_PLACES:
        pieces = tuple(piece.replace("http", "hxxp").replace(".", "[.]") for piece in pieces)  # type: ignore[assignment]
    return QuoteParts(*(inert(piece, 240) for piece in pieces))


def instant(at: datetime, now: datetime | None = None) -> str:
    """Return `11-22 16:30` in Chinese time; with the year where it is not the year of `now`."""
    local = at.astimezone(CHINA)
    if now is not None and local.year != now.astimezone(CHINA).year:
        return f"{local:%Y-%m-%d %H:%M}"
    return f"{local:%m-%d %H:%M}"


def full_instant(at: datetime) -> str:
    """Return `2026-11-22 16:30:00 (UTC+8)`."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S} (UTC+8)"


def day(on: date) -> str:
    """Return `2026-11-22`."""
    return on.isoformat()


def span(seconds: float) -> str:
    """Return a length of time in two units at most: `48 分 3 秒`."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


def file_size(count: int) -> str:
    """Return a number of bytes for people: `512 B`, `12.3 kB`, `4.0 MB`."""
    if count < 1000:  # noqa: PLR2004 - the step from B to kB
        return f"{count} B"
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:  # noqa: PLR2004
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"


def utc(at: datetime) -> str:
    """Return the machine-readable form for `<time datetime>`."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
