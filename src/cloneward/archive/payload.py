"""What an HTTP response or a resource holds, without the codings it was sent in, and never more than is asked for.

Some archivers keep the bytes as sent, some store them decoded and leave the headers as they were: so a coding that
the bytes do not show is taken as already undone.
"""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import brotli
import zstandard

Media = Literal["html", "text"]

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
_UNTOLD_TYPES = frozenset({"", "application/octet-stream", "application/unknown", "unknown/unknown", "*/*"})
_SNIFFED_BYTES = 1024
# Marks with which HTML begins (WHATWG MIME sniffing, 7.1), after white space and comments; nothing is tried twice.
_HTML_BEGIN = re.compile(
    rb"\s*+(?>(?><!--.{0,500}?-->|<\?xml[^>]{0,200}>)\s*+)*+"
    rb"<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CHARSET = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([^\s"';,]{1,40})""", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/[0-9.]{1,5} ([0-9]{3})\b")
# RFC 9110 sets no bound; browsers follow no more, and each may multiply what it is given.
_MAX_CODINGS = 3
# Chunks of a few bytes each are made to be slow: servers send kilobytes at a time.
_MAX_CHUNKS = 500_000
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024  # the most that HTTP allows (RFC 9659)
_ZSTD_PIECE = 1024  # gives 32 MiB at most
_PIECE = 64 * 1024  # what came before a fault is kept, so the bytes go in by pieces


@dataclass(frozen=True)
class Head:
    """Status and fields of an HTTP response, names in lower case, and the length of the head in bytes."""

    status: int
    fields: Mapping[str, str] = field(default_factory=dict)
    size: int = 0


@dataclass(frozen=True)
class Payload:
    """What was decoded. `is_cut`: there was more; `fault`: why the rest could not be decoded.

    `charset`: what the server declared, if it did; the bytes are as it sent them.
    """

    content: bytes
    is_cut: bool = False
    fault: str = ""
    charset: str | None = None


def parse_head(block: bytes) -> Head | None:
    """Give the head with which an HTTP response begins; none where it does not, or where the head does not end."""
    status = _STATUS.match(block)
    size = find_end(block)
    if status is None or not size:
        return None
    fields: dict[str, str] = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", block[:size]).split(b"\n")[1:]:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            key = name.strip().lower()
            fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
    return Head(int(status[1]), fields, size)


def find_end(block: bytes) -> int:
    """Give the length of the head with which a block begins, its empty line with it; 0 where it does not end."""
    place = block.find(b"\r\n\r\n")
    bare = block.find(b"\n\n", 0, None if place < 0 else place)
    if bare >= 0:
        return bare + 2
    return place + 4 if place >= 0 else 0


def detect_media(content_type: str, content: bytes) -> Media | None:
    """Give what a page is by its stated type, by its bytes where none is stated; none for what is no page."""
    stated = content_type.partition(";")[0].partition(",")[0].strip().lower()
    if stated in _HTML_TYPES:
        return "html"
    if stated in _TEXT_TYPES:
        return "text"
    return sniff_media(content) if stated in _UNTOLD_TYPES else None


def may_be_picture(content_type: str) -> bool:
    """Say whether a stated type is that of a picture of pixels, or none."""
    stated = content_type.partition(";")[0].partition(",")[0].strip().lower()
    return stated in _UNTOLD_TYPES or (stated.startswith("image/") and not stated.startswith("image/svg"))


def read_charset(content_type: str) -> str | None:
    """Give the charset that a content type declares, as it is written there; none where it declares none."""
    found = _CHARSET.search(content_type)
    return found[1] if found else None


def sniff_media(content: bytes) -> Media | None:
    """Give what the bytes look like, by their beginning."""
    head = content[:_SNIFFED_BYTES].removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]
    if _HTML_BEGIN.match(head):
        return "html"
    return None if not head.strip() or _CONTROL.search(head) else "text"


