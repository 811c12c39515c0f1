"""The fixtures of routing are many, hold together, and their judge catches each kind of wrong answer."""

import ipaddress
from collections import Counter

import pytest

from tests.adversary.parties import CDNS, OURS, gather, judge_route, list_fixtures, serve_pages, tell_truth
from tests.adversary.registry import RIRS, Registry, list_mailboxes, write_network
from tests.adversary.visitor import ask

FIXTURES = list_fixtures()
FOUND = [it for it in FIXTURES if it.truth.state == "found"]
LEAST = 240


def take(family):
    """The first fixture of a family."""
    return next(it for it in FIXTURES if it.family == family)


def test_enough():
    """There are more than the figure asks for, of each registry and family, under names of their own."""
    assert len(FIXTURES) >= LEAST
    assert len({it.name for it in FIXTURES}) == len({it.chain[-1] for it in FIXTURES}) == len(FIXTURES)
    assert Counter(network.rir for it in FIXTURES for network in it.networks).keys() == set(RIRS)
    assert {it.truth.state for it in FIXTURES} == {"found", "unknown", "later"}


@pytest.mark.parametrize("fixture", FOUND, ids=lambda it: it.name)
def test_truth_is_public(fixture):
    """What is right can be found: the contact stands in a record or file, and nowhere as a trap."""
    told = [write_network(it, "http://r.test/") for it in fixture.networks]
    public = {*list_mailboxes(told), *(it.abuse.lower() for it in fixture.networks if it.place == "stub")}
    public |= {
        word.lower().removeprefix("mailto:") for it in fixture.files.values() for word in it.body.decode().split()
    }
    assert fixture.truth.contact in public
    assert fixture.truth.contact not in fixture.forbidden
    assert not fixture.truth.contact.endswith((OURS, *(f"rdap-{rir}.test" for rir in RIRS)))


def test_world_is_one():
    """Ranges of two fixtures never meet, so that one world serves all of them."""
    shared = {*(it.cidr for it in CDNS), "77.250.0.0/16", "103.250.0.0/16"}
    seen = {}
    for fixture in FIXTURES:
        for network in {it.cidr for it in fixture.networks} - shared:
            if not network.endswith(("/28", "/32")):
                assert seen.setdefault(ipaddress.ip_network(network), fixture.name) == fixture.name


def test_right_answers_pass():
    """The truth itself has no fault."""
    assert not [(it.name, faults) for it in FIXTURES if (faults := judge_route(it, tell_truth(it)))]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"state": "found", "host": CDNS[0].holder, "contact": CDNS[0].abuse, "via": "network", "middle": []},
        {"state": "unknown", "host": None, "contact": None, "middle": []},
        {"state": "found", "host": "Somebody Else", "contact": "abuse@somebody-else.test", "via": "network"},
    ],
)
def test_lazy_answers_fail(said):
    """One answer for all is wrong nearly everywhere: less than three of ten pass."""
    assert sum(not judge_route(it, said) for it in FIXTURES) < 0.3 * len(FIXTURES)


@pytest.mark.parametrize(
    ("family", "change"),
    [
        ("plain", {"contact": "sales@hosting-000.test"}),
        ("plain", {"host": "Other"}),
        ("registrar", {"middle": []}),
        ("registrar", {"contact": "abuse@registrar-205.test"}),
        ("delegated", {"via": "upstream"}),
        ("hidden-alone", {"host": CDNS[0].holder, "state": "found"}),
        ("hidden-alone", {"middle": []}),
        ("lie-elsewhere", {"contact": "abuse@somebody-else.test", "state": "found"}),
        ("lie-mailbox", {"contact": f"abuse@{OURS}"}),
        ("down", {"state": "unknown"}),
        ("file-expired", {"contact": "security@hosting-000.test"}),
        ("redirect", {"middle": [{"role": "redirector", "name": "other"}]}),
    ],
)
def test_wrong_answers_fail(family, change):
    """One wrong part of an answer is seen."""
    fixture = take(family)
    assert not judge_route(fixture, tell_truth(fixture))
    assert judge_route(fixture, tell_truth(fixture) | change)


def test_served(serve):
    """One server serves the chains, the files and the registries of all fixtures."""
    server = serve()
    records, _ = gather(FIXTURES)
    registry = Registry(server, records)
    serve_pages(server, FIXTURES, b"the page")
    chain = take("redirect").chain
    first = ask(server.port, chain[0].split("/")[2], "/x")
    assert first.status == 302
    assert ask(server.port, chain[-1].split("/")[2], "/p").body == b"the page"
    fixture = take("file-one")
    assert b"Contact" in ask(server.port, next(iter(fixture.files)), "/.well-known/security.txt").body
    moved = take("transferred")
    path = next(iter(moved.spoilt))
    away = ask(server.port, path.partition("/")[0], f"/{path.partition('/')[2]}").headers["location"]
    assert f":{server.port}/" in away
    assert (
        moved.truth.contact in ask(server.port, away.split("/")[2].partition(":")[0], f"/{away.split('/', 3)[3]}").text
    )
    assert registry.asked


def test_names_of_cdns():
    """A CDN may be called by the first words of its name, and by no part of a word."""
    fixture = take("cdn-origin-name")
    right = tell_truth(fixture)
    name = right["middle"][0]["name"]
    for told, is_right in ((name.partition(",")[0], True), (name[:3], False), ("", False), ("Other", False)):
        assert (not judge_route(fixture, right | {"middle": [{"role": "cdn", "name": told}]})) == is_right
