"""Tests of cloneward.fetch.proxy: what a browser may reach through it, and what ends it."""

import http.client
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager, suppress

import pytest

from cloneward.clock import SystemClock
from cloneward.errors import InputError
from cloneward.fetch.certify import Certifier
from cloneward.fetch.proxy import MAX_OPEN, Proxy, Recording
from cloneward.settings import Fetch
from tests.fetch.hosts import answer, path_of, say, server_tls


@contextmanager
def proxy_to(host=None, *, max_bytes=10_000_000, timeout_s=20, source="", recording=None, **rules):
    """A proxy that finds every name below `test` at a host."""
    placed = {"allow": (host.endpoint,), "resolve": {"*.test": host.endpoint}} if host else {}
    bounds = {"max_bytes": max_bytes, "timeout_s": timeout_s}
    with Proxy(Fetch(**(placed | rules)), **bounds, source=source, recording=recording) as proxy:
        yield proxy


def connect(proxy):
    """A connection to the proxy."""
    name, _, port = proxy.address.partition(":")
    return socket.create_connection((name, int(port)), timeout=10)


def ask(proxy, url, method="GET", body=None, headers=None):
    """Status and body of what the proxy gives for an address."""
    with closing(http.client.HTTPConnection(proxy.address, timeout=10)) as link:
        link.request(method, url, body=body, headers=headers or {})
        response = link.getresponse()
        return response.status, response.read()


def speak(proxy, content):
    """All that the proxy answers to some bytes."""
    with connect(proxy) as link:
        link.sendall(content)
        came = b""
        while piece := link.recv(4096):
            came += piece
        return came


def wait_for(proxy, count):
    """The tunnels of a proxy, when there are so many."""
    ends_s = time.monotonic() + 10
    while len(proxy.tunnels) < count and time.monotonic() < ends_s:
        time.sleep(0.01)
    return proxy.tunnels


def test_carries_requests_of_plain_http(start):
    """A request goes on under its path and own headers, without those that are meant for the proxy."""
    host = start(say(answer(b"hello")))
    with proxy_to(host) as proxy:
        url = "http://a.test/page?q=1"
        assert ask(proxy, url, headers={"Proxy-Connection": "keep-alive", "Cookie": "x=1"}) == (200, b"hello")
        (tunnel,) = wait_for(proxy, 1)
    head = host.heads[0].decode()
    assert path_of(host.heads[0]) == "/page?q=1"
    assert "Host: a.test\r\n" in head
    assert "Cookie: x=1\r\n" in head
    assert "Proxy-" not in head
    assert "Connection: close\r\n" in head
    assert (tunnel.host, tunnel.port, tunnel.endpoint) == ("a.test", 80, host.endpoint)
    assert tunnel.sent_bytes == len(host.heads[0])
    assert tunnel.received_bytes == len(answer(b"hello"))


def test_carries_bodies_of_requests(start):
    """What a browser posts comes whole, though it comes after the head."""
    came = []

    def take(link, head):
        content = head.partition(b"\r\n\r\n")[2]
        while len(content) < 100_000:
            content += link.recv(65536)
        came.append(content)
        link.sendall(answer(b"thanks"))

    host = start(take)
    with proxy_to(host) as proxy:
        assert ask(proxy, "http://a.test/", "POST", b"x" * 100_000) == (200, b"thanks")
    assert came == [b"x" * 100_000]


