"""Watched addresses and their visits as rows: a visit is a fact, written once; a watch says how things stand."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

from cloneward.clock import format_utc
from cloneward.errors import InputError
from cloneward.model.ids import digest_text
from cloneward.model.watch import Revisit, Sight, Watch
from cloneward.store.tables import sightings, watches

FindGap = Callable[[Revisit, Watch, int], timedelta]
"""Says how long after a visit the next is due: from what it found, the watch as it stands, and visits unchanged."""

_BATCH: Final = 100


def add_watch(connection: Connection, url: str, against: str, now: datetime, *, has_notice: bool) -> Watch:
    """Watch an address from now on; one that is or was watched is compared and timed anew, and keeps its visits."""
    name = watch_id(url)
    values = {"against": against, "has_notice": has_notice, "next_at": now, "removed_at": None}
    if not connection.execute(watches.update().where(watches.c.id == name).values(values)).rowcount:
        connection.execute(watches.insert(), {"id": name, "url": url, "visits": 0, "unchanged": 0, **values})
    return get_watch(connection, name)


def remove_watch(connection: Connection, name: str, now: datetime) -> Watch:
    """Watch an address no longer; its visits stay. Removing twice does no harm.

    Raises:
        InputError: there is no such watch.
    """
    standing = watches.c.id == name, watches.c.removed_at.is_(None)
    connection.execute(watches.update().where(*standing).values(removed_at=now))
    return get_watch(connection, name)


def get_watch(connection: Connection, name: str) -> Watch:
    """Give a watch by its id.

    Raises:
        InputError: there is no such watch.
    """
    found = find_watch(connection, name)
    if found is None:
        raise InputError(f"no watch {name!r}", hint="cloneward watch list shows their ids")
    return found


def find_watch(connection: Connection, name: str) -> Watch | None:
    """Give a watch by its id, though it was removed; none where there never was one."""
    row = connection.execute(_select_watches().where(watches.c.id == name)).one_or_none()
    return None if row is None else _read_watch(row)


def list_watches(connection: Connection) -> Iterator[Watch]:
    """Give the watches that stand, by their ids."""
    standing = _select_watches().where(watches.c.removed_at.is_(None)).order_by(watches.c.id)
    return map(_read_watch, connection.execute(standing))


def list_due(connection: Connection, now: datetime) -> list[Watch]:
    """Give watches whose next visit is due, the longest due first, so many at most as go at once."""
    due = watches.c.removed_at.is_(None), watches.c.next_at <= now
    ordered = _select_watches().where(*due).order_by(watches.c.next_at, watches.c.id).limit(_BATCH)
    return list(map(_read_watch, connection.execute(ordered)))


def find_next(connection: Connection) -> datetime | None:
    """Give when the next visit of all is due; none where nothing is watched."""
    next_at: datetime | None = connection.scalar(
        select(func.min(watches.c.next_at)).where(watches.c.removed_at.is_(None))
    )
    return next_at


def put_off(connection: Connection, name: str, until: datetime) -> Watch:
    """Make the next visit of a watch due later, as the one that was due could not be made; give it as it stands."""
    connection.execute(watches.update().where(watches.c.id == name).values(next_at=until))
    return get_watch(connection, name)


def record_visit(connection: Connection, watch: Watch, sight: Sight, now: datetime, find_gap: FindGap) -> Watch:
    """Put a visit on record, and when the next is due; give the watch as it then stands.

    One that is on record already stays as it is, so that a step run twice records one visit.
    """
    mine, revisit = watches.c.id == watch.id, sight.revisit
    row = connection.execute(select(watches).where(mine).with_for_update()).one()
    if row.visits != watch.visits:
        return get_watch(connection, watch.id)
    is_same = watch.state == revisit.state
    unchanged = row.unchanged + 1 if is_same else 0
    before = sightings.c.watch == watch.id, sightings.c.number == watch.visits - 1
    since = connection.scalar(select(sightings.c.since).where(*before)) if is_same else now
    told = {"state": revisit.state, "cause": revisit.cause, "evidence": revisit.evidence}
    share = None if revisit.containment is None else str(revisit.containment)
    key = {"watch": watch.id, "number": watch.visits, "at": now, "since": since}
    connection.execute(sightings.insert(), {**key, **told, "containment": share, "captures": sight.captures})
    next_at = now + find_gap(revisit, get_watch(connection, watch.id), unchanged)
    values: dict[str, object] = {"visits": watch.visits + 1, "unchanged": unchanged, "next_at": next_at}
    if row.removed_at is not None and sight.successor:
        values["against"] = sight.successor  # nobody watches for a copy: what is told next is what changes next
    connection.execute(watches.update().where(mine).values(values))
    return get_watch(connection, watch.id)


def watch_id(url: str) -> str:
    """Give the id of the watch of a canonical address: 24 hexadecimal digits after a `w`."""
    return "w" + digest_text(url)[:24]


def _select_watches() -> Select[Any]:
    """Give the query for watches, each with its last visit."""
    last = (sightings.c.watch == watches.c.id) & (sightings.c.number == watches.c.visits - 1)
    found = [sightings.c[name] for name in ("state", "cause", "evidence", "since", "captures")]
    return select(watches, *found).join_from(watches, sightings, last, isouter=True)


def _read_watch(row: Row[Any]) -> Watch:
    return Watch(
        id=row.id,
        url=row.url,
        against=row.against,
        has_notice=row.has_notice,
        visits=row.visits,
        next_at=format_utc(row.next_at),
        is_watched=row.removed_at is None,
        state=row.state,
        cause=row.cause,
        evidence=row.evidence or "",
        since=None if row.since is None else format_utc(row.since),
        captures=row.captures,
    )
