"""Pages from an address of the web."""

import gzip

import pytest

from cloneward.archive.folder import RawPage
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch.http import Fetcher
from cloneward.model.content import Media
from cloneward.model.ids import digest_bytes
from cloneward.settings import Fetch
from cloneward.workflows.gather import Gatherer, is_address, tell_unread
from cloneward.workflows.visit import Reader
from tests.archive.test_media import PICTURE
from tests.fetch.hosts import Host, JumpClock, answer, path_of

HTML = "Content-Type: text/html; charset=koi8-r\r\n"
XML = "Content-Type: application/xml\r\n"
MAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'


def urls(*paths):
    """Give a sitemap of these paths."""
    return MAP.format("".join(f"<url><loc>http://site.test{path}</loc></url>" for path in paths)).encode()


def index(*paths):
    """Give an index of sitemaps."""
    return INDEX.format("".join(f"<sitemap><loc>http://site.test{path}</loc></sitemap>" for path in paths)).encode()


@pytest.fixture
def gather():
    """Give what an address of a site gives; the site is a table of paths to answers."""
    hosts = []

    def run(site, path="/", most=None):
        def behave(link, head):
            link.sendall(site.get(path_of(head), answer(b"gone", status="404 Not Found")))

        host = Host(behave)
        hosts.append(host)
        clock = JumpClock()
        rules = Fetch(allow=(host.endpoint,), resolve={"site.test": host.endpoint}, per_host_s=0)
        given = Gatherer(Reader(Fetcher(rules, clock), clock, "check"), most).gather(f"http://site.test{path}")
        return list(given)

    run.hosts = hosts
    yield run
    for host in hosts:
        host.stop()


def addresses(given):
    """Give the paths of the pages, and the codes of the problems."""
    return [each.address.removeprefix("http://site.test") if isinstance(each, RawPage) else each.code for each in given]


def test_a_page(gather):
    """One page comes with its address, its time and what its server said of it."""
    (page,) = gather({"/a": answer(b"<p>text", HTML)}, "/a")
    assert (page.address, page.url, page.content) == ("http://site.test/a", "http://site.test/a", b"<p>text")
    assert (page.charset, page.is_html) == ("koi8-r", True)
    assert page.seen_at.startswith("2026-11-24T")
    assert page.is_fetched


@pytest.mark.parametrize(
    ("headers", "is_html"),
    [("Content-Type: text/plain\r\n", False), ("Content-Type: application/xhtml+xml\r\n", True), ("", True)],
)
def test_text_is_told_from_html(gather, headers, is_html):
    """The media type decides how a page is read; one without is taken for HTML."""
    (page,) = gather({"/": answer(b"a < b", headers)})
    assert page.is_html is is_html


def test_redirects_give_the_last_address(gather):
    """A page is known by where it was found in the end."""
    moved = answer(status="301 Moved", headers="Location: /new\r\n")
    assert addresses(gather({"/": moved, "/new": answer(b"<p>x", HTML)})) == ["/new"]


def test_a_sitemap_is_read_through(gather):
    """Sitemaps, packed or in an index, that name one another and pages twice, give each page once."""
    site = {
        "/sitemap.xml": answer(index("/one.xml", "/two.xml.gz", "/sitemap.xml"), XML),
        "/one.xml": answer(urls("/a", "/b", "/a"), XML),
        "/two.xml.gz": answer(gzip.compress(urls("/b", "/c")), "Content-Type: application/gzip\r\n"),
        **{f"/{name}": answer(b"<p>" + name.encode(), HTML) for name in "abc"},
    }
    assert addresses(gather(site, "/sitemap.xml")) == ["/a", "/b", "/c"]


def test_a_feed_names_its_pages(gather):
    """The entries of a feed are read at their addresses."""
    feed = b"<rss><channel><item><link>/a</link></item><item><title>no link</title></item></channel></rss>"
    site = {"/feed": answer(feed, "Content-Type: application/rss+xml\r\n"), "/a": answer(b"<p>a", HTML)}
    assert addresses(gather(site, "/feed"))[-1] == "/a"


def test_what_is_missing_is_told_and_the_rest_goes_on(gather):
    """A page or sitemap that cannot be read is a problem of its own."""
    site = {"/m": answer(urls("/gone", "/a"), XML), "/a": answer(b"<p>a", HTML)}
    given = gather(site, "/m")
    assert addresses(given) == ["address_unreadable", "/a"]
    assert "404" in given[0].text
    assert addresses(gather({"/i": answer(index("/gone.xml"), XML)}, "/i")) == ["address_unreadable"]


