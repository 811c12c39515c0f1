"""Tests of pictures and videos in files."""

import base64
import os
import tracemalloc
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import media as module
from cloneward.archive.media import RawMedia, read_media, read_reference, spell_reference, take_media
from cloneward.model.content import Media, Problem
from cloneward.model.ids import digest_bytes
from tests.hostile_images import encode, make_picture

PICTURE = encode(make_picture(size=(120, 110)))
FILM = b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + bytes(1000)
DATA = "data:image/jpeg;base64," + base64.b64encode(PICTURE).decode()


@pytest.fixture
def folder(tmp_path):
    """A folder with a picture and a film in it, and a picture beside it."""
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(PICTURE)
    (folder / "sub" / "film").write_bytes(FILM)
    (tmp_path / "other.jpg").write_bytes(PICTURE)
    return folder


def test_paths(folder):
    """A path from the file leads to a picture or video, by whatever name; its bytes stay where they lie."""
    picture = Media(address="sub/../a.jpg", path=folder / "a.jpg", digest=digest_bytes(PICTURE))
    assert read_reference(folder, "sub/../a.jpg") == picture
    film = Media(address="sub/film", path=folder / "sub" / "film", digest=digest_bytes(FILM), is_video=True)
    assert read_reference(folder, "sub/film") == film


@pytest.mark.parametrize("reference", [DATA, DATA.replace("data", "DATA"), "data:," + quote(PICTURE), DATA + " \n"])
def test_data(folder, reference):
    """A reference may hold its data, in either coding; what is kept of it is its head."""
    head = reference.partition(",")[0]
    assert read_reference(folder, reference) == Media(address=head, content=PICTURE, digest=digest_bytes(PICTURE))


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("../other.jpg", "leads out"),
        ("sub/../../other.jpg", "leads out"),
        ("none.jpg", "leads to nothing"),
        ("sub", "cannot be read"),
        ("", "cannot be read"),
        ("a\0b", "leads to nothing"),
        ("x" * 5000, "leads to nothing"),
        ("loop", "leads to nothing"),
        ("out.jpg", "leads out"),
        ("pipe", "is no file"),
        ("empty", "is empty"),
        ("ftp://a.test/x.jpg", "not read"),
        ("//a.test/x.jpg", "not read"),
        ("file:///etc/passwd", "not read"),
        ("/dev/zero", "leads out"),
        (DATA[:-3], "cannot be read"),
        ("data:image/jpeg", "no data"),
        ("data:image/jpeg;base64,", "is empty"),
    ],
)
def test_what_cannot_be_read(folder, reference, told):
    """What leads out, to nothing, to no file, or holds no whole data is told, and nothing waits for it."""
    (folder / "loop").symlink_to("loop")
    (folder / "out.jpg").symlink_to("../other.jpg")
    (folder / "empty").touch()
    os.mkfifo(folder / "pipe")
    problem = read_reference(folder, reference)
    assert (problem.code, told in problem.text, bool(problem.hint)) == ("image_unread", True, True), problem


def test_absolute_paths_lead_out(folder):
    """A path from the root is none of the file's folder, even where it leads into it."""
    assert "leads out" in read_reference(folder, str(folder / "a.jpg")).text


def test_links_within(folder):
    """A link that stays in the folder is followed."""
    (folder / "link.jpg").symlink_to("a.jpg")
    assert read_reference(folder, "link.jpg").digest == digest_bytes(PICTURE)


def test_what_is_no_picture(folder):
    """Bytes that are neither picture nor video are told, wherever they stand."""
    (folder / "page.jpg").write_bytes(b"<html>")
    assert read_reference(folder, "page.jpg").code == "image_unknown"
    assert read_reference(folder, "data:image/png,<html>").code == "image_unknown"
    assert read_reference(folder, "data:,\ud800").code == "image_unknown"


def test_bounds(folder, monkeypatch):
    """A picture has another bound than a video, by what its bytes are, not by what it is called."""
    monkeypatch.setattr(module, "MAX_IMAGE_BYTES", len(PICTURE) - 1)
    (folder / "film.jpg").write_bytes(FILM.ljust(len(PICTURE) * 2))
    assert "more than the" in read_reference(folder, "a.jpg").text
    assert read_reference(folder, "film.jpg").is_video
    monkeypatch.setattr(module, "MAX_VIDEO_BYTES", len(FILM) - 1)
    assert "more than the" in take_media("x", FILM).text


def test_films_are_not_held(folder):
    """To look at a film takes a piece of it at a time."""
    with (folder / "film.mp4").open("wb") as file:
        file.write(FILM)
        file.truncate(200_000_000)
    tracemalloc.start()
    found = read_media(folder / "film.mp4", "film.mp4")
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found, RawMedia)
    assert (found.media.is_video, found.media.content) == (True, b"")
    assert peak_bytes < 2_000_000


def test_sizes():
    """A picture comes with its size, a film without."""
    found = take_media("x", PICTURE)
    assert (found.height, found.width) == (110, 120)
    assert (take_media("x", FILM).height, take_media("x", FILM).width) == (0, 0)


@given(st.one_of(st.text(max_size=60), st.text(max_size=60).map("data:image/png;base64,{}".format)))
def test_any_reference(reference):
    """Whatever an owner writes is read or told, and can be kept as text."""
    assert isinstance(read_reference(module.Path("/dev"), reference), Problem)
    assert spell_reference(reference).encode().decode() == spell_reference(reference)
