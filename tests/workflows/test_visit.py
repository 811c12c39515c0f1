"""Addresses of the web, read again only where they may have changed."""

from datetime import timedelta

import pytest

from cloneward.clock import format_utc
from cloneward.errors import InputError, Unavailable
from cloneward.fetch.http import Fetcher
from cloneward.model.content import Media
from cloneward.model.ids import digest_bytes
from cloneward.settings import Fetch
from cloneward.store.workspace import Workspace
from cloneward.workflows.visit import Reader, detect_kind
from tests.archive.test_media import PICTURE
from tests.fetch.hosts import Host, JumpClock, answer, header_of, path_of
from tests.hostile_images import encode, make_picture

URL = "http://site.test/a"
HTML = "Content-Type: text/html; charset=koi8-r\r\n"


@pytest.fixture
def clock():
    """A clock that jumps."""
    return JumpClock()


@pytest.fixture
def store(tmp_path, clock):
    """An empty workspace, to write."""
    with Workspace.create(tmp_path / "workspace", "http://site.test/", {}).writer(clock) as store:
        yield store


class Site:
    """A site of one table of paths to bodies, or to whole answers; `asked` are the paths, `sent` those with a body."""

    def __init__(self, pages, headers=None):
        self.pages = pages
        self.headers = headers or (lambda body: f'ETag: "{hash(body)}"\r\n')
        self.asked, self.sent = [], []
        self.host = Host(self._behave)

    def _behave(self, link, head):
        path = path_of(head)
        self.asked.append(path)
        body = self.pages.get(path)
        if not isinstance(body, bytes):
            link.sendall((body or (lambda _: answer(status="404 Not Found")))(head))
            return
        headers = self.headers(body)
        given = header_of(head, "If-None-Match"), header_of(head, "If-Modified-Since")
        told = [line.split(": ", 1)[1] for line in headers.splitlines()]
        if told and given[0 if "ETag" in headers else 1] == told[0]:
            link.sendall(f"HTTP/1.1 304 Not Modified\r\n{headers}\r\n".encode())
            return
        self.sent.append(path)
        link.sendall(answer(body, HTML + headers))

    def reader(self, clock, store, **options):
        """What reads this site for an import."""
        rules = Fetch(allow=(self.host.endpoint,), resolve={"*.test": self.host.endpoint}, per_host_s=0)
        return Reader(Fetcher(rules, clock), clock, "protect", store, **options)


@pytest.fixture
def serve():
    """Make a site that is stopped in the end."""
    sites = []

    def make(*arguments):
        sites.append(Site(*arguments))
        return sites[-1]

    yield make
    for site in sites:
        site.host.stop()


@pytest.mark.parametrize(
    "headers", [lambda body: f'ETag: W/"{len(body)}"\r\n', lambda _: "Last-Modified: Tue, 24 Nov 2026 04:14:52 GMT\r\n"]
)
def test_unchanged_is_not_sent_again(serve, store, clock, headers):
    """What the server says is unchanged, by its tag or its date, is given from what is kept, as it was."""
    site = serve({"/a": b"<p>text"}, headers)
    first = site.reader(clock, store).read(URL)
    clock.sleep(9)
    again = site.reader(clock, store).read("HTTP://Site.test/a")
    assert (again.body, again.media, again.is_html, again.url) == (b"<p>text", "text/html", True, URL)
    assert again.answer.read_at - first.answer.read_at >= timedelta(seconds=9)
    assert store.find_answer(URL) == (again.answer, b"<p>text")
    assert (site.asked, site.sent) == (["/a", "/a"], ["/a"])


def test_changed_is_sent(serve, store, clock):
    """A page that has changed is read, and is kept in place of the one before."""
    site = serve({"/a": b"<p>text"})
    site.reader(clock, store).read(URL)
    site.pages["/a"] = b"<p>other"
    assert [site.reader(clock, store).read(URL).body for _ in range(2)] == [b"<p>other"] * 2
    assert site.sent == ["/a", "/a"]


def test_a_server_that_tells_nothing(serve, store, clock):
    """Where the server gives no tag and no date, the page is sent again; so it is without a store, or when wanted."""
    site = serve({"/a": b"<p>text"}, lambda _: "")
    tagged = serve({"/a": b"<p>text"})
    for _ in range(2):
        assert site.reader(clock, store).read(URL).body == b"<p>text"
        assert tagged.reader(clock, None).read(URL).body == b"<p>text"
    assert (site.sent, tagged.sent) == (["/a"] * 2, ["/a"] * 2)
    for _ in range(2):
        tagged.reader(clock, store, is_anew=True).read(URL)
    assert len(tagged.sent) == 4


