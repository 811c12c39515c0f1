"""The ladder: which step may follow which, by whom, and not before when. What is not allowed here cannot happen.

An intent (`begin`) is on record before a notice leaves, so that one who is killed in between is never taken for one
who did not send. `resolve` is for content that is gone; `withdraw` for when we erred, after which nothing follows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cloneward.errors import RefusedError
from cloneward.model.action import LAWFUL, Action, State, Step, StepName

LADDER: Final[Mapping[tuple[State, StepName], State]] = {
    ("proposed", "approve"): "approved",  # with approvals enough; until then it stays proposed
    ("approved", "begin"): "sending",
    ("sending", "perform"): "performed",
    ("sending", "fail"): "failed",
    ("performed", "confirm"): "confirmed",
    ("performed", "resolve"): "resolved",
    ("confirmed", "resolve"): "resolved",
    ("proposed", "withdraw"): "withdrawn",
    ("approved", "withdraw"): "withdrawn",
    ("performed", "withdraw"): "withdrawn",
    ("confirmed", "withdraw"): "withdrawn",
    ("resolved", "withdraw"): "withdrawn",
}
"""What comes of a step in a state. While it is being sent nobody can withdraw: whether it left must be known first."""

OPEN: Final[frozenset[State]] = frozenset({"proposed", "approved", "sending", "performed", "confirmed"})
"""States in which another notice of the same would be one too many."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How many must approve, and how long it cools before it leaves.

    `alone`: whether who proposed may approve, as where a site has one keeper; never for what is grave.
    """

    approvals: int = 1
    approvals_grave: int = 2
    cooling: timedelta = timedelta(minutes=10)
    cooling_grave: timedelta = timedelta(hours=1)
    alone: bool = False


def tell_state(action: Action, terms: Terms) -> State:
    """Give the state that its steps have brought an action to.

    Raises:
        RefusedError: a step is there that could not have been taken; records were changed.
    """
    state: State = "proposed"
    for number in range(1, len(action.steps)):
        state = _climb(replace(action, steps=action.steps[:number]), state, action.steps[number], terms)
    return state


def advance(action: Action, step: Step, terms: Terms) -> Action:
    """Give the action with one more step.

    Raises:
        RefusedError: the step may not follow, not by this person, or not yet.
    """
    _climb(action, tell_state(action, terms), step, terms)
    return replace(action, steps=(*action.steps, step))


def propose(action: Action, others: Iterable[Action], terms: Terms) -> Action:
    """Give a proposed action that no other one makes needless.

    Raises:
        RefusedError: another one of the same is open, or was withdrawn: we do not ask again for what was an error.
        ValueError: it does not begin with its proposal.
    """
    if [step.name for step in action.steps] != ["propose"]:
        raise ValueError("an action begins with its proposal")
    for other in others:
        if other.about != action.about:
            continue
        state = tell_state(other, terms)
        if state in OPEN:
            _refuse(
                f"{other.id} asks the same of {action.recipient.address}, and is {state}", "wait for what comes of it"
            )
        if state == "withdrawn" and any(step.name == "begin" for step in other.steps):
            _refuse(
                f"{other.id} asked the same, and was withdrawn as an error", "what is new needs a verdict of its own"
            )
    return action


def _climb(action: Action, state: State, step: Step, terms: Terms) -> State:
    """Give the state after a step, or refuse it."""
    last = action.steps[-1]
    if (state, step.name) not in LADDER:
        possible = ", ".join(name for before, name in LADDER if before == state) or "nothing"
        _refuse(f"{step.name} of {action.id}, which is {state}", f"possible now: {possible}")
    if step.at < last.at:
        _refuse(f"{step.name} at {step.at}, before {last.name} at {last.at}", "the clock was set back: mend it first")
    if step.name == "approve":
        _check_approval(action, step, terms)
        return "approved" if _is_approved((*_list_approvals(action), step), action, terms) else state
    if step.name == "begin":
        _check_cooling(action, last.at, step.at, terms)
    if step.name in {"resolve", "withdraw", "fail"} and not step.detail.get("reason", "").strip():
        _refuse(f"{step.name} of {action.id} without a reason", "say what was found")
    return LADDER[state, step.name]


def _check_approval(action: Action, step: Step, terms: Terms) -> None:
    earlier = {one.by for one in _list_approvals(action)}
    if step.by in earlier:
        _refuse(f"{step.by} has approved {action.id} already", "another person must")
    if step.by == action.steps[0].by and (action.is_grave or not terms.alone):
        _refuse(f"{step.by} proposed {action.id} and may not approve it", "another person must")


def _is_approved(approvals: Iterable[Step], action: Action, terms: Terms) -> bool:
    """Say whether enough have approved; of a paper of law, counsel among them."""
    roles = [one.detail.get("role", "") for one in approvals]
    needed = max(terms.approvals_grave, 2) if action.is_grave else max(terms.approvals, 1)
    return len(roles) >= needed and (action.paper not in LAWFUL or "counsel" in roles)


def _check_cooling(action: Action, approved_at: datetime, at: datetime, terms: Terms) -> None:
    ready_at = approved_at + (terms.cooling_grave if action.is_grave else terms.cooling)
    if at < ready_at:
        _refuse(f"{action.id} cools until {ready_at}", "it can be withdrawn until then, and leaves after it")


def _list_approvals(action: Action) -> tuple[Step, ...]:
    return tuple(step for step in action.steps if step.name == "approve")


def _refuse(text: str, hint: str) -> None:
    raise RefusedError(text, hint=hint)
