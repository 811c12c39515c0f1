"""What a capture gives to compare."""

import gzip
import json
from dataclasses import replace

from cloneward.archive.folder import RawPage
from cloneward.model.case import SealState
from cloneward.model.evidence import Exchange
from cloneward.model.vantage import Document, Rendering
from cloneward.workflows.captured import (
    Captured,
    find_answer,
    find_failure,
    find_list,
    is_answered,
    is_shown,
    list_pages,
    look_in_capture,
    note_clock,
)
from cloneward.workflows.library import open_folders
from cloneward.workflows.pictures import Reference

AT = "2026-11-24T12:00:00.000Z"
URL = "http://copy.test/ann"
SITEMAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://copy.test/a</loc></url></urlset>'
)


class Gallery:
    """Gives back the bytes that it is to compare."""

    def look(self, content, *, keeps):
        assert keeps
        return content

    def watch(self, content):
        return b"video " + content


def answer(url=URL, body=b"x", status=200, *headers, **more):
    """An exchange."""
    return Exchange(url=url, requested_at=AT, status=status, body=body, response_headers=headers, **more)


def render(*documents, url=URL, final_url=URL, exchanges=()):
    """What a visit gives."""
    found = tuple(Document(url=where, html=html) for where, html in documents)
    return Rendering(url=url, final_url=final_url, started_at=AT, ended_at=AT, documents=found, exchanges=exchanges)


def test_a_page_comes_with_its_frames():
    """The page stands at the address where it was found and its frames behind it, each read as our own visit saw it."""
    rendering = render((URL, "<p>é"), ("about:srcdoc", "<p>b"), ("http://ads.test/f", "<p>c"))
    pages = list(list_pages([rendering]))
    assert [page.address for page in pages] == [URL, "about:srcdoc#1", "http://ads.test/f#2"]
    assert [page.url for page in pages] == [URL, URL, "http://ads.test/f"]
    assert (pages[0].content, pages[0].charset) == ("<p>é".encode(), "utf-8")
    assert all((page.seen_at, page.is_fetched) == (AT, True) for page in pages)


def test_what_leads_to_another_site_is_not_compared():
    """A link within the site that ends at another one, as ours, is told and makes no copy of it."""
    away = render(("http://own.test/", "<p>ours"), url="http://copy.test/go", final_url="http://own.test/")
    page, problem = list_pages([render((URL, "a")), away])
    assert isinstance(page, RawPage)
    assert (problem.code, problem.page) == ("page_elsewhere", "http://copy.test/go")


def test_a_list_is_no_page():
    """Of a sitemap the pages that it names are compared, and it is given as what names them; a page names none."""
    body = gzip.compress(SITEMAP)
    listed = render((URL, "tree"), exchanges=(answer(URL, body, 200, ("Content-Encoding", "gzip")),))
    document = find_list(listed)
    assert (document.body, document.url) == (SITEMAP, URL)
    pages = list(list_pages([listed, render(("http://copy.test/a", "x"), final_url="http://copy.test/a")]))
    assert [page.address for page in pages] == ["http://copy.test/a"]
    assert find_list(render((URL, "x"), exchanges=(answer(body=b"<p>x"),))) is None
    assert find_list(render((URL, "x"))) is None


def test_an_error_is_told_by_its_status():
    """The last answer at the address where the page was found says whether it is one."""
    rendering = render(exchanges=(answer(status=200), answer(status=404), answer(url="http://copy.test/x.png")))
    assert find_answer(rendering).status == 404
    assert "404" in find_failure(rendering).text
    assert find_failure(render(exchanges=(answer(),))) is None
    assert find_failure(render()) is None


def test_a_page_of_the_browser_is_no_answer():
    """Where nothing came, the browser's own page is not taken for one of theirs, and it is not compared."""
    dead = render(("chrome-error://chromewebdata/", "<p>This site cannot be reached"), final_url="about:blank")
    assert not is_answered(dead)
    assert list(list_pages([dead])) == []
    assert is_answered(render((URL, "")))
    assert is_answered(render(exchanges=(answer(status=404),)))


def test_pictures_are_those_that_were_received():
    """A picture is found by the address that the page writes, redirects followed and codings undone; no other is."""
    exchanges = (
        answer("http://copy.test/go.png", b"", 302, ("Location", "https://cdn.test/i.png")),
        answer("https://cdn.test/i.png", gzip.compress(b"picture"), 200, ("content-encoding", "gzip")),
        answer("http://copy.test/part.mp4", b"01", 206, ("Content-Range", "bytes 0-1/9")),
        answer("http://copy.test/whole.mp4", b"01", 206, ("Content-Range", "bytes 0-1/2")),
        answer("http://copy.test/cut.png", b"pic", is_whole=False),
        answer("http://copy.test/loop", b"", 302, ("Location", "/loop")),
        answer("http://copy.test/none.png", b"gone", 404),
    )
    look = look_in_capture(Gallery(), [render(exchanges=exchanges)], keeps=True)
    page = RawPage(URL, b"", is_html=True, url=URL)
    assert look(Reference(page, "/go.png#x")) == b"picture"
    assert look(Reference(page, "whole.mp4", is_video=True)) == b"video 01"
    for name in ("part.mp4", "cut.png", "loop", "none.png", "never.png", "//[x"):
        assert look(Reference(page, name)) is None


def test_the_clock_is_compared_with_the_host_s():
    """The note says by how much our clock was ahead, by the answer's Date; of none, that it is not known."""
    dated = render((URL, "x"), exchanges=(answer(URL, b"x", 200, ("Date", "Tue, 24 Nov 2026 11:59:57 GMT")),))
    note = note_clock(dated)
    assert (note.kind, json.loads(note.content)["difference_s"]) == ("clock", 3.0)
    for date in ("yesterday", "", "Tue, 99 Nov 99999 99:59:57 GMT"):
        told = json.loads(note_clock(render(exchanges=(answer(URL, b"x", 200, ("Date", date)),))).content)
        assert told == {"measured": False, "by": "HTTP Date"}


def test_what_is_ours_is_told_by_the_library(tmp_path):
    """A page that holds a passage of ours shows it; one that does not, or is empty, shows nothing."""
    text = " ".join(f"word{number} of a text that is ours alone" for number in range(30))
    (tmp_path / "a.html").write_text(f"<p>{text}</p>")
    library, _ = open_folders([tmp_path])
    assert is_shown(library, render((URL, f"<h1>News</h1><p>{text}</p>")))
    assert not is_shown(library, render((URL, "<p>another text about the weather")))
    assert not is_shown(library, render())


def test_what_was_captured_says_its_site():
    """The site is the host where the address led, and a plain visit is known by what it did not ask for."""
    seal = SealState(id="x", path="evidence/x", state="pending")
    moved = Captured(renderings=(render(final_url="https://www.copy.test/b"),), seal=seal)
    assert (moved.site, moved.is_plain) == ("www.copy.test", False)
    plain = replace(render(), not_recorded={"subresource": "plain"})
    assert Captured(renderings=(plain,), seal=seal).is_plain
