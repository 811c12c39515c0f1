"""The name server says what it is told to, by a resolver that is not ours."""

import dns.message
import dns.query
import dns.rcode
import pytest

from tests.adversary.names import Names


def look_up(names, name, kind="A"):
    """Ask for a name once."""
    address, _, port = names.endpoint.partition(":")
    return dns.query.udp(dns.message.make_query(name, kind), address, timeout=0.3, port=int(port))


@pytest.fixture
def names():
    """A server that knows one name of each kind."""
    with Names(
        {"here.test": "127.0.0.7", "gone.test": "nxdomain", "broken.test": "servfail", "mute.test": "silent"}
    ) as it:
        yield it


def test_answers(names):
    """An address, no such name, a failure, and silence."""
    assert look_up(names, "www.here.test").answer[0][0].address == "127.0.0.7"
    assert look_up(names, "here.test", "AAAA").answer == []
    assert look_up(names, "gone.test").rcode() == dns.rcode.NXDOMAIN
    assert look_up(names, "other.test").rcode() == dns.rcode.NXDOMAIN
    assert look_up(names, "broken.test").rcode() == dns.rcode.SERVFAIL
    with pytest.raises(dns.exception.Timeout):
        look_up(names, "mute.test")
    assert names.asked[0] == "www.here.test"


def test_changes(names):
    """What is said of a name can change."""
    names.records["gone.test"] = "127.0.0.8"
    assert look_up(names, "gone.test").answer[0][0].address == "127.0.0.8"
