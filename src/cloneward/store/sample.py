"""The `cloneward.toml` of a new workspace: what was given, and every other setting as a comment."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_args, get_type_hints

from cloneward.settings import Settings

_HEAD = (
    "# Settings of this workspace. A line that begins with # is a default; take the # away to change it.",
    "# An environment variable wins: CLONEWARD_ and the name in capitals.",
)


def write_settings(given: Mapping[str, Any]) -> str:
    """Give the text of a settings file that says `given`; plain values only, no tables."""
    hints = get_type_hints(Settings)
    tables = {item.name: inner for item in fields(Settings) if (inner := _table_of(hints[item.name]))}
    lines = [*_HEAD]
    for item in fields(Settings):
        if item.name not in tables:
            mark = "" if item.name in given else "# "
            lines += ["", f"# {item.metadata['doc']}", mark + _write_pair(item, given)]
    for item in fields(Settings):
        if item.name in tables:
            lines += ["", f"# {item.metadata['doc']}", *_write_table(item.name, tables[item.name])]
    return "\n".join(lines) + "\n"


def _table_of(hint: object) -> type | None:
    """Give the dataclass of `tuple[That, ...]`, which TOML writes as an array of tables."""
    inner = next(iter(get_args(hint)), None)
    return inner if isinstance(inner, type) and is_dataclass(inner) else None


def _write_table(name: str, kind: type) -> Iterator[str]:
    yield f"# [[{name}]]"
    for item in fields(kind):
        yield f"# {_write_pair(item, {})}  # {item.metadata['doc']}"


def _write_pair(item: Field[Any], given: Mapping[str, Any]) -> str:
    value = given.get(item.name, item.default)
    if value is None:
        return f"{item.name} = …"  # TOML has no word for none: to be filled in, or left a comment
    # JSON's strings and arrays are TOML's too, but for DEL.
    written = json.dumps("" if value is MISSING else value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{item.name} = {written}"
