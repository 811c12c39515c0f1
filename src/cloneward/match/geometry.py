"""Whether one picture shows another: points that one similarity maps on each other, and brightness that agrees there.

Points alone do not tell two photos of one street from a copy, or two photos with one logo; brightness compared over
all that both would show does.
"""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.local import BUFFER_SIDE, SIDE, SIZE_STEPS, SPOT_STEPS, Frame

MOST_DIFFERENT = 12
"""Bits of 64 in which two points may differ."""
LEAST_INLIERS = 8
"""Points that one similarity must map on each other."""
LEAST_SHARE = 0.3
"""Of the points that both would show, as many as are compared: less is a frame or a letterhead that both have."""
LEAST_CORRELATION = 0.65
"""Of brightness, where the pictures overlap."""
MANY_SHARE, MANY_CORRELATION = 0.65, 0.5
"""Where as many points agree, what is written all over may disturb the brightness more."""
KEPT_INLIERS, KEPT_SHARE, KEPT_CORRELATION = 16, 0.36, 0.4
"""Where as many agree, and as large a share of all the item's points in view stand in their places, brightness may be
disturbed still more: two photos of one ground with other things on it keep 0.3 of many points."""
LEAST_DRAWN_CORRELATION = 0.92
"""Where the item is drawn: two logos or monograms of one make differ in a letter only."""

_MOST_PAIRS = 60  # of points: the nearest; each two of them are tried
_CELLS = 4  # each way, of the item: what two screenshots share is the frame, and not what is within
_CELL_POINTS = 4  # in view, for a cell to count
_NEAR = 6.0  # units of a 160th of the root of the area
_SCALES = (0.4, 2.2)
_TURN = 0.25  # sine, at most
_TURN_STEPS = SPOT_STEPS * 20 // 360
_SIZE_DIFFERENCE = 1.25 * SIZE_STEPS
_LEAST_BASE = 12.0  # units: two points must be so far apart to tell a similarity
_LEAST_OVERLAP = 0.04  # of the buffer
_HALF = 4  # places: brightness is compared with the mean of 9 by 9
_MIDDLE, _REACH = (BUFFER_SIDE - 1) / 2, BUFFER_SIDE / 2  # of the buffer, from the middle of its first place
_TONES, _DRAWN_SHARE = 3, 0.7  # the commonest grey levels of the buffer, and how much of it they fill at least
_QUIET = 4.0  # grey levels: less than that is noise


@dataclass(frozen=True)
class Similarity:
    """Maps an item's places to a page picture's: x to along x - across y + right, y to across x + along y + down.

    Places are from the upper left corner of the picture without borders, in 160ths of the root of its area. The page's
    picture is mirrored first where the search says so.
    """

    along: float
    across: float
    right: float
    down: float


@dataclass(frozen=True)
class Check:
    """What a comparison of two pictures gave.

    `inliers`: points that agree on the similarity; `share`: of those that both would show, 0 to 1, as far as they are
    compared. `kept`: share of all the item's points in view that stand where the similarity has them, or 0 where they
    do so in half of the item alone. `correlation`: of brightness where the two overlap, -1 to 1. `is_drawn`: the item
    has few tones, as no photo has.
    """

    inliers: int
    share: float
    kept: float
    correlation: float
    similarity: Similarity
    is_drawn: bool

    @property
    def holds(self) -> bool:
        """True where one picture shows the other."""
        alike = self.correlation >= self._find_least_correlation()
        return self.inliers >= LEAST_INLIERS and self.share >= LEAST_SHARE and alike

    def _find_least_correlation(self) -> float:
        if self.is_drawn:
            return LEAST_DRAWN_CORRELATION
        if self.inliers >= KEPT_INLIERS and self.kept >= KEPT_SHARE:
            return KEPT_CORRELATION
        return MANY_CORRELATION if self.share >= MANY_SHARE else LEAST_CORRELATION


def measure_sides(frame: Frame) -> tuple[float, float]:
    """Give width and height of a picture without its borders, in 160ths of the root of its area."""
    width, height = frame.right - frame.left, frame.bottom - frame.top
    unit = SIDE / (width * height) ** 0.5
    return width * unit, height * unit


