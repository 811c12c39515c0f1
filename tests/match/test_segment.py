"""One immutable part of the index."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.winnow import TEXT
from cloneward.match.mark import Listed
from cloneward.match.segment import (
    build_segment,
    find_frequent,
    find_runs,
    merge_segments,
    open_segment,
    rank_each,
    rank_owners,
    write_segment,
)

NOTHING = np.empty(0, np.uint64)
VALUES = st.lists(st.integers(0, 40) | st.integers(2**64 - 20, 2**64 - 1), max_size=15)
ITEMS = st.dictionaries(st.text(min_size=1, max_size=6).filter(lambda name: name.isprintable()), VALUES, max_size=8)


def sketch_of(values, kind=TEXT):
    """Give a sketch of these fingerprints."""
    return Sketch(kind, np.array(values, np.uint64), np.arange(len(values), dtype=np.int32))


def segment_of(items):
    """Make a segment of items with these fingerprints; the state of each is made of its length."""
    return build_segment(TEXT, ((item, f"{len(values):064x}", sketch_of(values)) for item, values in items.items()))


def look_up(segment, wanted, hot=NOTHING, alive=None, least=0.0):
    """Give the items that share, with how many."""
    mask = np.ones(len(segment), np.bool_) if alive is None else np.array(alive, np.bool_)
    listed = Listed.of(hot)
    arrays = listed.hashes, listed.endings, segment.hashes, segment.owners, segment.directory
    found, items = rank_owners(np.array(wanted, np.uint64), *arrays, mask, least)
    ranked = found.tolist()
    assert ranked == sorted(ranked)
    assert len(ranked) <= items
    return {segment.item(entry % 2**32): -(entry >> 32) for entry in ranked}


def expect(items, wanted, hot=()):
    """Give what plain sets say."""
    shared = {item: len(set(values) & set(wanted) - set(hot)) for item, values in items.items()}
    return {item: count for item, count in shared.items() if count}


@given(ITEMS, VALUES, st.sets(st.integers(0, 40), max_size=5))
def test_look_up_is_that_of_plain_sets(items, wanted, hot):
    """A segment gives what sets would, hot fingerprints aside, whatever is asked twice."""
    listed = np.array(sorted(hot), np.uint64)
    assert look_up(segment_of(items), wanted + wanted, listed) == expect(items, wanted, hot)


@given(ITEMS, st.lists(VALUES, max_size=5), st.integers(1, 9), st.sampled_from([0.0, 0.5]), st.randoms())
def test_many_are_ranked_as_each_is(items, wanted, most, least, rng):
    """Of many texts looked up at once, each is given what it is alone, up to the most."""
    segment = segment_of(items)
    alive = np.array([rng.random() < 0.8 for _ in items], np.bool_)
    rest = (NOTHING, np.zeros(64, np.bool_), segment.hashes, segment.owners, segment.directory, alive)
    stops = np.cumsum([len(values) for values in wanted], dtype=np.int64)
    ranked, ends, counts = rank_each(
        np.array([value for values in wanted for value in values], np.uint64), stops, *rest, most, least
    )
    alone = [rank_owners(np.array(values, np.uint64), *rest, least) for values in wanted]
    assert [part.tolist() for part in np.split(ranked, ends)[: len(wanted)]] == [
        one[:most].tolist() for one, _ in alone
    ]
    assert counts.tolist() == [count for _, count in alone]


@given(st.lists(st.integers(0, 30) | st.integers(2**64 - 5, 2**64 - 1), max_size=60), VALUES)
def test_runs_are_where_the_fingerprints_stand(held, wanted):
    """A fingerprint that the segment has is given from its first place to its last, however many items have it."""
    segment = segment_of({f"i{number}": [value] for number, value in enumerate(held)})
    begins, ends = find_runs(np.array(wanted, np.uint64), segment.hashes, segment.directory)
    runs = [segment.hashes[begin:end].tolist() for begin, end in zip(begins, ends, strict=True)]
    assert runs == [[value] * held.count(value) for value in wanted if value in held]


@given(ITEMS, VALUES, st.sampled_from([0.3, 0.5, 1.0]))
def test_items_that_share_too_little_are_not_named(items, wanted, least):
    """Only those are given that share the asked part of what the first shares."""
    shared = expect(items, wanted)
    most = max(shared.values(), default=0)
    expected = {item: count for item, count in shared.items() if count >= least * most}
    assert look_up(segment_of(items), wanted, least=least) == expected


def test_everything_is_found_again_in_a_large_segment():
    """Every fingerprint of 3,000 random sketches is found through the directory."""
    rng = np.random.default_rng(7)
    items = {f"i{place}": rng.integers(0, 2**64, 20, np.uint64) for place in range(3000)}
    segment = segment_of(items)
    assert all(look_up(segment, values) == {item: 20} for item, values in items.items())


@given(ITEMS, VALUES)
def test_written_segments_read_the_same(tmp_path_factory, items, wanted):
    """What is mapped from the file answers as what was built, byte for byte."""
    folder = tmp_path_factory.mktemp("segment")
    segment = segment_of(items)
    mapped = open_segment(folder / write_segment(folder, segment), TEXT)
    assert look_up(mapped, wanted) == look_up(segment, wanted)
    assert [mapped.item(place) for place in range(len(mapped))] == list(items)
    assert [int(mapped.state(place), 16) for place in range(len(mapped))] == [len(values) for values in items.values()]
    assert mapped.name == segment.name


@given(ITEMS, ITEMS, VALUES, st.data())
def test_merging_keeps_what_is_alive(left, right, wanted, data):
    """A merged segment answers for the living items of its parts, and for no other."""
    right = {item: values for item, values in right.items() if item not in left}
    masks = [data.draw(st.lists(st.booleans(), min_size=len(items), max_size=len(items))) for items in (left, right)]
    parts = [(segment_of(items), np.array(mask, np.bool_)) for items, mask in zip((left, right), masks, strict=True)]
    alive = {
        item: values
        for items, mask in zip((left, right), masks, strict=True)
        for (item, values), lives in zip(items.items(), mask, strict=True)
        if lives
    }
    assert look_up(merge_segments(parts), wanted) == expect(alive, wanted)
    assert merge_segments(parts).name == segment_of(alive).name


@given(ITEMS, st.integers(1, 4))
def test_frequent_counts_living_items(items, least):
    """A fingerprint is frequent by the number of living items that have it."""
    segment = segment_of(items)
    alive = np.arange(len(segment)) % 3 != 1
    hashes, counts = find_frequent(segment.hashes, segment.owners, alive, least)
    sets = [set(values) for (item, values), lives in zip(items.items(), alive, strict=True) if lives]
    expected = {value: sum(value in values for values in sets) for value in set().union(*sets)}
    assert dict(zip(hashes.tolist(), counts.tolist(), strict=True)) == {
        value: count for value, count in expected.items() if count >= least
    }


def test_other_versions_are_refused(tmp_path):
    """A sketch, or a file, of another kind or version is never mixed in."""
    with pytest.raises(VersionMismatch):
        build_segment(TEXT, [("i", "00" * 32, sketch_of([1], Kind("text", 0)))])
    name = write_segment(tmp_path, segment_of({"i": [1]}))
    with pytest.raises(VersionMismatch, match="text/2"):
        open_segment(tmp_path / name, Kind("text", 2))


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", json.dumps({"magic": "cloneward segment 1"}).encode()])
def test_damage_is_told(tmp_path, damage):
    """A file that is no segment gives an error that says how to get a new index."""
    file = tmp_path / "x.seg"
    file.write_bytes(damage)
    with pytest.raises(EvidenceError, match="damaged") as caught:
        open_segment(file, TEXT)
    assert "protect add" in caught.value.hint


def test_a_cut_file_is_told(tmp_path):
    """A segment whose end is missing is damaged, not shorter."""
    file = tmp_path / write_segment(tmp_path, segment_of({"i": list(range(5000))}))
    file.write_bytes(file.read_bytes()[:20_000])
    with pytest.raises(EvidenceError):
        open_segment(file, TEXT)
