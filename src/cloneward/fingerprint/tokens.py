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
_INSIDE, _ODD, _DIGIT = np.uint8(1), np.uint8(2), np.uint8(4)  # of a code point: no end of words; not plain; 0 to 9
_BLOCK = 4096  # code points that are cut into words at once: what is kept of them stays in the nearest memory
_LONG = 16  # letters from which on words are hashed one by one, not with others of like length
_ROW = _BLOCK // 2 + 32  # words of one length in a block; the rows must not all fall on the same lines of the cache
_CODES_PER_TOKEN = 4  # of most texts more: English has 6 with its spaces; what has fewer is read twice
NUMBERS = 4
"""Numbers in a row from which on they are a list or a table, and no words."""
_NEWLINE = np.uint32(ord("\n"))
_ZERO, _NINE = np.uint32(ord("0")), np.uint32(ord("9"))  # digits of any script are folded to these
_FNV_OFFSET = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)


Fold = tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8]]
"""What each code point counts as, the symbols of those that count as several, and the class of each code point."""
Codes = NDArray[np.uint8 | np.uint16 | np.uint32]
Arrays = tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32]]
"""Those of `Tokens`, in its order."""


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
    return Tokens(*read_tokens(list_codes(text), load_fold()))


def list_codes(text: str) -> Codes:
    """Give the code points of a text, in as few bytes each as hold them: the fewer, the faster."""
    if text.isascii():
        return np.frombuffer(text.encode(), np.uint8)
    narrow = text.encode("utf-16-le", errors="replace")
    if len(narrow) == 2 * len(text):  # no pairs of surrogates
        return np.frombuffer(narrow, np.uint16)
    return np.frombuffer(text.encode("utf-32-le", errors="replace"), np.uint32)


@cache
def load_fold() -> Fold:
    """Load the table of version 1 (Unicode 14, confusables 17), written by make/fold.py."""
    with (files("cloneward.fingerprint") / "fold1.npz").open("rb") as file, np.load(file) as arrays:
        codes, sequences = arrays["codes"], arrays["sequences"]
    symbols = codes & ~_ALONE
    classes = np.where(codes, _INSIDE, np.uint8(0))
    classes[(codes == _IGNORED) | (codes >= _SEQUENCE)] |= _ODD
    classes[(symbols >= _ZERO) & (symbols <= _NINE)] |= _DIGIT
    return codes, sequences, classes


