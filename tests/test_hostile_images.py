"""The hostile pictures are what they claim to be: a test that is fed less proves less."""

import io
import warnings

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.hostile_images import SIDE_BOMB, make_hostile, make_long_animation, make_picture, make_whole_bomb

HOSTILE = make_hostile()


def read_size(content):
    """The size that the header promises; nothing is decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(io.BytesIO(content)).size
        finally:
            Image.MAX_IMAGE_PIXELS = limit


@pytest.mark.parametrize("name", [name for name, made in HOSTILE.items() if made.shows_picture])
def test_shows_picture(name):
    """What is said to show the picture shows it to a careful reader, upright and in its colours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = ImageOps.exif_transpose(Image.open(io.BytesIO(HOSTILE[name].content)))
        pixels = np.asarray(seen.convert("RGBA").convert("RGB"), np.int16)
    off = np.abs(pixels - np.asarray(make_picture(), np.int16))
    assert pixels.shape == (300, 400, 3)
    assert off.mean() < 12


@pytest.mark.parametrize("name", ["bomb.png", "bomb.jpg", "bomb.gif", "bomb.bmp", "bomb.tiff"])
def test_bombs_promise_much(name):
    """A file of a few kilobytes promises 2.5 thousand million pixels."""
    assert read_size(HOSTILE[name].content) == (SIDE_BOMB, SIDE_BOMB)
    assert len(HOSTILE[name].content) < 100_000


def test_whole_bomb():
    """The whole bomb keeps its promise in less than a megabyte."""
    content = make_whole_bomb()
    assert read_size(content) == (SIDE_BOMB, SIDE_BOMB)
    assert len(content) < 1_000_000


def test_long_animation():
    """Each frame of the long animation can be read, to the last."""
    picture = Image.open(io.BytesIO(make_long_animation(300)))
    picture.seek(299)
    picture.load()
    assert picture.size == (1, 1)
    with pytest.raises(EOFError):
        picture.seek(300)
