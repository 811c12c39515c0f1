"""A file's bytes through its compression: a bounded amount at a time, whatever the file holds."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import BinaryIO, Literal, Protocol

import zstandard

Packing = Literal["plain", "gzip", "zstd"]

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
# Text packs 3 to 30 times, repeated lines up to 200; beyond this, and this many bytes, it was made to fill memory.
MAX_RATIO = 300
FREE_BYTES = 64 * 1024 * 1024
# What a zstd frame may ask for as its window (the level that `zstd --long` uses without being told to trust it).
_MAX_WINDOW_BYTES = 128 * 1024 * 1024
_MAX_DICTIONARY_BYTES = 16 * 1024 * 1024
_CHUNK = 32 * 1024
# One zstd block takes as little as 4 bytes and gives up to 128 KiB: a KiB gives 32 MiB at most.
_ZSTD_PIECE = 1024
_SKIPPABLE = 0x184D2A50
_DICTIONARY = 0x184D2A5D
# Places that look like the beginning of a member and are none; so many make the file one that was made to be slow.
_MAX_TRIES = 10_000
_SEARCH = 1024 * 1024


def detect_packing(head: bytes) -> Packing:
    """Give how a file is packed, by its first four bytes."""
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    is_skippable = len(head) >= 4 and _is_skippable(struct.unpack("<I", head[:4])[0])  # noqa: PLR2004  one number
    return "zstd" if head.startswith(ZSTD_MAGIC) or is_skippable else "plain"


class Stream:
    """A file as a row of members: gzip members, zstd frames, or all of a plain file as one.

    Nothing raises on hostile bytes: `damage` says why a member ended before its end. Other readers may move the
    file: each read seeks first.

    Attributes:
        start: offset in the file at which the member begins.
        damage: what is wrong with the member; empty while nothing is.
        is_bomb: it was left because it unpacks to too much.
    """

    def __init__(self, file: BinaryIO, packing: Packing | None = None, at: int = 0) -> None:
        self.file = file
        self.packing: Packing = packing or detect_packing(_read_at(file, 0, 4))
        self.start = at
        self.damage = ""
        self.is_bomb = False
        self._at = at  # of the first byte that is not in _raw
        self._raw = b""
        self._ready = memoryview(b"")
        self._given = 0
        self._taken = 0
        self._tries = 0
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        self._decoder: _Decoder | None = None
        if self.packing == "zstd" and at:
            self._read_dictionary(0)
        self._is_over = not self._begin(at)

    def read(self, size: int) -> bytes:
        """Give at most `size` bytes of the member; none at its end, or where `damage` says why it ends here."""
        if self.packing == "plain":
            found = _read_at(self.file, self._at, size)
            self._at += len(found)
            return found
        while not len(self._ready) and not self._is_over:
            self._pull()
        found = self._ready[:size].tobytes()
        self._ready = self._ready[size:]
        return found

    def skip(self, size: int) -> int:
        """Pass over at most `size` bytes of the member; give how many there were, at least."""
        if self.packing == "plain":
            size = max(0, min(size, _size_of(self.file) - self._at))
            self._at += size
            return size
        passed = 0
        while passed < size and (found := self.read(min(size - passed, _SEARCH))):
            passed += len(found)
        return passed

    def next_member(self) -> bool:
        """Go to the member after this one; False at the end of the file, or where `damage` says none begins there."""
        if self.packing == "plain":
            return False
        while self.read(_SEARCH):
            pass
        return not self.damage and self._begin(self._at - len(self._raw))

    def recover(self, is_right: Callable[[bytes], bool]) -> bool:
        """After damage, go to the next member whose first bytes please `is_right`; False where there is none.

        The search starts just behind the beginning of the damaged member, since its own length cannot be trusted;
        after a bomb it starts where that was left.
        """
        if self.packing == "plain":
            return False
        at = self._at - len(self._raw) if self.is_bomb else self.start + 1
        while (at := self._find_magic(at)) >= 0 and self._tries < _MAX_TRIES:
            self._tries += 1
            if self._begin(at) and is_right(self.read(16)):
                return self._begin(at)
            at += 1
        return False

    def _begin(self, at: int) -> bool:
        """Set up for the member at `at`; False at the end of the file, with `damage` where something else follows."""
        if at != self._at - len(self._raw):
            self._raw, self._at = b"", at
        self.start, self.damage, self.is_bomb = at, "", False
        self._ready, self._given, self._taken = memoryview(b""), 0, 0
        if self.packing == "plain":
            return True
        self._fill(len(ZSTD_MAGIC))
        if self.packing == "gzip":
            return self._begin_gzip()
        if not self._skip_frames():
            return False
        self._decoder = _Zstd(self._dictionary)
        return self._expect(ZSTD_MAGIC, "zstd frame")

    def _begin_gzip(self) -> bool:
        while self._raw.startswith(b"\0"):  # tapes and some copiers pad with zeros
            self._raw = self._raw.lstrip(b"\0")
            self._fill(len(GZIP_MAGIC))
        self.start = self._at - len(self._raw)
        self._decoder = _Gzip()
        return self._expect(GZIP_MAGIC, "gzip member")

    def _expect(self, magic: bytes, what: str) -> bool:
        self._is_over = not self._raw.startswith(magic)
        if self._is_over and self._raw:
            self.damage = f"no {what} begins here"
        return not self._is_over

    def _skip_frames(self) -> bool:
        """Pass over zstd's skippable frames; the first of a file may be the dictionary of all its frames."""
        while len(self._raw) >= 4 and _is_skippable(struct.unpack("<I", self._raw[:4])[0]):  # noqa: PLR2004
            at = self._at - len(self._raw)
            self._fill(8)
            if len(self._raw) < 8:  # noqa: PLR2004  magic and length
                break
            if at == 0:
                self._read_dictionary(0)
            end = at + 8 + struct.unpack("<I", self._raw[4:8])[0]
            self._raw, self._at = b"", end
            self.start = end
            self._fill(len(ZSTD_MAGIC))
        return bool(self._raw)

    def _read_dictionary(self, at: int) -> None:
        head = _read_at(self.file, at, 8)
        if len(head) < 8 or struct.unpack("<I", head[:4])[0] != _DICTIONARY:  # noqa: PLR2004
            return
        content = _read_at(self.file, at + 8, min(struct.unpack("<I", head[4:])[0], _MAX_DICTIONARY_BYTES))
        try:
            if content.startswith(ZSTD_MAGIC):
                limits = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES)
                with limits.stream_reader(io.BytesIO(content)) as unpacked:
                    content = unpacked.read(_MAX_DICTIONARY_BYTES)
            self._dictionary = zstandard.ZstdCompressionDict(content)
        except zstandard.ZstdError:
            self._dictionary = None  # the frames that need it will say so

    def _pull(self) -> None:
        """Unpack some more: sets `_ready`, or ends the member."""
        decoder = self._decoder
        if decoder is None or not self._fill(1):
            self.damage, self._is_over = "the file ends within it", True
            return
        before = len(self._raw)
        try:
            found, self._raw = decoder.unpack(self._raw)
        except (zlib.error, zstandard.ZstdError) as error:
            self.damage, self._is_over = f"its compression is damaged ({error})", True
            return
        self._taken += before - len(self._raw)
        self._given += len(found)
        self._ready = memoryview(found)
        if decoder.eof:
            self._is_over = True
        elif self._given > FREE_BYTES and self._given > MAX_RATIO * self._taken:
            self.damage = f"it unpacks to over {MAX_RATIO} times its size"
            self.is_bomb = self._is_over = True

    def _fill(self, size: int) -> bool:
        while len(self._raw) < size and (more := _read_at(self.file, self._at, _CHUNK)):
            self._raw += more
            self._at += len(more)
        return len(self._raw) >= size

    def _find_magic(self, at: int) -> int:
        magic = GZIP_MAGIC if self.packing == "gzip" else ZSTD_MAGIC
        while len(piece := _read_at(self.file, at, _SEARCH)) >= len(magic):
            if (place := piece.find(magic)) >= 0:
                return at + place
            at += len(piece) - len(magic) + 1
        return -1


