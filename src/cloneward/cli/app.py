"""The program: its verbs, and how an error reaches the one who must act."""

import logging
import sys
from typing import Annotated

import typer

from cloneward import __version__
from cloneward.cli import act, capture, case, check, doctor, evidence, init, judge, protect, verify, watch
from cloneward.cli.output import tell
from cloneward.errors import Error

app = typer.Typer(
    name="cloneward",
    help="Finds sites that copy yours, proves it, and sees the matter through. Strictly defensive.",
    epilog="First result, without a workspace: cloneward check SUSPECT --against MY_SITE --html report.html",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("init")(init.init)
app.command("check")(check.check)
app.add_typer(protect.app)
app.command("capture")(capture.capture)
app.add_typer(watch.app)
app.add_typer(case.app)
app.add_typer(judge.app)
app.add_typer(act.app)
app.add_typer(evidence.app)
app.command("verify")(verify.verify)
app.command("doctor")(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cloneward {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    del version  # the callback has answered it


def main() -> None:
    """Run the command line; an error of ours gives its message, a hint and its exit code."""
    # what went wrong is told by the command; without a handler Python would print the bare name of each event
    logging.getLogger("cloneward").addHandler(logging.NullHandler())
    try:
        app()
    except Error as error:
        tell(f"cloneward: {error}")
        if error.hint:
            tell(f"hint: {error.hint}")
        sys.exit(error.exit_code)
