"""Tests of cloneward.archive.stream."""

import gzip
import io
import os
import struct
import tracemalloc

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import stream as module
from cloneward.archive.stream import Stream, detect_packing
from tests.archive.crawl import Watched, pack

PACKINGS = ["plain", "gzip", "zstd"]


def read_members(content):
    """All members of a file: where each begins, what it holds, and what is wrong with it."""
    stream = Stream(io.BytesIO(content))
    members = []
    while True:
        parts = []
        while part := stream.read(1000):
            parts.append(part)
        members.append((stream.start, b"".join(parts), stream.damage))
        if not stream.next_member():
            return members if stream.damage in {"", members[-1][2]} else [*members, (stream.start, b"", stream.damage)]


@pytest.mark.parametrize("packing", PACKINGS)
def test_tells_the_packing(packing):
    """The packing is told by the first bytes, whatever a file is called."""
    assert detect_packing(pack(b"words", packing=packing)) == packing
    assert detect_packing(b"") == "plain"


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_members_and_their_places(packing):
    """Each member is given alone, with the offset at which another reader finds it again."""
    members = [b"one", b"", os.urandom(100_000), b"x" * 2_000_000]
    packed = [pack(member, packing=packing) for member in members]
    places = [len(b"".join(packed[:number])) for number in range(len(packed))]
    assert read_members(b"".join(packed)) == [(*pair, "") for pair in zip(places, members, strict=True)]
    for place, member in zip(places, members, strict=True):
        stream = Stream(io.BytesIO(b"".join(packed)), at=place)
        assert b"".join(iter(lambda stream=stream: stream.read(99_999), b"")) == member


def test_a_plain_file_is_one_member():
    """A plain file is one member, which can be passed over without being read."""
    file = Watched(b"abcdefgh" * 1_000_000)
    stream = Stream(file)
    assert (stream.read(3), stream.skip(7_000_000), stream.read(2)) == (b"abc", 7_000_000, b"de")
    assert file.taken < 100
    assert stream.skip(10**18) == 8_000_000 - 7_000_005
    assert (stream.read(1), stream.next_member(), stream.damage) == (b"", False, "")


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_truncated(packing):
    """A member that the file's end cuts gives what is there, and says so."""
    first, second = pack(b"one", packing=packing), pack(os.urandom(90_000), packing=packing)
    members = read_members(first + second[:50_000])
    assert members[0] == (0, b"one", "")
    assert members[1][0] == len(first)
    assert members[1][2] == "the file ends within it"


def test_trailing_bytes():
    """Zeros after a member are padding; anything else is damage at its place."""
    one = gzip.compress(b"one")
    assert read_members(one + bytes(100_000)) == [(0, b"one", "")]
    assert read_members(one + bytes(10) + one)[1] == (len(one) + 10, b"one", "")
    assert read_members(one + b"junk")[1] == (len(one), b"", "no gzip member begins here")


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_recovers(packing):
    """After a damaged member the next one that holds what is looked for is found, wherever the damage lies."""
    packed = [pack(b"MARK" + os.urandom(2_000), packing=packing) for _ in range(3)]
    places = [0, len(packed[0]), len(packed[0] + packed[1])]
    whole = b"".join(packed)
    for at in range(1, len(packed[0]) - 10, 97):
        hurt = whole[:at] + bytes(64) + whole[at + 64 :]
        stream = Stream(io.BytesIO(hurt), packing)
        while True:
            while stream.read(10_000):
                pass
            if not stream.damage and not stream.next_member() and not stream.damage:
                break
            if stream.damage:
                assert stream.recover(lambda head: head.startswith(b"MARK"))
                break
        assert stream.start in places[1:]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_bombs_are_left(packing):
    """A member that unpacks to hundreds of times its size is left early, in little memory, and the next one is read."""
    zeros = bytes(1 << 20)
    if packing == "gzip":
        packer = gzip.GzipFile(fileobj=(file := io.BytesIO()), mode="wb", mtime=0)
    else:
        packer = zstandard.ZstdCompressor().stream_writer(file := io.BytesIO(), closefd=False)
    for _ in range(1024):
        packer.write(zeros)
    packer.close()
    file.seek(0, io.SEEK_END)
    file.write(pack(b"MARK", packing=packing))
    tracemalloc.start()
    stream = Stream(file)
    given_bytes = sum(iter(lambda: len(stream.read(1 << 16)), 0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stream.is_bomb
    assert given_bytes < 2 * module.FREE_BYTES
    assert peak < 1.5 * module.FREE_BYTES
    assert stream.recover(lambda head: head == b"MARK")
    assert stream.read(9) == b"MARK"


def test_search_is_bounded(monkeypatch):
    """A file made of false beginnings is given up, not searched for hours."""
    monkeypatch.setattr(module, "_MAX_TRIES", 50)
    stream = Stream(io.BytesIO(b"\x1f\x8b\x08\0" * 10_000))
    stream.read(1)
    assert stream.damage
    assert not stream.recover(bool)


def test_zstd_dictionary():
    """Frames that need the dictionary at the file's head (as in .warc.zst) are read, from any place."""
    samples = [f"WARC/1.1 record {number} of the crawl of example.org".encode() * 20 for number in range(200)]
    dictionary = zstandard.train_dictionary(4_096, samples)
    frames = [zstandard.ZstdCompressor(dict_data=dictionary).compress(sample) for sample in samples[:2]]
    for content in [dictionary.as_bytes(), zstandard.ZstdCompressor().compress(dictionary.as_bytes())]:
        head = struct.pack("<II", 0x184D2A5D, len(content)) + content
        assert [member for _, member, _ in read_members(head + b"".join(frames))] == samples[:2]
        second = Stream(io.BytesIO(head + b"".join(frames)), at=len(head + frames[0]))
        assert second.read(10_000) == samples[1]
    assert read_members(b"".join(frames))[0][2].startswith("its compression is damaged")
    assert read_members(struct.pack("<II", 0x184D2A5D, 10**9) + b"junk") == [(10**9 + 8, b"", "")]


def test_zstd_windows_are_bounded():
    """A frame that asks for a window of gigabytes is damage, not an allocation."""
    parameters = zstandard.ZstdCompressionParameters(window_log=30)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    content = packer.compress(b"words") + packer.flush()
    assert read_members(content)[0][2].startswith("its compression is damaged")


@given(st.binary(max_size=200), st.sampled_from([b"", module.GZIP_MAGIC, module.ZSTD_MAGIC, gzip.compress(b"one")]))
def test_never_raises(content, magic):
    """Any bytes give members or damage, and an end."""
    stream = Stream(io.BytesIO(magic + content))
    for _ in range(10):
        while stream.read(1_000):
            pass
        if not stream.next_member() and not stream.recover(lambda _: True):
            break
