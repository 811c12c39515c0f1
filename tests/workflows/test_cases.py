"""Tests of cloneward.workflows.cases."""

from dataclasses import replace

import pytest

from cloneward.archive.backlog import Wanted
from cloneward.errors import InputError, Problem
from cloneward.model.case import SealState
from cloneward.model.cases import Knowledge, Label
from cloneward.store.cases import find_verdict, list_entries
from cloneward.store.workspace import Workspace
from cloneward.workflows.cases import (
    file_verdict,
    import_backlog,
    judge_cases,
    label_case,
    list_queue,
    list_rows,
    open_on,
)
from tests.act.test_guard import VERDICT
from tests.workflows.desks import JumpClock

URL = "https://copy.test/ann"


@pytest.fixture
def clock():
    """A clock that stands until it is set."""
    return JumpClock()


@pytest.fixture
def workspace(tmp_path):
    """An empty workspace."""
    return Workspace.create(tmp_path / "own", "https://own.test/", {})


@pytest.fixture
def case(workspace, clock):
    """A case that is not judged."""
    with workspace.transaction(clock) as connection:
        return open_on(connection, URL, "person", Knowledge(at=clock.now(), who="eve", how="seen"), clock.now())[0]


def test_a_verdict_is_filed_once(workspace, clock, case):
    """Filed twice, as after a crash, a verdict and its capture stand once in the timeline."""
    sealed = replace(VERDICT, seal=SealState(id="s1", path="evidence/c1", state="sealed"))
    for _ in range(2):
        with workspace.transaction(clock) as connection:
            file_verdict(connection, case, sealed, clock.now())
    with workspace.transaction(clock) as connection:
        assert [entry.kind for entry in list_entries(connection, case.id)] == ["opened", "known", "captured", "judged"]


def test_cases_are_judged_one_by_one(workspace, clock, case):
    """Each verdict is on record as it comes, and the table shows it."""
    (row,) = judge_cases(workspace, clock, [case], lambda url: replace(VERDICT, target=url))
    assert row.verdict.target == URL
    with workspace.transaction(clock) as connection:
        assert [one.verdict.verdict for one in list_rows(connection)] == ["copy"]


def test_a_backlog_goes_on_where_it_was_cut_short(workspace, clock):
    """Read again after a kill, a list opens what is new alone; problems are given as they are."""
    wanted = [Wanted(url=f"https://{number}.test/", place=f"l:{number}") for number in range(1_200)]
    problem = Problem(code="backlog_unread", page="l:9", text="x")
    first = import_backlog(workspace, clock, wanted, "ann")
    for _ in range(3):
        next(first)  # ended here
    first.close()
    done = list(import_backlog(workspace, clock, [*wanted, problem], "ann"))
    assert done[-1] == problem
    assert sum(is_new for _, is_new in done[:-1]) == 700  # a whole part was on record before
    with workspace.transaction(clock) as connection:
        assert len(list(list_rows(connection))) == 1_200


def test_who_was_first_is_said_by_somebody(workspace, clock, case):
    """A direction that a person gives follows the verdict that stands, with their reason; the former one stays."""
    with workspace.transaction(clock) as connection:
        file_verdict(connection, case, replace(VERDICT, direction="unknown"), clock.now())
    label = Label(case=case.id, by="ann", at=clock.now(), verdict="copy", note="their domain is younger")
    with workspace.transaction(clock) as connection:
        label_case(connection, label, "ours_first")
        _, verdict, _ = find_verdict(connection, case.id)
    assert (verdict.direction, verdict.reasons[-1].text) == ("ours_first", "ann says: their domain is younger")
    with workspace.transaction(clock) as connection, pytest.raises(InputError, match="without a note"):
        label_case(connection, replace(label, note=" "), "ours_first")


def test_the_queue_holds_what_somebody_has_not_seen(workspace, clock, case):
    """A case that is not judged waits for nobody; a judged one for each person until they label it."""
    with workspace.transaction(clock) as connection:
        assert list_queue(connection, "ann", clock.now()) == []
        file_verdict(connection, case, VERDICT, clock.now())
        assert [card.case for card in list_queue(connection, "ann", clock.now())] == [case.id]
        label_case(connection, Label(case=case.id, by="ann", at=clock.now(), verdict="copy"))
        assert list_queue(connection, "ann", clock.now()) == []
        assert [card.case for card in list_queue(connection, "ben", clock.now())] == [case.id]
