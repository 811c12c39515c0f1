"""Each edit is within its bounds, and tells what it did."""

import io
from random import Random

import numpy as np
import pytest
from photos_edits import EDITS, Edited, edit_photo, list_edits
from photos_made import make_picture as make_distractor
from PIL import Image

from tests.hostile_images import make_picture

PHOTO = make_picture(size=(600, 420))


def run_often(name):
    """The edit fifty times, by fifty seeds."""
    for seed in range(50):
        edited = Edited(PHOTO)
        EDITS[name](edited, Random(seed))
        yield edited.picture, edited.done[0]


def test_list():
    """There are nine edits and every ordered pair of two of them."""
    names = list_edits()
    assert len(names) == len(set(names)) == 9 + 9 * 8


@pytest.mark.parametrize("name", list_edits())
def test_same_seed_same_file(name):
    """An edit is a JPEG that the seed alone decides, and its parts are told in their order."""
    first, done = edit_photo(PHOTO, name, Random(3))
    again, _ = edit_photo(PHOTO, name, Random(3))
    assert first == again
    assert Image.open(io.BytesIO(first)).format == "JPEG"
    assert [what["edit"] for what in done] == name.split("+")


def test_crop():
    """A crop takes at most a quarter off width and height, and keeps what its box says."""
    for picture, done in run_often("crop"):
        left, top, right, bottom = done["box"]
        assert 0.745 <= right - left <= 0.955
        assert 0.745 <= bottom - top <= 0.955
        assert picture.size == pytest.approx((600 * (right - left), 420 * (bottom - top)), abs=1)
        place = (round(left * 600), round(top * 420))
        assert np.array_equal(
            np.asarray(picture)[:20, :20], np.asarray(PHOTO)[place[1] : place[1] + 20, place[0] : place[0] + 20]
        )


def test_border():
    """A border is at most a tenth of the long side, the photo whole inside it."""
    for picture, done in run_often("border"):
        assert 1 <= done["px"] <= 60
        inside = picture.crop((done["px"], done["px"], done["px"] + 600, done["px"] + 420))
        assert np.array_equal(np.asarray(inside), np.asarray(PHOTO))


def test_bar():
    """A bar covers at most three tenths of the height, at the top or the bottom, and nothing else."""
    for picture, done in run_often("bar"):
        assert picture.size == PHOTO.size
        assert done["height"] <= 0.301
        off = np.abs(np.asarray(picture, int) - np.asarray(PHOTO, int)).sum(axis=(1, 2)) > 0
        assert off.sum() == pytest.approx(done["height"] * 420, abs=2)
        assert done["top"] == 0 or done["top"] + done["height"] == pytest.approx(1, abs=0.01)


def test_rotation():
    """A turn is by half a degree to three, and both ways of dealing with the corners occur."""
    turns = [done for _, done in run_often("rotation")]
    assert all(0.5 <= abs(done["degrees"]) <= 3 for done in turns)
    assert {done["is_cut"] for done in turns} == {True, False}
    assert {done["degrees"] > 0 for done in turns} == {True, False}


def test_cut_turn_shows_no_corner():
    """A turned photo that is cut shows nothing but the photo."""
    white = Image.new("RGB", (600, 420), (10, 200, 30))
    for seed in range(40):
        edited = Edited(white)
        EDITS["rotation"](edited, Random(seed))
        if edited.done[0]["is_cut"]:
            assert edited.picture.getcolors() == [(edited.picture.width * edited.picture.height, (10, 200, 30))]


def test_square():
    """A square is as large as the photo allows."""
    assert {picture.size for picture, _ in run_often("square")} == {(420, 420)}


def test_text():
    """Three kinds of words are written, and each changes the picture but not its size."""
    kinds = set()
    for picture, done in run_often("text"):
        kinds.add(done["kind"])
        assert picture.size == PHOTO.size
        assert not np.array_equal(np.asarray(picture), np.asarray(PHOTO))
    assert kinds == {"caption", "diagonal", "tiled"}


def test_thumbnail():
    """A thumbnail is 150 px long."""
    content, _ = edit_photo(PHOTO, "r150", Random(1))
    assert max(Image.open(io.BytesIO(content)).size) == 150


def test_low_quality():
    """What is served at quality 30 weighs far less than what is served at 80."""
    low, _ = edit_photo(PHOTO, "q30", Random(1))
    usual, _ = edit_photo(PHOTO, "mirror", Random(1))
    assert len(low) < 0.7 * len(usual)


def test_distractors(tmp_path):
    """A made picture depends on its number alone, and no two are alike."""
    file = tmp_path / "photo.jpg"
    PHOTO.save(file)
    made = [np.asarray(make_distractor(number, [file], 1).resize((64, 64)), int) for number in range(8)]
    assert np.array_equal(made[5], np.asarray(make_distractor(5, [file], 1).resize((64, 64))))
    assert all(np.abs(left - right).mean() > 10 for at, left in enumerate(made) for right in made[:at])
