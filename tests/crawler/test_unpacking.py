"""Packed answers: every coding a browser undoes, over each other, cut at the limit, broken ones as they came."""

import gzip
import zlib

import brotli
import pytest

from crawler.unpacking import unpacked

PAGE = "<title>特种作业操作证查询</title>".encode() * 50
LIMIT = 100_000


def bare_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def zipped(content: bytes) -> bytes:
    """Return the same bytes in every process that collects these tests: gzip notes the time."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PAGE, ""),
        (PAGE, "identity"),
        (zipped(PAGE), "gzip"),
        (zipped(PAGE), " X-GZIP "),
        (zlib.compress(PAGE), "deflate"),
        (bare_deflate(PAGE), "deflate"),
        (brotli.compress(PAGE), "br"),
        (zipped(zipped(PAGE)), "gzip, gzip"),
        (brotli.compress(zipped(PAGE)), "gzip,br"),
        (zipped(PAGE), "gzip, identity"),
    ],
)
def test_what_a_browser_undoes_is_undone(body, encoding):
    assert unpacked(body, encoding, LIMIT) == (PAGE, False)


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (zipped(b"a" * 5_000_000), "gzip"),
        (brotli.compress(b"a" * 5_000_000), "br"),
        (zipped(zipped(b"a" * 50_000_000)), "gzip, gzip"),
        (brotli.compress(zipped(b"a" * 50_000_000)), "gzip, br"),
        (b"a" * 5_000_000, ""),
    ],
)
def test_a_bomb_is_cut_and_said_to_be(packed, encoding):
    content, is_cut = unpacked(packed, encoding, LIMIT)
    assert content == b"a" * LIMIT
    assert is_cut


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
def test_what_is_not_packed_at_all_stays_as_it_came(encoding):
    assert unpacked(b"<p>plain</p>", encoding, LIMIT) == (b"<p>plain</p>", True)


def test_half_a_stream_gives_half_a_page():
    noise = bytes(range(256)) * 40
    for packed, encoding in ((zipped(noise + PAGE), "gzip"), (brotli.compress(noise + PAGE), "br")):
        content, is_cut = unpacked(packed[: len(packed) * 9 // 10], encoding, LIMIT)
        assert is_cut
        assert (noise + PAGE).startswith(content)


def test_a_coding_nobody_knows_leaves_the_rest_packed():
    assert unpacked(zipped(b"zs"), "zstd, gzip", LIMIT) == (b"zs", False)
    assert unpacked(b"zs", "zstd", LIMIT) == (b"zs", False)


def test_codings_without_end_are_not_followed():
    body = PAGE
    for _ in range(6):
        body = zipped(body)
    content, is_cut = unpacked(body, ",".join(["gzip"] * 6), LIMIT)
    assert is_cut
    assert content != PAGE
