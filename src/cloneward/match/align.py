"""Two texts side by side: the runs of words they share, found by exact seeds and read on through small changes.

Every shared run of at least k tokens seeds a span. From each seed the alignment reads on in both directions over
changed, added or dropped words, as long as short runs agree; so a text with every ninth word changed is still one
group of spans, and only words that really agree are counted.
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.winnow import RUN, SHINGLE, TextPrint
from cloneward.model.finding import Span

MAX_GAP = 20
"""Tokens that may lie between two spans of one group, in either text (contract, default policy)."""
_REACH = 8
"""How far reading on looks past a difference, in tokens of either text."""
_AGREEMENT = 3
"""Tokens that must agree before reading on believes that the texts run together again."""
_MAX_SEEDS = 64
"""Places in the item that are tried for one seed; only text that repeats itself has more."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """The spans of one pair, in the order of the target.

    `runs`: int32, shape (s, 4): first token in the target, first in the item, tokens, group. `words`: int32,
    shape (s,), the words of each span that count. Groups with fewer than `RUN` words that are not hot are left out; in
    the others the owner's standing words count too, for they were copied with the rest.
    """

    runs: NDArray[np.int32]
    words: NDArray[np.int32]

    def __bool__(self) -> bool:
        """Say whether anything is shared."""
        return self.words.size > 0

    def join(self, other: "Alignment") -> "Alignment":
        """Give both together, in the order of the target; the groups of the other are numbered after ours."""
        shift = self.runs[:, 3].max() + 1 if len(self.runs) else 0
        runs = np.concatenate([self.runs, other.runs + np.array([0, 0, 0, shift], np.int32)])
        order = np.argsort(runs[:, 0], kind="stable")
        return Alignment(runs[order], np.concatenate([self.words, other.words])[order])

    def cover_target(self, mask: NDArray[np.bool_]) -> None:
        """Set the tokens of the target that stand in spans."""
        for start, _, size, _ in self.runs:
            mask[start : start + size] = True

    def cover_item(self, mask: NDArray[np.bool_]) -> None:
        """Set the tokens of the item that stand in spans."""
        for _, start, size, _ in self.runs:
            mask[start : start + size] = True

    def spans(self, target: TextPrint, item: TextPrint) -> tuple[Span, ...]:
        """Give the spans in code points of the two texts."""
        return tuple(
            Span(
                target=(int(target.tokens.starts[at]), int(target.tokens.ends[at + size - 1])),
                item=(int(item.tokens.starts[to]), int(item.tokens.ends[to + size - 1])),
                words=int(words),
                group=int(group),
            )
            for (at, to, size, group), words in zip(self.runs, self.words, strict=True)
        )


def align(
    target: TextPrint,
    item: TextPrint,
    hot_target: NDArray[np.bool_],
    hot_item: NDArray[np.bool_],
    common_target: NDArray[np.bool_],
) -> Alignment:
    """Give the spans that the two texts share.

    Args:
        target, item: the two texts.
        hot_target, hot_item: bool, one for each token: words that say nothing (template, common phrases).
        common_target: the same, of those that are nobody's: common phrases and numbers alone.
    """
    runs = _tile(target.tokens.hashes, item.tokens.hashes, target.shingles, item.shingles)
    words = _count_words(runs, common_target, ~item.tokens.is_word)
    runs, words = runs[words > 0], words[words > 0]
    runs[:, 3] = _group(runs)
    cold = _count_words(runs, hot_target, hot_item)
    kept = np.bincount(runs[:, 3], weights=cold)[runs[:, 3]] >= RUN
    return Alignment(runs[kept], words[kept])


@numba.njit(cache=True)
def _tile(
    target: NDArray[np.uint64],
    item: NDArray[np.uint64],
    shingles: NDArray[np.uint64],
    item_shingles: NDArray[np.uint64],
) -> NDArray[np.int32]:
    """Cover the target from left to right: the longest seed at each place, read on in both directions.

    At most `_MAX_SEEDS` steps a token of the target: a seed's longest run is what the scan moves on by.
    """
    # A span has at least _AGREEMENT tokens, and no two overlap in the target.
    runs = np.zeros((target.size // _AGREEMENT + 1, 4), np.int32)
    count = 0
    covered = 0
    at = 0
    last_item = 0
    firsts, nexts = _chain_places(item_shingles)
    while at < shingles.size:
        first = firsts[shingles[at] & np.uint64(firsts.size - 1)]
        if first < 0:
            at += 1
            continue
        place, size = _longest_seed(target, item, at, first, nexts, last_item)
        if size == 0:
            at += 1
            continue
        back = count
        start, item_start = at, place
        while True:  # read on backwards from the seed, down to what is covered already
            step, item_step, length = _resume_back(target, item, start, item_start, covered)
            if length == 0:
                break
            start, item_start = start - step - length, item_start - item_step - length
            runs[count, 0], runs[count, 1], runs[count, 2] = start, item_start, length
            count += 1
        _reverse(runs, back, count)
        runs[count, 0], runs[count, 1], runs[count, 2] = at, place, size
        count += 1
        at, place = at + size, place + size
        while True:  # and forwards
            step, item_step, length = _resume(target, item, at, place)
            if length == 0:
                break
            at, place = at + step, place + item_step
            runs[count, 0], runs[count, 1], runs[count, 2] = at, place, length
            count += 1
            at, place = at + length, place + length
        covered = at
        last_item = place
    return runs[:count].copy()


@numba.njit(cache=True)
def _chain_places(shingles: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give, of all last bits, the first place whose shingle ends so, and after each place the next one; -1 for none."""
    size = 64
    while size < 8 * shingles.size:
        size *= 2
    firsts = np.full(size, -1, np.int32)
    nexts = np.empty(shingles.size, np.int32)
    for place in range(shingles.size - 1, -1, -1):
        ending = shingles[place] & np.uint64(size - 1)
        nexts[place] = firsts[ending]
        firsts[ending] = place
    return firsts, nexts


