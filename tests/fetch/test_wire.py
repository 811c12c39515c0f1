"""Tests of cloneward.fetch.wire."""

import ipaddress
import socket
import ssl
import time
from contextlib import contextmanager

import h11
import pytest

from cloneward.fetch.guard import Endpoint
from cloneward.fetch.wire import FAULTS, MAX_HEAD_BYTES, Deadline, Exchange, connect, secure
from tests.fetch.hosts import answer, header_of, reset, say, server_tls

LOOPBACK = ipaddress.ip_address("127.0.0.1")


@contextmanager
def asking(host, timeout_s=10):
    """The exchange with a host, after the head of its answer."""
    deadline = Deadline(timeout_s)
    with connect([Endpoint(LOOPBACK, host.port)], deadline) as link:
        exchange = Exchange(link, deadline)
        exchange.ask("/", [("Host", "a.test")])
        yield exchange


def ask(host):
    """Ask, and hang up after the head."""
    with asking(host):
        pass


def read(host, max_bytes=1000, timeout_s=10):
    """The body that a host gives."""
    with asking(host, timeout_s) as exchange:
        return b"".join(exchange.read_pieces(max_bytes))


def test_deadline_runs_out():
    """A deadline gives ever less, stands still while paused, and raises in the end."""
    deadline = Deadline(0.3)
    assert 0 < deadline.left_s() <= 0.3
    with deadline.paused():
        time.sleep(0.35)
    assert deadline.left_s() > 0
    time.sleep(0.3)
    with pytest.raises(TimeoutError):
        deadline.left_s()


def test_connects_to_the_first_that_answers(start):
    """Where the first address refuses, the next one is tried; where none answers, the last refusal is told."""
    host = start(say(answer(b"hello")))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = Endpoint(LOOPBACK, closed.getsockname()[1])
    with connect([dead, Endpoint(LOOPBACK, host.port)], Deadline(5)) as link:
        assert link.getpeername() == ("127.0.0.1", host.port)
    with pytest.raises(ConnectionRefusedError):
        connect([dead], Deadline(5))


def test_verifies_the_peer(start, monkeypatch):
    """A connection that ends elsewhere than at the checked address is dropped."""
    host = start(say(answer()))
    monkeypatch.setattr(socket.socket, "getpeername", lambda self: ("127.0.0.9", 80))
    with pytest.raises(ConnectionError, match=r"connected to 127\.0\.0\.9"):
        connect([Endpoint(LOOPBACK, host.port)], Deadline(5))


def test_tls_names_the_host(start, authority):
    """The certificate is asked for by name and must hold for it."""
    context = server_tls(authority.sign("a.test", "127.0.0.1"))
    asked = []
    context.sni_callback = lambda link, name, context: asked.append(name)
    host = start(say(answer(b"secret")), tls=context)
    for name in ("a.test", "127.0.0.1"):
        deadline = Deadline(5)
        with secure(connect([Endpoint(LOOPBACK, host.port)], deadline), name, authority.tls, deadline) as link:
            exchange = Exchange(link, deadline)
            assert exchange.ask("/", [("Host", name)]).status_code == 200
            assert b"".join(exchange.read_pieces(100)) == b"secret"
    assert asked == ["a.test", None]
    deadline = Deadline(5)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        secure(connect([Endpoint(LOOPBACK, host.port)], deadline), "b.test", authority.tls, deadline)


def test_sends_what_it_is_told(start):
    """A request has the given headers in the given order, letters beyond ASCII as Latin-1, and no others."""
    host = start(say(answer()))
    deadline = Deadline(5)
    with connect([Endpoint(LOOPBACK, host.port)], deadline) as link:
        Exchange(link, deadline).ask("/a?b", [("Host", "a.test"), ("If-None-Match", '"é"')])
    assert host.heads[0] == 'GET /a?b HTTP/1.1\r\nHost: a.test\r\nIf-None-Match: "é"\r\n\r\n'.encode("latin-1")
    assert header_of(host.heads[0], "host") == "a.test"


@pytest.mark.parametrize(
    "content",
    [
        answer(b"hello"),
        answer(b"5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
        answer(b"2;x=1\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
        b"HTTP/1.0 200\r\n\r\nhello",
        b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello and more than was announced",
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(b"hello"),
    ],
)
def test_reads_bodies(start, content):
    """A body is read however its end is told: by length, by chunks or by the end of the connection."""
    assert read(start(say(content))) == b"hello"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"HTTP/1.1 2",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"hello\r\n\r\n",
        b"<html>no head at all",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nA header without colon\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 999999 What\r\n\r\n",
        b"\x16\x03\x01\x00\xa5" + bytes(300),
    ],
)
def test_what_is_no_answer(start, content):
    """What is no HTTP answer, or ends before one, is a fault and nothing worse."""
    with pytest.raises(FAULTS):
        ask(start(say(content)))


