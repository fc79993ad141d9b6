"""What several detectors ask about one page, worked out once: the answers for the last few pages, known by identity."""

from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Remembered"]

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
_KEPT = 4


class Remembered(Generic[Asked, Answer]):
    """A pure function of one frozen value that keeps its last answers.

    The value itself is kept beside its answer, so that its identity cannot pass to another meanwhile. The answers are
    replaced as one tuple: any number of threads may ask.
    """

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        self._answer = answer
        self._kept: tuple[tuple[Asked, Answer], ...] = ()

    def __call__(self, asked: Asked) -> Answer:
        """Return the answer, from memory if this very value was asked about last."""
        for known, answer in self._kept:
            if known is asked:
                return answer
        answer = self._answer(asked)
        self._kept = ((asked, answer), *self._kept[: _KEPT - 1])
        return answer
