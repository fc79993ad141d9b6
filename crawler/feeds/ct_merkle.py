"""Merkle trees as RFC 6962 §2.1 defines them: leaf and node hashes, consistency proofs, and roots of a growing tree.

A tree of n leaves is kept as its *peaks*: the roots of the complete subtrees it is made of, largest first, one per 1-bit of n.
Peaks are all that is needed to go on hashing where reading stopped. Pure.
"""

import hashlib
from collections.abc import Iterator, Sequence

__all__ = [
    "EMPTY_ROOT", "ProofWrong", "append_leaf", "complete_nodes", "consistency_ranges", "leaf_hash", "node_hash", "peaks_fit",
    "peaks_of_proof", "root_of_peaks", "root_of_proof",
]  # fmt: skip

EMPTY_ROOT = hashlib.sha256().digest()

Peaks = tuple[bytes, ...]


class ProofWrong(ValueError):
    """A proof does not prove what it should."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks_fit(peaks: Sequence[object], size: int) -> bool:
    """Say whether so many peaks can be those of a tree of this size."""
    return len(peaks) == size.bit_count()


def append_leaf(peaks: Peaks, size: int, leaf: bytes) -> Peaks:
    """Return the peaks after one more leaf (its hash) was added to a tree of `size` leaves."""
    last, rest = leaf, list(peaks)
    while size & 1:
        last = node_hash(rest.pop(), last)
        size >>= 1
    return (*rest, last)


def root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """Return the root of the tree with these peaks."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def consistency_ranges(old_size: int, new_size: int) -> tuple[tuple[int, int], ...]:
    """Return which leaves (start, end) each node of the proof from `old_size` to `new_size` covers, in the proof's order."""
    return tuple(_ranges(old_size, 0, new_size, is_whole=True))


def root_of_proof(old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root of the new tree that the proof leads to.

    Raises `ProofWrong` when it does not start from the old root or has too few or too many nodes.
    """
    nodes = iter(proof)
    try:
        old, new = _rebuild(old_size, new_size, old_root, nodes, is_whole=True)
    except StopIteration:
        raise ProofWrong("the proof is too short") from None
    if next(nodes, None) is not None:
        raise ProofWrong("the proof is too long")
    if old != old_root:
        raise ProofWrong("the proof does not contain the old root")
    return new


def peaks_of_proof(old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]) -> Peaks:
    """Return the peaks of the old tree, which a correct proof holds, largest first."""
    if old_size.bit_count() == 1:
        return (old_root,)
    ranges = consistency_ranges(old_size, new_size)
    old = [(start, node) for (start, end), node in zip(ranges, proof, strict=True) if end <= old_size]
    return tuple(node for _, node in sorted(old))


def complete_nodes(start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return the complete subtrees (level, index) that make up the leaves `start` to `end`, left to right.

    `start` must be where a subtree of that width may begin, as it is in every range of a proof.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return tuple(nodes)


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _ranges(old: int, start: int, size: int, *, is_whole: bool) -> Iterator[tuple[int, int]]:
    if old == size:
        if not is_whole:
            yield start, start + size
        return
    left = _split(size)
    if old <= left:
        yield from _ranges(old, start, left, is_whole=is_whole)
        yield start + left, start + size
    else:
        yield from _ranges(old - left, start + left, size - left, is_whole=False)
        yield start, start + left


def _rebuild(old: int, size: int, old_root: bytes, nodes: Iterator[bytes], *, is_whole: bool) -> tuple[bytes, bytes]:
    """Return the roots of the old and of the new tree within one subtree."""
    if old == size:
        same = old_root if is_whole else next(nodes)
        return same, same
    left = _split(size)
    if old <= left:
        before, after = _rebuild(old, left, old_root, nodes, is_whole=is_whole)
        return before, node_hash(after, next(nodes))
    before, after = _rebuild(old - left, size - left, old_root, nodes, is_whole=False)
    sibling = next(nodes)
    return node_hash(sibling, before), node_hash(sibling, after)
