"""Bodies and frames as they stand on the wire, made with the standard library alone.

Brotli and Zstandard streams are made of stored blocks: every decoder must read them, and none of ours wrote them.
"""

import base64
import gzip
import hashlib
import struct
import zlib
from collections.abc import Iterator

STORED_BYTES = 65_536  # of one stored block of Brotli (RFC 7932, 9.2: MLEN in four nibbles)
ZSTD_BYTES = 131_072  # of one block of Zstandard (RFC 8878, 3.1.1.2.4)
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_WINDOW = b"\x00\x50"  # no content size, no checksum; window of 1 MiB
WEBSOCKET_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
TEXT_FRAME, CLOSE_FRAME = 0x81, 0x88


def encode(body: bytes, coding: str) -> bytes:
    """The body in a content coding: gzip, deflate, br or zstd; with commas, one after the other."""
    for name in filter(None, (part.strip() for part in coding.split(","))):
        body = _CODINGS[name](body)
    return body


def _store_brotli(body: bytes) -> bytes:
    """Stored meta-blocks after a header for a window of 64 KiB (one bit, RFC 7932, 9.1), then an empty last one."""
    out = bytearray()
    bits, held = 0, 1  # WBITS = 16 is the single bit 0
    for at in range(0, len(body), STORED_BYTES):
        block = body[at : at + STORED_BYTES]
        # ISLAST 0, MNIBBLES 00 (four), MLEN - 1 in 16 bits, ISUNCOMPRESSED 1; then up to the next byte.
        bits |= (len(block) - 1) << (held + 3) | 1 << (held + 19)
        held += 20
        out += bits.to_bytes((held + 7) // 8, "little") + block
        bits, held = 0, 0
    bits |= 0b11 << held  # ISLAST and ISLASTEMPTY
    return bytes(out) + bits.to_bytes((held + 9) // 8, "little")


def _store_zstd(body: bytes) -> bytes:
    out = bytearray(ZSTD_MAGIC + ZSTD_WINDOW)
    blocks = [body[at : at + ZSTD_BYTES] for at in range(0, len(body), ZSTD_BYTES)] or [b""]
    for number, block in enumerate(blocks):
        is_last = number == len(blocks) - 1
        out += (len(block) << 3 | is_last).to_bytes(3, "little") + block
    return bytes(out)


_CODINGS = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "br": _store_brotli,
    "zstd": _store_zstd,
}


def bomb_gzip(mebibytes: int) -> bytes:
    """So many MiB of blanks in a thousandth of the bytes."""
    squeeze = zlib.compressobj(9, wbits=31)
    piece = b" " * 2**20
    return b"".join([*(squeeze.compress(piece) for _ in range(mebibytes)), squeeze.flush()])


def bomb_zstd(mebibytes: int) -> bytes:
    """So many MiB of blanks, as blocks that repeat one byte: four bytes for each 128 KiB."""
    block = (ZSTD_BYTES << 3 | 1 << 1).to_bytes(3, "little") + b" "
    return ZSTD_MAGIC + ZSTD_WINDOW + block * (8 * mebibytes) + b"\x01\x00\x00"


def accept_key(key: str) -> str:
    """What a WebSocket server answers to the key of a client (RFC 6455, 4.2.2)."""
    digest = hashlib.sha1(key.encode("latin-1") + WEBSOCKET_KEY, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def frame(payload: bytes, kind: int = TEXT_FRAME) -> bytes:
    """One unmasked frame of a WebSocket, of less than 64 KiB."""
    if len(payload) < 126:
        return bytes((kind, len(payload))) + payload
    return bytes((kind, 126)) + struct.pack(">H", len(payload)) + payload


def read_frame(reader) -> tuple[int, bytes]:
    """Opcode and payload of one frame of a client; opcode 8 (close) where the link ends."""
    head = reader.read(2)
    if len(head) < 2:
        return 8, b""
    length = head[1] & 0x7F
    if length == 126:
        length = int.from_bytes(reader.read(2), "big")
    elif length == 127:
        length = min(int.from_bytes(reader.read(8), "big"), 2**20)
    mask = reader.read(4) if head[1] & 0x80 else bytes(4)
    payload = reader.read(length)
    return head[0] & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def make_png(width: int, height: int, colour: tuple[int, int, int] = (90, 140, 60), *, noise: bytes = b"") -> bytes:
    """A picture of one colour, stored without compression where it is filled up with noise."""
    row = b"\x00" + bytes(colour) * width
    rows = row * height
    if noise:
        size = len(rows)
        filler = (noise * (size // len(noise) + 1))[:size]
        rows = b"".join(b"\x00" + filler[at + 1 : at + len(row)] for at in range(0, size, len(row)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(rows, 0 if noise else 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_wav(seconds: float) -> bytes:
    """Silence: 8 kHz, 8 bits, one channel."""
    count = int(8000 * seconds)
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", 36 + count, b"WAVE", b"fmt ", 16)
        + form
        + struct.pack("<4sI", b"data", count)
        + b"\x80" * count
    )


def chunk(piece: bytes) -> bytes:
    """One chunk of a chunked body; the empty one is the last."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def cut_pieces(body: bytes, size: int) -> Iterator[bytes]:
    """The successive parts of so many bytes."""
    for at in range(0, len(body), size):
        yield body[at : at + size]
