"""`cloneward capture`: what an address serves, sealed."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption, read_path
from cloneward.cli.output import describe_problem, tell, write_line, write_record
from cloneward.cli.visits import choose_vantages, end_on_request, open_shows, rank_links
from cloneward.errors import Error, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloneward.capture.matrix import Difference
    from cloneward.capture.recipe import Recipe
    from cloneward.model.watch import Revisit
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.capture import Job, Order, Taken


def capture(
    urls: Annotated[list[str], typer.Argument(metavar="URL", help="Addresses to visit.", show_default=False)],
    vantage: Annotated[
        list[str] | None,
        typer.Option("--vantage", metavar="NAME", help="From where and as whom; may be repeated. --list names them."),
    ] = None,
    all_vantages: Annotated[
        bool, typer.Option("--all-vantages", help="From all vantages, for a site that may be cloaked.")
    ] = False,
    list_them: Annotated[bool, typer.Option("--list", help="List the vantages and visit nothing.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="By one plain request, without a browser.")] = False,
    pages: Annotated[
        int | None,
        typer.Option("--pages", min=1, max=1000, help="Most pages of the site: those that seem to show yours first."),
    ] = None,
    recipe: Annotated[
        Path | None,
        typer.Option("--recipe", parser=read_path, metavar="FILE", help="Visit just so: a recipe that was kept, JSON."),
    ] = None,
    operator: Annotated[
        str | None, typer.Option("--operator", help="Who has it captured; your user name otherwise.")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", help="What for, as it is to stand on record; else evidence.")
    ] = None,
    max_bytes: Annotated[int | None, typer.Option("--max-bytes", min=1, help="Most bytes of one capture.")] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", min=1, max=600, help="Most seconds of one visit.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Visit addresses with a real browser, and put what they served under seal.

    Nothing is clicked, typed, downloaded or confirmed; a log-in or a challenge is where it stops. From several vantages
    the differences are measured, and the smallest request is looked for that shows what only some were given.

    \b
    Examples:
      cloneward capture https://copy.example/ann
      cloneward capture https://copy.example/ann --all-vantages --json
      cloneward capture https://copy.example/ --pages 20
      cloneward capture https://copy.example/ann --plain
      cloneward capture https://copy.example/ann --recipe recipe.json
    """
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.capture import make_order
    from cloneward.workflows.wiring import list_all, open_job

    clock = SystemClock()
    opened = Workspace.find(Path.cwd(), workspace)
    if list_them:
        for one in list_all(opened.settings, clock):
            write_line(f"{one.name:<18} {one.device:<8} {one.referrer or 'no referrer'}")
        return
    rules = opened.settings.capture
    rules = replace(
        rules,
        operator=operator or rules.operator,
        purpose=purpose or rules.purpose,
        max_bytes=max_bytes or rules.max_bytes,
        timeout_s=timeout or rules.timeout_s,
    )
    settings = replace(opened.settings, capture=rules)
    known = read_recipe(recipe) if recipe else None
    if known:
        names = [known.vantage]
    else:
        names = [one.name for one in list_all(settings, clock)[1:]] if all_vantages else vantage or ["desktop"]
    vantages = choose_vantages(opened, clock, names)
    is_ours = rank_links(opened, clock)
    worst = 0
    with open_job(opened, clock, is_plain=plain) as job, end_on_request(opened, job.halt):
        for url in urls:
            try:
                order = make_order(settings, url, vantages)
                order = replace(order, pages=pages or 1, listed=pages or rules.pages, is_ours=is_ours)
                if known and not known.needs_browser:
                    _show(job.repeat(order, vantages[0], known)[1], opened, as_json=as_json, recipe=known)
                else:
                    _run(job, order, opened, as_json=as_json)
            except Error as error:
                if len(urls) == 1:
                    raise
                worst = max(worst, error.exit_code)
                tell(f"cloneward: {url}: {error} (hint: {error.hint})")
        job.halt.check()
    if worst:
        raise typer.Exit(worst)


