"""What traits say together: a promise with a way to answer it, a warning without one, a certificate's name and nothing that is sold.

A sum of weights cannot say "and", so what only holds together stands here as traits of its own, each readable as one sentence and
each a row of `data/cues.csv` with a fitted weight.
"""

from collections.abc import Collection, Iterator, Mapping

from detectors.wording.marks import Sense
from detectors.wording.speakers import RECOUNTING, Manner

__all__ = ["JOINED", "joined"]

JOINED: Mapping[str, str] = {
    "~unsold": "没有承诺、报价、招呼或联系方式",
    "~warned_uncalled": "有警示、转述用语，且无人招呼联系",
    "~asked_uncalled": "有人询问，且无人招呼联系",
    "~taught_unpromised": "有学习、考试用语，且没有任何承诺",
    "~promised_reached": "作出承诺，并可联系或标价",
    "~promised_twice": "作出两种以上承诺",
    "~promised_warned": "作出承诺，同时有警示、转述用语",
    "~called_unwarned": "招呼人来联系，且没有警示、转述用语",
}
"""Name of each trait → what staff read."""
_PROMISED = frozenset(
    f"~said_{sense.value}"
    for sense in (
        Sense.FORGERY, Sense.PROXY, Sense.IDENTITY_ONLY, Sense.NO_EXAM, Sense.PASS, Sense.VERIFY, Sense.NO_REVIEW,
        Sense.SPEED, Sense.PAYMENT,
    )
)  # fmt: skip
_ARRANGED = frozenset({"~said_agency", "~said_rental", "~said_excuse"})
_CALLED = frozenset({"~contact", "~hint", f"~{Manner.CALLS.value}"})
_PRICED = frozenset({"~price", "~prices"})
_SOLD = frozenset(f"~{one.value}" for one in (Manner.OFFERS, Manner.ASSURES, Manner.HURRIES))
_WARNED = frozenset(f"~{one.value}" for one in RECOUNTING) | {"~told", "~advised", "~struck", "~denied"}
_ASKED = frozenset({"~question", f"~{Manner.ASKS.value}", "~voice_asking"})
_TAUGHT = frozenset({"~training", f"~{Manner.STUDIED.value}", f"~{Manner.SCHOOLED.value}", "~official"})
_TWO = 2


def joined(traits: Collection[str]) -> Iterator[str]:
    """Yield the joined traits of a stretch that has these traits."""
    has = frozenset(traits)
    promises = len(has & _PROMISED)
    is_called, is_priced, is_warned = bool(has & _CALLED), bool(has & _PRICED), bool(has & _WARNED)
    holds = {
        "~unsold": not (promises or is_called or is_priced or has & _SOLD or has & _ARRANGED),
        "~warned_uncalled": is_warned and not is_called,
        "~asked_uncalled": bool(has & _ASKED) and not is_called,
        "~taught_unpromised": bool(has & _TAUGHT) and not promises,
        "~promised_reached": bool(promises) and (is_called or is_priced),
        "~promised_twice": promises >= _TWO,
        "~promised_warned": bool(promises) and is_warned,
        "~called_unwarned": is_called and not is_warned,
    }
    yield from (name for name, is_so in holds.items() if is_so)
