"""`cloneward case`: the file on one matter."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption, read_path
from cloneward.cli.output import describe_problem, tell, write_line, write_record
from cloneward.cli.rows import (
    CaseArgument,
    OperatorOption,
    begin,
    describe_row,
    encode_record,
    expect,
    find_id,
    may_read,
    show_row,
    spell_moments,
    tell_moment,
)
from cloneward.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloneward.clock import Clock
    from cloneward.model.cases import Case
    from cloneward.store.workspace import Workspace

app = typer.Typer(name="case", help="The file on one matter.", no_args_is_help=True, rich_markup_mode=None)


@app.command("open")
def open_(
    urls: Annotated[list[str], typer.Argument(metavar="URL", help="Addresses, a case each.", show_default=False)],
    how: Annotated[str, typer.Option("--how", help="How you came to know of it.")] = "found by hand",
    channel: Annotated[str, typer.Option("--channel", help="By which channel it was found.")] = "person",
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a case on each address; on one that has a case already, that one is given.

    When you first knew of it, who and how, stands in the case from now on.

    \b
    Examples:
      cloneward case open https://copy.example/ann --how "a user wrote to us"
    """
    from cloneward.model.cases import Knowledge
    from cloneward.workflows.cases import Row, open_on

    opened, clock, by = begin(workspace, operator, "verdict.label")
    for url in urls:
        with opened.transaction(clock) as connection:
            known = Knowledge(at=clock.now(), who=by, how=how)
            case, is_new = open_on(connection, url, channel, known, clock.now())
        show_row(Row(case=case), as_json=as_json, note="new" if is_new else "known")


@app.command("import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="CSV, text, MISP JSON or STIX 2.1; - is stdin.", show_default=False),
    ],
    judged: Annotated[bool, typer.Option("--judge", help="Capture and judge each new case as well.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Capture by plain requests, without a browser.")] = False,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a case on each address of a backlog, once, whatever it is written like.

    Addresses may be made harmless, as hxxps://copy[.]example. A line without one is told, and the rest goes on. Cut
    short and called again, it goes on with what is not judged yet.

    \b
    Examples:
      cloneward case import backlog.csv --judge --json
      cloneward case import event.json bundle.json
    """
    from itertools import chain

    from cloneward.archive.backlog import read_backlog
    from cloneward.workflows.cases import Row, import_backlog

    opened, clock, by = begin(workspace, operator, "verdict.label")
    found = chain.from_iterable(read_backlog(*_read(file)) for file in files)
    cases: dict[str, Case] = {}
    counts = {"new": 0, "known": 0, "unread": 0}
    for one in import_backlog(opened, clock, found, by):
        if isinstance(one, Problem):
            counts["unread"] += 1
            tell(describe_problem(one))
            continue
        case, is_new = one
        counts["new" if is_new else "known"] += 1
        cases[case.id] = case
        if not judged:
            show_row(Row(case=case), as_json=as_json, note="new" if is_new else "known")
    tell(f"{counts['new']:,} new cases, {counts['known']:,} known, {counts['unread']:,} lines without an address")
    if judged:
        _judge(opened, clock, cases.values(), as_json=as_json, is_plain=plain)


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List cases, each with the verdict that stands on it.

    \b
    Examples:
      cloneward case list
      cloneward case list --all --json
    """
    from cloneward.workflows.cases import list_rows

    opened, clock, by = begin(workspace, operator, None)
    with opened.transaction(clock) as connection:
        rows = [row for row in list_rows(connection) if all_ or row.case.state == "open"]
    for row in rows:
        if may_read(opened, by, row.case.id):
            show_row(row, as_json=as_json)


