"""Word winnowing: a sketch of a text that misses no long shared run.

Guarantee: when two texts share a run of at least `RUN` = w + k - 1 tokens, their sketches share a fingerprint, made
of k tokens within that run. Shared runs below k tokens share none by intent. Density is 2 / (w + 1) for text that
does not repeat itself.

Source: Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003. Where they pick one of equal minima, all are kept:
then a fingerprint is chosen exactly where the sequence equals its own morphological opening, and no order matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.tokens import Arrays, Codes, Fold, Tokens, list_codes, load_fold, mix, read_tokens

TEXT = Kind("text", 1)
SHINGLE = 8
"""k: tokens in one shingle."""
WINDOW = 8
"""w: shingles in one window, of which at least one is kept."""
RUN = SHINGLE + WINDOW - 1
"""The shortest shared run, in tokens, that is always found."""

_AT_ONCE = 64  # texts that are joined: what is kept of them while they are read stays small

_BASE = np.uint64(0x9E3779B97F4A7C15)
_LEAD = np.uint64(pow(int(_BASE), SHINGLE, 1 << 64))  # what the token that leaves a shingle was multiplied by


@dataclass(frozen=True, eq=False)
class TextPrint:
    """All that comparing one text needs.

    `shingles`: uint64, shape (max(0, n - k + 1),), the hash of each run of k tokens.
    """

    tokens: Tokens
    shingles: NDArray[np.uint64]
    sketch: Sketch


@dataclass(frozen=True, eq=False)
class Sketches:
    """The fingerprints of many texts, without their positions.

    `hashes`: uint64, shape (m,), those of one text after those of another. `ends`: int64, shape (n,), where they end.
    """

    kind: Kind
    hashes: NDArray[np.uint64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        """Give the number of texts."""
        return int(self.ends.size)


def fingerprint(text: str) -> TextPrint:
    """Give tokens, shingles and sketch of a text; the sketch is empty below k tokens."""
    arrays, shingles, positions, chosen = _winnow(list_codes(text), load_fold())
    return TextPrint(Tokens(*arrays), shingles, Sketch(TEXT, chosen, positions))


def sketch_texts(texts: Sequence[str]) -> Sketches:
    """Give the hashes that `fingerprint` has in the sketches of many texts, for those who need no more, and sooner."""
    parts = [_sketch_group(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
    if not parts:
        return Sketches(TEXT, np.empty(0, np.uint64), np.empty(0, np.int64))
    hashes, counts = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Sketches(TEXT, hashes, np.cumsum(counts))


def _sketch_group(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    ends = np.cumsum([len(text) for text in texts])
    hashes, counts = _sketch_codes(list_codes("".join(texts)), ends, load_fold())
    return hashes, counts


@numba.njit(cache=True)
def _sketch_codes(codes: Codes, ends: NDArray[np.int64], fold: Fold) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Give the chosen hashes of each text in turn, and how many each has; the texts stand one behind the other."""
    chosen = np.empty(codes.size, np.uint64)
    counts = np.empty(ends.size, np.int64)
    found = 0
    start = 0
    for text in range(ends.size):
        shingles = _hash_shingles(read_tokens(codes[start : ends[text]], fold)[0])
        positions = _choose(shingles)
        chosen[found : found + positions.size] = shingles[positions]
        found += positions.size
        counts[text] = positions.size
        start = ends[text]
    return chosen[:found].copy(), counts


@numba.njit(cache=True)
def _winnow(codes: Codes, fold: Fold) -> tuple[Arrays, NDArray[np.uint64], NDArray[np.int32], NDArray[np.uint64]]:
    """Give tokens, the hashes of all shingles, positions and hashes of the chosen, in one call: each has its price."""
    arrays = read_tokens(codes, fold)
    shingles = _hash_shingles(arrays[0])
    positions = _choose(shingles)
    return arrays, shingles, positions, shingles[positions]


@numba.njit(cache=True)
def _hash_shingles(tokens: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Give the hash of each run of `SHINGLE` tokens: a sum that rolls, and is mixed afterwards, several at once."""
    out = np.empty(max(0, tokens.size - SHINGLE + 1), np.uint64)
    running = np.uint64(0)
    for index in range(min(SHINGLE - 1, tokens.size)):
        running = running * _BASE + tokens[index]
    leaving = np.uint64(0)
    for index in range(out.size):
        running = running * _BASE + (tokens[index + SHINGLE - 1] - leaving)
        leaving = _LEAD * tokens[index]
        out[index] = running
    for index in range(out.size):
        out[index] = mix(out[index])
    return out


@numba.njit(cache=True)
def _choose(hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Give the ascending positions that hold the minimum of at least one window over them.

    These are where the sequence equals the maximum, over all windows that a position stands in, of their minima. Of
    either a processor takes four at once, and foresees all; beyond the ends there is nothing, which is below all.
    """
    if not hashes.size:
        return np.empty(0, np.int32)
    if hashes.size < WINDOW:
        return np.flatnonzero(hashes == hashes.min()).astype(np.int32)
    windows = hashes.size - WINDOW + 1
    lowest = np.zeros(windows + 2 * (WINDOW - 1), np.uint64)
    for index in range(windows):
        value = hashes[index]
        for step in range(1, WINDOW):
            value = min(value, hashes[index + step])
        lowest[index + WINDOW - 1] = value
    highest = np.empty(hashes.size, np.uint64)
    for index in range(hashes.size):
        value = lowest[index]
        for step in range(1, WINDOW):
            value = max(value, lowest[index + step])
        highest[index] = value
    chosen = np.empty(hashes.size, np.int32)
    size = np.uint64(0)
    for index in range(hashes.size):
        chosen[size] = index
        size += np.uint64(highest[index] == hashes[index])
    return chosen[:size].copy()
