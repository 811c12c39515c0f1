"""Points of pictures: few or none where there is nothing to see, and the same ones in a mirror image."""

import subprocess
import sys

import numpy as np
import pytest

from cloneward.fingerprint.image import Picture, read_image
from cloneward.fingerprint.local import (
    LOCAL,
    MOST_ASKED,
    MOST_KEPT,
    describe_points,
    fingerprint_local,
    mirror_spots,
)
from tests.hostile_images import make_hostile, make_picture

NEAR = 12  # bits of 64, as two points of one place differ at most
RANDOM = 20  # bits that two points of different places seldom come below


def picture_of(image):
    """Give the picture that an image shows."""
    return Picture(np.asarray(image.convert("L"), np.float32), image.height, image.width)


@pytest.fixture(scope="module")
def photo():
    """A picture with edges and shades everywhere."""
    return picture_of(make_picture(size=(480, 360)))


def test_points(photo):
    """A picture full of edges has as many points as are asked for, each with bits and a spot within it."""
    local = fingerprint_local(photo, MOST_KEPT)
    assert local.kind == LOCAL
    assert len(local) == MOST_KEPT
    assert local.codes.dtype == local.mirrored.dtype == np.uint64
    assert local.spots.shape == (MOST_KEPT, 4)
    assert local.buffer.shape == (64, 64)
    assert len(np.unique(local.codes)) > MOST_KEPT / 2


def test_same(photo):
    """The same picture has the same points each time."""
    one, two = (fingerprint_local(photo, MOST_ASKED) for _ in range(2))
    assert (one.codes == two.codes).all()
    assert (one.spots == two.spots).all()
    assert (one.buffer == two.buffer).all()


def test_fewer_first(photo):
    """Those that are kept of fewer points are the first ones of more."""
    assert (fingerprint_local(photo, 40).codes == fingerprint_local(photo, 120).codes[:40]).all()


def test_all_over(photo):
    """Each sixteenth of a picture keeps points, though some have far more to see."""
    grey = photo.grey.copy()
    grey[:, 120:] = grey[:, 120:].mean() + (grey[:, 120:] - grey[:, 120:].mean()) / 5
    spots = fingerprint_local(Picture(grey, photo.height, photo.width), MOST_KEPT).spots
    cells = spots[:, 1] // 64 * 4 + spots[:, 0] // 64
    assert np.bincount(cells, minlength=16).min() >= 3


def test_mirrored(photo):
    """The bits and spots of a mirror image, told without looking at one, are those that it has."""
    turned = Picture(np.ascontiguousarray(photo.grey[:, ::-1]), photo.height, photo.width)
    told, seen = fingerprint_local(photo, MOST_KEPT), fingerprint_local(turned, MOST_KEPT)
    distance = np.abs(mirror_spots(told.spots)[:, None, :2].astype(int) - seen.spots[None, :, :2]).max(axis=2)
    turn = (mirror_spots(told.spots)[:, None, 3].astype(int) - seen.spots[None, :, 3] + 128) % 256 - 128
    same = (distance <= 2) & (np.abs(turn) <= 5)
    differing = np.bitwise_count(told.mirrored[:, None] ^ seen.codes)[same]
    assert same.any(axis=1).mean() > 0.7
    assert np.median(differing) <= 4
    assert np.median(np.bitwise_count(told.codes[:, None] ^ seen.codes)[same]) > RANDOM


def test_smaller(photo):
    """Most points of a picture half as wide and high stand on those of the whole, and have nearly their bits."""
    image = make_picture(size=(480, 360)).resize((240, 180))
    large, small = fingerprint_local(photo, MOST_KEPT), fingerprint_local(picture_of(image), MOST_KEPT)
    near = np.bitwise_count(large.codes[:, None] ^ small.codes) <= NEAR
    close = np.abs(large.spots[:, None, :2].astype(int) - small.spots[None, :, :2]).max(axis=2) <= 4
    assert (near & close).any(axis=0).mean() > 0.7


def test_borders(photo):
    """Borders are left out, and the frame tells where the rest stands."""
    grey = np.full((photo.height + 90, photo.width + 60), 255, np.float32)
    grey[60:-30, 20:-40] = photo.grey
    frame = fingerprint_local(Picture(grey, *grey.shape), MOST_KEPT).frame
    assert (frame.height, frame.width) == grey.shape
    edges = (frame.top, frame.bottom, frame.left, frame.right)
    assert edges == pytest.approx((60, photo.height + 60, 20, photo.width + 20), abs=3)


def test_no_borders(photo):
    """Where there are no borders, the frame is the whole."""
    frame = fingerprint_local(photo, MOST_KEPT).frame
    assert (frame.top, frame.bottom, frame.left, frame.right) == (0, photo.height, 0, photo.width)


def test_decoded_small(photo):
    """A frame counts pixels of the whole picture, also where it was decoded small."""
    frame = fingerprint_local(Picture(photo.grey, 4 * photo.height - 3, 4 * photo.width - 2, 4), MOST_KEPT).frame
    assert (frame.bottom, frame.right) == (4 * photo.height - 3, 4 * photo.width - 2)


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 5000), (11, 11), (13, 13), (8, 3000), (300, 300)], ids=lambda shape: "x".join(map(str, shape))
)
def test_plain(shape):
    """A picture of one colour, of whatever sides, has no points."""
    local = fingerprint_local(Picture(np.full(shape, 99, np.float32), *shape), MOST_KEPT)
    assert len(local) == 0
    assert local.spots.shape == (0, 4)
    assert local.mirrored.shape == (0,)


@pytest.mark.parametrize("shape", [(1, 7), (5, 900), (13, 1400), (64, 64)], ids=lambda shape: "x".join(map(str, shape)))
def test_noise(shape):
    """Noise of whatever sides gives points or none, and no error."""
    grey = np.random.default_rng(3).uniform(0, 255, shape).astype(np.float32)
    assert len(fingerprint_local(Picture(grey, *shape), MOST_KEPT)) <= MOST_KEPT


def test_hostile():
    """Whatever file is read as a picture gives a fingerprint."""
    pictures = [read_image(hostile.content)[0] for hostile in make_hostile().values()]
    prints = [fingerprint_local(picture, MOST_ASKED) for picture in pictures if picture]
    assert len(prints) > 10
    assert all(len(local) <= MOST_ASKED for local in prints)


def test_descriptors(photo):
    """The square roots of a descriptor have length one, up to rounding."""
    lengths = np.linalg.norm(describe_points(photo, MOST_KEPT), axis=1)
    assert lengths == pytest.approx(1, abs=1e-3)


def test_lazy():
    """Nothing of OpenCV is loaded before the first picture."""
    code = "import sys, cloneward.fingerprint.local, cloneward.match.photos; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
