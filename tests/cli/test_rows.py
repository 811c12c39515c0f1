"""Tests of cloneward.cli.rows."""

from datetime import UTC, datetime

import pytest

from cloneward.cli.rows import encode_record, find_id, spell_moments, tell_moment
from cloneward.model.cases import case_id
from cloneward.url import place_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://copy.test/ann", case_id(place_of("https://copy.test/ann"))),
        ("http://www.copy.test/ann/", case_id(place_of("https://copy.test/ann"))),
        ("c0123", "c0123"),
    ],
)
def test_an_address_names_its_case(text, name):
    """An address in any spelling gives the id of its case, and an id itself."""
    assert find_id(text) == name


def test_moments_are_spelt_as_everywhere():
    """Moments of a record are written in UTC with milliseconds, all else is left."""
    assert spell_moments({"at": NOON, "n": 1}) == {"at": "2026-11-24T12:00:00.000Z", "n": 1}
    assert (tell_moment(NOON), tell_moment("so")) == ("2026-11-24T12:00:00.000Z", "so")
    assert encode_record({"a": None}) == b'{"a":null}'
