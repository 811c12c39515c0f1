"""Bytes of images to brightness, and images that are none."""

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from cloneward.fingerprint.image import LEAST_SIDE, MAX_WHOLE_PIXELS, Picture, read_image, trim_borders
from tests.hostile_images import (
    encode,
    make_hostile,
    make_long_animation,
    make_picture,
    make_rotated,
    make_whole_bomb,
    write_png,
)

ROOT = Path(__file__).parents[2]
HOSTILE = make_hostile()
REFUSED = {
    "image_too_large": "bomb.png bomb.jpg bomb.gif bomb.bmp bomb.webp wide.png scans.jpg",
    "image_damaged": (
        "text.png profile.png half.jpeg half.png half.gif half.webp half.bmp head.jpeg head.png head.webp head.bmp"
    ),
    "image_unknown": (
        "head.gif empty.jpg zeros.jpg checksum.png none.png none.jpg html.jpg drawing.png script.gif "
        "bomb.tiff half.tiff head.tiff pages.tiff cmyk.tiff grey16.tiff float.tiff lab.tiff"
    ),
}
SEVERAL = {"animated.gif", "animated.webp", "animated.png"}
SHOWN = [name for name, made in HOSTILE.items() if made.shows_picture and not name.endswith(".tiff")]
GREYS = ["grey16.png", "grey.jpg", "bilevel.png"]
GLASS = ["glass.png", "glass.webp"]
TURNED = make_rotated(make_picture(5, (640, 520)))


def read_codes(content):
    """Give the picture and the codes of the problems."""
    picture, problems = read_image(content)
    return picture, [problem.code for problem in problems]


def measure_luma(image):
    """Give the brightness of each pixel as BT.601 has it."""
    return np.asarray(image.convert("RGB"), np.float64) @ (0.299, 0.587, 0.114)


def make_lossless(side):
    """Give a lossless JPEG in three planes, all grey: libjpeg decodes it at full size and in colours alone."""

    def add_segment(mark, body):
        return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body

    frame = struct.pack(">BHHB", 8, side, side, 3) + b"".join(bytes([plane, 0x11, 0]) for plane in (1, 2, 3))
    codes = b"\0" + bytes([1, *[0] * 15]) + b"\0"  # one code, one bit long: as the pixel before
    scan = b"\x03" + b"".join(bytes([plane, 0]) for plane in (1, 2, 3)) + b"\x01\0\0"
    head = add_segment(0xC3, frame) + add_segment(0xC4, codes) + add_segment(0xDA, scan)
    return b"\xff\xd8" + head + bytes(side * side * 3 // 8 + 1) + b"\xff\xd9"


def test_every_hostile_file_has_its_expectation():
    """No file of the collection is left out below."""
    listed = {name for names in REFUSED.values() for name in names.split()}
    others = set("one.png one.gif line.png uniform.jpg".split()) | {*GREYS, *GLASS}
    assert {*listed, *SHOWN, *others} == set(HOSTILE)


@pytest.mark.parametrize("name", SHOWN)
def test_shows_what_a_viewer_shows(name):
    """Whatever its kind, colours, depth, metadata and what hangs on behind: the picture is read, upright."""
    picture, codes = read_codes(HOSTILE[name].content)
    assert codes == (["image_animated"] if name in SEVERAL else [])
    assert (picture.height, picture.width, picture.scale) == (300, 400, 1)
    assert picture.grey.dtype == np.float32
    assert np.abs(picture.grey - measure_luma(make_picture())).mean() < 8


@pytest.mark.parametrize("name", GREYS)
def test_shows_other_greys(name):
    """Grey of 1, 8 and 16 bits is read on one scale."""
    picture, codes = read_codes(HOSTILE[name].content)
    assert codes == []
    assert abs(picture.grey.mean() - measure_luma(make_picture()).mean()) < 3


@pytest.mark.parametrize("name", GLASS)
def test_shows_what_is_transparent_on_white(name):
    """Where nothing is seen the page is, and pages are white."""
    picture, _ = read_codes(HOSTILE[name].content)
    share = np.asarray(Image.linear_gradient("L").resize((400, 300)), np.float64) / 255
    expected = measure_luma(make_picture()) * share + 255 * (1 - share)
    assert np.abs(picture.grey - expected).mean() < 4


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in REFUSED.items() for name in names.split()])
def test_refuses(code, name):
    """What is too large, damaged, cut or no image gives a problem that says so, and no pixels."""
    assert read_codes(HOSTILE[name].content) == (None, [code])


