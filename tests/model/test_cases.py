"""Cases as values."""

from datetime import UTC, datetime

from cloneward.model.cases import Entry, case_id
from cloneward.model.codec import decode, encode


def test_a_place_has_one_case():
    """The id of a case comes from its place alone."""
    assert case_id("//copy.test/ann") == case_id("//copy.test/ann") != case_id("//copy.test/bob")
    assert len(case_id("x")) == 25


def test_an_entry_is_kept_as_json():
    """A line of a timeline that went through JSON is the same line."""
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    entry = Entry(kind="note", at=at, by="ann", text="t", detail={"a": "b"}, is_privileged=True)
    assert decode(encode(entry), Entry) == entry
