"""Who may what in a workspace, asked of its settings and entered on its ledger."""

from cloneward.clock import Clock
from cloneward.govern.audit import Gate
from cloneward.govern.roles import ROLES, Request, Staff, may
from cloneward.settings import Roles
from cloneward.store.workspace import Workspace
from cloneward.workflows.evidence import open_evidence, rotate_key


def open_gate(workspace: Workspace, clock: Clock) -> Gate:
    """Give the gate of a workspace.

    Raises:
        InputError: the keys or an authority in the settings cannot be used.
    """
    return Gate(read_staff(workspace.settings.roles), open_evidence(workspace, clock).ledger, clock)


def look(workspace: Workspace, clock: Clock, request: Request) -> None:
    """Return if somebody may do what changes nothing, or enters what it does itself; only a no is entered here.

    Raises:
        RefusedError: they may not.
        InputError: the keys or an authority in the settings cannot be used.
    """
    if not may(request, read_staff(workspace.settings.roles)).is_given:
        open_gate(workspace, clock).expect(request)


def rotate(workspace: Workspace, clock: Clock, request: Request) -> str:
    """Put a new key into use, which the ledger names and signs from now on, and give its public part.

    Raises:
        RefusedError: the person may not.
        InputError: the keys cannot be used.
    """
    permitted = open_gate(workspace, clock).expect(request)
    key = rotate_key(workspace, clock)
    open_gate(workspace, clock).enter("key.rotated", permitted, {"key": key})
    return key


def read_staff(roles: Roles) -> Staff:
    """Give who has which roles, person by person; where the settings say nothing of roles, one owner is everything."""
    people = {person for role in ROLES for person in getattr(roles, role)}
    return Staff(
        roles={person: frozenset(role for role in ROLES if person in getattr(roles, role)) for person in people},
        cases={case: frozenset(named) for case, named in roles.cases.items()},
        is_alone=roles == Roles(),
    )