def read_recipe(file: Path) -> "Recipe":
    """Read a recipe as `capture --json` gives it: the object by itself, or the line that has it.

    Raises:
        InputError: there is none in the file.
    """
    from cloneward.capture.recipe import Recipe
    from cloneward.model.codec import decode

    hint = "write the object `recipe` of a line of capture --json into it"
    try:
        found = json.loads(file.read_bytes())
        held = found.get("recipe") or found
        return decode(json.dumps(held).encode(), Recipe)
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}", hint=hint) from error
    except (ValueError, AttributeError, RecursionError, InputError) as error:
        raise InputError(f"{file} holds no recipe: {error}", hint=hint) from error


def _run(job: "Job", order: "Order", workspace: "Workspace", *, as_json: bool) -> None:
    """Capture one address, and tell what came of it."""
    from cloneward.workflows.capture import Missed, choose_seen, compare_taken
    from cloneward.workflows.watch import recall, remember, tell_state

    past = recall(workspace, job.clock, order.url)
    taken = []
    for one in job.take(order):
        if isinstance(one, Missed):
            tell(f"{one.vantage.name}: {one.error} (hint: {one.error.hint})")
        else:
            taken.append(one)
            revisit = tell_state(job.evidence, past, [one]) if past else None
            _show(one, workspace, as_json=as_json, revisit=revisit)
    revisit = tell_state(job.evidence, past, taken) if past else None
    if past:
        remember(workspace, job.clock, past, taken, job.evidence)
    if len(taken) == 1:
        return
    with open_shows(workspace) as is_ours:
        chosen = choose_seen(taken, is_ours)
        if chosen is None:
            return
        seen, shows = chosen
        recipe, last = job.find_recipe(order, seen.vantage, shows)
    _show(last, workspace, as_json=as_json, recipe=recipe, differences=compare_taken(taken), revisit=revisit)


def _show(
    taken: "Taken",
    workspace: "Workspace",
    *,
    as_json: bool,
    recipe: "Recipe | None" = None,
    differences: "Sequence[Difference]" = (),
    revisit: "Revisit | None" = None,
) -> None:
    capture, seal, rendering = taken.capture, taken.seal, taken.rendering
    place = f"evidence/{capture.id}"
    if as_json:
        from cloneward.model.codec import encode

        record = {
            "id": capture.id,
            "url": capture.url,
            "final_url": rendering.final_url,
            "title": rendering.title,
            "pages": [visit.url for visit in capture.visits],
            "vantage": capture.vantage,
            "mode": capture.mode,
            "started_at": capture.started_at,
            "ended_at": capture.ended_at,
            "seal": {"id": seal.id, "path": place, "state": seal.state},
            "not_recorded": dict(capture.not_recorded),
            "problems": [asdict(problem) for problem in taken.problems],
            "differences": [asdict(difference) for difference in differences],
            "recipe": asdict(recipe) if recipe else None,
            "state": revisit.state if revisit else None,
            "cause": revisit.cause if revisit else None,
        }
        write_record(encode(record))
        return
    write_line(
        f"{seal.state:<8} {capture.url}  ({capture.vantage}, {capture.mode}; {len(rendering.exchanges):,} answers)"
    )
    write_line(f"    {workspace.folder / place}")
    if revisit:
        write_line(f"    {revisit.state:<8} {revisit.cause}: {revisit.evidence}")
    for difference in differences:
        alike = "nothing to compare" if difference.jaccard is None else f"{difference.jaccard:.0%} alike"
        write_line(f"    {difference.vantage:<18} {difference.words:,} words, {alike} with the first")
    if recipe:
        write_line(f"    recipe   {recipe.words}")
        write_line(f"    command  {recipe.curl or 'none: a browser is needed'}")
    for problem in taken.problems:
        write_line(f"    problem  {describe_problem(problem)}")
