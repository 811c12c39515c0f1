"""The index of pictures is kept up with the store, and pages' pictures are compared with it."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import ImageDraw, ImageOps

from cloneward.fingerprint.local import BUFFER_SIDE, LOCAL
from cloneward.fingerprint.photo import PicturePrint, fingerprint_picture
from cloneward.match.photos import open_photos
from cloneward.model.content import Media
from cloneward.model.ids import digest_bytes
from cloneward.store.workspace import Workspace
from cloneward.workflows.gallery import (
    LEAST_SIDE,
    Gallery,
    add_aside,
    build_gallery,
    is_gallery_behind,
    make_match,
    make_run,
    open_gallery,
    reindex_gallery,
)
from tests.drawings import draw, write
from tests.hostile_videos import encode_video, make_clip
from tests.store.entries import JumpingClock, make_entry

PICTURES = [write(draw(number)) for number in range(3)]


@pytest.fixture
def opened(tmp_path):
    """An empty workspace."""
    return Workspace.create(tmp_path / "workspace", "https://example.org/", {})


def add(store, *entries):
    """Import items, each with its pictures."""
    batch = store.begin_import("pages")
    store.add(batch, [replace(make_entry(number), media=media) for number, media in entries])
    store.close_import(batch)


def show(*contents):
    """Media of some contents, as an import gives them."""
    return tuple(
        Media(address=f"{at}.jpg", content=content, digest=digest_bytes(content)) for at, content in enumerate(contents)
    )


def test_pictures_of_items_are_found(opened):
    """What an item shows is found mirrored and cut in a page's picture, with what was done to it; others are not."""
    with opened.writer(JumpingClock()) as store:
        add(store, (1, show(PICTURES[0])), (2, show(PICTURES[0], PICTURES[1])))
        ticks = []
        assert reindex_gallery(store, opened.index_folder, lambda: ticks.append(1)) == []
        assert len(ticks) == 2
        gallery = open_gallery(store, opened.index_folder)
        mirrored = write(ImageOps.mirror(draw(1)).crop((40, 30, 460, 340)))
        ((item, found),) = gallery.look(mirrored).matches
        assert item == "i00002"
        assert found.transform.mirror
        match = make_match(item, found, "page.html", "x.jpg")
        assert (match.kind, match.page, match.image, match.measure) == ("image", "page.html", "x.jpg", "inliers")
        assert {item for item, _ in gallery.look(PICTURES[0]).matches} == {"i00001", "i00002"}
        assert gallery.look(PICTURES[2]).matches == ()


def test_looks_closer_within_written_bars(opened, monkeypatch):
    """Where points agree and brightness is disturbed, what is within a bar with words on it is found."""
    framed = ImageOps.expand(draw(1), (0, 90, 0, 0), "black")
    ImageDraw.Draw(framed).text((20, 10), "viewer.example", fill="white", font_size=50)
    noise = np.random.default_rng(1).integers(0, 256, (BUFFER_SIDE, BUFFER_SIDE), np.uint8)

    def disturb(picture, most):
        asked = fingerprint_picture(picture, most)
        return PicturePrint((), replace(asked.local, buffer=noise))

    with opened.writer(JumpingClock()) as store:
        add(store, (1, show(PICTURES[1])))
        reindex_gallery(store, opened.index_folder)
        gallery = open_gallery(store, opened.index_folder)
        monkeypatch.setattr("cloneward.workflows.gallery.fingerprint_picture", disturb)
        assert [item for item, _ in gallery.look(write(framed)).matches] == ["i00001"]
        assert gallery.look(PICTURES[1]).matches == ()


def test_index_keeps_up_with_the_store(opened):
    """It is behind after each import and removal, and after the next run holds what standing items show."""
    with opened.writer(JumpingClock()) as store:
        folder = opened.index_folder
        add(store, (1, show(PICTURES[0])), (2, show(PICTURES[1])))
        assert is_gallery_behind(store, folder)
        reindex_gallery(store, folder)
        assert not is_gallery_behind(store, folder)
        add(store, (1, show(PICTURES[2])))
        assert is_gallery_behind(store, folder)
        reindex_gallery(store, folder)
        assert len(open_photos(folder / LOCAL.name)) == 2
        store.remove("i00002")
        reindex_gallery(store, folder)
        gallery = open_gallery(store, folder)
        assert [item for item, _ in gallery.look(PICTURES[2]).matches] == ["i00001"]
        assert gallery.look(PICTURES[1]).matches == gallery.look(PICTURES[0]).matches == ()


