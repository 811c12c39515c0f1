"""Tests of cloneward.archive.payload."""

import gzip
import time
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive.payload import (
    Payload,
    decode_payload,
    detect_media,
    may_be_picture,
    parse_head,
    read_charset,
    sniff_media,
)
from tests.archive.crawl import http

WORDS = b"<p>some words " * 5_000
MOST = 1_000_000
PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def bare_deflate(body):
    """Deflate without zlib's head, as some servers send it."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


PACKERS["Deflate"] = bare_deflate


def chunk(body, size=1_000, end=b"0\r\n\r\n"):
    """A body in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + end


def decode(body, coding="", chunked="", most=MOST):
    """What a body under these codings decodes to."""
    return decode_payload(body, {"content-encoding": coding, "transfer-encoding": chunked}, most)


@pytest.mark.parametrize("coding", PACKERS)
def test_codings_are_undone(coding):
    """Every coding that browsers ask for is undone, alone, in chunks, and one upon another."""
    packed = PACKERS[coding](WORDS)
    assert decode(packed, coding) == Payload(WORDS)
    assert decode(chunk(packed), coding, "chunked") == Payload(WORDS)
    assert decode(gzip.compress(packed), f"{coding}, gzip") == Payload(WORDS)


@pytest.mark.parametrize("coding", [*PACKERS, "identity", "", "none-such"])
def test_codings_that_are_already_undone(coding):
    """Bytes that are HTML already are kept as they are, whatever the fields still say."""
    assert decode(b"<!DOCTYPE html><p>some words", coding, "chunked") == Payload(b"<!DOCTYPE html><p>some words")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_text_that_is_already_decoded(coding):
    """Plain words under a coding that they do not have are kept, or said to be no such thing."""
    found = decode(b"Some plain words that nobody packed, as they are.", coding)
    assert found.content == b"Some plain words that nobody packed, as they are." or found.fault


@pytest.mark.parametrize("coding", PACKERS)
def test_bombs_are_cut(coding):
    """What unpacks to 64 MB is cut at what was asked for, and said to be, in about that much memory."""
    packed = PACKERS[coding](bytes(1 << 26))
    tracemalloc.start()
    found = decode(packed, coding)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.content, found.is_cut) == (bytes(MOST), True)
    assert peak < 40_000_000


