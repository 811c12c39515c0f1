"""Which words stand under listed fingerprints."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import TEXT, fingerprint
from cloneward.match.mark import Listed, find_frequent, is_listed, mark_tokens


def test_frequent_counts_sketches():
    """A fingerprint is frequent by the number of sketches it is in, not by how often it stands in one."""
    parts = [
        Sketch(TEXT, np.array(values, np.uint64), np.arange(len(values), dtype=np.int32))
        for values in ([1, 2, 1], [2, 3], [2, 9], [9])
    ]
    assert find_frequent(parts, 2).tolist() == [2, 9]
    assert find_frequent(parts, 9).tolist() == []
    assert find_frequent([], 1).tolist() == []


def test_marks_bridge_neighbours():
    """All tokens between two listed fingerprints are marked, and none beyond."""
    template = " ".join(f"t{n}" for n in range(60))
    page = fingerprint(f"before it {template} after it comes other text of its own")
    listed = np.sort(fingerprint(template).sketch.hashes)
    mask = mark_tokens(len(page.tokens), page.sketch, Listed.of(listed))
    assert not mask[:2].any()
    assert mask[10:54].all()
    assert not mask[62:].any()
    assert not mark_tokens(len(page.tokens), page.sketch, Listed.of(np.empty(0, np.uint64))).any()


def test_marks_do_not_bridge_what_lies_apart():
    """Two common phrases with other text between them leave that text alone."""
    first, second = (" ".join(f"{name}{n}" for n in range(8)) for name in "ab")
    page = fingerprint(f"{first} {' '.join(f'own{n}' for n in range(40))} {second}")
    listed = np.sort(np.concatenate([fingerprint(text).sketch.hashes for text in (first, second)]))
    own = mark_tokens(len(page.tokens), page.sketch, Listed.of(listed))[8:48]
    assert not own.any()


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40), st.data())
def test_marks_need_the_whole_fingerprint(values, data):
    """A fingerprint that only ends like a listed one marks nothing; each listed one marks its words."""
    listed = Listed.of(np.array(sorted(set(values)), np.uint64))
    hashes = data.draw(st.lists(st.sampled_from([*values, *((value + 2**40) % 2**64 for value in values), 7])))
    sketch = Sketch(TEXT, np.array(hashes, np.uint64), np.arange(len(hashes), dtype=np.int32) * 100)
    mask = mark_tokens(100 * len(hashes), sketch, listed)
    assert mask[::100].tolist() == [value in set(values) for value in hashes]
    assert mask.sum() == 8 * mask[::100].sum()


@given(st.lists(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_listed_is_that_of_plain_sets(values, listed):
    """A fingerprint is listed exactly where a set would hold it."""
    found = is_listed(np.array(values, np.uint64), np.array(sorted(listed), np.uint64))
    assert found.tolist() == [value in listed for value in values]