def test_refuses_the_whole_bomb_and_reads_no_long_animation():
    """A bomb is refused by its header; of a million frames one is read."""
    assert read_codes(make_whole_bomb()) == (None, ["image_too_large"])
    picture, codes = read_codes(make_long_animation())
    assert (picture.grey.shape, codes) == ((1, 1), ["image_animated"])


def test_large_jpegs_are_decoded_in_part():
    """A JPEG beyond what is read as a whole is read at an eighth; a progressive one must be held whole and is not."""
    side = int(MAX_WHOLE_PIXELS**0.5) + 1
    plain = Image.linear_gradient("L").resize((side, side))
    picture, codes = read_codes(encode(plain))
    assert (picture.scale, picture.height, picture.grey.shape[0], codes) == (8, side, -(-side // 8), [])
    assert read_codes(encode(plain, progressive=True)) == (None, ["image_too_large"])
    assert read_codes(encode(plain.convert("1"), "PNG")) == (None, ["image_too_large"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("size", [(511, 900), (512, 1100), (1025, 1100), (90, 3000)])
def test_pixels_are_means_of_squares(kind, size):
    """The shorter side keeps at least 256 rows, and each pixel stands for a square of the whole picture."""
    image = make_picture(3, size).reduce(1)
    picture, _ = read_codes(encode(image, kind, quality=95) if kind != "PNG" else encode(image, kind))
    scale = max(scale for scale in (1, 2, 4, 8) if scale == 1 or min(size) >= scale * LEAST_SIDE)
    assert (picture.scale, picture.width, picture.height) == (scale, *size)
    expected = measure_luma(image.reduce(scale))
    assert picture.grey.shape == expected.shape
    assert np.abs(picture.grey - expected).mean() < 3


def test_unusual_jpegs_are_read_as_a_whole():
    """Where libjpeg cannot decode in part and in grey, as a lossless one, the JPEG is decoded as it is."""
    picture, codes = read_codes(make_lossless(600))
    assert codes == []
    assert picture.scale == 2
    assert (picture.grey == 128).all()


@pytest.mark.parametrize("name", TURNED)
def test_turns_upright(name):
    """Large JPEGs come upright too, whichever of the eight orientations their EXIF tells."""
    picture, _ = read_codes(TURNED[name].content)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(TURNED[name].content)))
    assert (picture.width, picture.height, picture.scale) == (*upright.size, 2)
    assert np.abs(picture.grey - measure_luma(upright.reduce(2))).mean() < 2


def test_turning_keeps_what_the_last_pixels_stand_for():
    """Squares that the edge cuts are left out before a turn would bring them to the front."""
    image = make_picture(5, (515, 601))
    exif = Image.Exif()
    exif[0x0112] = 3
    picture, _ = read_codes(encode(image, "PNG", exif=exif))
    assert (picture.width, picture.height, picture.grey.shape) == (514, 600, (300, 257))
    expected = measure_luma(image.crop((0, 0, 514, 600)).transpose(Image.Transpose.ROTATE_180).reduce(2))
    assert np.abs(picture.grey - expected).mean() < 0.5


@given(st.data())
def test_cut_files_give_a_problem_or_the_picture(data):
    """A file cut anywhere has no picture, but where only what says nothing more is cut: then it is the same one."""
    whole = HOSTILE[data.draw(st.sampled_from(["zip.jpg", "grey16.png", "animated.gif", "glass.webp"]))].content
    picture, codes = read_codes(whole[: data.draw(st.integers(0, len(whole)))])
    if picture is None:
        assert codes in (["image_damaged"], ["image_unknown"])
    else:
        assert np.array_equal(picture.grey, read_image(whole)[0].grey)


MEMORY = """
import pathlib, sys
from cloneward.fingerprint.image import read_image
def read_peak():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
content = sys.stdin.buffer.read()
before = read_peak()
picture, problems = read_image(content)
print(picture is not None, (read_peak() - before) // 1024)
"""


def test_memory_is_bounded():
    """The largest picture that is decoded as a whole, transparent at that, takes less than half a gigabyte."""
    side = int(MAX_WHOLE_PIXELS**0.5)
    content = write_png(side, side, zlib.compress(bytes((1 + 4 * side) * side), 1), colours=6)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], input=content, check=True, capture_output=True, env=os.environ, cwd=ROOT
    )
    is_read, mib = done.stdout.split()
    assert is_read == b"True"
    assert 100 < int(mib) < 500


