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
_IGNORED = np.uint32(1)  # stands inside a token without ending it; 0 ends it
_PLAIN = np.uint32(2)  # from here on to `_SEQUENCE` a symbol stands for itself
_ONE = np.uint64(1)
_CODES_PER_TOKEN = 4  # of most texts more: English has 6 with its spaces; what has fewer is read twice
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
    """Give the tokens of a text; linear in its length, 21 bytes of arrays per code point at most."""
    codes = _list_codes(text)
    table, sequences = _fold_table()
    room = codes.size // _CODES_PER_TOKEN + 1
    arrays = _tokenise_codes(codes, table, sequences, room)
    if arrays[0].size == room:
        arrays = _tokenise_codes(codes, table, sequences, codes.size + 1)
    return Tokens(*arrays)


def _list_codes(text: str) -> NDArray[np.uint8 | np.uint16 | np.uint32]:
    """Give the code points, in as few bytes each as hold them: the fewer, the faster."""
    if text.isascii():
        return np.frombuffer(text.encode(), np.uint8)
    narrow = text.encode("utf-16-le", errors="replace")
    if len(narrow) == 2 * len(text):  # no pairs of surrogates
        return np.frombuffer(narrow, np.uint16)
    return np.frombuffer(text.encode("utf-32-le", errors="replace"), np.uint32)


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
def _tokenise_codes(
    codes: NDArray[np.uint8 | np.uint16 | np.uint32],
    table: NDArray[np.uint32],
    sequences: NDArray[np.uint32],
    room: int,
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32]]:
    """Give the first `room` tokens; arrays that could hold one of each character would cost more than the reading."""
    hashes = np.empty(room, np.uint64)
    starts = np.empty(room, np.int32)
    ends = np.empty(room, np.int32)
    is_word = np.empty(room, np.bool_)
    lines = np.empty(room, np.int32)
    size = np.uint64(codes.size)  # without a sign, so that nothing asks whether an index counts from the end
    line = 0
    count = 0
    index = np.uint64(0)
    while index < size and count < room:
        folded = table[codes[index]]
        if folded <= _IGNORED:
            line += codes[index] == _NEWLINE
            index += _ONE
            continue
        start = index
        starts[count] = start
        lines[count] = line
        running = _FNV_OFFSET
        symbol = folded & ~_ALONE
        has_letter = (symbol < _ZERO) | (symbol > _NINE)
        # nearly all words are a letter and plain symbols after it, and need no more than this
        while has_letter and folded - _PLAIN < _SEQUENCE - _PLAIN:
            running = (running ^ np.uint64(folded)) * _FNV_PRIME
            index += _ONE
            if index == size:
                break
            folded = table[codes[index]]
        end = index
        while index < size and folded != 0 and (index == start or not folded & _ALONE):
            if folded != _IGNORED:
                symbol = folded & ~_ALONE
                has_letter |= (symbol < _ZERO) | (symbol > _NINE)
                if symbol & _SEQUENCE:
                    first = (symbol & ~_SEQUENCE) >> np.uint32(5)
                    for step in range(symbol & np.uint32(31)):
                        running = (running ^ np.uint64(sequences[first + step])) * _FNV_PRIME
                else:
                    running = (running ^ np.uint64(symbol)) * _FNV_PRIME
                end = index + _ONE
            index += _ONE
            if folded & _ALONE or index == size:
                break
            folded = table[codes[index]]
        hashes[count] = mix(running)
        ends[count] = end
        is_word[count] = has_letter
        count += 1
    _join_numbers(is_word[:count])
    return hashes[:count], starts[:count], ends[:count], is_word[:count], lines[:count]


@numba.njit(cache=True)
def _join_numbers(is_word: NDArray[np.bool_]) -> None:
    """Make words of the numbers that stand alone or in short runs."""
    start = 0
    for index in range(is_word.size + 1):
        if index == is_word.size or is_word[index]:
            if index - start < NUMBERS:
                is_word[start:index] = True
            start = index + 1
