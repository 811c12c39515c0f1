"""Who can act, by what registries say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.act.route import (
    Found,
    Listed,
    Middle,
    find_parties,
    find_platform,
    find_route,
    is_passing,
    list_reached,
    list_senders,
    shipped,
)

OWN = frozenset({"example.org"})


def card(mail, name="", **parameters):
    """A jCard."""
    rows = [["version", {}, "text", "4.0"]]
    rows += [["fn", {}, "text", name]] if name else []
    rows += [["email", parameters, "text", mail]] if mail else []
    return ["vcard", rows]


def network(mail="abuse@host.test", name="HOST-NET", **more):
    """A network with a contact for abuse within its registrant."""
    abuse = {"objectClassName": "entity", "roles": ["abuse"], "vcardArray": card(mail, "Abuse")}
    owner = {"roles": ["registrant"], "vcardArray": card("", "Host Ltd"), "entities": [abuse] if mail else []}
    return {"objectClassName": "ip network", "handle": "NET-1", "name": name, "entities": [owner], **more}


def found(**changes):
    """An address on a host."""
    whole = {
        "url": "https://copy.test/ann",
        "day": "2026-11-24",
        "hosts": ("copy.test",),
        "addresses": {"copy.test": ["203.0.113.7"]},
        "networks": {"203.0.113.7": [network()]},
    }
    return Found(**{**whole, **changes})


def told(parties):
    """What parties there are."""
    return [(party.part, party.address) for party in parties]


def test_the_host_answers_for_its_network():
    """The contact for abuse of the network is asked, on the day on which the registry said so."""
    (party,) = find_parties(found(), OWN)
    assert (party.part, party.name, party.address, party.verified_on) == (
        "host",
        "Host Ltd",
        "abuse@host.test",
        "2026-11-24",
    )
    assert "RDAP of 203.0.113.7" in party.source


def test_redirects_lead_to_the_last_host():
    """Where an address leads on, the host that shows the content is asked."""
    led = found(
        hosts=("copy.test", "other.test"),
        addresses={"copy.test": ["203.0.113.7"], "other.test": ["198.51.100.9"]},
        networks={"203.0.113.7": [network()], "198.51.100.9": [network("abuse@second.test")]},
    )
    assert told(find_parties(led, OWN)) == [("host", "abuse@second.test")]


FRONT = network("abuse@front.test", name="CLOUDFLARENET")


def test_behind_an_intermediary_the_other_names_tell():
    """The host of the mail server comes first, then the intermediary by the form that it reads."""
    hidden = found(
        networks={"203.0.113.7": [FRONT], "192.0.2.1": [network("abuse@origin.test")]},
        behind={"mail.copy.test": ["192.0.2.1"]},
    )
    assert told(find_parties(hidden, OWN)) == [
        ("host", "abuse@origin.test"),
        ("intermediary", "https://abuse.cloudflare.com/"),
    ]


def test_an_intermediary_alone_is_asked():
    """Where nothing tells who is behind it, the intermediary is asked, and is not called the host."""
    assert told(find_parties(found(networks={"203.0.113.7": [FRONT]}), OWN)) == [
        ("intermediary", "https://abuse.cloudflare.com/")
    ]


def test_a_network_without_a_contact_lies_in_another():
    """Where a customer's network names nobody for abuse, the one that it lies in is asked, about the customer."""
    chain = [network(mail="", handle="IN"), network("abuse@upper.test", name="UP")]
    route = find_route(found(networks={"203.0.113.7": chain}), OWN)
    assert (route.state, route.host, route.contact, route.via) == ("found", "Host Ltd", "abuse@upper.test", "upstream")
    assert find_parties(found(networks={"203.0.113.7": chain[:1]}), OWN) == ()


def test_a_network_that_names_nobody_is_its_uppers():
    """A range of which only a maintainer is named belongs to who holds the one around it."""
    maintainer = {"roles": ["registrant"], "handle": "MNT-X", "vcardArray": card("", "MNT-X")}
    chain = [{"name": "CUSTOMER", "entities": [maintainer]}, network("abuse@upper.test")]
    route = find_route(found(networks={"203.0.113.7": chain}), OWN)
    assert (route.host, route.contact, route.via) == ("Host Ltd", "abuse@upper.test", "network")


