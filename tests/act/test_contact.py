"""Whom to write to, as registries and hosts say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.act.contact import (
    is_read,
    list_abuse,
    list_domains,
    list_names,
    list_remarks,
    list_roles,
    name_holder,
    name_organisation,
    read_security,
    read_text,
    walk_entities,
)

DAY = "2026-11-24"
EXPIRES = "Expires: 2027-01-01T00:00:00Z\n"


def card(mail, name="", **parameters):
    """A jCard."""
    rows = [["fn", {}, "text", name]] if name else []
    return ["vcard", [*rows, *([["email", parameters, "text", mail]] if mail else [])]]


@pytest.mark.parametrize(
    ("answer", "mails"),
    [
        ({"remarks": [{"description": ["Report abuse to abuse@host.test"]}]}, ["abuse@host.test"]),
        ({"remarks": [{"description": ["Call noc@host.test"]}]}, []),
        ({"remarks": [{"description": ["Do not send abuse to abuse@upper.test.", "Abuse: a@h.test"]}]}, ["a@h.test"]),
        ({"entities": [{"roles": ["technical"], "vcardArray": card("x@h.test", type="abuse")}]}, ["x@h.test"]),
        ({"entities": [{"roles": ["abuse"], "vcardArray": card("mailto:X@h.test")}]}, ["x@h.test"]),
        ({"entities": [{"roles": ["abuse"], "vcardArray": card("no-reply@h.test")}]}, []),
        ({"entities": [{"roles": ["abuse"], "vcardArray": card("abuse@example.com")}]}, []),
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


def test_names():
    """An organisation's name comes before that of who maintains its record, and before the network's own."""
    kinds = ["vcard", [["fn", {}, "text", "Host Ltd"], ["kind", {}, "text", "org"]]]
    entities = [
        {"roles": ["registrant"], "handle": "HOST-MNT", "vcardArray": card("", "HOST-MNT")},
        {"roles": ["Registrant"], "vcardArray": card("", "Ann")},
        {"roles": ["registrant"], "vcardArray": kinds},
    ]
    answer = {"name": "HOST-NET", "handle": "NET-1", "entities": entities}
    assert name_organisation(answer) == name_holder(answer) == "Host Ltd"
    assert name_organisation({**answer, "entities": entities[:1]}) == "HOST-NET"
    assert name_holder({**answer, "entities": entities[:1]}) == ""
    assert name_organisation({"handle": 7}) == "7"
    assert name_organisation({}) == "unknown"
    assert list_names(answer) == ["HOST-NET", "Host Ltd", "HOST-MNT", "Ann", "Host Ltd"]
    assert list_roles(entities[1]) == {"registrant"}


def test_domains():
    """The domains of mail and web addresses of cards are given, but registries' and examples'."""
    rows = [["url", {}, "uri", "https://www.host.test/"], ["email", {}, "text", "x@ripe.net"]]
    answer = {"entities": [{"vcardArray": ["vcard", rows]}, {"vcardArray": card("noc@mail.other.test")}]}
    assert list_domains(answer) == ["host.test", "other.test"]


@pytest.mark.parametrize(
    ("text", "mails"),
    [
        (
            "# Contact: mailto:x@y.test\ncontact: MAILTO:A@b.test\r\nContact: mailto:c@d.test\n",
            ["a@b.test", "c@d.test"],
        ),
        ("Contact: https://a.test/x@y.test\nContact: mailto:c@d.test?subject=x\n", ["c@d.test"]),
        ("Contact: c@d.test\nContact: tel:+1\n", []),
        ("Contact: mailto:c@d.test\nCanonical: https://host.test/.well-known/security.txt\n", ["c@d.test"]),
        ("Contact: mailto:c@d.test\nCanonical: https://other.test/.well-known/security.txt\n", []),
        ("Contact: mailto:no-reply@d.test\n", []),
    ],
)
def test_security_txt(text, mails):
    """Contacts are read in their order, where the file is the host's own and they are addresses of mail."""
    assert read_security(f"{text}{EXPIRES}", "host.test", DAY) == mails


@pytest.mark.parametrize(
    "end",
    [
        "",
        "Expires: 2026-11-23T23:59:59Z",
        "Expires: soon",
        "Expires: 2027-01-01T00:00:00Z\nExpires: 2028-01-01T00:00:00Z",
    ],
)
def test_security_txt_ends(end):
    """A file that has expired, or does not say once when it will, is not used."""
    assert read_security(f"Contact: mailto:c@d.test\n{end}", "host.test", DAY) == []


def test_what_is_signed_counts():
    """Of a signed file what is signed is read, and nothing before or after it."""
    signed = (
        "Contact: mailto:before@x.test\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
        f"- Contact: mailto:c@d.test\n{EXPIRES}-----BEGIN PGP SIGNATURE-----\nContact: mailto:after@x.test\n"
    )
    assert read_security(signed, "host.test", DAY) == ["c@d.test"]


def test_who_reads():
    """Examples, and what says of itself that nobody reads it, are no contacts."""
    assert is_read("abuse@host.test")
    assert not any(map(is_read, ("abuse@mail.example.org", "noreply@host.test", "do-not-reply+x@host.test")))


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


@given(st.dictionaries(st.sampled_from(["entities", "roles", "vcardArray", "remarks", "name"]), ANY), st.text(), ANY)
def test_hostile_answers_never_raise(answer, text, value):
    """Whatever a registry or a host writes, it is read as far as it can be."""
    for read in (list_abuse, list_domains, list_names, list_roles, name_organisation):
        read(answer)
    assert all(isinstance(one, str) for one in list_remarks(answer))
    assert isinstance(read_text(value), str)
    assert isinstance(read_security(text, "host.test", DAY), list)
