"""Options that several verbs share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cloneward.settings import Settings
    from cloneward.store.writer import ItemWriter
    from cloneward.workflows.gather import Gatherer


def read_path(text: str) -> Path:
    """Give the path; an empty one, as of an empty variable in a script, must not mean the current folder."""
    if not text:
        raise typer.BadParameter("an empty path; write . for the current folder")
    return Path(text)


def read_target(text: str) -> Path | str:
    """Give a path, or an address of the web as it is."""
    return text if text.lower().startswith(("http://", "https://")) else read_path(text)


def make_gatherer(
    settings: "Settings | None",
    purpose: str,
    most: int | None = None,
    *,
    store: "ItemWriter | None" = None,
    is_anew: bool = False,
) -> "Gatherer":
    """Make what reads addresses of the web, as the settings allow; without a workspace, by their defaults.

    With a store, what has not changed since it was last read is taken from there, unless all is to be read anew.
    """
    from cloneward.clock import SystemClock
    from cloneward.fetch.http import Fetcher
    from cloneward.settings import Fetch
    from cloneward.workflows.gather import Gatherer
    from cloneward.workflows.visit import Reader

    clock = SystemClock()
    rules = settings.fetch if settings else Fetch()
    fetcher = Fetcher(rules, clock, contact=settings.site if settings else "")
    return Gatherer(Reader(fetcher, clock, purpose, store, is_anew), most)


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
