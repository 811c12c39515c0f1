"""Tests of cloneward.fetch.http."""

import gzip
import logging
import random
import resource
import socket
import time
import zlib
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cloneward import __version__
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch import wire
from cloneward.fetch.http import MAX_REDIRECTS, Fetcher
from cloneward.settings import Fetch
from tests.fetch.hosts import JumpClock, answer, header_of, path_of, reset, say, server_tls

MIB = 1024 * 1024


def redirect(where, status="302 Found"):
    """The bytes of a redirect."""
    return answer(b"", f"Location: {where}\r\n", status)


def by_path(answers):
    """What answers each path with its bytes, and any other with 404."""
    return lambda link, head: link.sendall(answers.get(path_of(head), answer(b"", status="404 Not Found")))


def codes(response):
    """The codes of its problems."""
    return [problem.code for problem in response.problems]


def test_gives_what_answers(start, open_fetcher):
    """A page comes with its address, status, headers as sent, charset and body, and the one hop it took."""
    headers = "Content-Type: text/html; Charset='koi8-r'\r\nX-A: 1\r\nx-a: 2\r\n"
    host = start(say(answer("Привет".encode("koi8-r"), headers)))
    response = open_fetcher(host).get("HTTP://A.test:80/x/../y?q=1#part", purpose="capture")
    assert (response.url, response.final_url, response.status) == ("http://a.test/y?q=1", "http://a.test/y?q=1", 200)
    assert response.body.decode(response.charset) == "Привет"
    assert [value for name, value in response.headers if name == "x-a"] == ["1", "2"]
    assert (response.header("X-A"), response.header("x-none"), response.address) == ("1", "", host.endpoint)
    assert [(hop.url, hop.status, hop.address) for hop in response.chain] == [
        ("http://a.test/y?q=1", 200, host.endpoint)
    ]
    assert response.is_whole
    assert response.problems == ()


def test_says_who_asks(start, open_fetcher):
    """A request names the tool, its version and whose it is, and what it takes; nothing else stands in it."""
    host = start(say(answer()))
    open_fetcher(host, contact="https://Example.org").get("http://a.test/", purpose="capture", accept="text/html")
    assert host.heads[0].decode().split("\r\n") == [
        "GET / HTTP/1.1",
        "Host: a.test",
        f"User-Agent: cloneward/{__version__} (+https://example.org/)",
        "Accept: text/html",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Connection: close",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "status", ["404 Not Found", "410 Gone", "403 Forbidden", "500 Oops", "204 No Content", "999 x"]
)
def test_any_status_is_an_answer(start, open_fetcher, status):
    """A page that is gone, forbidden or broken is a result, with its body."""
    response = open_fetcher(start(say(answer(b"" if "204" in status else b"no", status=status)))).get(
        "http://a.test/", purpose="capture"
    )
    assert response.status == int(status[:3])
    assert response.problems == ()


def test_purpose_is_logged(start, open_fetcher, caplog):
    """Every request is logged with its purpose, redirects and refusals too."""
    host = start(by_path({"/": redirect("/b"), "/b": redirect("http://10.0.0.1/"), "/down": b""}))
    fetcher = open_fetcher(host)
    with caplog.at_level(logging.INFO, "cloneward.fetch"):
        fetcher.get("http://a.test/", purpose="capture")
        with pytest.raises(Unavailable):
            fetcher.get("http://a.test/down", purpose="protect")
    assert [(record.message, record.url, record.purpose) for record in caplog.records] == [
        ("fetch.answered", "http://a.test/", "capture"),
        ("fetch.answered", "http://a.test/b", "capture"),
        ("fetch.refused", "http://10.0.0.1/", "capture"),
        ("fetch.failed", "http://a.test/down", "protect"),
    ]


