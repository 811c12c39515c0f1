"""Notices: proposed, approved, sent once, confirmed, ended. Each step is on record before the next begins.

A notice that is being sent when the process ends is found again as that, and goes on from there: what our own copy says
went is not sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from cloneward.act.guard import COPIES, list_obstacles, list_refusals
from cloneward.act.ladder import Terms, advance, propose, tell_state
from cloneward.act.letter import Envelope, Kind, write_letter
from cloneward.act.lint import list_faults
from cloneward.act.papers import write_notice
from cloneward.clock import Clock
from cloneward.errors import RefusedError, Unavailable
from cloneward.govern.roles import Action as Deed
from cloneward.govern.roles import Request, Subject
from cloneward.model.action import Action, Category, Paper, Party, Reach, Step, StepName
from cloneward.model.case import Verdict
from cloneward.model.cases import Entry, EntryKind
from cloneward.model.notice import Notice
from cloneward.ports import Channel
from cloneward.store.actions import (
    LetterRow,
    LetterState,
    add_action,
    add_step,
    begin_letter,
    end_letter,
    get_action,
    list_actions,
    list_letters,
)
from cloneward.store.cases import add_entry
from cloneward.store.objects import ObjectStore
from cloneward.store.workspace import Workspace
from cloneward.workflows.access import open_gate, read_staff
from cloneward.workflows.briefs import (
    find_address,
    make_brief,
    read_facts,
    read_limits,
    read_sender,
    read_terms,
    refuse,
)

_ENTRIES: Final[dict[StepName, EntryKind]] = {
    "propose": "proposed",
    "approve": "approved",
    "perform": "sent",
    "fail": "failed",
    "confirm": "confirmed",
    "resolve": "resolved",
    "withdraw": "withdrawn",
}

Check = Callable[[str], Verdict]
"""Captures an address and judges it."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wants to ask of whom: in which case, resting on which verdict, over which addresses and items."""

    case: str
    paper: Paper
    category: Category
    reach: Reach
    recipient: Party
    verdict: str
    urls: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """Where notices are written and leave: a workspace, a clock, and the channel that carries them."""

    workspace: Workspace
    clock: Clock
    channel: Channel

    @property
    def terms(self) -> Terms:
        """How many must approve, and how long it cools."""
        return read_terms(self.workspace.settings)

    def propose(self, draft: Draft, by: str) -> Action:
        """Propose a notice, and give its action.

        Raises:
            RefusedError: the person may not, something is missing, or the same is asked already.
            InputError: the case or its verdict is not there.
        """
        now = self.clock.now()
        told = {field.name: getattr(draft, field.name) for field in fields(draft)}
        action = Action(**told, steps=(Step(name="propose", by=by, at=now),))
        self._permit(action, "action.propose", by)
        with self.workspace.transaction(self.clock) as connection:
            facts = read_facts(self.workspace, self.clock, connection, action)
            refuse(list_refusals(action, facts, now, read_limits(self.workspace.settings)))
            propose(action, list_actions(connection, about=action.about), self.terms)
            add_action(connection, action)
            self._note(connection, action)
        return action

    def approve(self, name: str, by: str) -> Action:
        """Approve an action, as who one is: counsel's approval counts for papers of law.

        Raises:
            RefusedError: the person may not, or has done so already.
        """
        staff = read_staff(self.workspace.settings.roles)
        is_counsel = staff.is_alone or "counsel" in staff.roles.get(by, frozenset())
        detail = {"role": "counsel" if is_counsel else "approver"}
        return self.take(name, Step(name="approve", by=by, at=self.clock.now(), detail=detail), "action.approve")

    def perform(self, name: str, by: str, check: Check, *, signer: str = "") -> Action:
        """Look whether it is live still, write the notice, and hand it over, once; or go on where that was cut short.

        Raises:
            RefusedError: something stands against it now, or the recipient's server will never take it.
            Unavailable: it could not be handed over; called again, it goes on.
        """
        with self.workspace.transaction(self.clock) as connection:
            action = get_action(connection, name)
        if tell_state(action, self.terms) != "sending":
            self.begin(action, by, check, signer)
        return self.hand_over(name, by)

    def begin(self, action: Action, by: str, check: Check, signer: str) -> Action:
        """Look again, write the letter, and put on record that it is about to leave.

        Raises:
            RefusedError: the person may not, or something stands against it now.
        """
        self._permit(action, "action.perform", by)
        seen = {url: self.clock.now() for url in action.urls if check(url).verdict in COPIES | {"impersonation"}}
        served_from = {url: find_address(self.workspace.settings, url) for url in action.urls}
        with self.workspace.transaction(self.clock) as connection:
            now = self.clock.now()
            facts = read_facts(self.workspace, self.clock, connection, action)
            facts = replace(facts, seen=seen, signer=signer)
            refuse(list_obstacles(action, facts, now, read_limits(self.workspace.settings)))
            begun = advance(action, Step(name="begin", by=by, at=now), self.terms)
            brief = make_brief(self.workspace, self.clock, begun, facts, served_from)
            notice = write_notice(brief)
            refuse(list_faults(notice, brief))
            self._keep_letter(connection, notice, Envelope(recipient=action.recipient.address, at=now))
            add_step(connection, begun)
        return begun

    def hand_over(self, name: str, by: str) -> Action:
        """Hand over the letter of an action that has begun to leave; what went already is not sent again.

        Raises:
            RefusedError: the recipient's server will never take it.
            Unavailable: not now; called again, it goes on.
        """
        with self.workspace.transaction(self.clock) as connection:
            action, letters = get_action(connection, name), list_letters(connection, name)
        if tell_state(action, self.terms) != "sending":
            return action
        try:
            said = self._send(letters[0])
        except RefusedError as error:
            detail = {"reason": str(error)}
            self.take(name, Step(name="fail", by=by, at=self.clock.now(), detail=detail))
            raise
        return self.take(name, Step(name="perform", by=by, at=self.clock.now(), detail={"receipt": said}))

    def end(self, name: str, by: str, reason: str, *, has_erred: bool) -> Action:
        """End an action: resolved, as the content is gone, or withdrawn, as we erred; who was written to is told.

        Raises:
            RefusedError: the person may not, or it cannot end so.
        """
        kind: StepName = "withdraw" if has_erred else "resolve"
        step = Step(name=kind, by=by, at=self.clock.now(), detail={"reason": reason})
        action = self.take(name, step, "action.perform")
        self.tell(action, "withdrawn" if has_erred else "resolved", _say_end(action, reason, has_erred=has_erred))
        return action

    def tell(self, action: Action, kind: Kind, text: str) -> None:
        """Write to whom an action was sent, once of each kind; of one that was not sent nobody is told.

        Raises:
            RefusedError, Unavailable: as `hand_over`.
        """
        with self.workspace.transaction(self.clock) as connection:
            letters = list_letters(connection, action.id)
            if not any(one.kind == "notice" and one.state in {"sent", "kept"} for one in letters):
                return
            earlier = tuple(one.message_id for one in letters if one.kind != kind)
            notice = Notice(action=action.id, subject=f"[CW-{action.id[1:13]}] {kind}", text=text)
            envelope = Envelope(recipient=action.recipient.address, at=action.steps[-1].at, kind=kind, earlier=earlier)
            letter = self._keep_letter(connection, notice, envelope)
        self._send(letter)

    def take(self, name: str, step: Step, deed: Deed | None = None) -> Action:
        """Take a step of an action, and put it on record with a line in its case.

        Raises:
            RefusedError: the person may not, or the step may not follow.
            Unavailable: somebody else has just taken one.
        """
        with self.workspace.transaction(self.clock) as connection:
            action = advance(get_action(connection, name), step, self.terms)
        if deed is not None:
            self._permit(action, deed, step.by)
        with self.workspace.transaction(self.clock) as connection:
            add_step(connection, action)
            self._note(connection, action)
        return action

    def _permit(self, action: Action, deed: Deed, by: str) -> None:
        """Ask whether somebody may; the answer stands on the ledger."""
        subject = Subject(id=action.id, case=action.case, author=action.steps[0].by)
        open_gate(self.workspace, self.clock).expect(Request(actor=by, action=deed, subject=subject))

    def _note(self, connection: Connection, action: Action) -> None:
        step = action.steps[-1]
        what = f"{action.paper} notice, {action.category}, to {action.recipient.name} <{action.recipient.address}>"
        said = "; ".join(f"{name}: {value}" for name, value in step.detail.items())
        text = f"{what}; {said}" if said else what
        entry = Entry(kind=_ENTRIES[step.name], at=step.at, by=step.by, text=text, subject=action.id)
        add_entry(connection, action.case, entry)

    def _keep_letter(self, connection: Connection, notice: Notice, envelope: Envelope) -> LetterRow:
        letter = write_letter(notice, read_sender(self.workspace.settings), envelope)
        row = LetterRow(
            message_id=letter.message_id,
            action=notice.action,
            kind=envelope.kind,
            number=envelope.number,
            recipient=letter.recipient,
            at=envelope.at,
            digest=self._objects.put(letter.content),
        )
        return begin_letter(connection, row)

    @property
    def _objects(self) -> ObjectStore:
        return ObjectStore(self.workspace.folder / "items")

    def _send(self, letter: LetterRow) -> str:
        """Hand a letter over, unless it went before, and put on record what became of it.

        Before it is handed over it is `unsure`: if all ends now, nobody knows, and our own copy must tell.
        """
        if letter.state in {"sent", "kept"}:
            return letter.said
        if letter.state == "unsure":
            if self.channel.has(letter.message_id):
                return self._end(letter, "it went before: our own copy is there")
            wait = letter.at + timedelta(seconds=self.channel.settle_s) - self.clock.now()
            if wait > timedelta(0):
                text = f"nobody knows whether {letter.message_id} went: its copy may be on its way"
                raise Unavailable(text, hint="call again later", retry_after_s=wait.total_seconds())
        self._put(letter, "unsure", "being handed over")
        try:
            return self._end(
                letter, self.channel.send(letter.message_id, letter.recipient, self._objects.get(letter.digest))
            )
        except RefusedError as error:
            self._put(letter, "refused", str(error))
            raise
        except Unavailable as error:
            if error.code != "unsure":
                self._put(letter, "begun", str(error))
            raise

    def _end(self, letter: LetterRow, said: str) -> str:
        self._put(letter, "kept" if self.workspace.settings.sandbox else "sent", said)
        return said

    def _put(self, letter: LetterRow, state: LetterState, said: str) -> None:
        with self.workspace.transaction(self.clock) as connection:
            end_letter(connection, letter.message_id, state, said)


def _say_end(action: Action, reason: str, *, has_erred: bool) -> str:
    """Give what is said to whom we wrote: what is over, and that nothing is left to do."""
    addresses = "\n".join(f"  {url}" for url in action.urls)
    if has_erred:
        head = "We were wrong, and withdraw our notice. Please undo what you did because of it. We are sorry.\n"
    else:
        head = "The content is gone. No further action is needed; please do not suspend the domain.\n"
    return f"{head}\nIt was about:\n{addresses}\n\nReason: {reason}\n"
