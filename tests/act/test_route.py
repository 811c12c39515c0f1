"""Who can act, by what registries say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.act.route import Found, Listed, find_parties, list_abuse, read_security, shipped, walk_entities

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
        "networks": {"203.0.113.7": network()},
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
        networks={"203.0.113.7": network(), "198.51.100.9": network("abuse@second.test")},
    )
    assert told(find_parties(led, OWN)) == [("host", "abuse@second.test")]


FRONT = network("abuse@front.test", name="CLOUDFLARENET")


def test_behind_an_intermediary_the_other_names_tell():
    """The host of the mail server comes first, then the intermediary by the form that it reads."""
    hidden = found(
        networks={"203.0.113.7": FRONT, "192.0.2.1": network("abuse@origin.test")},
        behind={"mail.copy.test": ["192.0.2.1"]},
    )
    assert told(find_parties(hidden, OWN)) == [
        ("host", "abuse@origin.test"),
        ("intermediary", "https://abuse.cloudflare.com/"),
    ]


def test_an_intermediary_alone_is_asked():
    """Where nothing tells who is behind it, the intermediary is asked, and is not called the host."""
    assert told(find_parties(found(networks={"203.0.113.7": FRONT}), OWN)) == [
        ("intermediary", "https://abuse.cloudflare.com/")
    ]


def test_a_network_without_a_contact_lies_in_another():
    """Where a customer's network names nobody, the one that it lies in is asked; a circle ends."""
    inner = network(mail="", parentHandle="UP", handle="IN")
    parents = {"UP": network("abuse@upper.test", handle="UP")}
    assert told(find_parties(found(networks={"203.0.113.7": inner}, upper=parents), OWN)) == [
        ("host", "abuse@upper.test")
    ]
    circle = {"UP": network(mail="", handle="UP", parentHandle="UP")}
    assert find_parties(found(networks={"203.0.113.7": inner}, upper=circle), OWN) == ()


@pytest.mark.parametrize(
    "mail", ["abuse@copy.test", "abuse@mail.copy.test", "abuse@example.org", "none", "abuse@localhost"]
)
def test_who_is_reported_is_not_asked(mail):
    """A contact on the reported domain, on ours, or that is no address is never taken."""
    assert find_parties(found(networks={"203.0.113.7": network(mail)}), OWN) == ()


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


def test_a_platform_names_whom_to_write_to():
    """The security.txt of the platform is asked first; that of the reported site is not believed."""
    text = "Contact: mailto:trust@platform.test\nContact: https://platform.test/report\n"
    told_by = {"platform.test": text, "copy.test": "Contact: mailto:me@copy.test"}
    assert told(find_parties(found(security=told_by), OWN))[0] == ("platform", "trust@platform.test")


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
    (party,) = find_parties(found(networks={"203.0.113.7": network(mail="", name="CLOUDFLARENET")}), OWN, [mine])
    assert (party.address, party.verified_on) == ("a@cf.test", "2026-11-01")


def test_nobody_looked_at_what_is_shipped():
    """Shipped channels carry no day on which they were verified: each must be looked at first."""
    assert all(entry.verified_on is None for entry in shipped())
    assert len({entry.name for entry in shipped()}) == len(shipped())


@pytest.mark.parametrize(
    ("answer", "mails"),
    [
        ({"remarks": [{"description": ["Report abuse to abuse@host.test"]}]}, ["abuse@host.test"]),
        ({"remarks": [{"description": ["Call noc@host.test"]}]}, []),
        ({"entities": [{"roles": ["technical"], "vcardArray": card("abuse@host.test")}]}, ["abuse@host.test"]),
        ({"entities": [{"roles": ["technical"], "vcardArray": card("noc@host.test")}]}, []),
        (
            {
                "entities": [
                    {
                        "roles": ["abuse"],
                        "vcardArray": [
                            "vcard",
                            [
                                ["email", {"pref": "2"}, "text", "b@h.test"],
                                ["email", {"pref": "1"}, "text", "a@h.test"],
                            ],
                        ],
                    }
                ]
            },
            ["a@h.test", "b@h.test"],
        ),
        ({"entities": "none", "remarks": 7, "vcardArray": ["vcard"]}, []),
    ],
)
def test_contacts(answer, mails):
    """Roles, addresses that say so, and remarks name a contact for abuse; others do not."""
    assert list_abuse(answer) == mails


def test_a_deep_answer_ends():
    """Entities within entities are followed so deep, and so many, and no more."""
    deep = {}
    for _ in range(500):
        deep = {"entities": [deep]}
    assert len(list(walk_entities(deep))) == 6
    assert len(list(walk_entities({"entities": [{}] * 10_000}))) == 200


def test_security_txt():
    """Contacts are read in their order, comments and other lines left out."""
    assert read_security("# Contact: x@y.test\ncontact: MAILTO:A@b.test\nPolicy: p@q.test\nContact: c@d.test") == [
        "a@b.test",
        "c@d.test",
    ]


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
    hostile = found(networks={"203.0.113.7": answer}, upper={"x": answer}, domain=answer, security={"p.test": text})
    assert isinstance(find_parties(hostile, OWN), tuple)
