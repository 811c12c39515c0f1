"""Tests of cloneward.archive.container."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import container as module
from cloneward.archive.container import pack_folder, write_container
from cloneward.errors import InputError

CONTENTS = {"b/data.bin": bytes(range(256)) * 9, "a.json": b"{}", "b/empty": b"", "a/b.txt": b"text"}
NAMES = st.from_regex(r"[a-z0-9_][a-z0-9._~-]{0,5}(/[a-z0-9_][a-z0-9._~-]{0,5})?", fullmatch=True)


def write(contents):
    """The bytes of a container."""
    file = io.BytesIO()
    write_container(file, contents)
    return file.getvalue()


def test_others_read_it():
    """Another reader finds every file, with its bytes and CRC, and each of them stored."""
    with zipfile.ZipFile(io.BytesIO(write(CONTENTS))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == CONTENTS
        assert archive.namelist() == sorted(CONTENTS)
        heads = {(one.compress_type, one.date_time, one.extra, one.comment) for one in archive.infolist()}
    assert heads == {(zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0), b"", b"")}


@given(st.dictionaries(NAMES, st.binary(max_size=40), max_size=6), st.randoms(use_true_random=False))
def test_the_same_files_make_the_same_bytes(contents, chance):
    """The order in which files are given makes no difference."""
    names = list(contents)
    chance.shuffle(names)
    assert write({name: contents[name] for name in names}) == write(contents)


def test_files_of_the_disk(tmp_path):
    """A folder is packed as its files are, whatever their times and rights."""
    for name, content in CONTENTS.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o700)
    assert write(pack_folder(tmp_path)) == write(CONTENTS)


@pytest.mark.parametrize("name", ["", "/a", "a//b", "../a", "a/.hidden", "a b", "ä", "a\\b", "a/", "a\n"])
def test_names_that_are_not_plain(name):
    """A name that systems read in different ways is refused."""
    with pytest.raises(InputError, match="a file named"):
        write({name: b""})


def test_limits(monkeypatch):
    """What would need fields of another width is refused, by its size and by its number."""
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(InputError, match=r"a has 101 bytes"):
        write({"a": bytes(101)})
    with pytest.raises(InputError, match="the package has over 100 bytes"):
        write({"a": bytes(20), "b": bytes(40)})
    monkeypatch.setattr(module, "MAX_ENTRIES", 1)
    with pytest.raises(InputError, match="2 files in a package"):
        write({"a": b"", "b": b""})
