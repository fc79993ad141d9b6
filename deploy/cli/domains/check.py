"""`jianwei domains check`: everything about names: DNS, certificate, registration, network, whom they imitate."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from crawler.feeds.list_reader import texts_of
from crawler.feeds.name_files import opened
from deploy.cli import output, session
from keywords.host_lines import HostLines, host_of_text
from pipelines.errors import ExitCode, Interrupted, UsageError

__all__ = ["check"]

_SHOWN_BROKEN = 20


def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Names; - or a file: a list or a table of names.")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="The watched names whose next look is due.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask anew, whatever was learned before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
) -> None:
    """Say all that DNS, certificates, registries and the network table say about NAME, one JSON line each, in input order."""
    from deploy.cli.domains.survey_names import (
        due_names,
        survey_names,
    )  # imports the crawler, which `match` does without

    if bool(names) == due:
        raise UsageError(
            "请给出域名，或用 --due 核查到期的域名（二者取一）。", "Give names, or --due for those due: one of the two."
        )
    settings = session.current.settings()
    hosts, broken = (due_names(settings), []) if due else _read(names or [])
    try:
        unsettled = survey_names(settings, hosts, is_fresh=fresh, is_table=output.is_for_people(as_json=as_json))
    except KeyboardInterrupt:
        raise Interrupted("jianwei domains check …") from None
    _report(len(hosts), broken, unsettled)
    if broken or unsettled:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _read(names: list[str]) -> tuple[list[str], list[str]]:
    """Return (hosts in order, each once; sentences about what is no host)."""
    hosts: dict[str, None] = {}
    broken = []
    for where, text in _texts(names):
        try:
            found = HostLines().host_of(text) if where else host_of_text(text)
            if found:
                hosts.setdefault(_name(found[1]))
        except (ValueError, UnicodeError):
            broken.append(f"{where}{text.strip()[:60]!r}")
    return list(hosts), broken


def _name(host: str) -> str:
    """Return the host if it is a name; an address has no registration. Raises ValueError."""
    if host.startswith("[") or host.rpartition(".")[2].isdigit():
        raise ValueError(host)
    return host


def _texts(names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (where it stands, text) of arguments, of lines on standard input (`-`) and of lines of files named."""
    for one in names:
        if one == "-" or _is_file(one):
            yield from _lines(one)
        else:
            yield "", one


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # a long URL is no name any system gives a file
        return False


def _lines(file: str) -> Iterator[tuple[str, str]]:
    shown = session.current.say("标准输入", "standard input") if file == "-" else Path(file).name
    with opened(file) as names:
        for line, text in texts_of(names):
            yield session.current.say(f"{shown} 第 {line} 行：", f"{shown} line {line}: "), text


def _report(count: int, broken: list[str], unsettled: list[str]) -> None:
    say = session.current.say
    for one in broken[:_SHOWN_BROKEN]:
        output.note(say(f"不是域名，已跳过：{one}", f"skipped, not a host name: {one}"))
    if len(broken) > _SHOWN_BROKEN:
        more = len(broken) - _SHOWN_BROKEN
        output.note(say(f"另有 {more} 个无法识别", f"and {more} more that are none"))
    if unsettled:
        shown = "、".join(unsettled[:_SHOWN_BROKEN]) + ("…" if len(unsettled) > _SHOWN_BROKEN else "")
        output.note(say(f"尚无定论，请稍后再查：{shown}", f"not settled, check again later: {shown}"))
    output.note(
        say(
            f"核查域名 {count} 个，尚无定论 {len(unsettled)} 个，无法识别 {len(broken)} 个",
            f"names checked: {count}, not settled: {len(unsettled)}, not host names: {len(broken)}",
        )
    )
