"""`jianwei wording`: fits the table of cues to labelled texts, and measures the whole wording detector on such texts."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from detectors.model import (
    Candidate,
    CandidateKind,
    Capture,
    Discovery,
    Level,
    Listing,
    Observation,
    PageContent,
    Profile,
)
from detectors.runner import judge
from detectors.wording import OfferDetector
from detectors.wording.fit import CueRow
from detectors.wording.likeness import load_weights
from detectors.wording.pieces import PieceRow, shipped_pieces
from detectors.wording.training import (
    LABELLED_COLUMNS,
    Label,
    LabelledText,
    labelled_in,
    shipped_texts,
    tables_of,
    tally_by_occasion,
)  # fmt: skip
from keywords.loader import load_lexicon
from keywords.match import TermMatcher
from pipelines.errors import ExitCode, InputUnreadable

__all__ = ["app", "observation_of"]

app = typer.Typer(no_args_is_help=True, help="用语模型：用标注文本重新拟合权重表，或在标注文本上测量检出率与误报率。")

_TOLERANCE = 0.05
"""Weights are kept to two digits; machines differ in the last one."""
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_SHOWN = 20


@app.command()
def train(
    texts: Annotated[Path | None, typer.Option(help="标注文本（CSV）；默认用随程序提供的。")] = None,
    write: Annotated[
        Path | None, typer.Option(help="把新表 cues.csv、pieces.csv 写到这个文件夹；不给则只比较，不写。")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="新表与现用表不同则退出码为 1。")] = False,
) -> None:
    """重新拟合权重表：先逐批留出测量，再与现用表对比；只有给出 --write 才写文件。"""
    labelled = _read(texts) if texts else shipped_texts()
    matcher = TermMatcher(load_lexicon())
    for tally in tally_by_occasion(labelled, matcher):
        output.write_record(
            {
                "held_out": tally.occasion,
                "sales": tally.sale_count,
                "found": tally.found_count,
                "others": tally.other_count,
                "flagged": tally.flagged_count,
            }
        )
    tables = tables_of(labelled, matcher)
    changes = _changes(tables.cues)
    other_pieces = len({*tables.pieces} ^ {*shipped_pieces()})
    output.write_record({"texts": len(labelled), "rows": len(tables.cues), "changed": len(changes)})
    output.write_record({"pieces": len(tables.pieces), "changed": other_pieces})
    for cue, old, new in changes[:_SHOWN]:
        output.note(f"  {cue}\t{old}\t→ {new}")
    if write:
        write.mkdir(parents=True, exist_ok=True)
        (write / "cues.csv").write_text(_table(tables.cues), "utf-8", newline="")
        (write / "pieces.csv").write_text(_table(tables.pieces), "utf-8", newline="")
        output.note(session.current.say(f"已写入 {write}。", f"Written to {write}."))
    if check and (changes or other_pieces):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@app.command()
def measure(
    file: Annotated[Path, typer.Argument(help="标注文本（CSV，列：occasion,label,voice,kind,title,text）。")],
) -> None:
    """在标注文本上运行整个用语检测，报告各级别的检出、误报和查准率。"""
    detectors = (OfferDetector(load_lexicon()),)
    counts = Counter((one.label, judge(observation_of(one), detectors).level) for one in _read(file))
    for level, levels in (("medium", (Level.MEDIUM, Level.HIGH)), ("high", (Level.HIGH,))):
        output.write_record({"at_least": level, **_figures(counts, levels)})


def _figures(counts: Mapping[tuple[Label, Level], int], levels: Sequence[Level]) -> dict[str, object]:
    reached = {label: sum(counts[label, level] for level in levels) for label in Label}
    totals = {label: sum(counts[label, level] for level in Level) for label in Label}
    rightly = reached[Label.SALE] + reached[Label.PROMISE]
    told = rightly + reached[Label.OTHER]
    return {
        **{label.value: f"{reached[label]}/{totals[label]}" for label in Label},
        "recall_permille": 1000 * reached[Label.SALE] // totals[Label.SALE] if totals[Label.SALE] else None,
        "precision_permille": 1000 * rightly // told if told else None,
    }


def _read(path: Path) -> tuple[LabelledText, ...]:
    try:
        return tuple(labelled_in(path.read_text("utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnreadable(str(path), f"读取失败（{error}）", str(error)) from error
    except (KeyError, ValueError, csv.Error) as error:
        wanted = ", ".join(LABELLED_COLUMNS)
        raise InputUnreadable(
            str(path),
            f"不是标注文本表（{error}）；应有列 {wanted}",
            f"no table of labelled texts ({error}); wants {wanted}",
        ) from error


def _changes(rows: Sequence[CueRow]) -> list[tuple[str, float, float]]:
    """Return (cue, old weight, new weight) of what differs, the greatest difference first; 0: not in that table."""
    shipped = load_weights()
    old = {"~bias": shipped.bias, **shipped.traits, **shipped.cues}
    new = {row.cue: row.weight for row in rows}
    moved = [(cue, old.get(cue, 0.0), new.get(cue, 0.0)) for cue in {**old, **new}]
    changed = [one for one in moved if abs(one[1] - one[2]) > _TOLERANCE]
    return sorted(changed, key=lambda one: (-abs(one[1] - one[2]), one[0]))


def _table(rows: Sequence[CueRow] | Sequence[PieceRow]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(rows[0]._fields)
    writer.writerows(rows)
    return stream.getvalue()


def observation_of(one: LabelledText) -> Observation:
    """Return a labelled text as something seen."""
    kind = CandidateKind(one.kind)
    candidate = Candidate(kind=kind, url="", key=one.title, discovery=Discovery(source="file:labelled", found_at=_AT))
    if kind is CandidateKind.SITE:
        page = PageContent(title=one.title, text=one.text)
        capture = Capture(profile=Profile.FILE, requested_url="", final_url="", status=200, captured_at=_AT, page=page)
        return Observation(candidate=candidate, observed_at=_AT, captures=(capture,))
    if kind is CandidateKind.LISTING:
        listing = Listing(platform="", item_id="", title=one.title, text=one.text)
        return Observation(candidate=candidate, observed_at=_AT, listing=listing)
    return Observation(candidate=candidate, observed_at=_AT, title=one.title, text=one.text)
