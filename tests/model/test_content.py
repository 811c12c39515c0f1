"""Tests of cloneward.model.content."""

import dataclasses

import pytest

from cloneward.model.content import Extract, Grant, Item, Owner, Page, Problem, Region

NOUNS = [Extract, Grant, Item, Owner, Page, Problem, Region]


@pytest.mark.parametrize("noun", NOUNS)
def test_nouns_are_frozen(noun):
    """No noun can be changed once it is made, or be made by the order of its fields."""
    assert noun.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(noun))


@pytest.mark.parametrize("noun", NOUNS)
def test_defaults_are_no_guess(noun):
    """What is unknown of a noun is null or empty, unless the contract gives it a default."""
    given = {"kind": "page", "rights": "own", "may_show": ("*",)}
    for field in dataclasses.fields(noun):
        if field.default is not dataclasses.MISSING:
            assert field.default in (None, "", (), frozenset(), given.get(field.name))


def test_equal_by_value():
    """Nouns of the same values are the same, so a test can compare them and a set can hold them."""
    one, other = (Region(start=1, end=2, address="https://example.org/") for _ in range(2))
    assert one == other
    assert {one, other} == {one}
