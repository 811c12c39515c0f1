"""Pages, pictures and videos from folders and files, one at a time, in a fixed order."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cloneward.archive.media import PICTURE_SUFFIXES, VIDEO_SUFFIXES, RawMedia, read_media
from cloneward.errors import InputError
from cloneward.model.content import Problem

# What one file may weigh in memory; a page is cut at less when its text is read.
MAX_FILE_BYTES = 64 * 1024 * 1024
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
TEXT_SUFFIXES = frozenset({".txt", ".text", ".md"})
_PAGES = frozenset({"html", "text"})
_ALL = _PAGES | {"media"}


@dataclass(frozen=True)
class RawPage:
    """The bytes of one page.

    `address` is its path below the target, with forward slashes, or what else names it among the pages of its
    source; `url` and `seen_at` where and when it was served, as an archive claims, or where `is_fetched` as we saw it
    ourselves; `charset` what its server declared, and `position` where in the archive it stands, to go on from there.
    """

    address: str
    content: bytes
    is_html: bool
    url: str | None = None
    seen_at: str | None = None
    position: str | None = None
    charset: str | None = None
    is_fetched: bool = False


def read_pages(target: Path) -> Iterator[RawPage | Problem]:
    """Give the pages of a folder, each folder's own before those of its subfolders, or the one page that a file is.

    A file given by name is read whatever it is called; in a folder, only what is named like HTML or plain text
    (`page.html`, and `page.html.en` as Apache names languages). Links that lead out of the folder are not
    followed: they are reported.

    Raises:
        InputError: there is neither a folder nor a file at that path; raised at once, not with the first page.
    """
    return (given for given in _read(target, _PAGES) if not isinstance(given, RawMedia))


def read_whole(target: Path) -> Iterator[RawPage | RawMedia | Problem]:
    """Give the pages of a folder as `read_pages` does, with the pictures and videos among them, told by their names.

    Raises:
        InputError: there is neither a folder nor a file at that path; raised at once.
    """
    return _read(target, _ALL)


def count_whole(target: Path) -> int | None:
    """Give how many things and problems `read_whole` will give of a folder; none for a file, which must be read first.

    Raises:
        InputError: there is neither a folder nor a file at that path.
    """
    return sum(1 for _ in _walk(target, _ALL)) if is_folder(target) else None


def count_pages(target: Path) -> int | None:
    """Give how many pages and problems `read_pages` will give of a folder; none for a file, which must be read first.

    Raises:
        InputError: there is neither a folder nor a file at that path.
    """
    return sum(1 for _ in _walk(target, _PAGES)) if is_folder(target) else None


def is_folder(target: Path) -> bool:
    """Tell whether a path is a folder, or else a file.

    Raises:
        InputError: it is neither.
    """
    try:
        mode = target.stat().st_mode
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"nothing at {spell_path(target)!r}: {what}", hint="give a folder of pages or a file"
        ) from error
    if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
        return stat.S_ISDIR(mode)
    raise InputError(f"{spell_path(target)!r} is neither a folder nor a file", hint="save what it gives to a file")


def spell_path(path: Path | str) -> str:
    r"""Give the path as text that any record can hold: bytes that are no UTF-8 are spelt out, as `\xe9`."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def _read(target: Path, kinds: frozenset[str]) -> Iterator[RawPage | RawMedia | Problem]:
    if is_folder(target):
        return _read_folder(target, kinds)
    kind = _kind_of(target.name)
    return iter([_read_file(_Found(target, target.name, kind if kind in kinds else "html"))])


def _read_folder(target: Path, kinds: frozenset[str]) -> Iterator[RawPage | RawMedia | Problem]:
    is_empty = True
    for found in _walk(target, kinds):
        is_empty = False
        yield found if isinstance(found, Problem) else _read_file(found)
    if is_empty:
        media = PICTURE_SUFFIXES | VIDEO_SUFFIXES if "media" in kinds else frozenset()
        names = " ".join(sorted(_HTML_SUFFIXES | TEXT_SUFFIXES | media))
        text = "there is no page in the folder"
        yield Problem(code="no_pages", page=None, text=text, hint=f"in a folder, what is read ends in one of {names}")


@dataclass(frozen=True, slots=True)
class _Found:
    """What is named like a page or media; `name` is its path below the target, with forward slashes."""

    path: Path
    name: str
    kind: str


def _walk(target: Path, kinds: frozenset[str]) -> Iterator[_Found | Problem]:
    """Give what is named like one of the kinds; no recursion, since a folder may nest thousands deep."""
    root = target.resolve()
    waiting = [(target, "")]
    while waiting:
        folder, place = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield _report(folder, target, "folder_unreadable", f"cannot be read: {error.strerror}")
            continue
        for entry in entries:
            path, kind, is_folder = folder / entry.name, _kind_of(entry.name), _is_folder(entry)
            kind = kind if kind in kinds else None
            if entry.is_symlink() and (kind or is_folder) and _leads_out(path, root):
                hint = "copy what it leads to into the folder"
                yield _report(path, target, "link_outside", "is a link out of the folder and was not followed", hint)
            elif kind and not is_folder:
                yield _Found(path, place + entry.name, kind)
        folders = [entry.name for entry in reversed(entries) if entry.is_dir(follow_symlinks=False)]
        waiting += [(folder / name, f"{place}{name}/") for name in folders]


def _kind_of(name: str) -> str | None:
    suffixes = [part.lower() for part in Path(name).suffixes[-2:]]
    if suffixes and suffixes[-1] in TEXT_SUFFIXES:
        return "text"
    if _HTML_SUFFIXES.intersection(suffixes) and suffixes[-1] not in {".gz", ".br", ".zst"}:
        return "html"
    # a mirror may save a picture under its whole address
    return "media" if Path(name.partition("?")[0]).suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES else None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _leads_out(path: Path, root: Path) -> bool:
    try:
        return not path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link to itself: reading it will say so
        return False


def _read_file(found: _Found) -> RawPage | RawMedia | Problem:
    address = spell_path(found.name)
    if found.kind == "media":
        return _read_media(found.path, address)
    try:
        status = found.path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end
            hint = "save what it gives to a file"
            return Problem(code="not_a_file", page=address, text=f"{address} is no file and was not read", hint=hint)
        if status.st_size > MAX_FILE_BYTES:
            text = f"{address} has {status.st_size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read"
            return Problem(code="file_too_large", page=address, text=text, hint="split it into its pages")
        return RawPage(address, found.path.read_bytes(), found.kind == "html")
    except OSError as error:
        text = f"{address} cannot be read: {error.strerror}"
        return Problem(code="file_unreadable", page=address, text=text, hint="check its permissions")


def _read_media(path: Path, address: str) -> RawMedia | Problem:
    given = read_media(path, address)
    return replace(given, page=address) if isinstance(given, Problem) else given


def _report(path: Path, target: Path, code: str, what: str, hint: str = "check its permissions") -> Problem:
    address = spell_path(path.relative_to(target).as_posix())
    return Problem(code=code, page=address, text=f"{address} {what}", hint=hint)
