"""The other side of `pipelines.judged_aside`: `python -m pipelines.judging_process` judges what comes in by its standard input."""

import os
import pickle
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
    with os.fdopen(os.dup(1), "wb") as to_asker:
        os.dup2(2, 1)  # whatever a library may print is no answer
        judge_all(sys.stdin.buffer, to_asker)
