"""What a page says, read node by node."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from cloneward.fingerprint.tree import read_tree


def read(html):
    """Read a page."""
    return read_tree(LexborHTMLParser(html))


@pytest.mark.parametrize(
    ("html", "raw"),
    [
        ("a<b>b</b> c", b"ab c"),
        ("a<p>b\n</p>c", b"a\0b\n\0c"),
        ("a<br>b<div></div>c", b"a\0b\0c"),
        ("a<script>x</script><svg><text>y</svg>b<i style='x:y;Display: NONE'>z</i>", b"ab"),
        ("<math><style>x</style><mi>é</mi></math><plaintext></p>", "\0\0é\0\0\0</p>\0".encode()),
        ("<frameset><frame>", b""),
    ],
)
def test_edges_stand_where_blocks_do(html, raw):
    """What is visible stands in the raw text, with an edge where a block begins, and where a filled one ends."""
    assert read(html).raw == raw


def test_marks_count_bytes():
    """Marks lie by bytes of the raw text, in the order in which they end; what holds nothing has none."""
    page = read(
        "é<a href=u>b</a><blockquote cite=v><q>c</q></blockquote><a href=w></a><a>d</a><a href=x><svg></svg></a>"
    )
    assert [(page.raw[start:end], bool(link)) for start, end, link in page.marks.tolist()] == [
        (b"b", True),
        (b"c", False),
        (b"c\0", False),
    ]
    assert page.addresses == ["u", "", "v"]


def test_head_is_read():
    """The head is given as it stands; an empty address is told from one that is missing."""
    page = read(
        "<html lang=en><title> a\nb</title><link rel='x Canonical' href><link rel=canonical href=u>"
        "<meta name=OG:site_name content=c><template><title>t</title></template>"
        "<meta property=og:site_name content=' d'>"
        "<meta name=article:published_time content=2026-01-02>"
    )
    assert (page.title, page.language, page.site_name, page.published_at) == (" a\nb", "en", " d", "2026-01-02")
    assert page.canonical is None
    assert read("<link rel=canonical href=''>").canonical == ""


def test_deep_pages_do_not_recurse():
    """Depth is no matter."""
    assert read("<b>" * 50_000 + "x").raw == b"x"
