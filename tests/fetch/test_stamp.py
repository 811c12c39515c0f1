"""Tests of cloneward.fetch.stamp."""

import pytest

from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch.stamp import MAX_REPLY_BYTES, Stamper
from cloneward.seal.stamps import Authority, check_reply, make_request
from cloneward.settings import Fetch
from tests.fetch.hosts import JumpClock, answer, reset

CONTENT = b"what is stamped"
TYPE = "Content-Type: application/timestamp-reply\r\n"


def make_stamper(endpoint, clock=None, **rules):
    """What asks the authority at that place, and finds every name below `test` there."""
    values = {"allow": (endpoint,), "resolve": {"*.test": endpoint}, "per_host_s": 0, "timeout_s": 5}
    return Stamper(Fetch(**(values | rules)), clock or JumpClock())


@pytest.fixture
def ask(start):
    """Ask a host that behaves so for a stamp."""

    def run(behave, **rules):
        host = start(behave)
        return make_stamper(host.endpoint, **rules).ask("http://tsa.test/stamps?a=1", b"request")

    return run


@pytest.mark.server
def test_a_real_authority(stamp_servers):
    """The reply of a real authority comes over as it is, and holds."""
    server = stamp_servers[0]
    stamper = make_stamper(server.url.removeprefix("http://").rstrip("/"))
    reply = stamper.ask(server.url, make_request(CONTENT))
    assert check_reply(reply, CONTENT, Authority(server.name, server.url, server.roots))
    server.is_up = False
    try:
        with pytest.raises(Unavailable, match="status 503"):
            stamper.ask(server.url, make_request(CONTENT))
    finally:
        server.is_up = True


def test_what_is_sent(ask):
    """An authority is sent the request and who asks, and nothing else."""
    heads = []

    def behave(link, head):
        heads.append(head)
        link.sendall(answer(b"reply", TYPE))

    assert ask(behave) == b"reply"
    lines = heads[0].split(b"\r\n\r\n")[0].decode().splitlines()
    assert lines[0] == "POST /stamps?a=1 HTTP/1.1"
    assert {line.partition(":")[0].lower() for line in lines[1:]} == {
        *("host", "user-agent", "content-type", "content-length", "accept", "connection")
    }
    assert "content-type: application/timestamp-query" in [line.lower() for line in lines]


@pytest.mark.parametrize(
    "said",
    [
        answer(b"<html>", "Content-Type: text/html\r\n"),
        answer(b"reply", TYPE, "500 Oops"),
        answer(b"", "Location: http://other.test/\r\n", "302 Found"),
        answer(b"reply"),
        b"no http at all\r\n\r\n",
        b"",
        answer(bytes(MAX_REPLY_BYTES + 200_000), TYPE),
        b"HTTP/1.1 200 OK\r\n" + TYPE.encode() + b"Content-Length: 50\r\n\r\ncut",
    ],
    ids=["html", "status", "redirect", "type", "junk", "nothing", "large", "cut"],
)
def test_no_reply(ask, said):
    """What is no whole reply is none, and nothing is followed."""
    with pytest.raises(Unavailable, match=r"the authority http://tsa\.test/stamps\?a=1 does not answer"):
        ask(lambda link, head: link.sendall(said))


def test_broken_connections(ask):
    """A connection that breaks is told as an authority that does not answer."""
    with pytest.raises(Unavailable):
        ask(lambda link, head: reset(link))


def test_slow_authorities(ask):
    """An authority that does not answer in time is not waited for."""
    with pytest.raises(Unavailable, match="does not answer"):
        ask(lambda link, head: link.recv(1), timeout_s=0.2)


def test_the_guard(start):
    """An authority on a private network is not asked unless the settings name it."""
    host = start(lambda link, head: link.sendall(answer(b"reply", TYPE)))
    with pytest.raises(RefusedError):
        make_stamper(host.endpoint, allow=()).ask("http://tsa.test/", b"request")
    with pytest.raises(InputError):
        make_stamper(host.endpoint).ask("ftp://tsa.test/", b"request")


def test_the_pace(start):
    """One authority is asked no more often than the settings say."""
    host = start(lambda link, head: link.sendall(answer(b"reply", TYPE)))
    clock = JumpClock()
    stamper = make_stamper(host.endpoint, clock, per_host_s=3)
    before_s = clock.monotonic_s()
    for _ in range(3):
        stamper.ask("http://tsa.test/", b"request")
    assert clock.monotonic_s() - before_s == 6
