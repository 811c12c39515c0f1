"""Which words of a text stand under listed fingerprints: template, common phrases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import SHINGLE, WINDOW


@dataclass(frozen=True, eq=False)
class Listed:
    """Fingerprints that are looked for in many texts.

    `hashes`: uint64, ascending. `endings`: bool, of all last bits whether one of them ends so; of others one in sixteen
    does, or fewer, and the rest need no search.
    """

    hashes: NDArray[np.uint64]
    endings: NDArray[np.bool_]

    @classmethod
    def of(cls, hashes: NDArray[np.uint64]) -> "Listed":
        """List fingerprints, ascending."""
        return cls(hashes, _list_endings(hashes))


def mark_tokens(size: int, sketch: Sketch, listed: Listed) -> NDArray[np.bool_]:
    """Give which of a text's `size` tokens stand under listed fingerprints: bool, shape (size,).

    Between two neighbouring listed ones, at most a window apart, everything is marked: the text between them is
    as common as they are, and only winnowing left it out.

    Args:
        size: the number of tokens.
        sketch: that of the text.
        listed: what is looked for.
    """
    mask = np.zeros(size, np.bool_)
    if listed.hashes.size:
        _mark(mask, sketch.hashes, sketch.positions, listed.hashes, listed.endings)
    return mask


def is_listed(hashes: NDArray[np.uint64], listed: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Give which of the fingerprints are listed: bool, one for each; `listed` is ascending."""
    if not listed.size:
        return np.zeros(hashes.size, np.bool_)
    places = np.searchsorted(listed, hashes)
    found: NDArray[np.bool_] = listed[np.minimum(places, listed.size - 1)] == hashes
    return found


def find_frequent(sketches: Sequence[Sketch], least: int) -> NDArray[np.uint64]:
    """Give the fingerprints that stand in at least `least` (one or more) of the sketches, ascending."""
    if len(sketches) < least:
        return np.empty(0, np.uint64)
    hashes, counts = np.unique(np.concatenate([np.unique(s.hashes) for s in sketches]), return_counts=True)
    return hashes[counts >= least]


@numba.njit(cache=True)
def _list_endings(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    size = 64
    while size < 16 * hashes.size:
        size *= 2
    endings = np.zeros(size, np.bool_)
    for value in hashes:
        endings[value & np.uint64(size - 1)] = True
    return endings


@numba.njit(cache=True)
def _mark(
    mask: NDArray[np.bool_],
    hashes: NDArray[np.uint64],
    positions: NDArray[np.int32],
    listed: NDArray[np.uint64],
    endings: NDArray[np.bool_],
) -> None:
    reach = SHINGLE + WINDOW
    last = -reach - 1
    for index in range(hashes.size):
        if not endings[hashes[index] & np.uint64(endings.size - 1)]:
            continue
        place = np.searchsorted(listed, hashes[index])
        if place < listed.size and listed[place] == hashes[index]:
            position = positions[index]
            mask[last if position - last <= reach else position : position + SHINGLE] = True
            last = position
