"""Tests of cloneward.fetch.rdap."""

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import Unavailable
from cloneward.fetch.http import Hop, Response
from cloneward.fetch.rdap import Registries, is_place, read_object, read_patience, read_services, read_span
from tests.fetch.hosts import JumpClock, answer, path_of

ADDRESS = ipaddress.ip_address("77.201.1.1")


def network(first, last, **more):
    """What a registry says of a range."""
    return {"objectClassName": "ip network", "startAddress": first, "endAddress": last, **more}


@pytest.fixture
def registry(start, open_fetcher):
    """A registry that answers so by path, and who asks it, with the paths that it was asked for."""

    def make(pages, lists=None):
        asked = []

        def behave(link, head):
            asked.append(path_of(head))
            page = pages.get(path_of(head), answer(b"", status="404 Not Found"))
            link.sendall(page if isinstance(page, bytes) else answer(json.dumps(page).encode()))

        host = start(behave)
        base = f"http://{host.endpoint}/"
        told = lists or {
            "dns.json": [[["test"], [base]]],
            "ipv4.json": [[["77.0.0.0/8"], [base]]],
            "ipv6.json": [[["2a00::/12"], [base]]],
        }
        clock = JumpClock()
        fetcher = open_fetcher(host, clock=clock)
        return Registries(fetcher, clock, lambda name: json.dumps({"services": told[name]}).encode()), asked

    return make


def test_asks_about_an_address_once(registry):
    """The registry of the address is asked for its network, and what it said is given again without asking."""
    said = network("77.201.1.0", "77.201.1.255", name="CUSTOMER")
    registries, asked = registry({"/ip/77.201.1.1": said})
    for _ in range(2):
        found, source = registries.find_network(ADDRESS)
        assert found == said
        assert source.endswith("/ip/77.201.1.1")
    assert asked == ["/ip/77.201.1.1"]


def test_asks_about_a_domain_in_ascii(registry):
    """A domain is asked for in ASCII, and the registry may spell it in capitals."""
    registries, asked = registry({"/domain/xn--bcher-kva.test": {"ldhName": "XN--BCHER-KVA.TEST"}})
    assert registries.find_domain("Bücher.test")[0] == {"ldhName": "XN--BCHER-KVA.TEST"}
    assert asked == ["/domain/xn--bcher-kva.test"]


def test_the_network_around(registry):
    """The network that a network lies in is asked for by the next larger range."""
    inner = network("77.201.1.0", "77.201.1.255")
    outer = network("77.201.0.0", "77.201.255.255")
    registries, asked = registry({"/ip/77.201.0.0/23": outer, "/ip/77.200.0.0/15": outer})
    assert registries.find_upper(inner)[0] == outer
    assert registries.find_upper(outer)[0] is None
    assert asked == ["/ip/77.201.0.0/23", "/ip/77.200.0.0/15"]


@pytest.mark.parametrize(
    "held",
    [network("77.0.0.0", "77.255.255.255"), network("77.0.0.0", "77.127.255.255"), network("b", "a"), {}],
)
def test_registries_are_no_upper_network(registry, held):
    """Nobody is asked about what lies around a range as large as registries hold, or that is no range."""
    registries, asked = registry({})
    assert registries.find_upper(held) == (None, "")
    assert asked == []


@pytest.mark.parametrize(
    "page",
    [
        network("78.0.0.0", "78.0.0.255"),
        network("77.201.1.1", ""),
        network("2a00::", "2a00::ffff"),
        {"errorCode": 404},
        [network("77.201.1.0", "77.201.1.255")],
        answer(b"\xff\xfe{"),
        answer(b"[" * 100_000),
        answer(b"<html>none</html>"),
        answer(b"", status="404 Not Found"),
        answer(b"{}", status="400 Bad Request"),
        answer(b'{"startAddress": "77.2', length=4_000),
        answer(b"", "Location: http://10.0.0.1/\r\n", "302 Found"),
    ],
)
def test_what_is_no_answer(registry, page):
    """An answer about something else, of another kind, or none tells nothing, and raises nothing."""
    registries, _ = registry({"/ip/77.201.1.1": page})
    assert registries.find_network(ADDRESS)[0] is None


@pytest.mark.parametrize(
    ("page", "wait_s"),
    [
        (answer(b"", "Retry-After: 120\r\n", "429 Too Many Requests"), 120.0),
        (answer(b"", status="503 Service Unavailable"), None),
        (b"", None),
    ],
)
def test_asked_again_later(registry, page, wait_s):
    """A registry that throttles, fails or is silent is to be asked later, and is not asked again now."""
    registries, asked = registry({"/ip/77.201.1.1": page})
    for _ in range(2):
        with pytest.raises(Unavailable) as failed:
            registries.find_network(ADDRESS)
        assert failed.value.retry_after_s == wait_s
    assert asked == ["/ip/77.201.1.1"]


