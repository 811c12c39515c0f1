"""The bound on nesting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.nesting import _FLAT, _RAW, MAX_DEPTH, _find_excess, _hash_names, limit_nesting


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
    html = "<ul>" + item * 2_000 + "</ul>"
    assert limit_nesting(html) == (html, 0)


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
    limited, cut = limit_nesting(html + "deep")
    assert cut > 1_000
    assert depth_of(limited) <= 4 * MAX_DEPTH + 10  # a counted table brings tbody, tr and td


def test_text_beyond_the_bound_is_kept():
    """Only tags are taken out; the text they held is still found, and the page says so."""
    page = extract(b"".join(b"<div>w%d " % number for number in range(20_000)))
    assert len(page.text.split()) == 20_000
    assert [problem.code for problem in page.problems] == ["nesting_cut"]


SOUP = st.lists(
    st.sampled_from(
        "<div> </div> <b> </b> "
        "<p> <a> </a> <table> <td> </table> <li> <ul> </ul> <script> </script> <!-- --> --!> <!--> "
        "<style> </style> <title> </title>"
        " <div\ta='> ' > \" = / <div\ta=\"> <? <! </ </x> < x <svg> </svg> <font>".split(" ")
    ),
    max_size=60,
)


@given(SOUP)
def test_the_count_is_never_too_small(parts):
    """Whatever the soup of tags, the parser never nests deeper than the bound allows."""
    html = "".join(parts).replace("\t", " ") * 20
    codes = np.frombuffer(html.encode("utf-32-le"), np.uint32)
    cuts = _find_excess(codes, _hash_names(_FLAT), _hash_names(_RAW), 10)
    limited = list(html)
    for start, end in cuts:
        limited[start:end] = [" "] * (end - start)
    # a counted table brings tbody, tr and td
    assert depth_of("".join(limited)) <= 10 * 4 + 10
