"""Tests of cloneward.workflows.hearing."""

import pytest

from cloneward.act.ladder import tell_state
from cloneward.store.actions import get_action, list_letters, list_replies
from cloneward.workflows.hearing import hear
from tests.act.test_replies import mail
from tests.workflows.desks import approve, open_desk
from tests.workflows.test_notices import is_live


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk that has sent one notice."""
    with open_desk(tmp_path, monkeypatch) as opened:
        action = approve(opened)
        opened.perform(action.id, "ann", is_live)
        yield opened


@pytest.fixture
def sent(desk):
    """The id of the notice, and its Message-ID."""
    with desk.workspace.transaction(desk.clock) as connection:
        (letter,) = list_letters(connection)
    return letter.action, letter.message_id


def state_of(desk, name):
    """The state of an action."""
    with desk.workspace.transaction(desk.clock) as connection:
        return tell_state(get_action(connection, name), desk.terms)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("We have received your report.", "confirmed"),
        ("The content has been removed.", "confirmed"),
        ("It does not violate our terms.", "confirmed"),
        ("Blue.", "performed"),
    ],
)
def test_what_an_answer_moves(desk, sent, text, state):
    """An answer shows that they have it; that they say it is gone resolves nothing."""
    (answered,) = hear(desk, [mail(text, In_Reply_To=sent[1])])
    assert answered[1]
    assert state_of(desk, sent[0]) == state


def test_forged_answers_move_nothing(desk, sent):
    """An answer from somebody else is kept with the case, and moves nothing."""
    (answered,) = hear(desk, [mail(sender="x@elsewhere.test", In_Reply_To=sent[1])])
    assert (answered[0].case is not None, answered[0].counts) == (True, False)
    assert state_of(desk, sent[0]) == "performed"


def test_the_same_mail_is_heard_once(desk, sent):
    """A mail that is read again is known, and a loop of them confirms nothing twice."""
    raw = mail("[Ticket 77-1] We have received it.", In_Reply_To=sent[1])
    assert [is_new for _, is_new in hear(desk, [raw, raw])] == [True, False]
    many = [mail(f"We have received it. {number}", In_Reply_To=sent[1]) for number in range(20)]
    assert all(is_new for _, is_new in hear(desk, many))
    with desk.workspace.transaction(desk.clock) as connection:
        assert len(list_replies(connection, action=sent[0])) == 21
    assert state_of(desk, sent[0]) == "confirmed"


def test_their_ticket_links_what_names_nothing_else(desk, sent):
    """Once they told their number, a mail that names it alone is of the same notice."""
    list(hear(desk, [mail("We have received it.", "[Ticket ID: 448812] Abuse", In_Reply_To=sent[1])]))
    (later,) = hear(desk, [mail("It has been removed.", "Update on 448812")])
    assert (later[0].action, later[0].linked_by) == (sent[0], "ticket")
