"""`cloneward judge`: verdicts on cases, the queue of people, and their labels."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer
from typer.core import TyperGroup

from cloneward.cli.options import JsonOption, WorkspaceOption, make_gatherer
from cloneward.cli.output import write_line, write_record
from cloneward.cli.rows import (
    CaseArgument,
    OperatorOption,
    begin,
    encode_record,
    expect,
    find_id,
    may_read,
    show_row,
    spell_moments,
    tell_moment,
)
from cloneward.cli.visits import Visit
from cloneward.errors import InputError

if TYPE_CHECKING:
    from cloneward.judge.queue import Card
    from cloneward.model.case import Verdict
    from cloneward.store.workspace import Workspace


class _Cases(TyperGroup):
    """Takes what is no subcommand for a case."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401  typer's own, unnamed
        """Give the command: `judge CASE` is `judge case CASE`."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["case", *args])


app = typer.Typer(
    name="judge",
    help="Verdicts on cases, and what people say of them.",
    cls=_Cases,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("case")
def case_(
    case: CaseArgument,
    plain: Annotated[bool, typer.Option("--plain", help="Capture by plain requests, without a browser.")] = False,
    vantage: Annotated[
        str | None, typer.Option("--vantage", metavar="NAME", help="From where and as whom; capture --list names them.")
    ] = None,
    pages: Annotated[
        int | None, typer.Option("--pages", min=1, max=1000, help="Most pages of a site that are visited.")
    ] = None,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Capture the address of a case anew, judge what it shows, and put the verdict into the case.

    \b
    Examples:
      cloneward judge case https://copy.example/ann
      cloneward judge https://copy.example/ann
    """
    from cloneward.store.cases import get_case
    from cloneward.workflows.cases import judge_cases

    opened, clock, by = begin(workspace, operator, "capture.take")
    name = find_id(case)
    expect(opened, clock, by, "case.read", name)
    with opened.transaction(clock) as connection:
        known = get_case(connection, name)
    with open_check(opened, Visit(is_plain=plain, vantage=vantage, pages=pages)) as check:
        for row in judge_cases(opened, clock, [known], check):
            show_row(row, as_json=as_json)


@app.command("queue")
def queue(
    most: Annotated[int, typer.Option("--most", min=1, help="Cards to show.")] = 20,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what waits for your label, the most urgent first: a card each, and on none what others said.

    \b
    Examples:
      cloneward judge queue --most 1
      cloneward judge label https://copy.example/ann copy
    """
    from cloneward.workflows.cases import list_queue

    opened, clock, by = begin(workspace, operator, "verdict.label")
    with opened.transaction(clock) as connection:
        cards = list_queue(connection, by, clock.now())
    for card in [one for one in cards if may_read(opened, by, one.case)][:most]:
        _show_card(card, as_json=as_json)


@app.command("label")
def label(
    case: CaseArgument,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="What you say it is.", show_default=False)],
    saw: Annotated[
        bool, typer.Option("--saw", help="You saw another's label before; then yours settles nothing.")
    ] = False,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    direction: Annotated[
        str | None,
        typer.Option("--direction", help="Who was first, where you can show it; the note must say by what."),
    ] = None,
    operator: OperatorOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a case is. Two people who did not see each other's label settle it.

    With --direction the verdict that stands is followed by one of yours, which says who was first and by what.

    \b
    Examples:
      cloneward judge label https://copy.example/ann copy
      cloneward judge label c0123 copy --direction ours_first --note "their domain is younger than our page"
    """
    from cloneward.model.case import Direction, VerdictName
    from cloneward.model.cases import Label
    from cloneward.workflows.cases import label_case

    _check_word(verdict, get_args(VerdictName))
    if direction is not None:
        _check_word(direction, get_args(Direction))
    opened, clock, by = begin(workspace, operator, None)
    name = find_id(case)
    expect(opened, clock, by, "verdict.label", name)
    told = Label(case=name, by=by, at=clock.now(), verdict=cast("VerdictName", verdict), saw=saw, note=note)
    with opened.transaction(clock) as connection:
        label_case(connection, told, cast("Direction | None", direction))
    if as_json:
        write_record(encode_record(spell_moments(asdict(told))))
    else:
        write_line(f"{told.case}  {told.verdict} by {told.by}")


@contextmanager
def open_check(workspace: "Workspace", visit: Visit) -> "Iterator[Callable[[str], Verdict]]":
    """Give what captures an address and judges it against the items of a workspace.

    Raises:
        InputError: nothing is protected there.
    """
    from cloneward.cli.visits import open_capture
    from cloneward.clock import SystemClock
    from cloneward.workflows.check import Check
    from cloneward.workflows.gather import CHECKED_PAGES
    from cloneward.workflows.library import open_store

    clock = SystemClock()
    with workspace.reader(clock) as store, open_capture(workspace, visit) as capture:
        library = open_store(store, workspace.settings, workspace.index_folder)
        if not library.items:
            raise InputError(f"nothing is protected in {workspace.folder}", hint="cloneward protect add DIR, first")
        gatherer = make_gatherer(workspace.settings, "check", CHECKED_PAGES)
        job = Check(library=library, clock=clock, gatherer=gatherer, capture=capture)
        yield lambda url: next(job.run(url)).verdict


def _check_word(text: str, known: tuple[str, ...]) -> None:
    if text not in known:
        raise InputError(f"{text!r} is none of the words", hint=f"one of {', '.join(known)}")


def _show_card(card: "Card", *, as_json: bool) -> None:
    if as_json:
        write_record(encode_record(spell_moments(asdict(card))))
        return
    write_line(f"{card.case}  {card.urgency:<5} due {tell_moment(card.due_at)}  {card.target}")
    write_line(f"    found    {card.found}")
    if card.harms:
        write_line(f"    harms    {', '.join(card.harms)}")
    for side, texts in (("for", card.pro), ("against", card.against), ("unknown", card.unknown)):
        for text in texts:
            write_line(f"    {side:<8} {text}")
    write_line(f"    evidence {card.seal or 'none under seal'}")
