"""Tests of imports and their seals."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from cloneward.store.imports import import_id, seal_versions

rows = st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)), max_size=6)


@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter(some, random):
    """The seal of the same versions is the same in whatever order the database gives them."""
    mixed = list(some)
    random.shuffle(mixed)
    assert seal_versions(mixed) == seal_versions(some)


@given(rows, rows)
def test_other_versions_other_seal(left, right):
    """Two imports have one seal only if they added the very same versions."""
    assert (seal_versions(left) == seal_versions(right)) == (sorted(left) == sorted(right))


def test_anyone_can_compute_it():
    """The seal follows from its description with nothing but the standard library."""
    some = [("b", "d2", "t2"), ("a", "d1", "t1")]
    lines = sorted(json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for row in some)
    assert seal_versions(some) == (2, hashlib.sha256(b"".join(lines)).hexdigest())


def test_ids_differ():
    """Each import of each source has its own id, the same whenever it is asked for."""
    ids = {import_id(source, ordinal) for source in ("pages", "1 pages") for ordinal in range(3)}
    assert len(ids) == 6
    assert import_id("pages", 0) == import_id("pages", 0)
