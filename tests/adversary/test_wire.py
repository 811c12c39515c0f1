"""Bodies and frames on the wire are what their standards say, by decoders that are not ours."""

import gzip
import io
import wave
import zlib

import brotli
import pytest
import zstandard
from PIL import Image

from tests.adversary import wire

BODIES = [b"", b"a", b"quiet harbour " * 5, bytes(range(256)) * 2000]


@pytest.mark.parametrize("body", BODIES, ids=len)
def test_codings(body):
    """Other people's decoders read each coding."""
    assert gzip.decompress(wire.encode(body, "gzip")) == body
    assert zlib.decompress(wire.encode(body, "deflate")) == body
    assert brotli.decompress(wire.encode(body, "br")) == body
    assert zstandard.ZstdDecompressor().decompressobj().decompress(wire.encode(body, "zstd")) == body
    assert gzip.decompress(gzip.decompress(wire.encode(body, "gzip, gzip"))) == body


def test_bombs():
    """A bomb gives as many MiB as it says, and takes a hundredth of that at most."""
    for bomb, burst in (
        (wire.bomb_gzip(8), gzip.decompress),
        (wire.bomb_zstd(8), lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content)),
    ):
        assert burst(bomb) == b" " * 8 * 2**20
        assert len(bomb) < 2**20 / 12


def test_websocket():
    """The key is answered as in RFC 6455, 1.3, and a masked frame of 5.7 is read."""
    assert wire.accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    masked = bytes.fromhex("818537fa213d7f9f4d5158")
    assert wire.read_frame(io.BytesIO(masked)) == (1, b"Hello")
    assert wire.frame(b"Hello") == bytes.fromhex("810548656c6c6f")
    assert wire.read_frame(io.BytesIO(wire.frame(b"x" * 300))) == (1, b"x" * 300)


def test_picture():
    """A picture is a PNG of that size, and noise fills it up."""
    plain = Image.open(io.BytesIO(wire.make_png(7, 5, (1, 2, 3))))
    assert (plain.size, plain.getpixel((6, 4))) == ((7, 5), (1, 2, 3))
    noisy = wire.make_png(50, 40, noise=b"quiet")
    Image.open(io.BytesIO(noisy)).load()
    assert len(noisy) > 50 * 40 * 3


def test_sound():
    """Silence is a WAV of that length."""
    with wave.open(io.BytesIO(wire.make_wav(0.5))) as sound:
        assert sound.getnframes() == 4000
