"""Tests of cloneward.fetch.guard."""

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cloneward.errors import InputError, RefusedError
from cloneward.fetch.guard import _NETWORKS_V4, _NETWORKS_V6, Endpoint, Guard, why_refused
from cloneward.settings import Fetch

SPECIAL = [network for network, _ in [*_NETWORKS_V4, *_NETWORKS_V6]]
EDGES = [
    int(edge) + step
    for network in SPECIAL
    for edge in (network.network_address, network.broadcast_address)
    for step in (-1, 0, 1)
]
V4 = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([edge for edge in EDGES if 0 <= edge < 2**32])).map(
    ipaddress.IPv4Address
)
V6 = st.one_of(
    st.integers(0, 2**128 - 1),
    st.integers(0x2000 << 112, (0x4000 << 112) - 1),
    st.sampled_from([edge for edge in EDGES if 2**32 <= edge < 2**128]),
).map(ipaddress.IPv6Address)
# What IANA reserves and not every version of `ipaddress` knows, and what is Azure's alone.
MORE_V4 = [ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")]
MORE_V6 = [ipaddress.ip_network(text) for text in ("2001::/23", "3fff::/20", "2002::/16")]


def is_public(address):
    """Whether `ipaddress` sees nothing special in it."""
    kinds = ("is_private", "is_loopback", "is_link_local", "is_multicast", "is_reserved", "is_unspecified")
    return address.is_global and not any(getattr(address, kind) for kind in kinds)


def within(address, networks):
    """Whether it lies in one of the networks."""
    return any(address in network for network in networks)


@given(V4)
def test_agrees_on_ipv4(address):
    """An IPv4 address is let through exactly if `ipaddress` calls it public and it is none of three more networks."""
    assert (why_refused(address) == "") == (is_public(address) and not within(address, MORE_V4))


@given(V6)
@example(ipaddress.IPv6Address("4000::"))
@example(ipaddress.IPv6Address("fec0::1"))
def test_agrees_on_ipv6(address):
    """An IPv6 address outside the forms that hold IPv4 is let through exactly if it is public and given out."""
    if not within(address, [ipaddress.ip_network(text) for text in ("64:ff9b::/96", "2002::/16", "::ffff:0:0/96")]):
        is_given_out = address in ipaddress.ip_network("2000::/3") and not within(address, MORE_V6)
        assert (why_refused(address) == "") == (is_public(address) and is_given_out)


@given(V4)
def test_looks_into_ipv6(address):
    """Mapped, 6to4 and NAT64 forms count as the IPv4 address that they hold; Teredo and ::/96 are refused at all."""
    number = int(address)
    forms = [(0xFFFF << 32) | number, (0x2002 << 112) | (number << 80) | 1, (0x0064_FF9B << 96) | number]
    for form in forms:
        assert (why_refused(ipaddress.IPv6Address(form)) == "") == (why_refused(address) == "")
    teredo = (0x2001_0000 << 96) | (number ^ 0xFFFF_FFFF)
    assert why_refused(ipaddress.IPv6Address(teredo))
    assert why_refused(ipaddress.IPv6Address(number))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("127.0.0.1", "loopback"),
        ("10.1.2.3", "private"),
        ("100.100.100.200", "shared"),  # Alibaba's metadata
        ("169.254.169.254", "metadata"),  # AWS, GCP, Azure, DigitalOcean
        ("168.63.129.16", "metadata"),
        ("192.0.0.192", "reserved"),  # Oracle's, formerly
        ("0.0.0.0", "unspecified"),
        ("255.255.255.255", "reserved"),
        ("224.0.0.251", "multicast"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fd00:ec2::254", "private"),  # AWS over IPv6
        ("fe80::1", "link-local"),
        ("ff02::1", "multicast"),
        ("::ffff:169.254.169.254", "metadata"),
        ("64:ff9b::7f00:1", "loopback (127.0.0.1)"),
        ("64:ff9b:1::1", "reserved"),
        ("2002:7f00:1::", "loopback (127.0.0.1)"),
        ("100::1", "reserved"),
    ],
)
def test_says_why(address, words):
    """What is refused is called by its kind."""
    assert words in why_refused(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_lets_public_through(address):
    """Addresses of ordinary sites pass on every port of the web, and on no other."""
    guard = Guard(Fetch())
    for port in (80, 443, 8080, 8443):
        guard.check(address, port, Endpoint(ipaddress.ip_address(address), port))
    for port in (0, 22, 25, 53, 3306, 6379, 9200):
        with pytest.raises(RefusedError, match="not one of the web's"):
            guard.check(address, port, Endpoint(ipaddress.ip_address(address), port))


def test_refusal_names_the_setting():
    """What is refused says which name led where, and which setting would allow it."""
    with pytest.raises(RefusedError, match=r"evil\.test is at 127\.0\.0\.1, which is loopback") as refused:
        Guard(Fetch()).check("evil.test", 80, Endpoint(ipaddress.ip_address("127.0.0.1"), 80))
    assert '[fetch] allow = ["127.0.0.1:80"]' in refused.value.hint


@pytest.mark.parametrize(
    ("allow", "host", "port", "endpoint"),
    [
        ("127.0.0.1:9000", "127.0.0.1", 9000, ("127.0.0.1", 9000)),
        ("127.0.0.1:9000", "a.test", 80, ("127.0.0.1", 9000)),
        ("[::1]:9000", "::1", 9000, ("::1", 9000)),
        ("Bücher.test:9000", "xn--bcher-kva.test", 9000, ("10.0.0.1", 9000)),
    ],
)
def test_allows_what_is_named(allow, host, port, endpoint):
    """A host and port that the settings name, as it is written or where it leads, is let through; its neighbour not."""
    guard = Guard(Fetch(allow=(allow,)))
    address, at = ipaddress.ip_address(endpoint[0]), endpoint[1]
    guard.check(host, port, Endpoint(address, at))
    with pytest.raises(RefusedError):
        guard.check(host, port + 1, Endpoint(address, at + 1))
    with pytest.raises(RefusedError):
        guard.check(f"x{host}" if host.isalpha() else "x.test", port, Endpoint(ipaddress.ip_address("10.9.9.9"), at))


def test_places_by_the_most_specific():
    """A whole name goes before a pattern, the longer pattern before the shorter, one with a port before one without."""
    guard = Guard(
        Fetch(
            resolve={
                "*": "192.0.2.1:1",
                "*.test": "192.0.2.2:2",
                "*.a.test": "192.0.2.3",
                "b.a.test": "192.0.2.4:4",
                "b.a.test:53": "192.0.2.5:5",
                "*.test:443": "[2001:db8::1]:6",
            }
        )
    )
    found = {
        (host, port): str(guard.place(host, port))
        for host, port in [
            ("x.org", 80),
            ("x.test", 80),
            ("x.a.test", 80),
            ("b.a.test", 80),
            ("b.a.test", 53),
            ("x.test", 443),
            ("test", 80),
        ]
    }
    assert found == {
        ("x.org", 80): "192.0.2.1:1",
        ("x.test", 80): "192.0.2.2:2",
        ("x.a.test", 80): "192.0.2.3:80",
        ("b.a.test", 80): "192.0.2.4:4",
        ("b.a.test", 53): "192.0.2.5:5",
        ("x.test", 443): "[2001:db8::1]:6",
        ("test", 80): "192.0.2.1:1",
    }


def test_places_nothing_else():
    """A name that no pattern holds is left to the name servers; an address is where it says, whatever the patterns."""
    guard = Guard(Fetch(resolve={"*.test": "127.0.0.1:8080", "*": "127.0.0.1:1"}))
    assert str(guard.place("192.0.2.7", 80)) == "192.0.2.7:80"
    assert str(guard.place("2001:db8::7", 80)) == "[2001:db8::7]:80"
    assert Guard(Fetch(resolve={"*.test": "127.0.0.1:8080"})).place("test", 80) is None
    assert Guard(Fetch(resolve={"*.test": "127.0.0.1:8080"})).place("xtest", 80) is None


def test_localhost_is_loopback():
    """The name of the machine itself is asked of nobody; it is refused or allowed like its address."""
    guard = Guard(Fetch(allow=("localhost:8080",)))
    for host in ("localhost", "a.localhost"):
        assert str(guard.place(host, 8080)) == "127.0.0.1:8080"
        with pytest.raises(RefusedError, match="loopback"):
            Guard(Fetch()).check(host, 8080, guard.place(host, 8080))
    guard.check("localhost", 8080, guard.place("localhost", 8080))
    assert str(Guard(Fetch(resolve={"*": "192.0.2.1"})).place("localhost", 80)) == "192.0.2.1:80"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "127.1",
        "017700000001",
        "0177.0.0.1",
        "1.2.3.4.5",
        "a.1",
        "0x",
        "256.1.1.1",
    ],
)
def test_refuses_numbers_in_disguise(host):
    """What a browser or a C library would take for an IPv4 address is refused, and never asked of a name server."""
    with pytest.raises(RefusedError, match="in disguise"):
        Guard(Fetch()).place(host, 80)


