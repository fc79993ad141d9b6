"""`jianwei weights report`: how right the levels are on labelled sets, by kind, at a stated base rate."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import is_for_people, note, write_record
from deploy.cli.session import current
from deploy.cli.wording import observation_of
from detectors.calibration import Rightness, interval, rightness_of
from detectors.model import Level
from detectors.registry import Detector, Knowledge, build_detectors
from detectors.runner import judge
from detectors.weights import Weights
from detectors.wording import OfferDetector
from detectors.wording.pieces import Pieces
from detectors.wording.training import Label, shipped_texts, tables_by_occasion
from keywords.loader import load_lexicon
from keywords.match import TermMatcher
from keywords.roster import load_roster
from pipelines.labelled_sets import LabelledItem, SetKind, read_set
from pipelines.weights import WeightsFolder

__all__ = ["report"]

_KINDS = {SetKind.TEXTS: "文字", SetKind.PAGES: "网页", SetKind.NAMES: "域名"}
_LEVELS = {Level.HIGH: "高", Level.MEDIUM: "中或以上", Level.LOW: "提交人工（200 分起）"}
_HELD_OUT, _GIVEN = "shipped texts, held out by occasion", "given sets"
_Judged = tuple[int, bool]


def report(
    sets: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SET]...",
            help="标注数据：每行一个 JSON（同 assess，另加 is_counterfeit），或 tests/golden 那样的文件夹。不给则只测随程序提供的文字。",
        ),
    ] = None,
    base_rate: Annotated[
        float,
        typer.Option(
            min=0.000001, max=1.0, help="实际巡查中假冒的比例。 Share of counterfeits among all that is seen."
        ),
    ] = 0.005,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """在标注数据上核对各等级：发现、漏掉、误报的数量，以及给定比例下的查准率和区间。 Precision and recall of the levels on labelled sets."""
    weights = WeightsFolder(current.settings().home).in_force()
    items = [item for path in sets or () for item in read_set(path)]
    judged = _by_kind(items, weights)
    measured = dict.fromkeys(judged, _GIVEN)
    if SetKind.TEXTS not in judged:
        note(
            current.say(
                "正在逐批留出、重新拟合并测量文字……", "Fitting and measuring texts, one occasion held out at a time …"
            )
        )
        judged[SetKind.TEXTS], measured[SetKind.TEXTS] = list(_held_out(weights)), _HELD_OUT
    for kind in SetKind:
        if kind in judged:
            for one in rightness_of(judged[kind]):
                _show(kind, one, base_rate, measured[kind], as_json=as_json)
        else:
            note(
                current.say(
                    f"没有给出{_KINDS[kind]}的标注数据，未测量。", f"No labelled {kind.value} were given: not measured."
                )
            )


def _held_out(weights: Weights) -> Iterator[_Judged]:
    """Yield what the wording detector makes of each shipped text with cues fitted to the other occasions. Promises are left out."""
    texts, lexicon = shipped_texts(), load_lexicon()
    for occasion, tables in tables_by_occasion(texts, TermMatcher(lexicon)):
        detectors = (OfferDetector(lexicon, weights=tables.weights, pieces=Pieces(tables.pieces)),)
        for text in texts:
            if text.occasion == occasion and text.label is not Label.PROMISE:
                yield judge(observation_of(text), detectors, weights).score_permille, text.label is Label.SALE


def _by_kind(items: Iterable[LabelledItem], weights: Weights) -> dict[SetKind, list[_Judged]]:
    """Judge the items with what is shipped: a county's own words and snapshots would make figures that compare with nobody's."""
    roster, lexicon = load_roster(), load_lexicon()
    detectors: Sequence[Detector] = ()
    usual: Sequence[Detector] = ()
    judged: dict[SetKind, list[_Judged]] = {}
    for item in items:
        if item.snapshots:
            detectors = build_detectors(Knowledge(roster=roster, lexicon=lexicon, snapshots=item.snapshots))
        else:
            detectors = usual = usual or build_detectors(Knowledge(roster=roster, lexicon=lexicon))
        score = judge(item.observation, detectors, weights).score_permille
        judged.setdefault(item.kind, []).append((score, item.is_counterfeit))
    return judged


def _show(kind: SetKind, one: Rightness, base_rate: float, measured: str, *, as_json: bool) -> None:
    precision, between = one.precision_at(base_rate), one.precision_interval_at(base_rate)
    recall, alarm = interval(one.found, one.counterfeits), interval(one.alarms, one.innocents)
    if is_for_people(as_json=as_json):
        told = (
            "—" if precision is None or between is None else f"{precision:.1%}（{between[0]:.1%} 至 {between[1]:.1%}）"
        )
        typer.echo(
            f"{_KINDS[kind]}·{_LEVELS[one.level]}：发现 {one.found}/{one.counterfeits}（{recall[0]:.1%} 至 {recall[1]:.1%}），"
            f"漏掉 {one.missed}，误报 {one.alarms}/{one.innocents}（{alarm[0]:.1%} 至 {alarm[1]:.1%}）；"
            f"假冒占 {base_rate:g} 时查准率 {told}"
        )
        return
    write_record(
        {
            "kind": kind.value, "measured_on": measured, "at_least": "lead" if one.level is Level.LOW else one.level.value,
            "counterfeits": one.counterfeits, "found": one.found, "missed": one.missed,
            "innocents": one.innocents, "flagged": one.alarms,
            "recall": one.recall, "recall_between": recall if one.counterfeits else None,
            "flagged_share_between": alarm if one.innocents else None,
            "base_rate": base_rate, "precision_at_base_rate": precision, "precision_between": between,
        }
    )  # fmt: skip
