"""What is kept for a time: clear ids of people, encrypted, and which copies lie on the disk; and what of it went.

Each function works within the transaction of its caller, so that a hold and a deletion never pass one another.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, select

from cloneward.model.retention import Kept, Kind
from cloneward.store.items import cut
from cloneward.store.tables import copies, forgotten, vault

# SQLite takes 32,766 parameters a statement.
_CHUNK = 1_000
Why = Literal["expired", "asked"]


def put_values(connection: Connection, values: Mapping[str, bytes], now: datetime) -> None:
    """Keep encrypted values by code, from now on; those that are there begin anew and stay with their case."""
    rows = [{"code": code, "value": value, "since": now} for code, value in values.items()]
    for chunk in cut(rows, _CHUNK):
        codes = [row["code"] for row in chunk]
        known = set(connection.scalars(select(vault.c.code).where(vault.c.code.in_(codes))))
        if fresh := [row for row in chunk if row["code"] not in known]:
            connection.execute(vault.insert(), fresh)
        if again := [
            {"key_": row["code"], "value": row["value"], "since": now} for row in chunk if row["code"] in known
        ]:
            connection.execute(vault.update().where(vault.c.code == bindparam("key_")), again)


def read_value(connection: Connection, code: str) -> bytes | None:
    """Give the encrypted value of a code; none where none is kept, or not any more."""
    value: bytes | None = connection.scalar(select(vault.c.value).where(vault.c.code == code))
    return value


def note_copy(connection: Connection, kept: Kept) -> None:
    """Note that a copy lies on the disk; noted twice, the first time counts."""
    mine = copies.c.id == kept.id, copies.c.kind == kept.kind
    if connection.scalar(select(copies.c.since).where(*mine)) is None:
        row = {"id": kept.id, "kind": kept.kind, "since": kept.since, "case_id": kept.case}
        connection.execute(copies.insert(), row)


def drop_copy(connection: Connection, copy: str, kind: Kind) -> None:
    """Note that a copy lies there no longer, though nothing went: it is where it was before."""
    connection.execute(delete(copies).where(copies.c.id == copy, copies.c.kind == kind))


def list_kept(connection: Connection) -> Iterator[Kept]:
    """Give all that is kept for a time, a row at a time."""
    for row in connection.execute(select(vault.c.code, vault.c.since, vault.c.case_id).order_by(vault.c.code)):
        yield Kept(row.code, "vault", row.since, row.case_id, row.code)
    for row in connection.execute(select(copies).order_by(copies.c.kind, copies.c.id)):
        yield Kept(row.id, row.kind, row.since, row.case_id)


def forget(connection: Connection, records: Iterable[Kept], now: datetime, why: Why) -> int:
    """Delete rows, and note that they were there; give how many. What lies on the disk is the caller's to delete."""
    count = 0
    rows = ({"id": record.id, "kind": record.kind, "at": now, "why": why} for record in records)
    for chunk in cut(rows, _CHUNK):
        connection.execute(forgotten.insert(), chunk)
        clear = [row["id"] for row in chunk if row["kind"] == "vault"]
        connection.execute(delete(vault).where(vault.c.code.in_(clear)))
        lying = [{"id_": row["id"], "kind_": row["kind"]} for row in chunk if row["kind"] != "vault"]
        if lying:
            mine = (copies.c.id == bindparam("id_"), copies.c.kind == bindparam("kind_"))
            connection.execute(delete(copies).where(*mine), lying)
        count += len(chunk)
    return count


def count_forgotten(connection: Connection, kind: Kind) -> int:
    """Give how many records of a kind went."""
    return len(connection.scalars(select(forgotten.c.id).where(forgotten.c.kind == kind)).all())
