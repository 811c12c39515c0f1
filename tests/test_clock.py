"""Tests of cloneward.clock."""

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from cloneward.clock import SystemClock, format_utc

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001


def test_now_is_utc():
    """The wall clock gives the present, and says that it is UTC."""
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(UTC)


def test_sleep_lasts():
    """Sleeping takes at least as long as asked, by the clock that never goes back."""
    clock = SystemClock()
    began_s = clock.monotonic_s()
    clock.sleep(0.01)
    assert clock.monotonic_s() - began_s >= 0.01


def test_format_example():
    """A time is written as the contract shows it."""
    assert format_utc(datetime(2026, 11, 24, 4, 14, 52, 999, tzinfo=UTC)) == "2026-11-24T04:14:52.000Z"


@given(MOMENTS)
def test_format_reads_back(moment):
    """Any time in any zone is written in UTC with milliseconds, and read back as itself, cut to the millisecond."""
    written = format_utc(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
    assert timedelta(0) <= moment - datetime.fromisoformat(written) < timedelta(milliseconds=1)


@given(MOMENTS, MOMENTS)
def test_format_sorts_as_time(one, other):
    """Written times sort as the times do, so that a text column can be searched by range."""
    if one < other:
        assert format_utc(one) <= format_utc(other)
