"""Local features: a photo as some hundred points with 64 bits each, by which a part of it is known again.

What a copy keeps of a photo may be cut, framed, turned a little, mirrored or written on: PDQ, which looks at the whole,
does not survive that; a part of the points does. Each is a SIFT feature of the picture without its borders, brought to
one area. Its descriptor is made binary by 64 learnt projections of its square roots, and a mirror image has the same
projections of the same descriptor in another order, so it costs no second search for points.

Source: Lowe, Distinctive Image Features from Scale-Invariant Keypoints, 2004; Arandjelovic, Zisserman, Three things
everyone should know to improve object retrieval, 2012 (square roots); Gong, Lazebnik, Iterative Quantization, 2011.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.image import Picture, find_inner, trim_borders
from cloneward.fingerprint.kinds import Kind

if TYPE_CHECKING:
    import cv2

LOCAL = Kind("local", 1)
MOST_KEPT = 150
"""Points of a picture that is protected."""
MOST_ASKED = 200
"""Points of a picture that is looked up."""
SIDE = 160
"""px: the root of the area that points are looked for on, and the unit that places are compared in."""
BUFFER_SIDE = 64
"""px: both sides of the small copy by which two pictures are compared at last."""
SPOT_STEPS = 256
"""Of a byte: fractions of width and height, and parts of a full turn."""
SIZE_STEPS = 16
"""By which a size doubles."""

_MODEL: Final = Path(__file__).with_name("local1.npz")
_MOST_ENLARGED = 2  # times: what is smaller has no more to show
_LEAST_SIDE = 12  # px, of what points are looked for on
_FOUND = 400  # points of which the best are described; describing is most of the work
_CONTRAST, _EDGE = 0.015, 12.0  # of OpenCV's SIFT: about half its usual contrast, for soft photos
_CELLS = 4  # each way: every part of the picture keeps some points
_LEAST_SIZE = 0.5  # px: what the first step of a size stands for
# A descriptor has 4 rows, 4 columns and 8 directions; in a mirror image rows and turning directions change places.
_MIRROR: Final = np.arange(128).reshape(4, 4, 8)[::-1][:, :, (-np.arange(8)) % 8].ravel()


@dataclass(frozen=True)
class Frame:
    """The sides of a picture, in px, and the half-open rows and columns that are left without its borders."""

    height: int
    width: int
    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, eq=False)
class LocalPrint:
    """The points of one picture without its borders, the most telling first.

    `codes` and `mirrored`: uint64, shape (n,), the bits of each point and of it in a mirror image. `spots`: uint8,
    shape (n, 4): x and y in 256ths of the width and height; size, 16 steps for a doubling; direction, in 256ths of a
    full turn. `buffer`: uint8, shape (64, 64), the brightness, whatever the sides.
    """

    kind: Kind
    codes: NDArray[np.uint64]
    mirrored: NDArray[np.uint64]
    spots: NDArray[np.uint8]
    buffer: NDArray[np.uint8]
    frame: Frame

    def __len__(self) -> int:
        """Give the number of points."""
        return int(self.codes.size)


def fingerprint_local(picture: Picture, most: int, *, written: bool = False) -> LocalPrint:
    """Give at most so many points of a picture without its borders; few or none where it is plain or tiny.

    `written`: borders may have words on them, as `find_inner` has it.
    """
    top, bottom, left, right = find_inner(picture, written=written)
    part = picture.cut(top, bottom, left, right)
    descriptors, spots = _describe(_resize(part), most)
    return LocalPrint(
        LOCAL,
        _encode(descriptors),
        _encode(descriptors[:, _MIRROR]),
        spots,
        _shrink(part.grey, BUFFER_SIDE, BUFFER_SIDE),
        _frame_part(picture, part, top * picture.scale, left * picture.scale),
    )


def describe_points(picture: Picture, most: int) -> NDArray[np.float32]:
    """Give the descriptors that the bits are made of, as square roots: float32, shape (n, 128)."""
    return _describe(_resize(trim_borders(picture)), most)[0]


def mirror_spots(spots: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give where the points stand in the mirror image, left and right swapped."""
    turned = spots.copy()
    turned[:, 0] = SPOT_STEPS - 1 - spots[:, 0]
    turned[:, 3] = SPOT_STEPS // 2 - spots[:, 3].astype(np.int16)
    return turned


def _frame_part(picture: Picture, part: Picture, top: int, left: int) -> Frame:
    return Frame(picture.height, picture.width, top, top + part.height, left, left + part.width)


