"""Tests of cloneward.sim.text."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.sim.text import NOUNS, VERBS, make_name, make_page, make_paragraph, make_title, replace_word

RUN = 15


def _list_runs(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_vocabulary_is_large() -> None:
    """The lists hold many words, each once."""
    assert len(set(NOUNS)) == len(NOUNS) > 500
    assert len(set(VERBS)) == len(VERBS) > 150


def test_same_seed_gives_same_page() -> None:
    """A page depends on its seed alone."""
    assert make_page(Random(3), 300) == make_page(Random(3), 300)


def test_page_has_the_words_asked_for() -> None:
    """A page has at least the words asked for, and a heading among its blocks."""
    page = make_page(Random(5), 900)
    assert page.words >= 900
    assert {block.kind for block in page.blocks} == {"text", "heading"}


def test_unrelated_pages_share_no_run() -> None:
    """Among sixty pages no run of fifteen words stands on two of them."""
    runs = [_list_runs(make_page(Random(seed), 700).text) for seed in range(60)]
    assert len(set().union(*runs)) == sum(map(len, runs))


@pytest.mark.parametrize("make", [make_name, make_title, make_paragraph])
def test_made_text_begins_with_a_capital(make) -> None:
    """Names, titles and paragraphs begin with a capital letter."""
    assert all(make(Random(seed))[0].isupper() for seed in range(50))


@given(st.text(min_size=1, max_size=12).filter(lambda word: not word[0].isspace()), st.integers(0, 99))
def test_replaced_word_differs_and_is_one_word(word, seed) -> None:
    """A replaced word is another word, unless nothing but punctuation was there."""
    new = replace_word(word, Random(seed))
    assert new
    if word.isalnum():
        assert new != word


@pytest.mark.parametrize(("word", "start", "end"), [("(House,", "(", ","), ("wood;", "", ";"), ("1999.", "", ".")])
def test_replacing_keeps_punctuation_and_capitals(word, start, end) -> None:
    """What stands around a word stays, and a capital stays a capital."""
    new = replace_word(word, Random(1))
    assert new.startswith(start)
    assert new.endswith(end)
    assert new != word
    assert new.strip("(,;.")[0].isupper() == word.strip("(,;.")[0].isupper()


def test_punctuation_alone_is_left() -> None:
    """A word without a letter or digit is left as it is."""
    assert replace_word("—", Random(1)) == "—"