@numba.njit(cache=True)
def mix(value: np.uint64) -> np.uint64:
    """Spread every bit over the whole word (splitmix64's finaliser)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@numba.njit(cache=True)
def read_tokens(codes: Codes, fold: Fold) -> Arrays:
    """Give the arrays of `Tokens`, in its order; what `tokenise` does, for those who go on in compiled code."""
    room = codes.size // _CODES_PER_TOKEN + 1
    arrays = _tokenise_codes(codes, fold, room)
    if arrays[0].size == room:
        arrays = _tokenise_codes(codes, fold, codes.size + 1)
    return arrays


@numba.njit(cache=True)
def _tokenise_codes(codes: Codes, fold: Fold, room: int) -> Arrays:
    """Give the tokens, or arrays of `room` if they are not fewer: room for one of each character would cost more.

    Words are cut first, then hashed, those of like length together. Whoever looks for the end of a word while he hashes
    it is surprised by it each time, and till then waits for one letter after the other.
    """
    out = (
        np.empty(room, np.uint64),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.bool_),
        np.empty(room, np.int32),
    )
    edges = np.empty(_BLOCK + 2, np.uint32)
    rows = np.empty((_LONG + 1, _ROW), np.uint16)
    size = np.uint64(codes.size)  # without a sign, so that nothing asks whether an index counts from the end
    read = line = count = found = np.uint64(0)
    seen = np.uint8(0)
    for at in range(0, codes.size, _BLOCK):
        stop = min(np.uint64(at + _BLOCK), size)
        found, seen = _cut_words(codes, fold[2], np.uint64(at), stop, edges, found, seen)
        if count + (found >> _ONE) > room:
            return out
        if found & _ONE:
            stop = np.uint64(edges[found - _ONE])
        if seen & _ODD:
            count, line = _read_odd(codes, fold, read, stop, out, count, line)
            read = stop
        else:
            read, line = _place_words(codes, fold[2], edges[:found], read, line, out, count, rows)
            _hash_words(codes, fold[0], rows, out, count)
            count += found >> _ONE
        edges[0] = stop
        found &= _ONE
        seen *= np.uint8(found)
    if count < room:
        out[3][count] = True
        _join_numbers(out[3][: count + _ONE])
    return out[0][:count], out[1][:count], out[2][:count], out[3][:count], out[4][:count]


@numba.njit(cache=True)
def _cut_words(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each value comes alone
    codes: Codes,
    classes: NDArray[np.uint8],
    start: np.uint64,
    stop: np.uint64,
    edges: NDArray[np.uint32],
    found: np.uint64,
    seen: np.uint8,
) -> tuple[np.uint64, np.uint8]:
    """Add where words begin and end in a block to the edges `found` before; give their number and all classes `seen`.

    An odd number says that the last word goes on. At the end of the text none does.
    """
    last = np.uint8(found & _ONE)
    for index in range(start, stop):
        here = classes[codes[index]]
        edges[found] = index
        found += np.uint64((here ^ last) & _INSIDE)
        seen |= here
        last = here
    if stop == codes.size:
        edges[found] = stop
        found += found & _ONE
    return found, seen


@numba.njit(cache=True)
def _place_words(  # noqa: PLR0913, PLR0917  see above
    codes: Codes,
    classes: NDArray[np.uint8],
    edges: NDArray[np.uint32],
    read: np.uint64,
    line: np.uint64,
    out: Arrays,
    count: np.uint64,
    rows: NDArray[np.uint16],
) -> tuple[np.uint64, np.uint64]:
    """Write down plain words but for their hashes, and list them by their length: each row begins with its size.

    Gives up to where the text is read, and the line there.
    """
    _, starts, ends, is_word, lines = out
    rows[:, 0] = 0
    for word in range(np.uint64(edges.size) >> _ONE):
        start = np.uint64(edges[word + word])
        end = np.uint64(edges[word + word + _ONE])
        line += np.uint64(codes[read] == _NEWLINE)
        if start - read > _ONE:
            line += _count_lines(codes[read + _ONE : start])
        read = end
        starts[count + word] = start
        ends[count + word] = end
        lines[count + word] = line
        is_word[count + word] = not classes[codes[start]] & _DIGIT or _has_letter(codes[start:end], classes)
        row = rows[min(end - start, np.uint64(_LONG))]
        row[0] += 1
        row[row[0]] = word
    return read, line


@numba.njit(cache=True)
def _hash_words(
    codes: Codes, table: NDArray[np.uint32], rows: NDArray[np.uint16], out: Arrays, count: np.uint64
) -> None:
    """Write down the hashes of plain words, one length after another: then no loop ends when it is not foreseen."""
    hashes, starts, ends, _, _ = out
    for length in range(1, _LONG):
        row = rows[length]
        for at in range(1, row[0] + 1):
            place = count + np.uint64(row[np.uint64(at)])
            hashes[place] = _hash_word(codes, table, np.uint64(starts[place]), np.uint64(length))
    row = rows[_LONG]
    for at in range(1, row[0] + 1):
        place = count + np.uint64(row[np.uint64(at)])
        start = np.uint64(starts[place])
        hashes[place] = _hash_word(codes, table, start, np.uint64(ends[place]) - start)


@numba.njit(cache=True)
def _hash_word(codes: Codes, table: NDArray[np.uint32], start: np.uint64, size: np.uint64) -> np.uint64:
    """Give the hash of a plain word."""
    running = _FNV_OFFSET
    for step in range(size):
        running = (running ^ np.uint64(table[codes[start + step]])) * _FNV_PRIME
    return mix(running)


@numba.njit(cache=True)
def _count_lines(codes: Codes) -> np.uint64:
    """Give how many lines end in a stretch of text."""
    count = np.uint64(0)
    for index in range(codes.size):
        count += np.uint64(codes[index] == _NEWLINE)
    return count


@numba.njit(cache=True)
def _has_letter(codes: Codes, classes: NDArray[np.uint8]) -> bool:
    """Give whether any character is no digit."""
    common = _DIGIT
    for index in range(codes.size):
        common &= classes[codes[index]]
    return not common


@numba.njit(cache=True)
def _read_odd(  # noqa: PLR0913, PLR0917  see above
    codes: Codes,
    fold: Fold,
    index: np.uint64,
    stop: np.uint64,
    out: Arrays,
    count: np.uint64,
    line: np.uint64,
) -> tuple[np.uint64, np.uint64]:
    """Write down the tokens of a stretch of text with more in it than plain words, as far as there is room."""
    table, sequences, _ = fold
    hashes, starts, ends, is_word, lines = out
    while index < stop and count < np.uint64(hashes.size):
        folded = table[codes[index]]
        if folded <= _IGNORED:
            line += np.uint64(codes[index] == _NEWLINE)
            index += _ONE
            continue
        start = index
        starts[count] = start
        lines[count] = line
        running = _FNV_OFFSET
        has_letter = False
        end = index
        while index < stop and folded != 0 and (index == start or not folded & _ALONE):
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
            if folded & _ALONE or index == stop:
                break
            folded = table[codes[index]]
        hashes[count] = mix(running)
        ends[count] = end
        is_word[count] = has_letter
        count += _ONE
    return count, line


@numba.njit(cache=True)
def _join_numbers(is_word: NDArray[np.bool_]) -> None:
    """Make words of the numbers that stand alone or in short runs; the last of all must be a word."""
    run = 0
    for index in range(is_word.size):
        if not is_word[index]:
            run += 1
        elif run:
            if run < NUMBERS:
                is_word[index - run : index] = True
            run = 0
