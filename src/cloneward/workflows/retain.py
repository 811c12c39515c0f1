"""What is kept of people in clear: put into the vault, opened, held, and deleted when its period is over."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree

from sqlalchemy import Connection

from cloneward.clock import Clock
from cloneward.errors import InputError, Unavailable
from cloneward.govern.audit import Gate
from cloneward.govern.retention import list_expired, list_of_person
from cloneward.govern.roles import Request, Subject
from cloneward.model.retention import KINDS, Hold, Kept, Kind, Scope
from cloneward.seal.cipher import decrypt, encrypt
from cloneward.settings import Retention
from cloneward.store.holds import lift_hold, list_holds, place_hold
from cloneward.store.keys import draw_seed, find_keys, load_key
from cloneward.store.vault import Why, forget, list_kept, put_values, read_value
from cloneward.store.workspace import Workspace

CLOSED = ".closed"
"""How the name of an encrypted file ends."""


def load_vault_key(workspace: Workspace) -> bytes:
    """Give the key of the vault, which lies apart from that of the codes: whoever has one cannot do with it alone.

    Raises:
        InputError: it cannot be used.
    """
    return load_key(find_keys(workspace.settings.keys, workspace.folder) / "vault", workspace.settings.site)


def keep_clear(workspace: Workspace, values: Mapping[str, str], clock: Clock) -> int:
    """Put clear ids into the vault, by their codes, and give how many: none, unless the settings ask for it."""
    if not workspace.settings.retention.clear_ids or not values:
        return 0
    key = load_vault_key(workspace)
    closed = {code: encrypt(key, value.encode(), f"vault {code}", draw_seed()) for code, value in values.items()}
    with workspace.transaction(clock) as connection:
        put_values(connection, closed, clock.now())
    return len(closed)


def open_vault(workspace: Workspace, gate: Gate, request: Request, clock: Clock) -> str:
    """Give the clear id of a code, the request's subject; who asked and why stands on the ledger before it is shown.

    Raises:
        RefusedError: the person may not.
        InputError: nothing is kept of that code.
        EvidenceError: it cannot be read.
    """
    permitted = gate.expect(request)
    code = request.subject.id
    with workspace.transaction(clock) as connection:
        closed = read_value(connection, code)
    if closed is None:
        raise InputError(f"nothing is kept of {code!r}", hint="its period is over, or it was never kept: [retention]")
    value = decrypt(load_vault_key(workspace), closed, f"vault {code}").decode()
    gate.enter("vault.opened", permitted, {})
    return value


def hold(workspace: Workspace, gate: Gate, request: Request, scope: Scope, clock: Clock) -> Hold:
    """Place a hold on the request's subject: a case, a person's code or a record."""
    permitted = gate.expect(request)
    with workspace.transaction(clock) as connection:
        placed = place_hold(connection, scope, request.subject.id, clock.now())
        gate.enter("hold.placed", permitted, {"hold": placed.id, "scope": scope})
    return placed


def lift(workspace: Workspace, gate: Gate, request: Request, clock: Clock) -> Hold:
    """Lift the hold that is the request's subject."""
    permitted = gate.expect(request)
    with workspace.transaction(clock) as connection:
        lifted = lift_hold(connection, request.subject.id, clock.now())
        gate.enter("hold.lifted", permitted, {"value": lifted.value, "scope": lifted.scope})
    return lifted


def run_retention(workspace: Workspace, gate: Gate, actor: str, clock: Clock) -> int:
    """Delete what is kept in clear for longer than the settings say and that no hold keeps; give how many.

    To be run daily. Killed at any point, the same call again completes it.

    Raises:
        RefusedError: the person may not.
    """
    permitted = gate.expect(Request(actor=actor, action="retention.run", subject=Subject(id="retention")))
    now = clock.now()
    with workspace.transaction(clock) as connection:
        # All is read before the first is deleted: a hold can be placed before or after, never between.
        expired = _list_over(workspace, connection, now)
        counts = {kind: sum(one.kind == kind for one in expired) for kind in KINDS}
        gate.enter("retention.done", permitted, {"deleted": counts})
        return _delete(workspace.folder, connection, expired, now, "expired")


def plan_retention(workspace: Workspace, gate: Gate, actor: str, clock: Clock) -> list[Kept]:
    """Give what `run_retention` would delete now, and delete nothing.

    Raises:
        RefusedError: the person may not.
    """
    gate.expect(Request(actor=actor, action="retention.run", subject=Subject(id="retention")))
    with workspace.transaction(clock) as connection:
        return _list_over(workspace, connection, clock.now())


def _list_over(workspace: Workspace, connection: Connection, now: datetime) -> list[Kept]:
    periods = read_periods(workspace.settings.retention)
    return list(list_expired(list_kept(connection), list_holds(connection), now, periods))


def forget_person(workspace: Workspace, gate: Gate, request: Request, clock: Clock) -> int:
    """Delete what is kept in clear of the person whose code is the request's subject; give how many.

    What a hold keeps stays. Sealed evidence and digests stay.

    Raises:
        RefusedError: the person may not.
    """
    permitted = gate.expect(request)
    with workspace.transaction(clock) as connection:
        now, holds = clock.now(), list_holds(connection)
        theirs = list(list_of_person(list_kept(connection), holds, now, request.subject.id))
        gate.enter("person.forgotten", permitted, {"deleted": len(theirs)})
        return _delete(workspace.folder, connection, theirs, now, "asked")


def read_periods(retention: Retention) -> dict[Kind, timedelta]:
    """Give the periods of the settings by kind."""
    return {
        "vault": timedelta(days=retention.vault_days),
        "working": timedelta(days=retention.working_days),
        "quarantine": timedelta(days=retention.quarantine_days),
    }


def remove_copy(folder: Path, capture: str) -> None:
    """Remove a working copy, if there is one.

    Raises:
        Unavailable: it cannot be removed; then nothing may say that it is gone.
    """
    try:
        rmtree(folder / "working" / capture)
    except FileNotFoundError:
        return
    except OSError as error:
        text = f"cannot remove the working copy of {capture}: {error.strerror}"
        raise Unavailable(text, hint="mend the rights of the folder working/, then run it again") from error


def _delete(folder: Path, connection: Connection, records: Iterable[Kept], now: datetime, why: Why) -> int:
    """Delete files first, rows after: a row tells until the end that something lies there."""
    gone = list(records)
    for record in gone:
        if record.kind == "working":
            remove_copy(folder, record.id)
        elif record.kind == "quarantine":
            (folder / "quarantine" / f"{record.id}{CLOSED}").unlink(missing_ok=True)
    return forget(connection, gone, now, why)
