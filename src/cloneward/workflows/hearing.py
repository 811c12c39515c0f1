"""What comes back: replies are kept once, linked to their notices, and move those that they are to be believed for."""

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection

from cloneward.act.ladder import tell_state
from cloneward.act.replies import Meaning, Post, Reply, Sent, read_reply
from cloneward.errors import RefusedError
from cloneward.model.action import Step
from cloneward.model.cases import Entry
from cloneward.model.codec import encode
from cloneward.store.actions import ReplyRow, add_reply, get_action, list_actions, list_letters, list_replies
from cloneward.store.cases import add_entry
from cloneward.workflows.notices import Desk

_HEARD: Final[frozenset[Meaning]] = frozenset({"acknowledged", "resolved", "rejected", "more_wanted", "wrong_channel"})
"""What shows that the recipient has a notice, whatever they make of it."""


def hear(desk: Desk, messages: Iterable[bytes]) -> Iterator[tuple[Reply, bool]]:
    """Read what came in, and give each with whether it is new; one that is to be believed confirms its action.

    That the other side says it removed something resolves nothing: whether it is gone is for us to see.
    """
    workspace, clock = desk.workspace, desk.clock
    with workspace.transaction(clock) as connection:
        post = Post(list(_list_sent(connection, desk)))
    for raw in messages:
        reply = read_reply(raw, post, trusted=workspace.settings.mail.authenticator)
        with workspace.transaction(clock) as connection:
            is_new = _keep(connection, desk, reply)
        if is_new and reply.counts and reply.action and reply.meaning in _HEARD:
            _confirm(desk, reply.action, reply)
        yield reply, is_new


def _keep(connection: Connection, desk: Desk, reply: Reply) -> bool:
    now = desk.clock.now()
    names = ("id", "sender", "meaning", "trust", "action", "case", "linked_by", "ticket")
    told = {name: getattr(reply, name) for name in names}
    is_new = add_reply(connection, ReplyRow(**told, at=now, record=encode(reply).decode()))
    if is_new and reply.case:
        text = f"{reply.meaning} ({reply.trust}): {reply.subject}"
        entry = Entry(kind="replied", at=now, by=reply.sender, text=text, subject=reply.action or "")
        add_entry(connection, reply.case, entry)
    return is_new


def _confirm(desk: Desk, name: str, reply: Reply) -> None:
    with desk.workspace.transaction(desk.clock) as connection:
        action = get_action(connection, name)
    if tell_state(action, desk.terms) != "performed":
        return
    detail = {"reply": reply.id[:16], **({"ticket": reply.ticket} if reply.ticket else {})}
    step = Step(name="confirm", by=reply.sender, at=max(desk.clock.now(), action.steps[-1].at), detail=detail)
    desk.take(name, step)


def _list_sent(connection: Connection, desk: Desk) -> Iterator[Sent]:
    """Give all letters that went, as a reply may name them: by their own ids, tickets of the other side, addresses."""
    tickets: dict[str, list[str]] = {}
    for reply in list_replies(connection):
        if reply.action and reply.ticket:
            tickets.setdefault(reply.action, []).append(reply.ticket)
    for action in list_actions(connection):
        try:
            is_open = tell_state(action, desk.terms) in {"performed", "confirmed"}
        except RefusedError:  # its records were changed: a reply may be linked to it, and moves nothing
            is_open = False
        for letter in list_letters(connection, action.id):
            yield Sent(
                action=action.id,
                case=action.case,
                message_id=letter.message_id,
                reference=f"CW-{action.id[1:13]}",
                recipient=letter.recipient,
                urls=action.urls,
                tickets=tuple(tickets.get(action.id, ())),
                is_open=is_open,
            )
