"""Text to tokens: words, or single characters where a script writes no spaces, as 64-bit hashes with offsets.

What copyists do to letters is undone here: case, accents, compatibility forms, look-alike letters of other scripts,
zero-width characters and soft hyphens. The offsets still point into the text as it stands.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numba
import numpy as np
from numpy.typing import NDArray

_SEQUENCE = np.uint32(1 << 30)
_ALONE = np.uint32(1 << 31)
NUMBERS = 4
"""Numbers in a row from which on they are a list or a table, and no words."""
_NEWLINE = np.uint32(ord("\n"))
_ZERO, _NINE = np.uint32(ord("0")), np.uint32(ord("9"))  # digits of any script are folded to these
_FNV_OFFSET = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of one text, in order.

    `hashes`: uint64, shape (n,). `starts`, `ends`: int32, shape (n,), half-open code points of the text. `is_word`:
    bool, shape (n,): all but those in runs of `NUMBERS` numbers and more, as line numbers: these agree by chance.
    `lines`: int32, shape (n,), the line of the text that each token begins on: its block.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    is_word: NDArray[np.bool_]
    lines: NDArray[np.int32]

    def __len__(self) -> int:
        """Give the number of tokens."""
        return int(self.hashes.size)

    def count_words(self) -> int:
        """Give the number of words: tokens that do not stand in runs of numbers."""
        return int(self.is_word.sum())


def tokenise(text: str) -> Tokens:
    """Give the tokens of a text; linear in its length, 25 bytes of arrays per code point at most."""
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), np.uint32)
    table, sequences = _fold_table()
    return Tokens(*_tokenise_codes(codes, table, sequences))


@cache
def _fold_table() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Load the table of version 1 (Unicode 14, confusables 17), written by make/fold.py."""
    with (files("cloneward.fingerprint") / "fold1.npz").open("rb") as file, np.load(file) as arrays:
        return arrays["codes"], arrays["sequences"]


@numba.njit(cache=True)
def mix(value: np.uint64) -> np.uint64:
    """Spread every bit over the whole word (splitmix64's finaliser)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@numba.njit(cache=True)
def _tokenise_codes(  # noqa: C901  one pass over the text, one branch for each kind of character
    codes: NDArray[np.uint32], table: NDArray[np.uint32], sequences: NDArray[np.uint32]
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32]]:
    hashes = np.empty(codes.size, np.uint64)
    starts = np.empty(codes.size, np.int32)
    ends = np.empty(codes.size, np.int32)
    is_word = np.zeros(codes.size, np.bool_)
    lines = np.empty(codes.size, np.int32)
    line = 0
    count = 0
    is_open = False
    running = _FNV_OFFSET
    for index in range(codes.size):
        code = codes[index]
        folded = table[code] if code < table.size else np.uint32(0)
        if folded == 1:  # ignored: stands inside a token without ending it
            continue
        alone = (folded & _ALONE) != 0
        if is_open and (folded == 0 or alone):
            hashes[count - 1] = mix(running)
            is_open = False
        if folded == 0:
            line += code == _NEWLINE
            continue
        if not is_open:
            starts[count] = index
            lines[count] = line
            count += 1
            running = _FNV_OFFSET
            is_open = True
        folded &= ~_ALONE
        if folded < _ZERO or folded > _NINE:
            is_word[count - 1] = True
        if folded & _SEQUENCE:
            first = (folded & ~_SEQUENCE) >> np.uint32(5)
            for step in range(folded & np.uint32(31)):
                running = (running ^ np.uint64(sequences[first + step])) * _FNV_PRIME
        else:
            running = (running ^ np.uint64(folded)) * _FNV_PRIME
        ends[count - 1] = index + 1
        if alone:
            hashes[count - 1] = mix(running)
            is_open = False
    if is_open:
        hashes[count - 1] = mix(running)
    _join_numbers(is_word[:count])
    taken = slice(0, count)
    return hashes[taken].copy(), starts[taken].copy(), ends[taken].copy(), is_word[taken].copy(), lines[taken].copy()


@numba.njit(cache=True)
def _join_numbers(is_word: NDArray[np.bool_]) -> None:
    """Make words of the numbers that stand alone or in short runs."""
    start = 0
    for index in range(is_word.size + 1):
        if index == is_word.size or is_word[index]:
            if index - start < NUMBERS:
                is_word[start:index] = True
            start = index + 1
