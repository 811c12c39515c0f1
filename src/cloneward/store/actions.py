"""Actions as rows: their steps, the letters that left for them, and the replies that came.

Two people who take a step at once cannot both have it: a step is put on record under its number, once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import IntegrityError

from cloneward.errors import InputError, Unavailable
from cloneward.model.action import Action, Step
from cloneward.model.codec import decode, encode
from cloneward.store.tables import actions, letters, replies, steps

LetterState = Literal["begun", "sent", "kept", "refused", "unsure"]


@dataclass(frozen=True, kw_only=True)
class LetterRow:
    """A letter that left or was about to: of which action, the digest of its bytes, and what became of it.

    `state`: `begun` before it is handed over, `kept` by the sandbox, `unsure` where nobody knows whether it went.
    """

    message_id: str
    action: str
    kind: str
    number: int
    recipient: str
    at: datetime
    digest: str
    state: LetterState = "begun"
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplyRow:
    """A mail that came in, as it is kept: whom it is from, what it means, and which action it answers."""

    id: str
    at: datetime
    sender: str
    meaning: str
    trust: str
    record: str
    action: str | None = None
    case: str | None = None
    linked_by: str | None = None
    ticket: str | None = None


def add_action(connection: Connection, action: Action) -> None:
    """Put a proposed action on record; one that is there already stays as it is."""
    if connection.execute(select(actions.c.id).where(actions.c.id == action.id)).first() is not None:
        return
    record = encode(replace(action, steps=())).decode()
    row = {"id": action.id, "case_id": action.case, "about": action.about, "recipient": action.recipient.address}
    connection.execute(actions.insert(), row | {"record": record})
    for number, step in enumerate(action.steps):
        _put_step(connection, action.id, number, step)


def add_step(connection: Connection, action: Action) -> None:
    """Put the last step of an action on record.

    Raises:
        Unavailable: somebody else has just taken a step; this one was judged without it.
    """
    number = len(action.steps) - 1
    try:
        with connection.begin_nested():
            _put_step(connection, action.id, number, action.steps[number])
    except IntegrityError as error:
        hint = "look at it again, then decide"
        raise Unavailable(f"somebody else has just taken a step of {action.id}", hint=hint, retry_after_s=0) from error


def get_action(connection: Connection, name: str) -> Action:
    """Give an action by its id, with all its steps.

    Raises:
        InputError: there is no such action.
    """
    row = connection.execute(select(actions).where(actions.c.id == name)).one_or_none()
    if row is None:
        raise InputError(f"no action {name!r}", hint="cloneward act plan lists those of a case")
    return _read_action(connection, row)


def list_actions(
    connection: Connection, *, case: str | None = None, about: str | None = None, recipient: str | None = None
) -> Iterator[Action]:
    """Give actions with their steps: those of a case, about the same, to one recipient, or all."""
    query = select(actions)
    for column, value in ((actions.c.case_id, case), (actions.c.about, about), (actions.c.recipient, recipient)):
        if value is not None:
            query = query.where(column == value)
    for row in connection.execute(query.order_by(actions.c.id)).all():
        yield _read_action(connection, row)


def count_begun(connection: Connection, since: datetime, recipient: str | None = None) -> int:
    """Give how many actions began to leave since a moment, to one recipient or in all."""
    query = select(func.count()).select_from(steps.join(actions, steps.c.action_id == actions.c.id))
    query = query.where(steps.c.name == "begin", steps.c.at > since)
    if recipient is not None:
        query = query.where(actions.c.recipient == recipient)
    return int(connection.scalar(query) or 0)


def list_erred(connection: Connection, recipient: str, most: int) -> list[bool]:
    """Give of the last actions that left for a recipient whether each was withdrawn, the latest last."""
    begun = select(steps.c.action_id, steps.c.at).where(steps.c.name == "begin").subquery()
    query = (
        select(begun.c.action_id)
        .join_from(begun, actions, begun.c.action_id == actions.c.id)
        .where(actions.c.recipient == recipient)
        .order_by(begun.c.at.desc(), begun.c.action_id)
        .limit(most)
    )
    names = list(connection.scalars(query))
    gone = select(steps.c.action_id).where(steps.c.name == "withdraw", steps.c.action_id.in_(names))
    withdrawn = set(connection.scalars(gone))
    return [name in withdrawn for name in reversed(names)]


def begin_letter(connection: Connection, letter: LetterRow) -> LetterRow:
    """Put on record that a letter is about to leave, and give it as it stands: begun before, it is that one."""
    known = find_letter(connection, letter.message_id)
    if known is not None:
        return known
    row = {name: getattr(letter, name) for name in ("message_id", "kind", "number", "recipient", "at", "digest")}
    connection.execute(letters.insert(), {**row, "action_id": letter.action, "state": "begun", "said": ""})
    return letter


def end_letter(connection: Connection, message_id: str, state: LetterState, said: str) -> None:
    """Put on record what became of a letter."""
    connection.execute(letters.update().where(letters.c.message_id == message_id).values(state=state, said=said))


def find_letter(connection: Connection, message_id: str) -> LetterRow | None:
    """Give a letter by its Message-ID, if it is on record."""
    row = connection.execute(select(letters).where(letters.c.message_id == message_id)).one_or_none()
    return None if row is None else _read_letter(row)


def list_letters(connection: Connection, action: str | None = None) -> list[LetterRow]:
    """Give the letters of an action, or all, the earlier first."""
    query = select(letters).order_by(letters.c.at, letters.c.message_id)
    if action is not None:
        query = query.where(letters.c.action_id == action)
    return list(map(_read_letter, connection.execute(query)))


def add_reply(connection: Connection, reply: ReplyRow) -> bool:
    """Put a mail that came in on record, and tell whether it is new."""
    if connection.execute(select(replies.c.id).where(replies.c.id == reply.id)).first() is not None:
        return False
    names = ("id", "at", "sender", "meaning", "trust", "linked_by", "ticket", "record")
    row = {name: getattr(reply, name) for name in names}
    connection.execute(replies.insert(), {**row, "action_id": reply.action, "case_id": reply.case})
    return True


def list_replies(connection: Connection, *, case: str | None = None, action: str | None = None) -> list[ReplyRow]:
    """Give the replies of a case, to an action, or all, the earlier first."""
    query = select(replies).order_by(replies.c.at, replies.c.id)
    for column, value in ((replies.c.case_id, case), (replies.c.action_id, action)):
        if value is not None:
            query = query.where(column == value)
    return list(map(_read_reply, connection.execute(query)))


def _put_step(connection: Connection, action: str, number: int, step: Step) -> None:
    row = {"action_id": action, "number": number, "name": step.name, "by": step.by, "at": step.at}
    connection.execute(steps.insert(), row | {"detail": encode(step.detail).decode()})


def _read_action(connection: Connection, row: Row[Any]) -> Action:
    query = select(steps).where(steps.c.action_id == row.id).order_by(steps.c.number)
    taken = tuple(
        Step(name=step.name, by=step.by, at=step.at, detail=msgspec.json.decode(step.detail))
        for step in connection.execute(query)
    )
    return replace(decode(row.record.encode(), Action), steps=taken)


def _read_letter(row: Row[Any]) -> LetterRow:
    names = ("message_id", "kind", "number", "recipient", "at", "digest", "state", "said")
    return LetterRow(action=row.action_id, **{name: getattr(row, name) for name in names})


def _read_reply(row: Row[Any]) -> ReplyRow:
    names = ("id", "at", "sender", "meaning", "trust", "record", "linked_by", "ticket")
    return ReplyRow(action=row.action_id, case=row.case_id, **{name: getattr(row, name) for name in names})
