"""Tests of cloneward.sim.copyist."""

import re
import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.sim.copyist import (
    WAYS,
    change_words,
    copy_excerpt,
    copy_verbatim,
    decode_html,
    disguise,
    quote_page,
    read_page,
    shuffle_blocks,
    take_part,
)
from cloneward.sim.page import Block, Page
from cloneward.sim.text import make_page

PAGE = make_page(Random(11), 900)
HOST = make_page(Random(12), 700)
SEEDS = st.integers(0, 10_000)


def test_reader_leaves_furniture_out() -> None:
    """Navigation, scripts, asides and link marks are not text of the page."""
    page = read_page(
        "<html><head><title> A\n title </title><script>var x;</script></head><body>"
        "<nav>Menu</nav><div class='sphinxsidebar'>Side</div><div id=content><h1>Head"
        "<a class=headerlink href='#h'>#</a></h1><p>One <b>two</b>\n three<p>Four</div>"
        "<footer>Foot</footer></body></html>"
    )
    assert page == Page("A title", (Block("Head", "heading"), Block("One two three"), Block("Four")))


def test_reader_takes_the_whole_page_if_the_main_part_is_small() -> None:
    """A part marked as main that holds little of the text does not hide the rest."""
    page = read_page("<main>tiny</main><p>" + "word " * 50 + "</p>")
    assert page.words == 51


def test_inline_names_are_not_furniture() -> None:
    """A word within a sentence is text even if its class speaks of a menu."""
    assert read_page("<p>Open <span class='menu'>File</span> now</p>").text == "Open File now"


@given(st.text(alphabet="<>/abdivp =\"'!-&;x", max_size=200))
def test_reader_never_raises(html) -> None:
    """Broken markup gives a page, never an error."""
    assert read_page(html).words >= 0


@given(st.binary(max_size=200))
def test_bytes_are_always_decoded(content) -> None:
    """Any bytes give a text."""
    assert isinstance(decode_html(content), str)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("é".encode(), "é"),
        (b"<meta charset=iso-8859-1>\xe9", "<meta charset=iso-8859-1>é"),
        (b"<meta charset=utf-8>\xe9", "<meta charset=utf-8>é"),
        (b"<meta charset=klingon>\xc3\xa9", "<meta charset=klingon>é"),
        ("é".encode("utf-16"), "é"),
    ],
)
def test_declared_encoding_is_used(content, text) -> None:
    """A declared encoding is used if it exists and fits, and something else if not."""
    assert decode_html(content).removeprefix("\ufeff") == text


def test_verbatim_changes_nothing() -> None:
    """A verbatim copy is the page itself."""
    assert copy_verbatim(PAGE) == PAGE


@given(st.integers(1, 900), SEEDS)
def test_part_is_contiguous(words, seed) -> None:
    """A part has the words asked for, as they follow one another on the page."""
    text = " ".join(block.text for block in take_part(PAGE, words, Random(seed)))
    assert len(text.split()) == words
    assert text in " ".join(PAGE.text.split())


@pytest.mark.parametrize("share", [0.5, 0.2, 0.1])
def test_excerpt_stands_in_its_host(share) -> None:
    """An excerpt adds its share of the page's words to a host that stays whole."""
    mixed = copy_excerpt(PAGE, HOST, share, Random(1))
    assert mixed.words == HOST.words + round(PAGE.words * share)
    assert set(HOST.blocks) <= set(mixed.blocks)
    assert mixed.title == HOST.title


def test_quotation_is_short_however_words_are_counted() -> None:
    """A quotation of code keeps within ninety words even if each sign ends a word."""
    page = Page("T", (Block("run_now(a, b) " * 400),))
    (quote,) = [block for block in quote_page(page, HOST, "u", "n", Random(1)).blocks if block.kind == "quote"]
    assert 25 < len(re.findall(r"[^\W_]+", quote.text)) <= 90


def test_words_change_at_the_share_asked_for() -> None:
    """About fifteen words of a hundred differ, and their number stays."""
    changed = change_words(PAGE, 0.15, Random(1))
    pairs = list(zip(PAGE.text.split(), changed.text.split(), strict=True))
    assert 0.11 < sum(old != new for old, new in pairs) / len(pairs) < 0.19


def test_shuffled_blocks_are_the_same_blocks() -> None:
    """Shuffling moves blocks and changes none."""
    shuffled = shuffle_blocks(PAGE, Random(1))
    assert shuffled.blocks != PAGE.blocks
    assert sorted(block.text for block in shuffled.blocks) == sorted(block.text for block in PAGE.blocks)


@given(SEEDS)
def test_quotation_keeps_within_its_bounds(seed) -> None:
    """A quotation has at most ninety words and a fifth of the page, with its source."""
    quoting = quote_page(PAGE, HOST, "https://owner.test/a", "Owner", Random(seed))
    (quote,) = [block for block in quoting.blocks if block.kind == "quote"]
    assert 20 < quote.words <= min(90, PAGE.words * 0.2)
    assert (quote.link, quote.author) == ("https://owner.test/a", "Owner")


@pytest.mark.parametrize("way", WAYS)
def test_each_disguise_hides_words_from_comparison(way) -> None:
    """Every way changes the letters of some words and the number of none."""
    page = Page("T", (Block('Don\'t "stop" a well-known copyist'),))
    hidden = disguise(page, Random(1), (way,), share=1)
    assert hidden.text != page.text
    assert hidden.words == page.words


@pytest.mark.parametrize("way", ["full_width", "zero_width", "soft_hyphen"])
def test_disguise_can_be_undone(way) -> None:
    """Compatibility normal form without format characters gives the words back."""
    hidden = disguise(PAGE, Random(1), (way,), share=1).text
    shown = "".join(letter for letter in hidden if unicodedata.category(letter) != "Cf")
    assert unicodedata.normalize("NFKC", shown) == PAGE.text


def test_look_alike_letters_are_of_other_scripts() -> None:
    """A look-alike is Cyrillic or Greek, and one letter takes the place of one."""
    hidden = disguise(PAGE, Random(1), ("homoglyph",), share=1).text
    assert len(hidden) == len(PAGE.text)
    pairs = {(old, new) for old, new in zip(PAGE.text, hidden, strict=True) if old != new}
    assert len(pairs) > 10
    assert all(unicodedata.name(new).split()[0] in {"CYRILLIC", "GREEK"} for _, new in pairs)
