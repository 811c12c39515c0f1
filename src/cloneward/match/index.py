"""The index: which items share fingerprints with a page, without comparing with every one.

An inverted list of (fingerprint, item), sorted, with a directory over the leading bits, so that a look-up touches
one or two lines of memory. It finds every item that shares a run of at least `RUN` words that are not hot, and its
answers agree with `find_exactly`, which compares with all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Kind, Sketch, require_same
from cloneward.fingerprint.winnow import SHINGLE, TEXT, WINDOW

HOT_ITEMS = 1_000
"""Items from which on a fingerprint says nothing about which of them was copied."""
HOT_MIN_ITEMS = 6
"""Below this many items, a fingerprint is not called the owner's template: duplicates are likelier."""


@dataclass(frozen=True, eq=False)
class TextIndex:
    """The fingerprints of all items.

    `hashes`: uint64, shape (p,), ascending; `owners`: uint32, shape (p,), places in `items`. `directory`: int64,
    shape (2**bits + 1,), where the hashes with each leading bits begin. `hot`: uint64, ascending: fingerprints on
    at least half of the items (and on six) or on a thousand; they retrieve nothing.
    """

    kind: Kind
    items: tuple[str, ...]
    hashes: NDArray[np.uint64]
    owners: NDArray[np.uint32]
    directory: NDArray[np.int64]
    hot: NDArray[np.uint64]

    def candidates(self, sketch: Sketch) -> list[tuple[str, int]]:
        """Give the items that share fingerprints, with how many, the most first.

        Raises:
            VersionMismatch: the sketch is of another kind or version.
        """
        require_same(sketch.kind, self.kind)
        owners = _look_up(np.unique(sketch.hashes), self.hashes, self.owners, self.directory)
        places, shared = np.unique(owners, return_counts=True)
        order = np.argsort(-shared, kind="stable")
        return [(self.items[places[index]], int(shared[index])) for index in order]


def build_index(sketches: Iterable[tuple[str, Sketch]]) -> TextIndex:
    """Make the index of all items: 12 bytes a fingerprint, a directory of about 4, and six times that to make it.

    Raises:
        VersionMismatch: the sketches are not all of one kind and version.
    """
    items: list[str] = []
    parts: list[NDArray[np.uint64]] = []
    for item, sketch in sketches:
        require_same(sketch.kind, TEXT)
        items.append(item)
        parts.append(np.unique(sketch.hashes))
    hashes = np.concatenate(parts) if parts else np.empty(0, np.uint64)
    owners = np.repeat(np.arange(len(parts), dtype=np.uint32), [part.size for part in parts])
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    hot = frequent(parts, least=hot_limit(len(items)))
    cold = ~np.isin(hashes, hot, assume_unique=False)
    hashes, owners = hashes[cold], owners[cold]
    return TextIndex(TEXT, tuple(items), hashes, owners, _directory(hashes), hot)


def hot_limit(items: int) -> int:
    """Give from how many items on a fingerprint is hot."""
    return min(HOT_ITEMS, max(HOT_MIN_ITEMS, (items + 1) // 2))


def frequent(parts: Sequence[NDArray[np.uint64]], *, least: int) -> NDArray[np.uint64]:
    """Give the fingerprints that stand in at least `least` of the sketches (each given without repeats), ascending."""
    if len(parts) < least:
        return np.empty(0, np.uint64)
    hashes, counts = np.unique(np.concatenate(parts), return_counts=True)
    return hashes[counts >= least]


def mark_tokens(size: int, sketch: Sketch, listed: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Give which of a text's `size` tokens stand under listed fingerprints: bool, shape (size,).

    Between two neighbouring listed ones, at most a window apart, everything is marked: the text between them is
    as common as they are, and only winnowing left it out.
    """
    mask = np.zeros(size, np.bool_)
    if listed.size:
        positions = sketch.positions[np.isin(sketch.hashes, listed)]
        _mark(mask, positions, SHINGLE, WINDOW)
    return mask


@numba.njit(cache=True)
def _mark(mask: NDArray[np.bool_], positions: NDArray[np.int32], size: int, bridge: int) -> None:
    last = -size - bridge
    for position in positions:
        start = last if position - last <= size + bridge and last >= 0 else position
        mask[start : position + size] = True
        last = position


def _directory(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    bits = max(1, int(hashes.size).bit_length() - 2)
    edges = np.arange(1, 1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    return np.concatenate(([0], np.searchsorted(hashes, edges), [hashes.size])).astype(np.int64)


@numba.njit(cache=True)
def _look_up(
    wanted: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    owners: NDArray[np.uint32],
    directory: NDArray[np.int64],
) -> NDArray[np.uint32]:
    """Give the owners of all wanted hashes, one entry for each fingerprint they share."""
    shift = np.uint64(64)
    size = directory.size - 1
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    total = 0
    for run in range(2):
        if run == 1:
            out = np.empty(total, np.uint32)
            total = 0
        for value in wanted:
            bucket = value >> shift
            for index in range(directory[bucket], directory[bucket + 1]):
                if hashes[index] > value:
                    break
                if hashes[index] == value:
                    if run == 1:
                        out[total] = owners[index]
                    total += 1
    return out
