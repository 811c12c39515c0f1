"""`cloneward evidence`: what is under seal, who may see it, and what must go."""

import getpass
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption, read_path
from cloneward.cli.output import describe_problem, tell, write_line, write_record
from cloneward.errors import EvidenceError, InputError, Unavailable

if TYPE_CHECKING:
    from cloneward.clock import Clock
    from cloneward.govern.roles import Action, Request
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.evidence import Listed

app = typer.Typer(name="evidence", help="Look after what is under seal.", no_args_is_help=True, rich_markup_mode=None)

CaptureArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the capture.", show_default=False)]
OperatorOption = Annotated[
    str | None,
    typer.Option("--operator", metavar="NAME", help="Who does it; else as for captures."),
]
SecondOption = Annotated[
    str | None, typer.Option("--second", metavar="NAME", help="Who stands beside, in another role.")
]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="Why: a case or a request, and no person; it stands on the ledger for good.")
]
CaseOption = Annotated[str | None, typer.Option("--case", metavar="ID", help="For which case.")]
EmergencyOption = Annotated[
    bool, typer.Option("--emergency", help="Without a second person; somebody else looks at it afterwards.")
]


@app.command("list")
def list_(operator: OperatorOption = None, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List all captures and how they stand: sealed, pending, broken or seized; every file is read for that.

    Where anything is broken the exit code is 4.

    \b
    Examples:
      cloneward evidence list
      cloneward evidence list --json
    """
    from cloneward.workflows.access import look
    from cloneward.workflows.evidence import list_evidence

    opened, clock = _open(workspace)
    look(opened, clock, _ask("evidence.list", "evidence", _name(opened, operator)))
    broken = []
    for one in list_evidence(opened, clock):
        broken += [one.id] if one.state == "broken" else []
        if as_json:
            write_record(_encode(_describe(one)))
        else:
            _show(one)
    _expect_sound(broken)


@app.command("show")
def show(
    capture: CaptureArgument,
    operator: OperatorOption = None,
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how one capture stands, what is told of it, and who did what with it.

    \b
    Examples:
      cloneward evidence show c1338858a519d42840063f0d4
      cloneward evidence show c1338858a519d42840063f0d4 --json
    """
    from cloneward.workflows.access import look
    from cloneward.workflows.evidence import list_evidence

    opened, clock = _open(workspace)
    look(opened, clock, _ask("evidence.list", capture, _name(opened, operator), case=case))
    one = next(list_evidence(opened, clock, capture), None)
    if one is None:
        raise InputError(f"no capture {capture!r}", hint="cloneward evidence list names them all")
    if as_json:
        told = one.standing.manifest.get("told")
        write_record(_encode({**_describe(one), "told": told, "custody": list(one.custody)}))
    else:
        _show(one)
        for entry in one.custody:
            write_line(f"    {entry['number']:>6}  {entry['at']}  {entry['what']:<20} {entry['who']}")
    _expect_sound([one.id] if one.state == "broken" else [])


@app.command("stop")
def stop(
    capture: CaptureArgument,
    reason: ReasonOption = "",
    bodies: Annotated[
        list[str] | None,
        typer.Option("--body", metavar="SHA256", help="A body of it that no later capture may keep; may be repeated."),
    ] = None,
    operator: OperatorOption = None,
    second: SecondOption = None,
    case: CaseOption = None,
    emergency: EmergencyOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that something must not be kept: its archive goes into quarantine, its working copy goes, its seal stays.

    What becomes of the bytes the setting [quarantine] rule says; what a hold keeps is never destroyed. Bodies that are
    named are marked first, so that later captures withhold them, and pictures that are like them.

    \b
    Examples:
      cloneward evidence stop c1338858a519d42840063f0d4 --reason "request 12"
    """
    from cloneward.workflows.access import open_gate
    from cloneward.workflows.quarantine import open_quarantine

    opened, clock = _open(workspace)
    request = _ask("material.seize", capture, _name(opened, operator), reason=reason, second=second, case=case)
    gate, quarantine = open_gate(opened, clock), open_quarantine(opened, clock)
    if bodies:
        marks = quarantine.mark_bodies(gate, replace(request, action="material.mark"), bodies)
        write_line(f"marked   {len(marks):,} digests and likenesses; later captures withhold them")
    rule = quarantine.seize(gate, replace(request, is_emergency=emergency))
    write_line(f"seized   {capture}: its archive was {'preserved, encrypted' if rule == 'preserve' else 'destroyed'}")


@app.command("release")
def release(
    capture: CaptureArgument,
    reason: ReasonOption = "",
    operator: OperatorOption = None,
    second: SecondOption = None,
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Take back what was stopped: the marks of a capture, and its archive where that was preserved.

    \b
    Examples:
      cloneward evidence release c1338858a519d42840063f0d4 --reason "request 13"
    """
    from cloneward.workflows.access import open_gate
    from cloneward.workflows.quarantine import open_quarantine

    opened, clock = _open(workspace)
    request = _ask("material.release", capture, _name(opened, operator), reason=reason, second=second, case=case)
    marks, is_restored = open_quarantine(opened, clock).restore(open_gate(opened, clock), request)
    write_line(
        f"released {capture}: {marks:,} marks; its archive {'is in its place' if is_restored else 'was not kept'}"
    )


@app.command("export")
def export(
    capture: CaptureArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", parser=read_path, help="The ZIP to write.")],
    redacted: Annotated[
        bool, typer.Option("--redacted", help="A working copy without names and clear pictures; it proves nothing.")
    ] = False,
    known: Annotated[
        list[str] | None,
        typer.Option("--known", metavar="NAME", help="A name or handle that must go from a redacted copy."),
    ] = None,
    to: Annotated[str, typer.Option("--to", help="Whom it is for, as it is to stand on record.")] = "",
    reason: ReasonOption = "",
    operator: OperatorOption = None,
    second: SecondOption = None,
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a capture into one file to hand over: the sealed original with its custody and its own verifier.

    That needs a role and a reason, and stands on the ledger. With --redacted it is the working copy instead.

    \b
    Examples:
      cloneward evidence export c1338858a519d42840063f0d4 -o package.zip --reason "request 12" --to "abuse desk"
      cloneward evidence export c1338858a519d42840063f0d4 -o copy.zip --redacted
    """
    from cloneward.workflows.working import export_package, export_working

    opened, clock = _open(workspace)
    request = _ask("original.unseal", capture, _name(opened, operator), reason=reason, second=second, case=case)
    if redacted:
        request = replace(request, action="working.read")
        size_bytes = export_working(opened, request, output, clock, known=known or ())
        write_line(f"redacted {output}  ({size_bytes:,} bytes); read it before you pass it on")
        return
    exported = export_package(opened, request, output, clock, to=to)
    write_line(f"{exported.state:<8} {output}  ({exported.id}; {exported.size_bytes:,} bytes)")
    for problem in exported.problems:
        tell(describe_problem(problem))
    if exported.state == "pending":
        raise Unavailable("not every authority stamped the package", hint="verify says so; export it again later")


@app.command("stamp")
def stamp(operator: OperatorOption = None, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Complete what waits for a time stamp, and have the head of the ledger stamped once a day; for a daily job.

    The exit code is 75 where anything still waits, and 4 where anything is broken.

    \b
    Examples:
      cloneward evidence stamp
    """
    from cloneward.workflows.access import look
    from cloneward.workflows.evidence import make_ask, open_evidence, stamp_all

    opened, clock = _open(workspace)
    request = _ask("evidence.stamp", "evidence", _name(opened, operator))
    look(opened, clock, request)
    if not opened.settings.authorities:
        raise InputError(
            "no authority is named", hint="[[authorities]] in the settings; docs/guides/verify.md says how"
        )
    done = stamp_all(opened, open_evidence(opened, clock), make_ask(opened, clock), who=request.actor, clock=clock)
    if as_json:
        write_record(_encode(asdict(done)))
    else:
        for state in ("completed", "pending", "broken"):
            for name in getattr(done, state):
                write_line(f"{state:<9} {name}")
        write_line(f"ledger    {f'stamped up to entry {done.head:,}' if done.head else 'no new stamp of its head'}")
        for problem in done.problems:
            tell(describe_problem(problem))
    _expect_sound(done.broken)
    if done.pending or done.problems:
        raise Unavailable(f"{len(done.pending):,} seals still wait", hint="run it again later; show ID says for whom")


@app.command("rotate-key")
def rotate_key(reason: ReasonOption = "", operator: OperatorOption = None, workspace: WorkspaceOption = None) -> None:
    """Put a new key into use, for which the one before vouches; all that was sealed with old ones holds.

    \b
    Examples:
      cloneward evidence rotate-key --reason "yearly"
    """
    from cloneward.workflows.access import rotate

    opened, clock = _open(workspace)
    write_line(rotate(opened, clock, _ask("key.rotate", "keys", _name(opened, operator), reason=reason)))
    tell("publish it beside the ones before")


@app.command("hold")
def hold(
    subject: Annotated[str, typer.Argument(metavar="ID", help="A capture, or with --scope a case or a person's code.")],
    reason: ReasonOption = "",
    scope: Annotated[str, typer.Option("--scope", help="What the id names: record, case or person.")] = "record",
    operator: OperatorOption = None,
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Place a legal hold, which wins over every period and every stop; give its id.

    \b
    Examples:
      cloneward evidence hold c1338858a519d42840063f0d4 --reason "request 12"
    """
    from cloneward.model.retention import SCOPES
    from cloneward.workflows.access import open_gate
    from cloneward.workflows.retain import hold as place

    opened, clock = _open(workspace)
    known = next((one for one in SCOPES if one == scope), None)
    if known is None:
        raise InputError(f"no scope {scope!r}", hint=f"one of {', '.join(SCOPES)}")
    request = _ask("hold.place", subject, _name(opened, operator), reason=reason, case=case)
    write_line(place(opened, open_gate(opened, clock), request, known, clock).id)


@app.command("unhold")
def unhold(
    hold: Annotated[str, typer.Argument(metavar="HOLD", help="Id of the hold, as placing it gave it.")],
    reason: ReasonOption = "",
    operator: OperatorOption = None,
    second: SecondOption = None,
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Lift a legal hold.

    \b
    Examples:
      cloneward evidence unhold h1f0d42840063f0d41338858a --reason "request 14"
    """
    from cloneward.workflows.access import open_gate
    from cloneward.workflows.retain import lift

    opened, clock = _open(workspace)
    request = _ask("hold.lift", hold, _name(opened, operator), reason=reason, second=second, case=case)
    lifted = lift(opened, open_gate(opened, clock), request, clock)
    write_line(f"lifted   {lifted.id}: {lifted.scope} {lifted.value}")


@app.command("retain")
def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would go, and delete nothing.")] = False,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Delete what is kept in clear for longer than the settings say; what a hold keeps stays, and all that is sealed.

    \b
    Examples:
      cloneward evidence retain --dry-run
      cloneward evidence retain
    """
    from cloneward.workflows.access import open_gate
    from cloneward.workflows.retain import plan_retention, run_retention

    opened, clock = _open(workspace)
    actor = _name(opened, operator)
    gate = open_gate(opened, clock)
    if dry_run:
        for one in plan_retention(opened, gate, actor, clock):
            write_line(f"{one.kind:<10} {one.id}")
        return
    write_line(f"deleted  {run_retention(opened, gate, actor, clock):,}")


def _open(folder: Path | None) -> "tuple[Workspace, Clock]":
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace

    return Workspace.find(Path.cwd(), folder), SystemClock()


def _name(workspace: "Workspace", operator: str | None) -> str:
    """Give who acts: as they say, as the settings say for captures, or by their user name."""
    return operator or workspace.settings.capture.operator or getpass.getuser()


def _ask(
    action: "Action",
    subject: str,
    actor: str,
    *,
    reason: str = "",
    second: str | None = None,
    case: str | None = None,
) -> "Request":
    from cloneward.govern.roles import Request, Subject

    return Request(
        actor=actor,
        action=action,
        subject=Subject(id=subject, case=case),
        reason=reason,
        second=second,
    )


def _describe(one: "Listed") -> dict[str, object]:
    """Give the record of a capture, as the contract names its fields."""
    told, seal = one.standing.manifest.get("told", {}), one.standing.seal
    return {
        "id": one.id,
        "state": one.state,
        "why": one.standing.why or None,
        "url": told.get("url"),
        "vantage": told.get("vantage"),
        "captured_at": told.get("started_at"),
        "sealed_at": seal.sealed_at if seal else None,
        "waits_for": list(one.standing.waits_for),
        "size_bytes": one.size_bytes,
        "marks": one.marks,
        "held": one.is_held,
        "path": f"evidence/{one.id}",
    }


def _show(one: "Listed") -> None:
    told = _describe(one)
    write_line(f"{one.state:<8} {one.id}  {told['captured_at'] or '-'}  {told['url'] or '-'}")
    notes = [f"{one.size_bytes:,} bytes", f"waits for {', '.join(one.standing.waits_for)}", f"{one.marks:,} marks"]
    notes += ["held", one.standing.why]
    shown = (True, one.standing.waits_for, one.marks, one.is_held, one.standing.why)
    write_line(f"    {'; '.join(note for note, is_shown in zip(notes, shown, strict=True) if is_shown)}")


def _encode(record: object) -> bytes:
    from cloneward.model.codec import encode

    return encode(record)


def _expect_sound(broken: "list[str] | tuple[str, ...]") -> None:
    if broken:
        hint = "cloneward verify evidence/ID tells what is wrong with it"
        raise EvidenceError(f"broken: {', '.join(broken)}", hint=hint)
