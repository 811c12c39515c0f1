"""Holds and marks as rows: placed and lifted, set and released; none is ever deleted."""

from datetime import datetime

from sqlalchemy import Connection, select

from cloneward.errors import InputError
from cloneward.model.ids import digest_text
from cloneward.model.retention import Hold, Scope, StopMark
from cloneward.store.tables import holds, stop_marks


def place_hold(connection: Connection, scope: Scope, value: str, now: datetime) -> Hold:
    """Place a hold and give it; where the same is in force already, that one is given."""
    mine = holds.c.scope == scope, holds.c.value == value
    for row in connection.execute(select(holds).where(*mine)):
        if row.lifted_at is None:
            return _read_hold(row)
    number = len(connection.execute(select(holds.c.id).where(*mine)).all())
    hold = Hold(id="h" + digest_text(f"{scope}\n{value}\n{number}")[:24], scope=scope, value=value)
    row_ = {"id": hold.id, "scope": scope, "value": value, "placed_at": now}
    connection.execute(holds.insert(), row_)
    return hold


def lift_hold(connection: Connection, hold: str, now: datetime) -> Hold:
    """Lift a hold; lifted twice, the first time counts.

    Raises:
        InputError: there is no such hold.
    """
    connection.execute(holds.update().where(holds.c.id == hold, holds.c.lifted_at.is_(None)).values(lifted_at=now))
    row = connection.execute(select(holds).where(holds.c.id == hold)).one_or_none()
    if row is None:
        raise InputError(f"no hold {hold!r}", hint="placing it gives its id")
    return _read_hold(row)


def list_holds(connection: Connection) -> list[Hold]:
    """Give all holds, those that were lifted too."""
    return [_read_hold(row) for row in connection.execute(select(holds).order_by(holds.c.placed_at, holds.c.id))]


def set_stop(connection: Connection, mark: StopMark, now: datetime) -> None:
    """Set a mark; one that was released stands again."""
    mine = stop_marks.c.kind == mark.kind, stop_marks.c.digits == mark.digits
    if connection.execute(stop_marks.update().where(*mine).values(released_at=None)).rowcount:
        return
    row = {"kind": mark.kind, "digits": mark.digits, "address": mark.address, "capture_id": mark.capture}
    connection.execute(stop_marks.insert(), row | {"marked_at": now})


def release_stop(connection: Connection, kind: str, digits: str, now: datetime) -> bool:
    """Release a mark, and tell whether there was one that stood."""
    mine = stop_marks.c.kind == kind, stop_marks.c.digits == digits, stop_marks.c.released_at.is_(None)
    return bool(connection.execute(stop_marks.update().where(*mine).values(released_at=now)).rowcount)


def list_stops(connection: Connection) -> list[StopMark]:
    """Give the marks that stand."""
    standing = (
        select(stop_marks).where(stop_marks.c.released_at.is_(None)).order_by(stop_marks.c.kind, stop_marks.c.digits)
    )
    return [
        StopMark(kind=row.kind, digits=row.digits, address=row.address, capture=row.capture_id)
        for row in connection.execute(standing)
    ]


def _read_hold(row: object) -> Hold:
    return Hold(**{name: getattr(row, name) for name in ("id", "scope", "value", "lifted_at")})
