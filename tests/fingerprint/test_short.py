"""Shingles of short texts."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import VersionMismatch
from cloneward.fingerprint.short import (
    SHORT,
    fingerprint_short,
    hash_runs,
    measure_containment,
    measure_jaccard,
)
from cloneward.fingerprint.tokens import tokenise
from cloneward.fingerprint.winnow import fingerprint

GOLDEN = Path(__file__).parents[1] / "golden" / "shorts.json"
BIO = "Bäcker aus Bremen. Ich mag analoge Fotos und Pilze sammeln 🌊"
TEXTS = st.text(max_size=60)


@pytest.mark.parametrize(
    "dressed",
    [
        BIO.upper(),
        "🌊 ꧁ Bäcker aus Bremen ꧂ Ich mag — analoge Fotos und Pilze sammeln!",
        BIO.replace("mag", "m\u200bag").replace("a", "а"),  # a zero-width space; Cyrillic
        "Ba\u0308cker aus Bremen\nIch mag analoge Fotos und Pilze sammeln",
    ],
)
def test_dress_changes_nothing(dressed):
    """Case, emoji in another place, decoration, zero-width and look-alike letters leave the fingerprint as it is."""
    assert fingerprint_short(dressed).hashes.tolist() == fingerprint_short(BIO).hashes.tolist()


@pytest.mark.parametrize("cut", ["Bäcker aus Bremen. Ich mag ana…", "Bäcker aus Bremen. Ich...", "Bäcker aus Bremen …"])
def test_what_was_cut_off_is_contained(cut):
    """A text that was cut off, within a word or behind one, is contained as a whole in what it was cut off."""
    part, whole = fingerprint_short(cut), fingerprint_short(BIO)
    assert len(part)
    assert measure_containment(part, whole) == 1
    assert measure_containment(whole, part) < 1


def test_other_words_are_not_contained():
    """Two texts that share no two words in a row share nothing."""
    other = fingerprint_short("Fotos aus Pilze, Bremen und Bäcker")
    assert measure_jaccard(fingerprint_short(BIO), other) == 0


@given(TEXTS, TEXTS)
def test_jaccard_is_symmetric_and_a_share(left, right):
    """Which of two texts comes first does not matter, and the measure lies in [0, 1]; of a text with itself it is 1."""
    one, two = fingerprint_short(left), fingerprint_short(right)
    assert measure_jaccard(one, two) == measure_jaccard(two, one)
    assert 0 <= measure_jaccard(one, two) <= 1
    assert measure_jaccard(one, one) == (1 if len(one) else 0)


@given(TEXTS, st.integers(1, 4))
def test_runs_are_those_of_the_definition(text, size):
    """There is one hash for each run of so many tokens, and equal runs have equal hashes."""
    tokens = tokenise(text).hashes
    runs = hash_runs(tokens, size).tolist()
    told = [tuple(tokens[at : at + size].tolist()) for at in range(tokens.size - size + 1)]
    assert len(runs) == len(told)
    assert len(set(runs)) == len(set(told))


def test_other_kinds_are_refused():
    """A short text is not compared with one that was winnowed."""
    with pytest.raises(VersionMismatch):
        measure_containment(fingerprint_short(BIO), fingerprint(BIO).sketch)
    with pytest.raises(VersionMismatch):
        measure_jaccard(fingerprint(BIO).sketch, fingerprint_short(BIO))


@pytest.mark.parametrize("text", ["", "…", "🌊🌊", "\ud800", "a" * 100_000, "x " * 50_000])
def test_odd_texts_are_sketched(text):
    """Nothing, emoji alone, half a surrogate pair and very long texts are sketched without an error."""
    assert fingerprint_short(text).kind == SHORT


def test_golden_shorts():
    """The fingerprints of fixed texts are those of version 1: a change needs a new version."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden["short/1"]
    for text, hashes in golden["short/1"].items():
        assert [f"{value:016x}" for value in fingerprint_short(text).hashes.tolist()] == hashes, text
