"""Name servers of the judge answer more types than addresses."""

import dns.message
import dns.query
import dns.rcode
import pytest

from tests.adversary.registry_zone import Zone

TABLE = {
    ("copy.test", "A"): ("23.1.2.3",),
    ("copy.test", "MX"): ("10 mail.copy.test.",),
    ("copy.test", "TXT"): ('"v=spf1 -all"',),
    ("www.copy.test", "CNAME"): ("copy.test.",),
    ("round.test", "CNAME"): ("round.test.",),
    ("bad.test", "FAIL"): ("servfail",),
}


def ask(zone, name, kind):
    """The answer to one question."""
    host, _, port = zone.endpoint.partition(":")
    return dns.query.udp(dns.message.make_query(name, kind), host, timeout=5, port=int(port))


@pytest.mark.parametrize(
    ("name", "kind", "part"),
    [
        ("copy.test", "A", "23.1.2.3"),
        ("copy.test", "MX", "mail.copy.test"),
        ("copy.test", "TXT", "spf1"),
        ("www.copy.test", "A", "23.1.2.3"),
        ("other.test", "A", "127.0.0.1"),
    ],
)
def test_types(name, kind, part):
    """Each type is answered, through an alias too, and other names as before."""
    with Zone(TABLE, {"other.test": "127.0.0.1"}) as zone:
        assert part in ask(zone, name, kind).to_text()


def test_failures():
    """No such name, no such type, a failing server and an alias of itself each end in an answer."""
    with Zone(TABLE) as zone:
        assert ask(zone, "none.test", "A").rcode() == dns.rcode.NXDOMAIN
        assert not ask(zone, "copy.test", "AAAA").answer
        assert ask(zone, "bad.test", "A").rcode() == dns.rcode.SERVFAIL
        assert ask(zone, "round.test", "A").answer