@numba.njit(cache=True)
def _longest_seed(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    target: NDArray[np.uint64],
    item: NDArray[np.uint64],
    at: int,
    first: int,
    nexts: NDArray[np.int32],
    last_item: int,
) -> tuple[int, int]:
    """Give where in the item the longest run from this place begins, and its length; of equals, the next in order."""
    best, best_size = 0, 0
    place = first
    for _ in range(_MAX_SEEDS):
        if place < 0:
            break
        size = _agree(target, item, at, place)
        if size > best_size or (size == best_size and best < last_item <= place):
            best, best_size = place, size
        place = nexts[place]
    if best_size < SHINGLE:  # shingles that only end alike
        return 0, 0
    return best, best_size


@numba.njit(cache=True)
def _agree(target: NDArray[np.uint64], item: NDArray[np.uint64], at: int, place: int) -> int:
    """Count the tokens that agree from these places on."""
    size = 0
    while at + size < target.size and place + size < item.size and target[at + size] == item[place + size]:
        size += 1
    return size


@numba.njit(cache=True)
def _split(distance: int, skew: int) -> int:
    """Give the steps in the target: the even split first, since words are changed oftener than added or dropped."""
    offset = (skew + 1) // 2
    return distance // 2 + (offset if skew % 2 else -offset)


@numba.njit(cache=True)
def _resume(target: NDArray[np.uint64], item: NDArray[np.uint64], at: int, place: int) -> tuple[int, int, int]:
    """Give the nearest place ahead where the texts run together again: steps in target and item, and the length."""
    for distance in range(1, 2 * _REACH + 1):
        for skew in range(distance + 1):
            step = _split(distance, skew)
            item_step = distance - step
            if step > _REACH or item_step > _REACH:
                continue
            length = _agree(target, item, at + step, place + item_step)
            if length >= _AGREEMENT:
                return step, item_step, length
    return 0, 0, 0


@numba.njit(cache=True)
def _resume_back(
    target: NDArray[np.uint64], item: NDArray[np.uint64], start: int, item_start: int, floor: int
) -> tuple[int, int, int]:
    """Give the nearest place behind where the texts ran together: steps in target and item, and the length."""
    for distance in range(1, 2 * _REACH + 1):
        for skew in range(distance + 1):
            step = _split(distance, skew)
            item_step = distance - step
            if step > _REACH or item_step > _REACH:
                continue
            end, item_end = start - step, item_start - item_step
            length = 0
            while (
                end - length > floor
                and item_end - length > 0
                and target[end - length - 1] == item[item_end - length - 1]
            ):
                length += 1
            if length >= _AGREEMENT:
                return step, item_step, length
    return 0, 0, 0


@numba.njit(cache=True)
def _reverse(runs: NDArray[np.int32], first: int, end: int) -> None:
    """Turn the rows that were found backwards into reading order."""
    low, high = first, end - 1
    while low < high:
        for column in range(3):
            runs[low, column], runs[high, column] = runs[high, column], runs[low, column]
        low += 1
        high -= 1


@numba.njit(cache=True)
def _count_words(
    runs: NDArray[np.int32], hot_target: NDArray[np.bool_], hot_item: NDArray[np.bool_]
) -> NDArray[np.int32]:
    words = np.zeros(runs.shape[0], np.int32)
    for row in range(runs.shape[0]):
        at, place = runs[row, 0], runs[row, 1]
        for step in range(runs[row, 2]):
            if not (hot_target[at + step] or hot_item[place + step]):
                words[row] += 1
    return words


@numba.njit(cache=True)
def _group(runs: NDArray[np.int32]) -> NDArray[np.int32]:
    """Number the groups: same order in both texts, gaps of at most `MAX_GAP` tokens in each."""
    groups = np.zeros(runs.shape[0], np.int32)
    group = 0
    for row in range(1, runs.shape[0]):
        gap = runs[row, 0] - runs[row - 1, 0] - runs[row - 1, 2]
        item_gap = runs[row, 1] - runs[row - 1, 1] - runs[row - 1, 2]
        if gap > MAX_GAP or item_gap < 0 or item_gap > MAX_GAP:
            group += 1
        groups[row] = group
    return groups
