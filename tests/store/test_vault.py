"""Tests of what is kept for a time."""

from datetime import timedelta

import pytest

from cloneward.model.retention import Kept
from cloneward.store.vault import count_forgotten, drop_copy, forget, list_kept, note_copy, put_values, read_value
from tests.store.entries import START


@pytest.fixture
def connection(workspace, clock):
    """A transaction over the empty workspace."""
    with workspace.transaction(clock) as connection:
        yield connection


def test_values(connection):
    """A value is read by its code, and begins anew when it is given again."""
    put_values(connection, {"a": b"1", "b": b"2"}, START)
    put_values(connection, {"b": b"3", "c": b"4"}, START + timedelta(days=1))
    assert [read_value(connection, code) for code in "abcd"] == [b"1", b"3", b"4", None]
    assert [(one.id, one.person, (one.since - START).days) for one in list_kept(connection)] == [
        ("a", "a", 0),
        ("b", "b", 1),
        ("c", "c", 1),
    ]


def test_many_values(connection):
    """More than a statement takes are kept and forgotten."""
    put_values(connection, {f"{number:05d}": b"x" for number in range(2_500)}, START)
    assert forget(connection, list(list_kept(connection)), START, "expired") == 2_500
    assert list(list_kept(connection)) == []
    assert count_forgotten(connection, "vault") == 2_500


def test_copies(connection):
    """A copy keeps the time at which it was first noted; the same id of another kind is another one."""
    note_copy(connection, Kept("c1", "working", START, "case"))
    note_copy(connection, Kept("c1", "working", START + timedelta(days=9)))
    note_copy(connection, Kept("c1", "quarantine", START))
    assert [(one.kind, one.since.date(), one.case) for one in list_kept(connection)] == [
        ("quarantine", START.date(), None),
        ("working", START.date(), "case"),
    ]


def test_forget(connection):
    """What is forgotten is gone and leaves that it was there; the rest stays."""
    put_values(connection, {"a": b"1", "b": b"2"}, START)
    note_copy(connection, Kept("a", "working", START))
    forget(connection, [Kept("a", "vault", START)], START, "asked")
    assert read_value(connection, "a") is None
    assert [(one.id, one.kind) for one in list_kept(connection)] == [("b", "vault"), ("a", "working")]
    assert (count_forgotten(connection, "vault"), count_forgotten(connection, "working")) == (1, 0)


def test_all_or_nothing(workspace, clock):
    """A transaction that fails has changed nothing."""

    def fail():
        with workspace.transaction(clock) as connection:
            put_values(connection, {"a": b"1"}, START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with workspace.transaction(clock) as connection:
        assert read_value(connection, "a") is None


def test_a_copy_that_is_put_back(connection):
    """A copy that is where it was before is noted no longer, and was not forgotten."""
    note_copy(connection, Kept("c1", "quarantine", START))
    drop_copy(connection, "c1", "quarantine")
    assert list(list_kept(connection)) == []
    assert count_forgotten(connection, "quarantine") == 0
