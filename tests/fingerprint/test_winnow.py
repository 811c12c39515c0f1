"""Word winnowing and its guarantee."""

import json
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.winnow import RUN, SHINGLE, TEXT, WINDOW, fingerprint, sketch_texts

GOLDEN = Path(__file__).parents[1] / "golden" / "fingerprints.json"
WORDS = st.lists(st.sampled_from([f"w{number}" for number in range(60)]), max_size=80)


def sketch_of(words):
    """Give the sketch of these words."""
    return fingerprint(" ".join(words)).sketch


@given(WORDS, WORDS, WORDS, st.lists(st.integers(0, 10_000), min_size=RUN, max_size=RUN + 20))
def test_every_long_shared_run_is_found(before, after, elsewhere, run):
    """Two texts that share a run of w + k - 1 tokens share a fingerprint of tokens within it."""
    shared = [f"s{number}" for number in run]
    left = sketch_of(before + shared + after)
    right = sketch_of(elsewhere + shared)
    within = {
        int(value)
        for value, position in zip(left.hashes, left.positions, strict=True)
        if len(before) <= position <= len(before) + len(shared) - SHINGLE
    }
    assert within & set(right.hashes.tolist())


@given(WORDS)
def test_chosen_are_exactly_the_minima_of_windows(words):
    """A position is kept if and only if it holds the minimum of some window: the definition, by brute force."""
    text = fingerprint(" ".join(words))
    shingles = text.shingles.tolist()
    width = min(WINDOW, len(shingles))
    expected = sorted(
        {
            position
            for start in range(len(shingles) - width + 1)
            for position in range(start, start + width)
            if shingles and shingles[position] == min(shingles[start : start + width])
        }
    )
    assert text.sketch.positions.tolist() == expected
    assert text.sketch.hashes.tolist() == [shingles[position] for position in expected]


@given(WORDS)
def test_shingles_depend_on_their_tokens_alone(words):
    """The rolling hash gives each run of k tokens the same value wherever it stands."""
    text = fingerprint(" ".join(words))
    for start in range(0, max(0, len(words) - SHINGLE + 1), 7):
        alone = fingerprint(" ".join(words[start : start + SHINGLE])).shingles
        assert alone.tolist() == [text.shingles[start]]


def test_short_texts_have_no_fingerprints():
    """Below k tokens there is nothing to compare."""
    assert len(sketch_of(["one"] * (SHINGLE - 1))) == 0
    assert len(sketch_of([f"w{n}" for n in range(SHINGLE)])) == 1


def test_density_is_that_of_the_paper():
    """About 2 / (w + 1) of the positions are kept on text that does not repeat itself."""
    text = fingerprint(" ".join(f"word{n}" for n in range(20_000)))
    assert abs(len(text.sketch) / text.shingles.size - 2 / (WINDOW + 1)) < 0.01
    assert text.sketch.kind == TEXT
    assert (np.diff(text.sketch.positions) > 0).all()


def check_each(texts):
    """Compare what many texts have at once with what each has alone."""
    found = sketch_texts(texts)
    parts = np.split(found.hashes, found.ends)[: len(texts)]
    assert [part.tolist() for part in parts] == [fingerprint(text).sketch.hashes.tolist() for text in texts]
    assert found.kind == TEXT
    assert len(found) == len(texts)
    assert found.ends.tolist() == np.cumsum([part.size for part in parts]).tolist()


@given(st.lists(st.text() | WORDS.map(" ".join), max_size=9))
def test_many_texts_have_the_fingerprints_that_each_has(texts):
    """Read together, in whatever script, no text has other fingerprints than alone, nor one of two texts together."""
    check_each(texts)


def test_groups_of_texts_are_read_one_after_the_other():
    """Also more texts than are read at once, empty ones, halves of surrogates that meet, and a huge one."""
    few = [f"{letter} {' '.join(f'{letter}{n}' for n in range(size))}" for size in range(40) for letter in "aé東😀"]
    check_each([*few, "", "\ud83d", "\ude00 " * 20, "", few[-1] * 2_000, *few, "東" * 300])


def test_golden_fingerprints():
    """Version 1 gives what it always gave: a change of any value needs a new version (decision 0003)."""
    for case in json.loads(GOLDEN.read_text("utf-8"))["text/1"]:
        found = fingerprint(case["text"]).sketch
        assert [f"{value:016x}" for value in found.hashes] == case["hashes"], case["text"]
        assert found.positions.tolist() == case["positions"]
