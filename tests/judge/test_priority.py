"""Who was first."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.judge.priority import Dates, Told, find_direction, read_moment
from cloneward.model.finding import Match, Span


def match(words, page="p", item="i"):
    """Give a match of so many words."""
    return Match(item=item, page=page, value=0.5, spans=(Span(target=(0, 9), item=(0, 9), words=words),))


def direction(theirs, ours):
    """Give who was first of one page and one item."""
    return find_direction([match(100)], {"i": ours}, {"p": theirs})[0]


@pytest.mark.parametrize(
    ("theirs", "ours", "first"),
    [
        (Dates(proven="2020-01-01"), Dates(claimed="2021-01-01"), "theirs_first"),
        (Dates(proven="2020-12-31T12:00:00Z"), Dates(claimed="2021-01-01"), "unknown"),
        (Dates(claimed="2020-01-01"), Dates(claimed="2021-01-01"), "unknown"),
        (Dates(proven="2020-01-01"), Dates(proven="2026-01-01"), "unknown"),
        (Dates(claimed="2026-02-01"), Dates(proven="2026-01-01"), "ours_first"),
        (Dates(claimed="2026-02-01"), Dates(claimed="2026-01-01"), "unknown"),
        (Dates(claimed="2026-01-01T12:00:00"), Dates(proven="2026-01-01T00:00:00Z"), "unknown"),
        (Dates(proven="2026-02-01"), Dates(claimed="2026-01-01", proven="2026-01-01"), "unknown"),
        (Dates(claimed="soon", proven="never"), Dates(claimed="?", proven=""), "unknown"),
        (Dates(archived="2000-01-01"), Dates(claimed="2021-01-01", proven="2026-01-01"), "unknown"),
        (Dates(), Dates(), "unknown"),
    ],
)
def test_only_what_is_proven_or_admitted_counts(theirs, ours, first):
    """What we saw before our claim is theirs; their own date after our seal is ours; any claim for oneself is not."""
    assert direction(theirs, ours) == first


def test_the_words_decide():
    """Dated pages speak for the target only if they hold half of the shared words."""
    ours = {"i": Dates(claimed="2021-01-01")}
    pages = {"old": Dates(proven="2019-01-01")}
    few = [match(49, "old"), match(51, "new")]
    many = [match(50, "old"), match(50, "new")]
    assert find_direction(few, ours, pages)[0] == "unknown"
    first, told = find_direction(many, ours, pages)
    assert first == "theirs_first"
    assert "2019-01-01" in told.text


@pytest.mark.parametrize(
    ("archived", "is_told"), [("2019-01-01", True), ("2020-12-31T12:00:00Z", False), ("2022-01-01", False)]
)
def test_the_date_of_an_archive_is_told_and_decides_nothing(archived, is_told):
    """A page dated before ours by an archive alone gives a claim in words, beside the direction that is proven."""
    ours = {"i": Dates(claimed="2021-01-01", proven="2021-01-01")}
    first, told = find_direction([match(100)], ours, {"p": Dates(archived=archived)})
    assert (first, archived[:10] in told.claim) == ("unknown", is_told)
    dated = {"p": Dates(archived=archived, claimed="2026-01-01")}
    first, told = find_direction([match(100)], ours, dated)
    assert (first, bool(told.claim)) == ("ours_first", is_told)


def test_a_claim_is_told_for_half_of_the_words():
    """An archive that dates a few of the pages early is no claim for the whole target."""
    ours, pages = {"i": Dates(claimed="2021-01-01")}, {"old": Dates(archived="2019-01-01")}
    told = find_direction([match(49, "old"), match(51, "new")], ours, pages)[1]
    assert told == Told(text="nothing proves who published the shared text first")


def test_without_matches_nothing_is_known():
    """No match, no direction."""
    assert find_direction([], {}, {})[0] == "unknown"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04:05+02:00", datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("20260102T030405Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:00", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_moments_are_read_as_utc(text, moment):
    """Dates and times are read with their zone, and what cannot be read is none."""
    assert read_moment(text) == moment


@given(st.text())
def test_any_text_is_a_moment_or_none(text):
    """No date of a hostile page raises."""
    assert read_moment(text) is None or read_moment(text).tzinfo is UTC
