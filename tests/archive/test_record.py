"""Tests of cloneward.archive.record."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive.record import Damage, Record, open_stream, read_records
from tests.archive.crawl import Watched, pack, pages, record

URLS = ["http://a.test/1", "http://a.test/2", "http://a.test/3"]
PACKINGS = ["plain", "gzip", "zstd"]


def read(content, start=None, size=1 << 20):
    """The records of a file from a place on: address and block; damages as they are."""
    file = content if isinstance(content, io.BytesIO) else io.BytesIO(content)
    found = []
    for given_one in read_records(open_stream(file, start), start):
        if isinstance(given_one, Record):
            found.append((given_one.headers.get("warc-target-uri"), given_one.read(size)))
        else:
            found.append(given_one)
    return found


def addresses(found):
    """The addresses alone."""
    return [one[0] for one in found if not isinstance(one, Damage)]


def damages(found):
    """The damages alone."""
    return [one for one in found if isinstance(one, Damage)]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("size", [0, 5, 1 << 20])
def test_reads_in_order(packing, size):
    """Records come in order however they are packed, and whatever part of each is read."""
    found = read(pack(*pages(*URLS), packing=packing), size=size)
    blocks = [page.partition(b"\r\n\r\n")[2][:-4] for page in pages(*URLS)]
    assert found == [(url, block[:size]) for url, block in zip(URLS, blocks, strict=True)]


@pytest.mark.parametrize("packing", [*PACKINGS, "one member"])
def test_positions(packing):
    """From the position of any record the same records come again, in one member or in many."""
    content = pack(*pages(*URLS), packing=packing)
    content = gzip.compress(content) if packing == "one member" else content
    whole = read(content)
    positions = [one.position for one in read_records(open_stream(io.BytesIO(content), None))]
    assert len(set(positions)) == 3
    for number, position in enumerate(positions):
        assert read(content, position) == whole[number:]


def test_large_blocks_are_passed_over():
    """Blocks that nobody reads are not read, in a plain file."""
    content = record(URLS[0], bytes(10_000_000)) + record(URLS[1])
    file = Watched(content)
    assert addresses(read(file, size=0)) == URLS[:2]
    assert file.taken < 1_000_000


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_versions_and_spelling(version):
    """Both versions are read, with names in any case, folded fields, and line ends alone."""
    content = record(URLS[0], b"one", version=version)
    content = content.replace(b"WARC-Target-URI: ", b"warc-TARGET-uri:\r\n\t")
    assert read(content) == [(URLS[0], b"one")]
    assert read(content.replace(b"\r\n", b"\n")) == [(URLS[0], b"one")]
    assert read(b"\r\n\r\n" + content + b"\r\n" * 50_000 + content) == [(URLS[0], b"one")] * 2


@pytest.mark.parametrize("packing", ["plain", "gzip"])
@pytest.mark.parametrize("length", [0, 3, 100_000, 10**17])
def test_lying_lengths(packing, length):
    """A record whose length is not true is told with its offset, and swallows no other."""
    one, two, three = pages(*URLS)
    lying = record(URLS[1], b"some words of this page", length=length)
    found = read(pack(one, lying, three, packing=packing))
    assert addresses(found) == URLS
    (damage,) = damages(found)
    assert damage.position == str(len(pack(one, packing=packing)))
    assert ("states" in damage.text, bool(two)) == (True, True)
    block = dict(one for one in found if not isinstance(one, Damage))[URLS[1]]
    assert block == b"some words of this page"[: length or 0] or block.startswith(b"some words of this page")
    assert b"WARC/" not in block


@pytest.mark.parametrize("packing", ["plain", "gzip"])
@pytest.mark.parametrize("length", ["", "-5", "five", "0x10", "1e3", "9" * 30])
def test_lengths_that_are_none(packing, length):
    """A record without a length that can be read is told and passed over."""
    one, _, three = pages(*URLS)
    found = read(pack(one, record(URLS[1], b"some words", length=length), three, packing=packing))
    assert addresses(found) == [URLS[0], URLS[2]]
    assert len(damages(found)) == 1


@pytest.mark.parametrize("packing", PACKINGS)
def test_truncated(packing):
    """Cut anywhere, the whole records come, the cut one as far as it goes, and the cut is told, with its offset."""
    whole = pack(*pages(*URLS), packing=packing)
    last = len(pack(*pages(*URLS[:2]), packing=packing))
    for end in range(last + 1, len(whole) - 8, 7):
        found = read(whole[:end])
        assert addresses(found)[:2] == URLS[:2]
        assert len(addresses(found)) <= 3
        assert [damage.position for damage in damages(found)] == [str(last)], end


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_damage_anywhere(packing):
    """Bytes turned to zero anywhere in one record leave the others, and are told unless they only change its words."""
    packed = [pack(one, packing=packing) for one in pages(*URLS)]
    for at in range(0, len(packed[1]) - 1, 5):
        hurt = packed[1][:at] + bytes(5) + packed[1][at + 5 :]
        found = read(packed[0] + hurt[: len(packed[1])] + packed[2])
        assert {URLS[0], URLS[2]} <= set(addresses(found)), at
        assert damages(found) or len(addresses(found)) == 3


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_junk_between(packing):
    """Junk before and between records is told once at each place, and passed over."""
    one, two, _ = [pack(page, packing=packing) for page in pages(*URLS)]
    found = read(one + bytes(range(1, 256)) * 400 + b"\r\n\r\n" + two)
    assert addresses(found) == URLS[:2]
    assert [damage.position for damage in damages(found)] == ["0" if packing == "plain" else str(len(one))]


@pytest.mark.timeout(20)
def test_no_file_is_read_for_each_of_its_records():
    """Records that are all followed by junk take time in proportion to the file."""
    lying = [record("http://a.test/", b"words", length=length).rstrip() + b" " * 50 for length in (1, 50, 1_000, 10**9)]
    for one in lying:
        file = Watched(one * 2_000)
        assert damages(read(file))
        assert file.taken < 2_000 * 150_000


def test_endless_heads():
    """A header without an end is no reason to hold a file in memory."""
    found = read(b"WARC/1.1\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n" + record(URLS[0]))
    assert addresses(found) == URLS[:1]
    assert len(damages(found)) == 1


@given(st.binary(max_size=300), st.sampled_from(PACKINGS), st.integers(0, 400))
def test_never_raises(content, packing, at):
    """Any bytes, anywhere in a file, give records and damages, and an end."""
    whole = pack(*pages(*URLS), packing=packing)
    read(whole[:at] + content + whole[at:])
    read(content)
