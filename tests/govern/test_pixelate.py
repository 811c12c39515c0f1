"""Tests of pictures in which nobody can be recognised."""

import io

import numpy as np
import pytest
from PIL import Image

from cloneward.govern.pixelate import pixelate

WIDTH, HEIGHT = 320, 240


def make(colours=2):
    """A picture of fine squares, which no blurred picture shows."""
    squares = np.indices((HEIGHT // 4, WIDTH // 4)).sum(axis=0) % colours
    image = Image.fromarray((squares * 255).astype(np.uint8)).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def read(content):
    """The brightness of a picture."""
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("L"), np.float64)


def test_whole():
    """Without a release nothing fine is left anywhere."""
    grey = read(pixelate(make()))
    assert grey.shape == (HEIGHT, WIDTH)
    assert read(make()).std() > 100
    assert grey.std() < 10


def test_released():
    """A released part is clear, and everything outside it is not."""
    grey = read(pixelate(make(), [(0.25, 0.5, 0.75, 1.0)]))
    assert grey[HEIGHT // 2 + 8 : -8, WIDTH // 4 + 8 : 3 * WIDTH // 4 - 8].std() > 100
    assert grey[: HEIGHT // 2 - 8].std() < 10
    assert grey[:, : WIDTH // 4 - 8].std() < 10


@pytest.mark.parametrize("crop", [(0.5, 0.0, 0.5, 1.0), (0.9, 0.0, 0.1, 1.0), (2.0, 2.0, 3.0, 3.0), (-3, -3, -2, -2)])
def test_no_part(crop):
    """A part without area, turned around or outside the picture releases nothing."""
    assert read(pixelate(make(), [crop])).std() < 10


def test_of_our_own_making():
    """No byte of the file, nor what was written into it, reaches whoever looks."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(make())) as image:
        image.save(file, "JPEG", comment=b"ann was here")
    assert b"ann was here" in file.getvalue()
    assert b"ann was here" not in pixelate(file.getvalue(), [(0, 0, 1, 1)])


@pytest.mark.parametrize("content", [b"", b"no picture", make()[:200]])
def test_hostile_bytes(content):
    """What is no picture gives none."""
    assert pixelate(content, [(0, 0, 1, 1)]) is None