def test_what_the_door_refuses_is_told(gather):
    """A sitemap cannot lead us into a private network."""
    site = {"/m": answer(MAP.format("<url><loc>http://169.254.169.254/latest</loc></url>").encode(), XML)}
    (problem,) = gather(site, "/m")
    assert (problem.code, "169.254" in problem.page) == ("address_unreadable", True)


def test_a_sample_is_capped(gather):
    """No more pages are read than were asked for, and that there are more is said."""
    names = [f"/{number}" for number in range(9)]
    site = {"/m": answer(urls(*names), XML)} | {name: answer(b"<p>x", HTML) for name in names}
    assert addresses(gather(site, "/m", most=3)) == ["/0", "/1", "/2", "pages_capped"]
    assert len(gather.hosts[0].heads) == 4


def test_sitemap_loops_end(gather):
    """Sitemaps that name each other for ever are each read once."""
    site = {"/1": answer(index("/2", "/1"), XML), "/2": answer(index("/1", "/3", "/3"), XML), "/3": answer(urls(), XML)}
    assert gather(site, "/1") == []
    assert len(gather.hosts[0].heads) == 3


def test_errors_of_the_first_address_are_raised(gather):
    """An address that gives an error page, is refused or does not answer is the caller's to know at once."""
    with pytest.raises(InputError, match="status 404"):
        gather({}, "/none")
    clock = JumpClock()
    reader = Gatherer(Reader(Fetcher(Fetch(), clock), clock, "check"))
    with pytest.raises(RefusedError):
        reader.gather("http://127.0.0.1/")
    rules = Fetch(allow=("127.0.0.1:9",), per_host_s=0)
    with pytest.raises(Unavailable):
        Gatherer(Reader(Fetcher(rules, clock), clock, "check")).gather("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("text", "is_one"), [("https://a.example/", True), ("HTTP://x", True), ("a/b", False), ("ftp://x", False)]
)
def test_addresses_are_told_from_paths(text, is_one):
    """Only what begins like an address of the web is one."""
    assert is_address(text) is is_one


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError, "target_missing"), (RefusedError, "target_refused"), (Unavailable, "target_unavailable")],
)
def test_what_could_not_be_read_says_who_must_act(error, code):
    """The code tells the caller's mistake, a refusal and a bad moment apart, and keeps message and hint."""
    problem = tell_unread(error("what happened", hint="what to do"))
    assert (problem.code, problem.text, problem.hint) == (code, "what happened", "what to do")


@pytest.fixture
def pictures():
    """Make a gatherer of a site of paths to answers, and the paths that it is asked for."""
    hosts = []

    def make(site):
        asked = []

        def behave(link, head):
            asked.append(path_of(head))
            link.sendall(site.get(path_of(head), answer(b"gone", status="404 Not Found")))

        hosts.append(Host(behave))
        clock = JumpClock()
        resolve = {"site.test": hosts[-1].endpoint, "dead.test": "127.0.0.1:9"}
        rules = Fetch(allow=(hosts[-1].endpoint, "127.0.0.1:9"), resolve=resolve, per_host_s=0)
        return Gatherer(Reader(Fetcher(rules, clock), clock, "protect")), asked

    yield make
    for host in hosts:
        host.stop()


def test_pictures(pictures):
    """A picture at an address is given; a page, an error, a host out of bounds and half a picture are told."""
    short = b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\nConnection: close\r\n\r\n" + PICTURE
    site = {"/a.jpg": answer(PICTURE, "Content-Type: image/jpeg\r\n"), "/p": answer(b"<p>x", HTML), "/half": short}
    gatherer, _ = pictures(site)
    url = "http://site.test/a.jpg"
    assert gatherer.read_media(url) == Media(address=url, content=PICTURE, digest=digest_bytes(PICTURE))
    bad = ["http://site.test/none", "http://10.0.0.1/a.jpg", "http://site.test/half", "http://[/", "http://"]
    for problem in map(gatherer.read_media, bad):
        assert (problem.code, bool(problem.hint)) == ("image_unread", True)
    assert gatherer.read_media("http://site.test/p").code == "image_unknown"


def test_a_silent_host_is_left_alone(pictures):
    """A host that does not answer is asked five times and no more, and the others go on."""
    gatherer, asked = pictures({"/a.jpg": answer(PICTURE)})
    problems = [gatherer.read_media(f"http://dead.test/{number}") for number in range(7)]
    assert ["not asked again" in problem.text for problem in problems] == [False] * 5 + [True] * 2
    assert isinstance(gatherer.read_media("http://site.test/a.jpg"), Media)
    assert asked == ["/a.jpg"]
