"""Judges in a process of its own: what a page says and which marks it wears are Python's work, and one process uses one processor for that.

The process is told what detectors are built from, then one observation after the other; it keeps nothing. Where it cannot be started or is
gone, whoever asked judges here: it makes things quicker and is no place where anything could be lost. `python -m` begins
it (`pipelines.judging_process`), not `multiprocessing`, which would run the caller's main program a second time.
"""

import copyreg
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from threading import Lock
from types import TracebackType
from typing import IO, Any, Self

from detectors.marks.model import Mark
from detectors.model import Assessment, Observation
from detectors.registry import Knowledge
from detectors.weights import Weights

__all__ = ["Examined", "JudgedAside", "send"]

_GONE = (EOFError, OSError, ValueError, pickle.UnpicklingError)


@dataclass(frozen=True, slots=True)
class Examined:
    """What the machine makes of one observation."""

    assessment: Assessment
    marks: tuple[Mark, ...]


class JudgedAside:
    """The process, in a `with` block. Any thread may ask; one is answered after the other."""

    def __init__(self, knowledge: Knowledge, weights: Weights) -> None:
        self._taught = knowledge, weights
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "pipelines.judging_process"]
        paths = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=paths,
                process_group=0,  # Ctrl-C is for us, who end it
            )
            self._tell(self._process, self._taught)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._end()

    def examine(self, observation: Observation) -> Examined | None:
        """Return what the process makes of the observation; None: there is no such process any more."""
        with self._lock:
            process = self._process
            if process is None or process.stdout is None:
                return None
            try:
                self._tell(process, observation)
                answer = pickle.load(process.stdout)  # noqa: S301 - from our own process
            except _GONE:
                self._end()
                return None
        return answer if isinstance(answer, Examined) else None

    @staticmethod
    def _tell(process: "subprocess.Popen[bytes]", what: object) -> None:
        if process.stdin:
            send(what, process.stdin)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()


def send(what: object, pipe: IO[bytes]) -> None:
    """Put a value into a pipe, to be taken out by `pickle.load`."""
    packed = io.BytesIO()
    _Pickler(packed, pickle.HIGHEST_PROTOCOL).dump(what)
    pipe.write(packed.getbuffer())
    pipe.flush()


class _Ways(dict[type, Callable[[Any], Any]]):
    """How each class is pickled. A slotted dataclass would list its fields anew for every link of a page, on both sides."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if not is_dataclass(kind) or "__slots__" not in vars(kind):
            return copyreg.dispatch_table[kind]  # a KeyError means: as usual
        names = tuple(one.name for one in fields(kind))

        def way(one: Any) -> tuple[Any, ...]:
            return _remade, (kind, *[getattr(one, name) for name in names])

        self[kind] = way
        return way


class _Pickler(pickle.Pickler):
    dispatch_table = _Ways()


def _remade(kind: type, *values: object) -> object:
    """Return the frozen dataclass that had these values."""
    made: object = object.__new__(kind)
    for put, value in zip(_setters(kind), values, strict=True):
        put(made, value)
    return made


@cache
def _setters(kind: type) -> tuple[Callable[[object, object], None], ...]:
    return tuple(getattr(kind, one.name).__set__ for one in fields(kind))