def test_nothing_has_changed(start, open_fetcher):
    """Given the headers of an earlier answer, the server is asked only for what is new, and may say that nothing is."""

    def behave(link, head):
        known = header_of(head, "if-none-match") == '"é1"' and header_of(head, "if-modified-since") == "then"
        first = answer(b"page", 'ETag: "é1"\r\nLast-Modified: then\r\n')
        link.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n" if known else first)

    fetcher = open_fetcher(start(behave))
    first = fetcher.get("http://a.test/", purpose="protect")
    again = fetcher.get("http://a.test/", purpose="protect", unless=dict(first.headers))
    assert (first.status, first.body) == (200, b"page")
    assert (again.status, again.body, again.problems) == (304, b"", ())


def test_header_that_cannot_be_sent(start, open_fetcher):
    """A value with a line break is the caller's mistake, and no second header."""
    host = start(say(answer()))
    with pytest.raises(InputError, match="header"):
        open_fetcher(host).get("http://a.test/", purpose="protect", unless={"etag": "x\r\nEvil: 1"})
    assert not any(b"Evil" in head for head in host.heads)


def test_keeps_nothing(start, open_fetcher):
    """A cookie that was set is not sent back, not even to the next hop."""
    host = start(
        by_path(
            {
                "/": answer(b"", "Set-Cookie: a=1\r\nLocation: /b\r\n", "302 Found"),
                "/b": answer(b"", "Set-Cookie: b=1\r\n"),
            }
        )
    )
    fetcher = open_fetcher(host)
    for _ in range(2):
        assert fetcher.get("http://a.test/", purpose="capture").status == 200
    assert [header_of(head, "cookie") for head in host.heads] == [None] * 4


def test_environment_sends_nothing(start, open_fetcher, monkeypatch, tmp_path):
    """Neither a proxy nor a password that lie around on the machine is used."""
    other = start(say(answer(b"proxy")))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://user:secret@{other.endpoint}")
    (tmp_path / ".netrc").write_text("machine a.test login user password secret")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    host = start(say(answer(b"direct")))
    assert open_fetcher(host).get("http://a.test/", purpose="capture").body == b"direct"
    assert header_of(host.heads[0], "authorization") is None
    assert other.heads == []


# Where a request may go.


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://a.localhost:8080/",
        "http://localhost.localdomain.127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://127.1/",
        "http://0/",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:0:1::1]/",
        "http://[fd00:ec2::254]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://168.63.129.16/",
        "http://10.0.0.1/",
        "http://93.184.216.34:22/",
        "http://93.184.216.34:0/",
        "http://user:secret@93.184.216.34/",
        "http://user@93.184.216.34/",
        "http://@93.184.216.34/",
    ],
)
def test_refuses(url, monkeypatch):
    """Private, disguised and foreign-port addresses, and those with a login, are refused before anything connects."""
    monkeypatch.setattr(wire, "connect", lambda *arguments: pytest.fail("connected"))
    with pytest.raises(RefusedError) as refused:
        Fetcher(Fetch(), JumpClock()).get(url, purpose="capture")
    assert refused.value.hint
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.test",
        "ftp://a.test/",
        "file:///etc/passwd",
        "gopher://a.test/",
        "javascript:1",
        "http://",
        "http://a..b/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://a.test:99999/",
        "http://evil.test\\@a.test/",
    ],
)
def test_no_web_address(url):
    """What is no web address is the caller's mistake."""
    with pytest.raises((InputError, RefusedError)):
        Fetcher(Fetch(), JumpClock()).get(url, purpose="capture")


def test_hosts_in_other_scripts(start, open_fetcher):
    """A host in another script is found and named in its ASCII form."""
    host = start(say(answer(b"ok")))
    assert open_fetcher(host).get("http://BÜCHER.test/", purpose="capture").body == b"ok"
    assert header_of(host.heads[0], "host") == "xn--bcher-kva.test"


