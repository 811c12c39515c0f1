"""Files that are whole or absent, whatever moment the process or the power ends."""

import os
from pathlib import Path


def write_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file beside its place, flush it, and put it there by one rename; what was there before is replaced."""
    halfway = path.with_name(f".{path.name}.partial")
    halfway.unlink(missing_ok=True)
    descriptor = os.open(halfway, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor has no path
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    halfway.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Return when a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_tree(folder: Path) -> None:
    """Return when all that is in a folder is on the disk, the deepest first."""
    for path in sorted(folder.rglob("*"), reverse=True):
        flush(path)
    flush(folder)
