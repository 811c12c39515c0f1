"""Tests of cloneward.fetch.encoding."""

import gzip
import random
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fetch.encoding import FAULTS, STEP_BYTES, read_codings, unfold


def deflate_raw(content):
    """Deflate as some servers send it, without zlib's frame."""
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(content) + machine.flush()


def fold_brotli(content):
    """Brotli at a quality that takes no time."""
    return brotli.compress(content, quality=4)


FOLD = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": fold_brotli,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}
SPELLINGS = [*FOLD.items(), ("deflate", deflate_raw)]


class Tally:
    """A meter that lets everything through, or so much."""

    def __init__(self, most=None):
        self.total, self.most = 0, most

    def add(self, size_bytes):
        self.total += size_bytes
        if self.most is not None and self.total > self.most:
            raise OverflowError


def cut(content, size):
    """The content in pieces of that size."""
    return [content[at : at + size] for at in range(0, len(content), size)]


@given(st.binary(max_size=300), st.integers(1, 50), st.lists(st.sampled_from(SPELLINGS), max_size=3))
def test_unfolds_what_was_folded(content, size, layers):
    """Whatever was folded, by any codings on one another and cut anywhere, comes back."""
    folded = content
    for _, fold in layers:
        folded = fold(folded)
    pieces = unfold(cut(folded, size), [name for name, _ in layers], Tally())
    assert b"".join(pieces) == content


@pytest.mark.parametrize("size", [1000, 30_000, STEP_BYTES, 10**6])
@pytest.mark.parametrize(("coding", "fold"), SPELLINGS)
def test_unfolds_large_bodies(coding, fold, size):
    """A body of many steps comes back whole, however it was cut on the wire."""
    content = bytes(random.Random(7).choices(b"abcdefghijklmnop", k=500_000)) + bytes(500_000)
    assert b"".join(unfold(cut(fold(content), size), [coding], Tally())) == content


@pytest.mark.parametrize(("coding", "fold"), SPELLINGS)
def test_gives_small_pieces(coding, fold):
    """A bomb comes in small pieces, each metered before the next is made, and stops when the meter says so."""
    sizes = []
    with pytest.raises(OverflowError):
        sizes.extend(map(len, unfold([fold(bytes(16 * 1024 * 1024))], [coding], Tally(10 * STEP_BYTES))))
    assert max(sizes) <= 3 * STEP_BYTES
    assert sum(sizes) <= 10 * STEP_BYTES


@pytest.mark.parametrize("coding", FOLD)
def test_meters_inner_layers(coding):
    """A layer that unfolds to much, of which the next layer makes nothing, is metered too."""
    empty = FOLD["gzip"](b"") * 300_000
    with pytest.raises(OverflowError):
        list(unfold([FOLD[coding](empty)], ["gzip", coding], Tally(1_000_000)))


@pytest.mark.parametrize(("coding", "fold"), [pair for pair in SPELLINGS if pair[0] != "zstd"])
def test_early_end_is_a_fault(coding, fold):
    """What ends before its coding does is a fault, after all that could be had."""
    content = bytes(range(256)) * 1000
    folded = fold(content)
    had = []
    with pytest.raises(FAULTS):
        had.extend(unfold([folded[: len(folded) // 2]], [coding], Tally()))
    assert content.startswith(b"".join(had))


@pytest.mark.parametrize("coding", FOLD)
@given(st.binary(min_size=1, max_size=100))
def test_garbage_is_a_fault(coding, content):
    """Bytes that were never folded give a fault or something, and nothing else."""
    try:
        list(unfold([content], [coding], Tally(10**6)))
    except (*FAULTS, OverflowError):
        pass


@pytest.mark.parametrize("coding", FOLD)
def test_nothing_is_nothing(coding):
    """No bytes are no bytes in any coding."""
    assert list(unfold([], [coding], Tally())) == []
    assert b"".join(unfold([b"", b""], [coding], Tally())) == b""


def test_members_and_padding():
    """Gzip members in a row are all read, wherever they are cut; padding after them is passed over."""
    folded = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(20)
    for size in (1, 3, 7, 1000):
        assert b"".join(unfold(cut(folded, size), ["gzip"], Tally())) == b"one two"


def test_window_is_bounded():
    """A zstd frame that asks for a large window is refused before memory is taken for it."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    machine = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(zstandard.ZstdError, match="memory"):
        list(unfold([machine.compress(b"x") + machine.flush()], ["zstd"], Tally()))


@pytest.mark.parametrize(
    ("header", "codings"),
    [
        ("", []),
        ("identity", []),
        ("GZip", ["gzip"]),
        ("x-gzip, br", ["gzip", "br"]),
        ("gzip,,gzip", ["gzip", "gzip"]),
        ("gzip, gzip, gzip, gzip", None),
        ("compress", None),
        ("gzip, aes128gcm", None),
    ],
)
def test_reads_codings(header, codings):
    """The header is read whatever its case; what cannot be undone, or is folded too often, is not tried."""
    assert read_codings(header) == codings
