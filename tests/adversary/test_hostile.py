"""What is seen from outside tells a visit that kept its limits from one that did not."""

import socket
from dataclasses import replace

import pytest

from tests.adversary.hostile import Canary, Hostile, find_breaches
from tests.adversary.server import Reply, name_host
from tests.adversary.visitor import ask


@pytest.fixture
def canary():
    """A canary that nobody has met."""
    with Canary() as it:
        yield it


def test_nothing_seen_is_no_breach(serve, canary):
    """A visit that asks for what it may breaks nothing."""
    hostile = Hostile("calm", "time", {"*": Reply(b"x")}, never=("/typed",), most={"/": 2}, most_bytes=2)
    server = serve(hostile.make_site())
    for _ in range(2):
        ask(server.port, name_host(hostile.make_site()))
    server.settle()
    assert find_breaches(hostile, server, canary) == []


def test_each_breach_is_told(serve, canary):
    """A path that must not be asked, too many requests, too many bytes: each is told in words."""
    hostile = Hostile("calm", "time", {"*": Reply(b"x")}, never=("/typed",), most={"/": 2}, most_bytes=2)
    server = serve(hostile.make_site())
    for path in ("/", "/typed?user=a", "/"):
        ask(server.port, name_host(hostile.make_site()), path)
    server.settle()
    assert find_breaches(hostile, server, canary) == [
        "/typed was asked",
        "/ was asked 3 times, more than 2",
        "3 bytes were taken, more than 2",
    ]
    assert find_breaches(replace(hostile, name="other"), server, canary) == []


def test_canary_sees_all(serve, canary):
    """The canary notes requests, links without one, and datagrams, on each of its addresses, and forgets on reset."""
    server = serve()
    hostile = Hostile("calm", "addresses", {})
    ask(canary.port, "127.0.0.9", "/a", server="127.0.0.9")
    socket.create_connection(("127.0.0.1", canary.port)).close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.sendto(b"x", ("127.0.0.1", canary.port))
    for _ in range(100):
        found = find_breaches(hostile, server, canary)
        if len(found) == 3:
            break
        canary.stopped.wait(0.02)
    assert found == [
        f"the canary saw GET http://127.0.0.9:{canary.port}/a",
        "the canary saw a link without a request",
        "the canary saw a datagram",
    ]
    canary.reset()
    assert find_breaches(hostile, server, canary) == []
