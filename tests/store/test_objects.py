"""Tests of the objects."""

import hashlib
import os
import tracemalloc

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, InputError, Unavailable
from cloneward.store.objects import ObjectStore


@pytest.fixture
def objects(tmp_path):
    """An empty store of objects of up to 10 kB."""
    return ObjectStore(tmp_path / "items", max_bytes=10_000)


def count_files(objects):
    """The files in it, half-written ones too."""
    return sum(path.is_file() for path in objects.folder.rglob("*"))


@given(content=st.binary(max_size=300))
def test_returns_what_was_put(tmp_path_factory, content):
    """Any bytes come back as they were, under their SHA-256."""
    objects = ObjectStore(tmp_path_factory.getbasetemp() / "any")
    digest = objects.put(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert objects.get(digest) == content


def test_put_twice(objects):
    """The same bytes are kept once, and not written again."""
    digest = objects.put(b"once")
    before = objects.locate(digest).stat()
    assert objects.put(b"once") == digest
    after = objects.locate(digest).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert count_files(objects) == 1


def test_name(objects):
    """The first two digits name the folder, the others the file, and any zstd reads it."""
    digest = objects.put(b"plain")
    path = objects.folder / digest[:2] / f"{digest[2:]}.zst"
    assert zstandard.decompress(path.read_bytes()) == b"plain"


def test_every_flipped_bit_is_noticed(objects):
    """No single changed bit goes unnoticed: it is refused, or what comes out is still the very content."""
    content = b"evidence that must hold, every bit of it"
    digest = objects.put(content)
    path = objects.locate(digest)
    whole = path.read_bytes()
    refused = 0
    for bit in range(len(whole) * 8):
        broken = bytearray(whole)
        broken[bit // 8] ^= 1 << bit % 8
        path.write_bytes(broken)
        try:
            read = objects.get(digest)
        except EvidenceError:
            refused += 1
        else:
            assert read == content
    assert refused >= len(content) * 8


@pytest.mark.parametrize("broken", [b"", b"\x28\xb5\x2f\xfd", b"not zstd", zstandard.compress(b"another")])
def test_damaged(objects, broken):
    """An empty, cut, foreign or exchanged file is refused, and putting the content again mends it."""
    digest = objects.put(b"content")
    objects.locate(digest).write_bytes(broken)
    with pytest.raises(EvidenceError, match=digest) as caught:
        objects.get(digest)
    assert caught.value.hint
    assert objects.put(b"content") == digest
    assert objects.get(digest) == b"content"


def test_missing(objects):
    """An object that is not there does not hold as evidence."""
    with pytest.raises(EvidenceError, match="cannot be read"):
        objects.get("ab" * 32)


@pytest.mark.parametrize("sized", [True, False])
def test_bomb(objects, sized):
    """A small file that would unpack to more than the limit is refused, whether or not it says so."""
    digest = objects.put(b"content")
    packer = zstandard.ZstdCompressor(write_content_size=sized)
    objects.locate(digest).write_bytes(packer.compress(bytes(10_000_000)))
    with pytest.raises(EvidenceError, match="unpack"):
        objects.get(digest)


def test_too_large(objects):
    """What could not be read back is not taken in."""
    assert len(objects.get(objects.put(bytes(10_000)))) == 10_000
    with pytest.raises(InputError, match="10001 bytes"):
        objects.put(bytes(10_001))


def test_no_room(objects, monkeypatch):
    """A full disk says try later, and leaves nothing under the name."""

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(Unavailable, match="No space left on device"):
        objects.put(b"content")
    monkeypatch.undo()
    with pytest.raises(EvidenceError):
        objects.get(hashlib.sha256(b"content").hexdigest())


@pytest.mark.parametrize("content", [b"", b"film", os.urandom(9_000)])
def test_put_file(objects, tmp_path, content):
    """What a file holds is kept under its digest, also in the place of a damaged object; the file stays."""
    path = tmp_path / "film"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    for _ in range(2):
        objects.put_file(path, digest)
        assert objects.get(digest) == path.read_bytes() == content
        objects.locate(digest).write_bytes(b"damage")


def test_files_are_not_held(tmp_path):
    """A large file is copied a piece at a time."""
    objects, path = ObjectStore(tmp_path / "items"), tmp_path / "film"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    tracemalloc.start()
    objects.put_file(path, digest)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 5_000_000


def test_one_copy_is_held(tmp_path):
    """A large object is given without a second copy of it in memory, packed or not."""
    objects, content = ObjectStore(tmp_path / "items"), os.urandom(20_000_000)
    digest = objects.put(content)
    tracemalloc.start()
    assert objects.get(digest) == content
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 25_000_000


def test_files_that_cannot_be_kept(objects, tmp_path):
    """A file that is too large, gone, or another than its digest says is refused, and leaves nothing behind."""
    path = tmp_path / "film"
    path.write_bytes(b"x" * 10_001)
    with pytest.raises(InputError, match="10001 bytes"):
        objects.put_file(path, "ab" * 32)
    path.write_bytes(b"other")
    with pytest.raises(Unavailable, match="changed while it was read"):
        objects.put_file(path, "ab" * 32)
    with pytest.raises(Unavailable, match="cannot copy"):
        objects.put_file(tmp_path / "none", "ab" * 32)
    objects.sweep()
    assert count_files(objects) == 0


def test_sweep(objects):
    """What a killed writer left half-written goes, and nothing else."""
    digest = objects.put(b"whole")
    (objects.folder / "tmp" / "half").write_bytes(b"ha")
    objects.sweep()
    assert count_files(objects) == 1
    assert objects.get(digest) == b"whole"


@pytest.mark.parametrize("has_syncfs", [True, False])
def test_sync(objects, monkeypatch, has_syncfs):
    """Everything is flushed, by the whole machine where the C library cannot flush one file system."""
    calls = []
    monkeypatch.setattr(os, "sync", lambda: calls.append("all"))
    if not has_syncfs:
        monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    objects.put(b"content")
    objects.sync()
    assert calls == ([] if has_syncfs else ["all"])
