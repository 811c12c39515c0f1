"""`cloneward doctor`: what is installed, reachable, out of date or unsafe."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption
from cloneward.cli.output import write_line, write_record
from cloneward.errors import NoWorkspace

_EXIT_WRONG = 2


def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody over the network.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is installed, reachable, out of date or unsafe, on this machine and in the workspace.

    Nothing is changed. The exit code is 2 where something is wrong, 0 where there are warnings alone. The authorities
    in the settings are asked for one stamp each, which tells how far our clock is from theirs.

    \b
    Examples:
      cloneward doctor
      cloneward doctor --offline --json
    """
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.doctor import Examined, examine_machine, examine_workspace
    from cloneward.workflows.evidence import make_ask

    clock = SystemClock()
    try:
        opened = Workspace.find(Path.cwd(), workspace)
    except NoWorkspace as error:
        if workspace is not None:
            raise
        told = [*examine_machine(None), Examined(name="workspace", state="warning", text=str(error), hint=error.hint)]
    else:
        ask = None if offline else make_ask(opened, clock)
        told = [*examine_machine(opened.settings), *examine_workspace(opened, clock, ask)]
    for one in told:
        if as_json:
            from cloneward.model.codec import encode

            write_record(encode(asdict(one)))
        else:
            write_line(f"{one.state:<8} {one.name:<24} {one.text}{f' (hint: {one.hint})' if one.hint else ''}")
    if any(one.state == "wrong" for one in told):
        raise typer.Exit(_EXIT_WRONG)
