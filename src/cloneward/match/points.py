"""A segment of the index of photos: immutable, in memory or mapped from files.

The bits of a point are cut into four bands of 16, and each band has a list of all points, sorted by their bits in it.
A point that is looked up is compared with those that agree with it in all bits of a band: of true pairs four in five
do in one of the four, and a picture has many points. Each that is near, turned little and of like size is a vote for
its picture. What very many points have in a band, as every blob on a plain ground does, tells no pictures apart and is
left out there: that saves two thirds of the work, and true pairs lose one vote in ten.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import require_same
from cloneward.fingerprint.local import BUFFER_SIDE, LOCAL, Frame
from cloneward.fingerprint.pdq import PDQ
from cloneward.fingerprint.photo import PicturePrint
from cloneward.match.geometry import MOST_DIFFERENT, Points, could_agree, count_ones, freeze, measure_sides
from cloneward.match.hamming import BitIndex, build_bits, open_bits, write_bits
from cloneward.match.mapped import open_arrays, write_arrays

_MAGIC = "cloneward points 1"
_BANDS = 4
_KEYS = 1 << 16
_LONG, _LONG_TIMES = 1024, 20  # points with one value, and how many times the mean, that say nothing any more
_FIELDS = ("codes", "spots", "starts", "places", "directory", "buffers", "frames")


@dataclass(frozen=True, eq=False)
class PointSegment:
    """The fingerprints of some pictures.

    `bits`: their PDQ and their names. `codes`: uint64, shape (n,), and `spots`: uint8, shape (n, 4), of all points,
    picture by picture; `starts`: int64, shape (m + 1,), where each picture's begin. `places`: uint32, shape (4, n), for
    each band the points, ascending by their bits in it; `directory`: uint32, shape (4, 65537), where those with each
    value begin. `buffers`: uint8, shape (m, 64, 64). `frames`: int32, shape (m, 6), the fields of `Frame`.
    """

    bits: BitIndex
    codes: NDArray[np.uint64]
    spots: NDArray[np.uint8]
    starts: NDArray[np.int64]
    places: NDArray[np.uint32]
    directory: NDArray[np.uint32]
    buffers: NDArray[np.uint8]
    frames: NDArray[np.int32]

    def __len__(self) -> int:
        """Give the number of pictures."""
        return len(self.bits)

    def item(self, place: int) -> str:
        """Give the name of the picture at a place."""
        return self.bits.item(place)

    def frame(self, place: int) -> Frame:
        """Give the sides of the picture at a place."""
        return Frame(*self.frames[place].tolist())

    def points(self, place: int) -> Points:
        """Give what the picture at a place is compared by."""
        run = slice(self.starts[place], self.starts[place + 1])
        sides = measure_sides(self.frame(place))
        return Points(self.codes[run], self.spots[run], self.buffers[place], sides)

    @property
    def name(self) -> str:
        """The file's name without its ending: what it holds decides it, so the same pictures give the same files."""
        content = hashlib.sha256(f"{LOCAL} {self.bits.name}".encode())
        for array in (self.codes, self.spots, self.starts, self.frames):
            content.update(np.ascontiguousarray(array).data)
        return content.hexdigest()[:32]


def build_points(entries: Sequence[tuple[str, PicturePrint]]) -> PointSegment:
    """Make a segment of pictures by name; keeps some 9 KB a picture, half of it small copies.

    Raises:
        VersionMismatch: the fingerprints are of another version.
    """
    photos: list[NDArray[np.uint64]] = []
    owners: list[int] = []
    for place, (_, one) in enumerate(entries):
        require_same(one.local.kind, LOCAL)
        for photo in one.photos:
            require_same(photo.kind, PDQ)
            if photo.is_usable:
                photos.append(photo.bits)
                owners.append(place)
    locals_ = [one.local for _, one in entries]
    frames = [
        (frame.height, frame.width, frame.top, frame.bottom, frame.left, frame.right)
        for frame in (local.frame for local in locals_)
    ]
    return _assemble(
        build_bits(PDQ, [name for name, _ in entries], np.array(photos, np.uint64), np.array(owners, np.uint32)),
        _join((local.codes for local in locals_), np.empty(0, np.uint64)),
        _join((local.spots for local in locals_), np.empty((0, 4), np.uint8)),
        np.array([len(local) for local in locals_], np.int64),
        _join((local.buffer[None] for local in locals_), np.empty((0, BUFFER_SIDE, BUFFER_SIDE), np.uint8)),
        np.array(frames, np.int32).reshape(-1, 6),
    )


