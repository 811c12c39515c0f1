"""Who can act: the host of an address behind redirects and intermediaries, as registries say; and by which channel.

Everything comes from public data that somebody else has fetched: RDAP (RFC 9083) of networks and of the domain,
security.txt (RFC 9116), the names of the site. It may be wrong or lie: a contact that is no mail address, is ours, or
lies on the reported domain itself is never taken.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from cloneward.model.action import Party
from cloneward.url import host_of, registered_domain

Part = Literal["host", "registrar", "intermediary", "platform"]

_MAIL: Final = re.compile(
    r"(?<![\w.+-])([a-z0-9][\w.+-]{0,63}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24})(?![\w-])", re.IGNORECASE
)
_DEPTH: Final = 6  # entities within entities; registries write three
_MOST: Final = 200  # entities of one answer


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An entry of the directory: by which words in their names a party is known, its part, and how it is reached."""

    name: str
    words: tuple[str, ...]
    part: Part
    channel: Literal["mail", "form"]
    address: str
    verified_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was looked up of an address.

    `hosts`: host names on the way, redirects followed, the last one shows the content. `addresses`: by host name, the
    network addresses that it resolves to. `networks`: by network address, the RDAP answer. `upper`: by handle of a
    network, the RDAP answer of the one it lies in. `domain`: the RDAP answer of the registered domain, none where
    there was none. `security`: by host name, its security.txt. `behind`: other names of the same site that may lie
    beside its origin, as those of its mail servers, with their network addresses. `day`: on which it was looked up.
    """

    url: str
    day: str
    hosts: tuple[str, ...]
    addresses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    networks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    upper: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    domain: Mapping[str, Any] | None = None
    security: Mapping[str, str] = field(default_factory=dict)
    behind: Mapping[str, Sequence[str]] = field(default_factory=dict)


def find_parties(found: Found, own: frozenset[str], directory: Sequence[Listed] = ()) -> tuple[Party, ...]:
    """Give who can act on an address, the one to ask first before the others, each channel once.

    The host comes first; behind an intermediary, the host of the site's other names, and then the intermediary, which
    can tell who its customer's host is. The registrar comes last: it can only end the domain.

    Args:
        found: what was looked up.
        own: registered domains of the owner.
        directory: entries that count before the shipped ones.
    """
    entries = (*directory, *shipped())
    shown_at = found.hosts[-1] if found.hosts else host_of(found.url)
    refused = own | {registered_domain(shown_at)}
    hosts: list[Party] = []
    passing: list[Party] = []
    for address in found.addresses.get(shown_at, ()):
        for party in _of_network(found, address, refused, entries):
            (passing if party.part == "intermediary" else hosts).append(party)
    if passing and not hosts:
        for addresses in found.behind.values():
            for address in addresses:
                hosts += [one for one in _of_network(found, address, refused, entries) if one.part != "intermediary"]
    ordered = [*_of_platform(shown_at, found, own), *hosts, *passing, *_of_domain(found, refused, entries)]
    return tuple({(party.channel, party.address.lower()): party for party in reversed(ordered)}.values())[::-1]


def _of_network(found: Found, address: str, refused: frozenset[str], entries: Sequence[Listed]) -> Iterator[Party]:
    """Give who answers for a network address: the contact of its network, or of the one that it lies in."""
    network: Mapping[str, Any] | None = found.networks.get(address)
    seen: set[str] = set()
    while network is not None:
        name, listed = _name_of(network), _find_listed(network, entries)
        part: Part = listed.part if listed else "host"
        if listed and listed.channel == "form":
            yield _from_directory(listed)
            return
        mails = [mail for mail in list_abuse(network) if registered_domain(mail.rpartition("@")[2]) not in refused]
        if mails:
            source = f"RDAP of {address} ({_text(network.get('handle')) or name})"
            yield Party(
                name=listed.name if listed else name,
                part=part,
                channel="mail",
                address=mails[0],
                source=source,
                verified_on=found.day,
            )
            return
        if listed:
            yield _from_directory(listed)
            return
        handle = _text(network.get("parentHandle")) or _text(network.get("handle"))
        network = None if handle in seen else found.upper.get(handle)
        seen.add(handle)


def _of_platform(host: str, found: Found, own: frozenset[str]) -> Iterator[Party]:
    """Give whom the site itself names for reports, where that is not the one who is reported."""
    for name, text in found.security.items():
        if registered_domain(name) in own | {registered_domain(host)}:
            continue
        for mail in read_security(text):
            yield Party(
                name=registered_domain(name),
                part="platform",
                channel="mail",
                address=mail,
                source=f"security.txt of {name}",
                verified_on=found.day,
            )


def _of_domain(found: Found, refused: frozenset[str], entries: Sequence[Listed]) -> Iterator[Party]:
    if found.domain is None:
        return
    for entity in walk_entities(found.domain):
        if "registrar" not in _roles(entity):
            continue
        listed = _find_listed(entity, entries)
        mails = [mail for mail in list_abuse(entity) if registered_domain(mail.rpartition("@")[2]) not in refused]
        if mails:
            name = _name_of(entity)
            source = f"RDAP of {_text(found.domain.get('ldhName')) or found.url}"
            yield Party(
                name=name, part="registrar", channel="mail", address=mails[0], source=source, verified_on=found.day
            )
        elif listed:
            yield _from_directory(listed)
        return


def list_abuse(answer: Mapping[str, Any]) -> list[str]:
    """Give the mail addresses that an RDAP object names for reports of abuse, the likeliest first.

    Those of entities with the role abuse come first, then what remarks call so, then addresses that begin with it.
    """
    named: list[str] = []
    like: list[str] = []
    for entity in (answer, *walk_entities(answer)):
        mails = _list_mails(entity)
        if "abuse" in _roles(entity):
            named += mails
        like += [mail for mail in mails if "abuse" in mail.partition("@")[0].lower()]
    remarks = [mail for text in _list_remarks(answer) if "abuse" in text.lower() for mail in _MAIL.findall(text)]
    like += sorted(remarks, key=lambda mail: "abuse" not in mail.partition("@")[0].lower())
    return list(dict.fromkeys(mail.lower() for mail in (*named, *like)))


def walk_entities(answer: Mapping[str, Any], depth: int = _DEPTH) -> Iterator[Mapping[str, Any]]:
    """Give the entities of an RDAP object and those within them, the nearer ones first, so many and so deep."""
    left = _MOST
    level: list[Mapping[str, Any]] = [answer]
    for _ in range(depth):
        level = [one for outer in level for one in _list_maps(outer.get("entities"))][:left]
        left -= len(level)
        yield from level


def read_security(text: str) -> list[str]:
    """Give the mail addresses that a security.txt names as contacts, in its order (RFC 9116, 2.5.3)."""
    lines = [line.partition(":") for line in text[:32_768].splitlines()]
    contacts = [value.strip() for name, _, value in lines if name.strip().lower() == "contact"]
    return [mail.lower() for contact in contacts for mail in _MAIL.findall(contact.removeprefix("mailto:"))]


def _list_mails(entity: Mapping[str, Any]) -> list[str]:
    """Give the mail addresses of a card, preferred ones first."""
    found: list[tuple[int, str]] = []
    for parameters, value in _list_values(entity, "email"):
        pref = _text(parameters.get("pref"))
        found += [(int(pref) if pref.isdigit() else 100, mail) for mail in _MAIL.findall(value)]
    return [mail for _, mail in sorted(found, key=lambda pair: pair[0])]


def _list_values(entity: Mapping[str, Any], *names: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Give the texts of a jCard that have one of these names, each with its parameters (RFC 7095, 3.3)."""
    card = entity.get("vcardArray")
    rows = card[1] if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list) else []
    for row in rows[:_MOST]:
        if isinstance(row, list) and row and _text(row[0]).lower() in names:
            parameters = row[1] if len(row) > 1 and isinstance(row[1], dict) else {}
            yield from ((parameters, value) for value in row[3:] if isinstance(value, str) and value)


