"""Tests of cloneward.capture.plain: a visit by one request, told as what it is."""

import pytest

from cloneward.capture.plain import Plain, make_headers
from cloneward.errors import RefusedError
from cloneward.fetch.http import Fetcher
from cloneward.model.vantage import Bounds, Vantage
from cloneward.settings import Fetch
from tests.fetch.hosts import Host, JumpClock, answer, header_of, path_of

VANTAGE = Vantage(name="android", device="android", referrer="https://search.test/", languages=("de-DE", "de"))


@pytest.fixture
def visit():
    """Visit an address of a host that behaves so."""
    hosts = []

    def make(behave, **bounds):
        hosts.append(Host(behave))
        endpoint = hosts[-1].endpoint
        rules = Fetch(allow=(endpoint,), resolve={"*.test": endpoint}, per_host_s=0, timeout_s=10)
        plain = Plain(lambda _: Fetcher(rules, JumpClock()), JumpClock())
        return plain.render("http://x.test/", VANTAGE, Bounds(**bounds)), hosts[-1]

    yield make
    for host in hosts:
        host.stop()


def test_it_looks_as_its_vantage_and_says_what_it_did_not_see(visit):
    """The headers are those of the vantage; what only a browser sees is named as not recorded."""
    page = "<meta charset=latin1><p>gr\xfc\xdfe</p>".encode("latin-1")
    rendering, host = visit(lambda link, _: link.sendall(answer(page)))
    assert "Android" in header_of(host.heads[0], "user-agent")
    assert header_of(host.heads[0], "referer") == "https://search.test/"
    assert header_of(host.heads[0], "accept-language") == "de-DE,de;q=0.9"
    assert rendering.documents[0].html.endswith("<p>grüße</p>")
    assert set(rendering.not_recorded) == {"script", "subresource", "screenshot"}
    assert rendering.tools == {}
    (exchange,) = rendering.exchanges
    assert (exchange.status, exchange.body, exchange.bodies, exchange.address) == (200, page, "decoded", host.endpoint)
    assert rendering.addresses == {"x.test": ("127.0.0.1",)}


def test_redirects_are_exchanges_of_their_own(visit):
    """Each answer on the way is kept with its headers, and the page is where they led."""

    def behave(link, head):
        first = path_of(head) == "/"
        link.sendall(answer(b"x", "Location: /b\r\n", "302 Found") if first else answer(b"there"))

    rendering, _ = visit(behave)
    assert [(one.url, one.status) for one in rendering.exchanges] == [("http://x.test/", 302), ("http://x.test/b", 200)]
    assert dict(rendering.exchanges[0].response_headers)["location"] == "/b"
    assert rendering.final_url == "http://x.test/b"


def test_what_came_in_part_is_told(visit):
    """An answer that broke off is kept as far as it came, with the reason; a long document is cut."""
    rendering, _ = visit(lambda link, _: link.sendall(answer(b"<p>half", length=100)), max_document=5)
    assert not rendering.exchanges[0].is_whole
    assert rendering.exchanges[0].failure
    assert rendering.exchanges[0].body == b"<p>half"
    assert rendering.documents[0].html == "<p>ha"
    assert "answer_broken" in {problem.code for problem in rendering.problems}


def test_walls_stop_it_here_too(visit):
    """A log-in is told, and private addresses are refused as everywhere."""
    rendering, _ = visit(lambda link, _: link.sendall(answer(b'<input type="password">')))
    assert [problem.code for problem in rendering.problems] == ["login_wall"]
    with pytest.raises(RefusedError):
        Plain(lambda _: Fetcher(Fetch(), JumpClock()), JumpClock()).render("http://127.0.0.1/", VANTAGE, Bounds())


def test_headers_name_a_referrer_only_where_there_is_one():
    """A visit that comes from nowhere says nothing of where it comes from."""
    assert "Referer" not in make_headers(Vantage(name="x"))