@pytest.mark.parametrize("coding", ["gzip", "deflate", "Deflate"])
def test_damaged_compression(coding):
    """What stands before the damage is kept, and the damage is told."""
    packed = PACKERS[coding](bytes(range(256)) * 4_000)
    found = decode(packed[: len(packed) // 2], coding)
    assert found.content
    assert "ends early" in found.fault
    found = decode(WORDS[:1] + packed, coding)
    assert found.fault or found.content == WORDS[:1] + packed


@pytest.mark.parametrize(
    ("body", "content", "fault"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello", ""),
        (b"5;name=value\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", b"hello", ""),
        (b"5\nhello\n0\n\n", b"hello", ""),
        (b"005\r\nhello\r\n0\r\n\r\n", b"hello", ""),
        (b"5\r\nhel", b"hel", "its last chunk is missing"),
        (b"5\r\nhello\r\nzz\r\n", b"hello", "its last chunk is missing"),
        (b"ffffffff\r\nhello", b"hello", "its last chunk is missing"),
        (b"fffffffff\r\nhello", b"fffffffff\r\nhello", ""),
        (b"no chunks at all", b"no chunks at all", ""),
        (b"", b"", ""),
    ],
)
def test_chunks(body, content, fault):
    """Chunks are joined, and what only claims to be in chunks is kept as it is."""
    assert decode(body, chunked="Chunked") == Payload(content, fault=fault)


@pytest.mark.timeout(20)
def test_tiny_chunks_are_bounded():
    """Millions of chunks of one byte take a bounded time, and what was joined by then is kept."""
    began = time.perf_counter()
    found = decode(chunk(b"x" * 100, 1, b"") * 100_000, chunked="chunked")
    assert time.perf_counter() - began < 10
    assert found.fault == "more than 500,000 chunks"


@pytest.mark.parametrize(
    ("coding", "fault"),
    [("none-such", "no such content coding: 'none-such'"), ("gzip," * 4, "4 content codings, one upon another")],
)
def test_codings_that_are_not_undone(coding, fault):
    """A coding that we do not know, or a pile of them, is told."""
    assert decode(gzip.compress(WORDS), coding) == Payload(b"", fault=fault)


@pytest.mark.parametrize(
    ("content_type", "content", "media"),
    [
        ("text/html", b"\0", "html"),
        ("Text/HTML; charset=utf-8", b"", "html"),
        ("application/xhtml+xml", b"", "html"),
        ("text/plain", b"<html>", "text"),
        ("text/markdown", b"", "text"),
        ("image/png", b"<html>", None),
        ("application/json", b"{}", None),
        ("text/css", b"<html>", None),
        ("", b" <!doctype html>", "html"),
        ("application/octet-stream", b"<!-- x --><?xml version='1.0'?><HTML>", "html"),
        ("", b"\xef\xbb\xbf<p>", "html"),
        ("", "<html >".encode("utf-16"), "html"),
        ("", "some words".encode("utf-16"), "text"),
        ("", b"some words", "text"),
        ("", b"\x89PNG\r\n\x1a\n\0", None),
        ("", b" ", None),
        ("", b"<!---->" * 10_000, "text"),
    ],
)
def test_media(content_type, content, media):
    """A page is told by its stated type, and by its bytes only where none is stated."""
    assert detect_media(content_type, content) == media


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; charset=UTF-8", "UTF-8"),
        ("text/html;Charset = 'koi8-r' ; x=y", "koi8-r"),
        ('text/html; charset="cp1251", text/html', "cp1251"),
        ("text/html; charset=", None),
        ("text/html", None),
        ("", None),
    ],
)
def test_declared_charsets(content_type, charset):
    """The charset of a content type is taken as it stands there, in quotes or not."""
    assert read_charset(content_type) == charset


@pytest.mark.timeout(5)
def test_sniffing_is_fast():
    """No beginning and no content type makes the sniffing slow."""
    read_charset("charset" * 100_000 + "charset" + " " * 100_000)
    for content in [b"<!---->" * 200, b"<!--" * 300, b"<?xml" * 300, b" " * 2_000, b"<?xml>" * 200 + b"<"]:
        sniff_media(content)


def test_heads():
    """Status and fields are read in any case, folded or twice; the body begins behind the empty line."""
    block = http(b"body", vary="a", Vary="b", x_folded="one\r\n two")
    head = parse_head(block)
    assert (head.status, block[head.size :]) == (200, b"body")
    assert head.fields == {"content-type": "text/html", "vary": "a, b", "x-folded": "one two"}
    assert parse_head(b"HTTP/2 404 \n\nbody").status == 404
    for block in [b"", b"HTTP/1.1 200 OK\r\n", b"<p>some words\r\n\r\n", b"HTTP/1.1 2000\r\n\r\n", b"ICY 200\r\n\r\n"]:
        assert parse_head(block) is None


@given(st.binary(max_size=300), st.sampled_from(["", *PACKERS, "gzip, br"]), st.booleans())
def test_never_raises(body, coding, is_chunked):
    """Any bytes under any coding give at most what was asked for."""
    found = decode(body, coding, "chunked" if is_chunked else "", 50)
    assert len(found.content) <= 50
    parse_head(b"HTTP/1.1 200" + body)
    sniff_media(body)


@pytest.mark.parametrize(
    ("media", "told"),
    [
        ("image/png", True),
        ("Image/JPEG; q=1", True),
        ("", True),
        ("application/octet-stream", True),
        ("image/svg+xml", False),
        ("text/html", False),
        ("video/mp4", False),
    ],
)
def test_what_may_be_a_picture(media, told):
    """A stated type of pixels, or none that says anything, may be a picture; a drawing is none."""
    assert may_be_picture(media) is told
