"""Tests of cloneward.seal.durable."""

import os

import pytest

from cloneward.seal import durable
from cloneward.seal.durable import flush_tree, write_file


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_whole_or_absent(tmp_path, monkeypatch, step):
    """Wherever writing ends early, what stood there before stands there still, and the next write succeeds."""
    path = tmp_path / "file"
    write_file(path, b"before")

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        target = durable.Path if step == "replace" else os
        patch.setattr(target, step, fail)
        with pytest.raises(OSError, match="No space"):
            write_file(path, b"after")
    assert path.read_bytes() == b"before"
    write_file(path, b"after")
    assert path.read_bytes() == b"after"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_rights(tmp_path):
    """A secret is never readable by others, not for a moment."""
    write_file(tmp_path / "secret", b"x", mode=0o600)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_flushes_all(tmp_path, monkeypatch):
    """A tree is flushed file by file and folder by folder, each after what is in it."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"x")
    flushed = []
    monkeypatch.setattr(durable, "flush", lambda path: flushed.append(path.relative_to(tmp_path).as_posix()))
    flush_tree(tmp_path)
    assert flushed == ["a/b/file", "a/b", "a", "."]
