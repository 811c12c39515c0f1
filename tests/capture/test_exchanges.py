"""Tests of cloneward.capture.exchanges."""

from datetime import UTC, datetime, timedelta

from cloneward.capture.exchanges import join_tunnels, list_addresses, list_certificates, tell_refused
from cloneward.fetch.proxy import Tunnel
from cloneward.fetch.record import Trace

AT = datetime(2026, 11, 24, tzinfo=UTC)


def trace(at, target):
    """A request and its answer."""
    return Trace(
        at=AT + timedelta(seconds=at),
        method="GET",
        target=target,
        request_version="HTTP/1.1",
        request_headers=(),
        status=200,
        body=b"x",
        is_whole=True,
    )


TUNNELS = (
    Tunnel(host="b.test", port=80, endpoint="192.0.2.2:80", addresses=("192.0.2.2",), traces=(trace(3, "/late"),)),
    Tunnel(host="a.test", port=443, certificates=(b"own", b"root"), traces=(trace(1, "/1"), trace(5, "/5"))),
    Tunnel(host="2001:db8::1", port=8443, certificates=(b"x",), traces=(trace(2, "/?q"),)),
    Tunnel(host="c.test", port=8080, traces=(trace(4, "/"),)),
)


def test_exchanges_have_whole_addresses_in_order():
    """Scheme, host and port are those of the connection, and the order is that of the requests."""
    assert [exchange.url for exchange in join_tunnels(TUNNELS)] == [
        "https://a.test/1",
        "https://[2001:db8::1]:8443/?q",
        "http://b.test/late",
        "http://c.test:8080/",
        "https://a.test/5",
    ]
    late = join_tunnels(TUNNELS)[2]
    assert (late.address, late.bodies, late.requested_at) == ("192.0.2.2:80", "wire", "2026-11-24T00:00:03.000Z")


def test_hosts_are_told_with_what_they_showed():
    """Addresses and certificates are told by host."""
    assert list_addresses(TUNNELS)["b.test"] == ("192.0.2.2",)
    assert list_certificates(TUNNELS)["a.test"] == (b"own", b"root")


def test_what_was_not_reached_is_told_once():
    """Each host that was refused is a problem, once; what the browser asks for itself is none; many are counted."""
    refused = [Tunnel(host="x.test", port=80, refused="it is loopback")] * 3
    own = Tunnel(host="update.googleapis.com", port=443, refused="no address")
    (problem,) = tell_refused([*refused, own])
    assert (problem.code, problem.text) == ("host_unreached", "x.test:80: it is loopback")
    many = tell_refused(Tunnel(host=f"{at}.test", port=80, refused="no") for at in range(50))
    assert len(many) == 21
    assert "30 more" in many[-1].text