def test_tunnels_tls_unopened(start, authority):
    """A tunnel carries TLS whose certificate is the host's own."""
    host = start(say(answer(b"secret")), tls=server_tls(authority.sign("a.test")))
    with proxy_to(host) as proxy:
        with connect(proxy) as link:
            link.sendall(b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n")
            assert link.recv(4096).startswith(b"HTTP/1.1 200 ")
            with authority.tls.wrap_socket(link, server_hostname="a.test") as secured:
                secured.sendall(b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
                assert secured.recv(4096).endswith(b"secret")
        (tunnel,) = wait_for(proxy, 1)
    assert (tunnel.host, tunnel.port, tunnel.endpoint) == ("a.test", 443, host.endpoint)


@pytest.mark.parametrize(
    "target",
    [
        "127.0.0.1:80",
        "[::1]:443",
        "169.254.169.254:80",
        "10.0.0.1:443",
        "2130706433:80",
        "0x7f.1:80",
        "localhost:80",
        "x.localhost:443",
        "[::ffff:127.0.0.1]:80",
        "inner.test:443",
        "93.184.216.34:25",
    ],
)
def test_private_addresses_are_refused(target):
    """No tunnel leads to this machine, its neighbours, a cloud's metadata, or a port that is not the web's."""
    with proxy_to(resolve={"inner.test": "192.168.1.1"}) as proxy:
        assert speak(proxy, f"CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).startswith(b"HTTP/1.1 403 ")
        assert speak(proxy, f"GET http://{target}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode()).startswith(b"HTTP/1.1 403 ")
        assert all(tunnel.refused and tunnel.endpoint is None for tunnel in wait_for(proxy, 2))
        assert len(proxy.tunnels) == 2


def test_closed_hosts_are_asked_nothing(start, names):
    """A host that is closed is not looked up and not connected to, and the record says so."""
    host, server = start(say(answer(b""))), names({})
    rules = {"allow": (host.endpoint, server.endpoint), "resolve": {"*.test": host.endpoint, "*:53": server.endpoint}}
    with Proxy(Fetch(**rules), max_bytes=1_000_000, timeout_s=20, closed=["a.test", "else.example"]) as proxy:
        for name in ("a.test", "else.example"):
            asked = f"CONNECT {name}:443 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            assert speak(proxy, asked).startswith(b"HTTP/1.1 403 ")
        assert {tunnel.refused for tunnel in wait_for(proxy, 2)} == {"a.test is closed", "else.example is closed"}
    assert host.heads == []
    assert server.asked == []


def test_a_private_address_among_public_ones_is_a_trap(names):
    """A name with one private address among its addresses is refused whole, and all of them are on record."""
    server = names({("two.test", "A"): [["93.184.216.34", "127.0.0.1"]]})
    rules = {"allow": (server.endpoint,), "resolve": {"*.test:53": server.endpoint}}
    with proxy_to(**rules) as proxy:
        assert speak(proxy, b"CONNECT two.test:443 HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 403 ")
        (tunnel,) = wait_for(proxy, 1)
    assert set(tunnel.addresses) == {"93.184.216.34", "127.0.0.1"}
    assert "loopback" in tunnel.refused


def test_what_cannot_be_reached_is_on_record(start):
    """A host that refuses gives 502, with the reason in the record."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = f"127.0.0.1:{closed.getsockname()[1]}"
    with proxy_to(allow=(dead,), resolve={"*.test": dead}) as proxy:
        assert ask(proxy, "http://a.test/")[0] == 502
        (tunnel,) = wait_for(proxy, 1)
    assert "refused" in tunnel.refused.lower()


@pytest.mark.parametrize(
    "content",
    [
        b"\x16\x03\x01 no HTTP\r\n\r\n",
        b"GET /path HTTP/1.1\r\nHost: a.test\r\n\r\n",
        b"GET https://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n",
        b"GET ftp://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n",
        b"CONNECT a.test HTTP/1.1\r\nHost: a.test\r\n\r\n",
        b"CONNECT a.test:99999999 HTTP/1.1\r\nHost: a.test\r\n\r\n",
        b"CONNECT [::1 HTTP/1.1\r\nHost: a.test\r\n\r\n",
        b"GET http:/// HTTP/1.1\r\nHost: a.test\r\n\r\n",
    ],
)
def test_nonsense_is_refused(start, content):
    """What is no request to a proxy gets status 400, and nothing is connected to."""
    host = start(say(answer(b"")))
    with proxy_to(host) as proxy:
        assert speak(proxy, content).startswith(b"HTTP/1.1 400 ")
        assert proxy.tunnels == ()
    assert host.heads == []


def test_endless_heads_are_cut():
    """A request without an end takes 64 KiB and no more."""
    with proxy_to() as proxy, connect(proxy) as link, pytest.raises(ConnectionError):
        link.sendall(b"a" * 100_000_000)


def test_bytes_run_out(start):
    """When the bytes of all connections together are spent, what flows is cut and the proxy says so."""

    def flood(link, _):
        while True:
            link.sendall(b"x" * 65536)

    host = start(flood)
    with proxy_to(host, max_bytes=1_000_000) as proxy:
        came = speak(proxy, b"GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")
        assert 500_000 < len(came) < 1_200_000
        assert proxy.is_exhausted


def test_time_runs_out(start):
    """When the time is over, what still flows is cut and nobody is served any more."""

    def drip(link, _):
        while True:
            link.sendall(b"x")
            time.sleep(0.05)

    host = start(drip)
    began_s = time.monotonic()
    with proxy_to(host, timeout_s=1) as proxy:
        assert speak(proxy, b"GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")
        assert proxy.is_exhausted
    assert time.monotonic() - began_s < 6


def test_stop_ends_all_at_once(start):
    """The kill switch ends connections that flow and those that wait, in a moment."""
    host = start(lambda link, _: time.sleep(0.1) or link.recv(1))
    with proxy_to(host) as proxy:
        idle, busy = connect(proxy), connect(proxy)
        with idle, busy:
            busy.sendall(b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n")
            assert busy.recv(4096)
            began_s = time.monotonic()
            threading.Timer(0.2, proxy.stop).start()
            assert idle.recv(1) == b""
            assert busy.recv(1) == b""
            assert time.monotonic() - began_s < 5


def test_connections_are_bounded(start):
    """More connections at a time than a browser needs are hung up on, and the others go on."""
    host = start(say(answer(b"hello")))
    with proxy_to(host) as proxy:
        waiting = [connect(proxy) for _ in range(MAX_OPEN)]
        time.sleep(0.5)
        with connect(proxy) as late:
            assert late.recv(1) == b""
        for link in waiting:
            link.close()
        time.sleep(0.5)
        assert ask(proxy, "http://a.test/") == (200, b"hello")


def test_leaves_from_the_source_that_is_asked_for(start):
    """Connections leave from our own address that is named; one that is none is told at once."""
    peers = []
    host = start(lambda link, _: peers.append(link.getpeername()[0]) or link.sendall(answer(b"")))
    with proxy_to(host, source="127.0.0.9") as proxy:
        assert ask(proxy, "http://a.test/")[0] == 200
    assert peers == ["127.0.0.9"]
    with pytest.raises(InputError, match="no address"):
        Proxy(Fetch(), max_bytes=1, timeout_s=1, source="here")


def test_tls_of_a_stranger_is_not_judged_here(start, authority):
    """A certificate that does not hold is the browser's to refuse: the tunnel carries it all the same."""
    host = start(say(answer(b"")), tls=server_tls(authority.sign("b.test")))
    with proxy_to(host) as proxy, connect(proxy) as link:
        link.sendall(b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n")
        assert link.recv(4096).startswith(b"HTTP/1.1 200 ")
        with pytest.raises(ssl.SSLCertVerificationError):
            authority.tls.wrap_socket(link, server_hostname="a.test")


@pytest.fixture
def recording(tmp_path, authority):
    """What a proxy that records needs, trusting the authority of the tests."""
    return Recording(clock=SystemClock(), certifier=Certifier(tmp_path, SystemClock()), tls=authority.tls)


def trust_anything():
    """A client that looks at no certificate, as a browser that was told of the proxy's key."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_records_plain_http(start, recording):
    """Requests and answers of plain HTTP are on record as they went over the wire, in any number."""
    host = start(say(answer(b"\x1f\x8b packed", "Content-Encoding: gzip\r\n")))
    with proxy_to(host, recording=recording) as proxy:
        ask(proxy, "http://a.test/page", headers={"Cookie": "x=1"})
        (tunnel,) = wait_for(proxy, 1)
    (trace,) = tunnel.traces
    assert (trace.target, trace.status, trace.body, trace.is_whole) == ("/page", 200, b"\x1f\x8b packed", True)
    assert ("Cookie", "x=1") in trace.request_headers


@pytest.mark.parametrize("pause_s", [0, 0.3])
def test_each_request_of_plain_http_goes_to_its_own_host(start, recording, pause_s):
    """A browser that asks for another host on one connection never reaches the first with it, in one piece or two."""
    host = start(say(answer(b"hello", "X: 1\r\n")))
    with proxy_to(host, recording=recording) as proxy, connect(proxy) as link:
        first, second = (
            f"GET http://{name}/ HTTP/1.1\r\nHost: {name}\r\n\r\n".encode() for name in ("a.test", "b.test")
        )
        link.sendall(first if pause_s else first + second)
        time.sleep(pause_s)
        if pause_s:
            with suppress(ConnectionError):
                link.sendall(second)
        came = b""
        with suppress(ConnectionError):
            while piece := link.recv(4096):
                came += piece
        assert came == answer(b"hello", "X: 1\r\n")
        (tunnel,) = wait_for(proxy, 1)
    assert [(trace.target, trace.body) for trace in tunnel.traces] == [("/", b"hello")]
    assert len(host.heads) == 1
    assert b"b.test" not in host.heads[0]


def test_records_inside_tls(start, authority, recording):
    """Inside a tunnel TLS is spoken to both sides: exchanges and the far certificate are on record."""
    certificate = authority.sign("a.test")

    def serve(link, _):
        link.sendall(answer(b"one"))
        link.recv(4096)
        link.sendall(answer(b"x" * 300_000))

    host = start(serve, tls=server_tls(certificate))
    with proxy_to(host, recording=recording) as proxy:
        with connect(proxy) as link:
            link.sendall(b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n")
            assert link.recv(4096).startswith(b"HTTP/1.1 200 ")
            with trust_anything().wrap_socket(link, server_hostname="a.test") as secured:
                for path, size in (("/1", 3), ("/2", 300_000)):
                    secured.sendall(f"GET {path} HTTP/1.1\r\nHost: a.test\r\n\r\n".encode())
                    came = b""
                    while len(came.partition(b"\r\n\r\n")[2]) < size:
                        came += secured.recv(65536)
        (tunnel,) = wait_for(proxy, 1)
    assert [(trace.target, len(trace.body), trace.is_whole) for trace in tunnel.traces] == [
        ("/1", 3, True),
        ("/2", 300_000, True),
    ]
    assert tunnel.certificates[0] == ssl.PEM_cert_to_DER_cert(
        certificate.read_text().partition("-----BEGIN PRIVATE")[0]
    )
    assert tunnel.received_bytes > 300_000


def test_certificates_that_do_not_hold_are_refused(start, authority, recording):
    """Where the far certificate does not hold, the browser gets nothing, and the record says why."""
    host = start(say(answer(b"")), tls=server_tls(authority.sign("b.test")))
    with proxy_to(host, recording=recording) as proxy:
        with connect(proxy) as link:
            link.sendall(b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n")
            assert link.recv(4096).startswith(b"HTTP/1.1 200 ")
            with pytest.raises(OSError, match=r"EOF|reset|closed"):
                trust_anything().wrap_socket(link, server_hostname="a.test")
        (tunnel,) = wait_for(proxy, 1)
    assert "TLS failed" in tunnel.refused
    assert "certificate verify failed" in tunnel.refused


def test_records_what_is_no_tls_in_a_tunnel(start, recording):
    """A tunnel that speaks plain HTTP, as one for WebSocket does, is read as it is."""
    host = start(say(answer(b"plain")))
    with proxy_to(host, recording=recording) as proxy:
        with connect(proxy) as link:
            link.sendall(b"CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\n")
            assert link.recv(4096).startswith(b"HTTP/1.1 200 ")
            link.sendall(b"GET /live HTTP/1.1\r\nHost: a.test\r\n\r\n")
            assert link.recv(4096).endswith(b"plain")
        (tunnel,) = wait_for(proxy, 1)
    assert [(trace.target, trace.body) for trace in tunnel.traces] == [("/live", b"plain")]
    assert tunnel.certificates == ()


def test_cut_answers_are_on_record(start, recording):
    """An answer that breaks off is on record as far as it came."""
    host = start(say(answer(b"half", length=1000)))
    with proxy_to(host, recording=recording) as proxy:
        speak(proxy, b"GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")
        (tunnel,) = wait_for(proxy, 1)
    (trace,) = tunnel.traces
    assert (trace.body, trace.is_whole) == (b"half", False)
    assert "ended before" in trace.failure
