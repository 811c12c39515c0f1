"""WARC records, one after the other, with what is wrong between them.

WARC 1.0 and 1.1 (ISO 28500). The length that a record states is a claim of whoever wrote it: it is believed where
another record, or the end of the member, follows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from cloneward.archive.payload import find_end
from cloneward.archive.stream import Packing, Stream

# A record's own header: some dozen short lines.
_MAX_HEAD_BYTES = 64 * 1024
_CHUNK = 64 * 1024
_LOOK = 4096  # at a time, when looking ahead
_BEGIN = b"WARC/"
# Where a record begins, for sure or likely; a page that tells of WARC may hold the latter.
_BOUNDARY = re.compile(rb"(?<=\r\n\r\n)WARC/")
_LIKELY = re.compile(rb"WARC/1\.[01]\r?\n[A-Za-z-]{1,40}:")
_OVERLAP = 64
_LENGTH = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Damage:
    """What is wrong at a position."""

    position: str
    text: str


class Record:
    """One record: its header by names in lower case, its position, and its block, to be read before the next one.

    A position is opaque to callers: an offset in the file, and for what does not begin a member, the offset in it.
    """

    def __init__(self, window: "_Window", position: str, headers: Mapping[str, str], length: int) -> None:
        self.position = position
        self.headers = headers
        self._window = window
        self._left = length
        self._is_whole = True

    def read(self, size: int) -> bytes:
        """Give at most `size` bytes of the block; fewer only at its end."""
        found = self._window.take(min(size, self._left))
        self._is_whole = len(found) == min(size, self._left)
        self._left -= len(found)
        return found

    def close(self) -> bool:
        """Pass over what is left of the block; False where it ends before it is whole."""
        return self._is_whole and self._window.skip(self._left) == self._left


def read_records(stream: Stream, start: str | None = None) -> Iterator[Record | Damage]:
    """Give the records of a file from a position on, and each damage in its place; never raises on hostile bytes."""
    inner = int((start or "").partition("+")[2] or 0)
    while True:
        yield from _read_member(stream, inner)
        inner = 0
        if stream.damage or not stream.next_member():
            if not stream.damage:
                return
            yield Damage(str(stream.start), stream.damage)
            if not stream.recover(_is_begin):
                return


def open_stream(file: BinaryIO, position: str | None, packing: Packing | None = None) -> Stream:
    """Give the file from the member on in which `position`, as a record states it, lies."""
    return Stream(file, packing, int((position or "0").partition("+")[0]))


def _is_begin(head: bytes) -> bool:
    return head.startswith(_BEGIN)


def _read_member(stream: Stream, inner: int) -> Iterator[Record | Damage]:
    window = _Window(stream)
    window.skip(inner)
    while window.pass_blank():
        at = window.at
        if not window.peek(len(_BEGIN)).startswith(_BEGIN):
            position = window.position
            window.find(_LIKELY)
            if not stream.damage:
                yield Damage(position, "no record begins here")
            continue
        position = window.position
        head = window.take_head()
        headers = _parse_head(head)
        stated = headers.get("content-length", "")
        if not head or not _LENGTH.fullmatch(stated):
            window.find(_LIKELY)
            if not stream.damage:
                yield Damage(position, f"its header cannot be read (Content-Length {stated[:20]!r})")
            continue
        length = window.true_length(int(stated))
        record = Record(window, position, headers, length)
        yield record
        if not record.close() or length < int(stated):
            if not stream.damage:
                yield Damage(position, f"it states {int(stated):,} bytes and has {window.at - at - len(head):,}")
        elif not window.ends_record():
            yield Damage(position, f"behind the {length:,} bytes that it states comes no record")
            window.find(_LIKELY)


def _parse_head(head: bytes) -> dict[str, str]:
    """Give the fields in lower case; of one that stands twice the first, as a reader who stops there would see it."""
    lines = re.sub(rb"\r?\n[ \t]+", b" ", head).decode("utf-8", errors="backslashreplace").splitlines()
    fields: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


class _Window:
    """A look ahead in one member; `at` counts its bytes."""

    def __init__(self, stream: Stream, chunk: int = _CHUNK) -> None:
        self._stream = stream
        self._chunk = chunk
        self._held = b""
        self.at = 0

    @property
    def position(self) -> str:
        """Where this is, so that it can be found again."""
        if self._stream.packing == "plain":
            return str(self._stream.start + self.at)
        return f"{self._stream.start}+{self.at}" if self.at else str(self._stream.start)

    def peek(self, size: int) -> bytes:
        while len(self._held) < size and (more := self._stream.read(self._chunk)):
            self._held += more
        return self._held[:size]

    def take(self, size: int) -> bytes:
        parts = [self._held[:size]]
        self._held = self._held[size:]
        missing = size - len(parts[0])
        while missing and (more := self._stream.read(min(missing, _CHUNK))):
            parts.append(more)
            missing -= len(more)
        found = b"".join(parts)
        self.at += len(found)
        return found

    def skip(self, size: int) -> int:
        passed = min(size, len(self._held))
        self._held = self._held[passed:]
        if passed < size:
            passed += self._stream.skip(size - passed)
        self.at += passed
        return passed

    def pass_blank(self) -> bool:
        """Pass over line ends; False at the end of the member."""
        while head := self.peek(1):
            if head not in b"\r\n":
                return True
            self.peek(_CHUNK)
            blank = len(self._held) - len(self._held.lstrip(b"\r\n"))
            self.skip(blank)
        return False

    def take_head(self) -> bytes:
        """Take a header up to the empty line that ends it; nothing where there is none."""
        size = find_end(self.peek(_MAX_HEAD_BYTES))
        if not size:
            self.skip(len(_BEGIN))
        return self.take(size)

    def ends_record(self) -> bool:
        """Tell whether a record may begin or the member end here, whatever line ends come before."""
        rest = self.peek(64).lstrip(b"\r\n")
        return rest.startswith(_BEGIN) or _BEGIN.startswith(rest)

    def find(self, mark: re.Pattern[bytes], most: int | None = None) -> bool:
        """Go to where a record seems to begin, within `most` bytes or so; False where there is none."""
        end = None if most is None else self.at + most
        while len(self.peek(self._chunk)) > _OVERLAP and (end is None or self.at < end):
            found = mark.search(self._held)
            if found:
                self.skip(found.start())
                return True
            self.skip(len(self._held) - _OVERLAP)
        self.skip(_OVERLAP)
        return False

    def true_length(self, stated: int) -> int:
        """Give the length of the block from here: where only a plain file can be looked at ahead, else as stated.

        A block that no record follows is cut where the next record seems to begin, so it swallows none.
        """
        if self._stream.packing != "plain":
            return stated
        here = self._stream.start + self.at
        ahead = _Window(Stream(self._stream.file, "plain", here), _LOOK)
        size = ahead.skip(stated)
        if size == stated and ahead.ends_record():
            return stated
        ahead = _Window(Stream(self._stream.file, "plain", here), _LOOK)
        # no further than stated, so that no file makes us read its rest for each of its records
        if ahead.find(_BOUNDARY, stated):
            return min(stated, ahead.at - len(b"\r\n\r\n"))
        return min(stated, size)
