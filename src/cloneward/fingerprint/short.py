"""Short texts as shingles: bios, captions, names and handles, which are too short to be winnowed.

All shingles are kept, of two tokens each; a text of one token is its own shingle. Case, accents, look-alike letters,
zero-width characters, emoji, punctuation and other decoration are no tokens or change none, so they change nothing.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Kind, Sketch, require_same
from cloneward.fingerprint.tokens import Tokens, mix, tokenise

SHORT = Kind("short", 1)
SHINGLE = 2
"""Tokens in one shingle."""
LONGEST = 150
"""Characters up to which a text is short; a longer one is winnowed (`text/1`)."""

_CUT = ("…", "...")  # how a text ends that was cut off
_BASE = np.uint64(0x9E3779B97F4A7C15)


def fingerprint_short(text: str) -> Sketch:
    """Give all shingles of a short text; of one that was cut off within a word, without that word.

    One with more than `LONGEST` characters is sketched all the same, at 12 bytes a token.
    """
    tokens = tokenise(text)
    hashes = tokens.hashes[: _count_whole(text, tokens)]
    shingles = hash_runs(hashes, min(SHINGLE, max(1, hashes.size)))
    return Sketch(SHORT, shingles, np.arange(shingles.size, dtype=np.int32))


def measure_containment(part: Sketch, whole: Sketch) -> float:
    """Give the share of one text's shingles that the other has too, in [0, 1]: 1 for what was cut off it.

    Raises:
        VersionMismatch: the two are not both of this kind and version.
    """
    require_same(part.kind, SHORT)
    require_same(whole.kind, SHORT)
    asked = np.unique(part.hashes)
    return float(np.isin(asked, whole.hashes).mean()) if asked.size else 0.0


def measure_jaccard(left: Sketch, right: Sketch) -> float:
    """Give the share of all shingles of two texts that both have, in [0, 1]; it does not matter which comes first.

    Raises:
        VersionMismatch: the two are not both of this kind and version.
    """
    require_same(left.kind, SHORT)
    require_same(right.kind, SHORT)
    both = np.intersect1d(left.hashes, right.hashes).size
    all_ = np.union1d(left.hashes, right.hashes).size
    return both / all_ if all_ else 0.0


@numba.njit(cache=True)
def hash_runs(tokens: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """Give the hash of each run of so many tokens, in order: uint64, shape (max(0, n - size + 1),)."""
    out = np.empty(max(0, tokens.size - size + 1), np.uint64)
    for start in range(out.size):
        out[start] = hash_run(tokens, start, start + size)
    return out


@numba.njit(cache=True)
def hash_run(tokens: NDArray[np.uint64], start: int, end: int) -> np.uint64:
    """Give the hash of the tokens from one place to another, as they follow one another."""
    running = np.uint64(end - start)
    for at in range(start, end):
        running = running * _BASE + tokens[at]
    return mix(running)


def _count_whole(text: str, tokens: Tokens) -> int:
    """Give how many tokens are whole: the last is not if the text was cut off right behind it."""
    stripped = text.rstrip()
    for mark in _CUT:
        if stripped.endswith(mark) and len(tokens) > 1 and int(tokens.ends[-1]) == len(stripped) - len(mark):
            return len(tokens) - 1
    return len(tokens)
