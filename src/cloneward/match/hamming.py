"""All fingerprints of 256 bits that differ from one in at most 31: found without comparing with every one, none missed.

The bits are cut into 16 bands of 16, which form a ring. Two fingerprints that differ in at most 31 bits differ in less
than two a band on average. So there is a band from which on every run of n bands differs in at most 2n - 1 bits: the
first one after the point where the sum of what is above two a band is greatest. Hence it is enough to find, band by
band, those that differ in at most one bit there, and in at most three there and in the next band together.

Each band has a list of all fingerprints, sorted by their bits in it, with those in the next band beside: 17 stretches
of each list are read, and of random fingerprints there one in 400 is left to be compared as a whole.

Source: Norouzi, Punjani, Fleet: Fast Exact Search in Hamming Space with Multi-Index Hashing, 2014; Qin, Xiao:
Pigeonring: A Principle for Faster Thresholded Similarity Search, 2018.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Kind
from cloneward.match.mapped import open_arrays, pack_names, read_name, write_arrays

MOST_BITS = 31
"""The greatest distance that is found; PDQ's own threshold for one and the same photo."""
ROW_BYTES = 132
"""Of memory or disk, for each fingerprint; and 4 MB for the index, and the ids."""

_MAGIC = "cloneward bits 1"
_BANDS = 16
_KEYS = 1 << 16
_PROBES = 17  # a band's own bits, and each with one changed
_ALONE, _TOGETHER = 1, 3  # bits in which a band may differ, and that and the next one
_HELD = 4096  # candidates that are compared at once, about
_FIELDS = ("bits", "owners", "places", "nexts", "directory", "names", "ends")


@dataclass(frozen=True, eq=False)
class BitIndex:
    """The fingerprints of some items, of which each may have several. Immutable; for another set make another one.

    `bits`: uint64, shape (n, 4). `owners`: uint32, shape (n,), places of items. `places`: uint32, shape (16, n), for
    each band the rows of `bits`, ascending by the band's bits; `nexts`: uint16, the same shape, their bits in the next
    band. `directory`: uint32, shape (16, 65537), where those with each value begin. `names`: uint8, the items' ids in
    UTF-8, one after the other; `ends`: uint64, shape (m,), where each ends.
    """

    kind: Kind
    bits: NDArray[np.uint64]
    owners: NDArray[np.uint32]
    places: NDArray[np.uint32]
    nexts: NDArray[np.uint16]
    directory: NDArray[np.uint32]
    names: NDArray[np.uint8]
    ends: NDArray[np.uint64]

    def __len__(self) -> int:
        """Give the number of items."""
        return int(self.ends.size)

    def item(self, place: int) -> str:
        """Give the id of the item at a place."""
        return read_name(self.names, self.ends, place)

    @property
    def name(self) -> str:
        """The file's name: what it holds decides it, so the same items give the same file."""
        content = hashlib.sha256(f"{self.kind}".encode())
        for array in (self.bits, self.owners, self.names, self.ends):
            content.update(np.ascontiguousarray(array).data)
        return f"{content.hexdigest()[:32]}.bits"


@dataclass(frozen=True, eq=False)
class Near:
    """Pairs of what was asked and what is near it, by what was asked, the nearest first.

    `asked`: uint32, shape (m,), rows of what was asked. `rows`: uint32, rows of the index's `bits`. `hamming`: uint8,
    in how many bits they differ.
    """

    asked: NDArray[np.uint32]
    rows: NDArray[np.uint32]
    hamming: NDArray[np.uint8]