def test_ipv6(start, open_fetcher):
    """An IPv6 address is read in brackets, and written so in the Host header."""
    try:
        host = start(say(answer(b"six")), address="::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    response = open_fetcher(host).get(f"http://[0::1]:{host.port}/", purpose="capture")
    assert (response.body, response.address) == (b"six", host.endpoint)
    assert header_of(host.heads[0], "host") == host.endpoint


def test_rebinding(start, names):
    """A name is looked up once a request, and the connection goes to what was checked; each request checks anew."""
    try:
        good, inner = start(say(answer(b"good")), address="127.0.0.2"), start(say(answer(b"secret")))
    except OSError:
        pytest.skip("this machine has one loopback address only")
    server = names({("a.test", "A"): [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.2"]]})
    rules = Fetch(allow=(good.endpoint, server.endpoint), resolve={"*.test:53": server.endpoint}, per_host_s=0)
    fetcher = Fetcher(rules, JumpClock())
    url = f"http://a.test:{good.port}/"
    response = fetcher.get(url, purpose="capture")
    assert (response.body, response.address) == (b"good", good.endpoint)
    assert server.asked == [("a.test", "A")]
    for _ in range(2):  # first the private one alone, then beside the other
        with pytest.raises(RefusedError, match=r"a\.test is at 127\.0\.0\.1"):
            fetcher.get(url, purpose="capture")
    assert fetcher.get(url, purpose="capture").body == b"good"
    assert inner.heads == []


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("http://127.0.0.1/", "redirect_refused"),
        ("http://169.254.169.254/latest/meta-data/", "redirect_refused"),
        ("//10.0.0.1/x", "redirect_refused"),
        ("http://[::1]/", "redirect_refused"),
        ("http://2130706433/", "redirect_refused"),
        ("http://b.test:22/", "redirect_unavailable"),
        ("http://93.184.216.34:25/", "redirect_refused"),
        ("http://user:secret@b.test/", "redirect_refused"),
        ("file:///etc/passwd", "redirect_broken"),
        ("javascript:alert(1)", "redirect_broken"),
        ("data:text/html,x", "redirect_broken"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "redirect_broken"),
        ("http://[::1", "redirect_broken"),
        ("http://a..b/", "redirect_broken"),
        ("", "redirect_broken"),
        ("http://dead.test/", "redirect_unavailable"),
        ("/", "redirect_loop"),
        ("#part", "redirect_loop"),
    ],
)
def test_redirects_that_are_not_followed(start, open_fetcher, where, code):
    """A redirect that cannot or must not be followed gives itself, and says why; nothing is raised."""
    host = start(by_path({"/": redirect(where)}))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = f"127.0.0.1:{closed.getsockname()[1]}"
    rules = {"resolve": {"*.test": host.endpoint, "dead.test": dead, "b.test:22": dead}, "allow": (host.endpoint, dead)}
    response = open_fetcher(host, **rules).get("http://a.test/", purpose="capture")
    assert (codes(response), response.status, response.header("location")) == ([code], 302, where)
    assert [hop.url for hop in response.chain] == ["http://a.test/"]
    assert response.problems[0].page == "http://a.test/"
    assert "secret" not in response.problems[0].text
    assert len(host.heads) == 1


def test_redirect_without_location(start, open_fetcher):
    """A redirect that does not say where to is a result with a problem; 300 and 304 are no redirects."""
    fetcher = open_fetcher(
        start(by_path({"/": answer(b"", status="301 Moved"), "/300": answer(b"x", "Location: /\r\n", "300 Choose")}))
    )
    assert codes(fetcher.get("http://a.test/", purpose="capture")) == ["redirect_broken"]
    assert codes(fetcher.get("http://a.test/300", purpose="capture")) == []


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
def test_follows_redirects(start, open_fetcher, status):
    """A redirect is followed wherever it is allowed, and each hop is kept with what it answered."""
    host = start(
        by_path(
            {
                "/a/": redirect("../b?c=é", status),
                "/b?c=%C3%A9": redirect("//other.test/d", status),
                "/d": answer(b"end"),
            }
        )
    )
    response = open_fetcher(host).get("http://a.test/a/", purpose="capture")
    assert (response.url, response.final_url, response.body) == ("http://a.test/a/", "http://other.test/d", b"end")
    assert [(hop.url, hop.status) for hop in response.chain] == [
        ("http://a.test/a/", int(status[:3])),
        ("http://a.test/b?c=%C3%A9", int(status[:3])),
        ("http://other.test/d", 200),
    ]
    assert header_of(host.heads[2], "host") == "other.test"


def test_redirect_in_utf8(start, open_fetcher):
    """A target whose letters were sent as UTF-8 bytes is read as UTF-8."""
    host = start(by_path({"/": answer(b"", "Location: /\xc3\xbc\r\n", "302 Found"), "/%C3%BC": answer(b"here")}))
    assert open_fetcher(host).get("http://a.test/", purpose="capture").body == b"here"


def test_loops_end(start, open_fetcher):
    """Two pages that send us to each other are asked once each."""
    host = start(by_path({"/": redirect("/b"), "/b": redirect("/")}))
    response = open_fetcher(host).get("http://a.test/", purpose="capture")
    assert (codes(response), response.final_url, len(host.heads)) == (["redirect_loop"], "http://a.test/b", 2)


def test_endless_redirects_end(start, open_fetcher):
    """A site that always sends us on is left after the most redirects that we follow."""
    host = start(lambda link, head: link.sendall(redirect(path_of(head) + "x")))
    response = open_fetcher(host).get("http://a.test/", purpose="capture")
    assert (codes(response), response.status) == (["redirect_limit"], 302)
    assert len(response.chain) == len(host.heads) == MAX_REDIRECTS + 1


def test_redirects_share_the_time(start, open_fetcher):
    """All hops together take no longer than one address may."""

    def behave(link, head):
        time.sleep(0.2)
        link.sendall(redirect(path_of(head) + "x"))

    began_s = time.monotonic()
    response = open_fetcher(start(behave), timeout_s=0.7).get("http://a.test/", purpose="capture")
    assert codes(response) == ["redirect_unavailable"]
    assert time.monotonic() - began_s < 3


# What answers badly.


def bomb(coding, size=64 * MIB):
    """So many zeros, folded as small as the coding can."""
    if coding == "gzip":  # a stream that never ends, made of one part: 1 GB weighs 1 MB and takes no time to make
        machine = zlib.compressobj(9, wbits=31)
        start = machine.compress(bytes(MIB)) + machine.flush(zlib.Z_FULL_FLUSH)
        part = machine.compress(bytes(MIB)) + machine.flush(zlib.Z_FULL_FLUSH)
        return start + part * 1023
    if coding == "br":
        return brotli.compress(bytes(size), quality=5)
    if coding == "zstd":
        return zstandard.compress(bytes(size)) * 16
    return zlib.compress(bytes(size))


@pytest.mark.parametrize(
    ("coding", "make"),
    [
        ("gzip", lambda: bomb("gzip")),
        ("br", lambda: bomb("br")),
        ("zstd", lambda: bomb("zstd")),
        ("deflate", lambda: bomb("deflate")),
        ("gzip, gzip", lambda: gzip.compress(bomb("gzip"))),
        ("gzip, br", lambda: brotli.compress(bomb("gzip"), quality=1)),
        ("zstd, gzip, zstd", lambda: zstandard.compress(gzip.compress(bomb("zstd")))),
        ("gzip, gzip", lambda: gzip.compress(gzip.compress(b"") * 300_000)),
    ],
)
def test_bombs(start, open_fetcher, coding, make):
    """A body that unfolds to far more than it weighs is left early: little memory, little time, and the reason."""
    content = make()
    fetcher = open_fetcher(start(say(answer(content, f"Content-Encoding: {coding}\r\n"))))
    before_kib, began_s = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    response = fetcher.get("http://a.test/", purpose="capture")
    assert codes(response) == ["answer_too_large"]
    assert "200 times" in response.problems[0].text
    assert not response.is_whole
    assert len(response.body) <= 16 * MIB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 128 * 1024
    assert time.monotonic() - began_s < 10


def noise(size):
    """Bytes that fold to a half, the same in each run."""
    return bytes(random.Random(7).choices(b"abcdefghijklmnop", k=size))


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_large_bodies_are_cut(start, open_fetcher, coding):
    """A body of more bytes than are taken is cut there, folded or not, and said to be cut."""
    content = noise(300_000)
    fold = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress, "identity": bytes}[coding]
    fetcher = open_fetcher(start(say(answer(fold(content), f"Content-Encoding: {coding}\r\n"))), max_bytes=250_000)
    response = fetcher.get("http://a.test/", purpose="capture")
    assert codes(response) == ["answer_too_large"]
    assert response.body == content[:250_000]
    assert "fetch.max_bytes" in response.problems[0].hint


def test_exact_size_is_whole(start, open_fetcher):
    """A body of exactly as many bytes as are taken is whole."""
    response = open_fetcher(start(say(answer(b"x" * 1000))), max_bytes=1000).get("http://a.test/", purpose="capture")
    assert (len(response.body), response.is_whole, response.problems) == (1000, True, ())


def test_endless_body(start, open_fetcher):
    """A body without end is left at the most bytes that are taken."""

    def behave(link, head):
        link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100_000):
            link.sendall(bytes(10_000))

    response = open_fetcher(start(behave), max_bytes=MIB).get("http://a.test/", purpose="capture")
    assert (codes(response), len(response.body)) == (["answer_too_large"], MIB)


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\n\r\n", answer(b"", length=10_000)])
def test_slow_body(start, open_fetcher, first):
    """A body that drips gives what came in time, and says that it is not all."""

    def behave(link, head):
        link.sendall(first)
        for _ in range(200):
            link.sendall(b"x")
            time.sleep(0.05)

    began_s = time.monotonic()
    response = open_fetcher(start(behave), timeout_s=0.5).get("http://a.test/", purpose="capture")
    assert codes(response) == ["answer_slow"]
    assert 1 <= len(response.body) <= 100
    assert time.monotonic() - began_s < 3


