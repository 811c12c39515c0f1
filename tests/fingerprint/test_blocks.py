"""Short blocks."""

import json
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.blocks import BLOCK, LONGEST, SHORTEST, find_blocks
from cloneward.fingerprint.tokens import tokenise

GOLDEN = Path(__file__).parents[1] / "golden" / "fingerprints.json"
LINES = st.lists(st.lists(st.sampled_from(["red", "green", "blue", "12"]), max_size=LONGEST + 3), max_size=12)


def blocks_of(lines):
    """Give the blocks of a text of these lines."""
    return find_blocks(tokenise("\n".join(" ".join(line) for line in lines)))


@given(LINES)
def test_each_short_line_is_one_fingerprint(lines):
    """Lines of three to fourteen tokens count, each with its first token and size; equal lines give equal hashes."""
    blocks = blocks_of(lines)
    starts = np.cumsum([0, *map(len, lines)]).tolist()
    expected = [
        (start, len(line)) for start, line in zip(starts, lines, strict=False) if SHORTEST <= len(line) <= LONGEST
    ]
    assert list(zip(blocks.sketch.positions.tolist(), blocks.sizes.tolist(), strict=True)) == expected
    kept = [tuple(line) for line in lines if SHORTEST <= len(line) <= LONGEST]
    by_line = dict(zip(kept, blocks.sketch.hashes.tolist(), strict=True))
    assert [by_line[line] for line in kept] == blocks.sketch.hashes.tolist()
    assert len(set(by_line.values())) == len(by_line)
    assert blocks.sketch.kind == BLOCK


def test_some_can_be_taken():
    """Choosing among blocks keeps each with its place and size."""
    blocks = blocks_of([["a", "b", "c"], ["d"], ["e", "f", "g", "h"]])
    taken = blocks.take(np.array([False, True]))
    assert (taken.sketch.positions.tolist(), taken.sizes.tolist()) == ([4], [4])


def test_golden_blocks():
    """Version 1 gives what it always gave."""
    for case in json.loads(GOLDEN.read_text("utf-8"))["block/1"]:
        found = find_blocks(tokenise(case["text"])).sketch
        assert [f"{value:016x}" for value in found.hashes] == case["hashes"]
