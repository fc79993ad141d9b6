"""A county's own weights, kept below the home folder: every table it ever adopted, and which one is in force."""

import csv
import io
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from detectors.calibration import DecidedCase, Proposal
from detectors.ruleset import RULES, RULESET_VERSION
from detectors.weights import SHIPPED, Weights, raw_strengths
from pipelines.errors import InputUnreadable
from pipelines.files import replace_file
from pipelines.model import FindingOutcome, Lead

__all__ = ["WeightsFolder", "decided_cases", "read_table", "table_of"]

_COLUMNS = ("code", "strength_permille", "shipped_permille", "in_counterfeits", "in_innocents")
_MAX_BYTES = 1_000_000
_DECIDED = {FindingOutcome.COUNTERFEIT: True, FindingOutcome.NOT_COUNTERFEIT: False}


class WeightsFolder:
    """`weights/` below the home folder. Each table is named after its version, which stands in every assessment made with it."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "weights"
        self._in_force = self._folder / "in_force"

    def in_force(self) -> Weights:
        """Return the adopted weights, the shipped ones when none were. Raises `InputUnreadable` when the file is damaged or gone."""
        try:
            version = self._in_force.read_text("utf-8").strip()
        except FileNotFoundError:
            return SHIPPED
        except (OSError, UnicodeDecodeError) as error:
            raise _damaged(self._in_force, f"读取失败（{error}）", str(error)) from error
        if version.partition("+")[0] != RULESET_VERSION:
            return SHIPPED  # fitted to rules that are no more
        return read_table(self._folder / f"{version}.csv")

    def is_outdated(self) -> bool:
        """Say whether weights were adopted that a newer ruleset has put out of force."""
        with suppress(OSError, UnicodeDecodeError):
            return self._in_force.read_text("utf-8").partition("+")[0].strip() != RULESET_VERSION
        return False

    def of_version(self, version: str) -> Weights | None:
        """Return the weights an assessment was made with; None: of another ruleset, or the table is gone."""
        if version == RULESET_VERSION:
            return SHIPPED
        if version.partition("+")[0] != RULESET_VERSION:
            return None
        with suppress(InputUnreadable):
            return read_table(self._folder / f"{version}.csv")
        return None

    def adopt(self, weights: Weights) -> None:
        """Put these weights in force from the next start on; earlier tables stay."""
        self._folder.mkdir(parents=True, exist_ok=True)
        proposals = (
            Proposal(code=code, old_permille=strength, new_permille=strength, in_counterfeits=0, in_innocents=0)
            for code, strength in weights.changed.items()
        )
        _write(self._folder / f"{weights.version}.csv", table_of(proposals))
        _write(self._in_force, f"{weights.version}\n")


def decided_cases(leads: Iterable[Lead], folder: WeightsFolder) -> tuple[tuple[DecidedCase, ...], int]:
    """Return what staff found of the leads that can be compared, and how many cannot: judged by another ruleset."""
    cases, unusable = [], 0
    for lead in leads:
        if lead.finding is None or lead.finding.outcome not in _DECIDED:
            continue
        weights = folder.of_version(lead.assessment.ruleset_version)
        if weights is None:
            unusable += 1
            continue
        hits = raw_strengths(lead.assessment.signals, weights)
        cases.append(DecidedCase(hits=hits, is_counterfeit=_DECIDED[lead.finding.outcome]))
    return tuple(cases), unusable


def table_of(proposals: Iterable[Proposal]) -> str:
    """Return the CSV of these weights: what `read_table` reads back, and staff may correct by hand."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in proposals:
        shipped = RULES[one.code].strength_permille
        writer.writerow((one.code, one.new_permille, shipped, one.in_counterfeits, one.in_innocents))
    return stream.getvalue()


def read_table(path: Path) -> Weights:
    """Return the weights of a CSV with the columns code and strength_permille. Raises `InputUnreadable`, which names the line."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputUnreadable(str(path), f"{error.strerror}", f"{error.strerror}") from error
    if len(content) > _MAX_BYTES:
        raise _damaged(path, "超过 1 MB，不是权重表", "it is over 1 MB: not a table of weights")
    changed: dict[str, int] = {}
    table = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""), strict=True)
    try:
        for row in table:
            changed |= _weight_of(row, changed)
    except KeyError as error:
        raise _damaged(path, f"缺少列 {error}", f"column {error} is missing") from error
    except (ValueError, TypeError, csv.Error) as error:
        place = table.line_num
        raise _damaged(path, f"第 {place} 行有误（{error}）", f"line {place}: {error}") from error
    return Weights({code: strength for code, strength in changed.items() if strength != RULES[code].strength_permille})


def _weight_of(row: dict[str, str], known: dict[str, int]) -> Mapping[str, int]:
    code = (row["code"] or "").strip()
    if code in known:
        raise ValueError(f"{code} stands there twice")
    return Weights({code: int(row["strength_permille"] or "")}).changed


def _damaged(path: Path, zh: str, en: str) -> InputUnreadable:
    return InputUnreadable(str(path), f"{zh}。请改正该文件", f"{en}; correct it")


def _write(path: Path, text: str) -> None:
    replace_file(path, text.encode(), is_synced=False)
