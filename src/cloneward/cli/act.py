"""`cloneward act`: asking those who can act to take a copy down, and following through."""

import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption, read_path
from cloneward.cli.output import write_line, write_record
from cloneward.cli.rows import CaseArgument, OperatorOption, begin, encode_record, expect, find_id, spell_moments
from cloneward.errors import InputError

if TYPE_CHECKING:
    from cloneward.act.replies import Reply
    from cloneward.clock import Clock
    from cloneward.model.action import Action, Category, Paper, Reach
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.notices import Desk
    from cloneward.workflows.planning import Plan

app = typer.Typer(
    name="act", help="Ask those who can act, and follow through.", no_args_is_help=True, rich_markup_mode=None
)

ActionArgument = Annotated[str, typer.Argument(metavar="ACTION", help="Id of the action.", show_default=False)]
PlainOption = Annotated[bool, typer.Option("--plain", help="Look by plain requests, without a browser.")]


@app.command("plan")
def plan(
    targets: Annotated[list[str], typer.Argument(metavar="TARGET", help="Cases or addresses.", show_default=False)],
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who can act on an address, what may be asked over its case, and what stands against the rest.

    Registries and name servers are asked who holds it. Nothing is proposed, and nobody is written to.

    \b
    Examples:
      cloneward act plan https://copy.example/ann
      cloneward act plan c0123 --json
    """
    from cloneward.workflows.lookup import open_lookup
    from cloneward.workflows.planning import plan_target

    opened, clock, by = begin(workspace, operator, None)
    lookup = open_lookup(opened, clock)
    for target in targets:
        name = find_id(target)
        expect(opened, clock, by, "case.read", name)
        _show_plan(plan_target(opened, clock, lookup, target, name), as_json=as_json)


@app.command("propose")
def propose(
    case: CaseArgument,
    to: Annotated[
        str | None, typer.Option("--to", metavar="MAIL", help="Mail address of who can act; else whom registries name.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of who can act.")] = "",
    paper: Annotated[str, typer.Option("--paper", help="abuse, dmca or dsa.")] = "abuse",
    category: Annotated[str, typer.Option("--category", help="What it is about.")] = "copyright",
    reach: Annotated[str, typer.Option("--reach", help="page, or domain where nobody else lives there.")] = "page",
    source: Annotated[
        str, typer.Option("--source", help="Where you found that address: it stands in the notice.")
    ] = "the operator",
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a notice over what a case's verdict found; somebody else approves it.

    \b
    Examples:
      cloneward act propose https://copy.example/ann --to abuse@host.example --name "Host Ltd"
    """
    from cloneward.model.action import Party
    from cloneward.workflows.planning import find_party, make_draft

    _check_words(paper=paper, category=category, reach=reach)
    opened, clock, by = begin(workspace, operator, None)
    case_id = find_id(case)
    if to is None:
        party = find_party(opened, clock, case_id)
    else:
        day = clock.now().date().isoformat()
        told = name or to.rpartition("@")[2]
        party = Party(name=told, part="host", channel="mail", address=to, source=source, verified_on=day)
    what = (cast("Paper", paper), cast("Category", category), cast("Reach", reach))
    draft = make_draft(opened, clock, case_id, party, what)
    with _open_desk(opened, clock) as desk:
        _show(desk, desk.propose(draft, by), as_json=as_json)


@app.command("approve")
def approve(
    action: ActionArgument,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve a proposed notice. From the last approval on it cools, and can be withdrawn unsent.

    \b
    Examples:
      cloneward act approve a0123 --operator ben
    """
    opened, clock, by = begin(workspace, operator, None)
    with _open_desk(opened, clock) as desk:
        _show(desk, desk.approve(action, by), as_json=as_json)


@app.command("perform")
def perform(
    action: ActionArgument,
    sign: Annotated[str, typer.Option("--sign", metavar="NAME", help="Who signs a paper of law, by name.")] = "",
    plain: PlainOption = False,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look whether it is live still, write the notice and send it, once. In the sandbox it is kept in `outbox/`.

    Cut short and called again, it goes on; nothing goes twice.

    \b
    Examples:
      cloneward act perform a0123
      cloneward act perform a0123 --sign "Cay Counsel"
    """
    from cloneward.cli.judge import open_check
    from cloneward.cli.visits import Visit

    opened, clock, by = begin(workspace, operator, None)
    with _open_desk(opened, clock) as desk, open_check(opened, Visit(is_plain=plain, pages=1)) as check:
        _show(desk, desk.perform(action, by, check, signer=sign), as_json=as_json)


@app.command("confirm")
def confirm(
    action: ActionArgument,
    ticket: Annotated[str, typer.Option("--ticket", help="Their own number for it.")] = "",
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that the recipient has a notice, where they told you otherwise than by mail.

    \b
    Examples:
      cloneward act confirm a0123 --ticket 448812
    """
    from cloneward.model.action import Step

    opened, clock, by = begin(workspace, operator, None)
    with _open_desk(opened, clock) as desk:
        step = Step(name="confirm", by=by, at=clock.now(), detail={"ticket": ticket} if ticket else {})
        _show(desk, desk.take(action, step, "action.perform"), as_json=as_json)


@app.command("hear")
def hear(
    folder: Annotated[
        str | None, typer.Argument(metavar="MAILDIR", help="A Maildir; else the mailbox of the settings.")
    ] = None,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read what came in, link it to the notices it answers, and confirm those that were acknowledged.

    Nothing in the mailbox is moved, marked or deleted. What did not come from whom you wrote to moves nothing.

    \b
    Examples:
      cloneward act hear
      cloneward act hear ~/Maildir --json
    """
    from cloneward.workflows.hearing import hear as listen
    from cloneward.workflows.wiring import read_new_mail

    opened, clock, _ = begin(workspace, operator, None)
    with _open_desk(opened, clock) as desk:
        messages = _read_maildir(read_path(folder)) if folder else read_new_mail(opened)
        for reply, is_new in listen(desk, messages):
            _show_reply(reply, is_new=is_new, as_json=as_json)


@app.command("resolve")
def resolve(
    action: ActionArgument,
    plain: PlainOption = False,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look again from several places, and end a notice where what it is about is gone, for everybody and for good.

    That takes two rounds, six hours apart, of them one at the hour at which it was last seen. Then the recipient is
    told: resolved, nothing left to do. Called before, it says what is still to be looked at.

    \b
    Examples:
      cloneward act resolve a0123
    """
    from cloneward.store.actions import get_action
    from cloneward.workflows.endings import look_again, open_see
    from cloneward.workflows.wiring import list_all

    opened, clock, by = begin(workspace, operator, None)
    with _open_desk(opened, clock) as desk, open_see(opened, clock, is_plain=plain) as see:
        with opened.transaction(clock) as connection:
            known = get_action(connection, action)
        expect(opened, clock, by, "capture.take", known.case)
        looked = look_again(desk, known, list_all(opened.settings, clock), see)
    for url, outlook in looked.outlooks.items():
        if as_json:
            write_record(encode_record({"action": action, "url": url, **spell_moments(asdict(outlook))}))
            continue
        write_line(f"{outlook.end:<9} {url}")
        for missing in outlook.missing:
            write_line(f"    still    {missing}")


@app.command("withdraw")
def withdraw(
    action: ActionArgument,
    reason: Annotated[str, typer.Option("--reason", help="What was wrong.", show_default=False)],
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Withdraw a notice: we erred, and whoever was written to is told so.

    \b
    Examples:
      cloneward act withdraw a0123 --reason "it was licensed"
    """
    opened, clock, by = begin(workspace, operator, None)
    with _open_desk(opened, clock) as desk:
        _show(desk, desk.end(action, by, reason, has_erred=True), as_json=as_json)


@contextmanager
def _open_desk(workspace: "Workspace", clock: "Clock") -> "Iterator[Desk]":
    """Give where notices leave: the outbox, as long as the sandbox is on."""
    from cloneward.workflows.notices import Desk
    from cloneward.workflows.wiring import open_channel

    yield Desk(workspace, clock, open_channel(workspace))


def _check_words(*, paper: str, category: str, reach: str) -> None:
    from cloneward.model.action import Category, Paper, Reach

    for word, kind in ((paper, Paper), (category, Category), (reach, Reach)):
        if word not in get_args(kind):
            raise InputError(f"{word!r} is none of the words", hint=f"one of {', '.join(get_args(kind))}")


def _read_maildir(folder: Path) -> Iterator[bytes]:
    """Give the mails of a Maildir, the oldest first."""
    if not (folder / "cur").is_dir() and not (folder / "new").is_dir():
        raise InputError(f"{folder} is no Maildir", hint="it has folders cur and new")
    box = mailbox.Maildir(folder, create=False)
    for key in sorted(box.keys()):
        yield box.get_bytes(key)


def _show(desk: "Desk", action: "Action", *, as_json: bool) -> None:
    from cloneward.act.ladder import tell_state

    state, step = tell_state(action, desk.terms), action.steps[-1]
    if as_json:
        told = {name: value for name, value in asdict(action).items() if name != "steps"}
        steps = [spell_moments(asdict(one)) for one in action.steps]
        write_record(encode_record({"id": action.id, "state": state, **told, "steps": steps}))
        return
    write_line(f"{action.id}  {state:<9} {action.paper}, {action.category}, to {action.recipient.address}")
    for name, value in step.detail.items():
        write_line(f"    {name:<8} {value}")


def _show_plan(plan: "Plan", *, as_json: bool) -> None:
    if as_json:
        notices = [{**asdict(one), "ready": not one.refusals} for one in plan.notices]
        write_record(encode_record({**asdict(plan), "notices": notices}))
        return
    route = plan.route
    write_line(f"{plan.case or 'no case':<26} {plan.target}")
    write_line(
        f"    who      {route.host or 'unknown'}, {route.contact or 'no contact'} (by {route.via or route.state})"
    )
    for middle in route.middle:
        write_line(f"    between  {middle.role} {middle.name}")
    for one in plan.notices:
        stands = "; ".join(refusal.text for refusal in one.refusals) or "nothing stands against it"
        write_line(f"    {one.paper:<6} {one.category:<14} {one.reach:<7} {stands}")


def _show_reply(reply: "Reply", *, is_new: bool, as_json: bool) -> None:
    if as_json:
        names = ("message_id", "case", "action", "meaning", "trust", "linked_by", "ticket", "sender", "subject")
        told = {name: getattr(reply, name) for name in names}
        write_record(encode_record({**told, "is_believed": reply.counts, "is_new": is_new}))
        return
    about = f"{reply.case}, by {reply.linked_by}" if reply.case else "no case of ours"
    write_line(f"{reply.meaning:<13} {reply.sender}  ({about}; {reply.trust})")
    write_line(f"    {reply.subject}")
