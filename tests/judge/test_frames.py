"""Frames in order."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from cloneward.judge.frames import count_ordered
from cloneward.model.finding import FrameMatch


def frames(*times):
    """Give frames that agree, by their times in theirs and in ours."""
    return [FrameMatch(target_s=target, item_s=item, distance=0) for target, item in times]


def test_only_what_keeps_its_order_counts():
    """Frames in the order of ours count, backwards they are one, and a still that is there for long is one too."""
    assert count_ordered(frames((0, 10), (1, 12), (2, 14))) == 3
    assert count_ordered(frames((0, 14), (1, 12), (2, 10))) == 1
    assert count_ordered(frames((0, 10), (1, 10), (2, 10))) == 1
    assert count_ordered(frames((5, 10), (5, 12), (5, 14))) == 1
    assert count_ordered([]) == 0


TIMES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=7)


@given(TIMES)
def test_gives_the_longest_run(times):
    """As many as the best of all choices of frames has, in whatever order they are given."""
    best = max(
        size
        for size in range(len(times) + 1)
        for chosen in combinations(sorted(times), size)
        if all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(chosen))
    )
    assert count_ordered(frames(*times)) == count_ordered(frames(*reversed(times))) == best
