"""Who may do what: a role for each action, need-to-know by case, a second person for what cannot be undone.

In an emergency the need-to-know and the second person may be passed over, and a few actions are open to further roles.
Each such use stands in the audit and is to be looked at by somebody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

Role = Literal["analyst", "approver", "counsel", "privacy", "admin"]
Action = Literal[
    "action.approve",
    "action.perform",
    "action.propose",
    "audit.read",
    "audit.review",
    "capture.take",
    "case.read",
    "evidence.list",
    "evidence.stamp",
    "hold.lift",
    "hold.place",
    "key.rotate",
    "material.hand_over",
    "material.mark",
    "material.release",
    "material.seize",
    "original.unseal",
    "person.forget",
    "region.release",
    "retention.run",
    "roles.change",
    "vault.open",
    "verdict.label",
    "working.read",
]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

WHY: Final[Mapping[str, str]] = {
    "given": "The role allows it.",
    "given_alone": "The settings give nobody a role: whoever works here is everything.",
    "given_in_emergency": "Allowed as an emergency; somebody else looks at it afterwards.",
    "not_on_staff": "The settings give this person no role.",
    "role_missing": "None of the person's roles allows it.",
    "not_on_case": "The case is for others: the settings do not name this person for it.",
    "case_missing": "It was not said for which case.",
    "own_work": "Nobody approves or reviews what they did themselves.",
    "reason_missing": "It needs a reason, and none was given.",
    "second_missing": "It needs a second person.",
    "second_unfit": "The second person is the first, or has no role for it that the first does not use.",
}
"""What `Permission.why` says."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may do one action.

    `second`: roles of which a second person must have one, other than the one that the first acts in. `in_case`: only
    for a case that one is named for, where it names anybody. `others_work`: not by whose work it is. `in_emergency`:
    roles that may do it then, beside the others.
    """

    roles: frozenset[Role]
    second: frozenset[Role] = frozenset()
    needs_reason: bool = False
    in_case: bool = False
    others_work: bool = False
    in_emergency: frozenset[Role] = frozenset()


_READERS: Final = frozenset[Role]({"analyst", "approver", "counsel", "privacy"})

RULES: Final[Mapping[Action, Rule]] = {
    "action.approve": Rule(roles=frozenset({"approver", "counsel"}), in_case=True, others_work=True),
    "action.perform": Rule(roles=frozenset({"analyst", "approver"}), in_case=True),
    "action.propose": Rule(roles=frozenset({"analyst", "counsel"}), in_case=True),
    "audit.read": Rule(roles=frozenset({"counsel", "privacy", "admin"})),
    "audit.review": Rule(roles=frozenset({"counsel", "privacy"}), others_work=True, needs_reason=True),
    "capture.take": Rule(roles=frozenset({"analyst", "counsel"})),
    "case.read": Rule(roles=_READERS, in_case=True),
    "evidence.list": Rule(roles=_READERS),
    "evidence.stamp": Rule(roles=frozenset({"analyst", "counsel", "admin"})),
    "hold.lift": Rule(
        roles=frozenset({"counsel"}), second=frozenset({"approver", "privacy"}), needs_reason=True, in_case=True
    ),
    "hold.place": Rule(roles=frozenset({"counsel", "privacy"}), needs_reason=True),
    "key.rotate": Rule(roles=frozenset({"admin"}), needs_reason=True),
    "material.hand_over": Rule(
        roles=frozenset({"counsel"}), second=frozenset({"approver", "privacy"}), needs_reason=True
    ),
    "material.mark": Rule(roles=frozenset(ROLES)),
    "material.release": Rule(
        roles=frozenset({"counsel"}), second=frozenset({"approver", "privacy"}), needs_reason=True
    ),
    "material.seize": Rule(
        roles=frozenset({"analyst", "counsel", "privacy"}),
        second=frozenset({"approver", "counsel", "privacy"}),
        needs_reason=True,
    ),
    "original.unseal": Rule(
        roles=frozenset({"analyst", "counsel"}),
        second=frozenset({"approver", "counsel", "privacy"}),
        needs_reason=True,
        in_case=True,
    ),
    "person.forget": Rule(roles=frozenset({"privacy"}), needs_reason=True),
    "region.release": Rule(roles=frozenset({"counsel", "privacy"}), needs_reason=True, in_case=True),
    "retention.run": Rule(roles=frozenset({"privacy", "admin"})),
    "roles.change": Rule(roles=frozenset({"admin"}), second=frozenset({"counsel", "privacy"}), needs_reason=True),
    "vault.open": Rule(
        roles=frozenset({"counsel", "privacy"}),
        second=frozenset({"approver", "counsel", "privacy"}),
        needs_reason=True,
        in_case=True,
        in_emergency=frozenset({"analyst"}),
    ),
    "verdict.label": Rule(roles=frozenset({"analyst"}), in_case=True),
    "working.read": Rule(roles=_READERS, in_case=True),
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an action is done to: its id, its case, and whose work it is, where that matters."""

    id: str
    case: str | None = None
    author: str | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """That somebody wants to do something, why, and who stands beside them."""

    actor: str
    action: Action
    subject: Subject
    reason: str = ""
    second: str | None = None
    is_emergency: bool = False


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Who has which roles, and who is named for which case; a case that names nobody is open to each with the role.

    `is_alone`: nobody was given any role, since one owner does everything; a reason is asked of them all the same.
    """

    roles: Mapping[str, frozenset[Role]]
    cases: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_alone: bool = False


@dataclass(frozen=True)
class Permission:
    """Yes or no, and why: a key of `WHY`. `is_emergency`: it would have been a no otherwise."""

    is_given: bool
    why: str
    is_emergency: bool = False


def may(request: Request, staff: Staff) -> Permission:
    """Say whether somebody may do something. What cannot be told is a no."""
    if staff.is_alone:
        lacks_reason = RULES[request.action].needs_reason and not request.reason.strip()
        return Permission(is_given=not lacks_reason, why="reason_missing" if lacks_reason else "given_alone")
    refused = _find_refusal(request, staff, is_emergency=False)
    if not refused:
        return Permission(is_given=True, why="given")
    if request.is_emergency and not _find_refusal(request, staff, is_emergency=True):
        return Permission(is_given=True, why="given_in_emergency", is_emergency=True)
    return Permission(is_given=False, why=refused)


def _find_refusal(request: Request, staff: Staff, *, is_emergency: bool) -> str:
    """Give why not; empty where nothing stands against it."""
    rule, subject = RULES[request.action], request.subject
    has = staff.roles.get(request.actor, frozenset())
    allowed = rule.roles | rule.in_emergency if is_emergency else rule.roles
    faults = {
        "not_on_staff": not has,
        "role_missing": not has & allowed,
        "own_work": rule.others_work and subject.author in {None, request.actor},
        "reason_missing": (rule.needs_reason or is_emergency) and not request.reason.strip(),
        "case_missing": rule.in_case and subject.case is None,
        "not_on_case": rule.in_case and not is_emergency and not _is_named(request.actor, subject, staff),
    }
    found = next((why for why, is_so in faults.items() if is_so), "")
    return found or ("" if is_emergency else _find_fault_of_second(request, staff, rule, has & allowed))


def _find_fault_of_second(request: Request, staff: Staff, rule: Rule, acts_in: frozenset[Role]) -> str:
    """Give what is wrong with the second person: two people must stand for it in two roles."""
    if not rule.second:
        return ""
    if not request.second:
        return "second_missing"
    brings = staff.roles.get(request.second, frozenset()) & rule.second
    are_two_roles = any(first != other for first in acts_in for other in brings)
    is_named = not rule.in_case or _is_named(request.second, request.subject, staff)
    return "" if request.second != request.actor and are_two_roles and is_named else "second_unfit"


def _is_named(person: str, subject: Subject, staff: Staff) -> bool:
    named = staff.cases.get(subject.case or "", frozenset())
    return not named or person in named
