"""Actions: their ids, and what is grave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cloneward.model.action import Action, Party, Step

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRST = Action(
    case="c1",
    paper="abuse",
    category="copyright",
    reach="page",
    recipient=Party(name="Host", part="host", channel="mail", address="abuse@host.test", source="rdap"),
    urls=("https://copy.test/ann", "https://copy.test/bob"),
    items=("i1",),
    verdict="v1",
    steps=(Step(name="propose", by="ann", at=NOON),),
)


def test_the_same_is_the_same_in_any_order():
    """In which order addresses are named makes no other action."""
    turned = replace(FIRST, urls=FIRST.urls[::-1])
    assert (turned.id, turned.about) == (FIRST.id, FIRST.about)


def test_a_later_proposal_is_another_action_about_the_same():
    """What is proposed again has an id of its own, and says that it is about the same."""
    later = replace(FIRST, steps=(Step(name="propose", by="ann", at=NOON + timedelta(days=9)),))
    assert later.id != FIRST.id
    assert later.about == FIRST.about


@pytest.mark.parametrize(
    ("changes", "is_grave"),
    [({}, False), ({"reach": "domain"}, True), ({"category": "malware"}, True), ({"category": "personal_data"}, False)],
)
def test_what_is_grave(changes, is_grave):
    """A whole domain is grave, and so is the name of a crime."""
    assert replace(FIRST, **changes).is_grave is is_grave
