"""Tests of cloneward.archive.folder."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import folder
from cloneward.archive.folder import RawPage, count_pages, count_whole, read_pages, read_whole, spell_path
from cloneward.archive.media import RawMedia
from cloneward.errors import InputError
from cloneward.model.content import Problem
from tests.archive.test_media import FILM, PICTURE

# Deeper than Python recurses and than one path can name: what a hostile archive unpacks to.
DEEP = 1_500


def read(target):
    """What a folder or file gives: the addresses of the pages, and each problem's code by its page."""
    given = list(read_pages(target))
    pages = [page.address for page in given if isinstance(page, RawPage)]
    return pages, {problem.page: problem.code for problem in given if isinstance(problem, Problem)}


def write(path, text="some words"):
    """Write a file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_order_is_fixed(tmp_path):
    """Pages come in one order whatever the disk's: a folder's own by name, then those of its subfolders."""
    for name in ["b/2.html", "a/1.html", "z.html", "a.html", "b/1.html", "a/b/c.html"]:
        write(tmp_path / name)
    assert read(tmp_path)[0] == ["a.html", "z.html", "a/1.html", "a/b/c.html", "b/1.html", "b/2.html"]


@pytest.mark.parametrize(
    ("name", "is_html"),
    [
        ("a.html", True),
        ("a.HTM", True),
        ("a.xhtml", True),
        ("a.shtml", True),
        ("a.html.en", True),
        ("a.en.html", True),
        ("a.txt", False),
        ("a.md", False),
        ("a.text", False),
        ("a.html.txt", False),
        (".html.html", True),
    ],
)
def test_reads_what_is_named_like_a_page(tmp_path, name, is_html):
    """In a folder, HTML and plain text are told by their names, in any case."""
    write(tmp_path / name, "body")
    assert list(read_pages(tmp_path)) == [RawPage(name, b"body", is_html)]


@pytest.mark.parametrize("name", ["a.png", "a", "html", ".html", "a.html.gz", "a.html.br", "a.css", "a.html~"])
def test_leaves_what_is_not(tmp_path, name):
    """In a folder, other files are not pages."""
    write(tmp_path / name)
    assert read(tmp_path) == ([], {None: "no_pages"})


@pytest.mark.parametrize(("name", "is_html"), [("page", True), ("page.php", True), ("a.html", True), ("a.txt", False)])
def test_reads_a_file_by_any_name(tmp_path, name, is_html):
    """A file that is given by name is read whatever it is called."""
    path = write(tmp_path / name, "body")
    assert list(read_pages(path)) == [RawPage(name, b"body", is_html)]


@pytest.mark.parametrize("name", ["none", "n" * 300, "a/" * 2_500, "nul\0", "loop"])
def test_nothing_there(tmp_path, name):
    """Where nothing is or can be, the caller is told at once, not with the first page."""
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="nothing at"):
        read_pages(tmp_path / name)


@pytest.mark.timeout(10)
def test_pipes_are_not_waited_for(tmp_path):
    """A named pipe is neither opened nor waited for, whether it is named like a page or given by name."""
    os.mkfifo(tmp_path / "page.html")
    write(tmp_path / "z.html")
    assert read(tmp_path) == (["z.html"], {"page.html": "not_a_file"})
    with pytest.raises(InputError, match="neither a folder nor a file"):
        read_pages(tmp_path / "page.html")


@pytest.mark.timeout(10)
def test_devices_are_not_read(tmp_path):
    """A device without an end is refused."""
    with pytest.raises(InputError, match="neither a folder nor a file"):
        read_pages(Path("/dev/zero"))


def test_links_out_are_reported(tmp_path):
    """Links to files and folders elsewhere are named and not followed; those within the folder are."""
    site, other = tmp_path / "site", tmp_path / "other"
    write(other / "secret.html", "secret")
    write(site / "a.html")
    (site / "b.html").symlink_to("a.html")
    (site / "c.html").symlink_to("../other/secret.html")
    (site / "d").symlink_to("../other")
    (site / "e.png").symlink_to("../other/secret.html")
    assert read(site) == (["a.html", "b.html"], {"c.html": "link_outside", "d": "link_outside"})


@pytest.mark.timeout(10)
def test_loops_end(tmp_path):
    """Links in a circle, to themselves or to nothing are problems of their own and stop nothing."""
    (tmp_path / "a.html").symlink_to("a.html")
    (tmp_path / "b.html").symlink_to("c.html")
    (tmp_path / "c.html").symlink_to("b.html")
    (tmp_path / "d.html").symlink_to("gone.html")
    (tmp_path / "e").symlink_to(".")
    write(tmp_path / "z.html")
    assert read(tmp_path) == (["z.html"], dict.fromkeys(["a.html", "b.html", "c.html", "d.html"], "file_unreadable"))


def test_a_folder_named_like_a_page(tmp_path):
    """A folder named like a page is a folder, and what lies in it is read."""
    write(tmp_path / "page.html" / "index.html")
    assert read(tmp_path) == (["page.html/index.html"], {})


def test_names_that_are_no_text(tmp_path):
    """Names that are no UTF-8 are spelt out, stay apart, and can be written in any record."""
    for name in [b"caf\xe9.html", b"caf\xe8.html"]:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    assert read(tmp_path)[0] == ["caf\\xe8.html", "caf\\xe9.html"]


@given(st.binary(min_size=1, max_size=20).filter(lambda name: b"\0" not in name))
def test_any_path_is_spelt(name):
    """Any path can be written down, and one that is text as it is."""
    spelt = spell_path(os.fsdecode(name))
    spelt.encode()
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return
    assert spelt == text


def test_a_folder_of_any_depth(tmp_path):
    """A folder thousands deep is read as far as the system can name it, and the rest is reported."""
    write(tmp_path / "a.html")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(DEEP):
        os.mkdir("dd", dir_fd=here)
        below = os.open("dd", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    pages, problems = read(tmp_path)
    assert pages == ["a.html"]
    assert list(problems.values()) == ["folder_unreadable"]
    assert min(len(page) for page in problems) > 2_000
    subprocess.run(["rm", "-r", tmp_path / "dd"], check=True)  # too deep for shutil


def test_unreadable_folder(tmp_path, monkeypatch):
    """A folder that may not be listed is reported, and the others go on."""
    write(tmp_path / "a" / "a.html")
    write(tmp_path / "b" / "b.html")
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert read(tmp_path) == (["b/b.html"], {"a": "folder_unreadable"})


def test_unreadable_file(tmp_path, monkeypatch):
    """A file that may not be read is reported with the system's words and a hint, and the others go on."""
    write(tmp_path / "a.html")
    write(tmp_path / "b.html")
    read_bytes = Path.read_bytes

    def refuse(path):
        if path.name == "a.html":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    problem, page = read_pages(tmp_path)
    assert (problem.code, problem.page, problem.text) == (
        "file_unreadable",
        "a.html",
        "a.html cannot be read: Permission denied",
    )
    assert problem.hint
    assert page.address == "b.html"