def test_slow_head(start, open_fetcher):
    """A head that drips is no answer: try later."""

    def behave(link, head):
        for _ in range(200):
            link.sendall(b"H")
            time.sleep(0.05)

    began_s = time.monotonic()
    with pytest.raises(Unavailable, match="does not answer"):
        open_fetcher(start(behave), timeout_s=0.5).get("http://a.test/", purpose="capture")
    assert time.monotonic() - began_s < 3


@pytest.mark.parametrize(
    ("content", "body", "code"),
    [
        (answer(b"hell", length=50), b"hell", "answer_broken"),
        (answer(b"4\r\nhell\r\n5\r\no", "Transfer-Encoding: chunked\r\n"), b"hello", "answer_broken"),
        (answer(b"4\r\nhell\r\nzz\r\n", "Transfer-Encoding: chunked\r\n"), b"hell", "answer_broken"),
        (answer(b"hello", "Content-Encoding: gzip\r\n"), b"", "coding_broken"),
        (answer(gzip.compress(noise(1000))[:-9], "Content-Encoding: gzip\r\n"), None, "coding_broken"),
        (answer(b"hello", "Content-Encoding: zstd\r\n"), b"", "coding_broken"),
        (answer(b"hello", "Content-Encoding: rot13\r\n"), b"hello", "coding_unknown"),
        (answer(b"hello", "Content-Encoding: gzip,gzip\r\nContent-Encoding: br,br\r\n"), b"hello", "coding_unknown"),
        (answer(b"hello and more", length=5), b"hello", None),
        (answer(b"hello", "Content-Encoding: \r\n"), b"hello", None),
        (answer(b"", "Content-Encoding: gzip\r\n"), b"", None),
    ],
)
def test_broken_bodies(start, open_fetcher, content, body, code):
    """A body that breaks off or is not in its coding gives what could be read, and one problem that names it."""
    response = open_fetcher(start(say(content))).get("http://a.test/", purpose="capture")
    assert codes(response) == ([code] if code else [])
    assert body is None or response.body == body
    assert response.is_whole == (code in {None, "coding_unknown"})


