"""Tests of cloneward.workflows.notices: each letter goes once, whatever ends in between."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cloneward.act.ladder import tell_state
from cloneward.errors import RefusedError, Unavailable, Unsure
from cloneward.model.action import Step
from cloneward.store.actions import get_action, list_letters
from cloneward.store.cases import list_entries
from tests.act.test_guard import VERDICT
from tests.workflows.desks import Crash, FakeChannel, approve, draft, open_desk


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk whose mail is real as far as it knows."""
    with open_desk(tmp_path, monkeypatch, more="") as opened:
        yield opened


def is_live(url):
    """A check that finds our content still."""
    del url
    return VERDICT


def state_of(desk, name):
    """The state of an action as it is on record."""
    with desk.workspace.transaction(desk.clock) as connection:
        return tell_state(get_action(connection, name), desk.terms)


def test_a_notice_goes_once(desk):
    """Performed once, a notice is with the channel once, and called again it is refused."""
    action = approve(desk)
    sent = desk.perform(action.id, "ann", is_live)
    assert sent.steps[-1].detail == {"receipt": "250 taken"}
    ((message_id, recipient, content),) = desk.channel.taken
    assert recipient == "abuse@host.test"
    assert message_id.encode() in content
    with pytest.raises(RefusedError, match="begin"):
        desk.perform(action.id, "ann", is_live)
    assert len(desk.channel.taken) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("error", [Crash(), Unsure("lost")])
def test_ended_around_the_sending_it_goes_once(desk, moment, error):
    """Ended before or after the letter was taken, it is taken once when all goes on."""
    action = approve(desk)
    setattr(desk.channel, moment, error)
    with pytest.raises(type(error)):
        desk.perform(action.id, "ann", is_live)
    assert state_of(desk, action.id) == "sending"
    desk.perform(action.id, "ann", is_live)
    assert state_of(desk, action.id) == "performed"
    assert len(desk.channel.taken) == 1


@pytest.mark.parametrize("name", ["add_step", "begin_letter", "end_letter"])
@pytest.mark.parametrize("calls", [1, 2])
def test_ended_at_any_record_it_goes_once(desk, monkeypatch, name, calls):
    """Ended before any record of it, a notice goes once when all goes on."""
    action = approve(desk)
    module = "cloneward.workflows.notices"
    real = __import__(module, fromlist=[name]).__dict__[name]
    left = [calls]

    def crash(*arguments):
        left[0] -= 1
        if left[0] == 0:
            raise Crash
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.{name}", crash)
        try:
            desk.perform(action.id, "ann", is_live)
        except Crash:
            assert left[0] == 0
    if state_of(desk, action.id) in {"approved", "sending"}:
        desk.perform(action.id, "ann", is_live)
    assert state_of(desk, action.id) == "performed"
    assert len(desk.channel.taken) == 1


def test_it_waits_while_its_copy_may_be_on_its_way(tmp_path, monkeypatch):
    """Where our own copy takes a while to show, nothing goes again before it must be there."""
    channel = FakeChannel(settle_s=900)
    with open_desk(tmp_path, monkeypatch, channel) as desk:
        action = approve(desk)
        channel.before = Crash()
        with pytest.raises(Crash):
            desk.perform(action.id, "ann", is_live)
        with pytest.raises(Unavailable, match="on its way") as caught:
            desk.perform(action.id, "ann", is_live)
        assert 0 < caught.value.retry_after_s <= 900
        desk.clock.sleep(901)
        desk.perform(action.id, "ann", is_live)
        assert len(channel.taken) == 1


def test_what_is_refused_for_good_has_failed(desk):
    """A letter that will never be taken ends its action as failed, and another may be proposed."""
    action = approve(desk)
    desk.channel.before = RefusedError("550 no such user")
    with pytest.raises(RefusedError, match="550"):
        desk.perform(action.id, "ann", is_live)
    assert state_of(desk, action.id) == "failed"
    assert approve(desk).id != action.id


def test_later_is_later(desk):
    """A server that is away leaves the letter as it was begun, and it goes when called again."""
    action = approve(desk)
    desk.channel.before = Unavailable("away")
    with pytest.raises(Unavailable, match="away"):
        desk.perform(action.id, "ann", is_live)
    desk.perform(action.id, "ann", is_live)
    assert state_of(desk, action.id) == "performed"


