"""One list of certificates: read, checked, answered row by row."""

from datetime import date
from pathlib import Path

from deploy.cli.certificate.answers import Answers
from detectors.pictures.listed_certificate import check_rows
from detectors.pictures.trades import Trades
from pipelines.pictures.certificate_list import read_certificate_list

__all__ = ["check_list"]


def check_list(file: Path, trades: Trades, answers: Answers, today: date) -> None:
    """Check every row. Raises `InputUnreadable` when the file is no table."""
    for check in check_rows(read_certificate_list(file), trades, today):
        answers.row(file, check)
    answers.end_list(file)
