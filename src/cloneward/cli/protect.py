"""`cloneward protect`: what is ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption, make_gatherer, read_target
from cloneward.cli.output import describe_problem, tell, write_line, write_record, write_text
from cloneward.cli.prove import prove
from cloneward.errors import InputError

if TYPE_CHECKING:
    from cloneward.cli.progress import Progress
    from cloneward.model.content import Item, Media
    from cloneward.protect.records import Intake
    from cloneward.store.workspace import Workspace
    from cloneward.store.writer import ItemWriter
    from cloneward.workflows.enrol import Enrolment
    from cloneward.workflows.gather import Gatherer

app = typer.Typer(
    name="protect", help="Register what is ours, and look at it.", no_args_is_help=True, rich_markup_mode=None
)
app.command("prove")(prove)


@app.command("add")
def add(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE", help="Folders, files or web addresses of our pages and pictures.", show_default=False
        ),
    ],
    base: Annotated[
        str | None,
        typer.Option("--base", help="Address of the folder's top; gives each page its own address."),
    ] = None,
    background: Annotated[
        bool,
        typer.Option("--background", help="What others may show with the same right; no items of ours."),
    ] = False,
    refetch: Annotated[
        bool,
        typer.Option("--refetch", help="Fetch pages of the web again whose site says that they have not changed."),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register pages, pictures and records; what is known and unchanged is skipped, so run it again after each change.

    \b
    Examples:
      cloneward protect add public/ --base https://example.org/
      cloneward protect add profiles.jsonl
      cloneward protect add https://example.org/sitemap.xml
      cloneward protect add wire-texts/ --background
    """
    chosen = [read_target(source) for source in sources]

    from cloneward.archive.folder import spell_path
    from cloneward.cli.progress import show_progress
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.enrol import make_intake
    from cloneward.workflows.looks import keep_files
    from cloneward.workflows.reindex import reindex
    from cloneward.workflows.retain import keep_clear

    if background and base is not None:
        raise InputError("a background has no addresses for --base to give", hint="leave out one of the two")
    failed: list[InputError] = []
    met: dict[str, str] = {}
    clock = SystemClock()
    opened = Workspace.find(Path.cwd(), workspace)
    with opened.writer(clock) as store:
        for source in chosen:
            with (
                _skip_bad(failed, alone=len(sources) == 1),
                show_progress(clock, partial(_count_sources, source), is_quiet=as_json) as progress,
            ):
                if background:
                    record, words = _add_background(source, opened, progress)
                elif isinstance(source, str):
                    gatherer = make_gatherer(opened.settings, "protect", store=store, is_anew=refetch)
                    record, words = _add_address(source, store, gatherer, progress)
                else:
                    open_gatherer = partial(make_gatherer, opened.settings, "protect", store=store, is_anew=refetch)
                    intake = make_intake(opened, source, open_gatherer, met)
                    record, words = _add_items(source, base, store, intake, progress)
                    keep_files(source, base, opened.index_folder)
                progress.clear()
                name = spell_path(source)
                if as_json:
                    _write_json({"source": name} | record)
                else:
                    tell(f"{name}: {words}")
        with show_progress(clock, lambda: None, is_quiet=as_json) as progress:
            problems = reindex(store, opened.index_folder, progress.step)
        for problem in problems:
            tell(describe_problem(problem))
    keep_clear(opened, met, clock)
    if failed:
        raise typer.Exit(InputError.exit_code)


def _count_sources(source: Path | str) -> int | None:
    """Count what is to be read, where that is known before."""
    from cloneward.archive.folder import count_whole

    return None if isinstance(source, str) else count_whole(source)


def _add_address(
    url: str, store: "ItemWriter", gatherer: "Gatherer", progress: "Progress"
) -> tuple[dict[str, object], str]:
    """Register the pages at an address of the web; give what came of it, for a record and in words."""
    from cloneward.workflows.enrol import Enrolment, enrol_address

    enrolment = Enrolment()
    for problem in enrol_address(url, gatherer, store, enrolment, progress.step):
        progress.clear()
        tell(describe_problem(problem))
    return {"enrolment": enrolment}, _describe_enrolment(enrolment)


