"""Tests of cloneward.fetch.dns."""

import ipaddress
import time

import pytest

from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Guard
from cloneward.settings import Fetch


def resolver(server):
    """Asks that server about names below `test`."""
    return Resolver(Guard(Fetch(allow=(server.endpoint,), resolve={"*.test:53": server.endpoint})))


def test_finds_texts(names):
    """The text records of a name are given whole and in a fixed order, however a long one was cut."""
    server = names({("_proof.a.test", "TXT"): [['"z" "y"', '"token=1"', '"caf\\195\\169"']]})
    assert resolver(server).find_texts("_proof.a.test", 5) == ("café", "token=1", "zy")


def test_no_texts_is_an_answer(names):
    """A name without text records, or without any, has none; that is no error."""
    server = names({("a.test", "A"): [["192.0.2.1"]]})
    assert resolver(server).find_texts("a.test", 5) == ()
    assert resolver(server).find_texts("none.test", 5) == ()


def test_spells_names_in_ascii(names):
    """A name in another script is asked for in its ASCII form, and no search domain is added to it."""
    server = names({("_proof.xn--bcher-kva.test", "TXT"): [['"it"']]})
    assert resolver(server).find_texts("_proof.Bücher.test.", 5) == ("it",)
    resolver(server).find_texts("no.test", 5)
    assert server.asked == [("_proof.xn--bcher-kva.test", "TXT"), ("no.test", "TXT")]


def test_finds_addresses(names):
    """A name has its IPv4 addresses, and only where it has none its IPv6 addresses, through aliases too."""
    server = names(
        {
            ("a.test", "A"): [["192.0.2.1", "192.0.2.2"]],
            ("a.test", "AAAA"): [["2001:db8::1"]],
            ("b.test", "AAAA"): [["2001:db8::2"]],
            ("www.test", "CNAME"): ["a.test"],
        }
    )
    both = (ipaddress.ip_address("192.0.2.1"), ipaddress.ip_address("192.0.2.2"))
    assert resolver(server).find_addresses("a.test", 5) == both
    assert resolver(server).find_addresses("www.test", 5) == both
    assert resolver(server).find_addresses("b.test", 5) == (ipaddress.ip_address("2001:db8::2"),)
    assert server.asked == [("a.test", "A"), ("www.test", "A"), ("b.test", "A"), ("b.test", "AAAA")]


def test_finds_names(names):
    """Mail servers are named by preference, aliases and name servers by name, and what there is not is no error."""
    server = names(
        {
            ("a.test", "MX"): [["20 b.mail.test.", "5 C.mail.test."]],
            ("www.a.test", "CNAME"): ["a.host.test"],
            ("a.host.test", "A"): [["192.0.2.1"]],
            ("a.test", "NS"): [["ns2.a.test.", "ns1.a.test."]],
        }
    )
    assert resolver(server).find_names("a.test", "MX", 5) == ("c.mail.test", "b.mail.test")
    assert resolver(server).find_names("www.A.test.", "CNAME", 5) == ("a.host.test",)
    assert resolver(server).find_names("a.test", "NS", 5) == ("ns1.a.test", "ns2.a.test")
    assert resolver(server).find_names("a.test", "CNAME", 5) == ()


def test_no_address(names):
    """A name that does not exist or has no address is told as such."""
    server = names({("a.test", "TXT"): [['"x"']]})
    for host in ("a.test", "none.test"):
        with pytest.raises(Unavailable, match=f"{host} has no address") as failed:
            resolver(server).find_addresses(host, 5)
        assert failed.value.cause == "dns"
        assert resolver(server).list_addresses(host, 5) == ()


def test_silence_ends(names):
    """A name server that says nothing is waited for no longer than told."""
    server = names({("a.test", "TXT"): [None], ("a.test", "A"): [None]})
    for ask in (resolver(server).find_texts, resolver(server).find_addresses):
        began_s = time.monotonic()
        with pytest.raises(Unavailable, match=r"a\.test"):
            ask("a.test", 0.4)
        assert time.monotonic() - began_s < 3


def test_failing_server(names):
    """A name server that fails is no answer: try later."""
    server = names({("a.test", "TXT"): ["fail"]})
    with pytest.raises(Unavailable, match="TXT records"):
        resolver(server).find_texts("a.test", 2)


def test_server_must_be_allowed(names):
    """A name server that `resolve` places is asked only if `allow` names it."""
    server = names({("a.test", "TXT"): [['"x"']]})
    with pytest.raises(RefusedError, match="loopback"):
        Resolver(Guard(Fetch(resolve={"*.test": server.endpoint}))).find_texts("a.test", 2)
    assert server.asked == []


@pytest.mark.parametrize("name", ["", "a..test", "a" * 64 + ".test", "a b.test"])
def test_refuses_what_is_no_name(names, name):
    """What is no name is the caller's mistake."""
    server = names({})
    with pytest.raises(InputError, match="no host"):
        resolver(server).find_texts(name, 2)
