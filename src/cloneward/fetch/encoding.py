"""Content codings undone piece by piece, so that no answer, however it was folded, takes more than its share.

Ten kilobytes may unfold to ten gigabytes, and may do so twice over. So each step of each coding gives a small piece,
and each piece is metered before the next one is made.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Protocol, cast

import brotli
import zstandard

STEP_BYTES = 64 * 1024
# RFC 9659: the window of zstd on the web. Brotli's own is at most 16 MiB, zlib's 32 KiB.
_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
# A server that folds twice by mistake has been seen; three times is no mistake.
_MOST_LAYERS = 3
_GZIP_MAGIC = b"\x1f\x8b"

# What `unfold` raises where the bytes are not in the coding that was declared, or end before it does.
FAULTS = (zlib.error, brotli.error, zstandard.ZstdError, EOFError)

Pieces = Iterator[bytes]


class Meter(Protocol):
    """Counts what is unfolded, and raises where it is too much or has taken too long."""

    def add(self, size_bytes: int) -> None:
        """Count bytes that a coding gave."""
        ...


def read_codings(header: str) -> list[str] | None:
    """Give the codings of a Content-Encoding in the order they were applied; None if we cannot undo them."""
    names = [name.strip().lower() for name in header.split(",")]
    codings = [name.removeprefix("x-") for name in names if name not in {"", "identity"}]
    return codings if len(codings) <= _MOST_LAYERS and all(name in _UNFOLDERS for name in codings) else None


def unfold(pieces: Iterable[bytes], codings: list[str], meter: Meter) -> Pieces:
    """Give the pieces with all codings undone, each of at most about `STEP_BYTES`.

    Raises:
        FAULTS: all that could be undone was given before. Whatever `pieces` and `meter` raise comes through.
    """
    unfolded = iter(pieces)
    for coding in reversed(codings):
        unfolded = _UNFOLDERS[coding](filter(None, unfolded), meter)
    return unfolded


def _gunzip(pieces: Pieces, meter: Meter) -> Pieces:
    machine = None
    for piece in pieces:
        rest = piece
        while rest:
            if machine is None or machine.eof:
                if machine and not _GZIP_MAGIC.startswith(rest[:2]) and not rest.startswith(_GZIP_MAGIC):
                    return  # padding after the last member, which gzip and browsers pass over
                machine = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield from _inflate(machine, rest, meter)
            rest = machine.unused_data
    if machine and not machine.eof:
        raise EOFError("gzip ends early")


def _undeflate(pieces: Pieces, meter: Meter) -> Pieces:
    machine = None
    for piece in pieces:
        if machine is None:  # RFC 9110 means zlib's form, and some servers send it without zlib's two bytes
            is_zlib = piece[0] & 15 == zlib.DEFLATED and (len(piece) < 2 or int.from_bytes(piece[:2], "big") % 31 == 0)  # noqa: PLR2004
            machine = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        if machine.eof:
            return
        yield from _inflate(machine, piece, meter)
    if machine and not machine.eof:
        raise EOFError("deflate ends early")


def _inflate(machine: "zlib._Decompress", piece: bytes, meter: Meter) -> Pieces:
    rest = piece
    while not machine.eof:
        part = machine.decompress(rest, STEP_BYTES)
        meter.add(len(part))
        yield part
        rest = machine.unconsumed_tail
        if not rest and len(part) < STEP_BYTES:
            return


def _unbrotli(pieces: Pieces, meter: Meter) -> Pieces:
    machine = brotli.Decompressor()
    piece = b""
    for piece in pieces:
        rest = piece
        while not machine.is_finished():
            part = machine.process(rest, output_buffer_limit=STEP_BYTES)
            meter.add(len(part))
            yield part
            rest = b""
            # It may still hold output where it says that it takes more input (brotli 1.2.1): only silence is the end.
            if not part and machine.can_accept_more_data():
                break
    if piece and not machine.is_finished():
        raise EOFError("brotli ends early")


def _unzstd(pieces: Pieces, meter: Meter) -> Pieces:
    machine = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    reader = machine.stream_reader(cast("IO[bytes]", _Source(pieces)), read_across_frames=True)  # it only reads
    while part := reader.read(STEP_BYTES):
        meter.add(len(part))
        yield part


class _Source:
    """Pieces as something to read from; `zstandard` asks for what it can take and takes what it gets."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int) -> bytes:
        rest = self._rest or next(self._pieces, b"")
        self._rest = rest[size:]
        return rest[:size]


_UNFOLDERS: dict[str, Callable[[Pieces, Meter], Pieces]] = {
    "gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
