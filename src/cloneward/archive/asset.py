"""The files that saved pages refer to: pictures, styles and scripts, where they lie in the same folder."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from cloneward.archive.folder import spell_path

MAX_ASSET_BYTES = 8 * 1024 * 1024
"""Larger files are not read; what sites share in looks is far smaller."""

_SUFFIXES = frozenset(".avif .bmp .css .gif .ico .jpeg .jpg .js .mjs .png .svg .webp".split())
_SCHEMES = frozenset({"http", "https", "file"})


def locate_asset(page: str, reference: str) -> str | None:
    """Give where that lies to which a page refers, whatever the scheme: host, path and query, as mirrors name files.

    None for an address of no file, as one that holds its data.
    """
    try:
        parts = urlsplit(urljoin(page, reference.strip()))
    except ValueError:  # as an address with half a bracket
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower()}{unquote(parts.path)}{query}" if parts.scheme in _SCHEMES else None


def list_assets(folder: Path) -> Iterator[str]:
    """Give the paths of pictures, styles and scripts below a folder, in a fixed order; links are not followed."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            continue  # reading its pages has told
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and _suffix_of(entry.name) in _SUFFIXES:
                yield spell_path((here / entry.name).relative_to(folder).as_posix())
        waiting += [here / entry.name for entry in reversed(entries) if entry.is_dir(follow_symlinks=False)]


def read_asset(folder: Path, name: str, most: int | None = None) -> bytes | None:
    """Give the content of a file below a folder; none for what is missing, too large, no file, or leads out."""
    try:
        path = (folder / name.lstrip("/")).resolve(strict=True)
        status = path.stat()
        if not path.is_relative_to(folder.resolve()) or not stat.S_ISREG(status.st_mode):
            return None
        return path.read_bytes() if status.st_size <= (MAX_ASSET_BYTES if most is None else most) else None
    except (OSError, ValueError, RuntimeError):  # a NUL in its name, a link to itself
        return None


def _suffix_of(name: str) -> str:
    return Path(name.partition("?")[0]).suffix.lower()
