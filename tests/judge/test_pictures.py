"""Pictures side by side: what is shown, what is blurred, how far it goes."""

import io
from base64 import b64decode

import numpy as np
from PIL import Image

from cloneward.fingerprint.thumbnail import Thumbnail
from cloneward.judge import pictures as subject
from cloneward.judge.pictures import FRAMES, Pair, Room, make_pair, view_pairs
from cloneward.model.finding import FrameMatch, Match, Transform
from tests.hostile_images import HTML, encode, make_picture

IMAGE = Match(item="i", page="p", kind="image", measure="inliers", value=90)
CROP = Transform(mirror=False, degrees=0.0, scale=1.0, crop=(0.0, 0.0, 0.5, 1.0))


def clip(frames):
    """Give a match of a video with so many frames."""
    told = tuple(FrameMatch(target_s=n, item_s=60 + n, distance=n) for n in range(frames))
    return Match(item="i", page="p", kind="video", measure="hamming", value=9, frames=told)


def make_thumbnail(size=10, is_blurred=True):
    """Give a thumbnail of so many bytes."""
    return Thumbnail(content=b"x" * size, width=4, height=3, is_blurred=is_blurred)


def test_pairs_are_blurred_unless_asked():
    """Both pictures are blurred, in their pixels; asked for, they are sharp."""
    content = encode(make_picture(size=(640, 480)))
    for shows_people in (False, True):
        pair = make_pair(content, content, CROP, shows_people=shows_people)
        assert pair.theirs.is_blurred is pair.ours.is_blurred is not shows_people
        assert (pair.ours.is_outlined, pair.theirs.is_outlined) == (True, False)
        pixels = np.asarray(Image.open(io.BytesIO(pair.theirs.content)).convert("L"), float)
        assert bool(np.abs(np.diff(pixels)).mean() > 2) is shows_people


def test_what_cannot_be_read_is_told():
    """A file that is no picture, or is not at hand, gives a note in its place."""
    pair = make_pair(HTML, None)
    (view,) = view_pairs(IMAGE, (pair,), 1, Room(shows_people=False))
    assert {view.ours.source, view.theirs.source} == {""}
    assert view.ours.note == view.theirs.note == "The picture is not at hand and cannot be shown."
    assert view_pairs(IMAGE, (), 1, Room(shows_people=False)) == (view,)


def test_a_view_holds_our_own_jpeg_and_says_what_it_is():
    """The address of a picture is its bytes, and what it shows is told to those who do not see it."""
    pair = make_pair(encode(make_picture()), encode(make_picture()), CROP)
    (view,) = view_pairs(IMAGE, (pair,), 7, Room(shows_people=False))
    assert b64decode(view.ours.source.removeprefix("data:image/jpeg;base64,")) == pair.ours.content
    assert view.ours.alternative == "Our picture of match 7, blurred, outlined: what the target shows"
    assert (view.theirs.alternative, view.theirs.note) == ("Target's picture of match 7, blurred", "blurred")
    assert (view.ours.width, view.ours.height) == (pair.ours.width, pair.ours.height)


def test_a_sharp_picture_is_left_out_of_a_report_that_was_not_asked():
    """Whoever hands in a sharp picture by mistake does not get it into a blurred report."""
    pair = Pair(ours=make_thumbnail(is_blurred=False), theirs=make_thumbnail())
    (view,) = view_pairs(IMAGE, (pair,), 1, Room(shows_people=False))
    assert (view.ours.source, view.ours.note) == ("", "The picture is not blurred and was left out.")
    assert view.theirs.source
    (view,) = view_pairs(IMAGE, (pair,), 1, Room(shows_people=True))
    assert view.ours.source


def test_pictures_are_bounded_by_number_and_bytes(monkeypatch):
    """Beyond either bound of the report a picture is left out, and that is told."""
    room = Room(shows_people=False)
    views = [
        view_pairs(IMAGE, (Pair(ours=make_thumbnail(), theirs=None),), 1, room)[0] for _ in range(subject.PICTURES + 5)
    ]
    assert sum(bool(view.ours.source) for view in views) == subject.PICTURES
    assert views[-1].ours.note.startswith("Left out")
    monkeypatch.setattr(subject, "PICTURE_BYTES", 25)
    room = Room(shows_people=False)
    views = [room.view(make_thumbnail(), "x") for _ in range(3)]
    assert [bool(view.source) for view in views] == [True, True, False]


def test_key_frames_have_their_times():
    """Each listed key frame has both times and its pictures where they are at hand; a long video is cut."""
    pairs = [Pair(ours=make_thumbnail(), theirs=make_thumbnail())]
    views = view_pairs(clip(2), pairs, 1, Room(shows_people=False))
    assert views[1].times == "0:01.0 in the target's video, 1:01.0 in ours; 1 of 256 bits differ"
    assert [bool(view.ours.source) for view in views] == [True, False]
    assert views[0].ours.alternative == "Our key frame 1 of match 1, blurred"
    assert len(view_pairs(clip(FRAMES + 9), (), 1, Room(shows_people=False))) == FRAMES
