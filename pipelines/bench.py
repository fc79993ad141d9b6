"""The detectors of an open case: built when somebody is first judged, and anew after official pages were captured.

Most commands judge nothing, and building takes about a second.
"""

from collections.abc import Callable
from threading import Lock

from detectors.registry import Detector, Knowledge, build_detectors

__all__ = ["Bench"]


class Bench:
    """Builds the detectors once, whichever threads ask."""

    def __init__(self, knowledge: Callable[[], Knowledge]) -> None:
        """Ask for the knowledge now: what is damaged in it is said when the case is opened, not when something is judged."""
        self._ask = knowledge
        self._knowledge = knowledge()
        self._built: tuple[Detector, ...] | None = None
        self._lock = Lock()

    @property
    def detectors(self) -> tuple[Detector, ...]:
        """Return the detectors as they judge now."""
        with self._lock:
            if self._built is None:
                self._built = build_detectors(self._knowledge)
            return self._built

    @property
    def knowledge(self) -> Knowledge:
        """Return what the detectors are built from now."""
        with self._lock:
            return self._knowledge

    def refresh(self) -> None:
        """Ask for the knowledge anew; what is judged from now on is judged by it."""
        knowledge = self._ask()
        with self._lock:
            self._knowledge, self._built = knowledge, None
