"""Short blocks: lines of a text that are too short for shingles, as the cells of a table or the entries of a list.

A page of such blocks, put in another order, shares no run of words with its source. Each block of `SHORTEST` to
`LONGEST` tokens counts as one fingerprint of all its tokens; longer ones are found by their runs.
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.tokens import Tokens, mix
from cloneward.fingerprint.winnow import RUN

BLOCK = Kind("block", 1)
SHORTEST = 3
"""Tokens of a block from which on it says anything."""
LONGEST = RUN - 1
"""A longer block is a run that winnowing finds."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """The short blocks of one text.

    `sketch`: a fingerprint of each, with its first token. `sizes`: int32, shape (m,), tokens of each.
    """

    sketch: Sketch
    sizes: NDArray[np.int32]

    def take(self, chosen: NDArray[np.bool_]) -> "Blocks":
        """Give some of the blocks; `chosen` is bool, one for each."""
        sketch = Sketch(self.sketch.kind, self.sketch.hashes[chosen], self.sketch.positions[chosen])
        return Blocks(sketch, self.sizes[chosen])


def find_blocks(tokens: Tokens) -> Blocks:
    """Give the short blocks of a text, in order."""
    hashes, positions, sizes = _hash_blocks(tokens.hashes, tokens.lines)
    return Blocks(Sketch(BLOCK, hashes, positions), sizes)


@numba.njit(cache=True)
def _hash_blocks(
    tokens: NDArray[np.uint64], lines: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32]]:
    hashes = np.empty(tokens.size, np.uint64)
    positions = np.empty(tokens.size, np.int32)
    sizes = np.empty(tokens.size, np.int32)
    count = 0
    start = 0
    for index in range(1, tokens.size + 1):
        if index < tokens.size and lines[index] == lines[start]:
            continue
        if SHORTEST <= index - start <= LONGEST:
            value = np.uint64(index - start)
            for place in range(start, index):
                value = mix(value ^ tokens[place])
            hashes[count] = value
            positions[count] = start
            sizes[count] = index - start
            count += 1
        start = index
    return hashes[:count].copy(), positions[:count].copy(), sizes[:count].copy()
