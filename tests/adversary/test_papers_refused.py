"""The attempts are many, each breaks one rule, and their judge sees an act that was allowed, or refused for nothing."""

import pytest

from tests.adversary.papers_refused import (
    DEFECTS,
    EVIDENCE,
    FOLLOWS,
    LAWFUL,
    REASONS,
    WINDOW,
    WITHDRAWALS,
    judge_attempt,
    list_allowed,
    list_attempts,
)

ATTEMPTS, ALLOWED = list_attempts(), list_allowed()
LEAST = 200


def test_enough():
    """There are more than the figure asks for, each reason and defect is used, and each attempt is one of its own."""
    assert len(ATTEMPTS) >= LEAST
    assert len({it.name for it in ATTEMPTS}) == len(ATTEMPTS)
    assert {reason for it in ATTEMPTS for reason in it.reasons} == set(REASONS)
    used = {part for it in ATTEMPTS for part in it.name.partition(".")[2].split("+")}
    assert used >= set(DEFECTS)


@pytest.mark.parametrize("base", LAWFUL)
def test_lawful(base):
    """A lawful case has what its category needs, who must approve and sign, and acts on no domain of others."""
    facts = LAWFUL[base]
    assert EVIDENCE.get(facts.category) in {None, *facts.harms}
    assert len({name for name, _ in facts.approvals} - {facts.proposer}) == (2 if facts.severity == "high" else 1)
    assert (facts.paper == "host") or (facts.signed_by and "counsel" in dict(facts.approvals).values())
    assert facts.level == "page" or facts.host == "dedicated"
    assert facts.proven
    assert facts.rights == "own" or facts.mandate


def test_one_thing_is_wrong():
    """An attempt with one defect differs from its lawful case, and from every act that is allowed."""
    allowed = {(it.facts, it.act) for it in ALLOWED}
    assert not [it.name for it in ATTEMPTS if (it.facts, it.act) in allowed]


def test_bounds():
    """What is allowed stands on the right side of each bound."""
    for attempt in ALLOWED:
        facts = attempt.facts
        assert facts.quota[0] < facts.quota[1]
        assert facts.cooling_h[0] >= facts.cooling_h[1]
        assert sum(ago <= WINDOW for ago in facts.withdrawn) < WITHDRAWALS
        assert facts.state in FOLLOWS[attempt.act]


def test_right_answers_pass():
    """A refusal for any right reason passes, and so does an act that is allowed."""
    assert not [
        it for it in ATTEMPTS for reason in it.reasons if judge_attempt(it, {"refused": True, "reason": reason})
    ]
    assert not [it for it in ALLOWED if judge_attempt(it, {"refused": False})]


def test_wrong_answers_fail():
    """Who allows all fails each attempt, who refuses all fails each lawful act, and a wrong or no reason is seen."""
    assert all(judge_attempt(it, {"refused": False}) for it in ATTEMPTS)
    assert all(judge_attempt(it, {"refused": True, "reason": "quota"}) for it in ALLOWED)
    assert all(judge_attempt(it, {"refused": True}) for it in ATTEMPTS)
    for reason in REASONS:  # one reason for all is wrong on most
        right = sum(not judge_attempt(it, {"refused": True, "reason": reason}) for it in ATTEMPTS)
        assert right < 0.4 * len(ATTEMPTS)
