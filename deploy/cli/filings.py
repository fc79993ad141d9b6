"""`jianwei filings`: which registry is in use, what it says, and the names people must look up by hand."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli import output, session
from deploy.cli.import_filings import checked_suffix, take_answers
from detectors.filings.numbers import filings_in, main_number
from detectors.model import FilingRecord, Unknown
from keywords.hosts import canonical_host
from pipelines.bootstrap import open_case
from pipelines.errors import StoreUnavailable, UsageError
from pipelines.every_lead import every_lead
from pipelines.files import replace_file
from pipelines.filings.lookup import facts_about
from pipelines.filings.queue import OPEN, QueuedName, names_to_look_up, queue_csv, queue_xlsx
from pipelines.model import LeadQuery

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="备案库：show | lookup | queue | answer。 The filing registry.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]


@app.command()
def show(as_json: AsJson = False) -> None:
    """正在使用的备案库：日期、条数、来源。 Which registry is in use."""
    say = session.current.say
    with open_case(session.current.settings()) as case:
        edition, answers = case.filings.edition(), case.filings.answers_count()
        today = case.clock.now().date()
    if not output.is_for_people(as_json=as_json):
        output.write_record({"registry": asdict(edition) if edition else None, "answers": answers})
        return
    if edition is None:
        typer.echo(
            say(
                "备案库未导入，可用 jianwei import filings 导入。",
                "No registry; import one with jianwei import filings.",
            )
        )
    else:
        age = (today - edition.registry_on).days
        typer.echo(
            say(
                f"备案库：{edition.registry_on}（{age} 天前），{edition.records} 条，{edition.domains} 个域名，来源 {edition.source}。",
                f"Registry as of {edition.registry_on} ({age} days ago): {edition.records} records, {edition.domains} domains, from {edition.source}.",
            )
        )
    typer.echo(say(f"人工查询结果：{answers} 个域名。", f"Answers of manual look-ups: {answers} domains."))


@app.command()
def lookup(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME…", help="域名、网址或备案号。 Hosts, addresses or numbers.")
    ],
    as_json: AsJson = False,
) -> None:
    """在备案库中查域名或备案号。 Look domains or numbers up in the registry."""
    with open_case(session.current.settings()) as case:
        edition = case.filings.edition()
        for name in names:
            numbers = filings_in(name)
            if numbers:
                key, records = (
                    main_number(numbers[0].number),
                    case.filings.of_number(main_number(numbers[0].number), 50),
                )
            else:
                host = _host(name)
                facts = facts_about(host, (), case.filings)
                key, records = (host, ()) if isinstance(facts, Unknown) else (facts.domain, facts.own)
            on = edition.registry_on if edition else None
            if output.is_for_people(as_json=as_json):
                for line in _lines(key, records, str(on or session.current.say("未导入", "not imported"))):
                    typer.echo(line)
            else:
                output.write_record(
                    {"asked": name, "key": key, "registry_on": on, "records": [asdict(one) for one in records]}
                )


@app.command()
def queue(
    out: Annotated[Path | None, typer.Option("--out", help="表格文件（.xlsx 或 .csv）。 Write the sheet here.")] = None,
    limit: Annotated[int, typer.Option(help="最多几个域名。 At most so many.", min=1)] = 1000,
    as_json: AsJson = False,
) -> None:
    """列出需要人工到备案网站查询的域名；填好后用 jianwei filings answer 收回。 Names to look up by hand."""
    suffix = checked_suffix(out) if out else ""
    with open_case(session.current.settings()) as case:
        leads = every_lead(case.leads, LeadQuery(filters=(("status", tuple(one.value for one in OPEN)),)))
        names = names_to_look_up(leads, case.filings, case.roster, case.clock.now().date())[:limit]
        if out:
            _save(out, queue_xlsx(names) if suffix == ".xlsx" else queue_csv(names))
            case.audit.append(case.clock.now(), "system", "export.filing_queue", out.name, f"{len(names)} names")
    if out:
        output.write_record({"file": str(out), "names": len(names)})
    elif output.is_for_people(as_json=as_json):
        _print(names)
    else:
        for one in names:
            output.write_record(asdict(one))


@app.command()
def answer(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="填好的查询表。 The filled-in sheet.")],
    by: Annotated[str, typer.Option("--by", help="查询人。 Who looked.")] = "system",
    as_json: AsJson = False,
) -> None:
    """收回填好的人工查询表（同 jianwei import filings --answers）。 Take the filled-in sheet back."""
    take_answers(files, by, as_json=as_json)


def _host(name: str) -> str:
    bare = name.strip().partition("://")[2] or name.strip()
    try:
        return canonical_host(bare.split("/")[0].partition(":")[0])
    except (ValueError, UnicodeError):
        raise UsageError(
            f"“{name}”不是域名，也不是备案号。", f"{name!r} is neither a host nor a filing number."
        ) from None


def _lines(key: str, records: tuple[FilingRecord, ...], on: str) -> list[str]:
    if not records:
        return [session.current.say(f"{key}：备案库（{on}）中没有。", f"{key}: not in the registry ({on}).")]
    found = []
    for one in records:
        source = f"{one.looked_on} 人工查询" if one.looked_on else f"备案库 {on}"
        said = "  ".join(filter(None, (one.domain, one.holder, one.holder_kind, one.site_name, one.status)))
        found.append(f"{key}：{one.number or '无备案'}  {said}（{source}）")
    return found


def _print(names: tuple[QueuedName, ...]) -> None:
    say = session.current.say
    table = Table(title=say(f"待人工查询备案的域名：{len(names)} 个", f"{len(names)} names to look up"))
    for column in (say("域名", "domain"), say("初判", "score"), say("页面备案号", "printed"), say("原因", "why")):
        table.add_column(column)
    for one in names:
        table.add_row(one.domain, str(one.score_permille), "、".join(one.printed), one.why)
    Console().print(table)


def _save(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content, is_synced=False)
    except OSError as error:
        raise StoreUnavailable(
            str(path), f"文件无法写入（{error.strerror}）", f"the file cannot be written ({error.strerror})"
        ) from error
