"""`cloneward capture`: what an address serves, sealed."""

import getpass
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption
from cloneward.cli.output import describe_problem, tell, write_line, write_record
from cloneward.errors import Error, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloneward.capture.matrix import Difference
    from cloneward.capture.recipe import Recipe
    from cloneward.clock import Clock
    from cloneward.model.vantage import Vantage
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.capture import Job, Order, Taken

_ENDED = 128 + signal.SIGTERM


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
    operator: Annotated[
        str | None, typer.Option("--operator", help="Who has it captured; your user name otherwise.")
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="What for, as it is to stand on record.")] = "evidence",
    max_bytes: Annotated[int, typer.Option("--max-bytes", min=1, help="Most bytes of one visit.")] = 64 * 1024 * 1024,
    timeout: Annotated[float, typer.Option("--timeout", min=1, max=600, help="Most seconds of one visit.")] = 45.0,
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
      cloneward capture https://copy.example/ann --plain
    """
    from cloneward.clock import SystemClock
    from cloneward.model.vantage import Bounds
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.capture import Order
    from cloneward.workflows.wiring import open_job

    # whoever ends us ends the browser too: contexts close it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED))
    clock = SystemClock()
    opened = Workspace.find(Path.cwd(), workspace)
    vantages = _choose_vantages(opened, clock, vantage or [], is_all=all_vantages or list_them)
    if list_them:
        for one in vantages:
            write_line(f"{one.name:<18} {one.device:<8} {one.referrer or 'no referrer'}")
        return
    bounds = Bounds(max_bytes=max_bytes, timeout_s=timeout)
    worst = 0
    with open_job(opened, clock, is_plain=plain) as job:
        for url in urls:
            order = Order(
                url=url,
                vantages=vantages,
                operator=operator or getpass.getuser(),
                purpose=purpose,
                bounds=bounds,
            )
            try:
                _run(job, order, opened, as_json=as_json)
            except Error as error:
                if len(urls) == 1:
                    raise
                worst = max(worst, error.exit_code)
                tell(f"cloneward: {url}: {error} (hint: {error.hint})")
    if worst:
        raise typer.Exit(worst)


def _choose_vantages(workspace: "Workspace", clock: "Clock", names: list[str], *, is_all: bool) -> "Sequence[Vantage]":
    """Give the vantages that are asked for: all, those named, or one plain visit."""
    from cloneward.capture.matrix import list_vantages
    from cloneward.model.vantage import Vantage

    known = list_vantages(now=clock.now(), site=workspace.settings.site)
    if is_all:
        return known
    by_name = {one.name: one for one in (Vantage(name="desktop"), *known)}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise InputError(f"no vantage {unknown[0]!r}", hint=f"one of {', '.join(by_name)}")
    return [by_name[name] for name in names or ["desktop"]]


def _run(job: "Job", order: "Order", workspace: "Workspace", *, as_json: bool) -> None:
    """Capture one address, and tell what came of it."""
    from cloneward.workflows.capture import Missed, compare_taken, find_odd, is_alike

    taken = []
    for one in job.take(order):
        if isinstance(one, Missed):
            tell(f"{one.vantage.name}: {one.error} (hint: {one.error.hint})")
        else:
            taken.append(one)
            _show(one, workspace, as_json=as_json)
    differences = compare_taken(taken)
    odd = find_odd(differences)
    if odd is None:
        return
    seen = next(one for one in taken if one.vantage.name == odd.vantage)
    recipe, last = job.find_recipe(order, seen.vantage, is_alike(seen.rendering))
    _show(last, workspace, as_json=as_json, recipe=recipe, differences=differences)


def _show(
    taken: "Taken",
    workspace: "Workspace",
    *,
    as_json: bool,
    recipe: "Recipe | None" = None,
    differences: "Sequence[Difference]" = (),
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
            "vantage": capture.vantage,
            "mode": capture.mode,
            "started_at": capture.started_at,
            "ended_at": capture.ended_at,
            "seal": {"id": seal.id, "path": place, "state": seal.state},
            "not_recorded": dict(capture.not_recorded),
            "problems": [asdict(problem) for problem in taken.problems],
            "differences": [asdict(difference) for difference in differences],
            "recipe": asdict(recipe) if recipe else None,
        }
        write_record(encode(record))
        return
    write_line(
        f"{seal.state:<8} {capture.url}  ({capture.vantage}, {capture.mode}; {len(rendering.exchanges):,} answers)"
    )
    write_line(f"    {workspace.folder / place}")
    for difference in differences:
        alike = "nothing to compare" if difference.jaccard is None else f"{difference.jaccard:.0%} alike"
        write_line(f"    {difference.vantage:<18} {difference.words:,} words, {alike} with the first")
    if recipe:
        write_line(f"    recipe   {recipe.words}")
        write_line(f"    command  {recipe.curl or 'none: a browser is needed'}")
    for problem in taken.problems:
        write_line(f"    problem  {describe_problem(problem)}")