def decode_payload(body: bytes, fields: Mapping[str, str], most: int) -> Payload:
    """Undo the codings that the fields name, and give at most `most` bytes."""
    fault = ""
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body, fault = _join_chunks(body)
    codings = [name.strip().lower() for name in fields.get("content-encoding", "").split(",") if name.strip()]
    codings = [name for name in codings if name != "identity"]
    if len(codings) > _MAX_CODINGS:
        return Payload(b"", fault=f"{len(codings)} content codings, one upon another")
    for name in reversed(codings):
        if _HTML_BEGIN.match(body[:_SNIFFED_BYTES]):  # undone already
            break
        undo = _CODINGS.get(name)
        if undo is None:
            return Payload(b"", fault=f"no such content coding: {name[:40]!r}")
        body, told = undo(body, most + 1)
        fault = fault or told
    return Payload(body[:most], is_cut=len(body) > most, fault=fault)


def _join_chunks(body: bytes) -> tuple[bytes, str]:
    """Give the body of a chunked transfer (RFC 9112, 7.1), or the bytes as they are where they are not in chunks."""
    parts: list[bytes] = []
    at = 0
    while head := _CHUNK_HEAD.match(body, at):
        size = int(head[1], 16)
        if size == 0:
            return b"".join(parts), ""
        part = body[head.end() : head.end() + size]
        at = head.end() + size
        parts.append(part)
        if len(parts) > _MAX_CHUNKS:
            return b"".join(parts), f"more than {_MAX_CHUNKS:,} chunks"
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
    if not parts:
        return body, ""
    return b"".join(parts), "its last chunk is missing"


def _gunzip(body: bytes, most: int) -> tuple[bytes, str]:
    return _inflate(body, most, 31) if body.startswith(b"\x1f\x8b") else (body, "")


def _undeflate(body: bytes, most: int) -> tuple[bytes, str]:
    """Undo `deflate`: zlib's form as RFC 9110 says, or the bare one that some servers send."""
    found, fault = _inflate(body, most, 15)
    if fault and not found:
        found, fault = _inflate(body, most, -15)
    return (found, fault) if found else (body, "")


def _inflate(body: bytes, most: int, wbits: int) -> tuple[bytes, str]:
    decoder = zlib.decompressobj(wbits=wbits)
    parts: list[bytes] = []
    size = 0
    try:
        for at in range(0, len(body), _PIECE):
            parts.append(decoder.decompress(body[at : at + _PIECE], most - size))
            size += len(parts[-1])
            if size >= most or decoder.eof:
                return b"".join(parts), ""
    except zlib.error as error:
        return b"".join(parts), f"its compression is damaged ({error})"
    return b"".join(parts), "its compression ends early"


def _unbrotli(body: bytes, most: int) -> tuple[bytes, str]:
    decoder = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        while size < most and not decoder.is_finished():
            parts.append(decoder.process(body, output_buffer_limit=most - size))
            if not parts[-1]:
                break
            size += len(parts[-1])
            body = b""
    except brotli.error:
        return (b"".join(parts), "its compression is damaged") if size else (body, "")
    return b"".join(parts), "" if decoder.is_finished() or size >= most else "its compression ends early"


def _unzstd(body: bytes, most: int) -> tuple[bytes, str]:
    if not body.startswith(b"\x28\xb5\x2f\xfd"):
        return body, ""
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES).decompressobj(read_across_frames=True)
    parts: list[bytes] = []
    size = 0
    try:
        for at in range(0, len(body), _ZSTD_PIECE):
            parts.append(decoder.decompress(body[at : at + _ZSTD_PIECE]))
            size += len(parts[-1])
            if size >= most:
                break
    except zstandard.ZstdError as error:
        return b"".join(parts), f"its compression is damaged ({error})"
    return b"".join(parts), ""


_CODINGS: dict[str, Callable[[bytes, int], tuple[bytes, str]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
