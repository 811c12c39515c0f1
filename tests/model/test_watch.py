"""Tests of cloneward.model.watch."""

from cloneward.model.codec import decode, encode
from cloneward.model.watch import Revisit


def test_sightings_survive_json():
    """A visit written as JSON and read again is the same, with and without a measure."""
    for containment in (None, 0.5):
        revisit = Revisit(state="live", cause="content", evidence="first", containment=containment)
        assert decode(encode(revisit), Revisit) == revisit
