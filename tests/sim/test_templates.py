"""Tests of cloneward.sim.templates."""

import re
from itertools import combinations
from random import Random

import pytest

from cloneward.sim.copyist import read_page
from cloneward.sim.page import Block
from cloneward.sim.templates import TEMPLATES, render
from cloneward.sim.text import make_page

BLOCKS = (Block("First & <b>foremost</b> {braces}."), Block("A head", "heading"), Block("Last words here."))


def test_there_are_ten_templates_or_more() -> None:
    """A copyist has at least ten templates to choose from."""
    assert len(TEMPLATES) >= 10


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_block_is_shown(template) -> None:
    """Whatever the template, each block stands whole and in order on the page."""
    page = make_page(Random(2), 400)
    text = read_page(render(template, page.title, page.blocks, Random(1))).text
    places = [text.find(block.text) for block in page.blocks]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("template", TEMPLATES)
def test_text_is_escaped(template) -> None:
    """Text that looks like markup or like a pattern is shown as text."""
    html = render(template, "<i>T</i>", BLOCKS, Random(1))
    assert "&lt;b&gt;foremost&lt;/b&gt; {braces}" in html
    assert "<i>T" not in html


@pytest.mark.parametrize("template", TEMPLATES)
def test_quotation_names_author_and_links(template) -> None:
    """A quotation stands with its author's name and a link to its source."""
    quote = Block("Wise words.", "quote", link="https://owner.test/a?b=1&c=2", author="O. Wner")
    html = render(template, "T", (*BLOCKS, quote), Random(1))
    assert '<a href="https://owner.test/a?b=1&amp;c=2">O. Wner</a>' in html


@pytest.mark.parametrize("template", TEMPLATES)
def test_same_seed_gives_same_html(template) -> None:
    """A rendered page depends on its arguments alone."""
    assert render(template, "T", BLOCKS, Random(4)) == render(template, "T", BLOCKS, Random(4))


def test_templates_are_unlike_each_other() -> None:
    """No two templates share more than a third of their words and tags."""
    tokens = {name: set(re.findall(r"[<\w-]+", render(name, "T", (), Random(1)))) for name in TEMPLATES}
    for left, right in combinations(tokens.values(), 2):
        assert len(left & right) / len(left | right) < 1 / 3


def test_unknown_template_is_an_error() -> None:
    """A template that does not exist is named by the error."""
    with pytest.raises(KeyError, match="fax"):
        render("fax", "T", BLOCKS, Random(1))