@pytest.mark.parametrize(
    "content",
    [
        answer(b"hell", length=5),
        answer(b"5\r\nhel", "Transfer-Encoding: chunked\r\n"),
        answer(b"zz\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
        answer(b"5\r\nhelloxx0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
        answer(b"fffffffffffffffffffff\r\nhello", "Transfer-Encoding: chunked\r\n"),
        answer(b"-5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
        answer(b"5\r\nhello\r\n0\r\nno trailer\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
    ],
)
def test_broken_bodies(start, content):
    """A body that is cut, or whose chunks make no sense, is a fault after its beginning."""
    with pytest.raises(FAULTS):
        read(start(say(content)))


def test_reset(start):
    """A connection that is reset, before the answer or within it, is a fault."""
    with pytest.raises(FAULTS):
        ask(start(lambda link, head: reset(link)))

    def stop_short(link, head):
        link.sendall(answer(b"hello", length=50))
        time.sleep(0.1)
        reset(link)

    with pytest.raises(FAULTS):
        read(start(stop_short))


def test_half_closed(start):
    """A server that closes its side without an answer, and keeps listening, is a fault at once."""

    def close_half(link, head):
        link.shutdown(socket.SHUT_WR)
        link.recv(1)

    began_s = time.monotonic()
    with pytest.raises(FAULTS):
        ask(start(close_half))
    assert time.monotonic() - began_s < 5


def flood(piece, first=b"", pause_s=0.0):
    """What sends the piece again and again until nobody listens; raises OSError there."""

    def behave(link, head):
        link.sendall(first)
        for _ in range(1_000_000):
            link.sendall(piece)
            time.sleep(pause_s)

    return behave


@pytest.mark.parametrize(
    ("piece", "first"),
    [
        (b"X-Header: again and again\r\n" * 100, b"HTTP/1.1 200 OK\r\n"),
        (b"x" * 1000, b"HTTP/1.1 200 OK\r\nX-Long: "),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 100, b""),
        (b"x" * 1000, b""),
        (b"\r\n" * 500, b""),
    ],
)
def test_endless_heads(start, piece, first):
    """Headers, lines and preliminary answers without end stop at a few heads' worth."""
    host = start(flood(piece, first))
    deadline = Deadline(30)
    with connect([Endpoint(LOOPBACK, host.port)], deadline) as link:
        exchange = Exchange(link, deadline)
        with pytest.raises(FAULTS):
            exchange.ask("/", [("Host", "a.test")])
        assert exchange.received_bytes <= 4 * MAX_HEAD_BYTES
        assert deadline.left_s() > 15


@pytest.mark.parametrize(
    ("piece", "headers"),
    [
        (b"x" * 10_000, ""),
        (b"10\r\n0123456789abcdef\r\n" * 100, "Transfer-Encoding: chunked\r\n"),
        (b"1;ext=" + b"y" * 200 + b"\r\nx\r\n", "Transfer-Encoding: chunked\r\n"),
        (b"Trailer: x\r\n" * 100, "Transfer-Encoding: chunked\r\n\r\n0"),
    ],
)
def test_endless_bodies(start, piece, headers):
    """A body, its chunks' frames and its trailers stop at the limit and a head's worth."""
    first = b"HTTP/1.1 200 OK\r\n" + headers.encode() + b"\r\n"
    with asking(start(flood(piece, first))) as exchange, pytest.raises(FAULTS):
        list(exchange.read_pieces(200_000))
    assert exchange.received_bytes <= 200_000 + 4 * MAX_HEAD_BYTES


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n", answer(b"", length=1000)])
def test_drip_ends(start, first):
    """A server that keeps the connection alive byte by byte is left at the deadline, in the head or in the body."""
    host = start(flood(b"X", first, pause_s=0.05))
    began_s = time.monotonic()
    with pytest.raises(TimeoutError):
        read(host, timeout_s=0.5)
    assert time.monotonic() - began_s < 3


def test_silent_tls_ends(start):
    """A server that never answers the TLS greeting is left at the deadline."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        deadline = Deadline(0.5)
        link = connect([Endpoint(LOOPBACK, mute.getsockname()[1])], deadline)
        with pytest.raises(TimeoutError):
            secure(link, "a.test", ssl.create_default_context(), deadline)


def test_header_that_cannot_be_sent(start):
    """A header with a line break never reaches the other side."""
    host = start(say(answer()))
    deadline = Deadline(5)
    with connect([Endpoint(LOOPBACK, host.port)], deadline) as link, pytest.raises(h11.LocalProtocolError):
        Exchange(link, deadline).ask("/", [("Host", "a.test"), ("Accept", "x\r\nEvil: 1")])