def test_the_same_is_asked_once(desk):
    """While a notice is open the same is not proposed again."""
    desk.propose(draft(desk), "ann")
    with pytest.raises(RefusedError, match="asks the same"):
        desk.propose(draft(desk), "ann")


def test_nothing_is_begun_over_a_page_that_is_gone(desk):
    """What the last look does not find is not written about, and nothing is on record of it."""
    action = approve(desk)
    with pytest.raises(RefusedError, match="live"):
        desk.perform(action.id, "ann", lambda _: replace(VERDICT, verdict="unrelated"))
    assert state_of(desk, action.id) == "approved"
    assert desk.channel.taken == []


@pytest.mark.parametrize(("has_erred", "kind"), [(True, "withdrawn"), (False, "resolved")])
def test_who_was_written_to_hears_the_end_once(desk, has_erred, kind):
    """The end of an action is told to its recipient, once, in the thread of the notice."""
    action = approve(desk)
    desk.perform(action.id, "ann", is_live)
    ended = desk.end(action.id, "ann", "so it is", has_erred=has_erred)
    desk.tell(ended, kind, "again")
    assert len(desk.channel.taken) == 2
    with desk.workspace.transaction(desk.clock) as connection:
        assert [letter.kind for letter in list_letters(connection, action.id)] == ["notice", kind]


def test_nobody_hears_of_what_never_left(desk):
    """A proposal that is withdrawn unsent tells nobody."""
    action = desk.propose(draft(desk), "ann")
    desk.end(action.id, "ann", "a mistake", has_erred=True)
    assert desk.channel.taken == []


def test_every_step_stands_in_the_case(desk):
    """The timeline of the case tells what was done, by whom and to whom."""
    action = approve(desk)
    desk.perform(action.id, "ann", is_live)
    desk.take(
        action.id, Step(name="confirm", by="ann", at=desk.clock.now(), detail={"ticket": "T-1"}), "action.perform"
    )
    with desk.workspace.transaction(desk.clock) as connection:
        entries = [entry for entry in list_entries(connection, action.case) if entry.subject == action.id]
    assert [entry.kind for entry in entries] == ["proposed", "approved", "sent", "confirmed"]
    assert "abuse@host.test" in entries[0].text
    assert "T-1" in entries[-1].text


ROLES = """
[roles]
analyst = ["ann"]
approver = ["ben", "ann"]
counsel = ["cay"]
"""


def test_roles_are_asked(tmp_path, monkeypatch):
    """Who proposed does not approve, whoever they are, and who has no role does nothing."""
    with open_desk(tmp_path, monkeypatch, more=ROLES) as desk:
        with pytest.raises(RefusedError, match="no role"):
            desk.propose(draft(desk), "eve")
        action = desk.propose(draft(desk), "ann")
        with pytest.raises(RefusedError):
            desk.approve(action.id, "ann")
        assert tell_state(desk.approve(action.id, "ben"), desk.terms) == "approved"


def test_law_waits_for_counsel_and_a_name(tmp_path, monkeypatch):
    """A paper of law is approved by counsel and signed by somebody when it leaves."""
    with open_desk(tmp_path, monkeypatch, more=ROLES) as desk:
        action = desk.propose(draft(desk, paper="dsa"), "ann")
        assert tell_state(desk.approve(action.id, "ben"), desk.terms) == "proposed"
        desk.approve(action.id, "cay")
        with pytest.raises(RefusedError, match="signs"):
            desk.perform(action.id, "ann", is_live)
        desk.perform(action.id, "ann", is_live, signer="Cay Counsel")
        assert b"/Cay Counsel/" in desk.channel.taken[0][2]


def test_it_cools(tmp_path, monkeypatch):
    """From the last approval on a notice waits as long as the settings say."""
    with open_desk(tmp_path, monkeypatch, more="cooling_minutes = 10\n".replace("cooling", "cooling_grave")) as desk:
        action = desk.propose(draft(desk), "ann")
        desk.approve(action.id, "ann")
        assert desk.terms.cooling == timedelta(0)
        assert desk.terms.cooling_grave == timedelta(minutes=10)
