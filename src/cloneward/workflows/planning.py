"""What may be asked over a case, and what stands against the rest."""

from dataclasses import dataclass, fields
from itertools import product
from typing import Final, get_args

from cloneward.act.guard import Refusal, list_refusals
from cloneward.act.route import Route
from cloneward.clock import Clock
from cloneward.errors import InputError
from cloneward.model.action import Action, Category, Paper, Party, Reach, Step
from cloneward.model.case import Verdict
from cloneward.store.cases import find_case_by_id, find_verdict, get_case
from cloneward.store.workspace import Workspace
from cloneward.workflows.briefs import read_facts, read_limits
from cloneward.workflows.lookup import Lookup, open_lookup
from cloneward.workflows.notices import Draft

_NOBODY: Final = Party(name="", part="host", channel="mail", address="", source="")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One notice that could be: its paper, category and reach, and what stands against proposing it."""

    paper: Paper
    category: Category
    reach: Reach
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who can act on a target, and each notice that could be; none without a case that is judged."""

    target: str
    case: str | None
    route: Route
    notices: tuple[Planned, ...] = ()


def plan_target(workspace: Workspace, clock: Clock, lookup: Lookup, target: str, name: str) -> Plan:
    """Give the plan for a target: a case by its id, or an address, whether there is a case on it or not.

    Raises:
        InputError: it is neither.
    """
    with workspace.transaction(clock) as connection:
        known = find_case_by_id(connection, name)
        standing = find_verdict(connection, name) if known else None
    if known is None and "://" not in target:
        raise InputError(f"no case {target!r}", hint="cloneward case list shows their ids")
    route = lookup.route(known.target if known else target)
    notices = tuple(_plan_notices(workspace, clock, name)) if standing else ()
    return Plan(target=target, case=known.id if known else None, route=route, notices=notices)


def find_party(workspace: Workspace, clock: Clock, name: str) -> Party:
    """Give whom registries name for the target of a case: the first that reads mail.

    Raises:
        InputError: there is no such case, or nobody who reads mail is named.
    """
    with workspace.transaction(clock) as connection:
        target = get_case(connection, name).target
    parties = open_lookup(workspace, clock).route(target).parties
    party = next((one for one in parties if one.channel == "mail" and one.part in {"host", "platform"}), None)
    if party is None:
        hint = "cloneward act plan shows who stands between; --to names an address that you know"
        raise InputError(f"no registry names who holds {target}", hint=hint)
    return party


def _plan_notices(workspace: Workspace, clock: Clock, name: str) -> list[Planned]:
    """Give every notice that could be over a case, those first against which least stands."""
    steps = (Step(name="propose", by="", at=clock.now()),)
    limits, planned = read_limits(workspace.settings), []
    for what in product(get_args(Paper), get_args(Category), get_args(Reach)):
        draft = make_draft(workspace, clock, name, _NOBODY, what)
        action = Action(**{field.name: getattr(draft, field.name) for field in fields(draft)}, steps=steps)
        with workspace.transaction(clock) as connection:
            facts = read_facts(workspace, clock, connection, action)
        refusals = tuple(list_refusals(action, facts, clock.now(), limits))
        planned.append(Planned(paper=what[0], category=what[1], reach=what[2], refusals=refusals))
    return sorted(planned, key=lambda one: len(one.refusals))


def make_draft(
    workspace: Workspace, clock: Clock, name: str, recipient: Party, what: tuple[Paper, Category, Reach]
) -> Draft:
    """Give the draft of a notice over all that the standing verdict of a case found.

    Raises:
        InputError: the case is not judged.
    """
    with workspace.transaction(clock) as connection:
        standing = find_verdict(connection, name)
    if standing is None:
        raise InputError(f"{name} is not judged", hint="cloneward judge CASE, first")
    paper, category, reach = what
    return Draft(
        case=name,
        paper=paper,
        category=category,
        reach=reach,
        recipient=recipient,
        verdict=standing[0],
        urls=_list_urls(standing[1]),
        items=() if category in {"impersonation", "phishing", "fraud"} else _list_items(standing[1]),
    )


def _list_urls(verdict: Verdict) -> tuple[str, ...]:
    pages = tuple(dict.fromkeys(match.page for match in verdict.matches if match.page.startswith(("http:", "https:"))))
    return pages or (verdict.target,)


def _list_items(verdict: Verdict) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.item for match in verdict.matches))