class _Decoder(Protocol):
    eof: bool

    def unpack(self, raw: bytes) -> tuple[bytes, bytes]:
        """Give what some of `raw` unpacks to, and the rest of it."""


class _Gzip:
    """One gzip member."""

    def __init__(self) -> None:
        self.eof = False
        self._decoder = zlib.decompressobj(wbits=31)

    def unpack(self, raw: bytes) -> tuple[bytes, bytes]:
        found = self._decoder.decompress(raw, _SEARCH)
        self.eof = self._decoder.eof
        return found, self._decoder.unused_data if self.eof else self._decoder.unconsumed_tail


class _Zstd:
    """One zstd frame."""

    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None) -> None:
        self.eof = False
        limits = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_MAX_WINDOW_BYTES)
        self._decoder = limits.decompressobj()

    def unpack(self, raw: bytes) -> tuple[bytes, bytes]:
        found = self._decoder.decompress(raw[:_ZSTD_PIECE])
        self.eof = self._decoder.eof
        return found, (self._decoder.unused_data if self.eof else b"") + raw[_ZSTD_PIECE:]


def _is_skippable(number: int) -> bool:
    return number & 0xFFFFFFF0 == _SKIPPABLE


def _read_at(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _size_of(file: BinaryIO) -> int:
    return file.seek(0, io.SEEK_END)
