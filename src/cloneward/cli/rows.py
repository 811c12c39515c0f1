"""What the verbs about cases share: whose case it is, who asks, and how it is shown."""

import getpass
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.output import write_line, write_record

if TYPE_CHECKING:
    from cloneward.clock import Clock
    from cloneward.govern.roles import Action
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.cases import Row

CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="Id of the case, or its address.", show_default=False)
]
OperatorOption = Annotated[
    str | None, typer.Option("--operator", metavar="NAME", help="Who does it; your user name otherwise.")
]


def find_id(text: str) -> str:
    """Give the id of a case from itself or from its address.

    Raises:
        InputError: it is neither.
    """
    from cloneward.model.cases import case_id
    from cloneward.url import place_of

    return case_id(place_of(text)) if "://" in text else text


def begin(workspace: Path | None, operator: str | None, action: "Action | None") -> "tuple[Workspace, Clock, str]":
    """Give the workspace, a clock, and who asks; with an action, return only if they may.

    Raises:
        RefusedError: they may not.
    """
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace

    clock, by = SystemClock(), operator or getpass.getuser()
    opened = Workspace.find(Path.cwd(), workspace)
    if action is not None:
        expect(opened, clock, by, action, "cases")
    return opened, clock, by


def expect(workspace: "Workspace", clock: "Clock", by: str, action: "Action", name: str) -> None:
    """Return if somebody may; a no stands on the ledger."""
    from cloneward.govern.roles import Request, Subject
    from cloneward.workflows.access import look

    look(workspace, clock, Request(actor=by, action=action, subject=Subject(id=name, case=name)))


def may_read(workspace: "Workspace", by: str, name: str) -> bool:
    """Say whether somebody may know of a case, without a line on the ledger for each that they may not."""
    from cloneward.govern.roles import Request, Subject, may
    from cloneward.workflows.access import read_staff

    request = Request(actor=by, action="case.read", subject=Subject(id=name, case=name))
    return may(request, read_staff(workspace.settings.roles)).is_given


def show_row(row: "Row", *, as_json: bool, note: str = "") -> None:
    """Show a case: a line, or its record."""
    if as_json:
        write_record(encode_record(describe_row(row)))
        return
    verdict = row.verdict.verdict if row.verdict else "not judged"
    harms = f"  {', '.join(row.verdict.harms)}" if row.verdict and row.verdict.harms else ""
    state = "" if row.case.state == "open" else f"  closed: {row.case.closing}"
    write_line(f"{row.case.id}  {verdict:<13} {row.case.target}{harms}{state}{f'  ({note})' if note else ''}")


def describe_row(row: "Row") -> dict[str, object]:
    """Give a case as its record: an unknown value is null."""
    from cloneward.judge.queue import tell_urgency

    case, verdict = row.case, row.verdict
    judged = {
        "verdict": verdict.verdict if verdict else None,
        "likeness": verdict.likeness if verdict else None,
        "standing": verdict.standing if verdict else None,
        "direction": verdict.direction if verdict else None,
        "host": verdict.host if verdict else None,
        "harms": list(verdict.harms) if verdict else [],
        "urgency": tell_urgency(verdict) if verdict else None,
        "persons_affected": verdict.persons_affected if verdict else None,
        "seal": asdict(verdict.seal) if verdict and verdict.seal else None,
        "judged_at": tell_moment(row.filed_at) if row.filed_at else None,
    }
    known = {"at": tell_moment(case.first_known.at), "who": case.first_known.who, "how": case.first_known.how}
    told = {name: getattr(case, name) for name in ("id", "target", "site", "state", "channel")}
    closing = case.closing or None
    return {**told, "opened_at": tell_moment(case.opened_at), "first_known": known, "closing": closing, **judged}


def spell_moments(record: dict[str, object]) -> dict[str, object]:
    """Give a record with its moments as all records show them."""
    return {name: tell_moment(value) if isinstance(value, datetime) else value for name, value in record.items()}


def tell_moment(moment: object) -> str:
    """Give a moment as all records show it."""
    from cloneward.clock import format_utc

    return format_utc(moment) if isinstance(moment, datetime) else str(moment)


def encode_record(record: dict[str, object]) -> bytes:
    """Give a record as one line of JSON."""
    from cloneward.model.codec import encode

    return encode(record)
