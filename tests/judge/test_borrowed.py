"""What an item shows as somebody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.extract import extract
from cloneward.judge.borrowed import list_quotations, set_aside
from cloneward.model.content import Region
from cloneward.model.finding import ItemShare, Match, PageMatches, SiteMatches, Span

OURS = frozenset({"owner.test"})
WORDS = "one two three four five six seven eight nine ten"
LINK = '<a href="https://third.test/x">The Third Book</a>'


def sources(html, domains=OURS):
    """Give the addresses that the quotations of a page credit."""
    return [quote.address for quote in list_quotations(extract(html.encode()), domains)]


@pytest.mark.parametrize(
    "html",
    [
        f'<blockquote cite="https://third.test/x">{WORDS}</blockquote>',
        f'<p>As they say, <q cite="//third.test/x">{WORDS}</q>.</p>',
        f"<blockquote><p>{WORDS}</p><footer>From {LINK}</footer></blockquote>",
        f"<blockquote><p>{WORDS}</p><cite>Quoted from {LINK}</cite></blockquote>",
        f"<blockquote>{WORDS} \u2014 A. Writer, in a chapter near the end of {LINK}</blockquote>",
        f"<blockquote>{WORDS} -- {LINK}</blockquote>",
        f"<figure><blockquote><p>{WORDS}</p></blockquote><figcaption>\u2014 A. Writer, {LINK}</figcaption></figure>",
    ],
)
def test_a_quotation_that_credits_another_counts(html):
    """An address in `cite`, a last line that is mostly link, and a link after a dash name the source."""
    assert sources(html) in (["https://third.test/x"], ["//third.test/x"])


@pytest.mark.parametrize(
    "html",
    [
        f"<blockquote>{WORDS}</blockquote>",
        f"<blockquote><p>{WORDS}</p><p>All that is said of it in {LINK} is told on this page</p></blockquote>",
        f"<blockquote><p>{LINK} {WORDS}</p><p>{WORDS}</p></blockquote>",
        f"<blockquote><p>{WORDS}</p></blockquote><p>{LINK}</p>",
        f"<p>{WORDS}</p><blockquote>{LINK}</blockquote>",
        f"<p>{WORDS} \u2014 {LINK}</p>",
        f"<blockquote>{WORDS} \u2014 {WORDS} {WORDS} {WORDS} {LINK}</blockquote>",
        f'<blockquote cite="https://www.owner.test/y">{WORDS}</blockquote>',
        f'<blockquote cite="/y">{WORDS}</blockquote>',
        f'<blockquote cite="https://[broken">{WORDS}</blockquote>',
        f'<blockquote><p>{WORDS}</p><p><a href="https://owner.test/">Elsewhere on this site</a></p></blockquote>',
    ],
)
def test_an_indented_paragraph_does_not(html):
    """What is merely marked up as a quotation, has a link somewhere, or leads to the owner, stays the owner's."""
    assert sources(html) == []


def span(start, words, shift=0):
    """Give a span of words of nine letters and a space."""
    at = (start * 10, (start + words) * 10 - 1)
    return Span(target=(at[0] + shift, at[1] + shift), item=at, words=words)


def found(*spans, words=200):
    """Give what was found on a page that shares these spans with one item of 1,000 words."""
    shared = sum(each.words for each in spans)
    match = Match(item="i", page="p", value=shared / 1000, spans=spans)
    return SiteMatches(
        pages=(PageMatches(page="p", words=words, covered=shared, matches=(match,)),),
        items={"i": ItemShare(words=shared, share=shared / 1000)},
    )


def quote(start, words):
    """Give a quotation of an item."""
    return {"i": (Region(start=start * 10, end=(start + words) * 10 - 1, address="https://third.test/"),)}


def test_quoted_words_are_counted_on_neither_side():
    """A span within a quotation leaves nothing, one that reaches out of it leaves what lies outside."""
    left, borrowed = set_aside(found(span(0, 50, shift=70)), quote(0, 50))
    assert (left.pages[0].words, left.pages[0].covered, left.items["i"].words, left.common_words) == (150, 0, 0, 50)
    assert (borrowed.words, borrowed.matches, borrowed.sources) == (50, (0,), ("https://third.test/",))
    left, borrowed = set_aside(found(span(0, 50), span(60, 40)), quote(20, 60))
    assert [each.words for each in left.pages[0].matches[0].spans] == [20, 20]
    assert (left.pages[0].covered, left.items["i"].words, borrowed.words) == (40, 40, 50)


def test_where_nothing_is_quoted_nothing_changes():
    """Quotations of other items, or elsewhere in this one, leave what was found as it was."""
    whole = found(span(0, 50))
    for quotations in ({}, {"j": quote(0, 50)["i"]}, quote(50, 20)):
        left, borrowed = set_aside(whole, quotations)
        assert left is whole
        assert borrowed.words == 0


def test_a_passage_on_two_items_is_set_aside_once():
    """If one item quotes what another shows bare, it is nobody's of ours, and its words are counted once."""
    first, second = (found(span(0, 50)).pages[0].matches[0] for _ in range(2))
    both = SiteMatches(
        pages=(PageMatches(page="p", words=200, covered=50, matches=(first, Match(**vars(second) | {"item": "j"}))),),
        items={item: ItemShare(words=50, share=0.05) for item in "ij"},
    )
    left, borrowed = set_aside(both, quote(0, 50))
    assert (left.pages[0].covered, borrowed.words, borrowed.matches) == (0, 50, (0,))
    assert [shared.words for shared in left.items.values()] == [0, 0]


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_no_figure_grows_or_falls_below_nothing(at, words, start, length):
    """Whatever is quoted, what is left lies between nothing and what was found."""
    whole = found(span(at, words))
    left, borrowed = set_aside(whole, quote(start, length))
    page, before = left.pages[0], whole.pages[0]
    assert 0 <= page.covered == before.covered - borrowed.words
    assert page.words - page.covered == before.words - before.covered
    assert 0 <= page.matches[0].spans[0].words <= words
    assert 0 <= left.items["i"].share <= whole.items["i"].share
