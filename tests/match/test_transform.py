"""What a picture went through, told from a similarity that is known."""

import math

import pytest

from cloneward.fingerprint.local import SIDE, Frame
from cloneward.match.geometry import Similarity
from cloneward.match.transform import tell_plain, tell_transform

WHOLE = Frame(300, 400, 0, 300, 0, 400)


def unit(frame):
    """Give the units of a similarity for a pixel of a picture."""
    return SIDE / math.sqrt((frame.right - frame.left) * (frame.bottom - frame.top))


def similarity_of(item, shown, scale=1.0, degrees=0.0, right=0.0, down=0.0):
    """Give the similarity of a map of pixels: turned and scaled about the upper left corner, then moved."""
    times = scale * unit(shown) / unit(item)
    angle = math.radians(degrees)
    return Similarity(times * math.cos(angle), times * math.sin(angle), right * unit(shown), down * unit(shown))


def test_same():
    """A picture that is shown as it is went through nothing."""
    told = tell_transform(WHOLE, WHOLE, similarity_of(WHOLE, WHOLE), mirror=False)
    assert (told.mirror, told.degrees, told.scale, told.crop) == (False, 0, 1, (0, 0, 1, 1))


def test_cut():
    """Of a picture that was cut and made half as wide, the part is told in fractions of the whole."""
    shown = Frame(100, 150, 0, 100, 0, 150)
    told = tell_transform(WHOLE, shown, similarity_of(WHOLE, shown, 0.5, right=-40, down=-25), mirror=False)
    assert told.scale == 0.5
    assert told.crop == pytest.approx((80 / 400, 50 / 300, 380 / 400, 250 / 300), abs=1e-4)


def test_mirrored_part():
    """Of a part that is mirrored, the place in the item is told, not that on the page."""
    shown = Frame(300, 200, 0, 300, 0, 200)
    told = tell_transform(WHOLE, shown, similarity_of(WHOLE, shown, right=-200), mirror=True)
    assert told.mirror
    assert told.crop == pytest.approx((0.5, 0, 1, 1))


@pytest.mark.parametrize(("mirror", "degrees"), [(False, 3.0), (True, -3.0)])
def test_turned(mirror, degrees):
    """A turn is told clockwise, after mirroring: seen in a mirror it goes the other way."""
    told = tell_transform(WHOLE, WHOLE, similarity_of(WHOLE, WHOLE, degrees=3), mirror=mirror)
    assert told.degrees == pytest.approx(degrees)
    assert told.crop[2] <= 1


def test_border_of_the_page():
    """A border that a page puts around a part of a picture does not count as more of it."""
    shown = Frame(240, 340, 20, 220, 20, 320)
    told = tell_transform(WHOLE, shown, similarity_of(WHOLE, shown, right=-50, down=-50), mirror=False)
    assert told.crop == pytest.approx((50 / 400, 50 / 300, 350 / 400, 250 / 300), abs=1e-4)


def test_border_of_the_item():
    """A plain edge that the item has itself, as a dark sky, counts as shown where the page shows it."""
    dark = Frame(300, 400, 60, 300, 0, 400)
    told = tell_transform(dark, dark, similarity_of(dark, dark), mirror=False)
    assert told.crop == (0, 0, 1, 1)


def test_edge_cut_off():
    """A plain edge of the item that the page has cut off does not count as shown."""
    dark, shown = Frame(300, 400, 60, 300, 0, 400), Frame(240, 400, 0, 240, 0, 400)
    told = tell_transform(dark, shown, similarity_of(dark, shown), mirror=False)
    assert told.crop == pytest.approx((0, 0.2, 1, 1))


def test_plain():
    """A picture known only as a whole is shown whole, in the scale of the areas."""
    told = tell_plain(WHOLE, Frame(150, 200, 0, 150, 0, 200), mirror=True)
    assert (told.mirror, told.degrees, told.scale, told.crop) == (True, 0, 0.5, (0, 0, 1, 1))
