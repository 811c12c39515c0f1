"""Rows of a Parquet file as lines of JSON, read by DuckDB in a process of its own.

A Parquet file of 5 KB may stand for 30 GB (one long text in its dictionary, thousands of rows that point to it), and
DuckDB holds 2,048 rows at once whatever its `memory_limit` says: measured, it took all memory of the machine. So the
process that opens the file may take so much memory and no more, and what ends it is told as a fault of the file.
"""

import glob
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

# Address space of the process: Python and DuckDB take some 700 MB of it before they read anything.
MAX_MEMORY_BYTES = 2 * 1024 * 1024 * 1024
MAGIC = b"PAR1"
_ENGINE_MEMORY = "1GB"


class Rows:
    """The rows of a file as lines of JSON, and last a text in place of an object where it ended before its end."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def read(self, size: int) -> bytes:
        """Give at most `size` bytes; none at the end."""
        return self._process.stdout.read(size) if self._process.stdout else b""

    def find_fault(self) -> str:
        """Give how the process ended where it did not end well, after the last line."""
        code = self._process.wait()
        return f"the process that read it ended with {code}" if code else ""


@contextmanager
def open_rows(path: Path, start: int = 0) -> Iterator[Rows]:
    """Start the process that reads the rows from number `start` on; it ends when the caller does."""
    command = [sys.executable, "-I", "-m", __name__, str(path), str(start)]
    process = subprocess.Popen(  # noqa: S603  our own module; a path is an argument, never a command
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield Rows(process)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def write_rows(path: str, start: int, output: BinaryIO) -> None:
    """Write the rows of a file as lines of JSON, and last a text where something went wrong."""
    import duckdb  # noqa: PLC0415  takes 0.2 s, and only this process needs it

    options: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": _ENGINE_MEMORY,
        "temp_directory": "",
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
    }
    name = glob.escape(path)  # or a star in it would open other files
    try:
        engine = duckdb.connect(":memory:", config=options)
        engine.execute("SET TimeZone = 'UTC'")
        columns = engine.execute("DESCRIBE SELECT * FROM read_parquet(?)", [name]).fetchall()
        chosen = ", ".join(_select_column(column[0], column[1]) for column in columns)
        query = f"SELECT {chosen} FROM read_parquet(?, file_row_number = true) WHERE file_row_number >= ?"  # noqa: S608
        rows = engine.execute(query, [name, start])
        names = [column[0] for column in columns]
        while (row := rows.fetchone()) is not None:
            values = {name: _read_nested(name, value) for name, value in zip(names, row, strict=True)}
            output.write(msgspec.json.encode(values, enc_hook=str) + b"\n")
    except (duckdb.Error, MemoryError, OverflowError, RuntimeError, ValueError, TypeError) as error:
        text = "it needs more memory than it may have" if isinstance(error, MemoryError) else str(error).split("\n")[0]
        output.write(msgspec.json.encode(text[:300]) + b"\n")


def _select_column(name: str, kind: str) -> str:
    """Give the expression for a column; a moment with a zone comes without: Python would want a package for it."""
    quoted = '"' + name.replace('"', '""') + '"'
    if "WITH TIME ZONE" not in kind:
        return quoted
    return f"timezone('UTC', {quoted})" if kind == "TIMESTAMP WITH TIME ZONE" else f"to_json({quoted})"


def _read_nested(name: str, value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    """Give what a column says; where many exporters write JSON as text, what that says."""
    if name in {"fields", "versions"} and isinstance(value, str):  # to_json gives a text too
        with suppress(msgspec.DecodeError, RecursionError):
            return msgspec.json.decode(value)
    return _spell(value)


def _spell(value: Any) -> Any:  # noqa: ANN401  the same
    """Give a value that JSON can say: times in UTC where they have no zone, bytes as text where they are some."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    if isinstance(value, bytes):
        with suppress(UnicodeDecodeError):
            return value.decode()
        return {}
    if isinstance(value, dict):
        return {str(key): _spell(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_spell(inner) for inner in value]
    return value


def _bound_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # not on every system
        import resource  # noqa: PLC0415  the same

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _bound_memory()
    with suppress(BrokenPipeError):
        write_rows(sys.argv[1], int(sys.argv[2]), sys.stdout.buffer)
        sys.stdout.buffer.flush()
