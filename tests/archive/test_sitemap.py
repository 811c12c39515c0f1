"""Tests of cloneward.archive.sitemap."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import sitemap as module
from cloneward.archive.sitemap import Link, Seen, Sitemap, is_sitemap, read_sitemap

NS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def make_sitemap(*urls, root="urlset", entry="url", more=""):
    """A sitemap of these addresses."""
    body = "".join(f"<{entry}><loc>{url}</loc>{more}</{entry}>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{NS}">{body}</{root}>'.encode()


def codes(found):
    """The codes of the problems."""
    return [problem.code for problem in found.problems]


def test_pages():
    """Addresses come in order, as written, with the time of their last change in UTC."""
    more = "<lastmod>2026-01-02T03:04:05+01:00</lastmod><changefreq>daily</changefreq><priority>0.5</priority>"
    found = read_sitemap(make_sitemap(" https://a.test/1?x=1&amp;y=2\n", "https://a.test/2", more=more))
    changed_at = "2026-01-02T02:04:05.000Z"
    assert found == Sitemap(pages=(Link("https://a.test/1?x=1&y=2", changed_at), Link("https://a.test/2", changed_at)))
    found = read_sitemap(make_sitemap("https://a.test/", more="<lastmod>2026-01-02</lastmod>"))
    assert found.pages == (Link("https://a.test/", "2026-01-02"),)
    assert read_sitemap(make_sitemap("https://a.test/", more="<lastmod>soon</lastmod>")).pages[0].changed_at is None


def test_index():
    """An index gives its sitemaps, and no page."""
    found = read_sitemap(make_sitemap("https://a.test/1.xml", root="sitemapindex", entry="sitemap"))
    assert found == Sitemap(sitemaps=(Link("https://a.test/1.xml"),))


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(make_sitemap("https://a.test/1", "https://a.test/2"), mtime=0),
        b"\xef\xbb\xbfhttps://a.test/1\r\n\r\nhttps://a.test/2\n",
        b"https://a.test/1\nhttps://a.test/2",
        b"<urlset><url><loc>https://a.test/1</loc></url><url><loc>https://a.test/2</loc></url></urlset>",
        make_sitemap("https://a.test/1", "https://a.test/2").decode().encode("utf-16"),
        f"<ns0:urlset xmlns:ns0='{NS}'>".encode()
        + b"<ns0:url><ns0:loc>https://a.test/1</ns0:loc></ns0:url>"
        + b"<ns0:url><ns0:loc>https://a.test/2</ns0:loc></ns0:url></ns0:urlset>",
    ],
)
def test_forms(content):
    """Packed, as plain text, without or with another prefix: it is one sitemap."""
    assert read_sitemap(content) == Sitemap(pages=(Link("https://a.test/1"), Link("https://a.test/2")))


def test_addresses_of_pictures_are_no_pages():
    """Addresses of images, videos and other languages are not taken for pages."""
    more = (
        "<image:image><image:loc>https://a.test/1.png</image:loc></image:image><xhtml:link href='https://a.test/de'/>"
    )
    assert [link.url for link in read_sitemap(make_sitemap("https://a.test/1", more=more)).pages] == [
        "https://a.test/1"
    ]


@pytest.mark.parametrize(
    "url",
    [
        *["javascript:alert(1)", "file:///etc/passwd", "/relative", "", "https://", "https://[", "https://a.test/a b"],
        *["x" * 3_000, "https://a.test/" + "x" * 3_000, "https://a.test/\u202e"],
    ],
)
def test_what_is_no_address(url):
    """What is no address of the web is counted and told, and the others are given."""
    found = read_sitemap(make_sitemap(url, "https://a.test/1"))
    assert ([link.url for link in found.pages], codes(found)) == (["https://a.test/1"], ["address_invalid"])


def test_limits(monkeypatch):
    """Beyond what the protocol allows nothing is read, and that is told."""
    monkeypatch.setattr(module, "MAX_ADDRESSES", 2)
    urls = [f"https://a.test/{number}" for number in range(5)]
    for content in [make_sitemap(*urls), "\n".join(urls).encode()]:
        found = read_sitemap(content)
        assert (len(found.pages), codes(found)) == (2, ["sitemap_too_long"])
        assert found.problems[0].text.startswith("3 addresses")


@pytest.mark.timeout(30)
def test_bombs():
    """A sitemap that unpacks to a gigabyte is read in bounded memory; one that declares entities is not read."""
    packed = gzip.compress(bytes(1 << 20) * 200, 1)
    tracemalloc.start()
    found = read_sitemap(packed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.pages == ()
    assert codes(found)
    assert peak < 8 * module.MAX_BYTES
    assert codes(read_sitemap(b'<!DOCTYPE u [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>')) == [
        "xml_refused"
    ]


def test_truncated():
    """A sitemap that is cut, packed or not, gives the addresses before the cut, and says so."""
    urls = [f"https://a.test/{number}" for number in range(2_000)]
    content = make_sitemap(*urls)
    for cut in [content[:-20_000], gzip.compress(content)[:-2_000]]:
        found = read_sitemap(cut)
        assert 0 < len(found.pages) < 2_000
        assert "xml_broken" in codes(found)


@pytest.mark.parametrize("content", [b"", b" \n", b"\x89PNG\r\n\0\0", b"<html><p>words</html>", b"<urlset/>"])
def test_empty(content):
    """What names no address gives none."""
    found = read_sitemap(content)
    assert found.pages == found.sitemaps == ()


def test_loops_end():
    """Sitemaps that name one another are each asked for once, however their addresses are written."""
    seen = Seen()
    assert seen.is_new("https://a.test/sitemap.xml")
    for url in ["https://a.test/sitemap.xml", "HTTPS://A.test:443/./sitemap.xml#x", "none", "file:///a"]:
        assert not seen.is_new(url)
    small = Seen(most=2)
    assert [small.is_new(f"https://a.test/{number}") for number in range(4)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("head", "is_one"),
    [(make_sitemap("x"), True), (b"<sitemapindex>", True), (b"<html>", False), (b"{}", False), (b"", False)],
)
def test_is_sitemap(head, is_one):
    """A sitemap is told by its root."""
    assert is_sitemap(head) == is_one


@given(st.binary(max_size=200), st.text(max_size=50))
def test_never_raises(content, text):
    """Any bytes give addresses that are some, and problems."""
    for found in [read_sitemap(content), read_sitemap(make_sitemap(text)), read_sitemap(make_sitemap("x") + content)]:
        assert all(link.url.startswith(("http://", "https://")) for link in found.pages)
