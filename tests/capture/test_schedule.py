"""Tests of when an address is visited next."""

from datetime import timedelta
from itertools import pairwise

import pytest

from cloneward.capture.schedule import find_gap
from cloneward.settings import Watch

RULES = Watch()


def test_minutes_while_a_notice_is_open():
    """Whatever was found, and however often, the next visit comes within a quarter of an hour."""
    for unchanged in (0, 1, 1_000):
        gap = find_gap(RULES, has_notice=True, unchanged=unchanged, state="live")
        assert gap <= timedelta(minutes=15)


def test_hours_then_days():
    """Without a notice the gaps never shrink while nothing changes: hours at first, days in the end."""
    gaps = [find_gap(RULES, has_notice=False, unchanged=count, state="changed") for count in range(50)]
    assert all(before <= after for before, after in pairwise(gaps))
    assert gaps[0] < timedelta(days=1) < gaps[-1]


def test_change_begins_anew():
    """After a change of state it is looked at as soon as after the first."""
    first = find_gap(RULES, has_notice=False, unchanged=0, state="live")
    assert first == timedelta(hours=RULES.steps_hours[0])


def test_failure_may_pass():
    """A site that does not answer is asked again soon, and as seldom as any other when it stays away."""
    gaps = [find_gap(RULES, has_notice=False, unchanged=count, state="unreachable") for count in range(10)]
    assert gaps[0] == gaps[len(RULES.steps_hours) - 1] == timedelta(hours=RULES.steps_hours[0])
    assert gaps[-1] == timedelta(hours=RULES.steps_hours[-1])


@pytest.mark.parametrize("unchanged", [0, 3])
def test_one_step(unchanged):
    """A table of one gap is that gap for ever."""
    rules = Watch(steps_hours=(5.0,))
    assert find_gap(rules, has_notice=False, unchanged=unchanged, state="live") == timedelta(hours=5)
