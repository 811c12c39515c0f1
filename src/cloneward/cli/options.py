"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer


def read_path(text: str) -> Path:
    """Give the path; an empty one, as of an empty variable in a script, must not mean the current folder."""
    if not text:
        raise typer.BadParameter("an empty path; write . for the current folder")
    return Path(text)


WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        parser=read_path,
        metavar="DIR",
        help="Folder of the workspace; else CLONEWARD_WORKSPACE, else the nearest parent folder with a cloneward.toml.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")]
