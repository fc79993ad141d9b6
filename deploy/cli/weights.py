"""`jianwei weights`: what each signal counts, how right the levels are on decided leads, and weights fitted to staff's findings."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import is_for_people, note, write_record
from deploy.cli.session import current
from deploy.cli.weights_report import report
from detectors.calibration import DecidedCase, Proposal, Rightness, fit, rightness
from detectors.model import Direction, Level
from detectors.ruleset import RULES
from detectors.weights import SHIPPED, Weights
from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.every_lead import every_lead
from pipelines.weights import WeightsFolder, decided_cases, read_table, table_of

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="权重：list | check | report | fit | adopt | reset。 What signals count, and weights fitted to staff's findings.",
)
_BY = "jianwei weights"
_LEVELS = {Level.HIGH: "高", Level.MEDIUM: "中或以上"}
_BaseRate = Annotated[
    float,
    typer.Option(
        min=0.000001,
        max=1.0,
        help="实际巡查中假冒的比例，用来估算查准率。 Share of counterfeits among all that is seen.",
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]


@app.command("list")
def list_weights(as_json: _Json = False) -> None:
    """列出每个命中的权重、方向和理由。 Every signal with its weight, direction and why."""
    weights = _folder().in_force()
    for code, rule in RULES.items():
        sign = "+" if rule.direction is Direction.FOR else "-"
        if is_for_people(as_json=as_json):
            changed = "" if weights[code] == rule.strength_permille else f"（出厂 {rule.strength_permille}）"
            typer.echo(f"{sign}{weights[code]:>4} {code}{changed}：{rule.why}")
        else:
            write_record(
                {
                    "code": code,
                    "direction": rule.direction.value,
                    "strength_permille": weights[code],
                    "shipped_permille": rule.strength_permille,
                    "group": rule.group,
                    "why": rule.why,
                }
            )


@app.command("check")
def check(base_rate: _BaseRate = 0.01, as_json: _Json = False) -> None:
    """用已认定的线索核对各等级的查全率和查准率。 Recall and precision of the levels on decided leads."""
    cases = _cases()
    _show_rightness(rightness(cases, _folder().in_force()), base_rate, "", as_json=as_json)


app.command("report")(report)


@app.command("fit")
def fit_weights(
    out: Annotated[Path, typer.Option(help="建议写入的 CSV 文件。 Where the proposal is written.")] = Path(
        "weights.csv"
    ),
    base_rate: _BaseRate = 0.01,
    as_json: _Json = False,
) -> None:
    """按已认定的线索重新估算权重：只给出新旧对照和建议文件，不改变任何设置。 Propose weights; nothing changes before `adopt`."""
    now, cases = _folder().in_force(), _cases()
    proposals = fit(cases, now)
    proposed = Weights(dict(now.changed) | {one.code: one.new_permille for one in proposals})
    for one in proposals:
        _show_proposal(one, as_json=as_json)
    _show_rightness(rightness(cases, now), base_rate, "old", as_json=as_json)
    _show_rightness(rightness(cases, proposed), base_rate, "new", as_json=as_json)
    known = {one.code: one for one in proposals}
    out.write_text(table_of(known.get(code) or _kept(code, now) for code in RULES), "utf-8", newline="")
    note(
        current.say(
            f"建议已写入 {out}，尚未生效。核对后用 jianwei weights adopt {out} 启用。",
            f"The proposal is in {out}; nothing changed yet. To use it: jianwei weights adopt {out}",
        )
    )


@app.command("adopt")
def adopt(
    file: Annotated[Path, typer.Argument(help="`weights fit` 写出的文件。 The file `weights fit` wrote.")],
) -> None:
    """启用一份权重表；以前判断过的线索在下次看到时才按新权重计算。 Put a table of weights in force."""
    _put_in_force(read_table(file))


@app.command("reset")
def reset() -> None:
    """恢复出厂权重。 Go back to the shipped weights."""
    _put_in_force(SHIPPED)


def _put_in_force(weights: Weights) -> None:
    settings = current.settings()
    with open_case(settings) as case:
        before = _folder().in_force().version
        _folder().adopt(weights)
        case.audit.append(case.clock.now(), _BY, "weights.adopt", weights.version, f"before: {before}")
    note(current.say(f"权重版本 {before} → {weights.version}。", f"Weights {before} → {weights.version}."))


def _folder() -> WeightsFolder:
    folder = WeightsFolder(current.settings().home)
    if folder.is_outdated():
        note(
            current.say(
                "规则表已更新，以前启用的权重不再适用，现按出厂权重计算。",
                "The ruleset changed: weights adopted before no longer apply, the shipped ones do.",
            )
        )
    return folder


def _cases() -> tuple[DecidedCase, ...]:
    settings = current.settings()
    with open_case(settings) as case:
        cases, unusable = decided_cases(every_lead(case.leads), _folder())
    if unusable:
        note(
            current.say(
                f"{unusable} 条已认定的线索是按旧规则表判断的，未计入。",
                f"{unusable} decided leads were judged by another ruleset and are left out.",
            )
        )
    if not cases:
        raise UsageError(
            "还没有可用的认定结论（假冒或不是假冒）。请先在审核台认定一些线索。",
            "No lead is decided yet (counterfeit or not). Decide some at the desk first.",
        )
    return cases


def _kept(code: str, weights: Weights) -> Proposal:
    return Proposal(
        code=code, old_permille=weights[code], new_permille=weights[code], in_counterfeits=0, in_innocents=0
    )


def _show_proposal(one: Proposal, *, as_json: bool) -> None:
    if is_for_people(as_json=as_json):
        if one.new_permille != one.old_permille:
            typer.echo(
                f"{one.code}: {one.old_permille} → {one.new_permille}"
                f"（假冒 {one.in_counterfeits} 条、非假冒 {one.in_innocents} 条中出现）"
            )
        return
    write_record(
        {
            "code": one.code,
            "old_permille": one.old_permille,
            "new_permille": one.new_permille,
            "in_counterfeits": one.in_counterfeits,
            "in_innocents": one.in_innocents,
        }
    )


def _show_rightness(
    counted: Sequence[Rightness] | Iterable[Rightness], base_rate: float, which: str, *, as_json: bool
) -> None:
    for one in counted:
        precision = one.precision_at(base_rate)
        if is_for_people(as_json=as_json):
            at = "—" if precision is None else f"{precision:.1%}"
            label = {"old": "现用", "new": "建议"}.get(which, "")
            typer.echo(
                f"{label}{_LEVELS[one.level]}：假冒 {one.found}/{one.counterfeits} 条，误报 {one.alarms}/{one.innocents} 条；"
                f"假冒占 {base_rate:g} 时查准率约 {at}"
            )
            continue
        write_record(
            {
                "level": one.level.value,
                **({"weights": which} if which else {}),
                "counterfeits": one.counterfeits,
                "found": one.found,
                "innocents": one.innocents,
                "alarms": one.alarms,
                "recall": one.recall,
                "precision_at_base_rate": precision,
                "base_rate": base_rate,
            }
        )