def _resize(picture: Picture) -> NDArray[np.uint8]:
    """Give the picture at the area that points are looked for on, or twice as wide and high where it is small."""
    times = min(_MOST_ENLARGED, SIDE / (picture.height * picture.width) ** 0.5)
    return _shrink(picture.grey, max(1, round(picture.height * times)), max(1, round(picture.width * times)))


def _shrink(grey: NDArray[np.float32], height: int, width: int) -> NDArray[np.uint8]:
    import cv2  # noqa: PLC0415  half a second that a check of texts alone never pays

    enlarges = height > grey.shape[0] or width > grey.shape[1]
    sized = cv2.resize(grey, (width, height), interpolation=cv2.INTER_LINEAR if enlarges else cv2.INTER_AREA)
    return np.rint(sized).clip(0, 255).astype(np.uint8)


def _describe(grey: NDArray[np.uint8], most: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Give the square roots of the descriptors of the most telling points, and their spots."""
    if min(grey.shape) < _LEAST_SIDE:
        return np.empty((0, 128), np.float32), np.empty((0, 4), np.uint8)
    points, descriptors = _make_detector().detectAndCompute(grey, None)
    if not points:
        return np.empty((0, 128), np.float32), np.empty((0, 4), np.uint8)
    values = np.array([(*point.pt, point.size, point.angle, point.response) for point in points], np.float32)
    kept = _choose_points(values, grey.shape, most)
    sums = np.maximum(descriptors[kept].sum(axis=1, keepdims=True), 1)
    return np.sqrt(descriptors[kept] / sums), _quantise(values[kept], grey.shape)


@cache
def _make_detector() -> "cv2.SIFT":
    import cv2  # noqa: PLC0415  as above

    return cv2.SIFT.create(nfeatures=_FOUND, contrastThreshold=_CONTRAST, edgeThreshold=_EDGE)


def _choose_points(values: NDArray[np.float32], shape: tuple[int, ...], most: int) -> NDArray[np.int64]:
    """Give the places of the strongest points, those first that are the strongest of their cell, then the seconds."""
    rows, columns = (
        np.clip((values[:, axis] * _CELLS / side).astype(np.int64), 0, _CELLS - 1)
        for axis, side in ((1, shape[0]), (0, shape[1]))
    )
    cells = rows * _CELLS + columns
    strengths = values[:, 4] * np.sqrt(values[:, 2])
    order = np.lexsort((-strengths, cells))
    firsts = np.searchsorted(cells[order], cells[order])
    ranks = np.arange(order.size) - firsts
    return order[np.lexsort((-strengths[order], ranks))][:most]


def _quantise(values: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    across, down = ((values[:, axis] + 0.5) * SPOT_STEPS / side for axis, side in ((0, shape[1]), (1, shape[0])))
    sizes = SIZE_STEPS * np.log2(np.maximum(values[:, 2] / _LEAST_SIZE, 1))
    turns = np.rint(values[:, 3] * SPOT_STEPS / 360) % SPOT_STEPS
    return np.stack((across, down, np.rint(sizes), turns), axis=1).clip(0, SPOT_STEPS - 1).astype(np.uint8)


def _encode(descriptors: NDArray[np.float32]) -> NDArray[np.uint64]:
    return _tell_signs(np.ascontiguousarray(descriptors), *_read_model())


@numba.njit(cache=True)
def _tell_signs(
    descriptors: NDArray[np.float32], mean: NDArray[np.float32], axes: NDArray[np.float32]
) -> NDArray[np.uint64]:
    """Give the signs of the projections; so few that a library's threads would wait longer than it takes."""
    codes = np.zeros(descriptors.shape[0], np.uint64)
    sums = np.empty(axes.shape[1], np.float32)
    for row in range(descriptors.shape[0]):
        sums[:] = 0
        for part in range(axes.shape[0]):
            value = descriptors[row, part] - mean[part]
            for bit in range(sums.size):  # a whole row at once would be a new array each time
                sums[bit] += value * axes[part, bit]
        for bit in range(sums.size):
            codes[row] |= np.uint64(sums[bit] > 0) << np.uint64(bit)
    return codes


@cache
def _read_model() -> tuple[NDArray[Any], NDArray[Any]]:
    """Give the mean of descriptors, float32, shape (128,), and what they are projected on, shape (128, 64)."""
    with np.load(_MODEL, allow_pickle=False) as model:
        return model["mean"], np.ascontiguousarray(model["axes"])
