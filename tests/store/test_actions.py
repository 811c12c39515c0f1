"""Tests of actions on record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cloneward.act.ladder import Terms, advance
from cloneward.errors import InputError, Unavailable
from cloneward.model.action import Step
from cloneward.store.actions import (
    LetterRow,
    ReplyRow,
    add_action,
    add_reply,
    add_step,
    begin_letter,
    count_begun,
    end_letter,
    find_letter,
    get_action,
    list_actions,
    list_erred,
    list_letters,
    list_replies,
)
from cloneward.store.cases import open_case
from tests.act.test_ladder import SENT, make, walk
from tests.store.entries import START
from tests.store.test_cases import CASE

MINUTE = timedelta(minutes=1)
LETTER = LetterRow(
    message_id="<m@x>", action="", kind="notice", number=1, recipient="abuse@host.test", at=START, digest="d"
)


@pytest.fixture
def connection(workspace, clock):
    """A transaction over a workspace with one case."""
    with workspace.transaction(clock) as connection:
        open_case(connection, CASE)
        yield connection


def propose(number=0, **changes):
    """A proposed action on the case."""
    step = Step(name="propose", by="ann", at=START.replace(microsecond=123_456) + number * MINUTE)
    return make(case=CASE.id, steps=(step,), **changes)


def keep(connection, action):
    """Put an action with all its steps on record."""
    add_action(connection, replace(action, steps=action.steps[:1]))
    for number in range(2, len(action.steps) + 1):
        add_step(connection, replace(action, steps=action.steps[:number]))


def send(number, *more):
    """An action that was sent, about another page each."""
    first = replace(make(case=CASE.id, urls=(f"https://copy.test/{number}",)))
    steps = [(name, by, minutes + number) for name, by, minutes in (*SENT, *more)]
    return walk(first, *steps)


def test_an_action_comes_back_by_its_id(connection):
    """An action is found by its id, steps and all, though moments are kept to the millisecond."""
    action = propose()
    add_action(connection, action)
    add_action(connection, action)
    found = get_action(connection, action.id)
    assert found.id == action.id
    assert replace(found, steps=()) == replace(action, steps=())
    assert [step.name for step in found.steps] == ["propose"]


def test_two_at_once_are_one(connection):
    """Of two people who take a step at once, one has it, and the other is told to look again."""
    action = propose()
    add_action(connection, action)
    first = advance(action, Step(name="approve", by="ben", at=START + MINUTE), Terms())
    second = advance(action, Step(name="withdraw", by="cem", at=START + MINUTE, detail={"reason": "so"}), Terms())
    add_step(connection, first)
    with pytest.raises(Unavailable, match="just taken"):
        add_step(connection, second)
    assert [step.by for step in get_action(connection, action.id).steps] == ["ann", "ben"]


def test_actions_are_listed(connection):
    """They are found by case, by what they are about, and by whom they ask."""
    one, other = propose(), propose(1, paper="dsa")
    for action in (one, other):
        add_action(connection, action)
    assert {found.id for found in list_actions(connection, case=CASE.id)} == {one.id, other.id}
    assert [found.id for found in list_actions(connection, about=one.about)] == [one.id]
    assert len(list(list_actions(connection, recipient="abuse@host.test"))) == 2
    assert list(list_actions(connection, case="x")) == []
    with pytest.raises(InputError, match="'x'"):
        get_action(connection, "x")


def test_what_left_is_counted(connection):
    """Only what began to leave counts, by its recipient; what was withdrawn is told in its order."""
    for action in (send(0), send(1, ("withdraw", "ann", 20)), send(2), make(case=CASE.id)):
        keep(connection, action)
    begun_at = send(0).steps[2].at
    since = begun_at - MINUTE
    assert count_begun(connection, since) == count_begun(connection, since, "abuse@host.test") == 3
    assert count_begun(connection, begun_at) == 2
    assert count_begun(connection, since, "x@host.test") == 0
    assert list_erred(connection, "abuse@host.test", 50) == [False, True, False]
    assert list_erred(connection, "abuse@host.test", 1) == [False]


def test_a_letter_begins_once(connection):
    """A letter that was begun is found again, and what became of it is on record."""
    action = propose()
    add_action(connection, action)
    letter = replace(LETTER, action=action.id)
    assert begin_letter(connection, letter) == letter
    end_letter(connection, "<m@x>", "sent", "250 ok")
    known = begin_letter(connection, letter)
    assert (known.state, known.said) == ("sent", "250 ok")
    assert list_letters(connection) == list_letters(connection, action.id) == [known]
    assert find_letter(connection, "<other@x>") is None


def test_a_reply_is_kept_once(connection):
    """A mail that is read twice is one, and is found by case and action."""
    told = {"sender": "a@b.test", "meaning": "resolved", "trust": "authenticated", "record": "{}"}
    reply = ReplyRow(id="r1", at=START, case=CASE.id, **told)
    assert add_reply(connection, reply)
    assert not add_reply(connection, reply)
    assert list_replies(connection) == list_replies(connection, case=CASE.id) == [reply]
    assert list_replies(connection, action="a1") == []