@app.command("show")
def show(
    case: CaseArgument, operator: OperatorOption = None, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Show a case: what is known, by whom first, its verdict, and all that was done, in its order.

    \b
    Examples:
      cloneward case show https://copy.example/ann
    """
    from cloneward.store.cases import list_entries
    from cloneward.workflows.cases import read_row

    opened, clock, by = begin(workspace, operator, None)
    with opened.transaction(clock) as connection:
        name = find_id(case)
        expect(opened, clock, by, "case.read", name)
        row, entries = read_row(connection, name), list(list_entries(connection, name))
    if as_json:
        write_record(
            encode_record({**describe_row(row), "timeline": [spell_moments(asdict(entry)) for entry in entries]})
        )
        return
    show_row(row, as_json=False)
    known = row.case.first_known
    write_line(f"    first known {tell_moment(known.at)} by {known.who}: {known.how}")
    for entry in entries:
        mark = "  (privileged)" if entry.is_privileged else ""
        write_line(f"    {tell_moment(entry.at)}  {entry.kind:<10} {entry.by}: {entry.text}{mark}")


@app.command("note")
def note(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be noted.", show_default=False)],
    privileged: Annotated[bool, typer.Option("--privileged", help="It never leaves the house.")] = False,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Note something in a case; what stands there is never edited.

    \b
    Examples:
      cloneward case note c0123 "call counsel" --privileged
    """
    from cloneward.model.cases import Entry
    from cloneward.store.cases import add_entry, get_case

    opened, clock, by = begin(workspace, operator, None)
    name = find_id(case)
    expect(opened, clock, by, "case.read", name)
    with opened.transaction(clock) as connection:
        get_case(connection, name)
        entry = Entry(kind="note", at=clock.now(), by=by, text=text, is_privileged=privileged)
        add_entry(connection, name, entry)


@app.command("export")
def export(
    case: CaseArgument,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Where to; - is stdout.")] = "-",
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write all of a case as JSON, but for what is privileged: that never leaves.

    \b
    Examples:
      cloneward case export c0123 --output case.json
    """
    from cloneward.store.actions import list_actions, list_letters, list_replies
    from cloneward.store.cases import list_entries, list_labels
    from cloneward.workflows.cases import read_row

    opened, clock, by = begin(workspace, operator, None)
    name = find_id(case)
    expect(opened, clock, by, "case.read", name)
    with opened.transaction(clock) as connection:
        actions = list(list_actions(connection, case=name))
        whole = {
            **describe_row(read_row(connection, name)),
            "timeline": [spell_moments(asdict(one)) for one in list_entries(connection, name, is_privileged=False)],
            "labels": [spell_moments(asdict(one)) for one in list_labels(connection, name)],
            "actions": [{"id": one.id, **spell_moments(asdict(one))} for one in actions],
            "letters": [
                spell_moments(asdict(one)) for action in actions for one in list_letters(connection, action.id)
            ],
            "replies": [spell_moments(asdict(one)) for one in list_replies(connection, case=name)],
        }
    record = encode_record(whole)
    if output == "-":
        write_record(record)
        return
    try:
        read_path(output).write_bytes(record + b"\n")
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror}", hint="choose another place") from error


@app.command("close")
def close(
    case: CaseArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why it is closed.", show_default=False)],
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close a case; what is found there again opens it again.

    \b
    Examples:
      cloneward case close c0123 --reason "gone since a week"
    """
    from cloneward.act.ladder import OPEN, tell_state
    from cloneward.errors import RefusedError
    from cloneward.model.cases import Entry
    from cloneward.store.actions import list_actions
    from cloneward.store.cases import close_case
    from cloneward.workflows.briefs import read_terms
    from cloneward.workflows.cases import read_row

    opened, clock, by = begin(workspace, operator, None)
    name = find_id(case)
    expect(opened, clock, by, "verdict.label", name)
    terms = read_terms(opened.settings)
    with opened.transaction(clock) as connection:
        waiting = [one.id for one in list_actions(connection, case=name) if tell_state(one, terms) in OPEN]
        if waiting:
            hint = "resolve or withdraw them first: their recipients wait for an answer"
            raise RefusedError(f"{name} has notices that are open: {', '.join(waiting)}", hint=hint)
        close_case(connection, name, Entry(kind="closed", at=clock.now(), by=by, text=reason))
        row = read_row(connection, name)
    show_row(row, as_json=as_json)


def _read(file: str) -> tuple[bytes, str]:
    from cloneward.archive.backlog import MOST_BYTES

    if file == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1), "-"
    path = read_path(file)
    try:
        with path.open("rb") as opened:
            return opened.read(MOST_BYTES + 1), path.name
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}", hint="name a file that is there") from error


def _judge(workspace: "Workspace", clock: "Clock", cases: "Iterable[Case]", *, as_json: bool, is_plain: bool) -> None:
    """Judge what is not judged yet, and show each case as it is."""
    from cloneward.cli.judge import open_check
    from cloneward.cli.visits import Visit
    from cloneward.workflows.cases import judge_cases, read_row

    with workspace.transaction(clock) as connection:
        rows = [read_row(connection, case.id) for case in cases]
    for row in rows:
        if row.verdict is not None:
            show_row(row, as_json=as_json)
    with open_check(workspace, Visit(is_plain=is_plain)) as check:
        for row in judge_cases(workspace, clock, [row.case for row in rows if row.verdict is None], check):
            show_row(row, as_json=as_json)
