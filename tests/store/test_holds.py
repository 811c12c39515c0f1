"""Tests of holds and marks on record."""

from datetime import timedelta

import pytest

from cloneward.errors import InputError
from cloneward.model.retention import StopMark
from cloneward.store.holds import lift_hold, list_holds, list_stops, place_hold, release_stop, set_stop
from tests.store.entries import START

MARK = StopMark(kind="sha256", digits="0" * 64, address="https://copy.test/", capture="c1")


@pytest.fixture
def connection(workspace, clock):
    """A transaction over the empty workspace."""
    with workspace.transaction(clock) as connection:
        yield connection


def test_placed_and_lifted(connection):
    """A hold is in force until it is lifted, and stays on record; placed again it is another one."""
    hold = place_hold(connection, "case", "c1", START)
    assert place_hold(connection, "case", "c1", START + timedelta(days=1)) == hold
    assert list_holds(connection) == [hold]
    lifted = lift_hold(connection, hold.id, START + timedelta(days=2))
    assert lift_hold(connection, hold.id, START + timedelta(days=3)) == lifted
    assert not lifted.is_in_force(START + timedelta(days=2))
    again = place_hold(connection, "case", "c1", START + timedelta(days=4))
    assert again.id != hold.id
    assert len(list_holds(connection)) == 2


def test_no_such_hold(connection):
    """A hold that was never placed cannot be lifted."""
    with pytest.raises(InputError, match="no hold 'h1'"):
        lift_hold(connection, "h1", START)


def test_marks(connection):
    """A mark stands until it is released, and can be set again; twice is once."""
    set_stop(connection, MARK, START)
    set_stop(connection, MARK, START)
    assert list_stops(connection) == [MARK]
    assert release_stop(connection, "sha256", MARK.digits, START)
    assert not release_stop(connection, "sha256", MARK.digits, START)
    assert not release_stop(connection, "pdq", MARK.digits, START)
    assert list_stops(connection) == []
    set_stop(connection, MARK, START)
    assert list_stops(connection) == [MARK]