def merge_points(parts: Sequence[tuple[PointSegment, NDArray[np.bool_]]]) -> PointSegment:
    """Make one segment of what is alive in several; alive is bool, one for each picture."""
    names: list[str] = []
    rows: list[NDArray[np.uint64]] = []
    owners: list[NDArray[np.uint32]] = []
    for segment, alive in parts:
        moved = (np.cumsum(alive) - 1 + len(names)).astype(np.uint32)
        kept = alive[segment.bits.owners]
        rows.append(segment.bits.bits[kept])
        owners.append(moved[segment.bits.owners[kept]])
        names += [segment.item(place) for place in np.flatnonzero(alive).tolist()]
    counts = [np.diff(segment.starts) for segment, _ in parts]
    masks = [np.repeat(alive, count) for (_, alive), count in zip(parts, counts, strict=True)]
    return _assemble(
        build_bits(PDQ, names, np.concatenate(rows), np.concatenate(owners)),
        np.concatenate([segment.codes[mask] for (segment, _), mask in zip(parts, masks, strict=True)]),
        np.concatenate([segment.spots[mask] for (segment, _), mask in zip(parts, masks, strict=True)]),
        np.concatenate([count[alive] for (_, alive), count in zip(parts, counts, strict=True)]),
        np.concatenate([segment.buffers[alive] for segment, alive in parts]),
        np.concatenate([segment.frames[alive] for segment, alive in parts]),
    )


def write_points(folder: Path, segment: PointSegment) -> tuple[str, str]:
    """Write a segment and give the names of its two files; they are on the disk when this returns."""
    name = f"{segment.name}.points"
    write_arrays(folder / name, _MAGIC, LOCAL, {field: getattr(segment, field) for field in _FIELDS})
    return name, write_bits(folder, segment.bits)


def open_points(folder: Path, names: Sequence[str]) -> PointSegment:
    """Map a segment; reading it costs nothing until it is asked.

    Raises:
        VersionMismatch: it holds fingerprints of another version.
        EvidenceError: it is missing or damaged.
    """
    points, bits = names
    return PointSegment(open_bits(folder / bits, PDQ), **open_arrays(folder / points, _MAGIC, LOCAL, _FIELDS))


def count_votes(
    segment: PointSegment, alive: NDArray[np.bool_], codes: NDArray[np.uint64], spots: NDArray[np.uint8]
) -> NDArray[np.uint16]:
    """Give for each picture how many of the points that are looked up one of its points is near to; none if dead."""
    votes: NDArray[np.uint16] = _count_votes(
        codes,
        spots,
        freeze(segment.codes),
        freeze(segment.spots),
        freeze(segment.starts),
        freeze(segment.places),
        freeze(segment.directory),
    )
    return votes * alive


def _join(arrays: Iterable[NDArray[Any]], none: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([none, *arrays])


def _assemble(  # noqa: PLR0913, PLR0917  the arrays of one segment
    bits: BitIndex,
    codes: NDArray[np.uint64],
    spots: NDArray[np.uint8],
    counts: NDArray[np.int64],
    buffers: NDArray[np.uint8],
    frames: NDArray[np.int32],
) -> PointSegment:
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
    places = np.empty((_BANDS, codes.size), np.uint32)
    directory = np.zeros((_BANDS, _KEYS + 1), np.uint32)
    for band in range(_BANDS):
        _sort_band(codes, band, places[band], directory[band])
    return PointSegment(bits, codes, spots, starts, places, directory, buffers, frames)


@numba.njit(cache=True)
def _take_band(code: np.uint64, band: int) -> int:
    return int((code >> np.uint64(16 * band)) & np.uint64(0xFFFF))


@numba.njit(cache=True)
def _sort_band(codes: NDArray[np.uint64], band: int, places: NDArray[np.uint32], directory: NDArray[np.uint32]) -> None:
    """Sort the points by one band: count how many have each value, then put each where those before it end."""
    for code in codes:
        directory[_take_band(code, band) + 1] += 1
    for key in range(_KEYS):
        directory[key + 1] += directory[key]
    free = directory.copy()
    for at in range(codes.size):
        key = _take_band(codes[at], band)
        places[free[key]] = at
        free[key] += 1


@numba.njit(cache=True)
def _count_votes(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    asked: NDArray[np.uint64],
    asked_spots: NDArray[np.uint8],
    codes: NDArray[np.uint64],
    spots: NDArray[np.uint8],
    starts: NDArray[np.int64],
    places: NDArray[np.uint32],
    directory: NDArray[np.uint32],
) -> NDArray[np.uint16]:
    most = np.uint64(MOST_DIFFERENT)
    longest = max(_LONG, _LONG_TIMES * codes.size // _KEYS)
    votes = np.zeros(starts.size - 1, np.uint16)
    last = np.full(starts.size - 1, -1, np.int32)
    for number in range(asked.size):
        code = asked[number]
        size, direction = np.int64(asked_spots[number, 2]), np.int64(asked_spots[number, 3])
        for band in range(_BANDS):
            key = _take_band(code, band)
            begin, end = np.int64(directory[band, key]), np.int64(directory[band, key + 1])
            if end - begin > longest:
                continue
            for place in range(begin, end):
                at = places[band, place]
                if count_ones(codes[at] ^ code) > most:
                    continue
                if not could_agree(np.int64(spots[at, 2]), np.int64(spots[at, 3]), size, direction):
                    continue
                owner = np.searchsorted(starts, at, "right") - 1
                if last[owner] != number:
                    last[owner] = number
                    votes[owner] += 1
    return votes
