"""The visible text of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.extract import MAX_BYTES, extract


def text_of(html):
    """Give the text of a page."""
    return extract(html.encode()).text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Hello <b>wor</b>ld<p>para", "Hello world\npara"),
        ("<div>a<br>b</div>  <ul><li>c<li>d</ul>", "a\nb\nc\nd"),
        ("<p> a \n\t b&nbsp;c\u3000d </p>", "a b c d"),
        ("<table><tr><td>1<td>2</table>", "1\n2"),
        ("a<script>no()</script>b<style>x{}</style><template>t</template>c", "abc"),
        ("a<p style='color:red; display : none'>y</p><i style='DISPLAY:NONE'>z</i>b", "a\ny\nb"),
        ("a<span hidden>x</span><p hidden=until-found>t</p>b", "ax\nt\nb"),
        ("<title>T</title><body>x</body>", "x"),
        ("<pre>one\n  two</pre>", "one two"),
        ("so\u00adft ze\u200bro", "so\u00adft ze\u200bro"),
        ("a<!-- c -->b", "ab"),
        ("<p>😀 x<p>y", "😀 x\ny"),
        ("x&amp;lt;&lt;b&gt;&amp;y", "x&lt;<b>&y"),
        ("a<?php echo 1 ?>b<!-- --><x='\"=>c</x='\"=>", "a\nb\nc"),
        ("a --><!", "a -->"),
        ("<xmp>&lt;</xmp>a<svg><style>&lt;/svg></style>b</svg><math><style>c</style><mi>d</math>", "&lt;\na\nd"),
    ],
)
def test_blocks_are_lines_and_spaces_collapse(html, text):
    """Visible text is kept whole, blocks joined by one newline, nothing else changed."""
    assert text_of(html) == text


def test_marks_point_into_the_text():
    """Links and quotations carry offsets of the text as given."""
    page = extract(
        b"<p>see  <a href='https://example.org/x'>the\n source</a> and</p>"
        b"<blockquote cite='https://example.org/y'><p>first</p> <p>second</p></blockquote><a>no address</a>"
    )
    assert [(page.text[r.start : r.end], r.address) for r in page.links] == [("the source", "https://example.org/x")]
    assert [(page.text[r.start : r.end].strip(), r.address) for r in page.quotes] == [
        ("first\nsecond", "https://example.org/y")
    ]


def test_head_is_read():
    """Title, language, canonical address, site name and date come from the head."""
    page = extract(
        b'<html lang="en-GB"><head><title> My \n title </title><link rel="canonical" href="https://example.org/a">'
        b'<meta property="og:site_name" content="Example"><meta name="article:published_time" content="2026-01-02">'
        b"</head><body>x"
    )
    assert (page.title, page.language, page.canonical) == ("My title", "en-GB", "https://example.org/a")
    assert (page.site_name, page.published_at) == ("Example", "2026-01-02")


def test_plain_text_keeps_its_lines():
    """A text file is not read as HTML."""
    assert extract(b"a <b> c\n\n d", "text").text == "a <b> c\nd"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "page_empty"),
        (b" \n ", "page_empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 20, "not_text"),
        (b"<p>caf\xe9 \x81" + b"<meta charset=shift_jis>\x81", "charset_broken"),
    ],
)
def test_what_cannot_be_read_is_a_problem(content, code):
    """Empty, binary and broken pages give a problem, not an exception."""
    assert [problem.code for problem in extract(content).problems] == [code]


def test_size_is_capped():
    """A page over the cap is read up to it, and it is said."""
    page = extract(b"<p>start " + b"x " * (MAX_BYTES // 2) + b"end")
    assert page.problems[0].code == "page_truncated"
    assert page.text.startswith("start")
    assert not page.text.endswith("end")


def test_deep_nesting_does_not_recurse():
    """A hundred thousand nested tags are read like any page."""
    assert extract(b"<div>" * 100_000 + b"deep").text == "deep"
    assert extract(b"<a href=x>" * 20_000 + b"deep").text == "deep"


@given(st.binary(max_size=3000) | st.text(max_size=2000).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_an_extract(content):
    """Hostile bytes never raise, and every mark lies within the text."""
    page = extract(b"<p>" + content)
    for region in page.links + page.quotes:
        assert 0 <= region.start <= region.end <= len(page.text)
    assert page.text == page.text.strip("\n")
    assert "\0" not in page.text


TAGS = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<a href=u>", "</a>", "<blockquote>", "<br>", "<td>", "<li>", " "]
)


@given(st.lists(TAGS | st.text("ab \n\u00a0", max_size=5), max_size=40))
def test_white_space_is_always_collapsed(parts):
    """Whatever the mark-up, no space doubles and none touches a line's edge."""
    lines = text_of("<body>" + "".join(parts)).split("\n")
    assert all(line == " ".join(line.split()) for line in lines)
    assert lines == [""] or all(lines)


@pytest.mark.parametrize("tag", ["html", "body"])
@pytest.mark.parametrize("attribute", ["hidden", "style='display:none'", "style='visibility: hidden'"])
def test_pages_that_hide_all_of_themselves(tag, attribute):
    """A page that is hidden until a script shows it has its text; what is hidden within it has none."""
    assert extract(f"<{tag} {attribute}><p>words<p style='display:none'>none".encode()).text == "words"
