"""The layout of a page."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.kinds import TRAITS, Traits
from cloneward.fingerprint.layout import MAX_FEATURES, MAX_FILES, STRUCTURE, read_layout
from cloneward.sim.templates import TEMPLATES, render
from cloneward.sim.text import make_page

GOLDEN = Path(__file__).parents[1] / "golden" / "layouts.json"


def structure(html):
    """Give the structure of a page."""
    return read_layout(html.encode() if isinstance(html, str) else html).structure


@pytest.mark.parametrize("template", sorted(set(TEMPLATES) - {"viewer"}))
def test_another_text_changes_no_layout(template):
    """The same template gives the same layout whatever its text and its numbers."""
    one, two = (make_page(Random(seed), 900) for seed in (1, 2))
    left = structure(render(template, one.title, one.blocks, Random(3)))
    assert left == structure(render(template, two.title, two.blocks, Random(4)))


def test_templates_differ():
    """Two templates around the same text have at most a fifth of their tags and class names in common."""
    page = make_page(Random(1), 900)
    found = {name: structure(render(name, page.title, page.blocks, Random(3))).values for name in TEMPLATES}
    for one, left in found.items():
        for two, right in found.items():
            assert one == two or len(left & right) <= len(left | right) / 5, (one, two)


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [
        ("<p>one<p>two", "<p>three", True),
        ("<p>one <a href=x>two</a> <b>three</b>", "<p>one", True),
        ('<p class="b a">', '<p class=a><p class="b  b">', True),
        ("<p class=post-4711>", "<p class=post-5>", True),
        ("<p class=post-4711>", "<p class=page-4711>", False),
        ("<div><p>one</div>", "<p>one", False),
        ("<p>a<!-- b -->", "<p>a", True),
        ("<span class=x>", "<span class=y>", False),
    ],
)
def test_what_counts(left, right, is_same):
    """Boxes and class names count; text, what stands within it, order, number and numbers do not."""
    assert (structure(left) == structure(right)) == is_same


def test_paths_have_six_tags():
    """One more box around a deep page changes what is near it and no more."""
    deep = "<section><article><ul><li><table><tr><td><p>x"
    boxed = structure(f"<main>{deep}").values
    assert len(structure(deep).values & boxed) == 5  # with `tbody`, those at a depth of seven or more, and the body


def test_files_and_icons_are_listed():
    """Files are given as they are written, each once, in reading order; icons stand apart."""
    layout = read_layout(
        b'<link rel="Shortcut ICON" href=f.ico><link rel=stylesheet href="a.css?v=1"><link rel=canonical href=/x>'
        b"<img src=p.png><img src=p.png><script src=s.js></script><script>1</script>"
        b"<link rel=apple-touch-icon href=t.png>"
    )
    assert layout.files == ("a.css?v=1", "p.png", "s.js")
    assert layout.icons == ("f.ico", "t.png")


@given(st.binary(max_size=400))
def test_any_bytes_have_a_layout(content):
    """Whatever the bytes, there is a layout of its kind and within its bounds."""
    found = structure(content)
    assert found.kind == STRUCTURE
    assert all(len(value) == 16 for value in found.values)


@pytest.mark.timeout(30)
def test_hostile_pages_are_bounded():
    """Depth, class names and files without end cost a bounded time and leave bounded traits."""
    many = "".join(f"<p class='c{chr(97 + n % 26)}x{'y' * (n % 4000)}'>" for n in range(2 * MAX_FEATURES))
    for html in ("<div>" * 300_000, many, "<img src=a>" * 100_000 + "".join(f"<img src={n}>" for n in range(999))):
        layout = read_layout(html.encode())
        assert len(layout.structure.values) <= TRAITS
        assert len(layout.files) <= MAX_FILES


@given(st.lists(st.text("0123456789abcdef", min_size=16, max_size=16), max_size=300), st.randoms())
def test_traits_keep_the_lowest(values, random):
    """The sketch is the lowest of the set, whatever the order and the repetitions."""
    shuffled = values * 2
    random.shuffle(shuffled)
    assert Traits.of(STRUCTURE, shuffled) == Traits(STRUCTURE, frozenset(sorted(set(values))[:TRAITS]))


def test_golden_layouts():
    """Version 1 gives what it always gave: a change of any value needs a new version (decision 0003)."""
    for case in json.loads(GOLDEN.read_text("utf-8"))[str(STRUCTURE)]:
        assert sorted(structure(case["html"]).values) == case["values"], case["html"]