@pytest.mark.parametrize(
    "host", ["", ".", "a..b", "a" * 64, ".".join(["a" * 50] * 6), "a b", "ⓛ", "a\\b", "a\n", "a:b"]
)
def test_refuses_what_is_no_name(host):
    """What no host can be called is refused before anybody is asked."""
    with pytest.raises(InputError, match="no host can be called"):
        Guard(Fetch()).place(host, 80)


@pytest.mark.parametrize(
    "entry",
    ["", "127.0.0.1", "*.test:80", "a.test:x", "a.test:99999", "a@b:80", "http://a.test:80", "a.test:80/x", "::1:80"],
)
def test_names_a_bad_allow(entry):
    """An entry of `allow` that is no host and port is refused by name."""
    with pytest.raises(InputError, match=r"fetch\.allow") as refused:
        Guard(Fetch(allow=(entry,)))
    assert repr(entry) in str(refused.value)


@pytest.mark.parametrize(
    ("pattern", "target"),
    [
        ("", "127.0.0.1"),
        ("a.*.test", "127.0.0.1"),
        ("*test", "127.0.0.1"),
        ("**", "127.0.0.1"),
        ("a.test", "b.test"),
        ("a.test", "127.0.0.1:x"),
        ("a.test", ""),
        ("a.test/x", "127.0.0.1"),
    ],
)
def test_names_a_bad_place(pattern, target):
    """A line of `resolve` that is no pattern and address is refused by name."""
    with pytest.raises(InputError, match=r"fetch\.resolve"):
        Guard(Fetch(resolve={pattern: target}))


@given(st.text(max_size=20), st.text("*.:[]@/a1", max_size=12))
def test_any_entry_is_read_or_refused(left, right):
    """Whatever stands in the settings, the result is a guard or our error."""
    for rules in (Fetch(allow=(left, right)), Fetch(resolve={left: right}), Fetch(resolve={right: "127.0.0.1"})):
        try:
            Guard(rules)
        except InputError as error:
            assert "fetch." in str(error)  # noqa: PT017
