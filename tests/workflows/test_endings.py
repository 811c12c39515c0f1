"""Tests of cloneward.workflows.endings."""

import pytest

from cloneward.act.ladder import tell_state
from cloneward.model.vantage import Vantage
from cloneward.store.actions import get_action, list_letters
from cloneward.store.cases import list_entries
from cloneward.workflows.endings import look_again
from tests.workflows.desks import approve, open_desk
from tests.workflows.test_notices import is_live

VANTAGES = [Vantage(name=name) for name in ("desktop", "android", "firefox", "german", "app")]
HOUR_S = 3600


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk that has sent one notice, over a page that was seen at noon."""
    with open_desk(tmp_path, monkeypatch) as opened:
        opened.perform(approve(opened).id, "ann", is_live)
        yield opened


def read(desk):
    """The action."""
    with desk.workspace.transaction(desk.clock) as connection:
        return get_action(connection, list_letters(connection)[0].action)


def look(desk, hours, shows=lambda _: "empty"):
    """One round of looks so many hours later; what came of the page."""
    desk.clock.sleep(hours * HOUR_S)
    looked = look_again(desk, read(desk), VANTAGES, lambda _, vantage, __: shows(vantage.name))
    (outlook,) = looked.outlooks.values()
    return outlook


def test_gone_for_everybody_twice_is_resolved(desk):
    """Missed from several places in two rounds, one at the hour at which it was seen, it is resolved and told so."""
    assert look(desk, 18).end == "waiting"
    assert look(desk, 6).end == "resolved"
    action = read(desk)
    assert tell_state(action, desk.terms) == "resolved"
    with desk.workspace.transaction(desk.clock) as connection:
        kinds = [letter.kind for letter in list_letters(connection, action.id)]
        seen = [entry for entry in list_entries(connection, action.case) if entry.kind == "seen"]
    assert kinds == ["notice", "resolved"]
    assert {entry.detail["vantage"] for entry in seen} >= {"desktop", "android", "firefox", "german"}


@pytest.mark.parametrize("shows", [lambda name: "live" if name == "android" else "empty", lambda _: "live"])
def test_what_somebody_still_sees_is_not_resolved(desk, shows):
    """A page that one vantage sees is cloaked, one that all see is live; neither is resolved, however often."""
    for hours in (18, 6, 24):
        assert look(desk, hours, shows).end in {"live", "cloaked"}
    assert tell_state(read(desk), desk.terms) == "performed"


def test_what_comes_back_is_not_resolved(desk):
    """What is seen again between two rounds begins anew."""
    look(desk, 18)
    look(desk, 3, lambda _: "back")
    assert look(desk, 3).end == "waiting"
    assert tell_state(read(desk), desk.terms) == "performed"


def test_the_interim_letter_goes_once(tmp_path, monkeypatch):
    """On a host that others share, the first miss asks to hold steps against the domain, once."""
    with open_desk(tmp_path, monkeypatch, host="shared") as desk:
        desk.perform(approve(desk).id, "ann", is_live)
        for hours in (2, 2):
            look(desk, hours)
        with desk.workspace.transaction(desk.clock) as connection:
            assert [letter.kind for letter in list_letters(connection)] == ["notice", "interim"]
