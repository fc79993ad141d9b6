"""`jianwei evidence verify`: prove that nothing in the case changed and nothing is missing."""

from collections.abc import Iterator
from typing import Annotated

import typer

from deploy.cli.output import is_for_people, note, write_record
from deploy.cli.session import current
from pipelines.bootstrap import open_case
from pipelines.errors import ExitCode
from pipelines.evidence.verify import Verification, verify

__all__ = ["app"]

app = typer.Typer(help="证据：校验。 Evidence: verify.", no_args_is_help=True)


@app.callback()
def evidence() -> None:
    """证据固定与校验。 Evidence and its digests."""


@app.command("verify")
def verify_evidence(as_json: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False) -> None:
    """校验证据库与审计日志；有问题时逐项列出并以 1 退出。 Check vault and audit chain; exit 1 and the items if anything is off."""
    with open_case(current.settings()) as case:
        found = verify(leads=case.leads, evidence=case.evidence, audit=case.audit)
    if is_for_people(as_json=as_json):
        for sentence in _sentences(found):
            typer.echo(sentence)
    else:
        for record in _records(found):
            write_record(record)
    note(
        current.say(
            f"已校验证据 {found.checked} 件：{'全部一致' if found.is_sound else '有问题，见上'}。",
            f"{found.checked} pieces of evidence checked: {'all sound' if found.is_sound else 'see above'}.",
        )
    )
    if not found.is_sound:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _sentences(found: Verification) -> Iterator[str]:
    for fault in (*found.damaged, *found.missing):
        leads = "、".join(fault.lead_ids) or current.say("无", "none")
        yield current.say(
            f"{fault.problem.zh} 校验值 {fault.sha256}，所属线索：{leads}",
            f"{fault.problem.en} {fault.sha256}, leads: {leads}",
        )
    if found.chain_broken_at is not None:
        yield current.say(
            f"审计日志第 {found.chain_broken_at} 条与前后不符，日志可能被改动。",
            f"Audit entry {found.chain_broken_at} does not fit the chain; the log may have been changed.",
        )


def _records(found: Verification) -> Iterator[dict[str, object]]:
    for state, faults in (("damaged", found.damaged), ("missing", found.missing)):
        for fault in faults:
            sentence = fault.problem.sentence(current.lang)
            yield {"sha256": fault.sha256, "state": state, "leads": list(fault.lead_ids), "problem": sentence}
    yield {
        "checked": found.checked,
        "damaged": len(found.damaged),
        "missing": len(found.missing),
        "chain_broken_at": found.chain_broken_at,
        "is_sound": found.is_sound,
    }