@pytest.mark.parametrize(
    "mail", ["abuse@copy.test", "abuse@mail.copy.test", "abuse@example.org", "none", "abuse@localhost"]
)
def test_who_is_reported_is_not_asked(mail):
    """A contact on the reported domain, on ours, or that is no address is never taken."""
    assert find_parties(found(networks={"203.0.113.7": [network(mail)]}), OWN) == ()


def test_the_registrar_comes_last():
    """The registrar of the domain is told with its own contact, after the host."""
    abuse = {"roles": ["abuse"], "vcardArray": card("abuse@registrar.test")}
    domain = {
        "ldhName": "copy.test",
        "entities": [{"roles": ["registrar"], "vcardArray": card("", "Registrar Inc"), "entities": [abuse]}],
    }
    parties = find_parties(found(domain=domain), OWN)
    assert told(parties) == [("host", "abuse@host.test"), ("registrar", "abuse@registrar.test")]
    assert parties[1].name == "Registrar Inc"


SECURITY = "Contact: mailto:trust@{0}\nContact: https://{0}/report\nExpires: 2027-01-01T00:00:00Z\n"


def test_a_platform_names_whom_to_write_to():
    """The security.txt of the platform that a name lies under is asked first; that of another host does not count."""
    there = {
        "url": "https://ann.github.io/",
        "hosts": ("ann.github.io",),
        "addresses": {"ann.github.io": ["203.0.113.7"]},
    }
    told_by = {"github.io": SECURITY.format("github.com"), "ann.github.io": SECURITY.format("x.test")}
    assert told(find_parties(found(security=told_by, **there), OWN)) == [
        ("platform", "trust@github.com"),
        ("host", "abuse@host.test"),
    ]
    assert told(find_parties(found(security=told_by), OWN)) == [("host", "abuse@host.test")]
    mine = Listed(name="Pages", words=("github.io",), part="platform", channel="form", address="https://f.test/")
    assert told(find_parties(found(security=told_by, **there), OWN, [mine]))[0] == ("platform", "https://f.test/")


@pytest.mark.parametrize(
    ("host", "platform"),
    [("ann.github.io", "github.io"), ("www.copy.test", ""), ("copy.co.uk", ""), ("203.0.113.7", ""), ("github.io", "")],
)
def test_platforms(host, platform):
    """Names below a suffix that somebody lets anyone use lie on that platform; others on none."""
    assert find_platform(host) == platform


def test_a_host_tells_by_its_own_file():
    """Where registries name nobody for abuse, the security.txt of the holder's own domain is read."""
    silent = network("noc@host.test")
    silent["entities"][0]["entities"][0]["roles"] = ["technical"]
    there = {"networks": {"203.0.113.7": [silent]}}
    route = find_route(found(security={"host.test": SECURITY.format("host.test")}, **there), OWN)
    assert (route.host, route.contact, route.via) == ("Host Ltd", "trust@host.test", "security.txt")
    assert find_route(found(**there), OWN).state == "unknown"


def test_later_is_not_unknown():
    """Where a registry could not be asked now, the route is known later; what is found does not wait."""
    late = {"late": ("429",), "retry_after_s": 60.0}
    route = find_route(found(networks={}, **late), OWN)
    assert (route.state, route.host, route.retry_after_s) == ("later", None, 60.0)
    assert find_route(found(**late), OWN).state == "found"


def test_who_stands_on_the_way():
    """Redirectors, intermediaries, registrar and reseller are told apart from who holds the content."""
    domain = {
        "entities": [
            {"roles": ["registrar"], "vcardArray": card("", "Registrar Inc")},
            {"roles": ["reseller"], "vcardArray": card("", "Reseller")},
        ]
    }
    led = found(hosts=("www.copy.test", "s.short.test", "copy.test"), networks={"203.0.113.7": [FRONT]}, domain=domain)
    route = find_route(led, OWN)
    assert route.middle == (
        Middle(role="redirector", name="s.short.test"),
        Middle(role="cdn", name="Host Ltd"),
        Middle(role="registrar", name="Registrar Inc"),
        Middle(role="reseller", name="Reseller"),
    )
    assert (route.state, route.contact) == ("unknown", None)
    assert [party.part for party in route.parties] == ["intermediary"]