@dataclass(frozen=True, eq=False)
class Points:
    """What two pictures are compared by: as of a `LocalPrint`, and `sides` as `measure_sides` gives them."""

    codes: NDArray[np.uint64]
    spots: NDArray[np.uint8]
    buffer: NDArray[np.uint8]
    sides: tuple[float, float]


def check_pair(item: Points, shown: Points) -> Check | None:
    """Compare an item with a page's picture; nothing where they have not enough points in common."""
    inliers, found = _fit(
        freeze(item.codes), freeze(item.spots), item.sides, freeze(shown.codes), freeze(shown.spots), shown.sides
    )
    if inliers < LEAST_INLIERS:
        return None
    visible = _count_visible(freeze(item.spots), item.sides, freeze(shown.spots), shown.sides, found)
    kept = _measure_kept(
        freeze(item.codes), freeze(item.spots), item.sides, freeze(shown.codes), freeze(shown.spots), shown.sides, found
    )
    correlation = _correlate(freeze(item.buffer), item.sides, freeze(shown.buffer), shown.sides, found)
    share = min(inliers / max(visible, 1), 1.0)
    return Check(inliers, share, kept, correlation, Similarity(*found), _is_drawn(item.buffer))


def _is_drawn(buffer: NDArray[np.uint8]) -> bool:
    counts = np.bincount(buffer.ravel(), minlength=256)
    return bool(np.sort(counts)[-_TONES:].sum() >= _DRAWN_SHARE * buffer.size)


def freeze(array: NDArray[Any]) -> NDArray[Any]:
    """Give a view as a mapped file's: numba compiles for one kind of array, not for each."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


@numba.njit(cache=True)
def count_ones(value: np.uint64) -> np.uint64:
    """Count bits in parallel, by pairs, fours and eights; LLVM makes one instruction of it."""
    value -= (value >> np.uint64(1)) & np.uint64(0x5555555555555555)
    value = (value & np.uint64(0x3333333333333333)) + ((value >> np.uint64(2)) & np.uint64(0x3333333333333333))
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (value * np.uint64(0x0101010101010101)) >> np.uint64(56)


@numba.njit(cache=True)
def _fit(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    codes: NDArray[np.uint64],
    spots: NDArray[np.uint8],
    sides: tuple[float, float],
    shown_codes: NDArray[np.uint64],
    shown_spots: NDArray[np.uint8],
    shown_sides: tuple[float, float],
) -> tuple[int, tuple[float, float, float, float]]:
    """Give how many points agree on the best similarity, and it."""
    none = (1.0, 0.0, 0.0, 0.0)
    pairs = _pair_points(codes, spots, shown_codes, shown_spots)
    if pairs.shape[0] < LEAST_INLIERS:
        return 0, none
    places = np.empty((pairs.shape[0], 4), np.float64)
    for at in range(pairs.shape[0]):
        left, right = pairs[at, 0], pairs[at, 1]
        places[at, 0] = (spots[left, 0] + 0.5) * sides[0] / SPOT_STEPS
        places[at, 1] = (spots[left, 1] + 0.5) * sides[1] / SPOT_STEPS
        places[at, 2] = (shown_spots[right, 0] + 0.5) * shown_sides[0] / SPOT_STEPS
        places[at, 3] = (shown_spots[right, 1] + 0.5) * shown_sides[1] / SPOT_STEPS
    best = _vote(places)
    if best[0] < LEAST_INLIERS:
        return 0, none
    found = (best[1], best[2], best[3], best[4])
    for _ in range(2):
        found = _refine(places, found)
    return _count_apart(places, found), found


@numba.njit(cache=True)
def _pair_points(
    codes: NDArray[np.uint64], spots: NDArray[np.uint8], shown_codes: NDArray[np.uint64], shown_spots: NDArray[np.uint8]
) -> NDArray[np.int64]:
    """Give the pairs of points each of which is the other's nearest, the nearest pairs first."""
    most = np.uint64(MOST_DIFFERENT)
    rows, columns = codes.size, shown_codes.size
    least_row = np.full(rows, MOST_DIFFERENT + 1, np.uint64)
    least_column = np.full(columns, MOST_DIFFERENT + 1, np.uint64)
    best_row = np.full(rows, -1, np.int64)
    best_column = np.full(columns, -1, np.int64)
    for row in range(rows):
        size, direction = np.int64(spots[row, 2]), np.int64(spots[row, 3])
        for column in range(columns):
            hamming = count_ones(codes[row] ^ shown_codes[column])
            if hamming > most or (hamming >= least_row[row] and hamming >= least_column[column]):
                continue
            if not could_agree(size, direction, np.int64(shown_spots[column, 2]), np.int64(shown_spots[column, 3])):
                continue
            if hamming < least_row[row]:
                least_row[row] = hamming
                best_row[row] = column
            if hamming < least_column[column]:
                least_column[column] = hamming
                best_column[column] = row
    pairs = np.empty((_MOST_PAIRS, 2), np.int64)
    total = 0
    for bound in range(MOST_DIFFERENT + 1):
        for row in range(rows):
            mutual = best_row[row] >= 0 and best_column[best_row[row]] == row
            if mutual and least_row[row] == np.uint64(bound) and total < _MOST_PAIRS:
                pairs[total, 0] = row
                pairs[total, 1] = best_row[row]
                total += 1
    return pairs[:total]


