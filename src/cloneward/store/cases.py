"""Cases as rows: the file on one matter, its timeline, its verdicts, and what people say of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, func, select

from cloneward.errors import InputError
from cloneward.model.case import Verdict
from cloneward.model.cases import Case, CaseState, Entry, EntryKind, Knowledge, Label, case_id
from cloneward.model.codec import decode, encode
from cloneward.model.ids import digest_text
from cloneward.store.tables import cases, entries, labels, verdicts


def open_case(connection: Connection, case: Case) -> tuple[Case, bool]:
    """Open a case, and tell whether it is new: there is one on each place, and what was first known of it stays.

    A closed case that is opened again is open, and its timeline says since when.
    """
    known = find_case(connection, case.place)
    if known is not None:
        if known.state == "closed":
            connection.execute(cases.update().where(cases.c.id == known.id).values(state="open", closing=""))
            add_entry(connection, known.id, _entry("reopened", case, f"found again by {case.channel}"))
        return get_case(connection, known.id), False
    told = {"known_at": case.first_known.at, "known_by": case.first_known.who, "known_how": case.first_known.how}
    row = {name: getattr(case, name) for name in ("id", "target", "place", "site", "channel", "opened_at")}
    connection.execute(cases.insert(), {**row, **told, "state": "open", "closing": ""})
    add_entry(connection, case.id, _entry("opened", case, f"found by {case.channel}"))
    known_entry = Entry(kind="known", at=case.first_known.at, by=case.first_known.who, text=case.first_known.how)
    add_entry(connection, case.id, known_entry)
    return case, True


def find_case(connection: Connection, place: str) -> Case | None:
    """Give the case on a place, if there is one."""
    return find_case_by_id(connection, case_id(place))


def find_case_by_id(connection: Connection, name: str) -> Case | None:
    """Give a case by its id, if there is one."""
    row = connection.execute(select(cases).where(cases.c.id == name)).one_or_none()
    return None if row is None else _read_case(row)


def get_case(connection: Connection, name: str) -> Case:
    """Give a case by its id.

    Raises:
        InputError: there is no such case.
    """
    case = find_case_by_id(connection, name)
    if case is None:
        raise InputError(f"no case {name!r}", hint="cloneward case list shows their ids")
    return case


def list_cases(connection: Connection, state: CaseState | None = None) -> Iterator[Case]:
    """Give cases, those that were opened first before the others."""
    query = select(cases).order_by(cases.c.opened_at, cases.c.id)
    if state is not None:
        query = query.where(cases.c.state == state)
    return map(_read_case, connection.execute(query))


def close_case(connection: Connection, name: str, entry: Entry) -> Case:
    """Close a case; the text of the entry says why.

    Raises:
        InputError: there is no such case, or it is closed.
    """
    if get_case(connection, name).state == "closed":
        raise InputError(f"{name} is closed", hint="cloneward case show tells why")
    connection.execute(cases.update().where(cases.c.id == name).values(state="closed", closing=entry.text))
    add_entry(connection, name, entry)
    return get_case(connection, name)


def add_entry(connection: Connection, case: str, entry: Entry) -> int:
    """Add a line to the timeline of a case, and give its number."""
    number = _count(connection, entries, case) + 1
    told = {name: getattr(entry, name) for name in ("kind", "at", "by", "text", "subject", "is_privileged")}
    connection.execute(
        entries.insert(), {"case_id": case, "number": number, **told, "detail": encode(entry.detail).decode()}
    )
    return number


def list_entries(connection: Connection, case: str, *, is_privileged: bool = True) -> Iterator[Entry]:
    """Give the timeline of a case in its order; without what is privileged where it is to leave the house."""
    query = select(entries).where(entries.c.case_id == case).order_by(entries.c.number)
    if not is_privileged:
        query = query.where(entries.c.is_privileged.is_(False))
    return map(_read_entry, connection.execute(query))


def add_verdict(connection: Connection, case: str, verdict: Verdict, at: datetime, by: str) -> str:
    """Put a verdict on record, and give its id; one over the same capture by the same policy stays as it is."""
    capture = verdict.seal.id if verdict.seal else None
    name = "v" + digest_text("\n".join((case, capture or str(at), by)))[:24]
    if connection.execute(select(verdicts.c.id).where(verdicts.c.id == name)).first() is None:
        row = {"id": name, "case_id": case, "at": at, "by": by, "capture_id": capture, "verdict": verdict.verdict}
        connection.execute(verdicts.insert(), row | {"record": encode(verdict).decode()})
    return name


def get_verdict(connection: Connection, name: str) -> tuple[Verdict, datetime]:
    """Give a verdict by its id, and when it was given.

    Raises:
        InputError: there is no such verdict.
    """
    row = connection.execute(select(verdicts).where(verdicts.c.id == name)).one_or_none()
    if row is None:
        raise InputError(f"no verdict {name!r}", hint="cloneward case show lists those of a case")
    return decode(row.record.encode(), Verdict), row.at


def find_verdict(connection: Connection, case: str) -> tuple[str, Verdict, datetime] | None:
    """Give the verdict that stands on a case: the last one, with its id and when it was given."""
    query = select(verdicts).where(verdicts.c.case_id == case).order_by(verdicts.c.at.desc(), verdicts.c.id)
    row = connection.execute(query.limit(1)).first()
    return None if row is None else (row.id, decode(row.record.encode(), Verdict), row.at)


def add_label(connection: Connection, label: Label) -> None:
    """Put what somebody says of a case on record."""
    names = ("by", "at", "verdict", "saw", "note")
    row = {name: getattr(label, name) for name in names}
    connection.execute(
        labels.insert(), {**row, "case_id": label.case, "number": _count(connection, labels, label.case) + 1}
    )


def list_labels(connection: Connection, case: str | None = None) -> Iterator[Label]:
    """Give labels, of one case or all, in their order."""
    query = select(labels).order_by(labels.c.case_id, labels.c.number)
    if case is not None:
        query = query.where(labels.c.case_id == case)
    for row in connection.execute(query):
        yield Label(case=row.case_id, by=row.by, at=row.at, verdict=row.verdict, saw=row.saw, note=row.note)


def _entry(kind: EntryKind, case: Case, text: str) -> Entry:
    return Entry(kind=kind, at=case.opened_at, by=case.first_known.who, text=text)


def _count(connection: Connection, table: Table, case: str) -> int:
    return int(connection.scalar(select(func.count()).select_from(table).where(table.c.case_id == case)) or 0)


def _read_case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        target=row.target,
        place=row.place,
        site=row.site,
        channel=row.channel,
        opened_at=row.opened_at,
        first_known=Knowledge(at=row.known_at, who=row.known_by, how=row.known_how),
        state=row.state,
        closing=row.closing,
    )


def _read_entry(row: Row[Any]) -> Entry:
    told = {name: getattr(row, name) for name in ("kind", "at", "by", "text", "subject", "is_privileged")}
    return Entry(**told, detail=msgspec.json.decode(row.detail))
