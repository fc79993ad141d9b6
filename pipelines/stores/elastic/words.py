"""Search exactly as a substring search with nothing but the built-in `whitespace` analyzer: neighbouring pairs of characters are the words.

A text `abc` is indexed as `ab bc c`. Two characters are one word, a longer text the phrase of its pairs, a single character the
beginning of a pair. Blanks inside a text stand as U+00A0, which folding never leaves in a text and Java does not split at.
(The analyzers for Chinese split words as they see fit, and none is in every build.)
"""

from itertools import pairwise

import numpy as np

__all__ = ["pairs", "phrase"]

_BLANK = "\u00a0"
_LONG = 40
"""Characters from which on numpy is the quicker."""


def pairs(folded: str) -> str:
    """Return a folded text as the index takes it."""
    run = folded.replace(" ", _BLANK)
    if len(run) < _LONG:
        return " ".join([one + other for one, other in pairwise(run)] + [run[-1:]])
    codes = np.frombuffer(run.encode("utf-32-le"), np.uint32)
    made = np.full((len(codes), 3), ord(" "), np.uint32)
    made[:, 0] = codes
    made[:-1, 1] = codes[1:]
    # The last character stands alone: its row is one sign, without second and blank.
    return made.tobytes()[:-8].decode("utf-32-le")


def phrase(folded: str) -> str:
    """Return the pairs of a text that is looked for, two characters or more."""
    return " ".join(map("".join, pairwise(folded.replace(" ", _BLANK))))
