"""Pages and pictures from a WACZ, which is a zip that holds WARCs. Nothing of it is ever written to disk.

The central directory of a zip is a claim like any other: entries may share bytes, hide behind one another's name, or
unpack to more than there is memory for.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, cast

from cloneward.archive.stream import FREE_BYTES, MAX_RATIO
from cloneward.archive.warc import Given, Tally, read_warc
from cloneward.model.content import Problem

# The directory of a WACZ names some dozen files; this much names 90,000, and is the most that is held.
MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
_WARC_NAME = re.compile(r"\.warc(\.gz|\.zst)?$", re.IGNORECASE)
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_LOCAL_HEAD = struct.Struct("<4s22xHH")
# A packed entry is read again from its beginning to go back in it; so often at most.
_MAX_REWINDS = 100
# What Python's zip reader raises on hostile bytes.
_FAULTS = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(EOFError, IndexError, KeyError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError),
)


def read_wacz(
    file: BinaryIO,
    *,
    name: str | None = None,
    start: str | None = None,
    tally: Tally | None = None,
    with_media: bool = False,
) -> Iterator[Given]:
    """Give the pages of the WARCs in a WACZ, WARC by WARC in the order of their names; never raises on hostile bytes.

    A page's `position` names its WARC and the place in it. Of a WACZ without a directory (cut, for instance) those
    records are read that can be found.

    Args:
        file, name, start, tally, with_media: as `read_warc` takes them.
    """
    try:
        archive = zipfile.ZipFile(cast("BinaryIO", _Guarded(file)))
    except _FAULTS as error:
        hint = "look whether the file came over whole; records that could be found in it were read"
        yield Problem(code="wacz_damaged", page=name, text=f"it has no directory that can be read: {error}", hint=hint)
        yield from read_warc(file, name=name, tally=tally, packing="gzip", with_media=with_media)
        return
    entries, problems = _choose_entries(archive.infolist(), name)
    yield from problems
    if not entries:
        hint = "a WACZ holds its records as archive/data.warc.gz"
        yield Problem(code="no_pages", page=name, text="there is no WARC in the zip that can be read", hint=hint)
    wanted, _, place = (start or "").partition("!")
    for entry in entries:
        if entry.filename < wanted:
            continue
        path = _spell(entry.filename)
        try:
            content = (
                _open_stored(file, entry) if entry.compress_type == zipfile.ZIP_STORED else _Packed(archive, entry)
            )
        except _FAULTS as error:
            yield Problem(code="wacz_damaged", page=name, text=f"the entry {path} cannot be read: {error}")
            continue
        here = place if place and entry.filename == wanted else None
        whole = f"{name}!{path}" if name else path
        warc = cast("BinaryIO", content)
        for given in read_warc(warc, name=whole, start=here, tally=tally, with_media=with_media):
            yield given if isinstance(given, Problem) else replace(given, position=f"{entry.filename}!{given.position}")
        if content.fault:
            text = f"the entry {path} could not be read to its end: {content.fault}"
            yield Problem(code="wacz_damaged", page=name, text=text, hint="what came before that was read")


def _choose_entries(
    entries: list[zipfile.ZipInfo], name: str | None
) -> tuple[list[zipfile.ZipInfo], tuple[Problem, ...]]:
    """Give the entries to read, each name once, and why the others are not."""
    warcs = [entry for entry in entries if _WARC_NAME.search(entry.filename)]
    last = {entry.filename: entry for entry in warcs}
    chosen: list[zipfile.ZipInfo] = []
    skipped: list[tuple[str, str]] = []
    end = 0
    for entry in sorted(warcs, key=lambda entry: entry.header_offset):
        fault = _find_fault(entry)
        if last[entry.filename] is not entry:
            fault = "is there twice; the last of the name was read, as other readers do"
        elif not fault and entry.header_offset < end:
            fault = "lies over another"
        if fault:
            skipped.append((entry.filename, fault))
        else:
            chosen.append(entry)
            end = entry.header_offset + entry.compress_size
    problems = tuple(
        Problem(code="entry_skipped", page=name, text=f"the entry {_spell(path)} {fault}")
        for path, fault in skipped[:_MAX_REWINDS]
    )
    if len(skipped) > len(problems):
        text = f"{len(skipped) - len(problems):,} more entries of the zip were skipped"
        problems = (*problems, Problem(code="problems_left_out", page=name, text=text))
    return sorted(chosen, key=lambda entry: entry.filename), problems


def _find_fault(entry: zipfile.ZipInfo) -> str:
    parts = entry.filename.replace("\\", "/").split("/")
    if not parts[0] or ".." in parts or ":" in parts[0]:
        return "has a name that leads out of the archive"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if entry.compress_type not in _METHODS:
        return f"is packed in a way that is not read here (method {entry.compress_type})"
    if entry.file_size > FREE_BYTES and entry.file_size > MAX_RATIO * entry.compress_size:
        return f"unpacks to over {MAX_RATIO} times its size"
    return ""


def _spell(path: str) -> str:
    """Give a name from a zip as text that any record can hold."""
    return path.encode("utf-8", errors="backslashreplace").decode("utf-8")[:200]


class _Guarded:
    """A file of which no reader takes more at once than a directory may have."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(min(size, MAX_DIRECTORY_BYTES + 1) if size >= 0 else MAX_DIRECTORY_BYTES + 1)
        if len(found) > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile(f"the directory has over {MAX_DIRECTORY_BYTES:,} bytes")
        return found

    def seekable(self) -> bool:
        return True


def _open_stored(file: BinaryIO, entry: zipfile.ZipInfo) -> "_Slice":
    """Give the bytes of an entry that is not packed, as its own local header places them."""
    file.seek(entry.header_offset)
    mark, name_bytes, extra_bytes = _LOCAL_HEAD.unpack(file.read(_LOCAL_HEAD.size))
    raw_name = file.read(name_bytes)
    encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"  # APPNOTE 4.4.4, bit 11
    if mark != b"PK\x03\x04" or raw_name.decode(encoding) != entry.orig_filename:
        raise zipfile.BadZipFile("the directory and the entry name it differently")
    return _Slice(file, file.tell() + extra_bytes, entry.compress_size)


class _Slice:
    """A part of a file, to read and to seek in."""

    fault = ""

    def __init__(self, file: BinaryIO, begin: int, size: int) -> None:
        self._file, self._begin, self._size = file, begin, size
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = self._size + offset if whence == io.SEEK_END else offset
        return self._at

    def read(self, size: int) -> bytes:
        self._file.seek(self._begin + self._at)
        found = self._file.read(max(0, min(size, self._size - self._at)))
        self._at += len(found)
        return found


class _Packed:
    """A packed entry, to read and, with patience, to seek in; `fault` says why it ended early."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        self.fault = ""
        self._entry = entry
        self._file = archive.open(entry)
        self._at = 0
        self._rewinds = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        offset = self._entry.file_size + offset if whence == io.SEEK_END else offset
        if whence == io.SEEK_SET and offset != self._at:
            self._rewinds += offset < self._at
            self._at = offset
            if self._rewinds > _MAX_REWINDS:
                self.fault = f"it had to be read again more than {_MAX_REWINDS} times"
        return offset

    def read(self, size: int) -> bytes:
        if self.fault:
            return b""
        try:
            self._file.seek(self._at)
            found = self._file.read(size)
        except _FAULTS as error:
            self.fault = str(error)
            return b""
        self._at += len(found)
        return found
