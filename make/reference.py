"""Writes docs/reference from the code; with --check only says which pages are stale."""

import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer.main

from cloneward import cli, errors, settings
from make import codes

FOLDER: Final = Path(__file__).parent.parent / "docs" / "reference"
WIDTH: Final = 100  # columns of a help text
NOTE: Final = "<!-- Written by `make docs` from the code; edit that. -->\n"
WORDS: Final = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "none"}


def write_commands() -> str:
    """One chapter for each command: the help that the command itself gives."""
    lines = ["# Commands", NOTE, "What `cloneward COMMAND --help` prints, for every command.", ""]
    for path, text in walk_commands():
        lines += [f"{'#' * min(path.count(' ') + 2, 4)} {path}", "", "```text", text, "```", ""]
    return "\n".join(lines)


def walk_commands() -> Iterator[tuple[str, str]]:
    """Every visible command, groups before what is in them, with its help text."""
    yield from _walk("cloneward", typer.main.get_command(cli.app), None)


def _walk(name: str, command: Any, parent: Any) -> Iterator[tuple[str, str]]:
    context = command.context_class(command, info_name=name, parent=parent, terminal_width=WIDTH)
    yield (
        context.command_path,
        "\n".join(line.rstrip() for line in command.get_help(context).strip().split("\n")),
    )
    for inner, below in sorted(getattr(command, "commands", {}).items()):
        if not below.hidden:
            yield from _walk(inner, below, context)


def write_settings() -> str:
    """One table of all settings."""
    lines = [
        "# Settings",
        NOTE,
        f"Read from `{settings.FILE_NAME}` in the workspace; an environment variable wins over the file.",
        "",
        "| setting | type | default | environment | what it is |",
        "|---|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in _settings_rows(settings.Settings, "", settings.ENV_PREFIX)),
    ]
    return "\n".join([*lines, ""])


def _settings_rows(kind: Any, path: str, variable: str) -> Iterator[tuple[str, ...]]:
    hints = typing.get_type_hints(kind)
    for item in dataclasses.fields(kind):
        hint = hints[item.name]
        name = path + item.name
        own = variable + item.name.upper() if variable else ""
        yield (
            f"`{name}`",
            _name_type(hint),
            _tell_default(item),
            f"`{own}`" if own else "",
            _cell(item.metadata["doc"]),
        )
        rows = next((part for part in typing.get_args(hint) if dataclasses.is_dataclass(part)), None)
        if dataclasses.is_dataclass(hint):
            yield from _settings_rows(hint, f"{name}.", f"{own}__")
        elif rows:
            yield from _settings_rows(rows, f"{name}[].", "")  # a row of a list has no variable of its own


def _name_type(hint: Any) -> str:
    if dataclasses.is_dataclass(hint):
        return "table"
    arguments = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        return " or ".join(_name_type(part) for part in arguments)
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in {tuple, list, frozenset}:
        return f"list of {_name_type(arguments[0])}".replace("list of table", "list of tables")
    if arguments:
        return "table"
    return WORDS.get(hint, getattr(hint, "__name__", str(hint)))


def _tell_default(item: Any) -> str:
    if item.default is not dataclasses.MISSING:
        value = item.default
    elif item.default_factory is not dataclasses.MISSING:
        value = item.default_factory()
    else:
        return "required"
    if dataclasses.is_dataclass(value) or value in (None, (), {}, ""):
        return "none"
    return _cell(f"`{list(value) if isinstance(value, tuple) else value}`")


def write_errors() -> str:
    """One table of all errors, family by family."""
    lines = [
        "# Errors",
        NOTE,
        "Each tells what happened, with the value, then `hint:`. Any other exception is a bug: exit code 1.",
        "",
        "| code | exit code | who must act | error | what it is |",
        "|---|---|---|---|---|",
    ]
    for kind in walk_errors():
        doc = " ".join((inspect.getdoc(kind) or "").split())
        cells = (f"`{kind.code}`", str(kind.exit_code), name_actor(kind), f"`{kind.__name__}`", _cell(doc))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


ACTORS: Final = {
    "InputError": "the caller",
    "Unavailable": "nobody: try later",
    "EvidenceError": "a person looks",
    "RefusedError": "who may approve",
}


def walk_errors() -> list[type[errors.Error]]:
    """Every error below the root, each family before what belongs to it."""
    return [kind for family in errors.Error.__subclasses__() for kind in [family, *family.__subclasses__()]]


def name_actor(kind: type[errors.Error]) -> str:
    """Who must act, by family; a new family fails here until it is given its word."""
    return next(ACTORS[parent.__name__] for parent in kind.__mro__ if parent.__name__ in ACTORS)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def write_codes() -> str:
    """The words of a verdict, reasons and problems."""
    return codes.write_codes(NOTE)


PAGES: Final = {
    "commands.md": write_commands,
    "settings.md": write_settings,
    "errors.md": write_errors,
    "codes.md": write_codes,
}


def find_stale() -> list[str]:
    """Names of the pages that differ from what the code says, and of those that nothing writes."""
    written = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    stale = [name for name, write in PAGES.items() if written.get(name) != write()]
    return stale + sorted(written.keys() - PAGES.keys())


def main(arguments: list[str]) -> int:
    """Exit code: 1 when --check found a stale page."""
    if arguments == ["--check"]:
        stale = find_stale()
        if stale:
            print(f"docs/reference is stale: {', '.join(stale)}\nhint: make docs")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