def test_a_little_patience(start, open_fetcher):
    """A registry that asks for a few seconds is asked once more after them."""
    said = [
        answer(b"", "Retry-After: 7\r\n", "429 Too Many Requests"),
        answer(json.dumps(network("77.201.1.0", "77.201.1.255")).encode()),
    ]
    host, clock = start(lambda link, _: link.sendall(said.pop(0))), JumpClock()
    lists = json.dumps({"services": [[["77.0.0.0/8"], [f"http://{host.endpoint}/"]]]}).encode()
    registries = Registries(open_fetcher(host, clock=clock), clock, lambda _: lists)
    began_s = clock.monotonic_s()
    assert registries.find_network(ADDRESS)[0] is not None
    assert clock.monotonic_s() - began_s == 7


def test_entities_named_by_handle(registry):
    """Entities of which only the handle is told are asked for, those for abuse first, and keep their roles."""
    entities = [{"handle": f"A{at}", "roles": ["technical"]} for at in range(5)]
    entities += [{"handle": "IRT/1", "roles": ["Abuse"]}, {"handle": "B", "vcardArray": ["vcard", []]}, "broken"]
    card = ["vcard", [["email", {}, "text", "abuse@host.test"]]]
    pages = {
        "/ip/77.201.1.1": network("77.201.1.0", "77.201.1.255", entities=entities),
        "/entity/IRT%2F1": {"handle": "irt/1", "vcardArray": card, "roles": ["registrant"]},
        "/entity/A0": {"handle": "other", "vcardArray": card},
    }
    registries, asked = registry(pages)
    told = registries.find_network(ADDRESS)[0]["entities"]
    assert told[5] == {"handle": "IRT/1", "vcardArray": card, "roles": ["Abuse"]}
    assert [*told[:5], *told[6:]] == [*entities[:5], *entities[6:]]
    assert asked[1:] == ["/entity/IRT%2F1", "/entity/A0", "/entity/A1", "/entity/A2"]


def test_redirects_are_followed(registry):
    """A registry may send us to the one that knows better."""
    said = network("77.201.1.0", "77.201.1.255")
    pages = {"/ip/77.201.1.1": answer(b"", "Location: /other\r\n", "302 Found"), "/other": said}
    assert registry(pages)[0].find_network(ADDRESS)[0] == said


def test_the_nearest_registry(registry):
    """The longest prefix and the longest ending of a name tell who is asked; where none does, nobody is."""
    away = ["http://nowhere.invalid/"]
    registries, _ = registry({})
    base = registries.find_network(ADDRESS)[1].removesuffix("ip/77.201.1.1")
    lists = {
        "ipv4.json": [[["77.0.0.0/8", "broken"], away], [["77.201.0.0/16"], ["ftp://x/", base]]],
        "dns.json": [[["test"], away], [["co.test"], [base]]],
        "ipv6.json": [],
    }
    nearer = Registries(
        registries.fetcher, registries.clock, lambda name: json.dumps({"services": lists[name]}).encode()
    )
    assert nearer.find_network(ADDRESS)[1] == f"{base}ip/77.201.1.1"
    assert nearer.find_domain("copy.co.test")[1] == f"{base}domain/copy.co.test"
    assert nearer.find_network(ipaddress.ip_address("2a00::1")) == (None, "")
    assert nearer.find_domain("copy.example") == (None, "")


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "Tue, 24 Nov 2026 12:01:00 GMT", "date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 60.0),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT", "date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 0.0),
        ({"retry-after": "9" * 5_000}, 86_400.0),
        ({"retry-after": "Tue, 24 Nov 2026 12:01:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_patience(headers, wait_s):
    """How long to wait is read as seconds, or as a date beside that of the answer, and is never longer than a day."""
    response = Response(
        url="http://a.test/",
        final_url="http://a.test/",
        status=429,
        headers=tuple(headers.items()),
        body=b"",
        chain=(Hop(url="http://a.test/", status=429, address="127.0.0.1:80"),),
    )
    assert read_patience(response) == wait_s


def test_where_lists_are():
    """Addresses of the web are told from folders."""
    assert is_place("https://data.iana.org/rdap/")
    assert not is_place("/srv/rdap")
    assert not is_place("rdap")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["services", "startAddress"]), inner),
    max_leaves=20,
)


@given(ANY)
def test_hostile_lists_never_raise(told):
    """Whatever a list or an answer holds, entries are given or none."""
    for entries, urls in read_services(json.dumps({"services": told}).encode()):
        assert all(isinstance(one, str) for one in (*entries, *urls))
    read_span({"startAddress": told, "endAddress": told})


@given(st.binary(max_size=200))
def test_hostile_bytes_never_raise(body):
    """Any bytes give an object or none."""
    assert read_object(body) is None or isinstance(read_object(body), dict)