@pytest.mark.parametrize(
    ("behind", "aliases", "senders", "contact"),
    [
        ({"origin.copy.test": ["192.0.2.1"], "mail.copy.test": ["192.0.2.2"]}, {}, (), "abuse@origin.test"),
        ({"origin.copy.test": ["192.0.2.1"]}, {"origin.copy.test": "s1.host.test"}, (), "abuse@origin.test"),
        ({"mail.copy.test": ["192.0.2.2"]}, {"mail.copy.test": "mx.mail.test"}, (), None),
        ({"mx.mail.test": ["192.0.2.2"]}, {}, (), None),
        ({"ftp.copy.test": ["203.0.113.7"]}, {}, ("192.0.2.2",), "abuse@mailer.test"),
        ({"ftp.copy.test": ["10.0.0.1"]}, {}, (), None),
    ],
)
def test_beside_an_intermediary(behind, aliases, senders, contact):
    """Names of the site itself tell its host, the likelier first; those that are another company's do not."""
    networks = {
        "203.0.113.7": [FRONT],
        "192.0.2.1": [network("abuse@origin.test")],
        "192.0.2.2": [network("abuse@mailer.test")],
    }
    hidden = found(networks=networks, behind=behind, aliases=aliases, senders=senders)
    assert find_route(hidden, OWN).contact == contact


@pytest.mark.parametrize(
    ("answer", "is_one"),
    [
        ({"name": "CLOUDFLARENET"}, True),
        ({"name": "EDGE-CDN-1"}, True),
        ({"name": "X", "arin_originas0_originautnums": [13335]}, True),
        ({"name": "X", "startAddress": "104.16.0.0"}, True),
        ({"name": "X", "remarks": [{"description": ["We are not the host of this content."]}]}, True),
        ({"name": "LINODE-US", "entities": [{"vcardArray": card("", "Akamai Technologies, Inc.")}]}, False),
        ({"name": "HOST-NET", "startAddress": "104.15.0.0"}, False),
        ({}, False),
    ],
)
def test_intermediaries(answer, is_one):
    """Intermediaries are known by names, ranges, autonomous systems and what they say of themselves."""
    assert is_passing(answer) == is_one


def test_senders():
    """Single addresses of an SPF record are given; ranges, other terms and other records are not."""
    assert list_senders("v=spf1 a mx ip4:192.0.2.1 +ip6:2001:db8::1 ip4:192.0.2.0/24 ip4:x -all") == [
        "192.0.2.1",
        "2001:db8::1",
    ]
    assert list_senders("ip4:192.0.2.1") == list_senders("") == []


def test_registries_are_not_written_to():
    """A contact of the registry that was asked, or of one that is known, is not taken for that of a host."""
    for mail in ("abuse@rir.test", "abuse@ripe.net"):
        asked = found(networks={"203.0.113.7": [network(mail)]}, registries=frozenset({"rir.test"}))
        assert list_reached(asked, OWN, "203.0.113.7") == []
        assert find_route(asked, OWN).state == "unknown"


def test_the_owner_of_the_directory_counts_first():
    """An entry of the settings counts before a shipped one."""
    mine = Listed(
        name="CF",
        words=("cloudflare",),
        part="intermediary",
        channel="mail",
        address="a@cf.test",
        verified_on="2026-11-01",
    )
    (party,) = find_parties(found(networks={"203.0.113.7": [network(mail="", name="CLOUDFLARENET")]}), OWN, [mine])
    assert (party.address, party.verified_on) == ("a@cf.test", "2026-11-01")


def test_nobody_looked_at_what_is_shipped():
    """Shipped channels carry no day on which they were verified: each must be looked at first."""
    assert all(entry.verified_on is None for entry in shipped())
    assert len({entry.name for entry in shipped()}) == len(shipped())


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["entities", "roles", "vcardArray", "remarks", "description", "name", "handle"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(
    st.dictionaries(st.sampled_from(["entities", "roles", "vcardArray", "remarks", "name", "parentHandle"]), ANY),
    st.text(),
)
def test_hostile_answers_never_raise(answer, text):
    """Whatever a registry or a site answers, parties are named or none."""
    hostile = found(networks={"203.0.113.7": [answer, answer]}, domain=answer, security={"host.test": text})
    assert isinstance(find_route(hostile, OWN).parties, tuple)
