"""The index of items."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import VersionMismatch
from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.winnow import TEXT, fingerprint
from cloneward.match.index import HOT_ITEMS, HOT_MIN_ITEMS, build_index, frequent, hot_limit, mark_tokens

SKETCHES = st.lists(st.lists(st.integers(0, 60), max_size=12), max_size=12)


def sketch_of(values, kind=TEXT):
    """Give a sketch of these fingerprints."""
    return Sketch(kind, np.array(values, np.uint64), np.arange(len(values), dtype=np.int32))


@given(SKETCHES, st.lists(st.integers(0, 60) | st.integers(2**64 - 40, 2**64 - 1), max_size=20))
def test_candidates_are_those_of_plain_sets(items, wanted):
    """The index gives the items that share cold fingerprints, and how many, as sets would."""
    index = build_index((f"i{place}", sketch_of(values)) for place, values in enumerate(items))
    hot = set(index.hot.tolist())
    expected = {
        f"i{place}": len(set(values) & set(wanted) - hot)
        for place, values in enumerate(items)
        if set(values) & set(wanted) - hot
    }
    found = index.candidates(sketch_of(wanted))
    assert dict(found) == expected
    assert [count for _, count in found] == sorted(expected.values(), reverse=True)


def test_large_values_and_sizes_are_found():
    """Every fingerprint of 3,000 random sketches is found again through the directory."""
    rng = np.random.default_rng(7)
    sketches = [(f"i{place}", Sketch(TEXT, rng.integers(0, 2**64, 20, np.uint64), np.arange(20, dtype=np.int32)))
                for place in range(3000)]  # fmt: skip
    index = build_index(sketches)
    assert all(index.candidates(sketch) == [(item, 20)] for item, sketch in sketches)


def test_hot_fingerprints_retrieve_nothing():
    """What stands on half of the items is the owner's template, from six items on; below that it may be a copy."""
    shared = [1, 2, 3]
    few = build_index((f"i{n}", sketch_of([*shared, 100 + n])) for n in range(HOT_MIN_ITEMS - 1))
    many = build_index((f"i{n}", sketch_of([*shared, 100 + n])) for n in range(HOT_MIN_ITEMS))
    assert few.hot.size == 0
    assert many.hot.tolist() == shared
    assert many.candidates(sketch_of(shared)) == []
    assert many.candidates(sketch_of([*shared, 101])) == [("i1", 1)]


@pytest.mark.parametrize(("items", "limit"), [(0, 6), (6, 6), (12, 6), (13, 7), (1_000, 500), (10**6, HOT_ITEMS)])
def test_hot_limit(items, limit):
    """Half of the items, but never under six nor over a thousand."""
    assert hot_limit(items) == limit


def test_versions_are_never_mixed():
    """A sketch of another version can be neither indexed nor looked up."""
    with pytest.raises(VersionMismatch):
        build_index([("i", sketch_of([1], Kind("text", 0)))])
    with pytest.raises(VersionMismatch):
        build_index([]).candidates(sketch_of([1], Kind("text", 2)))


def test_frequent_counts_sketches():
    """A fingerprint is frequent by the number of sketches it is in."""
    parts = [np.array(values, np.uint64) for values in ([1, 2], [2, 3], [2, 9], [9])]
    assert frequent(parts, least=2).tolist() == [2, 9]
    assert frequent(parts, least=9).tolist() == []


def test_marks_bridge_neighbours():
    """All tokens between two listed fingerprints are marked, and none beyond."""
    template = " ".join(f"t{n}" for n in range(60))
    page = fingerprint(f"before it {template} after it comes other text of its own")
    listed = fingerprint(template).sketch.hashes
    mask = mark_tokens(len(page.tokens), page.sketch, listed)
    assert not mask[:2].any()
    assert mask[10:54].all()
    assert not mask[62:].any()
    assert not mark_tokens(len(page.tokens), page.sketch, np.empty(0, np.uint64)).any()