def frame_picture(inner, *, top=0, bottom=0, left=0, right=0, brightness=0.0):
    """Give these pixels within a border."""
    grey = np.full((inner.shape[0] + top + bottom, inner.shape[1] + left + right), brightness, np.float32)
    grey[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return Picture(grey, *grey.shape)


INNER = np.random.default_rng(4).integers(0, 256, (80, 100)).astype(np.float32)


@pytest.mark.parametrize("brightness", [0.0, 90.0, 255.0])
@pytest.mark.parametrize(
    "border",
    [{"top": 20, "bottom": 30}, {"left": 9, "right": 11}, {"top": 12, "bottom": 12, "left": 12, "right": 12}],
)
def test_borders_are_trimmed(border, brightness):
    """Bars and frames of any brightness go, with two lines of the picture, and nothing else."""
    trimmed = trim_borders(frame_picture(INNER, brightness=brightness, **border))
    rows = slice(2 * ("top" in border), -2 if "bottom" in border else None)
    columns = slice(2 * ("left" in border), -2 if "right" in border else None)
    assert np.array_equal(trimmed.grey, INNER[rows, columns])
    assert (trimmed.height, trimmed.width) == trimmed.grey.shape


def test_pictures_without_borders_stay():
    """What has no border is the same picture afterwards."""
    picture = Picture(INNER, *INNER.shape)
    assert trim_borders(picture) is picture


def test_borders_with_words_are_trimmed_when_asked():
    """A bar of which a fifth of each line are letters stays, unless it may be written on."""
    framed = frame_picture(INNER, top=20, brightness=90.0)
    framed.grey[:20, 30:50] = 255
    assert trim_borders(framed) is framed
    assert np.array_equal(trim_borders(framed, written=True).grey, INNER[2:])


def test_shades_are_no_border():
    """A sky that grows darker is kept: each line is even, but not like the outermost."""
    sky = np.repeat(np.linspace(255, 0, 300, dtype=np.float32)[:, np.newaxis], 90, axis=1)
    assert trim_borders(Picture(sky, *sky.shape)).grey.shape[0] > 250


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 2), (60, 60)])
def test_something_is_left_of_an_even_picture(size):
    """A picture that is all border keeps a fifth of its lines, or all where it has few."""
    trimmed = trim_borders(Picture(np.zeros(size, np.float32), *size))
    assert trimmed.grey.size > 0


def test_cutting_counts_the_pixels_that_squares_stand_for():
    """A part that ends where the picture ends has what is left of its last squares."""
    picture = Picture(np.zeros((3, 4), np.float32), 21, 30, 8)
    part = picture.cut(1, 3, 1, 4)
    assert (part.grey.shape, part.height, part.width, part.scale) == ((2, 3), 13, 22, 8)
