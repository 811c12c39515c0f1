"""Tests of what the first bytes of a file say."""

import io
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.header import Header, is_video, read_header
from cloneward.fingerprint.image import read_image
from cloneward.model.content import Problem
from tests.hostile_images import SIDE_BOMB, encode, make_hostile, make_picture, make_whole_bomb, write_png

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
FILMS = {
    "mp4": b"\0\0\0\x18ftypisom\0\0\0\0isomiso2",
    "long list": b"\0\0\1\0ftypisom" + bytes(240),
    "mov": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "old mov": b"\0\0\1\0moov",
    "mkv": b"\x1a\x45\xdf\xa3\1",
}


def read(content):
    """What bytes are."""
    return read_header(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP"])
def test_pictures(kind):
    """A picture of each kind that is compared is known with its size, without the rest of its bytes where it may be."""
    content = encode(make_picture(size=(240, 130)), kind)
    assert read(content) == Header(is_video=False, height=130, width=240)
    if kind in {"JPEG", "PNG", "BMP"}:
        assert read(content[: len(content) // 2]) == Header(is_video=False, height=130, width=240)


@pytest.mark.parametrize("content", FILMS.values(), ids=FILMS)
def test_films(content):
    """Films in the containers of the web are told by how they begin."""
    assert read(content) == Header(is_video=True)


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"<html>", b"RIFF\0\0\0\0WAVE", HEIC, b"\0" * 99])
def test_what_is_neither(content):
    """Anything else, a kind of picture that is not compared among it, is told."""
    assert read(content).code == "image_unknown"
    assert not is_video(content)


@pytest.mark.timeout(60)
def test_bombs_are_not_decoded():
    """A picture of 2,500 million pixels, honest or not, is refused in no time and hardly any memory."""
    bombs = [make_whole_bomb(), write_png(SIDE_BOMB, SIDE_BOMB, b"")]
    tracemalloc.start()
    began_s = time.process_time()
    found = [read(bomb) for bomb in bombs]
    took_s = time.process_time() - began_s
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [problem.code for problem in found] == ["image_too_large"] * 2
    assert took_s < 0.5
    assert peak_bytes < 4_000_000


def test_hostile_pictures():
    """Whatever a hostile site serves is a header or a problem with a hint, and what can be decoded has a header."""
    found = [(read(one.content), read_image(one.content)[0]) for one in make_hostile().values()]
    for header, picture in found:
        assert isinstance(header, Header) or (header.hint and "object at" not in header.text)
        assert picture is None or {header.height, header.width} == {picture.height, picture.width}
    assert sum(isinstance(header, Problem) for header, _ in found) > 5
    assert sum(picture is not None for _, picture in found) > 5


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"RIFF....WEBP", HEIC]), st.binary())
def test_never_raises(head, rest):
    """Any bytes behind any beginning give a header or a problem."""
    assert isinstance(read(head + rest), Header | Problem)
