"""Makes WARCs byte by byte, so that a test may lie in any field; honest ones are checked against two other readers."""

import gzip
import io
import zlib

import zstandard

DATE = "2026-01-02T03:04:05Z"


def http(body=b"<p>some words", media="text/html", status="200 OK", **fields):
    """An HTTP response as it came over the wire; an underscore in a field's name stands for a hyphen."""
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {media}"] if media else [])]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def record(url="http://a.test/", block=None, kind="response", version="1.1", length=None, **fields):
    """One WARC record. `length` is what it states, true if none."""
    block = http() if block is None else block
    media = {"response": "application/http; msgtype=response", "resource": "text/html"}.get(kind, "text/plain")
    named = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-0000-0000-{zlib.crc32(url.encode()):012x}>",
        "WARC-Date": DATE,
        "WARC-Target-URI": url,
        "Content-Type": media,
        "Content-Length": len(block) if length is None else length,
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"WARC/{version}", *(f"{name}: {value}" for name, value in named.items() if value is not None)]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def pack(*records, packing="gzip"):
    """A file of records, each a member of its own where it is packed."""
    if packing == "gzip":
        return b"".join(gzip.compress(one, mtime=0) for one in records)
    if packing == "zstd":
        return b"".join(zstandard.ZstdCompressor(write_checksum=True).compress(one) for one in records)
    return b"".join(records)


def pages(*urls):
    """Records of pages, each with words of its own."""
    return [record(url, http(f"<p>words of {url}".encode())) for url in urls]


class Watched(io.BytesIO):
    """A file that counts how much of it is read."""

    taken = 0

    def read(self, size=-1):
        """Read, and count."""
        found = super().read(size)
        self.taken += len(found)
        return found
