"""Tests of cloneward.archive.feed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import feed as module
from cloneward.archive.feed import Entry, Feed, is_feed, read_feed

RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>A  feed</title><link>https://a.test/</link>
<image><title>not the feed's</title><url>https://a.test/x.png</url></image>
<item><title>One &amp; only</title><link>https://a.test/1</link><guid isPermaLink="false">g1</guid>
<pubDate>Fri, 02 Jan 2026 03:04:05 GMT</pubDate><atom:link rel="self" href="https://a.test/not-this"/>
<description>&lt;p&gt;short</description><content:encoded><![CDATA[<p>all & more]]></content:encoded></item>
<item><title>Two</title><guid>https://a.test/2</guid><description>words</description></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A feed</title><id>urn:feed</id>
<entry><id>urn:1</id><title type="html">One</title><link rel="edit" href="/no"/><link href="/1"/>
<updated>2026-01-03T00:00:00Z</updated><published>2026-01-02T03:04:05Z</published><summary>short</summary>
<author><name>x</name><uri>https://other.test/</uri></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>all &amp; <b>more</b></p></div></content></entry>
<entry><id>urn:2</id><title>Two</title><updated>2026-01-03T00:00:00Z</updated><content>1 &lt; 2</content></entry>
<entry><id>urn:3</id><content type="html">&lt;p&gt;words</content></entry>
<entry><id>urn:4</id><content src="https://a.test/4"/><summary type="html">&lt;p&gt;sum</summary></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "A feed",
    "items": [
        {"id": "1", "url": "/1", "title": "One", "content_html": "<p>all", "content_text": "all", "summary": "s"},
        {"id": 2, "content_text": "1 < 2", "date_published": "2026-01-02T03:04:05Z"},
    ],
}
DATE = "2026-01-02T03:04:05.000Z"


def codes(found):
    """The codes of the problems."""
    return [problem.code for problem in found.problems]


def test_rss():
    """RSS 2.0 gives id, address, title, time and the fullest content of each entry."""
    assert read_feed(RSS) == Feed(
        title="A feed",
        entries=(
            Entry(id="g1", url="https://a.test/1", title="One & only", published_at=DATE, content="<p>all & more"),
            Entry(id="https://a.test/2", url="https://a.test/2", title="Two", content="words"),
        ),
    )


def test_atom():
    """Atom gives the same; its markup comes as markup, its plain text as text, its addresses whole."""
    found = read_feed(ATOM, "https://a.test/feed")
    assert (found.title, found.problems) == ("A feed", ())
    assert found.entries == (
        Entry(
            id="urn:1",
            url="https://a.test/1",
            title="One",
            published_at=DATE,
            content='<div xmlns="http://www.w3.org/1999/xhtml"><p>all &amp; <b>more</b></p></div>',
        ),
        Entry(id="urn:2", title="Two", published_at="2026-01-03T00:00:00.000Z",
              content="1 < 2", is_html=False),
        Entry(id="urn:3", content="<p>words"),
        Entry(id="urn:4", content="<p>sum"),
    )  # fmt: skip


def test_json_feed():
    """JSON Feed gives the same, with ids that are numbers as text."""
    found = read_feed(json.dumps(JSON_FEED).encode(), "https://a.test/")
    assert found.entries == (
        Entry(id="1", url="https://a.test/1", title="One", content="<p>all"),
        Entry(id="2", url=None, content="1 < 2", is_html=False, published_at=DATE),
    )
    assert found.title == "A feed"


def test_older_kin():
    """RSS 1.0, with its items beside the channel, is read too."""
    content = b"""<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="r" xmlns:dc="d"><channel><title>A feed</title>
    </channel><item rdf:about="x"><title>One</title><link>https://a.test/1</link><dc:date>2026-01-02</dc:date>
    <description>words</description></item></rdf:RDF>"""
    (entry,) = read_feed(content).entries
    assert (entry.id, entry.published_at, entry.content) == ("https://a.test/1", "2026-01-02", "words")


def test_unclosed_tags():
    """A feed whose entries are not closed, or that is cut, gives the entries that can be told, and says so."""
    entries = "".join(f"<item><title>{n}</title><link>https://a.test/{n}</link>" for n in range(3))
    found = read_feed(f"<rss><channel>{entries}".encode())
    assert [entry.title for entry in found.entries] == ["0", "1", "2"]
    assert codes(found) == ["xml_broken"]
    found = read_feed(RSS[: RSS.index(b"</description>")])
    assert [entry.id for entry in found.entries] == ["g1"]


def test_nested_entries_of_others():
    """What only looks like an entry within kept markup is content."""
    content = b"<feed><entry><id>1</id><content type='xhtml'><entry>words</entry></content></entry></feed>"
    (entry,) = read_feed(content).entries
    assert entry.content == "<entry>words</entry>"


def test_entries_without_a_name():
    """Entries that have neither id nor address are counted and told."""
    found = read_feed(b"<rss><channel><item><title>x</title></item><item><guid>1</guid></item></channel></rss>")
    assert ([entry.id for entry in found.entries], codes(found)) == (["1"], ["entry_unnamed"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "page_empty"),
        (b" \n", "page_empty"),
        (b"\x89PNG\r\n\0\0", "xml_broken"),
        (b"words", "xml_broken"),
        (b"<rss/>", "no_pages"),
        (b"{}", "no_pages"),
        (b'{"items": [1, null, "x"]}', "no_pages"),
        (b'{"items": {"a": 1}}', "no_pages"),
        (b'{"items": [', "json_broken"),
        (b'{"a":' * 100_000, "json_broken"),
        (b'{"title": "\xff"}', "json_broken"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><rss><channel><item><guid>&a;</guid></item></channel></rss>', "xml_refused"),
    ],
)
def test_no_feed_at_all(content, code):
    """What is no feed gives one problem that says why, and no entry."""
    found = read_feed(content)
    assert (found.entries, codes(found)) == ((), [code])


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, "x", 7])
def test_json_of_other_types(value):
    """Fields of a type that JSON Feed does not have are taken as missing."""
    item = dict.fromkeys(["id", "url", "title", "content_html", "content_text", "summary", "date_published"], value)
    read_feed(json.dumps({"title": value, "items": [item, {"id": "1"}]}).encode())


def test_entries_are_bounded(monkeypatch):
    """No more entries are held than so many."""
    monkeypatch.setattr(module, "MAX_ENTRIES", 2)
    assert len(read_feed(b"<rss>" + b"<item><guid>1</guid></item>" * 9 + b"</rss>").entries) == 2
    assert len(read_feed(json.dumps({"items": [{"id": "1"}] * 9}).encode()).entries) == 2


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (RSS, True),
        (ATOM, True),
        (json.dumps(JSON_FEED).encode(), True),
        (b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"', True),
        (b"<rdf:RDF>", True),
        (b"<html>", False),
        (b'{"id": "1"}', False),
        (b"", False),
    ],
)
def test_is_feed(head, is_one):
    """A feed is told by its root, or by the version that JSON Feed must state."""
    assert is_feed(head) == is_one


@given(st.binary(max_size=200), st.sampled_from([b"", RSS[:300], ATOM[:200], b'{"items": [{"id": ']))
def test_never_raises(content, head):
    """Any bytes give entries that have a name, and problems."""
    assert all(entry.id for entry in read_feed(head + content, "https://a.test/").entries)
    is_feed(content)
