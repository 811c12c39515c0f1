"""Tests of cloneward.archive.moment."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive.moment import parse_mail_date, parse_moment


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_767_323_045, "2026-01-02T03:04:05.000Z"),
        (1_767_323_045_678, "2026-01-02T03:04:05.678Z"),
        (1_767_323_045.25, "2026-01-02T03:04:05.250Z"),
        (-1, "1969-12-31T23:59:59.000Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02t03:04:05.123456789z", "2026-01-02T03:04:05.123Z"),
        ("2026-01-02 03:04:05+02:00", "2026-01-02T01:04:05.000Z"),
        ("2026-01-02T03:04:05-0330", "2026-01-02T06:34:05.000Z"),
        ("2026-01-02 03:04:05+02", "2026-01-02T01:04:05.000Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
        ("2026-01-02", "2026-01-02"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000Z"),
        (datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:00:00.000Z"),
        (datetime(2026, 1, 2, 3), "2026-01-02T03:00:00.000Z"),  # noqa: DTZ001  Parquet gives such
    ],
)
def test_reads(value, moment):
    """Seconds, milliseconds, RFC 3339 and dates become UTC, and a day stays a day."""
    assert parse_moment(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        *["", "yesterday", "2026-01-02T03:04:05", "2026-13-01", "2026-02-30T00:00:00Z", "9" * 400, "２０２６-01-02"],
        *[None, True, 1e300, float("nan"), float("inf"), -(10**18), 10**400, [], {}, b"2026"],
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_leaves_what_it_cannot_read(value):
    """What is no time, lies outside the calendar, or has no zone gives none, and never raises."""
    assert parse_moment(value) is None


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.datetimes(), st.binary(max_size=9)))
def test_never_raises(value):
    """Any value gives a time in the one form, or none."""
    moment = parse_moment(value)
    assert moment is None or parse_moment(moment) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05.000Z"),
        ("2 Jan 2026 03:04:05 -0000", "2026-01-02T03:04:05.000Z"),
        ("Fri, 02 Jan 2026 03:04:05 +0100", "2026-01-02T02:04:05.000Z"),
        ("Fri, 02 Jan 2026 03:04:05 EST", "2026-01-02T08:04:05.000Z"),
        ("Fri, 99 Jan 2026 03:04:05 GMT", None),
        ("a" * 100_000, None),
        ("", None),
    ],
)
def test_mail_dates(text, moment):
    """Dates as RSS writes them become UTC, and what is none gives none."""
    assert parse_mail_date(text) == moment


@given(st.text(max_size=70))
def test_mail_dates_never_raise(text):
    """Any text gives a time or none."""
    parse_mail_date(text)
