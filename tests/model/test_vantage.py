"""Tests of cloneward.model.vantage."""

from dataclasses import FrozenInstanceError

import pytest

from cloneward.model.codec import decode, encode
from cloneward.model.vantage import Bounds, Document, Rendering, Vantage

AT = "2026-11-24T12:00:00.000Z"


def test_vantages_come_back_as_they_were():
    """From where and as whom one looked is kept whole in a record."""
    vantage = Vantage(name="m", device="iphone", languages=("tr", "en"), source="192.0.2.1", is_recorded=False)
    assert decode(encode(vantage), Vantage) == vantage


def test_what_was_given_comes_back_as_it_was():
    """A rendering with pictures, documents and problems is kept whole in a record."""
    rendering = Rendering(
        url="https://x.test/",
        final_url="https://x.test/",
        started_at=AT,
        ended_at=AT,
        documents=(Document(url="https://x.test/", html="<p>\u202ehidden"),),
        viewport=b"\x89PNG\x00",
        certificates={"x.test": (b"\x30\x82",)},
        addresses={"x.test": ("192.0.2.1",)},
    )
    assert decode(encode(rendering), Rendering) == rendering


def test_nothing_of_it_can_be_changed():
    """What was seen is a fact: its fields stay as they are."""
    with pytest.raises(FrozenInstanceError):
        Bounds().max_bytes = 1
