"""Clocks and curves."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.measure.times import CLOCKS, estimate_survival, measure_clock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
# Remission of 21 patients under 6-MP (Freireich 1963), as in Kalbfleisch and Prentice: weeks, and whether it ended.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def curve(lasted, ended):
    """The curve of some durations."""
    return estimate_survival(np.array(lasted, dtype=np.float64), np.array(ended, dtype=np.bool_))


def test_the_textbook_example():
    """Shares and median are those that the textbook prints."""
    found = curve(WEEKS, ENDED)
    assert found.seconds.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert (found.median_s, found.count, found.over) == (23, 21, 9)
    assert (found.low[-1], found.high[-1]) == (pytest.approx(0.188, abs=2e-3), pytest.approx(0.680, abs=2e-3))


def test_what_is_not_over_counts():
    """Leaving out what is not over would halve the median: it is not left out."""
    assert curve([1, 2, 9, 9], [1, 1, 0, 0]).median_s == 2
    assert curve([1, 2, 9, 9, 9], [1, 1, 0, 0, 0]).median_s is None
    assert curve([1, 2, 9, 9, 9], [1, 1, 0, 0, 0]).share_at(5) == pytest.approx(0.6)


@pytest.mark.parametrize(("lasted", "ended"), [([], []), ([5.0], [False]), ([0.0, 0.0], [True, True])])
def test_little_is_known(lasted, ended):
    """Nothing, or one thing that is not over, makes a curve that says so."""
    found = curve(lasted, ended)
    assert found.share_at(0) == (0.0 if any(ended) else 1.0)
    assert found.over == sum(ended)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=60))
def test_a_curve_falls_within_its_limits(drawn):
    """The share never rises, is within its limits, and equals the plain share where nothing is censored."""
    lasted, ended = [one for one, _ in drawn], [is_over for _, is_over in drawn]
    found = curve(lasted, ended)
    assert np.all(np.diff(found.share) <= 0)
    assert np.all((found.low <= found.share + 1e-12) & (found.share <= found.high + 1e-12))
    if all(ended):
        for time, share in zip(found.seconds, found.share, strict=True):
            assert share == pytest.approx(np.mean(np.array(lasted) > time), abs=1e-9)


def test_each_clock_is_defined():
    """Every clock says from what to what, in words."""
    assert all(start != end and len(words) > 20 for start, end, words in CLOCKS.values())


def test_a_clock_reads_its_two_marks():
    """A case counts once its clock has begun; what lies after the moment has not happened."""
    hour = timedelta(hours=1)
    cases = [
        {"noticed": NOON, "gone": NOON + hour},
        {"noticed": NOON, "gone": NOON + 9 * hour},
        {"noticed": NOON + 9 * hour},
        {"judged": NOON},
    ]
    found = measure_clock("to_gone", cases, NOON + 2 * hour)
    assert (found.count, found.over, found.median_s) == (2, 1, 3600)
    assert measure_clock("to_gone", cases, NOON + 9 * hour).over == 2