def close_half(link, head):
    """Say nothing more, and keep listening."""
    link.shutdown(socket.SHUT_WR)
    link.recv(1)


@pytest.mark.parametrize(
    "behave",
    [
        lambda link, head: None,
        lambda link, head: reset(link),
        close_half,
        say(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n"),
        say(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"),
        say(b"SSH-2.0-OpenSSH_9.2\r\n"),
        say(b"\0" * 1000),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
    ],
)
def test_no_answer(start, open_fetcher, behave):
    """What hangs up, floods us with headers or speaks no HTTP is unavailable, and says so with a hint."""
    began_s = time.monotonic()
    with pytest.raises(Unavailable, match=r"http://a\.test/ does not answer: .") as failed:
        open_fetcher(start(behave)).get("http://a.test/", purpose="capture")
    assert failed.value.hint
    assert failed.value.cause == "host"
    assert time.monotonic() - began_s < 5


PARTS = [
    b"HTTP/1.1 200 OK", b"HTTP/1.0 302 Found", b"HTTP/1.1 100 Continue", b"HTTP/1.1 304 Not Modified", b"HTTP/1.1 ",
    b"\r\n", b"\n", b"\r\n\r\n", b"Location: /", b"Location: //a.test:", b"Content-Length: 5", b"Content-Length: 99",
    b"Content-Encoding: gzip", b"Content-Encoding: br", b"Content-Encoding: zstd", b"Content-Encoding: deflate",
    b"Transfer-Encoding: chunked", b"Content-Type: text/html; charset=", b": ", b"5\r\nhello\r\n", b"0\r\n\r\n",
    b"hello", b"\xff\xfe", b"\0", b" ",
    gzip.compress(b"hello"), brotli.compress(b"hello"), zstandard.compress(b"hello"),
]  # fmt: skip


def test_any_bytes_are_an_answer_or_none(start, open_fetcher):
    """Whatever a server sends, the result is a response or unavailable."""
    content = [b""]
    fetcher = open_fetcher(start(lambda link, head: link.sendall(content[0])), max_bytes=1000, timeout_s=5)
    starts = st.sampled_from([b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n", b""])
    pieces = st.lists(st.sampled_from(PARTS) | st.binary(max_size=8), max_size=12).map(b"".join)

    @given(starts, pieces)
    def read(first, rest):
        content[0] = first + rest
        with suppress(Unavailable):
            response = fetcher.get("http://a.test/", purpose="capture")
            assert len(response.body) <= 1000
            assert isinstance(response.charset, str)

    read()


def test_nobody_there(start, open_fetcher):
    """A port that nobody listens on is unavailable."""
    host = start(say(answer()))
    host.stop()
    with pytest.raises(Unavailable, match="refused"):
        open_fetcher(host).get("http://a.test/", purpose="capture")


# TLS.


def test_tls_is_for_the_name(start, open_fetcher, authority):
    """Over TLS the certificate must hold for the name in the address, wherever that leads."""
    host = start(say(answer(b"safe")), tls=server_tls(authority.sign("a.test")))
    fetcher = open_fetcher(host, tls=authority.tls)
    assert fetcher.get("https://a.test/", purpose="capture").body == b"safe"
    assert header_of(host.heads[0], "host") == "a.test"
    with pytest.raises(Unavailable, match=r"certificate of b\.test does not hold.*mismatch"):
        fetcher.get("https://b.test/", purpose="capture")


@pytest.mark.parametrize(("days", "words"), [(-1, "expired"), (30, "issuer")])
def test_tls_must_hold(start, open_fetcher, authority, days, words):
    """A certificate that is out of date, or signed by nobody we trust, is told as such."""
    host = start(say(answer()), tls=server_tls(authority.sign("a.test", days=days)))
    with pytest.raises(Unavailable, match=f"does not hold: .*{words}") as failed:
        open_fetcher(host, tls=authority.tls if days < 0 else None).get("https://a.test/", purpose="capture")
    assert failed.value.cause == "tls"


def test_tls_where_there_is_none(start, open_fetcher, authority):
    """A server that speaks plain HTTP where TLS is expected is unavailable."""
    host = start(say(answer()))
    with pytest.raises(Unavailable, match="does not answer"):
        open_fetcher(host, tls=authority.tls, timeout_s=2).get("https://a.test/", purpose="capture")


# Pace.


def test_pace_of_a_site(start, open_fetcher):
    """Requests to one site, redirects among them, keep their distance by the clock; another site waits for nobody."""
    clock = JumpClock()
    host = start(by_path({"/": redirect("http://www.a.test/b"), "/b": answer()}))
    fetcher = open_fetcher(host, clock=clock, per_host_s=7)
    fetcher.get("http://a.test/", purpose="capture")
    assert clock.slept_s == [7]
    fetcher.get("http://b.test/b", purpose="capture")
    assert clock.slept_s == [7]
    fetcher.get("http://img.a.test/b", purpose="capture")
    assert clock.slept_s == [7, 7]


@pytest.mark.parametrize(("per_host_s", "gap_s"), [(0, 2), (1.5, 2), (3, 3)])
def test_strangers_are_asked_every_two_seconds_at_most(monkeypatch, per_host_s, gap_s):
    """Whatever the settings say, a site that `allow` does not name is asked no more than every two seconds."""
    clock = JumpClock()
    asked = []

    def refuse(endpoints, deadline):
        asked.append(str(endpoints[0]))
        raise ConnectionRefusedError

    monkeypatch.setattr(wire, "connect", refuse)
    fetcher = Fetcher(Fetch(resolve={"*": "93.184.216.34"}, per_host_s=per_host_s), clock)
    for _ in range(3):
        with pytest.raises(Unavailable):
            fetcher.get("http://copy.example/", purpose="capture")
    assert asked == ["93.184.216.34:80"] * 3
    assert clock.slept_s == [gap_s, gap_s]


def test_waiting_is_not_timed(start, open_fetcher):
    """The time that a site's turn takes to come does not count against the time that it may take."""

    class Slow(JumpClock):
        def sleep(self, seconds):
            super().sleep(seconds)
            time.sleep(0.6)

    fetcher = open_fetcher(start(say(answer(b"ok"))), clock=Slow(), per_host_s=7, timeout_s=0.5)
    for _ in range(2):
        assert fetcher.get("http://a.test/", purpose="capture").body == b"ok"


def test_looks_as_a_visitor_does_where_asked(start, open_fetcher):
    """Headers that are given stand in place of ours or beside them, and what was sent and came is told of each hop."""

    def behave(link, head):
        where = "Location: /there\r\nX-Hop: 1\r\n"
        link.sendall(
            answer(headers=where, status="302 Found") if path_of(head) == "/" else answer(b"x", "X-Hop: 2\r\n")
        )

    host = start(behave)
    headers = {"User-Agent": "Mozilla/5.0", "Referer": "https://search.test/"}
    response = open_fetcher(host).get("http://a.test/", purpose="capture", headers=headers)
    assert [header_of(head, "user-agent") for head in host.heads] == ["Mozilla/5.0"] * 2
    assert [header_of(head, "referer") for head in host.heads] == ["https://search.test/"] * 2
    assert header_of(host.heads[0], "accept") == "*/*"
    assert dict(response.sent)["Referer"] == "https://search.test/"
    assert [dict(hop.headers)["x-hop"] for hop in response.chain] == ["1", "2"]
