"""Numbers and days in the forms of many languages."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.match.counts import MOST, choose_numbers, read_days, read_moment, read_numbers, spread_zones

MOMENT = datetime(2025, 5, 3, 14, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234 followers", 1234),
        ("1,234", 1234),
        ("1.234", 1234),
        ("1 234", 1234),
        ("1\u202f234 abonnés", 1234),
        ("1'234", 1234),
        ("12,34,567", 1_234_567),
        ("١٬٢٣٤ متابع", 1234),
        ("१२३४", 1234),
        ("１２３４", 1234),
        ("19.99 €", 19.99),
        ("19,99", 19.99),
        ("0", 0),
        ("3,748 / 61 / 23", 61),
    ],
)
def test_exact_numbers(text, value):
    """A number that is written out is read as itself, however it is grouped and in whichever digits."""
    assert any(number.is_exact and number.holds(value) for number in read_numbers(text))


@pytest.mark.parametrize(
    ("text", "value", "other"),
    [
        ("1.2K", 1_234, 1_334),
        ("1.2k followers", 1_161, 1_100),
        ("1,2 тыс. подписчиков", 1_234, 12_345),
        ("12.3萬", 123_400, 12_300),
        ("1 lakh", 100_000, 1_000_000),
        ("2.5 करोड़", 25_000_000, 2_500_000),
        ("٣ آلاف", 3_000, 30_000),
        ("1,7 mil", 1_700, 17_000),
        ("1,1 B takipçi", 1_100, 11_000),
        ("4 Mio. Follower", 4_200_000, 42_000),
        ("1.5만", 15_400, 1_500),
        ("2,3 mi de seguidores", 2_300_000, 2_300),
    ],
)
def test_shortened_numbers(text, value, other):
    """A number that is shortened stands for all that round or cut to it, and for no others."""
    rounded = [number for number in read_numbers(text) if not number.is_exact]
    assert any(number.holds(value) for number in rounded)
    assert not any(number.holds(other) for number in rounded)


@given(st.integers(0, 10**12))
def test_every_number_is_read_back(value):
    """Whatever a page writes out with or without marks of thousands holds that value and stands where it says."""
    for text in (f"{value}", f"{value:,}", f"{value:,}".replace(",", ".")):
        numbers = read_numbers(f"a {text} b")
        assert any(number.holds(value) and (number.start, number.end) == (2, 2 + len(text)) for number in numbers)


def test_rare_numbers_have_small_chances():
    """The more digits agree, the less it says that another number would agree too."""
    chances = [read_numbers(text)[0].chance for text in ("9", "90", "9012", "901234")]
    assert chances == sorted(chances, reverse=True)
    assert all(0 < chance <= 1 for chance in chances)


@pytest.mark.parametrize(
    "text",
    [
        "2025-05-03T14:05:09Z",
        "2025-05-03 14:05:09",
        "2025-05-03",
        "03.05.2025",
        "5/3/2025",
        "3 May 2025",
        "May 3, 2025",
        "3 de mayo de 2025",
        "3 мая 2025 г.",
        "2025年5月3日",
        "٣ مايو ٢٠٢٥",
        "3. Mai 2025",
    ],
)
def test_days(text):
    """A day is read in any order and language, and holds its moment; another day of the month does not."""
    days = read_days(text)
    assert any(day.holds(MOMENT) for day in days)
    assert not any(day.holds(MOMENT.replace(day=4)) for day in days)


def test_seconds_are_told_apart():
    """A moment that a page tells to the second holds that one alone."""
    (day,) = read_days("2025-05-03T14:05:09Z")
    assert day.holds(MOMENT)
    assert not day.holds(MOMENT.replace(second=10))


def test_days_of_other_zones():
    """Late in the evening, east of us, it is the next day."""
    assert {moment.day for moment in spread_zones(MOMENT)} == {3, 4}
    assert spread_zones(datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize("text", ["2025-05-03T14:05:09Z", "2025-05-03T16:05:09.000+02:00"])
def test_moments_of_records(text):
    """A moment in a record is read in UTC."""
    assert read_moment(text) == MOMENT


@pytest.mark.parametrize(
    "text", ["", "2025-99-99", "soon", "2025-05-03" * 10, "٢٠٢٥-05-03", "0001-01-01T00:00:00+14:00"]
)
def test_no_moments(text):
    """What is no moment is none, and no error."""
    assert read_moment(text) is None


@pytest.mark.parametrize("text", ["1.1" * 100_000, "9" * 300_000, "1 K " * 50_000, "1/1/2020" * 30_000, "² ½ Ⅷ 1K" * 9])
def test_hostile_texts_are_bounded(text):
    """Numbers without end give no more than the first of them, quickly and without an error."""
    assert len(read_numbers(text)) <= MOST + 8
    assert len(read_days(text)) <= MOST + 2


@given(st.lists(st.floats(0, 100), max_size=5), st.lists(st.tuples(st.floats(0, 100), st.floats(0, 9)), max_size=9))
def test_each_value_has_the_narrowest_interval(values, intervals):
    """Of the intervals that hold a value the least probable is chosen, and none where none holds it."""
    lows = np.array([low for low, _ in intervals], np.float64)
    widths = np.array([width for _, width in intervals], np.float64)
    chosen = choose_numbers(np.array(values, np.float64), lows, lows + widths, widths).tolist()
    for value, row in zip(values, chosen, strict=True):
        holding = [width for low, width in intervals if low <= value < low + width]
        assert (row < 0) == (not holding)
        assert row < 0 or (widths[row] == min(holding) and lows[row] <= value < lows[row] + widths[row])
