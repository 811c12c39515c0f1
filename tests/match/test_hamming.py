"""The index of 256-bit fingerprints beside comparing with every one."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.kinds import Kind
from cloneward.fingerprint.pdq import PDQ
from cloneward.match.hamming import (
    MOST_BITS,
    ROW_BYTES,
    build_bits,
    find_near,
    find_near_plainly,
    open_bits,
    write_bits,
)

SEEDS = st.integers(0, 2**32 - 1)
SPREADS = st.lists(st.integers(0, 16), min_size=16, max_size=16)  # flips in each band
EVEN = [2] * 15 + [1]  # 31 flips as evenly as can be: the fewest in any band, and in any run of bands
HARD = [16, 15] + [0] * 14


def draw_bits(chance, count):
    """Give random fingerprints."""
    return chance.integers(0, 2**64, (count, 4), np.uint64)


def flip(bits, places):
    """Give the fingerprint with these of its bits changed."""
    changed = bits.copy()
    for place in places:
        changed[place // 64] ^= np.uint64(1) << np.uint64(place % 64)
    return changed


def flip_bands(bits, spread, chance):
    """Give the fingerprint with so many bits of each band changed."""
    return flip(
        bits, [16 * band + int(at) for band, count in enumerate(spread) for at in chance.permutation(16)[:count]]
    )


def index_of(bits):
    """Make an index in which each fingerprint is an item of its own."""
    return build_bits(PDQ, [f"i{row}" for row in range(len(bits))], bits, np.arange(len(bits), dtype=np.uint32))


def list_near(near):
    """Give the triples."""
    return list(zip(near.asked.tolist(), near.rows.tolist(), near.hamming.tolist(), strict=True))


def spread_flips(chance, count):
    """Share so many flips out among the bands at random."""
    places = chance.permutation(256)[:count]
    return np.bincount(places // 16, minlength=16).tolist()


@given(SEEDS, st.lists(SPREADS, max_size=6), st.integers(0, MOST_BITS))
@example(0, [EVEN, HARD, EVEN[::-1]], MOST_BITS)
def test_gives_what_comparing_with_all_gives(seed, spreads, radius):
    """Whatever the flips and the radius: the same pairs and distances in the same order, each once."""
    chance = np.random.default_rng(seed)
    bits = draw_bits(chance, 60)
    asked = draw_bits(chance, 3)
    for number, spread in enumerate(spreads):
        bits[number] = flip_bands(asked[number % 3], spread, chance)
    near = find_near(index_of(bits), asked, radius)
    assert list_near(near) == list_near(find_near_plainly(bits, asked, radius))


@given(SEEDS, st.integers(0, 15), st.integers(0, 40))
def test_no_spread_of_flips_is_missed(seed, turn, count):
    """However 0 to 40 flips lie in the ring of bands: up to 31 are found, more are not."""
    chance = np.random.default_rng(seed)
    asked = draw_bits(chance, 1)
    spreads = [EVEN[turn:] + EVEN[:turn], HARD[turn:] + HARD[:turn], *(spread_flips(chance, count) for _ in range(4))]
    bits = np.array([flip_bands(asked[0], spread, chance) for spread in spreads])
    found = {row: hamming for _, row, hamming in list_near(find_near(index_of(bits), asked))}
    assert found == {row: sum(spread) for row, spread in enumerate(spreads) if sum(spread) <= MOST_BITS}


def test_planted_neighbours_are_found_among_many():
    """Of 100,000 fingerprints each neighbour at 0 to 31 flips is found, and nothing at 32 and more."""
    chance = np.random.default_rng(3)
    bits = draw_bits(chance, 100_000)
    distances = np.arange(640) % 40
    asked = np.array([flip(bits[row], chance.permutation(256)[:count]) for row, count in enumerate(distances)])
    expected = [(row, row, int(count)) for row, count in enumerate(distances) if count <= MOST_BITS]
    assert list_near(find_near(index_of(bits), asked)) == expected


def test_many_copies_are_all_found_once():
    """A picture that 30,000 items show is brought up by all bands, and each row is given once, within fixed memory."""
    chance = np.random.default_rng(5)
    asked = draw_bits(chance, 1)
    bits = np.repeat(asked, 30_000, axis=0)
    bits[::3, 2] ^= np.uint64(1)
    near = find_near(index_of(bits), asked)
    assert sorted(near.rows.tolist()) == list(range(30_000))
    assert np.array_equal(near.hamming, np.sort(bits[:, 2] != asked[0, 2]))


def test_pairs_come_nearest_first():
    """By what was asked, then by distance, then by row."""
    asked = draw_bits(np.random.default_rng(1), 2)
    bits = np.array([flip(asked[1], range(5)), asked[1], flip(asked[0], [7]), asked[1], flip(asked[1], range(32))])
    assert list_near(find_near(index_of(bits), asked)) == [(0, 2, 1), (1, 1, 0), (1, 3, 0), (1, 0, 5)]


@pytest.mark.parametrize("radius", [-1, MOST_BITS + 1])
def test_a_radius_that_would_miss_some_is_refused(radius):
    """Beyond 31 bits the bands prove nothing, so nothing is searched."""
    bits = draw_bits(np.random.default_rng(1), 3)
    with pytest.raises(ValueError, match=str(radius)):
        find_near(index_of(bits), bits, radius)


def test_nothing_is_near_nothing():
    """An index of nothing, and a question about nothing, have an answer."""
    none = np.empty((0, 4), np.uint64)
    some = draw_bits(np.random.default_rng(1), 3)
    for bits, asked in ((none, some), (some, none), (none, none)):
        assert list_near(find_near(index_of(bits), asked)) == list_near(find_near_plainly(bits, asked)) == []


def test_items_may_have_several_fingerprints(tmp_path):
    """A photo and its centre square are rows of one item, which is told by its id; so in the file."""
    bits = draw_bits(np.random.default_rng(2), 3)
    built = build_bits(PDQ, ["ä/1", "b"], bits, np.array([0, 0, 1], np.uint32))
    mapped = open_bits(tmp_path / write_bits(tmp_path, built), PDQ)
    for index in (built, mapped):
        near = find_near(index, bits[1:])
        assert [index.item(int(index.owners[row])) for row in near.rows] == ["ä/1", "b"]
        assert len(index) == 2


@given(SEEDS, st.integers(0, 50))
def test_written_indexes_read_the_same(tmp_path_factory, seed, count):
    """What is mapped from the file answers as what was built, and the same items give the same name."""
    folder = tmp_path_factory.mktemp("bits")
    bits = draw_bits(np.random.default_rng(seed), count)
    built = index_of(bits)
    name = write_bits(folder, built)
    mapped = open_bits(folder / name, PDQ)
    assert list_near(find_near(mapped, bits)) == list_near(find_near(built, bits))
    assert [mapped.item(place) for place in range(len(mapped))] == [f"i{row}" for row in range(count)]
    assert mapped.name == built.name == name
    if count:
        assert index_of(bits[1:]).name != name


def test_a_row_takes_what_is_said():
    """The arrays of each fingerprint take 132 bytes, and the directory four megabytes."""
    index = index_of(draw_bits(np.random.default_rng(2), 1000))
    each = (index.bits, index.owners, index.places, index.nexts)
    assert sum(array.nbytes for array in each) == 1000 * ROW_BYTES
    assert index.directory.nbytes < 4.3e6


def test_other_versions_and_damage_are_refused(tmp_path):
    """A file of another kind or version is never mixed in, and one that is damaged is told."""
    file = tmp_path / write_bits(tmp_path, index_of(draw_bits(np.random.default_rng(2), 9)))
    with pytest.raises(VersionMismatch, match="pdq/2"):
        open_bits(file, Kind("pdq", 2))
    file.write_bytes(file.read_bytes()[:9000])
    with pytest.raises(EvidenceError, match="damaged"):
        open_bits(file, PDQ)


def test_published_haystack(shared_data):
    """Among the reference's own 1,350 hashes of edited photos the index finds what comparing with all finds."""
    folder = shared_data / "pdq" / "reg-test-input"
    hay, needles = (
        np.array([[int(line[at : at + 16], 16) for at in (48, 32, 16, 0)] for line in lines], np.uint64)
        for lines in (read_hashes(folder / name) for name in ("haystack.txt", "needles.txt"))
    )
    assert (len(hay), len(needles)) == (1350, 100)
    for asked in (needles, hay):
        near = find_near(index_of(hay), asked)
        assert len(near.rows) >= len(asked)
        assert list_near(near) == list_near(find_near_plainly(hay, asked))


def read_hashes(file):
    """Give the lines that hold a hash."""
    return [line.strip()[-64:] for line in file.read_text("utf-8").splitlines() if line.strip()]
