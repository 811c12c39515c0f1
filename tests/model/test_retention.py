"""Tests of what is kept for a time."""

from datetime import UTC, datetime, timedelta

from cloneward.model.retention import KINDS, SCOPES, Hold

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_until_it_is_lifted():
    """A hold is in force until the moment at which it is lifted, and not from then on."""
    assert Hold(id="h", scope="case", value="c").is_in_force(NOW)
    assert Hold(id="h", scope="case", value="c", lifted_at=NOW + timedelta(milliseconds=1)).is_in_force(NOW)
    assert not Hold(id="h", scope="case", value="c", lifted_at=NOW).is_in_force(NOW)


def test_words():
    """Kinds and scopes are each told once."""
    assert len(set(KINDS)) == len(KINDS)
    assert set(SCOPES) == {"case", "person", "record"}
