"""The garbage collector of a command that loads much, then judges many things: it leaves alone what was loaded, and looks less often.

Word lists, tables and rosters are hundreds of thousands of objects that live as long as the command. Looking through them again
and again, while an item's few hundred short-lived objects come and go, costs a tenth of the time.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["patient_collector"]

_THRESHOLDS = (50_000, 20, 100)
"""New objects before a look at the youngest, and how many such looks before one at the older ones: a few megabytes at most."""


@contextmanager
def patient_collector() -> Iterator[Callable[[], None]]:
    """Switch the collector off while things are loaded; call what is yielded when they are. Afterwards all is as it was."""
    was_enabled, thresholds = gc.isenabled(), gc.get_threshold()
    gc.disable()

    def loaded() -> None:
        gc.freeze()
        gc.set_threshold(*_THRESHOLDS)
        gc.enable()

    try:
        yield loaded
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        if was_enabled:
            gc.enable()
        else:
            gc.disable()
