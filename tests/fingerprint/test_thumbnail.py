"""Pictures of our own making: what they show, what they hide, and that nothing of a file gets into them."""

import io
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cloneward.fingerprint.image import read_image
from cloneward.fingerprint.thumbnail import BLURRED_SIDE, SIDE, make_thumbnail
from tests.hostile_images import HTML, encode, make_hostile, make_picture, make_rotated, make_whole_bomb

HOSTILE = make_hostile()
PICTURE = make_picture(size=(800, 600))


def open_made(made):
    """Give the pixels of a thumbnail."""
    return Image.open(io.BytesIO(made.content))


def differ(one, other):
    """Give the mean difference of two pictures, in levels."""
    other = other.convert("RGB").resize(one.size)
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean())


@pytest.mark.parametrize("name", HOSTILE)
def test_gives_what_is_read_and_nothing_else(name):
    """Of any file that is read there is a small JPEG, of any other none, and no markup of it comes through."""
    content = HOSTILE[name].content
    made = make_thumbnail(content, is_blurred=False)
    assert (made is None) == (read_image(content)[0] is None)
    if made is not None:
        image = open_made(made)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (made.width, made.height))
        assert max(image.size) <= SIDE
        assert not image.getexif()
        assert HTML not in made.content
        assert b"<" + b"script" not in made.content


SHOWN = [name for name, made in HOSTILE.items() if made.shows_picture and not name.endswith(".tiff")]


@pytest.mark.parametrize("name", SHOWN)
def test_shows_what_a_viewer_shows(name):
    """Whatever its kind, depth and turn, a sharp one is the picture upright and in its colours."""
    made = make_thumbnail(HOSTILE[name].content, is_blurred=False)
    assert differ(open_made(made), make_picture()) < 12


def test_a_turned_picture_is_not_taken_for_an_upright_one():
    """The measure above tells a picture on its side from one that stands."""
    made = open_made(make_thumbnail(make_rotated(PICTURE)["exif3.jpg"].content, is_blurred=False))
    assert differ(made, PICTURE) < 12 < differ(made, PICTURE.transpose(Image.Transpose.ROTATE_180))


def test_what_is_transparent_is_white():
    """A picture of nothing but glass is white, not black."""
    glass = encode(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")
    assert np.asarray(open_made(make_thumbnail(glass, is_blurred=False))).min() > 250


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (40, 30), (1, 900), (900, 1)])
def test_blurred_unless_asked(size):
    """What is blurred is no sharper than so few pixels, whatever the size: hardly anything of finer detail is left."""
    made = make_thumbnail(encode(make_picture(size=(640, 480)).resize(size), "PNG"))
    assert made.is_blurred
    pixels = np.asarray(open_made(made).convert("L"), float)
    few = Image.fromarray(pixels.astype(np.uint8))
    few = few.resize([max(1, min(side, math.ceil(BLURRED_SIDE * side / max(size)))) for side in few.size])
    again = np.asarray(few.resize((pixels.shape[1], pixels.shape[0]), Image.Resampling.BICUBIC), float)
    assert np.abs(pixels - again).mean() < 6


def test_stripes_vanish():
    """Stripes of 10 px, which a sharp thumbnail shows in full contrast, are even grey in a blurred one."""
    stripes = Image.fromarray(((np.arange(320)[None, :] // 10 % 2) * 255 * np.ones((320, 1))).astype(np.uint8))
    content = encode(stripes, "PNG")
    made = (make_thumbnail(content, is_blurred=wanted) for wanted in (False, True))
    sharp, blurred = (np.asarray(open_made(each).convert("L"), float) for each in made)
    assert sharp.std() > 100
    assert blurred.std() < 3


def test_a_small_picture_is_blurred_too():
    """A picture that is small enough as it is loses its detail all the same."""
    chance = np.random.default_rng(1).integers(0, 256, (16, 16), np.uint8)
    blurred = open_made(make_thumbnail(encode(Image.fromarray(chance), "PNG"))).convert("L")
    assert np.asarray(blurred, float).std() < 0.6 * chance.std()


def test_outline_is_drawn_around_the_part():
    """The edges of the part are drawn, its middle is left alone; one that makes no sense draws nothing."""
    content = encode(Image.new("RGB", (320, 320), (90, 120, 90)), "PNG")
    made = make_thumbnail(content, crop=(0.25, 0.5, 0.75, 1.0))
    assert made.is_outlined
    pixels = np.asarray(open_made(made).convert("L"), int)
    assert pixels[240, 76:84].min() < 60
    assert pixels[240, 76:84].max() > 200
    assert abs(pixels[240, 160] - pixels[20, 20]) < 3
    plain = make_thumbnail(content)
    assert not plain.is_outlined
    assert make_thumbnail(content, crop=(0.7, 0.0, 0.2, 1.0)) == plain
    assert make_thumbnail(content, crop=(0.0, 0.0, 1.0, 1.0)) == plain
    assert make_thumbnail(content, crop=(0.002, -0.004, 1.0, 0.993)) == plain
    assert make_thumbnail(content, crop=(0.03, 0.0, 1.0, 1.0)).is_outlined


@pytest.mark.parametrize("mode", ["P", "1", "L"])
def test_fine_patterns_are_averaged(mode):
    """A board of black and white pixels becomes grey when it is made small, of whatever kind its file is."""
    board = Image.fromarray(((np.indices((1280, 1280)).sum(0) % 2) * 255).astype(np.uint8)).convert(mode)
    made = make_thumbnail(encode(board, "PNG"), is_blurred=False)
    assert 100 < np.asarray(open_made(made)).min() <= np.asarray(open_made(made)).max() < 155


def test_same_bytes_same_thumbnail():
    """The same file gives the same thumbnail, so that a report can be made again."""
    assert make_thumbnail(encode(PICTURE)) == make_thumbnail(encode(PICTURE))


def test_a_picture_that_unfolds_is_refused():
    """A file of few bytes with more pixels than are decoded gives none, and takes no memory."""
    tracemalloc.start()
    assert make_thumbnail(make_whole_bomb()) is None
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


FRAGILE = st.sampled_from(["half.png", "exif6.jpg", "animated.gif", "glass.webp"])


@given(st.binary(max_size=300), FRAGILE, st.integers(0, 400))
def test_never_raises(noise, name, at):
    """Bytes that were changed anywhere give a picture or none."""
    content = HOSTILE[name].content
    made = make_thumbnail(content[:at] + noise + content[at + len(noise) :])
    assert made is None or made.content.startswith(b"\xff\xd8")
