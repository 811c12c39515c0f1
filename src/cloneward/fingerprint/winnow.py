"""Word winnowing: a sketch of a text that misses no long shared run.

Guarantee: when two texts share a run of at least `RUN` = w + k - 1 tokens, their sketches share a fingerprint, made
of k tokens within that run. Shared runs below k tokens share none by intent. Density is 2 / (w + 1) for text that
does not repeat itself.

Source: Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003. Where they pick one of equal minima, all are kept:
then a fingerprint is chosen exactly where the sequence equals its own morphological opening, and no order matters.
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.tokens import Tokens, mix, tokenise

TEXT = Kind("text", 1)
SHINGLE = 8
"""k: tokens in one shingle."""
WINDOW = 8
"""w: shingles in one window, of which at least one is kept."""
RUN = SHINGLE + WINDOW - 1
"""The shortest shared run, in tokens, that is always found."""

_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class TextPrint:
    """All that comparing one text needs.

    `shingles`: uint64, shape (max(0, n - k + 1),), the hash of each run of k tokens.
    """

    tokens: Tokens
    shingles: NDArray[np.uint64]
    sketch: Sketch


def fingerprint(text: str) -> TextPrint:
    """Give tokens, shingles and sketch of a text; the sketch is empty below k tokens."""
    tokens = tokenise(text)
    shingles, positions, chosen = _winnow(tokens.hashes, SHINGLE, WINDOW)
    return TextPrint(tokens, shingles, Sketch(TEXT, chosen, positions))


@numba.njit(cache=True)
def _winnow(
    tokens: NDArray[np.uint64], size: int, window: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.uint64]]:
    """Give the hashes of all shingles, the positions of the chosen ones, and these, in one call: each has its price."""
    shingles = _shingle_hashes(tokens, size)
    positions = _choose(shingles, window)
    return shingles, positions, shingles[positions]


@numba.njit(cache=True)
def _shingle_hashes(tokens: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    count = tokens.size - size + 1
    if count <= 0:
        return np.empty(0, np.uint64)
    out = np.empty(count, np.uint64)
    lead = np.uint64(1)
    for _ in range(size):
        lead *= _BASE
    running = np.uint64(0)
    for index in range(tokens.size):
        running = running * _BASE + tokens[index]
        if index >= size:
            running -= lead * tokens[index - size]
        if index >= size - 1:
            out[index - size + 1] = mix(running)
    return out


@numba.njit(cache=True)
def _choose(hashes: NDArray[np.uint64], window: int) -> NDArray[np.int32]:
    """Give the ascending positions that hold the minimum of at least one window over them.

    These are where the sequence equals the maximum, over all windows that a position stands in, of their minima. Both
    are taken step by step over the whole sequence: a processor does four of these at once, and foresees all.
    """
    width = min(window, hashes.size)
    windows = hashes.size - width + 1
    lowest = hashes[:windows].copy()
    for step in range(1, width):
        for index in range(windows):
            lowest[index] = min(lowest[index], hashes[index + step])
    highest = np.zeros(hashes.size, np.uint64)
    for step in range(width):
        for index in range(windows):
            highest[index + step] = max(highest[index + step], lowest[index])
    chosen = np.empty(hashes.size + 1, np.int32)
    size = 0
    for index in range(hashes.size):
        chosen[size] = index
        size += highest[index] == hashes[index]
    return chosen[:size].copy()
