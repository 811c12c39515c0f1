"""`cloneward init`: makes a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from cloneward.cli.options import read_path
from cloneward.cli.output import tell


def init(
    site: Annotated[str, typer.Option("--site", help="Address of the site to protect, as https://example.org/.")],
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            parser=read_path,
            help="Where to make it; the current folder by default.",
            show_default=False,
        ),
    ] = Path(),
) -> None:
    """Make a workspace: a folder that holds everything of one protected site.

    Example: cloneward init mysite --site https://example.org/
    """
    from cloneward.store.workspace import Workspace

    workspace = Workspace.create(folder, site)
    tell(f"made a workspace for {workspace.settings.site} in {workspace.folder}")
    tell("next: cloneward protect add DIR --base URL")
