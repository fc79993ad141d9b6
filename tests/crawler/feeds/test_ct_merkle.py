"""Merkle hashing against published vectors and against the plain recursion of RFC 6962."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feeds.ct_merkle import (
    EMPTY_ROOT,
    ProofWrong,
    append_leaf,
    complete_nodes,
    consistency_ranges,
    leaf_hash,
    node_hash,
    peaks_fit,
    peaks_of_proof,
    root_of_peaks,
    root_of_proof,
)
from tests.crawler.feeds.log_tree import LogTree

# Leaves and roots of the reference tree that implementations of RFC 6962 are tested with.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


class _Plain(LogTree):
    """A tree over short leaves."""

    def leaf_input(self, index: int) -> bytes:
        return f"leaf {index}".encode()


TREE = _Plain()


def test_the_reference_tree_has_its_published_roots():
    peaks = ()
    for size, leaf in enumerate(LEAVES):
        peaks = append_leaf(peaks, size, leaf_hash(bytes.fromhex(leaf)))
        if size + 1 in ROOTS:
            assert root_of_peaks(peaks).hex() == ROOTS[size + 1]


def test_an_empty_tree_has_the_hash_of_nothing():
    assert root_of_peaks(()) == EMPTY_ROOT == TREE.root(0)


@given(st.integers(1, 300))
@settings(max_examples=40)
def test_peaks_grow_to_the_root_of_the_plain_recursion(size):
    peaks = ()
    for index in range(size):
        peaks = append_leaf(peaks, index, leaf_hash(TREE.leaf_input(index)))
        assert peaks_fit(peaks, index + 1)
    assert root_of_peaks(peaks) == TREE.root(size)


sizes = st.integers(1, 600).flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new)))


@given(sizes)
def test_a_true_proof_leads_to_the_new_root_and_holds_the_old_peaks(pair):
    old, new = pair
    proof = TREE.proof(old, new)
    assert root_of_proof(old, new, TREE.root(old), proof) == TREE.root(new)
    peaks = peaks_of_proof(old, new, TREE.root(old), proof) if old < new else ()
    if old < new:
        assert peaks_fit(peaks, old)
        assert root_of_peaks(peaks) == TREE.root(old)


@given(sizes, st.data())
def test_a_proof_with_one_node_changed_proves_nothing(pair, data):
    old, new = pair
    proof = TREE.proof(old, new)
    if not proof:
        return
    place = data.draw(st.integers(0, len(proof) - 1))
    proof[place] = bytes(32)
    with contextlib.suppress(ProofWrong):
        assert root_of_proof(old, new, TREE.root(old), proof) != TREE.root(new)


@given(sizes)
def test_a_proof_from_another_root_or_of_another_length_is_refused_or_leads_elsewhere(pair):
    old, new = pair
    proof = TREE.proof(old, new)
    with pytest.raises(ProofWrong, match="too long"):
        root_of_proof(old, new, TREE.root(old), [*proof, bytes(32)])
    if proof:
        with pytest.raises(ProofWrong, match="too short"):
            root_of_proof(old, new, TREE.root(old), proof[:-1])
        with contextlib.suppress(ProofWrong):
            assert root_of_proof(old, new, bytes(32), proof) != TREE.root(new)


@given(sizes)
def test_the_ranges_of_a_proof_are_those_of_its_nodes(pair):
    old, new = pair
    ranges = consistency_ranges(old, new)
    assert [TREE.mth(start, end) for start, end in ranges] == TREE.proof(old, new)
    for start, end in ranges:
        nodes = complete_nodes(start, end)
        assert next(index << level for level, index in nodes) == start
        root = TREE.mth(nodes[-1][1] << nodes[-1][0], end)
        for level, index in reversed(nodes[:-1]):
            root = node_hash(TREE.mth(index << level, (index + 1) << level), root)
        assert root == TREE.mth(start, end)