@numba.njit(cache=True)
def could_agree(size: np.int64, direction: np.int64, other_size: np.int64, other_direction: np.int64) -> bool:
    """Tell whether two points, as in spots, may be one: turned a little and scaled within bounds.

    It takes numbers, since a row of an array would be counted as in use each time, which takes longer than to compare.
    """
    turn = (direction - other_direction + SPOT_STEPS // 2) % SPOT_STEPS - SPOT_STEPS // 2
    return bool(abs(turn) <= _TURN_STEPS and abs(size - other_size) <= _SIZE_DIFFERENCE)


@numba.njit(cache=True)
def _vote(places: NDArray[np.float64]) -> tuple[int, float, float, float, float]:
    """Give the similarity that two of the pairs tell and most of the others agree with."""
    best = (0, 1.0, 0.0, 0.0, 0.0)
    for one in range(places.shape[0]):
        for two in range(one):
            x, y = places[one, 0] - places[two, 0], places[one, 1] - places[two, 1]
            square = x * x + y * y
            if square < _LEAST_BASE * _LEAST_BASE:
                continue
            u, v = places[one, 2] - places[two, 2], places[one, 3] - places[two, 3]
            along, across = (u * x + v * y) / square, (v * x - u * y) / square
            scale = np.sqrt(along * along + across * across)
            if not _SCALES[0] <= scale <= _SCALES[1] or abs(across) > _TURN * scale or along < 0:
                continue
            right = places[one, 2] - along * places[one, 0] + across * places[one, 1]
            down = places[one, 3] - across * places[one, 0] - along * places[one, 1]
            agreeing = 0
            for at in range(places.shape[0]):
                agreeing += _miss(places[at], along, across, right, down) <= _NEAR * _NEAR
            if agreeing > best[0]:
                best = (agreeing, along, across, right, down)
    return best


@numba.njit(cache=True)
def _miss(place: NDArray[np.float64], along: float, across: float, right: float, down: float) -> float:
    """Give the square of how far beside the shown point the item's is mapped."""
    x, y, shown_x, shown_y = place
    u = along * x - across * y + right - shown_x
    v = across * x + along * y + down - shown_y
    return float(u * u + v * v)


@numba.njit(cache=True)
def _refine(places: NDArray[np.float64], found: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Give the similarity that fits best, by squares, to the pairs that agree with one."""
    count = x0 = y0 = u0 = v0 = 0.0
    near = np.zeros(places.shape[0], np.bool_)
    for at in range(places.shape[0]):
        if _miss(places[at], found[0], found[1], found[2], found[3]) <= _NEAR * _NEAR:
            near[at] = True
            count += 1
            x0 += places[at, 0]
            y0 += places[at, 1]
            u0 += places[at, 2]
            v0 += places[at, 3]
    if count == 0:
        return found
    x0, y0, u0, v0 = x0 / count, y0 / count, u0 / count, v0 / count
    square = dot = cross = 0.0
    for at in range(places.shape[0]):
        if near[at]:
            x, y, u, v = places[at, 0] - x0, places[at, 1] - y0, places[at, 2] - u0, places[at, 3] - v0
            square += x * x + y * y
            dot += u * x + v * y
            cross += v * x - u * y
    if square == 0:
        return found
    along, across = dot / square, cross / square
    return along, across, u0 - along * x0 + across * y0, v0 - across * x0 - along * y0


@numba.njit(cache=True)
def _count_apart(places: NDArray[np.float64], found: tuple[float, float, float, float]) -> int:
    """Count the pairs that agree; points on one spot, with two directions, count once."""
    count = 0
    for at in range(places.shape[0]):
        if _miss(places[at], found[0], found[1], found[2], found[3]) > _NEAR * _NEAR:
            continue
        alone = True
        for other in range(at):
            near = abs(places[at, 2] - places[other, 2]) < 1 and abs(places[at, 3] - places[other, 3]) < 1
            if near and _miss(places[other], found[0], found[1], found[2], found[3]) <= _NEAR * _NEAR:
                alone = False
        count += alone
    return count


@numba.njit(cache=True)
def _count_visible(
    spots: NDArray[np.uint8],
    sides: tuple[float, float],
    shown_spots: NDArray[np.uint8],
    shown_sides: tuple[float, float],
    found: tuple[float, float, float, float],
) -> int:
    """Give how many points could agree: those of one picture that lie within the other, whichever has fewer."""
    along, across, right, down = found
    square = along * along + across * across
    own = theirs = 0
    for at in range(spots.shape[0]):
        x, y = spots[at, 0] * sides[0] / SPOT_STEPS, spots[at, 1] * sides[1] / SPOT_STEPS
        u, v = along * x - across * y + right, across * x + along * y + down
        own += 0 <= u <= shown_sides[0] and 0 <= v <= shown_sides[1]
    for at in range(shown_spots.shape[0]):
        u = shown_spots[at, 0] * shown_sides[0] / SPOT_STEPS - right
        v = shown_spots[at, 1] * shown_sides[1] / SPOT_STEPS - down
        x, y = (along * u + across * v) / square, (along * v - across * u) / square
        theirs += 0 <= x <= sides[0] and 0 <= y <= sides[1]
    return min(own, theirs, _MOST_PAIRS)


@numba.njit(cache=True)
def _measure_kept(  # noqa: PLR0913, PLR0917  as above
    codes: NDArray[np.uint64],
    spots: NDArray[np.uint8],
    sides: tuple[float, float],
    shown_codes: NDArray[np.uint64],
    shown_spots: NDArray[np.uint8],
    shown_sides: tuple[float, float],
    found: tuple[float, float, float, float],
) -> float:
    """Give the share of the item's points within the shown picture that have a point of it there.

    Gives 0 where no more than half of the item's cells have any.
    """
    most = np.uint64(MOST_DIFFERENT)
    visible = np.zeros(_CELLS * _CELLS, np.int64)
    kept = np.zeros(_CELLS * _CELLS, np.int64)
    place = np.empty(4, np.float64)
    for row in range(codes.size):
        place[0] = (spots[row, 0] + 0.5) * sides[0] / SPOT_STEPS
        place[1] = (spots[row, 1] + 0.5) * sides[1] / SPOT_STEPS
        u = found[0] * place[0] - found[1] * place[1] + found[2]
        v = found[1] * place[0] + found[0] * place[1] + found[3]
        if not (0 <= u <= shown_sides[0] and 0 <= v <= shown_sides[1]):
            continue
        cell = spots[row, 1] * _CELLS // SPOT_STEPS * _CELLS + spots[row, 0] * _CELLS // SPOT_STEPS
        visible[cell] += 1
        size, direction = np.int64(spots[row, 2]), np.int64(spots[row, 3])
        for column in range(shown_codes.size):
            if count_ones(codes[row] ^ shown_codes[column]) > most:
                continue
            place[2] = (shown_spots[column, 0] + 0.5) * shown_sides[0] / SPOT_STEPS
            place[3] = (shown_spots[column, 1] + 0.5) * shown_sides[1] / SPOT_STEPS
            near = _miss(place, found[0], found[1], found[2], found[3]) <= _NEAR * _NEAR
            if near and could_agree(
                size, direction, np.int64(shown_spots[column, 2]), np.int64(shown_spots[column, 3])
            ):
                kept[cell] += 1
                break
    full = visible >= _CELL_POINTS
    spread = 2 * (full & (kept > 0)).sum() > full.sum()
    return float(kept.sum() / visible.sum()) if spread else 0.0


@numba.njit(cache=True)
def _correlate(
    buffer: NDArray[np.uint8],
    sides: tuple[float, float],
    shown: NDArray[np.uint8],
    shown_sides: tuple[float, float],
    values: tuple[float, float, float, float],
) -> float:
    """Draw the item over the shown picture, and correlate what stands out from its surroundings in both.

    Gives -1 to 1, and 0 where they hardly overlap.
    """
    along, across, right, down = values
    square = along * along + across * across
    drawn = np.zeros((BUFFER_SIDE, BUFFER_SIDE), np.float64)
    inside = np.zeros((BUFFER_SIDE, BUFFER_SIDE), np.float64)
    total = 0
    for row in range(BUFFER_SIDE):
        for column in range(BUFFER_SIDE):
            u = (column + 0.5) * shown_sides[0] / BUFFER_SIDE - right
            v = (row + 0.5) * shown_sides[1] / BUFFER_SIDE - down
            x = (along * u + across * v) / square * BUFFER_SIDE / sides[0] - 0.5
            y = (along * v - across * u) / square * BUFFER_SIDE / sides[1] - 0.5
            if abs(x - _MIDDLE) <= _REACH and abs(y - _MIDDLE) <= _REACH:
                drawn[row, column] = _sample(buffer, x, y)
                inside[row, column] = 1
                total += 1
    if total < _LEAST_OVERLAP * BUFFER_SIDE * BUFFER_SIDE:
        return 0.0
    left = _stand_out(drawn, inside)
    other = _stand_out(shown * inside, inside)
    own, theirs, both = (left * left).sum(), (other * other).sum(), (left * other).sum()
    return float(both / np.sqrt(own * theirs)) if own > 0 and theirs > 0 else 0.0


@numba.njit(cache=True)
def _sample(buffer: NDArray[np.uint8], x: float, y: float) -> float:
    """Give the brightness between four places."""
    x, y = min(max(x, 0.0), BUFFER_SIDE - 1.001), min(max(y, 0.0), BUFFER_SIDE - 1.001)
    column, row = int(x), int(y)
    across, down = x - column, y - row
    upper = buffer[row, column] * (1 - across) + buffer[row, column + 1] * across
    lower = buffer[row + 1, column] * (1 - across) + buffer[row + 1, column + 1] * across
    return float(upper * (1 - down) + lower * down)


@numba.njit(cache=True)
def _stand_out(values: NDArray[np.float64], inside: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how far each place inside stands out from the mean of its surroundings, by how much these vary."""
    side = BUFFER_SIDE + 1
    counts = np.zeros((side, side), np.float64)
    sums = np.zeros((side, side), np.float64)
    squares = np.zeros((side, side), np.float64)
    for row in range(BUFFER_SIDE):
        for column in range(BUFFER_SIDE):
            value = values[row, column]
            for table, added in ((counts, inside[row, column]), (sums, value), (squares, value * value)):
                table[row + 1, column + 1] = (
                    added + table[row, column + 1] + table[row + 1, column] - table[row, column]
                )
    out = np.zeros_like(values)
    for row in range(BUFFER_SIDE):
        for column in range(BUFFER_SIDE):
            if inside[row, column] == 0:
                continue
            top, bottom = max(row - _HALF, 0), min(row + _HALF + 1, BUFFER_SIDE)
            first, last = max(column - _HALF, 0), min(column + _HALF + 1, BUFFER_SIDE)
            count = counts[bottom, last] - counts[top, last] - counts[bottom, first] + counts[top, first]
            mean = (sums[bottom, last] - sums[top, last] - sums[bottom, first] + sums[top, first]) / count
            square = squares[bottom, last] - squares[top, last] - squares[bottom, first] + squares[top, first]
            spread = np.sqrt(max(square / count - mean * mean, 0.0))
            out[row, column] = (values[row, column] - mean) / (spread + _QUIET)
    return out
