"""Tests of cloneward.archive.xml."""

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import xml as module
from cloneward.archive.xml import Visitor, read_xml, root_name

BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><rss>&l9;</rss>"
).encode()
QUADRATIC = ('<!DOCTYPE l [<!ENTITY a "' + "a" * 50_000 + '">]><rss>' + "&a;" * 50_000 + "</rss>").encode()
PARAMETER = b'<!DOCTYPE l [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><rss>&x;</rss>'


def read(content):
    """The elements that were closed, by path and text, and the codes of the problems."""
    closed = []
    visitor = Visitor(closed=lambda path: closed.append(("/".join(one.name for one in path), path[-1].text)))
    return closed, [problem.code for problem in read_xml(content, visitor)]


def test_walks():
    """Elements come with their path, text and attributes, innermost first."""
    opened = []
    visitor = Visitor(opened=lambda path: opened.append((path[-1].name, path[-1].attributes)))
    assert read_xml(b"<a x='1'><b/></a>", visitor) == ()
    assert opened == [("a", {"x": "1"}), ("b", {})]
    assert read(b"<a>one<b>two</b>three</a>") == ([("a/b", "two"), ("a", "onethree")], [])


def test_the_prefix_of_the_root_is_left_out():
    """Names are told without the prefix that the root has, and with any other."""
    assert [name for name, _ in read(b"<n:a xmlns:n='x'><n:b/><i:c/></n:a>")[0]] == ["a/b", "a/i:c", "a"]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("content", [BILLION_LAUGHS, QUADRATIC, PARAMETER])
def test_entities_are_refused(content):
    """A document that declares entities is not read: none is expanded, no file is opened."""
    tracemalloc.start()
    found = read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == ([], ["xml_refused"])
    assert peak < 10_000_000


@pytest.mark.parametrize("where", ["file:///etc/passwd", "http://127.0.0.1:1/x.dtd", "/etc/passwd"])
def test_nothing_is_fetched(where):
    """A DTD elsewhere is neither opened nor asked for, and what stands below is read."""
    content = f'<!DOCTYPE rss SYSTEM "{where}"><rss>&undeclared; words</rss>'.encode()
    assert read(content) == ([("rss", "&undeclared; words")], [])
    content = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{where}">]><rss>&x;</rss>'.encode()
    assert read(content) == ([], ["xml_refused"])


@pytest.mark.timeout(10)
def test_depth_is_bounded():
    """A document that nests millions deep is left at a depth that no honest one has."""
    assert read(b"<a>" * 3_000_000) == ([], ["xml_refused"])
    assert read(b"<a>" * module.MAX_DEPTH + b"</a>" * module.MAX_DEPTH)[1] == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [b"<![CDATA[", b"<!--", b"&amp", b"<a b='", b"<?x ", b"&#", b"]]>", b"<!DOCTYPE a ["])
def test_time_is_linear(piece):
    """No piece that is repeated hundreds of thousands of times takes more than its length to read."""
    began = time.perf_counter()
    read(b"<a>" + piece * 300_000)
    read(piece * 300_000)
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"Q & A", "Q & A"),
        (b"a &b; c", "a &b; c"),
        (b"caf&eacute;&nbsp;&hellip; &Afr;", "caf\u00e9\u00a0\u2026 \U0001d504"),
        (b"&amp;&lt;&#65;&#x42;", "&<AB"),
        (b"&nbsp", "&nbsp"),
        (b"<![CDATA[Q&A &nbsp; <b>]]>", "Q&A &nbsp; <b>"),
        (b"a\x00\x08\x1fb", "ab"),
        (b"&#0;x", None),
        (b"&#xFFFE;x", None),
    ],
)
def test_mends(content, text):
    """Ampersands that stand alone, entities of HTML and characters that XML forbids are mended, outside CDATA."""
    assert read(b"<a>" + content + b"</a>") == (([("a", text)], []) if text else ([], ["xml_broken"]))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('<?xml version="1.0" encoding="windows-1251"?><a>\u0434\u0430</a>'.encode("cp1251"), "\u0434\u0430"),
        ('<?xml version="1.0" encoding="iso-8859-1"?><a>caf\u00e9</a>'.encode(), "caf\u00e9"),
        ('<?xml version="1.0" encoding="utf-16"?><a>caf\u00e9</a>'.encode("utf-16"), "caf\u00e9"),
        ('<?xml version="1.0" encoding="none-such"?><a>caf\u00e9</a>'.encode("latin-1"), "caf\u00e9"),
        ('<?xml version="1.0" encoding="idna"?><a>caf\u00e9</a>'.encode(), "caf\u00e9"),
        ("\ufeff\n <?xml version='1.0'?><a>caf\u00e9</a>".encode(), "caf\u00e9"),
    ],
)  # fmt: skip
def test_charsets(content, text):
    """The charset is that of the bytes, or the declared one where they are no UTF-8; a wrong one stops nothing."""
    assert read(content) == ([("a", text)], [])


@pytest.mark.parametrize("content", [b"", b"words", b"<a", b"</a>", b"\x89PNG\r\n\x1a\n\0\0", bytes(range(256)), b"{}"])
def test_no_xml_at_all(content):
    """What is no XML is one problem, whatever it is."""
    assert read(content) == ([], ["xml_broken"])


def test_what_came_before_is_kept():
    """Elements that were closed before the fault are given, and the line of the fault is told."""
    assert read(b"<a><b>one</b>\n<c></b></a>") == ([("a/b", "one")], ["xml_broken"])
    (problem,) = read_xml(b"<a>\n<b></c>", Visitor())
    assert "from line 2 on" in problem.text


def test_large_documents_are_cut(monkeypatch):
    """More than so many bytes are not read, and that is told."""
    monkeypatch.setattr(module, "MAX_BYTES", 20)
    assert read(b"<a><b>one</b><c>two</c></a>") == ([("a/b", "one")], ["page_truncated", "xml_broken"])


def test_verbatim():
    """What stands in an element that is to be kept verbatim comes as markup again, escaped where it must be."""
    kept = []

    def mark(path):
        path[-1].verbatim = path[-1].verbatim or path[-1].name == "x"

    visitor = Visitor(mark, lambda path: kept.append(path[-1].text) if path[-1].name == "x" else None)
    content = b"""<a xmlns:h='u'><x>1 &lt; 2<h:p title='"q"'>Q &amp; A<br/></h:p>3</x></a>"""
    assert read_xml(content, visitor) == ()
    assert kept == ['1 &lt; 2<p title="&quot;q&quot;">Q &amp; A<br></br></p>3']


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<rss version='2.0'>", "rss"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- x --><!DOCTYPE rss><rdf:RDF>", "RDF"),
        (b"<!DOCTYPE html><html><rss>", "html"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><urlset>", "urlset"),
        ("<feed/>".encode("utf-16"), "feed"),
        (b"words <rss>", ""),
        (b"", ""),
        (b"<!---->" * 600, ""),
    ],
)
def test_root(head, name):
    """The root of a document is told by its first bytes, past what may stand before it."""
    assert root_name(head) == name


@given(st.binary(max_size=200), st.text(max_size=100))
def test_never_raises(content, text):
    """Any bytes give elements and problems."""
    read(content)
    read(f"<a>{text}<b>&{text};</a>".encode("utf-8", "replace"))
    root_name(content)
