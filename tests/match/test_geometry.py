"""The full comparison of two pictures, on points that are placed by hand and on pictures that are edited."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cloneward.fingerprint.image import Picture
from cloneward.fingerprint.local import MOST_ASKED, MOST_KEPT, Frame, fingerprint_local
from cloneward.match.geometry import (
    LEAST_INLIERS,
    MOST_DIFFERENT,
    Check,
    Points,
    Similarity,
    check_pair,
    could_agree,
    count_ones,
    measure_sides,
)
from tests.hostile_images import make_picture

SQUARE = (160.0, 160.0)
SIZE, UP = 40, 0  # of a spot


def points_of(image, most=MOST_ASKED):
    """Give what an image is compared by."""
    grey = np.asarray(image.convert("L"), np.float32)
    local = fingerprint_local(Picture(grey, *grey.shape), most)
    return Points(local.codes, local.spots, local.buffer, measure_sides(local.frame))


def place_points(spots, seed=1, buffer=None):
    """Give a square picture with points at these places, each with its own bits."""
    codes = np.random.default_rng(seed).integers(0, 2**64, len(spots), np.uint64)
    spots = np.array([(x, y, SIZE, UP) for x, y in spots], np.uint8).reshape(-1, 4)
    if buffer is None:
        buffer = np.random.default_rng(9).integers(0, 256, (64, 64), np.uint8)
    return Points(codes, spots, buffer, SQUARE)


def draw_places(count, seed=5):
    """Give places all over the picture, and a third of the way from its edges."""
    return np.random.default_rng(seed).integers(80, 176, (count, 2))


@given(st.integers(0, 2**64 - 1))
def test_count_ones(value):
    """Bits are counted as Python counts them."""
    assert count_ones(np.uint64(value)) == value.bit_count()


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        ((40, 0), (40, 0), True),
        ((40, 250), (40, 5), True),
        ((40, 0), (40, 20), False),
        ((40, 0), (40, 128), False),
        ((40, 0), (60, 0), True),
        ((40, 0), (61, 0), False),
    ],
)
def test_could_agree(left, right, agree):
    """Points agree only when turned little, across a full turn too, and of sizes that a copy may have."""
    assert could_agree(*left, *right) is could_agree(*right, *left) is agree


def test_same():
    """A picture shows itself: every point agrees, brightness does, and nothing moved."""
    points = place_points(draw_places(40))
    check = check_pair(points, points)
    assert check.inliers > 30
    assert check.correlation == pytest.approx(1)
    assert check.holds
    found = check.similarity
    assert (found.along, found.across, found.right, found.down) == pytest.approx((1, 0, 0, 0), abs=1e-6)


@given(
    st.floats(0.5, 2),
    st.floats(-12, 12),
    st.floats(-20, 20),
    st.floats(-20, 20),
)
def test_similarity(scale, degrees, right, down):
    """The similarity that points went through is found again, as far as places are rounded."""
    along, across = (scale * turn(math.radians(degrees)) for turn in (math.cos, math.sin))
    x, y = draw_places(60).T * SQUARE[0] / 256
    u = along * (x - 80) - across * (y - 80) + right + 80
    v = across * (x - 80) + along * (y - 80) + down + 80
    inside = (u > 0) & (u < SQUARE[0]) & (v > 0) & (v < SQUARE[0])
    item = place_points(np.stack((x, y), axis=1)[inside] * 256 / SQUARE[0])
    shown = place_points(np.stack((u, v), axis=1)[inside] * 256 / SQUARE[0])
    check = check_pair(item, shown)
    if inside.sum() < 2 * LEAST_INLIERS:
        return
    assert check.inliers >= LEAST_INLIERS
    found = check.similarity
    for at in range(3):
        x0, y0 = x[inside][at], y[inside][at]
        assert found.along * x0 - found.across * y0 + found.right == pytest.approx(u[inside][at], abs=3)
        assert found.across * x0 + found.along * y0 + found.down == pytest.approx(v[inside][at], abs=3)


def test_few():
    """Seven points that agree are no copy, eight are."""
    assert check_pair(*[place_points(draw_places(7))] * 2) is None
    assert check_pair(*[place_points(draw_places(8))] * 2).holds


def test_one_spot():
    """Points on one spot, as a corner with two directions has, count once."""
    places = np.repeat(draw_places(4), 3, axis=0)
    assert check_pair(*[place_points(places)] * 2) is None


def test_other_bits():
    """Points whose bits differ in more than the most allowed are not the same, wherever they stand."""
    points = place_points(draw_places(40))
    near, far = (
        Points(points.codes ^ np.uint64((1 << bits) - 1), points.spots, points.buffer, SQUARE)
        for bits in (MOST_DIFFERENT, MOST_DIFFERENT + 1)
    )
    assert check_pair(points, near).inliers > 30
    assert check_pair(points, far) is None


def test_scattered():
    """The same points each at another place are no copy."""
    places = draw_places(40)
    assert check_pair(place_points(places), place_points(np.roll(places, 7, axis=0))) is None


def test_letterhead():
    """Ten points that agree among a hundred that do not are a common letterhead and no copy."""
    head, body = draw_places(10, seed=1), draw_places(90, seed=2)
    item, shown = place_points([*head, *body], seed=1), place_points([*head, *body], seed=2)
    shown.codes[:10] = item.codes[:10]
    check = check_pair(item, shown)
    assert check.inliers == 10
    assert check.correlation == pytest.approx(1)
    assert not check.holds


def test_other_brightness():
    """Points that agree on pictures whose brightness does not are no copy."""
    places = draw_places(40)
    other = np.random.default_rng(3).integers(0, 256, (64, 64), np.uint8)
    check = check_pair(place_points(places), place_points(places, buffer=other))
    assert check.inliers > 30
    assert abs(check.correlation) < 0.2
    assert not check.holds


@pytest.mark.parametrize(
    "edit",
    [
        lambda image: image.crop((90, 60, 400, 300)),
        lambda image: image.rotate(3, Image.Resampling.BICUBIC, fillcolor="white"),
        lambda image: image.resize((120, 90)),
        lambda image: image.point(lambda value: value // 2 + 60),
    ],
    ids=["cut", "turned", "small", "faint"],
)
def test_edited(edit):
    """A picture that was cut, turned, made small or faint shows the one that it was made of."""
    image = make_picture(size=(480, 360))
    assert check_pair(points_of(image, MOST_KEPT), points_of(edit(image))).holds


def test_written_on():
    """A bar and words over a third of a picture do not hide what it shows."""
    image = make_picture(size=(480, 360))
    drawn = image.copy()
    ImageDraw.Draw(drawn).rectangle((0, 250, 480, 360), fill="black")
    ImageDraw.Draw(drawn).text((20, 270), "viewer.example", fill="white", font_size=50)
    assert check_pair(points_of(image, MOST_KEPT), points_of(drawn)).holds


def test_others():
    """Of twelve pictures of one make, none shows another."""
    points = [points_of(make_picture(seed)) for seed in range(12)]
    checks = [check_pair(one, two) for one in points for two in points if one is not two]
    assert not [check for check in checks if check and check.holds]


def test_frozen():
    """Arrays of a mapped file, which cannot be written, are compared as others are."""
    points = place_points(draw_places(40))
    for array in (points.codes, points.spots, points.buffer):
        array.flags.writeable = False
    assert check_pair(points, points).holds


def test_empty():
    """Pictures without points show nothing."""
    none = place_points(np.empty((0, 2)))
    assert check_pair(none, none) is None
    assert check_pair(none, place_points(draw_places(40))) is None


def test_sides():
    """Sides are those of what borders leave, for an area of 160 by 160."""
    width, height = measure_sides(Frame(500, 900, 50, 450, 0, 800))
    assert width * height == pytest.approx(160**2)
    assert width / height == pytest.approx(2)


def draw_monogram(letters):
    """Draw two letters in a disc."""
    image = Image.new("L", (400, 400), 255)
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 40, 360, 360), outline=60, width=30)
    draw.text((105, 130), letters, fill=60, font_size=120)
    return image


def test_monograms():
    """Two monograms of one make are not taken for one another, though points and most of the brightness agree."""
    one, other = points_of(draw_monogram("EE")), points_of(draw_monogram("AD"))
    check = check_pair(one, other)
    assert check.inliers >= LEAST_INLIERS
    assert check.correlation > 0.65
    assert check.is_drawn
    assert not check.holds


def test_monogram_shown():
    """A monogram that was made smaller is still found."""
    image = draw_monogram("EE")
    check = check_pair(points_of(image), points_of(image.resize((300, 300))))
    assert check.is_drawn
    assert check.holds


@pytest.mark.parametrize(
    ("inliers", "share", "kept", "correlation", "drawn", "holds"),
    [
        (8, 0.3, 0, 0.65, False, True),
        (7, 0.3, 0, 0.65, False, False),
        (8, 0.29, 0, 0.9, False, False),
        (8, 0.3, 0, 0.64, False, False),
        (40, 0.65, 0, 0.5, False, True),
        (40, 0.64, 0, 0.5, False, False),
        (40, 0.9, 0, 0.49, False, False),
        (16, 0.3, 0.36, 0.4, False, True),
        (15, 0.3, 0.9, 0.49, False, False),
        (16, 0.3, 0.35, 0.49, False, False),
        (16, 0.29, 0.36, 0.4, False, False),
        (40, 0.9, 0.9, 0.39, False, False),
        (40, 0.9, 0.9, 0.91, True, False),
        (40, 0.3, 0, 0.92, True, True),
    ],
)
def test_bounds(inliers, share, kept, correlation, drawn, holds):
    """Points, their share and brightness must all do; where most points agree, brightness may agree less."""
    assert Check(inliers, share, kept, correlation, Similarity(1, 0, 0, 0), drawn).holds is holds


@pytest.mark.parametrize(("same", "kept"), [(100, 1.0), (60, 0.6), (40, 0.0)])
def test_kept(same, kept):
    """Points that stand in their places count as kept, unless they do in half of the item alone."""
    steps = range(12, 256, 25)
    item = shown = place_points([(x, y) for y in steps for x in steps])
    shown = dataclasses.replace(shown, codes=np.where(np.arange(100) < same, item.codes, ~item.codes))
    check = check_pair(item, shown)
    assert check is not None
    assert check.kept == kept
