"""`cloneward watch`: captured addresses visited again and again, and what they have come to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption
from cloneward.cli.output import tell, write_line, write_record
from cloneward.errors import Error, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloneward.clock import Clock
    from cloneward.model.watch import Watch
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.watch import Failed

app = typer.Typer(
    name="watch", help="Visit captured addresses again and again.", no_args_is_help=True, rich_markup_mode=None
)
_MOST_WAIT_S = 60.0  # between two looks at what is due: an address that is added meanwhile waits no longer


@app.command("add")
def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL", help="Addresses to watch.", show_default=False)],
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="CAPTURE_ID", help="What to compare with; else the first capture."),
    ] = None,
    notice: Annotated[bool, typer.Option("--notice", help="A notice is open: visit every few minutes.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch addresses that were captured while they showed the copy; added again, the options count from now on.

    \b
    Examples:
      cloneward watch add https://copy.example/ann
      cloneward watch add https://copy.example/ann --notice
    """
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.watch import begin_watch

    clock = SystemClock()
    opened = Workspace.find(Path.cwd(), workspace)
    worst = 0
    for url in urls:
        try:
            _show(begin_watch(opened, clock, url, against=against, has_notice=notice), as_json=as_json)
        except Error as error:
            if len(urls) == 1:
                raise
            worst = max(worst, error.exit_code)
            tell(f"cloneward: {url}: {error} (hint: {error.hint})")
    if worst:
        raise typer.Exit(worst)


@app.command("list")
def list_all(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List what is watched, each with the state that it was last found in, and when it is visited next.

    \b
    Examples:
      cloneward watch list
      cloneward watch list --json
    """
    from cloneward.clock import SystemClock
    from cloneward.store.watches import list_watches
    from cloneward.store.workspace import Workspace

    with Workspace.find(Path.cwd(), workspace).transaction(SystemClock()) as connection:
        for watch in list_watches(connection):
            _show(watch, as_json=as_json)


@app.command("remove")
def remove(
    names: Annotated[
        list[str], typer.Argument(metavar="WATCH", help="Ids or addresses that are watched.", show_default=False)
    ],
    workspace: WorkspaceOption = None,
) -> None:
    """Watch addresses no longer; what was found at each visit stays on record.

    \b
    Examples:
      cloneward watch remove https://copy.example/ann
    """
    from cloneward.clock import SystemClock
    from cloneward.store.watches import remove_watch, watch_id
    from cloneward.store.workspace import Workspace
    from cloneward.url import canonical

    clock = SystemClock()
    with Workspace.find(Path.cwd(), workspace).transaction(clock) as connection:
        for name in names:
            remove_watch(connection, watch_id(canonical(name)) if "://" in name else name, clock.now())


@app.command("run")
def run(
    once: Annotated[bool, typer.Option("--once", help="Make the visits that are due, then end.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="By plain requests, without a browser.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make each visit when it is due, until ended from outside; what a killed run left halfway goes on.

    \b
    Examples:
      cloneward watch run --once --json
      cloneward watch run
    """
    from cloneward.cli.visits import end_on_request
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.halt import Halt

    clock = SystemClock()
    opened = Workspace.find(Path.cwd(), workspace)
    halt = Halt()
    worst = 0
    with end_on_request(opened, halt):
        for done in _run_due(opened, clock, is_plain=plain, once=once):
            worst = max(worst, _tell(done, as_json=as_json))
            halt.check()
    if worst:
        raise typer.Exit(worst)


def _run_due(workspace: "Workspace", clock: "Clock", *, is_plain: bool, once: bool) -> "Iterator[Watch | Failed]":
    """Give each watch after its visit; between visits, wait for the next that is due."""
    try:
        from cloneward.workflows.durable import open_engine
    except ImportError as error:
        hint = "pip install 'cloneward[watch]'"
        raise Unavailable(f"nothing to keep visits going with: {error}", hint=hint) from error
    from cloneward.workflows.watch import Visits, run_due, until_due_s

    visits = Visits(workspace, clock, is_plain=is_plain)
    yield from run_due(workspace, clock, visits, open_engine)
    while not once:
        due_s = until_due_s(workspace, clock)
        clock.sleep(_MOST_WAIT_S if due_s is None else min(due_s, _MOST_WAIT_S))
        yield from run_due(workspace, clock, visits, open_engine)


def _tell(done: "Watch | Failed", *, as_json: bool) -> int:
    """Tell what came of a visit, and give the exit code of its error; 0 where it was made."""
    from cloneward.model.watch import Watch

    if isinstance(done, Watch):
        _show(done, as_json=as_json)
        return 0
    tell(f"cloneward: {done.watch.url}: {done.error} (hint: {done.error.hint})")
    return done.error.exit_code


def _show(watch: "Watch", *, as_json: bool) -> None:
    if as_json:
        from cloneward.model.codec import encode

        names = ("id", "url", "against", "has_notice", "state", "cause", "evidence", "since", "next_at", "captures")
        write_record(encode({name.removeprefix("has_"): getattr(watch, name) for name in names}))
        return
    state = f"{watch.state} ({watch.cause})" if watch.state else "not visited yet"
    write_line(f"{watch.id}  {state:<22} {watch.url}  next {watch.next_at}")
    if watch.evidence:
        write_line(f"    since {watch.since}: {watch.evidence}")
