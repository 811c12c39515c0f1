"""Arrays in a file that is mapped, not read: a header of one page names kind and version, then they stand as such."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.kinds import Kind, require_same

REBUILD = "remove the folder index/ and run cloneward protect add again: it makes the index anew"
_HEADER_BYTES = 4096
_ALIGNED_BYTES = 64


def write_arrays(file: Path, magic: str, kind: Kind, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the arrays; they are on the disk when this returns, or the file is not there at all."""
    offset = _HEADER_BYTES
    places: dict[str, list[object]] = {}
    for field, array in arrays.items():
        places[field] = [offset, array.dtype.str, list(array.shape)]
        offset += -(-array.nbytes // _ALIGNED_BYTES) * _ALIGNED_BYTES
    header = {"magic": magic, "kind": kind.name, "version": kind.version, "arrays": places}
    partial = file.with_name(f"{file.name}.partial")
    with partial.open("wb") as stream:
        stream.write(json.dumps(header).encode().ljust(_HEADER_BYTES))
        for array in arrays.values():
            array.tofile(stream)
            stream.write(bytes(-array.nbytes % _ALIGNED_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)


def open_arrays(file: Path, magic: str, kind: Kind, fields: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Map the arrays; reading costs nothing until it is asked.

    Raises:
        VersionMismatch: they are of another kind or version, or in another format.
        EvidenceError: the file is missing or damaged.
    """
    try:
        with file.open("rb") as stream:
            header = json.loads(stream.read(_HEADER_BYTES))
        if header["magic"] != magic:
            raise VersionMismatch(f"{file} has another format: {header['magic']}", hint=REBUILD)
        require_same(Kind(header["kind"], header["version"]), kind)
        return {field: _map_array(file, *header["arrays"][field]) for field in fields}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvidenceError(f"the index {file} is damaged: {error}", hint=REBUILD) from error


def replace_file(file: Path, content: bytes) -> None:
    """Put a file in the place of another by rename: whoever opens it finds the old one or the new one, whole."""
    partial = file.with_suffix(".partial")
    with partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def pack_names(names: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Give names as arrays: in UTF-8, one after the other, and where each ends."""
    encoded = [name.encode() for name in names]
    ends = np.cumsum([len(name) for name in encoded], dtype=np.uint64)
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def read_name(names: NDArray[np.uint8] | memoryview, ends: NDArray[np.uint64], place: int) -> str:
    """Give one of the names that `pack_names` has packed."""
    start = ends.item(place - 1) if place else 0
    name: bytes = names[start : ends.item(place)].tobytes()
    return name.decode()


def _map_array(file: Path, offset: int, kind: str, shape: list[int]) -> NDArray[Any]:
    if 0 in shape:
        return np.empty(shape, kind)
    return np.asarray(np.memmap(file, np.dtype(kind), "r", offset, tuple(shape)))
