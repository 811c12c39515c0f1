"""Blocks in any order."""

import numpy as np

from cloneward.fingerprint.blocks import find_blocks
from cloneward.fingerprint.tokens import tokenise
from cloneward.match.scatter import LEAST_WORDS, leave_open, pair_blocks


def text_of(names, size=6):
    """Give lines of so many words, one for each name."""
    return "\n".join(" ".join(f"{name}{number}" for number in range(size)) for name in names)


def pair(target, item, hot=()):
    """Pair the blocks of two texts, with some tokens of the target hot."""
    left, right = tokenise(target), tokenise(item)
    mask = np.zeros(len(left), np.bool_)
    mask[list(hot)] = True
    return pair_blocks(find_blocks(left), find_blocks(right), mask, np.zeros(len(right), np.bool_))


def test_blocks_are_paired_in_any_order():
    """Each block of the target is paired with one of the item, the n-th of its kind with the n-th."""
    names = "abcdefghijk"
    alignment = pair(text_of(names[::-1] + "a"), text_of("a" + names))
    assert alignment.words.tolist() == [6] * 12
    assert alignment.runs[:, 1].tolist() == [66, 60, 54, 48, 42, 36, 30, 24, 18, 12, 0, 6]
    assert sorted(set(alignment.runs[:, 3].tolist())) == list(range(12))


def test_few_words_are_no_match():
    """Below sixty words nothing is reported, and hot words do not help."""
    enough = "abcdefghij"
    assert LEAST_WORDS == 60
    assert pair(text_of(enough), text_of(enough)).words.sum() == 60
    assert pair(text_of(enough[:-1]), text_of(enough)) is None
    assert pair(text_of(enough), text_of(enough), hot=[0]) is None


def test_repeated_blocks_are_few_words():
    """A block that both texts repeat is paired each time, and makes no match by that."""
    assert pair(text_of("a" * 30), text_of("a" * 30)) is None
    assert pair(text_of("abcdefghijaa"), text_of("aaabcdefghij")).words.sum() == 72


def test_explained_and_template_blocks_are_left_out():
    """A block with a token that is covered, or that the owner repeats, is not looked for."""
    tokens = tokenise(text_of("abc"))
    blocks = find_blocks(tokens)
    covered = np.zeros(len(tokens), np.bool_)
    covered[5] = True
    assert leave_open(blocks, covered, np.empty(0, np.uint64)).sketch.positions.tolist() == [6, 12]
    assert leave_open(blocks, covered, np.sort(blocks.sketch.hashes[1:2])).sketch.positions.tolist() == [12]
