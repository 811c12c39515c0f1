"""Files beside saved pages."""

import os

import pytest

from cloneward.archive import asset
from cloneward.archive.asset import list_assets, locate_asset, read_asset

PAGE = "https://Ours.test/a/b.html"


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("p.png", "ours.test/a/p.png"),
        (" ../css/x.css?ver=6#top ", "ours.test/css/x.css?ver=6"),
        ("/caf%C3%A9%3Fv=1.png", "ours.test/café?v=1.png"),
        ("http://ours.test/p.png", "ours.test/p.png"),
        ("//cdn.test/p.png", "cdn.test/p.png"),
        ("../../../../etc/x", "ours.test/etc/x"),
        ("data:image/png;base64,AAAA", None),
        ("javascript:alert(1)", None),
        ("//[broken", None),
    ],
)
def test_places(reference, place):
    """A reference leads to a place as a browser would go there, whatever the scheme; data and scripts have none."""
    assert locate_asset(PAGE, reference) == place


def test_files_of_a_folder(tmp_path):
    """Pictures, styles and scripts are listed in a fixed order, with the names that mirrors give; no link is."""
    for name in ("z.png", "a.html", "css/x.css?ver=6", "css/y.JS", "b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "link.png").symlink_to("z.png")
    (tmp_path / "loop").symlink_to(".")
    assert list(list_assets(tmp_path)) == ["z.png", "css/x.css?ver=6", "css/y.JS"]
    assert list(list_assets(tmp_path / "none")) == []


def test_nothing_leaves_the_folder(tmp_path, monkeypatch):
    """Only a file within the folder, of a size that is read, is given; all else is as if it were not there."""
    monkeypatch.setattr(asset, "MAX_ASSET_BYTES", 3)
    folder = tmp_path / "site"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"x")
    (folder / "a.png").write_bytes(b"abc")
    (folder / "large.png").write_bytes(b"abcd")
    (folder / "in.png").symlink_to("a.png")
    (folder / "out.png").symlink_to("../secret.png")
    (folder / "loop.png").symlink_to("loop.png")
    os.mkfifo(folder / "pipe.png")
    assert read_asset(folder, "a.png") == read_asset(folder, "/a.png") == read_asset(folder, "in.png") == b"abc"
    bad = ["large.png", "out.png", "loop.png", "pipe.png", "sub", "none", "../secret.png", "nul\0.png", "n" * 300]
    assert [read_asset(folder, name) for name in [*bad, str(tmp_path / "secret.png")]] == [None] * 10
