"""`jianwei domains match --keyword`: a keyword just added, looked for in a whole list."""

import sys

from crawler.feeds.name_files import opened
from crawler.feeds.name_keywords import KeywordName, match_keywords
from deploy.cli import session
from deploy.cli.output import note, write_record
from deploy.cli.progress import shown_reading
from detectors.names.keyword_scan import KeywordScan
from pipelines.errors import UsageError

__all__ = ["find_keywords"]


def find_keywords(file: str, keywords: list[str]) -> None:
    """Write the names, one JSON line each. Raises `UsageError` for a word that cannot stand in a name, `InputUnreadable`."""
    try:
        scan = KeywordScan(word.lower() for word in keywords)
    except ValueError as error:
        raise UsageError(
            f"关键词“{error}”不能用于域名：应为两个以上的小写字母、数字或连字符。",
            f"{error} cannot stand in a name: give at least two letters, digits or hyphens.",
        ) from None
    lines = names = 0
    with opened(file) as stream, shown_reading(stream.size_bytes) as advance:
        for count, found in match_keywords(stream, scan):
            for one in found:
                write_record(_record(one))
            lines, names = lines + count, names + len(found)
            advance(stream.position())
    sys.stdout.flush()
    note(session.current.say(f"读取 {lines} 行，命中 {names} 次", f"lines read: {lines}, hits: {names}"))


def _record(one: KeywordName) -> dict[str, object]:
    reason = f"域名含有关键词“{one.keyword}”" if one.is_contained else f"首段与关键词“{one.keyword}”只差一个字符"
    return {"name": one.name, "keyword": one.keyword, "span": list(one.span), "reason": reason}