def build_bits(kind: Kind, items: Sequence[str], bits: NDArray[np.uint64], owners: NDArray[np.uint32]) -> BitIndex:
    """Make an index of fingerprints, uint64 of shape (n, 4), each with the place of its item; takes no other memory."""
    bits = np.ascontiguousarray(bits, np.uint64).reshape(-1, 4)
    owners = np.ascontiguousarray(owners, np.uint32)
    places = np.empty((_BANDS, len(bits)), np.uint32)
    nexts = np.empty((_BANDS, len(bits)), np.uint16)
    directory = np.zeros((_BANDS, _KEYS + 1), np.uint32)
    bands = bits.view(np.uint16)
    for band in range(_BANDS):
        _sort_band(bands, band, places[band], nexts[band], directory[band])
    names, ends = pack_names(items)
    arrays: dict[str, NDArray[Any]] = {
        "bits": bits,
        "owners": owners,
        "places": places,
        "nexts": nexts,
        "directory": directory,
        "names": names,
        "ends": ends,
    }
    return BitIndex(kind=kind, **arrays)


def write_bits(folder: Path, index: BitIndex) -> str:
    """Write an index and give the name of its file; it is on the disk when this returns, or not there at all."""
    name = index.name
    write_arrays(folder / name, _MAGIC, index.kind, {field: getattr(index, field) for field in _FIELDS})
    return name


def open_bits(file: Path, kind: Kind) -> BitIndex:
    """Map an index; reading it costs nothing until it is asked.

    Raises:
        VersionMismatch: it holds fingerprints of another kind or version.
        EvidenceError: it is missing or damaged.
    """
    return BitIndex(kind=kind, **open_arrays(file, _MAGIC, kind, _FIELDS))


def find_near(index: BitIndex, asked: NDArray[np.uint64], radius: int = MOST_BITS) -> Near:
    """Give all that differ from those asked, uint64 of shape (k, 4), in at most `radius` bits, which is 31 or less."""
    if not 0 <= radius <= MOST_BITS:
        raise ValueError(f"a radius of {radius} bits cannot be searched, only 0 to {MOST_BITS}")
    asked = np.ascontiguousarray(asked, np.uint64).reshape(-1, 4)
    return _sort_found(
        _search(
            asked,
            asked.view(np.uint16),
            _freeze(index.bits),
            _freeze(index.places),
            _freeze(index.nexts),
            _freeze(index.directory),
            radius,
        )
    )


def find_near_plainly(bits: NDArray[np.uint64], asked: NDArray[np.uint64], radius: int = MOST_BITS) -> Near:
    """Give the same by comparing with every one: the reference, and the way where the radius is greater."""
    found = []
    for number, one in enumerate(asked):
        hamming = np.bitwise_count(bits ^ one).sum(axis=1, dtype=np.uint32)
        rows = np.flatnonzero(hamming <= radius)
        found.append(np.stack((np.full(rows.size, number), rows, hamming[rows]), axis=1))
    return _sort_found(np.concatenate(found) if found else np.empty((0, 3), np.uint32))


def _sort_found(found: NDArray[Any]) -> Near:
    asked, rows, hamming = found[np.lexsort((found[:, 1], found[:, 2], found[:, 0]))].T
    return Near(asked.astype(np.uint32), rows.astype(np.uint32), hamming.astype(np.uint8))


def _freeze(array: NDArray[Any]) -> NDArray[Any]:
    """Give a view that cannot be written, as a mapped file's: numba compiles for one of the two, not for both."""
    view = array.view()
    view.flags.writeable = False
    return view


@numba.njit(cache=True)
def _sort_band(
    bands: NDArray[np.uint16],
    band: int,
    places: NDArray[np.uint32],
    nexts: NDArray[np.uint16],
    directory: NDArray[np.uint32],
) -> None:
    """Sort the rows by one band: count how many have each value, then put each where those before it end."""
    follower = (band + 1) % _BANDS
    for row in range(bands.shape[0]):
        directory[np.int64(bands[row, band]) + 1] += 1
    for key in range(_KEYS):
        directory[key + 1] += directory[key]
    free = directory.copy()
    for row in range(bands.shape[0]):
        place = free[bands[row, band]]
        free[bands[row, band]] += 1
        places[place] = row
        nexts[place] = bands[row, follower]


@numba.njit(cache=True)
def _count_ones(value: np.uint64) -> np.uint64:
    """Count bits in parallel, by pairs, fours and eights; LLVM makes one instruction of it."""
    value -= (value >> np.uint64(1)) & np.uint64(0x5555555555555555)
    value = (value & np.uint64(0x3333333333333333)) + ((value >> np.uint64(2)) & np.uint64(0x3333333333333333))
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (value * np.uint64(0x0101010101010101)) >> np.uint64(56)


