"""Tests of cloneward.url."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cloneward.errors import InputError
from cloneward.url import ascii_host, canonical, host_of, join_hosts, place_of, port_of, registered_domain

ANY = st.text(st.characters(), max_size=30)  # lone surrogates too
HOSTS = st.one_of(
    ANY,
    st.from_regex(r"[a-zA-Z0-9ßüİ。．｡.\-%:\[\]@_☃]{1,14}", fullmatch=True),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.ip_addresses(v=6).map(lambda address: f"[{address.exploded}]"),
    st.ip_addresses(v=4).map(str),
)
ADDRESSES = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https", "HTTPS", "ftp", "ht tp"]),
    HOSTS,
    st.sampled_from(["", ":", ":80", ":443", ":08080", ":0", ":65536", ":x", ":-1", ":١"]),
    st.one_of(ANY, st.from_regex(r"(/(\.{1,3}|%2[eE]|%|%4|a|%C3%bc|;)?){0,5}(\?[a=&%?/]{0,4})?(#.?)?", fullmatch=True)),
)


@given(st.one_of(ANY, ADDRESSES))
@example("http://./")
@example("http://例。/")
@example("http://[::1%25eth0]/")
@example("http://[v1.example]/")
@example("http://\ud800.org/\udfff")
def test_canonical_is_idempotent(address):
    """The form of a form is itself, and text that is no address gives our error and no other."""
    try:
        form = canonical(address)
    except InputError:
        return
    assert canonical(form) == form
    form.encode()
    assert form.startswith(("http://", "https://"))
    assert "#" not in form


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("  https://example.org:443/a/b#part ", "https://example.org/a/b"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:443/", "http://example.org:443/"),
        ("https://example.org./", "https://example.org/"),
        ("https://user:word@example.org/", "https://example.org/"),
        ("https://example.org/a/./b/../c/..", "https://example.org/a/"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org/%2e%2e/%7euser/%c3%bc", "https://example.org/~user/%C3%BC"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/a b?q=ü&&p=%2f", "https://example.org/a%20b?q=%C3%BC&&p=%2F"),
        ("https://example.org//a//b", "https://example.org//a//b"),
        ("https://Bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://ＥＸＡＭＰＬＥ．ｏｒｇ/", "https://example.org/"),
        ("http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080/"),
        ("http://[2001:DB8::1]", "http://[2001:db8::1]/"),
    ],
)
def test_canonical_examples(address, form):
    """Addresses that a browser would fetch as one give the form that RFC 3986 and UTS 46 ask for."""
    assert canonical(address) == form


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "http:///a",
        "http://a b/",
        "http://[::1/",
        "http://a:b/",
        "javascript:alert(1)",
        "http://...",
        "http://a%20b/",
        "mailto:a@b.org",
        "http://[1.2.3.4]/",
        "http://a<b>/",
    ],
)
def test_canonical_refuses(address):
    """What is no whole web address is refused, with the value in the message."""
    with pytest.raises(InputError) as refused:
        canonical(address)
    assert repr(address) in str(refused.value)
    assert refused.value.hint


@given(HOSTS)
@example("-.ü.ｘ｡ü")
@example(":.0.¹")
@example("x㏂.b")
def test_hosts_never_raise(host):
    """Host names of any shape give a host and a domain, and both are fixed points."""
    name = ascii_host(host)
    assert ascii_host(name) == name
    domain = registered_domain(host)
    assert registered_domain(domain) == domain
    assert name.endswith(domain)
    host_of(host)


@given(st.one_of(ANY, ADDRESSES))
def test_host_of_agrees(address):
    """The host of any text is given without an error, and that of an address is that of its canonical form."""
    host = host_of(address)
    try:
        form = canonical(address)
    except InputError:
        return
    assert host_of(form) == (host or host_of(address.strip()))


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://Sub.Example.org:8080/a", "sub.example.org"),
        ("Example.org", "example.org"),
        ("example.org/page", "example.org"),
        ("[::1]:80", "::1"),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_host_of_examples(text, host):
    """The host of an address or of a bare name is given alike, and none where there is none."""
    assert host_of(text) == host


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("a.b.example.test", "example.test"),
        ("alice.github.io", "alice.github.io"),
        ("www.Bücher.example", "xn--bcher-kva.example"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_registered_domain_examples(host, domain):
    """The registered domain is the public suffix plus one label, private suffixes included."""
    assert registered_domain(host) == domain


@given(st.ip_addresses())
def test_addresses_have_no_domain(address):
    """Two IP addresses are never of one domain: each is its own."""
    assert registered_domain(str(address)) == ascii_host(str(address))


@pytest.mark.parametrize(
    ("hosts", "joined"),
    [
        (["www.a.test"], "www.a.test"),
        (["WWW.A.test.", "www.a.test"], "www.a.test"),
        (["www.a.co.uk", "img.a.co.uk"], "a.co.uk"),
        (["a.co.uk", "b.co.uk"], ""),
        (["10.0.0.1", "10.0.0.2"], ""),
        (["", "a.test"], "a.test"),
        ([], ""),
    ],
)
def test_join_hosts(hosts, joined):
    """Hosts of one site are called by what they share, and hosts of several by nothing."""
    assert join_hosts(hosts) == joined


@pytest.mark.parametrize(
    ("address", "port"), [("https://a.test/", 443), ("http://a.test/:1", 80), ("https://a.test:8443/", 8443)]
)
def test_port(address, port):
    """The port is the one that is named, else that of the scheme."""
    assert port_of(address) == port


def test_place_of():
    """Parameters that are not for tracking stay, in their order."""
    assert place_of("https://www.a.test/x/?b=2&utm_id=1&a=") == place_of("http://a.test/x?b=2&a=")
    assert place_of("https://a.test/x?b=2") != place_of("https://a.test/x?b=3")
