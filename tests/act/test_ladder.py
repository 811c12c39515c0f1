"""The ladder: what may follow what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.act.ladder import LADDER, OPEN, Terms, advance, propose, tell_state
from cloneward.errors import RefusedError
from cloneward.model.action import Action, Party, Step

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TERMS = Terms()
HOST = Party(name="Host", part="host", channel="mail", address="abuse@host.test", source="rdap")


def make(**changes):
    """An action that was just proposed by Ann."""
    whole = {
        "case": "c1",
        "paper": "abuse",
        "category": "copyright",
        "reach": "page",
        "recipient": HOST,
        "urls": ("https://copy.test/ann",),
        "items": ("i1",),
        "verdict": "v1",
        "steps": (Step(name="propose", by="ann", at=NOON),),
    }
    return Action(**{**whole, **changes})


def walk(action, *steps, terms=TERMS):
    """The action after steps, each a name, by whom, and minutes after noon."""
    for name, by, minutes in steps:
        detail = {"reason": "gone", "role": "counsel"}
        action = advance(action, Step(name=name, by=by, at=NOON + timedelta(minutes=minutes), detail=detail), terms)
    return action


SENT = (("approve", "ben", 1), ("begin", "ann", 12), ("perform", "ann", 12))


def test_a_notice_goes_its_way():
    """Proposed, approved by another, cooled, sent, confirmed and resolved is a way that is open."""
    action = walk(make(), *SENT, ("confirm", "ann", 60), ("resolve", "ann", 90))
    assert tell_state(action, TERMS) == "resolved"


@pytest.mark.parametrize(
    ("steps", "word"),
    [
        ((("begin", "ann", 20),), "proposed"),
        ((("approve", "ann", 1),), "may not approve"),
        ((("approve", "ben", 1), ("begin", "ann", 2)), "cools"),
        ((("approve", "ben", -1),), "before propose"),
        ((*SENT, ("begin", "ann", 30)), "performed"),
        ((("approve", "ben", 1), ("begin", "ann", 12), ("withdraw", "ann", 13)), "sending"),
        ((*SENT, ("withdraw", "ann", 13), ("resolve", "ann", 14)), "withdrawn"),
        ((*SENT, ("fail", "ann", 13)), "performed"),
    ],
)
def test_what_may_not_be_is_refused(steps, word):
    """A step out of turn, by the wrong person, too early, or back in time is refused, and it is told why."""
    with pytest.raises(RefusedError, match=word):
        walk(make(), *steps)


@pytest.mark.parametrize("changes", [{"reach": "domain"}, {"category": "phishing"}])
def test_what_is_grave_takes_two(changes):
    """A whole domain, or the name of a crime, needs two people who did not propose it, and cools longer."""
    action = walk(make(**changes), ("approve", "ben", 1))
    assert tell_state(action, TERMS) == "proposed"
    with pytest.raises(RefusedError, match="already"):
        walk(action, ("approve", "ben", 2))
    with pytest.raises(RefusedError, match="may not approve"):
        walk(action, ("approve", "ann", 2), terms=Terms(alone=True))
    action = walk(action, ("approve", "cem", 2))
    with pytest.raises(RefusedError, match="cools"):
        walk(action, ("begin", "ann", 30))
    assert tell_state(walk(action, ("begin", "ann", 63)), TERMS) == "sending"


def test_a_paper_of_law_is_approved_by_counsel():
    """A paper of law stays proposed until somebody approves it as counsel."""
    analyst = Step(name="approve", by="ben", at=NOON, detail={"role": "approver"})
    action = advance(make(paper="dmca"), analyst, TERMS)
    assert tell_state(action, TERMS) == "proposed"
    assert tell_state(walk(action, ("approve", "cem", 1)), TERMS) == "approved"


def test_a_keeper_alone_may_approve_what_is_not_grave():
    """Where one person keeps a site they approve their own notice of a page, if the settings say so."""
    assert tell_state(walk(make(), ("approve", "ann", 1), terms=Terms(alone=True)), Terms(alone=True)) == "approved"


def test_an_end_needs_a_reason():
    """Whoever withdraws says why."""
    with pytest.raises(RefusedError, match="without a reason"):
        advance(make(), Step(name="withdraw", by="ann", at=NOON), TERMS)


def test_the_same_is_not_asked_twice():
    """While one is open, or was sent in error, the same is not proposed; after one that was resolved, it may be."""
    later = replace(make(case="c2"), steps=(Step(name="propose", by="eve", at=NOON + timedelta(hours=2)),))
    for others in ([make()], [walk(make(), *SENT)], [walk(make(), *SENT, ("withdraw", "ann", 13))]):
        with pytest.raises(RefusedError, match=r"ask(s|ed) the same"):
            propose(later, others, TERMS)
    done = [walk(make(), *SENT, ("resolve", "ann", 13)), walk(make(), ("withdraw", "ann", 1))]
    assert propose(later, [*done, make(urls=("https://copy.test/bob",))], TERMS) is later


def test_records_that_were_changed_are_refused():
    """An action whose steps do not follow one another has no state."""
    forged = make(steps=(*make().steps, Step(name="perform", by="ann", at=NOON)))
    with pytest.raises(RefusedError, match="perform"):
        tell_state(forged, TERMS)


def test_ids_are_of_what_is_asked():
    """The same proposal has the same id; another party, page or case has another."""
    others = [make(case="c2"), make(urls=("https://copy.test/b",)), make(paper="dsa"), make(reach="domain")]
    assert make().id == make().id
    assert len({make().id, *(one.id for one in others)}) == 5


@given(st.integers(min_value=0, max_value=2**32), st.booleans(), st.booleans())
def test_no_walk_leaves_the_ladder(seed, is_grave, is_lawful):
    """Whatever people try in whatever order, nothing leaves without its approvals, and nothing follows a withdrawal."""
    chance = Random(seed)
    action = make(reach="domain" if is_grave else "page", paper="dmca" if is_lawful else "abuse")
    states = ["proposed"]
    for _ in range(40):
        last = action.steps[-1].at
        step = Step(
            name=chance.choice([name for _, name in LADDER]),
            by=chance.choice(["ann", "ben", "cem"]),
            at=last + timedelta(minutes=chance.choice([-5, 0, 5, 90])),
            detail={"reason": "so", "role": chance.choice(["counsel", "approver"])},
        )
        try:
            action = advance(action, step, TERMS)
        except RefusedError:
            continue
        states.append(tell_state(action, TERMS))
    approvals = [step for step in action.steps if step.name == "approve"]
    if "sending" in states:
        assert len({step.by for step in approvals} - {"ann"}) >= (2 if is_grave else 1)
        assert not is_lawful or any(step.detail["role"] == "counsel" for step in approvals)
    assert "withdrawn" not in states[:-1]
    assert states.count("sending") <= 1
    assert all(one.at <= other.at for one, other in pairwise(action.steps))


def test_each_open_state_leads_on():
    """No state that is called open is one that nothing follows."""
    assert {state for state, _ in LADDER} >= OPEN
