"""Who can act: the host of an address behind redirects and intermediaries, as registries say; and by which channel.

Everything comes from public data that somebody else has looked up: RDAP of networks and of the domain, security.txt,
the names of the site. It may be wrong or lie: a contact that is no mail address, is ours, lies on a reported domain
itself, or is a registry's own is never taken.
"""

import ipaddress
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec
from publicsuffixlist import PublicSuffixList

from cloneward.act.contact import (
    REGISTRIES,
    Answer,
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
from cloneward.model.action import Party
from cloneward.url import host_of, registered_domain

Part = Literal["host", "registrar", "intermediary", "platform"]
Via = Literal["network", "upstream", "security.txt", "directory"]
State = Literal["found", "unknown", "later"]

BESIDE: Final = ("origin", "direct", "cpanel", "ftp", "mail", "webmail", "smtp")
"""Labels of names that often lead to a site's own machine, past what stands in front of it; the likelier first."""

_OUTSOURCED: Final = frozenset({"mail", "webmail", "smtp"})  # often another company's, by an alias
_PASSES_ON: Final = re.compile(
    r"\bcdn|cdn\b|content deliver|\bddos\b|reverse.prox|edge (?:network|cache)|does not host|not the host(?:ing)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An entry of the directory: by which words in their names a party is known, its part, and how it is reached.

    `ranges`: networks that are its own, whatever their names. `asns`: autonomous systems that announce them.
    """

    name: str
    words: tuple[str, ...]
    part: Part
    channel: Literal["mail", "form"]
    address: str
    verified_on: str | None = None
    ranges: tuple[str, ...] = ()
    asns: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One question: of what kind, about what, the address that was asked if it has one, when (UTC), and what came.

    `kind`: address, dns, rdap or security.txt.
    """

    kind: str
    about: str
    source: str
    at: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was looked up of an address.

    `hosts`: host names on the way, redirects followed, the last one shows the content. `addresses`: by host name, the
    network addresses that it resolves to. `aliases`: by host name, what it is an alias of. `networks`: by network
    address, the RDAP answers about the networks that it lies in, the smallest first. `domain`: the RDAP answer of the
    registered domain, none where there was none. `security`: by host name, its security.txt. `behind`: other names of
    the same site that may lie beside its origin, with their network addresses. `senders`: network addresses that may
    send the site's mail, as its SPF record says. `registries`: registered domains of the registries that were asked
    about networks. `late`: what could not be had now, and why. `day`: on which it was looked up. `looked`: each
    question in turn.
    """

    url: str
    day: str
    hosts: tuple[str, ...]
    addresses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    domain: Answer | None = None
    security: Mapping[str, str] = field(default_factory=dict)
    behind: Mapping[str, Sequence[str]] = field(default_factory=dict)
    senders: tuple[str, ...] = ()
    registries: frozenset[str] = frozenset()
    late: tuple[str, ...] = ()
    looked: tuple[Looked, ...] = ()
    retry_after_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Middle:
    """Who does not hold what an address shows, and stands on the way to it.

    `cdn`: an intermediary, by the name of its network's holder; `redirector`: a host that leads on; `registrar` and
    `reseller` of the domain.
    """

    role: Literal["cdn", "redirector", "registrar", "reseller"]
    name: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """Who holds what an address shows, how they are reached, who stands in between, and whom to ask in turn.

    `state`: `later` where something that would tell could not be had now, in `retry_after_s` seconds where it is known.
    `host`: the holder of the smallest network, who may be a customer of whom `contact` reaches. `via`: what named the
    contact: the `network`, one that it lies in (`upstream`), a `security.txt`, or the `directory`. `record`: digest of
    what was looked up, where that is kept.
    """

    state: State
    host: str | None
    contact: str | None
    via: Via | None
    middle: tuple[Middle, ...]
    parties: tuple[Party, ...]
    retry_after_s: float | None = None
    record: str = ""


@dataclass(frozen=True, kw_only=True)
class _Reached:
    """A party, what named it, and the holder of the network that it answers for."""

    party: Party
    via: Via
    holder: str


def find_route(found: Found, own: frozenset[str], directory: Sequence[Listed] = ()) -> Route:
    """Give the route to who holds what an address shows; arguments as those of `find_parties`."""
    judge = _Judge(found, own, (*directory, *shipped()))
    reached = judge.list_reached()
    first = next((one for one in reached if one.party.part in {"host", "platform"}), None)
    state: State = "found" if first else "later" if found.late else "unknown"
    return Route(
        state=state,
        host=first.holder if first else None,
        contact=first.party.address if first else None,
        via=first.via if first else None,
        middle=tuple(dict.fromkeys(judge.list_middle())),
        parties=_list_once(reached),
        retry_after_s=found.retry_after_s if state == "later" else None,
    )


def find_parties(found: Found, own: frozenset[str], directory: Sequence[Listed] = ()) -> tuple[Party, ...]:
    """Give who can act on an address, the one to ask first before the others, each channel once.

    The host comes first; behind an intermediary, the host of the site's other names, and then the intermediary, which
    can tell who its customer's host is. The registrar comes last: it can only end the domain.

    Args:
        found: what was looked up.
        own: registered domains of the owner.
        directory: entries that count before the shipped ones.
    """
    return _list_once(_Judge(found, own, (*directory, *shipped())).list_reached())


def _list_once(reached: Sequence[_Reached]) -> tuple[Party, ...]:
    """Give the parties, each channel once, where it comes first."""
    once: dict[tuple[str, str], Party] = {}
    for one in reached:
        once.setdefault((one.party.channel, one.party.address.lower()), one.party)
    return tuple(once.values())


def find_platform(host: str) -> str:
    """Give the platform under whose domain anybody may publish, that a host name lies under; empty where it is none.

    Source: the private section of the Public Suffix List.
    """
    if host.rpartition(".")[2].isdigit() or ":" in host:  # a network address
        return ""
    whole = _registered().privatesuffix(host) or host
    return whole if whole not in {registered_domain(host), host} else ""


def is_passing(answer: Answer, directory: Sequence[Listed] = ()) -> bool:
    """Say whether a network is one of an intermediary, by the directory or by what it calls itself."""
    listed = _find_listed(answer, (*directory, *shipped()))
    return listed.part == "intermediary" if listed else bool(_PASSES_ON.search(_describe(answer)))


def list_reached(found: Found, own: frozenset[str], address: str) -> list[str]:
    """Give the mail addresses for abuse that the networks around an address name and that may be taken."""
    return [mail for answer in found.networks.get(address, ()) for mail in _take(list_abuse(answer), found, own)]


def list_senders(text: str) -> list[str]:
    """Give the single network addresses that an SPF record names; none where a text is no such record.

    Source: RFC 7208, 4.6.1 and 5.6. Ranges are a provider's, not a machine's.
    """
    words = text.split()
    if not words or words[0].lower() != "v=spf1":
        return []
    told = [word.lstrip("+").partition(":") for word in words[1:]]
    return [str(one) for kind, _, value in told if kind.lower() in {"ip4", "ip6"} for one in _read_single(value)]


def _read_single(text: str) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    with suppress(ValueError):
        network = ipaddress.ip_network(text)
        if network.num_addresses == 1:
            yield network.network_address


@dataclass(frozen=True)
class _Judge:
    """Weighs what was found of one address."""

    found: Found
    own: frozenset[str]
    entries: tuple[Listed, ...]

    @property
    def shown_at(self) -> str:
        return self.found.hosts[-1] if self.found.hosts else host_of(self.found.url)

    def list_reached(self) -> list[_Reached]:
        """Give who can act, the one to ask first before the others."""
        hosts, passing = self._split(self.found.addresses.get(self.shown_at, ()))
        if passing and not hosts:
            hosts = [one for addresses in self._list_beside() for one in self._split(addresses)[0]]
        return [*self._of_platform(), *hosts, *passing, *self._of_domain()]

    def list_middle(self) -> Iterator[Middle]:
        """Give who stands on the way, in the order of the way."""
        site = registered_domain(self.shown_at)
        for host in self.found.hosts[:-1]:
            if registered_domain(host) != site:
                yield Middle(role="redirector", name=host)
        for address in self.found.addresses.get(self.shown_at, ()):
            for answer in self.found.networks.get(address, ())[:1]:
                if is_passing(answer, self.entries):
                    yield Middle(role="cdn", name=name_organisation(answer))
        for entity in walk_entities(self.found.domain or {}):
            roles = list_roles(entity)
            if "registrar" in roles:
                yield Middle(role="registrar", name=name_organisation(entity))
            elif "reseller" in roles:
                yield Middle(role="reseller", name=name_organisation(entity))

    def _split(self, addresses: Sequence[str]) -> tuple[list[_Reached], list[_Reached]]:
        """Give who holds what lies at these addresses, and who passes it on."""
        found = [one for address in addresses for one in self._of_address(address)]
        hosts = [one for one in found if one.party.part != "intermediary"]
        return hosts, [one for one in found if one.party.part == "intermediary"]

    def _list_beside(self) -> Iterator[Sequence[str]]:
        """Give the addresses of the site's other names, but of those that are an alias of another company's.

        Those that its mail may come from are the last to tell where it lies.
        """
        site = registered_domain(self.shown_at)
        for name, addresses in self.found.behind.items():
            leads_to = registered_domain(self.found.aliases.get(name, name))
            may_leave = name.partition(".")[0] in set(BESIDE) - _OUTSOURCED
            if registered_domain(name) == site and (may_leave or leads_to == site):
                yield addresses
        yield self.found.senders

    def _of_address(self, address: str) -> Iterator[_Reached]:
        """Give who answers for a network address: the contact of its network, or of the one that it lies in."""
        networks = self._list_told(address)
        if not networks:
            return
        listed, holder = _find_listed(networks[0], self.entries), name_organisation(networks[0])
        is_passed = is_passing(networks[0], self.entries)
        part: Part = listed.part if listed else "intermediary" if is_passed else "host"
        if listed and listed.channel == "form":
            yield _Reached(party=_from_directory(listed), via="directory", holder=holder)
            return
        for answer in networks:
            for mail in _take(list_abuse(answer), self.found, self.own)[:1]:
                name = listed.name if listed else name_organisation(answer)
                source = f"RDAP of {address} ({read_text(answer.get('handle')) or name})"
                via: Via = "network" if answer is networks[0] else "upstream"
                yield _Reached(party=self._make_party(name, part, mail, source), via=via, holder=holder)
                return
        if listed:
            yield _Reached(party=_from_directory(listed), via="directory", holder=holder)
        else:
            yield from self._of_holder(networks[0], part)

    def _list_told(self, address: str) -> Sequence[Answer]:
        """Give the networks around an address from the first on that tells whose it is."""
        networks = self.found.networks.get(address, ())
        for at, answer in enumerate(networks):
            if name_holder(answer) or _take(list_abuse(answer), self.found, self.own):
                return networks[at:]
        return networks

    def _of_holder(self, answer: Answer, part: Part) -> Iterator[_Reached]:
        """Give whom the holder of a network that names nobody for abuse names in its own security.txt."""
        holder = name_organisation(answer)
        for domain in list_domains(answer):
            for mail in _take(self._read_security(domain), self.found, self.own)[:1]:
                party = self._make_party(holder, part, mail, f"security.txt of {domain}")
                yield _Reached(party=party, via="security.txt", holder=holder)
                return

    def _of_platform(self) -> Iterator[_Reached]:
        """Give whom the platform names that the host name lies under, where it is one."""
        platform = find_platform(self.shown_at)
        if not platform or platform in self.own:
            return
        listed = next((one for one in self.entries if one.part == "platform" and platform in one.words), None)
        mails = [mail for mail in self._read_security(platform) if registered_domain(_domain(mail)) not in self.own]
        if listed:
            yield _Reached(party=_from_directory(listed), via="directory", holder=listed.name)
        elif mails:
            party = self._make_party(platform, "platform", mails[0], f"security.txt of {platform}")
            yield _Reached(party=party, via="security.txt", holder=platform)

    def _of_domain(self) -> Iterator[_Reached]:
        """Give the registrar of the domain."""
        domain = self.found.domain or {}
        for entity in (one for one in walk_entities(domain) if "registrar" in list_roles(one)):
            name, listed = name_organisation(entity), _find_listed(entity, self.entries)
            mails = _take(list_abuse(entity), replace(self.found, registries=frozenset()), self.own)
            source = f"RDAP of {read_text(domain.get('ldhName')) or self.found.url}"
            if mails:
                party = self._make_party(name, "registrar", mails[0], source)
                yield _Reached(party=party, via="network", holder=name)
            elif listed:
                yield _Reached(party=_from_directory(listed), via="directory", holder=name)
            return

    def _read_security(self, host: str) -> list[str]:
        return read_security(self.found.security.get(host, ""), host, self.found.day)

    def _make_party(self, name: str, part: Part, mail: str, source: str) -> Party:
        day = self.found.day
        return Party(name=name, part=part, channel="mail", address=mail, source=source, verified_on=day)


def _take(mails: Sequence[str], found: Found, own: frozenset[str]) -> list[str]:
    """Give the mail addresses that are not ours, nor of who is reported, nor of a registry."""
    refused = (
        own | REGISTRIES | found.registries | {registered_domain(host) for host in (*found.hosts, host_of(found.url))}
    )
    return [mail for mail in mails if registered_domain(_domain(mail)) not in refused]


def _domain(mail: str) -> str:
    return mail.rpartition("@")[2]


def _describe(answer: Answer) -> str:
    return "\n".join((*list_names(answer), *list_remarks(answer)))


def _find_listed(answer: Answer, entries: Sequence[Listed]) -> Listed | None:
    """Give the entry that knows a network or a registrar: by its names, by who announces it, or by its range."""
    names = " ".join(list_names(answer)).lower()
    first, asns = read_text(answer.get("startAddress")), _list_asns(answer)
    for one in entries:
        if any(re.search(rf"\b{re.escape(word)}", names) for word in one.words):
            return one
        if not asns.isdisjoint(one.asns) or _lies_in(first, one.ranges):
            return one
    return None


def _list_asns(answer: Answer) -> set[int]:
    """Give the autonomous systems that a network's record names (the registries' extension `originautnums`)."""
    told = answer.get("arin_originas0_originautnums")
    return {one for one in told if isinstance(one, int)} if isinstance(told, list) else set()


def _lies_in(first: str, ranges: Sequence[str]) -> bool:
    try:
        address = ipaddress.ip_address(first)
    except ValueError:
        return False
    networks = map(ipaddress.ip_network, ranges)
    return any(address.version == network.version and address in network for network in networks)


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
    return msgspec.convert(entries, tuple[Listed, ...])


@cache
def _registered() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)
