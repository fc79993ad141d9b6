"""The other side of `pipelines.judged_aside`: `python -m pipelines.judging_process` judges what comes in by its standard input."""

import pickle
import signal
import sys
from contextlib import suppress
from typing import IO

from detectors import runner
from detectors.marks.extract import extract_marks
from detectors.registry import build_detectors
from pipelines.judged_aside import Examined, send
from pipelines.marks.books import pictures_of

__all__ = ["judge_all"]


def judge_all(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one observation after the other until the other side hangs up, which it does by dying, too."""
    with suppress(EOFError, OSError):
        knowledge, weights = pickle.load(asked)  # noqa: S301 - from the process that began this one
        detectors = build_detectors(knowledge)
        while True:
            observation = pickle.load(asked)  # noqa: S301 - from the process that began this one
            assessment = runner.judge(observation, detectors, weights)
            marks = extract_marks(observation, knowledge.roster, pictures_of(observation))
            send(Examined(assessment, marks), answers)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    judge_all(sys.stdin.buffer, sys.stdout.buffer)