def test_a_dated_page_is_not_asked_for(serve, store, clock):
    """A page that a sitemap dates well before it was last read is not asked for; one of that day or later is."""
    site = serve({"/a": b"<p>text"})
    read_at = site.reader(clock, store).read(URL).answer.read_at
    cases = {
        format_utc(read_at - timedelta(hours=2)): 0,
        format_utc(read_at - timedelta(days=3))[:10]: 0,
        format_utc(read_at - timedelta(minutes=5)): 1,
        format_utc(read_at + timedelta(days=1)): 1,
        format_utc(read_at)[:10]: 1,
        format_utc(read_at - timedelta(days=1))[:10]: 1,
        None: 1,
    }
    for changed_at, count in cases.items():
        site.asked.clear()
        assert site.reader(clock, store).read(URL, changed_at).body == b"<p>text"
        assert len(site.asked) == count, changed_at
    assert site.sent == ["/a"]


def test_unchanged_elsewhere_proves_nothing(serve, store, clock):
    """Where a redirect leads elsewhere than before, that server's word on another page is not taken."""
    site = serve({"/old": b"<p>old", "/new": b"<p>new"}, lambda _: 'ETag: "1"\r\n')
    for place in ("old", "new"):
        site.pages["/a"] = lambda _, place=place: answer(status="302 Found", headers=f"Location: /{place}\r\n")
        document = site.reader(clock, store).read(URL)
        assert (document.url, document.body) == (f"http://site.test/{place}", f"<p>{place}".encode())
    assert site.sent == ["/old", "/new"]


@pytest.mark.parametrize("status", ["304 Not Modified", "500 Oops", "404 Not Found"])
def test_errors_are_told_and_nothing_is_lost(serve, store, clock, status):
    """An error page is told as one, also a 304 that nobody asked for, and what was kept stays kept."""
    site = serve({"/a": b"<p>text", "/b": lambda _: answer(status=status)})
    kept = site.reader(clock, store).read(URL)
    with pytest.raises(InputError, match=f"status {status[:3]}"):
        site.reader(clock, store).read("http://site.test/b")
    site.pages["/a"] = lambda _: answer(status="404 Not Found")
    with pytest.raises(InputError, match="status 404"):
        site.reader(clock, store).read(URL)
    assert store.find_answer(URL) == (kept.answer, b"<p>text")


@pytest.mark.parametrize(
    ("whole", "is_kept"),
    [
        (answer(b"<p>text", HTML), True),
        (answer(b"<p>text"), True),
        (answer(b"<urlset>", "Content-Type: application/xml\r\n"), True),
        (answer(b"\x89PNG", "Content-Type: image/png\r\n"), False),
        (answer(b"<p>text", HTML, length=99), False),
    ],
)
def test_what_is_kept(serve, store, clock, whole, is_kept):
    """Pages, sitemaps and feeds that came whole are kept; pictures and halves are read again."""
    site = serve({"/a": lambda _: whole})
    site.reader(clock, store).read(URL)
    assert (store.find_answer(URL) is not None) == is_kept


def test_odd_tags_are_not_sent_back(serve, store, clock):
    """A tag that no header may hold is not kept: the page is read again, and never fails for it."""
    site = serve({"/a": lambda _: answer(b"<p>text", HTML + "ETag: \xe9\r\n")})
    for _ in range(2):
        document = site.reader(clock, store).read(URL)
        assert (document.body, document.answer.etag) == (b"<p>text", "")


@pytest.mark.parametrize(
    ("body", "kind"), [(b"<urlset>", "sitemap"), (b"<rss>", "feed"), (b"<p>", "page"), (b"", "page")]
)
def test_kinds(body, kind):
    """Sitemaps and feeds are told by their first bytes; all else is a page."""
    assert detect_kind(body) == kind


def test_pictures_are_asked_for_once(serve, store, clock):
    """A picture is kept as what its address gave, and is given from there unless all is asked for anew."""
    site = serve({"/a": PICTURE})
    kept = Media(address=URL, digest=digest_bytes(PICTURE))
    assert [site.reader(clock, store).read_media(URL) for _ in range(2)] == [kept, kept]
    assert store.read_media(kept.digest) == PICTURE
    other = encode(make_picture(8))
    site.pages["/a"] = other
    assert site.reader(clock, store).read_media(URL) == kept
    assert site.reader(clock, store, is_anew=True).read_media(URL).digest == digest_bytes(other)
    site.host.stop()
    assert site.reader(clock, store, is_anew=True).read_media(URL).digest == digest_bytes(other)
    with pytest.raises(Unavailable):
        site.reader(clock, store).read_media("http://site.test/b")


def test_pictures_without_a_store(serve, clock):
    """Without a store a picture comes with its bytes, and what is none is told and not kept."""
    site = serve({"/a": PICTURE, "/p": b"<p>text"})
    assert site.reader(clock, None).read_media(URL).content == PICTURE
    assert site.reader(clock, None).read_media("http://site.test/p").code == "image_unknown"
