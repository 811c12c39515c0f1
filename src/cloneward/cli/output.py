"""How the verbs speak: records and lines to stdout, the rest to stderr, and nothing that commands a terminal."""

import os
import re
import sys

import typer

from cloneward.errors import Problem, Unavailable

# What could move the cursor, forge a line or turn the reading order, and halves of characters: file names, titles
# and addresses are chosen by those we look at.
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def spell_out(text: str) -> str:
    r"""Give the text on one line, with control characters written as `\x1b`."""
    return _UNSPEAKABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def write_record(record: bytes) -> None:
    """Write one line of JSON to stdout."""
    _write(record + b"\n")


def write_line(text: str) -> None:
    """Write one line to stdout, in UTF-8 whatever the terminal says."""
    _write(spell_out(text).encode() + b"\n")


def write_text(text: str) -> None:
    """Write a text to stdout as it is: offsets count in it."""
    _write(text.encode() + b"\n")


def tell(text: str) -> None:
    """Write one line to stderr."""
    typer.echo(spell_out(text), err=True)


def describe_problem(problem: Problem) -> str:
    """Give a problem as one line: code, place, what happened, hint."""
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    return f"{problem.code}: {problem.page or '-'}: {problem.text}{hint}"


def _write(line: bytes) -> None:
    """Write to stdout at once.

    Raises:
        typer.Exit: the reader has gone (`| head`), which is no fault of anyone.
        Unavailable: the disk that stdout goes to is full.
    """
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _leave_stdout()
        raise typer.Exit(0) from None
    except OSError as error:
        _leave_stdout()
        raise Unavailable(
            f"cannot write to stdout: {error.strerror}", hint="free some space, then try again"
        ) from error


def _leave_stdout() -> None:
    """What Python flushes at its end goes nowhere, instead of failing once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