def test_vanishing_files(tmp_path):
    """A file or folder that is deleted while its neighbours are read is reported, and the rest goes on."""
    for name in ["a.html", "b.html", "c.html", "d/e.html", "f/g.html"]:
        write(tmp_path / name)
    pages = read_pages(tmp_path)
    assert next(pages).address == "a.html"
    (tmp_path / "b.html").unlink()
    (tmp_path / "d" / "e.html").unlink()
    (tmp_path / "d").rmdir()
    assert [(getattr(given, "address", ""), getattr(given, "code", "")) for given in pages] == [
        ("", "file_unreadable"),
        ("c.html", ""),
        ("", "folder_unreadable"),
        ("f/g.html", ""),
    ]


def test_large_files(tmp_path, monkeypatch):
    """A file over the limit is reported by its size and never read; one at the limit is."""
    monkeypatch.setattr(folder, "MAX_FILE_BYTES", 10)
    write(tmp_path / "a.html", "x" * 10)
    write(tmp_path / "b.html", "x" * 11)
    page, problem = read_pages(tmp_path)
    assert page.content == b"x" * 10
    assert (problem.code, problem.page) == ("file_too_large", "b.html")
    assert "11 bytes" in problem.text


def test_one_page_at_a_time(tmp_path, monkeypatch):
    """A page is read when it is asked for, so a site of any size fits."""
    for number in range(5):
        write(tmp_path / f"{number}.html")
    reads = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: reads.append(path.name) or read_bytes(path))
    next(iter(read_pages(tmp_path)))
    assert reads == ["0.html"]


def test_pictures_and_videos_among_pages(tmp_path):
    """Pictures and videos come in the same order as pages, told by their names; pages alone leave them aside."""
    (tmp_path / "sub").mkdir()
    for name in ["a.JPG", "c.png?v=2", "sub/d.avif", "x.svg", "y.ico"]:
        (tmp_path / name).write_bytes(PICTURE)
    (tmp_path / "b.mp4").write_bytes(FILM)
    write(tmp_path / "b.html")
    write(tmp_path / "photo.jpg?size=1.html")
    names = ["a.JPG", "b.html", "b.mp4", "c.png?v=2", "photo.jpg?size=1.html", "sub/d.avif"]
    found = list(read_whole(tmp_path))
    assert [one.address for one in found] == names
    assert [type(one) for one in found] == [RawMedia, RawPage, RawMedia, RawMedia, RawPage, RawMedia]
    assert (count_whole(tmp_path), count_pages(tmp_path)) == (6, 2)
    assert read(tmp_path) == (["b.html", "photo.jpg?size=1.html"], {})


def test_bad_pictures_are_told(tmp_path):
    """What is named like a picture and is none, a pipe, or leads out is told, and the rest goes on."""
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(PICTURE)
    folder = tmp_path / "folder"
    write(folder / "bad.jpg", "<html>")
    (folder / "good.jpg").write_bytes(PICTURE)
    (folder / "out.jpg").symlink_to(outside)
    os.mkfifo(folder / "pipe.png")
    found = {one.address if isinstance(one, RawMedia) else one.page: one for one in read_whole(folder)}
    assert isinstance(found.pop("good.jpg"), RawMedia)
    codes = {"bad.jpg": "image_unknown", "out.jpg": "link_outside", "pipe.png": "image_unread"}
    assert {name: problem.code for name, problem in found.items()} == codes


def test_pictures_alone(tmp_path):
    """A folder of pictures alone is no empty one where pictures are read; an empty one says what is looked at."""
    assert ".jpg" in next(read_whole(tmp_path)).hint
    assert ".jpg" not in next(read_pages(tmp_path)).hint
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    assert [type(one) for one in read_whole(tmp_path)] == [RawMedia]
    assert read(tmp_path) == ([], {None: "no_pages"})
    assert [one.address for one in read_whole(tmp_path / "a.jpg")] == ["a.jpg"]
