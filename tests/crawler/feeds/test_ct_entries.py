"""Entries of both APIs: every name is read, nothing hostile is fatal."""

import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feeds.ct_entries import EntriesUnreadable, read_data_tile, read_entry
from crawler.feeds.ct_merkle import leaf_hash
from crawler.feeds.ct_signatures import LogKey, SignatureWrong, read_checkpoint
from crawler.feeds.model import CertificateSeen, LogEntry
from pipelines.feeds import BrokenEntry
from tests.crawler.feeds.certificates import broken, submitted
from tests.crawler.feeds.log_tree import FIRST_MS, LogTree

HUNDRED = [f"n{n}.cx-mem-gov.cn" for n in range(100)]
ENTRIES = [
    submitted("cx-mem-gov.cn", "*.cx-mem-gov.cn"),
    submitted("zlaq.mohurd-gov.cn", is_precertificate=True),
    submitted(*HUNDRED, is_precertificate=True),
    submitted("xn--c-mem-qze.com", common_name="mem-gov.com"),
    submitted(common_name="only-common.example"),
    submitted("a.example", common_name="Some Organisation Ltd"),
    submitted("dup.example", common_name="dup.example"),
    broken(),
    submitted(),
]
TREE = LogTree(ENTRIES)
NAMES = [
    ("cx-mem-gov.cn", "*.cx-mem-gov.cn"),
    ("zlaq.mohurd-gov.cn",),
    tuple(HUNDRED),
    ("xn--c-mem-qze.com", "mem-gov.com"),
    ("only-common.example",),
    ("a.example",),
    ("dup.example",),
    None,
    (),
]


def by_rfc6962() -> list[LogEntry]:
    return [read_entry("log", i, TREE.leaf_input(i), TREE.extra_data(i)) for i in range(len(ENTRIES))]


def by_static_ct() -> list[LogEntry]:
    return list(read_data_tile("log", 0, TREE.data_tile(0, len(ENTRIES))))


@pytest.mark.parametrize("read", [by_rfc6962, by_static_ct])
def test_every_name_of_every_entry_is_read(read):
    entries = read()
    for index, (entry, names, one) in enumerate(zip(entries, NAMES, ENTRIES, strict=True)):
        assert entry.leaf_hash == TREE.mth(index, index + 1)
        if names is None:
            assert isinstance(entry.seen, BrokenEntry)
            assert entry.seen.index == index
            assert entry.seen.cause
            continue
        assert isinstance(entry.seen, CertificateSeen)
        assert entry.seen.names == names
        assert entry.seen.sha256 == one.sha256
        assert entry.seen.is_precertificate is one.is_precertificate
        assert entry.seen.logged_at.timestamp() * 1000 == pytest.approx(FIRST_MS + index)


def test_both_apis_say_the_same():
    assert by_rfc6962() == by_static_ct()


def test_names_of_a_precertificate_come_from_what_the_tree_commits_to():
    other = submitted("innocent.example", is_precertificate=True)
    lying = len(other.handed_in).to_bytes(3) + other.handed_in + b"\x00\x00\x00"
    entry = read_entry("log", 1, TREE.leaf_input(1), lying)
    assert entry.seen.names == ("zlaq.mohurd-gov.cn",)


@pytest.mark.parametrize("extra", [b"", b"\xff\xff\xff", b"\x00\x00"])
def test_names_of_a_precertificate_do_not_hang_on_what_nobody_commits_to(extra):
    seen = read_entry("log", 1, TREE.leaf_input(1), extra).seen
    assert (seen.names, seen.sha256) == (("zlaq.mohurd-gov.cn",), "")


@pytest.mark.parametrize("cut", [1, 5, 40, 500])
def test_a_tile_that_ends_too_early_is_unreadable_from_there(cut):
    tile = TREE.data_tile(0, 3)[:-cut]
    found = []
    with pytest.raises(EntriesUnreadable, match="entry 2"):
        for entry in read_data_tile("log", 0, tile):
            found.append(entry)
    assert len(found) == 2


@given(st.binary(max_size=400), st.binary(max_size=100))
def test_any_bytes_are_an_entry_or_a_broken_one(leaf, extra):
    entry = read_entry("log", 7, leaf, extra)
    assert entry.leaf_hash == leaf_hash(leaf)
    assert isinstance(entry.seen, BrokenEntry | CertificateSeen)


@given(st.integers(0, len(ENTRIES) - 1), st.data())
@settings(max_examples=300)
def test_a_real_entry_with_bytes_changed_is_never_fatal(index, data):
    leaf = bytearray(TREE.leaf_input(index))
    for _ in range(data.draw(st.integers(1, 4))):
        leaf[data.draw(st.integers(0, len(leaf) - 1))] = data.draw(st.integers(0, 255))
    entry = read_entry("log", index, bytes(leaf), TREE.extra_data(index))
    assert isinstance(entry.seen, BrokenEntry | CertificateSeen)


@given(st.binary(max_size=600))
def test_any_bytes_are_a_tile_or_unreadable(tile):
    with contextlib.suppress(EntriesUnreadable):
        assert all(isinstance(entry, LogEntry) for entry in read_data_tile("log", 0, tile))


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)])
def test_heads_are_verified_with_the_log_s_key(key):
    tree = LogTree(ENTRIES, key=key)
    head = read_checkpoint(tree.checkpoint(5, FIRST_MS), LogKey(tree.spki))
    assert (head.size, head.root) == (5, tree.root(5))
    assert head.signed_at.timestamp() * 1000 == FIRST_MS
    LogKey(tree.spki).check_head(5, tree.root(5), FIRST_MS, tree.signature(5, FIRST_MS))
    for size, root, at in [(6, tree.root(5), FIRST_MS), (5, tree.root(6), FIRST_MS), (5, tree.root(5), FIRST_MS + 1)]:
        with pytest.raises(SignatureWrong):
            LogKey(tree.spki).check_head(size, root, at, tree.signature(5, FIRST_MS))


def test_a_checkpoint_of_another_key_or_with_more_lines_is_refused():
    checkpoint = TREE.checkpoint(5, FIRST_MS)
    with pytest.raises(SignatureWrong):
        read_checkpoint(checkpoint, LogKey(LogTree().spki))
    lines = checkpoint.split(b"\n")
    with pytest.raises(SignatureWrong):
        read_checkpoint(b"\n".join([*lines[:3], b"extension", *lines[3:]]), LogKey(TREE.spki))
    with pytest.raises(SignatureWrong):
        read_checkpoint(checkpoint.replace(b"\n5\n", b"\n6\n"), LogKey(TREE.spki))
    assert read_checkpoint(checkpoint, None).signed_at is None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_checkpoint_or_a_value_error(note):
    for key in (None, LogKey(TREE.spki)):
        with contextlib.suppress(ValueError, SignatureWrong):
            read_checkpoint(note, key)
