"""The registries of the judge answer as RFC 9083 says, in each flavour, and go wrong as they are told."""

import ipaddress
import json

import pytest

from tests.adversary.registry import (
    CARDS,
    PLACES,
    RIRS,
    Domain,
    Network,
    Records,
    Registry,
    list_mailboxes,
    write_card,
    write_network,
)
from tests.adversary.server import Reply
from tests.adversary.visitor import ask

WIDE = Network("77.1.0.0/16", "ripe", "Wide Hosting", "abuse@wide.test")
NARROW = Network("77.1.2.0/24", "ripe", "Narrow Hosting", "abuse@narrow.test", parent="77.1.0.0/16", place="stub")


def test_narrowest_range(serve):
    """An address gives the narrowest range of its registry, and nothing at another registry."""
    server = serve()
    Registry(server, Records([WIDE, NARROW]))
    told = json.loads(ask(server.port, "rdap-ripe.test", "/rdap/ip/77.1.2.9").body)
    assert (told["startAddress"], told["endAddress"]) == ("77.1.2.0", "77.1.2.255")
    assert ask(server.port, "rdap-arin.test", "/rdap/ip/77.1.2.9").status == 404
    upper = next(link["href"] for link in told["links"] if link["rel"] == "up")
    above = json.loads(ask(server.port, "rdap-ripe.test", f"/{upper.split('/', 3)[3]}").body)
    assert above["startAddress"] == "77.1.0.0"


def test_stub(serve):
    """A contact that is only named has its mailbox in a record of its own."""
    server = serve()
    registry = Registry(server, Records([NARROW]))
    told = write_network(NARROW, registry.base("ripe"))
    assert NARROW.abuse not in list_mailboxes(told["entities"])
    stub = next(it for it in told["entities"] if "abuse" in it["roles"])
    found = ask(server.port, "rdap-ripe.test", f"/rdap/entity/{stub['handle']}")
    assert NARROW.abuse in list_mailboxes(json.loads(found.body))


@pytest.mark.parametrize("rir", RIRS)
@pytest.mark.parametrize("place", PLACES)
def test_flavours(rir, place):
    """In each flavour and place the mailbox stands somewhere, and the one of the registry is no one's abuse role."""
    network = Network("23.1.0.0/24", rir, "Some Hosting", "abuse@some.test", place=place)
    told = write_network(network, "http://r.test/rdap/")
    assert (place == "stub") != (network.abuse in list_mailboxes(told["entities"]))
    assert network.holder in json.dumps(told["entities"])


@pytest.mark.parametrize("card", CARDS)
def test_cards(card):
    """Each jCard begins with its version and name, and its best mailbox is the one asked for."""
    lines = write_card(card, "abuse@some.test")
    assert [line[0] for line in lines[:2]] == ["version", "fn"]
    assert all(len(line) >= 4 for line in lines)
    mails = [line for line in lines if line[0].lower() == "email"]
    best = min(mails, key=lambda line: int(line[1].get("pref", 100)))
    assert best[3].lower().removeprefix("mailto:") == "abuse@some.test"


def test_bootstrap(serve):
    """The bootstrap leads each address to one registry (RFC 9224), and names to theirs."""
    server = serve()
    Registry(server, Records())
    for file, address in (("ipv4.json", "177.9.9.9"), ("ipv6.json", "2a00::1")):
        services = json.loads(ask(server.port, "iana.test", f"/rdap/{file}").body)["services"]
        holding = [
            urls
            for blocks, urls in services
            if any(ipaddress.ip_address(address) in ipaddress.ip_network(block) for block in blocks)
        ]
        assert len(holding) == 1
    assert "rdap-names" in ask(server.port, "iana.test", "/rdap/dns.json").text


def test_spoilt(serve):
    """A spoilt path gives its answers one after the other, and the last one for ever."""
    server = serve()
    path = "rdap-ripe.test/rdap/ip/77.1.2.9"
    slow = Reply(b"", status=429, headers=(("Retry-After", "1"),))
    Registry(server, Records([WIDE], [], {path: (slow, Reply(b"{}"))}))
    seen = [ask(server.port, "rdap-ripe.test", "/rdap/ip/77.1.2.9").status for _ in range(3)]
    assert seen == [429, 200, 200]


def test_domain(serve):
    """A name has its registrar with an abuse contact within, and an unknown one is not found."""
    server = serve()
    Registry(server, Records(domains=[Domain("copy.test", "Registrar One", "abuse@one.test", "Reseller Two")]))
    told = ask(server.port, "rdap-names.test", "/rdap/domain/copy.test").text
    assert all(part in told for part in ("Registrar One", "abuse@one.test", "Reseller Two", '"registrar"'))
    assert ask(server.port, "rdap-names.test", "/rdap/domain/none.test").status == 404
