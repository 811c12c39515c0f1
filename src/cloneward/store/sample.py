"""The `cloneward.toml` of a new workspace: what was given, and every other setting as a comment."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_args, get_type_hints

from cloneward.settings import Settings

_HEAD = (
    "# Settings of this workspace. A line that begins with # is a default; take the # away to change it.",
    "# An environment variable wins: CLONEWARD_ and the name in capitals, as CLONEWARD_SITE or CLONEWARD_FETCH__ALLOW.",
)


def write_settings(given: Mapping[str, Any]) -> str:
    """Give the text of a settings file that says `given`; plain values only, no tables."""
    hints = get_type_hints(Settings)
    tables = {item.name: inner for item in fields(Settings) if (inner := _table_of(hints[item.name]))}
    about = {item.name: item.metadata["doc"] for item in fields(Settings)}
    lines = [*_HEAD]
    for item in fields(Settings):
        if item.name not in tables:
            mark = "" if item.name in given else "# "
            lines += ["", f"# {about[item.name]}", mark + _write_pair(item, given)]
    for name, table in tables.items():
        head = f"[{name}]" if table is hints[name] else f"[[{name}]]"
        lines += ["", f"# {about[name]}", f"# {head}", *_write_fields(table)]
    return "\n".join(lines) + "\n"


def _table_of(hint: object) -> type | None:
    """Give the dataclass of `That`, which TOML writes as a table, or of `tuple[That, ...]`, an array of tables."""
    inner = next(iter(get_args(hint)), hint)
    return inner if isinstance(inner, type) and is_dataclass(inner) else None


def _write_fields(kind: type) -> Iterator[str]:
    for item in fields(kind):
        yield f"# {_write_pair(item, {})}  # {item.metadata['doc']}"


def _write_pair(item: Field[Any], given: Mapping[str, Any]) -> str:
    default = item.default if item.default_factory is MISSING else item.default_factory()
    value = given.get(item.name, default)
    if value is None:
        return f"{item.name} = …"  # TOML has no word for none: to be filled in, or left a comment
    # JSON's strings and arrays are TOML's too, but for DEL.
    written = json.dumps("" if value is MISSING else value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{item.name} = {written}"
