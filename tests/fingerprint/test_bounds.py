"""What a page can make a parser do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cloneward.fingerprint.bounds import _TABLE, MAX_DEPTH, MAX_FORMATS, MAX_REOPENED, _find_excess, bound_markup
from cloneward.fingerprint.extract import extract


def depth_of(html):
    """Give the depth of the tree that the parser builds."""
    root = LexborHTMLParser(html).body
    deepest, stack = 0, [(root, 0)] if root else []
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack += [(child, depth + 1) for child in node.iter(include_text=True)]
    return deepest


def test_ordinary_pages_are_left_alone():
    """A page of many tags that close is given back as it is, whatever stands in comments, scripts and values."""
    item = "<li><a href='</div>'>x</a><!-- <div> --><script>'<div>'</script><br><p>y<div title=\">\">z</div>"
    html = f"<ul>{item * 2_000}</ul>".encode()
    assert bound_markup(html) == (html, 0)


@pytest.mark.parametrize("blocks", [200, 4_000, 40_000])
@pytest.mark.parametrize("unit", ["<b a{n}>", "<FONT a='{n}'>", "<i><u><code a{n}>"])
def test_formats_left_open_do_not_multiply_the_tree(unit, blocks):
    """Formatting tags that every later block opens anew cost a bounded number of elements, and no text."""
    opened = "".join(unit.replace("{n}", str(number)) for number in range(600))
    html = f"<p>{opened}</p>{'<p>x</p>' * blocks}".encode()
    limited, cut = bound_markup(html)
    assert cut >= 500
    assert LexborHTMLParser(limited).html.count("<") <= 2 * MAX_REOPENED + 4 * html.count(b"<")
    assert extract(html).text == "\n".join(["x"] * blocks)


def test_formats_that_close_are_left_alone():
    """However many formatting tags a page has, those that close again take no room from the next ones."""
    html = ("<p><b>one <i a=1>two</i></b> <code>three</code></p>" * 3_000).encode()
    assert bound_markup(html) == (html, 0)


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<div></x>",
        "<div title='</div>'>",
        '<div title = "></div>">',
        "<div a='=</div>'>",
        "<div x=y'></div'>",
        "<div><!--</div>-->",
        "<div><style></div></style>",
        "<div><script><!--<script></script></div></script>-->",
        "<div><textarea></div></textarea>",
        "<font a=1><div>",
        "<div/>",
        "<DIV\n>",
        "<ul><li>",
        "<table><td>",
        "<svg><g>",
        "<i a{n}>",
    ],
)
def test_depth_is_bounded_however_it_is_hidden(unit):
    """No trick with values, comments, scripts or foreign end tags hides nesting from the count."""
    html = "".join(unit.replace("{n}", str(number)) for number in range(6_000))
    limited, cut = bound_markup(f"{html}deep".encode())
    assert cut > 1_000
    assert depth_of(limited) <= 4 * MAX_DEPTH + 10  # a counted table brings tbody, tr and td


def test_text_beyond_the_bound_is_kept():
    """Only tags are taken out; the text they held is still found, and the page says so."""
    page = extract(b"".join(b"<div>w%d " % number for number in range(20_000)))
    assert len(page.text.split()) == 20_000
    assert [problem.code for problem in page.problems] == ["markup_cut"]


@pytest.mark.parametrize("tag", ["<div {}>", "</div {}>", "<br {}>", "<p {}"])
def test_attributes_are_bounded(tag):
    """A tag keeps its first attributes, the text around it stays, and the page is read in no time."""
    html = "<p>before " + tag.format(" ".join(f"a{number}='>{number}'" for number in range(50_000))) + " after"
    limited, cut = bound_markup(html.encode())
    assert cut == 1
    assert len(limited) < 10_000
    assert ("after" in extract(html.encode()).text) is (">" in tag)


SOUP = st.lists(
    st.sampled_from(
        "<div> </div> <b> </b> "
        "<p> <a> </a> <table> <td> </table> <li> <ul> </ul> <script> </script> <!-- --> --!> <!--> "
        "<style> </style> <title> </title>"
        " <div\ta='> ' > \" = / <div\ta=\"> <? <! </ </x> < x <svg> </svg> <font>"
        " <path/> <desc> </desc> <foreignObject> <div/> <math> <mi>".split(" ")
    ),
    max_size=60,
)


@given(SOUP)
def test_the_count_is_never_too_small(parts):
    """Whatever the soup of tags, the parser never nests deeper than the bound allows."""
    html = bytearray("".join(parts).replace("\t", " ").encode() * 20)
    for start, end in _find_excess(np.frombuffer(bytes(html), np.uint8), *_TABLE, 10, MAX_FORMATS):
        html[start:end] = b" " * (end - start)
    # a counted table brings tbody, tr, td, and a p in it
    assert depth_of(bytes(html)) <= 10 * 5 + 20


def test_small_pages_are_left_alone():
    """The least page that is bounded is measured in characters, however many bytes they have."""
    deep = "<div>" * 700
    assert bound_markup((deep + "é" * 500).encode())[1] == 0
    assert bound_markup((deep + "é" * 1_000).encode())[1] == 700 - MAX_DEPTH
