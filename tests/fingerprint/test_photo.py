"""All fingerprints of one picture."""

import numpy as np

from cloneward.fingerprint.image import Picture
from cloneward.fingerprint.local import MOST_ASKED, MOST_KEPT
from cloneward.fingerprint.photo import fingerprint_picture, fingerprint_within
from tests.hostile_images import make_picture


def test_without_borders():
    """A picture without borders has one PDQ, and as many points as are asked for."""
    grey = np.asarray(make_picture().convert("L"), np.float32)
    found = fingerprint_picture(Picture(grey, *grey.shape), MOST_ASKED)
    assert len(found.photos) == 1
    assert MOST_KEPT < len(found.local) <= MOST_ASKED


def test_borders():
    """A picture with borders has a second PDQ, nearly that of what is within them."""
    grey = np.asarray(make_picture().convert("L"), np.float32)
    framed = np.pad(grey, 50, constant_values=255)
    plain, found = fingerprint_picture(Picture(grey, *grey.shape)), fingerprint_picture(Picture(framed, *framed.shape))
    assert len(found.photos) == 2
    assert np.bitwise_count(found.photos[1].bits ^ plain.photos[0].bits).sum() <= 31
    assert np.bitwise_count(found.photos[0].bits ^ plain.photos[0].bits).sum() > 31


def test_within_written_borders():
    """What is within a bar with words on it has its own fingerprint, whose frame is a part of the whole picture."""
    grey = np.asarray(make_picture().convert("L"), np.float32)
    barred = np.pad(grey, ((60, 0), (0, 0)), constant_values=20)
    assert fingerprint_within(Picture(barred, *barred.shape)) is None
    barred[10:50, : grey.shape[1] // 5] = 255
    found = fingerprint_within(Picture(barred, *barred.shape))
    assert found is not None
    assert (found.local.frame.height, found.local.frame.top) == (barred.shape[0], 62)
    plain = fingerprint_picture(Picture(grey, *grey.shape))
    assert np.bitwise_count(found.photos[0].bits ^ plain.photos[0].bits).sum() <= 31
