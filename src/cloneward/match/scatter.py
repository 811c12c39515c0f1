"""Blocks in any order: what a page of short lines shares with an item, where no run of words is left."""

import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.blocks import Blocks
from cloneward.match.align import Alignment
from cloneward.match.mark import is_listed

LEAST_WORDS = 60
"""Words in short blocks of one item, repeated ones counted once, from which on they are no chance."""


def leave_open(blocks: Blocks, covered: NDArray[np.bool_], hot: NDArray[np.uint64]) -> Blocks:
    """Give the blocks of which no token is explained yet and that say something.

    Args:
        blocks: those of a page.
        covered: bool, one for each token of the page.
        hot: fingerprints of blocks of the owner's template, ascending.
    """
    sums = np.concatenate([[0], np.cumsum(covered)])
    starts = blocks.sketch.positions
    return blocks.take((sums[starts + blocks.sizes] == sums[starts]) & ~is_listed(blocks.sketch.hashes, hot))


def pair_blocks(
    target: Blocks, item: Blocks, hot_target: NDArray[np.bool_], hot_item: NDArray[np.bool_]
) -> Alignment | None:
    """Give the blocks that both have as spans, each a group of its own; none where they are too few words.

    The n-th time that a block stands in the target it is paired with the n-th time in the item.
    """
    target = target.take(is_listed(target.sketch.hashes, np.sort(item.sketch.hashes)))
    if target.sizes.sum() < LEAST_WORDS:
        return None
    item = item.take(is_listed(item.sketch.hashes, np.sort(target.sketch.hashes)))
    places: dict[int, list[int]] = {}
    for place, value in enumerate(item.sketch.hashes.tolist()):
        places.setdefault(value, []).append(place)
    runs: list[tuple[int, int, int, int]] = []
    words: list[int] = []
    said: dict[int, int] = {}
    for value, start, size in zip(
        target.sketch.hashes.tolist(), target.sketch.positions.tolist(), target.sizes.tolist(), strict=True
    ):
        if places.get(value):
            other = int(item.sketch.positions[places[value].pop(0)])
            counted = int((~(hot_target[start : start + size] | hot_item[other : other + size])).sum())
            if counted:
                runs.append((start, other, size, len(runs)))
                words.append(counted)
                said.setdefault(value, counted)
    if sum(said.values()) < LEAST_WORDS:
        return None
    return Alignment(np.array(runs, np.int32), np.array(words, np.int32))
