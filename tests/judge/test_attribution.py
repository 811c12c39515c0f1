"""Whether the source of a passage is named nearby."""

from dataclasses import replace

import pytest

from cloneward.judge.attribution import find_attribution, links_to, list_domains
from cloneward.model.content import Extract, Item, Owner, Region
from cloneward.model.finding import Span

ITEM = Item(
    id="i",
    url="https://www.example.org/page",
    title="Baking bread — Example Kitchen",
    digest="",
    text_digest="",
    words=9,
)
OWNER = Owner(domains=frozenset({"example.org"}), names=("Example Kitchen",))
FAR = "x " * 400
QUOTE = Span(target=(1000, 1200), item=(0, 200), words=30)


def named(text="", links=(), quotes=(), owner=OWNER, item=ITEM):
    """Give what names the source of a passage amid a long page, with a text behind the passage."""
    page = Extract(text=FAR + " " * 400 + text.ljust(200) + FAR, links=links, quotes=quotes)
    return find_attribution(page, [QUOTE], item, owner)


@pytest.mark.parametrize(
    ("address", "counts"),
    [
        ("https://example.org/", True),
        ("//blog.example.org/x", True),
        ("http://WWW.EXAMPLE.ORG:8080/page?utm=1", True),
        ("https://example.org.evil.test/", False),
        ("https://evil.test/?u=https://example.org/", False),
        ("/page", False),
        ("javascript://example.org/%0aalert(1)", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_links_to_the_owner_count(address, counts):
    """A link near the passage names its source if it leads to the owner's registered domain."""
    near = Region(start=1250, end=1260, address=address)
    assert named(links=(near,)) == (address if counts else None)


def test_only_what_is_near_counts():
    """A link or a name at the other end of the page is no attribution of this passage."""
    assert named(links=(Region(start=0, end=10, address="https://example.org/"),)) is None
    assert find_attribution(Extract(text="Example Kitchen " + "x " * 900), [QUOTE], ITEM, OWNER) is None


def test_the_source_of_a_quotation_element_counts():
    """A blockquote's cite around the passage is enough."""
    assert named(quotes=(Region(start=990, end=1210, address="https://example.org/page"),))
    assert named(quotes=(Region(start=990, end=1210, address=""),)) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("As EXAMPLE  kitchen says", "Example Kitchen"),
        ("found on example.org, last week", "example.org"),
        ("see WWW.Example.org.", "example.org"),
        ("an example org chart", None),
        ("example.org.evil.test", None),
        ("from “Baking bread”", None),
        ("Example Kitchens", None),
        ("myexample.org", None),
        ("", None),
    ],
)
def test_names_and_domains_count(text, name):
    """The owner's names and domains count as whole words; the item's title, which a copy carries too, does not."""
    assert named(text) == name


def test_what_was_copied_with_the_passage_is_no_attribution():
    """A link of ours within the copied passage came with it; a quotation element around it did not."""
    within = Region(start=1010, end=1020, address="https://example.org/next")
    around = Region(start=900, end=1300, address="https://example.org/page")
    assert named(links=(within,)) is None
    page = Extract(text=FAR + " " * 210 + "the Example Kitchen of example.org".ljust(190) + FAR)
    assert find_attribution(page, [QUOTE], ITEM, OWNER) is None
    assert find_attribution(page, [replace(QUOTE, target=(1000, 1010))], ITEM, OWNER) == "Example Kitchen"
    assert named(links=(around,)) == "https://example.org/page"


def test_without_address_and_names_nothing_is_claimed():
    """Of an owner of whom nothing is known, no source can be named."""
    bare = Item(id="i", digest="", text_digest="", words=9)
    near = Region(start=1250, end=1260, address="https://example.org/")
    assert named("Example Kitchen", (near,), owner=Owner(), item=bare) is None


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("https://www.example.org/any", True),
        ("//cdn.example.org/x.jpg", True),
        ("/relative", False),
        ("https://example.org.evil.test/", False),
        ("mailto:me@example.org", False),
    ],
)
def test_a_link_to_us_anywhere_is_seen(address, leads):
    """A link or a quotation's source on any of our domains, at any place of the page, leads to us."""
    domains = list_domains(ITEM, OWNER)
    assert domains == {"example.org"}
    region = Region(start=0, end=1, address=address)
    assert links_to(Extract(text="x", links=(region,)), domains) is leads
    assert links_to(Extract(text="x", quotes=(region,)), domains) is leads


def test_the_domain_of_an_item_is_a_source():
    """An item at an address that the owner's settings do not name counts by its own domain, one without by theirs."""
    bare = Item(id="i", digest="", text_digest="", words=9)
    assert list_domains(ITEM, Owner()) == {"example.org"}
    assert list_domains(bare, OWNER) == {"example.org"}
    assert list_domains(bare, Owner()) == frozenset()