def _describe_enrolment(enrolment: "Enrolment") -> str:
    counts = f"{enrolment.new:,} new, {enrolment.changed:,} changed, {enrolment.unchanged:,} unchanged"
    left_out = f"; {enrolment.left_out:,} small pictures left out" if enrolment.left_out else ""
    return f"{counts}, {enrolment.folded:,} folded, {enrolment.problems:,} problems{left_out}"


def _add_items(
    source: Path, base: str | None, store: "ItemWriter", intake: "Intake", progress: "Progress"
) -> tuple[dict[str, object], str]:
    """Register what a source holds; give what came of it, for a record and in words."""
    from cloneward.workflows.enrol import Enrolment, enrol

    enrolment = Enrolment()
    for problem in enrol(source, base, store, enrolment, progress.step, intake=intake):
        progress.clear()
        tell(describe_problem(problem))
    return {"enrolment": enrolment}, _describe_enrolment(enrolment)


def _add_background(source: Path | str, opened: "Workspace", progress: "Progress") -> tuple[dict[str, object], str]:
    """Add the pages of a source to the background; give what came of it, for a record and in words."""
    from cloneward.workflows.background import Background, add_address, add_pages

    added, folder = Background(), opened.index_folder
    if isinstance(source, str):
        gatherer = make_gatherer(opened.settings, "protect")
        problems = add_address(source, gatherer, folder, added, progress.step)
    else:
        problems = add_pages(source, folder, added, progress.step)
    for problem in problems:
        progress.clear()
        tell(describe_problem(problem))
    read = f"{added.pages:,} pages, {added.pictures:,} pictures, {added.problems:,} problems"
    return {"background": added}, f"{read}; your background has {added.fingerprints:,} fingerprints"


@app.command("list")
def list_items(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the items, one a line: id, words, whether its domain is proven to be yours, address or title.

    Pages of the same text are one item; `+2` says that it stands at two more addresses, which --json names.

    Example: cloneward protect list --json
    """
    from cloneward.clock import SystemClock
    from cloneward.protect.proof import is_proven
    from cloneward.store.workspace import Workspace

    with Workspace.find(Path.cwd(), workspace).reader(SystemClock()) as store:
        domains = store.proven_domains()
        for item, places in store.placed_items():
            if as_json:
                _write_item(item, places, domains)
            else:
                mark = "proven" if is_proven(item, domains) else "-"
                more = f"  +{len(places):,}" if places and item.url else ""
                write_line(f"{item.id}  {item.words:>7,}  {mark:<6}  {item.url or item.title}{more}")


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
            shown = [_describe_media(one) for one in store.media_of(item)]
            _write_item(item, store.addresses([item.id]).get(item.id, ()), store.proven_domains(), media=shown)
        else:
            _show_item(item, store.proven_domains())
            for address in store.addresses([item.id]).get(item.id, ()):
                write_line(f"{'address':<10} {address}")
            for one in store.media_of(item):
                write_line(f"{'video' if one.is_video else 'picture':<10} {one.address}")
            for version in store.history(item.id):
                until = version.until or "now"
                write_line(f"version    {version.number}: {version.words:,} words, {version.since} to {until}")


@app.command("remove")
def remove(
    item_ids: Annotated[list[str], typer.Argument(metavar="ID", help="Items that are no longer to be protected.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Stop protecting items, at all their addresses. What was recorded of them stays on record.

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


def _write_item(item: "Item", places: tuple[str, ...], domains: frozenset[str], **more: object) -> None:
    from cloneward.protect.proof import is_proven

    _write_json(asdict(item) | {"addresses": places, "proven": is_proven(item, domains)} | more)


def _describe_media(one: "Media") -> dict[str, object]:
    return {"address": one.address, "digest": one.digest, "is_video": one.is_video}


def _show_item(item: "Item", domains: frozenset[str]) -> None:
    from cloneward.protect.proof import is_proven

    for name in _SHOWN:
        value = getattr(item, name)
        if value not in (None, "", ()):
            write_line(f"{name:<10} {' '.join(value) if isinstance(value, tuple) else value}")
    write_line(f"{'proven':<10} {'yes' if is_proven(item, domains) else 'no'}")


_SHOWN = (
    "id kind url title rights mandate person subjects minor visibility visibility_since words language published_at "
    "expires_at deleted_at digest text_digest"
).split()


def _write_json(noun: object) -> None:
    from cloneward.model.codec import encode

    write_record(encode(noun))