def test_pictures_that_cannot_be_compared_are_told(opened):
    """A picture of ours that is damaged gives a problem at its address, and the others are found."""
    with opened.writer(JumpingClock()) as store:
        add(store, (1, show(PICTURES[0][:2000], PICTURES[1])))
        (problem,) = reindex_gallery(store, opened.index_folder)
        assert (problem.code, problem.page) == ("image_damaged", "0.jpg")
        gallery = open_gallery(store, opened.index_folder)
        assert [item for item, _ in gallery.look(PICTURES[1]).matches] == ["i00001"]


def test_what_others_may_show_too_is_set_aside(opened):
    """A picture that is in the background is no match of ours, however it was cut."""
    with opened.writer(JumpingClock()) as store:
        add(store, (1, show(*PICTURES)))
        reindex_gallery(store, opened.index_folder)
        contents = [("wire.jpg", PICTURES[1]), ("torn.jpg", PICTURES[2][:2000])]
        assert [problem.page for problem in add_aside(contents, opened.index_folder)] == ["torn.jpg"]
        gallery = open_gallery(store, opened.index_folder)
        assert gallery.look(write(draw(1).crop((20, 20, 440, 340)))).matches == ()
        assert gallery.look(PICTURES[0]).matches


def test_gallery_in_memory():
    """Pictures given on the spot are found as those of a workspace are; of damaged ones the place is told."""
    shown = [("a", show(PICTURES[0])[0]), ("b", show(PICTURES[0])[0]), ("b", show(b"no picture")[0])]
    gallery, problems = build_gallery(shown)
    assert [item for item, _ in gallery.look(write(draw(0), quality=40)).matches] == ["a", "b"]
    assert [(problem.code, problem.page) for problem in problems] == [("image_unknown", "0.jpg")]
    assert gallery
    assert not Gallery()


def test_small_and_broken_pictures_say_nothing():
    """An icon is too small to be compared, and what is no picture gives a problem; neither raises."""
    gallery, _ = build_gallery([("a", show(PICTURES[0])[0])])
    icon = gallery.look(write(draw(0, LEAST_SIDE - 1, 90)))
    assert icon.is_small
    assert icon.matches == ()
    broken = gallery.look(b"\xff\xd8\xff no JPEG")
    assert broken.problem
    assert broken.matches == ()


def test_bytes_are_kept_only_where_asked_for():
    """The bytes of a picture that matches are given for a report, and those of others never."""
    gallery, _ = build_gallery([("a", show(PICTURES[0])[0])])
    assert gallery.look(PICTURES[0], keeps=True).content == PICTURES[0]
    assert gallery.look(PICTURES[0]).content == b""
    assert gallery.look(PICTURES[1], keeps=True).content == b""


def test_what_is_kept_for_a_report_is_bounded():
    """Once there is no more room, pictures still match and their bytes are not kept."""
    gallery, _ = build_gallery([("a", show(PICTURES[0])[0])])
    gallery.room_bytes = 2 * len(PICTURES[0])
    looked = [gallery.look(PICTURES[0], keeps=True) for _ in range(4)]
    assert [bool(one.content) for one in looked] == [True, True, False, False]
    assert all(one.matches for one in looked)


def test_a_video_is_decoded_once(monkeypatch):
    """The same video on page after page is decoded for the first of them alone."""
    asked = []
    monkeypatch.setattr("cloneward.workflows.gallery.fingerprint_video", lambda *_: asked.append(1) or ((), ()))
    gallery = Gallery()
    assert gallery.watch(b"film") == gallery.watch(b"film")
    assert asked == [1]


def test_videos_are_kept_up_with_the_store(opened):
    """A video of an item is found while the item stands, and a damaged one is told at its address."""
    clip = encode_video(make_clip([draw(number, 640, 480) for number in range(20, 24)]))
    film = Media(address="s.mp4", content=clip, digest=digest_bytes(clip), is_video=True)
    torn = Media(address="t.mp4", content=clip[:200], digest=digest_bytes(clip[:200]), is_video=True)
    with opened.writer(JumpingClock()) as store:
        add(store, (1, (film,)), (2, (torn,)))
        (problem,) = reindex_gallery(store, opened.index_folder)
        assert problem.page == "t.mp4"
        gallery = open_gallery(store, opened.index_folder)
        assert gallery
        ((item, run),) = gallery.watch(clip).runs
        assert item == "i00001"
        assert make_run(item, run, "page.html", "s.mp4").value == 0
        store.remove("i00001")
        reindex_gallery(store, opened.index_folder)
        assert open_gallery(store, opened.index_folder).watch(clip).runs == ()
