"""Tests of cloneward.sim.page."""

from cloneward.sim.page import Block, Page


def test_words_are_cut_at_white_space() -> None:
    """A page has as many words as its blocks together, its title aside."""
    page = Page("One two three", (Block("a b"), Block("c", "heading")))
    assert page.words == 3


def test_text_joins_blocks_with_one_newline() -> None:
    """The text of a page is its blocks, one a line."""
    assert Page("T", (Block("a b"), Block("c"))).text == "a b\nc"
