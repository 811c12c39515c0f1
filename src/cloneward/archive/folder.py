"""Pages from folders and files, one at a time, in a fixed order."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cloneward.errors import InputError
from cloneward.model.content import Problem

# What one file may weigh in memory; a page is cut at less when its text is read.
MAX_FILE_BYTES = 64 * 1024 * 1024
_HTML = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_TEXT = frozenset({".txt", ".text", ".md"})


@dataclass(frozen=True)
class RawPage:
    """The bytes of one page. `address` is its path below the target, with forward slashes."""

    address: str
    content: bytes
    is_html: bool


def read_pages(target: Path) -> Iterator[RawPage | Problem]:
    """Give the pages of a folder, sorted by path, or the one page that a file is.

    A file given by name is read whatever it is called; in a folder, only what is named like HTML or plain text
    (`page.html`, and `page.html.en` as Apache names languages). Links that lead out of the folder are not
    followed: they are reported.

    Raises:
        InputError: there is nothing at that path.
    """
    if target.is_file():
        yield _read_file(target, _address(Path(target.name)), is_html=target.suffix.lower() not in _TEXT)
    elif target.is_dir():
        root = target.resolve()
        for folder, subfolders, names in os.walk(target):
            subfolders.sort()
            for name in sorted(names):
                kind = _kind_of(name)
                if kind is not None:
                    path = Path(folder, name)
                    yield _read_inside(path, _address(path.relative_to(target)), root, is_html=kind == "html")
    else:
        raise InputError(f"nothing at {str(target)!r}", hint="give a folder of pages or a file")


def _address(path: Path) -> str:
    """Give the path as text that any record can hold: bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="replace")


def _kind_of(name: str) -> str | None:
    suffixes = [part.lower() for part in Path(name).suffixes[-2:]]
    if suffixes and suffixes[-1] in _TEXT:
        return "text"
    return "html" if _HTML.intersection(suffixes) and suffixes[-1] not in {".gz", ".br", ".zst"} else None


def _read_inside(path: Path, address: str, root: Path, *, is_html: bool) -> RawPage | Problem:
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        text = f"the link {address} leads out of the folder and was not followed"
        return Problem(code="link_outside", page=address, text=text, hint="copy the file into the folder")
    return _read_file(path, address, is_html=is_html)


def _read_file(path: Path, address: str, *, is_html: bool) -> RawPage | Problem:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            text = f"{address} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read"
            return Problem(code="file_too_large", page=address, text=text, hint="split it into its pages")
        return RawPage(address, path.read_bytes(), is_html)
    except OSError as error:
        text = f"{address} cannot be read: {error.strerror}"
        return Problem(code="file_unreadable", page=address, text=text, hint="check its permissions")
