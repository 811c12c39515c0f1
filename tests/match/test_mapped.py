"""Arrays in a mapped file."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.kinds import Kind
from cloneward.match.mapped import open_arrays, pack_names, read_name, write_arrays

KIND = Kind("test", 1)
ARRAYS = {
    "words": np.arange(7, dtype=np.uint64).reshape(7, 1),
    "none": np.empty((0, 4), np.uint16),
    "bytes": np.arange(5000, dtype=np.int64).astype(np.uint8),
}


@pytest.fixture
def file(tmp_path):
    """A file with these arrays."""
    path = tmp_path / "x.bits"
    write_arrays(path, "magic 1", KIND, ARRAYS)
    return path


def test_arrays_read_as_they_were_written(file):
    """Values, shapes and types are the same, one array may be asked for alone, and none can be written."""
    read = open_arrays(file, "magic 1", KIND, tuple(ARRAYS))
    for field, array in ARRAYS.items():
        assert np.array_equal(read[field], array)
        assert read[field].dtype == array.dtype
    assert not read["words"].flags.writeable
    assert list(open_arrays(file, "magic 1", KIND, ("bytes",))) == ["bytes"]
    assert [path.name for path in file.parent.iterdir()] == ["x.bits"]


@pytest.mark.parametrize(
    ("magic", "kind"), [("magic 2", KIND), ("magic 1", Kind("test", 2)), ("magic 1", Kind("t", 1))]
)
def test_others_are_refused(file, magic, kind):
    """Another format, kind or version is never taken for this one."""
    with pytest.raises(VersionMismatch):
        open_arrays(file, magic, kind, tuple(ARRAYS))


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", json.dumps({"magic": "magic 1"}).encode()])
def test_damage_is_told(file, damage):
    """A file that is none gives an error that says how to get a new index."""
    file.write_bytes(damage)
    with pytest.raises(EvidenceError, match="damaged") as caught:
        open_arrays(file, "magic 1", KIND, tuple(ARRAYS))
    assert "protect add" in caught.value.hint


def test_missing_and_cut_files_are_told(file):
    """A file that is not there, or whose end is not, is damaged."""
    with pytest.raises(EvidenceError):
        open_arrays(file.with_name("y.bits"), "magic 1", KIND, tuple(ARRAYS))
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(EvidenceError):
        open_arrays(file, "magic 1", KIND, tuple(ARRAYS))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_names_are_those_that_were_packed(given_names):
    """Each name is read again at its place, empty and strange ones too."""
    names, ends = pack_names(given_names)
    assert [read_name(names, ends, place) for place in range(len(given_names))] == given_names
