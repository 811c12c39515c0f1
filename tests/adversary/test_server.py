"""The server keeps what it sent, and sends what it keeps."""

import gzip
import hashlib
import socket
import threading
import time

import pytest

from tests.adversary.server import KEPT_BYTES, Reply, Request, Server, Site
from tests.adversary.visitor import ask


def test_keeps_what_it_sent(serve):
    """The kept answer is the answer that came, with its status, headers and decoded body."""
    body = b"quiet harbour " * 100
    server = serve(Site("one", {"/": Reply(body, "text/plain", coding="gzip", headers=(("X-Own", "1"),))}))
    seen = ask(server.port, "one.test", "/?q=1", [("Referer", "http://a.test/"), ("accept", "*/*")])
    assert server.settle()
    (sent,) = server.list_sent("one.test")
    assert (sent.status, sent.complete, sent.url) == (200, True, f"http://one.test:{server.port}/?q=1")
    assert (sent.wire, sent.body) == (seen.body, body)
    assert gzip.decompress(seen.body) == body
    assert sent.digest == hashlib.sha256(body).hexdigest()
    assert seen.headers["x-own"] == "1"
    assert [name for name, _ in sent.request.headers] == ["Host", "Referer", "accept"]


def test_keeps_what_was_cut(serve):
    """Of a body that was cut what went out is kept, and that it is not whole."""
    server = serve(
        Site(
            "cut",
            {
                "/": Reply(b"0123456789", cut=4),
                "/reset": Reply(b"0123456789", cut=4, ending="reset"),
                "/coded": Reply(b"0123456789" * 50, coding="gzip", cut=9),
                "/chunks": Reply(b"0123456789", framing="chunked", cut=6),
            },
        )
    )
    seen = [ask(server.port, "cut.test", target) for target in ("/", "/coded", "/chunks", "/reset")]
    assert server.settle()
    whole, coded, chunks, reset = server.list_sent()
    assert [it.is_whole for it in seen] == [False] * 4
    assert (whole.body, whole.complete, seen[0].body) == (b"0123", False, b"0123")
    assert (coded.body, len(coded.wire)) == (None, 9)
    assert (chunks.body, seen[2].body) == (b"012345", b"012345")
    assert reset.why == "reset after 4 bytes"


def test_long_body_is_known_by_digest(serve):
    """Of a long body only the start is kept, and the digest is of all."""
    body = bytes(range(256)) * 8192
    server = serve(Site("long", {"/": Reply(body)}))
    assert ask(server.port, "long.test").body == body
    server.settle()
    (sent,) = server.list_sent()
    assert (sent.body, sent.body_bytes) == (body[:KEPT_BYTES], len(body))
    assert sent.digest == hashlib.sha256(body).hexdigest()


def test_ranges(serve):
    """A part is sent when a part is asked for."""
    server = serve(Site("part", {"/": Reply(b"0123456789", ranges=True)}))
    seen = [ask(server.port, "part.test", "/", [("Range", f"bytes={span}")]) for span in ("2-4", "8-", "50-", "x")]
    assert [(it.status, it.body) for it in seen] == [(206, b"234"), (206, b"89"), (416, b""), (200, b"0123456789")]
    assert seen[0].headers["content-range"] == "bytes 2-4/10"


def test_several_addresses_and_peers(serve):
    """One port is open on several addresses, and the client's own address and country are known."""
    server = serve(Site("one", {"/": lambda request, _: Reply(f"{request.peer} {request.country}".encode())}))
    seen = [
        ask(server.port, "one.test", peer=peer, server=address).text
        for peer, address in (("127.10.0.5", "127.0.0.1"), ("127.20.9.9", "127.0.0.2"), ("127.0.0.1", "127.0.0.3"))
    ]
    assert seen == ["127.10.0.5 DE", "127.20.9.9 US", "127.0.0.1 "]


def test_one_link_serves_many(serve):
    """A link is used again, and a host that is not served says so."""
    server = serve(Site("one", {"/": Reply(b"one")}), Site("two", {"/": Reply(b"two")}))
    assert [ask(server.port, f"{name}.test").text for name in ("one", "two")] == ["one", "two"]
    assert ask(server.port, "three.test").status == 421
    assert ask(server.port, "one.test", "/none").status == 404


def test_memory_and_reset(serve):
    """A site remembers its visitors until the server is told to forget them."""

    def count(request, memory):
        memory["visits"] = memory.get("visits", 0) + 1
        return Reply(str(memory["visits"]).encode())

    server = serve(Site("one", {"/": count}), Site("two", {"/": count}))
    assert [ask(server.port, f"{name}.test").text for name in ("one", "one", "two")] == ["1", "2", "1"]
    server.forget("one.test")
    assert [ask(server.port, f"{name}.test").text for name in ("one", "two")] == ["1", "2"]
    server.reset()
    assert server.list_sent() == []
    assert ask(server.port, "two.test").text == "1"


def test_ends_by_itself():
    """A server that nobody stops ends, and its threads with it."""
    before = threading.active_count()
    server = Server((), lifetime_s=0.0)
    for _ in range(100):
        if threading.active_count() == before:
            break
        time.sleep(0.05)
    assert threading.active_count() == before
    server.stop()


def test_stop_ends_what_streams(serve):
    """A stream that would go on for long ends with the server."""

    def count():
        while True:
            yield b"tick\n"

    server = serve(Site("one", {"/": Reply(framing="close", pieces=count, pause_s=0.01)}))
    got = []
    reader = threading.Thread(target=lambda: got.append(ask(server.port, "one.test").body))
    reader.start()
    while not server.list_sent() or not server.list_sent()[0].wire_bytes:
        reader.join(0.01)
    server.stop()
    reader.join(5)
    assert not reader.is_alive()
    assert not server.list_sent()[0].complete


def test_neighbours_share_domain():
    """A site reaches its neighbour under the same domain and port, whatever its scheme."""
    request = Request("GET", "/a?b=1", (("Host", "one.test:81"),), scheme="https")
    assert request.origin("two") == "https://two.test:81"
    assert (request.host, request.path, request.query) == ("one.test", "/a", {"b": "1"})


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 60_000, b"\x16\x03\x01"]
)
def test_survives_nonsense(serve, content):
    """Bytes that are no request do not stop the server."""
    server = serve(Site("one", {"/": Reply(b"one")}))
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as link:
        try:
            link.sendall(content)
            link.shutdown(socket.SHUT_WR)
            assert link.recv(10) in {b"", b"HTTP/1.1 4"}
        except ConnectionError:
            pass
    assert ask(server.port, "one.test").text == "one"