def _list_remarks(answer: Mapping[str, Any]) -> Iterator[str]:
    for one in (answer, *walk_entities(answer)):
        for remark in _list_maps(one.get("remarks")):
            lines = remark.get("description")
            yield " ".join(filter(None, map(_text, lines if isinstance(lines, list) else [lines])))


def _find_listed(answer: Mapping[str, Any], entries: Sequence[Listed]) -> Listed | None:
    names = " ".join((_text(answer.get("name")), *map(_name_of, (answer, *walk_entities(answer, 1))))).lower()
    return next((one for one in entries if any(re.search(rf"\b{re.escape(word)}", names) for word in one.words)), None)


def _name_of(answer: Mapping[str, Any]) -> str:
    """Give the name of an organisation: that of a card, or of the first registrant's, or what the network is called."""
    for one in (answer, *(entity for entity in walk_entities(answer, 1) if "registrant" in _roles(entity))):
        for _, value in _list_values(one, "fn", "org"):
            return value
    return _text(answer.get("name")) or _text(answer.get("handle")) or "unknown"


def _roles(entity: Mapping[str, Any]) -> set[str]:
    roles = entity.get("roles")
    return {role.lower() for role in roles if isinstance(role, str)} if isinstance(roles, list) else set()


def _list_maps(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _from_directory(listed: Listed) -> Party:
    return Party(
        name=listed.name,
        part=listed.part,
        channel=listed.channel,
        address=listed.address,
        source="directory",
        verified_on=listed.verified_on,
    )


@cache
def shipped() -> tuple[Listed, ...]:
    """Give the directory that is shipped: who stands in front of others."""
    entries = tomllib.loads(files("cloneward.act").joinpath("directory.toml").read_text("utf-8"))["party"]
    return tuple(Listed(**{**entry, "words": tuple(entry["words"])}) for entry in entries)
