"""PDQ: a photo as 256 bits, of which a copy that was scaled or compressed again keeps nearly all.

The picture is smoothed by two box filters each way, sampled at 64 by 64 points, and the 16 by 16 lowest frequencies of
these, without the constant, are each told to be above their median or not. The filters and the sampling are one linear
map R Y C', so each pixel is read once; on a picture that was decoded small, the weights of the pixels it stands for are
added up. Agrees with the public reference within 10 bits where quality is 80 or more.

Source: Facebook, The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm, 2019; the public repository
facebook/ThreatExchange, folder pdq.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.image import Picture
from cloneward.fingerprint.kinds import Kind

PDQ = Kind("pdq", 1)
BITS = 256
USABLE_QUALITY = 50
"""Below it a picture is so plain that others have the same bits by chance: they are kept and match nothing."""

_POINTS = 64
_WAVES = 16
_LEAST_SIDE = 5  # px: below it the reference gives no bits and quality 0
_STEP = 255 / 100  # grey levels that quality counts as one
_PER_QUALITY = 90  # such steps between neighbours, summed over all, for one of quality


@dataclass(frozen=True, eq=False)
class PhotoPrint:
    """The fingerprint of one picture.

    `waves`: float64, shape (16, 16), its lowest frequencies, rows first. `quality`: 0 to 100, by how much there is to
    see in it.
    """

    kind: Kind
    waves: NDArray[np.float64]
    quality: int

    @property
    def is_usable(self) -> bool:
        """True where its bits tell it from others."""
        return self.quality >= USABLE_QUALITY

    @property
    def bits(self) -> NDArray[np.uint64]:
        """The 256 bits: uint64, shape (4,), the lowest first."""
        return _tell_bits(self.waves)

    @property
    def mirrored(self) -> NDArray[np.uint64]:
        """The bits of its mirror image, left and right swapped."""
        return _tell_bits(self.waves * _signs())

    def turned(self) -> NDArray[np.uint64]:
        """Give the bits of its eight turns and mirror images: uint64, shape (8, 4), the first as it is.

        In the order of transposed or not, upside down or not, left and right swapped or not: the last varies first.
        """
        signs = (np.ones(_WAVES), _signs())
        turns = product((self.waves, self.waves.T), signs, signs)
        return np.stack([_tell_bits(waves * np.outer(rows, columns)) for waves, rows, columns in turns])


def fingerprint_photo(picture: Picture) -> PhotoPrint:
    """Give the fingerprint of a picture; one with a side below 5 px has no bits and quality 0."""
    if min(picture.height, picture.width) < _LEAST_SIDE:
        return PhotoPrint(PDQ, np.zeros((_WAVES, _WAVES)), 0)
    rows, columns = (_weigh(size, picture.scale) for size in (picture.height, picture.width))
    points = _sample(picture.grey, *rows, *columns)
    cosines = _cosines()
    return PhotoPrint(PDQ, cosines @ points @ cosines.T, _measure_quality(points))


def spell_bits(bits: NDArray[np.uint64]) -> str:
    """Write the bits as the field does: 64 hexadecimal digits, the highest first."""
    return "".join(f"{word:016x}" for word in reversed(bits.tolist()))


def _tell_bits(waves: NDArray[np.float64]) -> NDArray[np.uint64]:
    flat = waves.ravel()
    lower_median = np.partition(flat, BITS // 2 - 1)[BITS // 2 - 1]
    return np.packbits(flat > lower_median, bitorder="little").view("<u8").astype(np.uint64)


def _measure_quality(points: NDArray[np.float64]) -> int:
    """Count the steps between neighbours, so that soft shades weigh nothing."""
    steps = [np.abs(np.trunc(np.diff(points, axis=axis) / _STEP)).sum() for axis in (0, 1)]
    return min(100, int(sum(steps)) // _PER_QUALITY)


@cache
def _cosines() -> NDArray[np.float64]:
    """Give rows 1 to 16 of the cosine transform of 64 points."""
    waves, points = np.arange(1, _WAVES + 1), np.arange(_POINTS)
    made: NDArray[np.float64] = np.sqrt(2 / _POINTS) * np.cos(np.pi / (2 * _POINTS) * np.outer(waves, 2 * points + 1))
    return made


@cache
def _signs() -> NDArray[np.float64]:
    """Give what turning an axis around makes of its waves: the odd ones, which come first, change sign."""
    return np.where(np.arange(_WAVES) % 2, 1.0, -1.0)


@lru_cache(maxsize=256)
def _weigh(size: int, scale: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give the map from one axis to 64 points: for each, the first place of its weights, and they: float32, (64, m).

    Each point is a mean of means, both over windows that are cut where the picture ends. `size` is in px, the weights
    are of places `scale` px wide.
    """
    width = -(-size // (2 * _POINTS))
    ahead = (width + 2) // 2
    places = np.arange(size)
    starts = np.maximum(places + ahead - width, 0)
    ends = np.minimum(places + ahead, size)
    firsts = np.empty(_POINTS, np.int64)
    weights = np.zeros((_POINTS, (2 * width - 2) // scale + 2), np.float32)
    for point in range(_POINTS):
        middle = (2 * point + 1) * size // (2 * _POINTS)
        inner = slice(starts[middle], ends[middle])
        low, high = int(starts[inner][0]), int(ends[inner][-1])
        share = 1 / (ends[inner] - starts[inner]) / (ends[middle] - starts[middle])
        edges = np.bincount(starts[inner] - low, share, high - low + 1)
        edges -= np.bincount(ends[inner] - low, share, high - low + 1)
        folded = np.bincount(np.arange(low, high) // scale - low // scale, np.cumsum(edges)[:-1])
        firsts[point] = low // scale
        weights[point, : folded.size] = folded
    return firsts, weights


@numba.njit(cache=True)
def _sample(
    grey: NDArray[np.float32],
    row_firsts: NDArray[np.int64],
    row_weights: NDArray[np.float32],
    column_firsts: NDArray[np.int64],
    column_weights: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Give the picture at 64 by 64 points: rows are added up first, as whole rows are quick to add."""
    height, width = grey.shape
    points = np.empty((_POINTS, _POINTS), np.float64)
    line = np.empty(width, np.float32)
    for point in range(_POINTS):
        line[:] = 0
        for step in range(min(row_weights.shape[1], height - row_firsts[point])):
            weight = row_weights[point, step]
            row = grey[row_firsts[point] + step]
            for column in range(width):
                line[column] += weight * row[column]
        for across in range(_POINTS):
            first = column_firsts[across]
            total = np.float32(0)
            for step in range(min(column_weights.shape[1], width - first)):
                total += column_weights[across, step] * line[first + step]
            points[point, across] = total
    return points