@numba.njit(cache=True)
def _search(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    asked: NDArray[np.uint64],
    asked_bands: NDArray[np.uint16],
    bits: NDArray[np.uint64],
    places: NDArray[np.uint32],
    nexts: NDArray[np.uint16],
    directory: NDArray[np.uint32],
    radius: int,
) -> NDArray[np.uint32]:
    """Give rows of (asked, row, distance), each pair once.

    Memory is slow and answers many questions at once, so each step asks all that it can before the next one waits.
    """
    found = np.empty((1024, 3), np.uint32)
    total = 0
    spans = np.empty((_BANDS, _PROBES, 2), np.int64)
    held = np.empty((2 * _HELD, 2), np.int64)
    for number in range(asked.shape[0]):
        _find_spans(asked_bands[number], directory, spans)
        count = 0
        for band in range(_BANDS):
            follower = asked_bands[number, (band + 1) % _BANDS]
            for probe in range(_PROBES):
                most = np.uint64(_TOGETHER if probe == 0 else _TOGETHER - 1)
                end = spans[band, probe, 1]
                for start in range(spans[band, probe, 0], end, _HELD):
                    if count > _HELD:
                        found, total = _compare(number, asked, held[:count], bits, places, radius, found, total)
                        count = 0
                    for place in range(start, min(start + _HELD, end)):
                        if _count_ones(np.uint64(nexts[band, place] ^ follower)) <= most:
                            held[count, 0] = band
                            held[count, 1] = place
                            count += 1
        found, total = _compare(number, asked, held[:count], bits, places, radius, found, total)
    return found[:total]


@numba.njit(cache=True)
def _find_spans(keys: NDArray[np.uint16], directory: NDArray[np.uint32], spans: NDArray[np.int64]) -> None:
    """Look up where those lie that have each band's bits, or have them but for one."""
    for band in range(_BANDS):
        for probe in range(_PROBES):
            key = np.int64(keys[band]) if probe == 0 else np.int64(keys[band]) ^ (1 << (probe - 1))
            spans[band, probe, 0] = directory[band, key]
            spans[band, probe, 1] = directory[band, key + 1]


@numba.njit(cache=True)
def _compare(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    number: int,
    asked: NDArray[np.uint64],
    held: NDArray[np.int64],
    bits: NDArray[np.uint64],
    places: NDArray[np.uint32],
    radius: int,
    found: NDArray[np.uint32],
    total: int,
) -> tuple[NDArray[np.uint32], int]:
    """Add those that are near as a whole, each at the first of the bands that bring it up."""
    for at in range(held.shape[0]):
        held[at, 1] = places[held[at, 0], held[at, 1]]
    for at in range(held.shape[0]):
        row = held[at, 1]
        hamming = np.uint64(0)
        for word in range(4):
            hamming += _count_ones(asked[number, word] ^ bits[row, word])
        if hamming <= np.uint64(radius) and _find_first(asked[number], bits[row]) == held[at, 0]:
            if total == found.shape[0]:
                found = np.concatenate((found, np.empty_like(found)))
            found[total, 0] = number
            found[total, 1] = row
            found[total, 2] = hamming
            total += 1
    return found, total


@numba.njit(cache=True)
def _find_first(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> int:
    """Give the first band at which `_search` brings the two up."""
    for band in range(_BANDS):
        own = _count_band(left, right, band)
        if own <= _ALONE and own + _count_band(left, right, (band + 1) % _BANDS) <= _TOGETHER:
            return band
    return -1


@numba.njit(cache=True)
def _count_band(left: NDArray[np.uint64], right: NDArray[np.uint64], band: int) -> int:
    word, shift = band // 4, np.uint64(16 * (band % 4))
    return int(_count_ones(((left[word] ^ right[word]) >> shift) & np.uint64(0xFFFF)))
