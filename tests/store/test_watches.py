"""Tests of watches and visits on record."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cloneward.clock import format_utc
from cloneward.errors import InputError
from cloneward.model.watch import Revisit, Sight
from cloneward.store.tables import sightings
from cloneward.store.watches import add_watch, get_watch, list_due, list_watches, record_visit, remove_watch
from tests.store.entries import START

URL = "https://copy.test/"
HOUR = timedelta(hours=1)
LIVE = Revisit(state="live", cause="content", evidence="desktop: 1.00 of the sealed text", containment=1.0)
GONE = Revisit(state="empty", cause="status", evidence="desktop: status 404")


@pytest.fixture
def connection(workspace, clock):
    """A transaction over the empty workspace."""
    with workspace.transaction(clock) as connection:
        yield connection


def wait_an_hour(revisit, watch, unchanged):
    """A schedule of one gap."""
    del revisit, watch, unchanged
    return HOUR


def test_added_listed_removed(connection):
    """A watch is due at once, stands until it is removed, and keeps its visits when it is added again."""
    watch = add_watch(connection, URL, "c1", START, has_notice=False)
    assert (watch.state, watch.since, watch.visits, watch.captures) == (None, None, 0, ())
    assert list_due(connection, START) == list(list_watches(connection)) == [watch]
    record_visit(connection, watch, Sight(revisit=LIVE, captures=("c2",)), START, wait_an_hour)
    remove_watch(connection, watch.id, START)
    assert list_due(connection, START + 9 * HOUR) == list(list_watches(connection)) == []
    again = add_watch(connection, URL, "c3", START + HOUR, has_notice=True)
    assert (again.id, again.against, again.has_notice, again.visits, again.state) == (watch.id, "c3", True, 1, "live")


def test_visit_is_recorded_once(connection):
    """A step that runs twice leaves one visit, and gives the watch as it stands."""
    watch = add_watch(connection, URL, "c1", START, has_notice=False)
    first = record_visit(connection, watch, Sight(revisit=LIVE, captures=("c2", "c3")), START, wait_an_hour)
    assert record_visit(connection, watch, Sight(revisit=GONE, captures=("c4",)), START + HOUR, wait_an_hour) == first
    assert (first.state, first.captures, first.visits) == ("live", ("c2", "c3"), 1)
    assert first.next_at == format_utc(START + HOUR)
    assert connection.scalar(select(func.count()).select_from(sightings)) == 1


def test_since_stays_while_the_state_does(connection):
    """`since` tells when a state was first found, and moves with each other state; so do the visits unchanged."""
    told = []

    def note(revisit, watch, unchanged):
        told.append((revisit.state, watch.has_notice, unchanged))
        return HOUR

    watch = add_watch(connection, URL, "c1", START, has_notice=True)
    for hours, revisit in enumerate((LIVE, LIVE, GONE, GONE, GONE, LIVE)):
        watch = record_visit(connection, watch, Sight(revisit=revisit), START + hours * HOUR, note)
    assert [unchanged for _, _, unchanged in told] == [0, 1, 0, 1, 2, 0]
    assert all(has_notice for _, has_notice, _ in told)
    assert watch.since == format_utc(START + 5 * HOUR)


def test_due_in_order(connection):
    """What is due longest comes first, and what is not due does not come."""
    names = [
        add_watch(connection, f"https://{number}.test/", "c1", START - number * HOUR, has_notice=False).id
        for number in range(-1, 3)
    ]
    assert [watch.id for watch in list_due(connection, START)] == [names[3], names[2], names[1]]


def test_no_such_watch(connection):
    """What was never watched can be neither given nor removed."""
    for function in (get_watch, lambda held, name: remove_watch(held, name, START)):
        with pytest.raises(InputError, match="no watch 'w1'"):
            function(connection, "w1")


@pytest.mark.parametrize(("is_watched", "against"), [(True, "c1"), (False, "c2")])
def test_what_is_compared_with(connection, is_watched, against):
    """A watch stays with the capture of the copy; what is only known is compared with what it last changed to."""
    watch = add_watch(connection, URL, "c1", START, has_notice=False)
    if not is_watched:
        remove_watch(connection, watch.id, START)
    other = Revisit(state="changed", cause="content", evidence="desktop: 0.00 of the sealed text", containment=0.0)
    after = record_visit(
        connection, watch, Sight(revisit=other, captures=("c2", "c3"), successor="c2"), START, wait_an_hour
    )
    assert after.against == against
