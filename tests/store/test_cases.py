"""Tests of cases on record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cloneward.errors import InputError
from cloneward.model.case import Reason, SealState
from cloneward.model.cases import Case, Entry, Knowledge, Label, case_id
from cloneward.store.cases import (
    add_entry,
    add_label,
    add_verdict,
    close_case,
    find_case,
    find_verdict,
    get_case,
    get_verdict,
    list_cases,
    list_entries,
    list_labels,
    open_case,
)
from tests.act.test_guard import VERDICT
from tests.store.entries import START

HOUR = timedelta(hours=1)
CASE = Case(
    id=case_id("//copy.test/ann"),
    target="https://copy.test/ann",
    place="//copy.test/ann",
    site="copy.test",
    channel="reports",
    opened_at=START,
    first_known=Knowledge(at=START - 9 * HOUR, who="eve", how="a user wrote to us"),
)
NOTE = Entry(kind="note", at=START + HOUR, by="ann", text="call counsel", is_privileged=True)


@pytest.fixture
def connection(workspace, clock):
    """A transaction over the empty workspace."""
    with workspace.transaction(clock) as connection:
        yield connection


def test_a_case_is_opened_once(connection):
    """A place has one case, and what was known first stays known first."""
    assert open_case(connection, CASE) == (CASE, True)
    later = replace(CASE, channel="certs", first_known=Knowledge(at=START, who="x", how="y"), opened_at=START + HOUR)
    assert open_case(connection, later) == (CASE, False)
    assert find_case(connection, CASE.place) == get_case(connection, CASE.id) == CASE
    assert [entry.kind for entry in list_entries(connection, CASE.id)] == ["opened", "known"]
    assert find_case(connection, "//other.test/") is None


def test_a_closed_case_opens_again(connection):
    """What is found again after its case was closed opens the case, and both stand in the timeline."""
    open_case(connection, CASE)
    closed = close_case(connection, CASE.id, Entry(kind="closed", at=START, by="ann", text="gone"))
    assert (closed.state, closed.closing) == ("closed", "gone")
    assert (list(list_cases(connection, "open")), list(list_cases(connection))) == ([], [closed])
    with pytest.raises(InputError, match="closed"):
        close_case(connection, CASE.id, Entry(kind="closed", at=START, by="ann", text="gone"))
    assert open_case(connection, replace(CASE, opened_at=START + HOUR))[0].state == "open"
    assert [entry.kind for entry in list_entries(connection, CASE.id)] == ["opened", "known", "closed", "reopened"]


def test_what_is_privileged_stays_in_the_house(connection):
    """A privileged note is in the timeline for us, and not in what leaves."""
    open_case(connection, CASE)
    assert add_entry(connection, CASE.id, NOTE) == 3
    assert list(list_entries(connection, CASE.id))[-1] == NOTE
    assert NOTE not in list(list_entries(connection, CASE.id, is_privileged=False))


def test_the_last_verdict_stands(connection):
    """A verdict comes back as it was given; the same over the same capture is one, and the last one stands."""
    open_case(connection, CASE)
    reason = Reason(code="c", text="t", weight=1.5, pro=True, evidence=(0, "https://copy.test/"))
    sealed = replace(VERDICT, reasons=(reason,), seal=SealState(id="s1", path="evidence/s1", state="sealed"))
    first = add_verdict(connection, CASE.id, sealed, START, "default/1")
    assert add_verdict(connection, CASE.id, sealed, START + HOUR, "default/1") == first
    assert get_verdict(connection, first) == (sealed, START)
    benign = replace(sealed, verdict="benign")
    second = add_verdict(connection, CASE.id, benign, START + HOUR, "ann")
    assert find_verdict(connection, CASE.id) == (second, benign, START + HOUR)
    assert find_verdict(connection, "none") is None


@pytest.mark.parametrize("ask", [get_case, get_verdict])
def test_what_is_not_there_is_told(connection, ask):
    """An id that nobody gave is an error of the caller's."""
    with pytest.raises(InputError, match="'x'"):
        ask(connection, "x")


def test_labels(connection):
    """Labels come back in their order, of one case or of all."""
    open_case(connection, CASE)
    labels = [Label(case=CASE.id, by=by, at=START, verdict="copy", saw=by == "ben", note="n") for by in ("ann", "ben")]
    for label in labels:
        add_label(connection, label)
    assert list(list_labels(connection)) == list(list_labels(connection, CASE.id)) == labels
    assert list(list_labels(connection, "x")) == []
