"""`cloneward protect`: what is ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption, read_path
from cloneward.cli.output import tell, write_line, write_record, write_text
from cloneward.errors import InputError

if TYPE_CHECKING:
    from cloneward.model.content import Item, Problem
    from cloneward.workflows.enrol import Enrolment

app = typer.Typer(
    name="protect", help="Register what is ours, and look at it.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("add")
def add(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE", parser=read_path, help="Folders or files of our pages.", show_default=False),
    ],
    base: Annotated[
        str | None,
        typer.Option("--base", help="Address of the folder's top; gives each page its own address."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register pages; what is known and unchanged is skipped, so run it again after each change.

    Example: cloneward protect add public/ --base https://example.org/
    """
    from cloneward.archive.folder import spell_path
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.enrol import Enrolment, enrol
    from cloneward.workflows.looks import keep_files
    from cloneward.workflows.reindex import reindex

    failed: list[InputError] = []
    opened = Workspace.find(Path.cwd(), workspace)
    with opened.writer(SystemClock()) as store:
        for source in sources:
            enrolment = Enrolment()
            with _skip_bad(failed, alone=len(sources) == 1):
                for problem in enrol(source, base, store, enrolment):
                    tell(_describe_problem(problem))
                keep_files(source, base, opened.index_folder)
                _show_enrolment(spell_path(source), enrolment, as_json=as_json)
        reindex(store, opened.index_folder)
    if failed:
        raise typer.Exit(InputError.exit_code)


@app.command("list")
def list_items(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the items, one a line: id, words, address or title.

    Example: cloneward protect list --json
    """
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace

    with Workspace.find(Path.cwd(), workspace).reader(SystemClock()) as store:
        for item in store.items():
            if as_json:
                _write_json(item)
            else:
                write_line(f"{item.id}  {item.words:>7,}  {item.url or item.title}")


@app.command("show")
def show(
    item_id: Annotated[str, typer.Argument(metavar="ID", help="An item's id, or a beginning that only it has.")],
    text: Annotated[bool, typer.Option("--text", help="Print the extracted text alone.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one item with its versions, or its extracted text.

    Example: cloneward protect show i3f09 --text
    """
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace

    with Workspace.find(Path.cwd(), workspace).reader(SystemClock()) as store:
        item = store.get(item_id)
        if text and as_json:
            _write_json({"id": item.id, "text_digest": item.text_digest, "text": store.text(item)})
        elif text:
            write_text(store.text(item))
        elif as_json:
            _write_json(item)
        else:
            _show_item(item)
            for version in store.history(item.id):
                until = version.until or "now"
                write_line(f"version    {version.number}: {version.words:,} words, {version.since} to {until}")


@app.command("remove")
def remove(
    item_ids: Annotated[list[str], typer.Argument(metavar="ID", help="Items that are no longer to be protected.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Stop protecting items. What was recorded of them stays on record.

    Example: cloneward protect remove i3f09
    """
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.reindex import reindex

    failed: list[InputError] = []
    opened = Workspace.find(Path.cwd(), workspace)
    with opened.writer(SystemClock()) as store:
        for item_id in item_ids:
            with _skip_bad(failed, alone=len(item_ids) == 1):
                item = store.get(item_id)
                store.remove(item.id)
                tell(f"removed {item.id}  {item.url or item.title}")
        reindex(store, opened.index_folder)
    if failed:
        raise typer.Exit(InputError.exit_code)


@contextmanager
def _skip_bad(failed: list[InputError], *, alone: bool) -> Iterator[None]:
    """Report a bad target among many on its own line and let the rest go on; one that stands `alone` is raised."""
    try:
        yield
    except InputError as error:
        if alone:
            raise
        failed.append(error)
        tell(f"cloneward: {error} (hint: {error.hint})")


def _show_enrolment(source: str, enrolment: "Enrolment", *, as_json: bool) -> None:
    if as_json:
        _write_json({"source": source, "enrolment": enrolment})
        return
    tell(
        f"{source}: {enrolment.new:,} new, {enrolment.changed:,} changed, {enrolment.unchanged:,} unchanged, "
        f"{enrolment.problems:,} problems"
    )


def _show_item(item: "Item") -> None:
    for name in (
        "id",
        "kind",
        "url",
        "title",
        "rights",
        "words",
        "language",
        "published_at",
        "digest",
        "text_digest",
    ):
        value = getattr(item, name)
        if value not in (None, ""):
            write_line(f"{name:<10} {value}")


def _describe_problem(problem: "Problem") -> str:
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    return f"{problem.code}: {problem.page or '-'}: {problem.text}{hint}"


def _write_json(noun: object) -> None:
    from cloneward.model.codec import encode

    write_record(encode(noun))
