"""What a new tree head says about the log: growing, resting, lagging, rewound, or showing different trees to different people.

A smaller head that is a true prefix of the tree we know, and was not signed later, comes from a server that lags behind; logs have
many servers. Anything else that is smaller is a rewind. A larger head must contain the one before it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.feeds.ct_merkle import ProofWrong, peaks_fit, peaks_of_proof, root_of_proof
from crawler.feeds.fetch import Failure, FetchFailed
from crawler.feeds.marks import add_gap, end_alarm, raise_alarm
from crawler.feeds.model import TreeHead
from pipelines.feeds import AlarmKind, FeedBookmark

__all__ = ["HeadJudged", "judge_head"]

_AWAY = frozenset({Failure.UNREACHABLE, Failure.BUSY})

Prove = Callable[[int, int], Awaitable[tuple[bytes, ...]]]


@dataclass(frozen=True, slots=True)
class HeadJudged:
    """The bookmark with what the head says, and how far entries can be read now."""

    mark: FeedBookmark
    readable_size: int
    root: bytes | None
    """Root of the tree of that size, to check entries against; None: it was not proven."""


async def judge_head(
    mark: FeedBookmark, head: TreeHead, prove: Prove, now: datetime, *, from_start: bool, retry_gap_s: float
) -> HeadJudged:
    """Compare the head with the last one accepted. Names must not wait for a proof: one that cannot be had leaves the head unproven."""
    if mark.head_size is None:
        offset = 0 if from_start else head.size
        begun = replace(_adopted(mark, head), offset=offset, peaks=(), grew_at=now)
        return HeadJudged(begun, head.size, head.root)
    if head.size < mark.head_size:
        return await _judge_smaller(mark, mark.head_size, head, prove, now, retry_gap_s)
    if head.size == mark.head_size:
        return _judge_same(mark, head, now)
    return await _judge_larger(mark, mark.head_size, head, prove, now)


def _adopted(mark: FeedBookmark, head: TreeHead) -> FeedBookmark:
    return replace(mark, head_size=head.size, head_root=head.root.hex(), head_at=head.signed_at)


def _judge_same(mark: FeedBookmark, head: TreeHead, now: datetime) -> HeadJudged:
    if head.root.hex() != mark.head_root:
        about = f"size {head.size}: root {mark.head_root[:16]} and root {head.root.hex()[:16]}"
        return HeadJudged(raise_alarm(mark, AlarmKind.SPLIT_VIEW, about, now), head.size, None)
    return HeadJudged(_adopted(mark, head), head.size, head.root)


async def _judge_smaller(
    mark: FeedBookmark, known_size: int, head: TreeHead, prove: Prove, now: datetime, retry_gap_s: float
) -> HeadJudged:
    is_later = head.signed_at is not None and mark.head_at is not None and head.signed_at > mark.head_at
    if not is_later and head.size > 0 and await _may_be_prefix(mark, known_size, head, prove):
        return HeadJudged(mark, head.size, None)
    about = f"size {head.size} after size {known_size}"
    mark = raise_alarm(mark, AlarmKind.REWOUND, about, now)
    if head.size < mark.offset:
        # What stands there after the log has grown again may be other entries than those that were read.
        mark = add_gap(mark, head.size, mark.offset, AlarmKind.REWOUND.value, now, retry_gap_s)
    return HeadJudged(mark, head.size, None)


async def _may_be_prefix(mark: FeedBookmark, known_size: int, head: TreeHead, prove: Prove) -> bool:
    """Say whether the smaller tree is part of the one we know, as far as the server that should prove it can be asked."""
    try:
        proof = await prove(head.size, known_size)
        return root_of_proof(head.size, known_size, head.root, proof).hex() == mark.head_root
    except ProofWrong:
        return False
    except FetchFailed as error:
        return error.failure in _AWAY


async def _judge_larger(mark: FeedBookmark, known_size: int, head: TreeHead, prove: Prove, now: datetime) -> HeadJudged:
    mark = replace(end_alarm(mark, AlarmKind.FROZEN), grew_at=now)
    if known_size == 0:
        return HeadJudged(_adopted(mark, head), head.size, head.root)
    old_root = bytes.fromhex(mark.head_root)
    try:
        proof = await prove(known_size, head.size)
        proven = root_of_proof(known_size, head.size, old_root, proof)
    except FetchFailed:
        # Go on reading, keep the old head as the one to prove from.
        return HeadJudged(mark, head.size, None)
    except ProofWrong:
        proven = b""
    if proven != head.root:
        about = f"size {head.size} does not contain size {known_size} (root {mark.head_root[:16]})"
        mark = raise_alarm(mark, AlarmKind.SPLIT_VIEW, about, now)
        return HeadJudged(replace(_adopted(mark, head), peaks=()), head.size, None)
    if mark.offset == known_size and not peaks_fit(mark.peaks, mark.offset):
        peaks = peaks_of_proof(known_size, head.size, old_root, proof)
        mark = replace(mark, peaks=tuple(peak.hex() for peak in peaks))
    return HeadJudged(_adopted(mark, head), head.size, head.root)
