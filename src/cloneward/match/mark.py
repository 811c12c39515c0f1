"""Which words of a text stand under listed fingerprints: template, common phrases."""

from collections.abc import Sequence

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import SHINGLE, WINDOW


def mark_tokens(size: int, sketch: Sketch, listed: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Give which of a text's `size` tokens stand under listed fingerprints: bool, shape (size,).

    Between two neighbouring listed ones, at most a window apart, everything is marked: the text between them is
    as common as they are, and only winnowing left it out.

    Args:
        size: the number of tokens.
        sketch: that of the text.
        listed: ascending.
    """
    mask = np.zeros(size, np.bool_)
    if listed.size:
        _mark(mask, sketch.hashes, sketch.positions, listed)
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
def _mark(
    mask: NDArray[np.bool_], hashes: NDArray[np.uint64], positions: NDArray[np.int32], listed: NDArray[np.uint64]
) -> None:
    reach = SHINGLE + WINDOW
    last = -reach - 1
    for index in range(hashes.size):
        place = np.searchsorted(listed, hashes[index])
        if place < listed.size and listed[place] == hashes[index]:
            position = positions[index]
            mask[last if position - last <= reach else position : position + SHINGLE] = True
            last = position
