"""The table of a record's fields, and what it hides."""

import pytest

from cloneward.judge.fields import ROWS, view_record
from cloneward.model.content import ItemRecord, ItemVersion
from cloneward.model.finding import FieldMatch, Match

TEXT = "Nora Vessel 12.4K followers 4915112345678 42"
FIELDS = {
    "name": "Nora Vessel",
    "counts": {"followers": 12_431},
    "phone": 4_915_112_345_678,
    "posts": [{"likes": 41}],
    "is_open": True,
}


def field(name, words, agreement="exact"):
    """Give a field that the page shows in these words."""
    at = TEXT.index(words)
    return FieldMatch(name=name, target=(at, at + len(words)), agreement=agreement)


def view(*fields, version=None, text=TEXT, is_masked=False, **record):
    """Give the table of a match with these fields."""
    match = Match(item="i", version=version, page="p", kind="record", measure="fields", value=1, fields=fields)
    return view_record(match, text, ItemRecord(id="i", **({"fields": FIELDS} | record)), is_masked=is_masked)


def values(table):
    """Give what stands in the rows."""
    return [(row.theirs, row.ours) for row in table.fields]


def test_both_sides_and_their_agreement():
    """Each field has its place in our record, what the page says, what ours says, and how they agree."""
    table = view(field("name", "Nora Vessel"), field("counts.followers", "12.4K", "rounded"))
    assert [(row.name, row.agreement) for row in table.fields] == [
        ("name", "the same"),
        ("counts.followers", "the same, rounded"),
    ]
    assert values(table) == [("Nora Vessel", "Nora Vessel"), ("12.4K", "12,431")]
    assert values(view(field("posts.0.likes", "42", "changed"))) == [("42", "41")]


def test_masked_values_name_nobody():
    """Texts and long numbers are no more than a letter and a length on both sides; counts stay, and so do the names."""
    fields = (field("name", "Nora Vessel"), field("phone", "4915112345678"), field("counts.followers", "12.4K"))
    table = view(*fields, is_masked=True)
    assert values(table) == [
        ("11 characters, N…",) * 2,
        ("13 characters, 4…", "17 characters, 4…"),
        ("12.4K", "12,431"),
    ]
    assert table.is_masked
    assert values(view(field("is_open", "42"), is_masked=True)) == [("…", "4 characters, T…")]
    gone = view(field("nothing", "Nora Vessel"), is_masked=True)
    assert values(gone) == [("11 characters, N…", "not at hand")]


def test_the_version_that_was_matched_is_shown():
    """The fields are those of the version that the match names, which is told; of one that is not held, none are."""
    old = ItemVersion(since="2026-03-01T00:00:00Z", until="2026-04-01T00:00:00Z", fields={"name": "N. Vessel"})
    table = view(field("name", "Nora Vessel", "changed"), version=old.since, versions=(old,))
    assert (table.fields[0].ours, table.version) == (
        "N. Vessel",
        "as our record was from 1 March 2026, 00:00:00 UTC on",
    )
    assert view(field("name", "Nora Vessel"), version="2020-01-01", versions=(old,)).fields[0].ours == "not at hand"


@pytest.mark.parametrize("name", ["posts.7.likes", "posts.1.likes", "posts.x", "name.first", "counts.", "posts.-1", ""])
def test_a_path_that_leads_nowhere_is_not_at_hand(name):
    """A path into nothing is told as such, whatever it is."""
    assert values(view(field(name, "42")))[0][1] == "not at hand"


def test_what_is_missing_is_told():
    """Without the page's text, or our record, or for places outside the text, the side is not at hand."""
    fields = (FieldMatch(name="name", target=(0, 4), agreement="exact"),)
    assert values(view(*fields, text=None)) == [("not at hand", "Nora Vessel")]
    assert values(view(*fields, text="N")) == [("not at hand", "Nora Vessel")]
    match = Match(item="i", page="p", kind="record", measure="fields", value=1, fields=fields)
    assert values(view_record(match, TEXT, None, is_masked=False)) == [("Nora", "not at hand")]


def test_long_tables_are_bounded():
    """So many fields are listed, and the number of the others is told."""
    table = view(*[field("name", "Nora")] * (ROWS + 3))
    assert (len(table.fields), table.left_out) == (ROWS, 3)
