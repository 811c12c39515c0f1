"""Looks up who can act on addresses: asks name servers, registries, and hosts for their security.txt.

The address itself is asked once, where no capture has seen where it leads; nothing else is connected to.

Every question goes through the one door: guarded, paced, capped, logged as for the verb `act`. What was found is kept
in the workspace with its sources and times, as evidence of why somebody was written to.
"""

import ipaddress
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from cloneward.act.contact import Answer, list_domains
from cloneward.act.route import (
    BESIDE,
    Found,
    Listed,
    Looked,
    Route,
    find_platform,
    find_route,
    is_passing,
    list_reached,
    list_senders,
)
from cloneward.clock import Clock, format_utc
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Address, Guard
from cloneward.fetch.http import Fetcher
from cloneward.fetch.rdap import List, Registries, is_place, read_patience
from cloneward.settings import Settings
from cloneward.store.objects import ObjectStore
from cloneward.store.workspace import Workspace
from cloneward.url import canonical, host_of, registered_domain

PURPOSE: Final = "act"

_DNS_S, _HTTP_S, _WHOLE_S = 5.0, 15.0, 180.0  # of one question of each kind, and of all about one address
_MOST_BYTES: Final = 1024 * 1024  # registries answer some ten thousand
_MOST_ADDRESSES, _MOST_UPPER, _MOST_DOMAINS = 4, 2, 2
_OK: Final = 200
_Told = TypeVar("_Told")


@dataclass
class _Notes:
    """What is known of one address so far."""

    ends_s: float
    addresses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    networks: dict[str, list[Answer]] = field(default_factory=dict)
    security: dict[str, str] = field(default_factory=dict)
    looked: list[Looked] = field(default_factory=list)
    late: list[Unavailable] = field(default_factory=list)


@dataclass(frozen=True)
class Lookup:
    """Looks up addresses, one after the other; what a registry said of one is known for the next."""

    workspace: Workspace
    clock: Clock
    fetcher: Fetcher
    resolver: Resolver
    registries: Registries

    def route(self, url: str, hops: Sequence[str] = ()) -> Route:
        """Give who holds what an address shows and how they are reached, and keep what was looked up.

        Args:
            url, hops: as those of `look_up`.

        Raises:
            InputError: `url` is no web address.
            Unavailable: the disk is full or cannot be written.
        """
        settings = self.workspace.settings
        found = self.look_up(url, hops)
        route = find_route(found, settings.own_domains(), list_directory(settings))
        return replace(route, record=_keep(self.workspace.folder / "lookups", found))

    def look_up(self, url: str, hops: Sequence[str] = ()) -> Found:
        """Give what registries, name servers and hosts say of an address, as far as it can be had now.

        Args:
            url: the address.
            hops: addresses that it leads to in turn, as a capture saw them; without any it is asked once.

        Raises:
            InputError: `url` is no web address.
        """
        notes = _Notes(ends_s=self.clock.monotonic_s() + _WHOLE_S)
        hosts = tuple(dict.fromkeys(map(host_of, (canonical(url), *(hops or self._follow(url, notes))))))
        self._find_host(hosts[-1], notes)
        is_hidden = self._is_hidden(hosts[-1], notes)
        behind = self._find_beside(hosts[-1], notes) if is_hidden else {}
        senders = self._find_senders(hosts[-1], notes) if is_hidden else ()
        found = replace(self._sum_up(canonical(url), hosts, notes), behind=behind, senders=senders)
        self._find_uppers(found, notes)
        domain = self._ask(notes, "rdap", registered_domain(hosts[-1]), self.registries.find_domain)
        self._find_security(found, notes)
        return replace(self._sum_up(canonical(url), hosts, notes), behind=behind, senders=senders, domain=domain)

    def _sum_up(self, url: str, hosts: tuple[str, ...], notes: _Notes) -> Found:
        asked = {host_of(one.source) for one in notes.looked if one.kind == "rdap" and "/ip/" in one.source}
        waits = [error.retry_after_s for error in notes.late if error.retry_after_s is not None]
        return Found(
            url=url,
            day=self.clock.now().date().isoformat(),
            hosts=hosts,
            addresses=notes.addresses,
            aliases=notes.aliases,
            networks=notes.networks,
            security=notes.security,
            registries=frozenset(map(registered_domain, asked)),
            late=tuple(map(str, notes.late)),
            looked=tuple(notes.looked),
            retry_after_s=max(waits, default=None),
        )

    def _follow(self, url: str, notes: _Notes) -> tuple[str, ...]:
        """Give the addresses that an address leads to by redirects, itself the first; none where nothing answers."""

        def ask(about: str) -> tuple[tuple[str, ...], str]:
            response = self.fetcher.get(about, purpose=PURPOSE)
            return tuple(hop.url for hop in response.chain), response.final_url

        return self._ask(notes, "address", url, ask) or ()

    def _find_host(self, host: str, notes: _Notes) -> tuple[str, ...]:
        """Give the addresses of a host name, and note its alias and the networks that it lies in."""
        addresses = _read_literal(host) or tuple(map(str, self._resolve(host, notes)))[:_MOST_ADDRESSES]
        if not addresses:
            return ()
        notes.addresses[host] = addresses
        for address in addresses:
            if address not in notes.networks:
                network = self._ask(notes, "rdap", address, self._find_network)
                if network is not None:
                    notes.networks[address] = [network]
        return addresses

    def _find_network(self, address: str) -> tuple[Answer | None, str]:
        return self.registries.find_network(ipaddress.ip_address(address))

    def _resolve(self, host: str, notes: _Notes) -> tuple[Address, ...]:
        def ask_alias(name: str) -> tuple[tuple[str, ...], str]:
            return self.resolver.find_names(name, "CNAME", _DNS_S), ""

        def ask_address(name: str) -> tuple[tuple[Address, ...], str]:
            return self.resolver.list_addresses(name, _DNS_S), ""

        for alias in self._ask(notes, "dns", host, ask_alias) or ():
            notes.aliases[host] = alias
        return self._ask(notes, "dns", host, ask_address) or ()

    def _is_hidden(self, host: str, notes: _Notes) -> bool:
        """Say whether an intermediary stands in front of all that a host name leads to."""
        networks = [notes.networks.get(address, ()) for address in notes.addresses.get(host, ())]
        directory = list_directory(self.workspace.settings)
        return bool(networks) and all(any(is_passing(one, directory) for one in chain[:1]) for chain in networks)

    def _find_beside(self, host: str, notes: _Notes) -> dict[str, tuple[str, ...]]:
        """Give the addresses of the other names of a site, by name."""
        site = registered_domain(host)

        def ask_mail(name: str) -> tuple[tuple[str, ...], str]:
            return self.resolver.find_names(name, "MX", _DNS_S), ""

        servers = (self._ask(notes, "dns", site, ask_mail) or ())[:_MOST_DOMAINS]
        ours = [one for one in servers if registered_domain(one) == site]
        names = dict.fromkeys((site, f"www.{site}", *(f"{label}.{site}" for label in BESIDE), *ours))
        return {name: self._find_host(name, notes) for name in names if name != host}

    def _find_senders(self, host: str, notes: _Notes) -> tuple[str, ...]:
        """Give the single network addresses that a site's SPF record names (RFC 7208, 5.6)."""

        def ask_texts(name: str) -> tuple[tuple[str, ...], str]:
            return self.resolver.find_texts(name, _DNS_S), ""

        texts = self._ask(notes, "dns", registered_domain(host), ask_texts) or ()
        named = [address for text in texts for address in list_senders(text)][:_MOST_ADDRESSES]
        for address in named:
            self._find_host(address, notes)
        return tuple(named)

    def _find_uppers(self, found: Found, notes: _Notes) -> None:
        """Note the networks around those that name nobody who may be written to."""
        own = self.workspace.settings.own_domains()
        for address, chain in notes.networks.items():
            while len(chain) <= _MOST_UPPER and not list_reached(found, own, address):
                upper = self._ask(notes, "rdap", f"around {address}", partial(self._find_upper, chain[-1]))
                if upper is None:
                    break
                chain.append(upper)

    def _find_upper(self, answer: Answer, _about: str) -> tuple[Answer | None, str]:
        return self.registries.find_upper(answer)

    def _find_security(self, found: Found, notes: _Notes) -> None:
        """Note the security.txt of the platform, and of hosts whose networks name nobody."""
        own = self.workspace.settings.own_domains()
        platform = find_platform(found.hosts[-1])
        silent = [chain[0] for address, chain in notes.networks.items() if not list_reached(found, own, address)]
        domains = [platform, *(domain for answer in silent for domain in list_domains(answer)[:_MOST_DOMAINS])]
        refused = own | {registered_domain(host) for host in found.hosts}
        for domain in dict.fromkeys(domains):
            if domain and domain not in refused:
                schemes = ("https", "http") if found.url.startswith("http:") else ("https",)
                text = self._ask(notes, "security.txt", domain, partial(self._read_security, schemes))
                if text is not None:
                    notes.security[domain] = text

    def _read_security(self, schemes: Sequence[str], host: str) -> tuple[str | None, str]:
        """Give the security.txt of a host, as it is to be served (RFC 9116, 3).

        It is to be read by https. Where that does not answer, another scheme than that of the address that is reported
        is not tried: whoever can change what we read on the way could change that address too.
        """
        url = f"{schemes[0]}://{host}/.well-known/security.txt"
        try:
            response = self.fetcher.get(url, purpose=PURPOSE, accept="text/plain")
        except Unavailable:
            if not schemes[1:]:
                raise
            return self._read_security(schemes[1:], host)
        is_theirs = registered_domain(host_of(response.final_url)) == registered_domain(host)
        is_text = response.header("content-type").lower().startswith("text/plain")
        if response.status != _OK or not is_theirs or not is_text:
            return None, url
        return response.body.decode("utf-8", "replace"), url

    def _ask(
        self, notes: _Notes, kind: str, about: str, question: Callable[[str], tuple[_Told | None, str]]
    ) -> _Told | None:
        """Give what is told, and note who was asked and what came; none where nobody told, now or ever."""
        told: _Told | None = None
        source = ""
        try:
            self._expect_time(notes, about)
            told, source = question(about)
            outcome = "found" if told else "none"
        except Unavailable as error:
            if kind in {"dns", "rdap"}:  # what the others say is a help, and their silence no reason to wait
                notes.late.append(error)
            outcome = str(error)
        except (InputError, RefusedError) as error:
            outcome = str(error)
        at = format_utc(self.clock.now())
        notes.looked.append(Looked(kind=kind, about=about, source=source, at=at, outcome=outcome))
        return told

    def _expect_time(self, notes: _Notes, about: str) -> None:
        if self.clock.monotonic_s() > notes.ends_s:
            raise Unavailable(f"no time was left to ask about {about}", hint="ask again later")


def open_lookup(workspace: Workspace, clock: Clock) -> Lookup:
    """Give what looks up addresses as the settings of a workspace say."""
    settings = workspace.settings
    rules = settings.fetch
    capped = replace(rules, max_bytes=min(rules.max_bytes, _MOST_BYTES), timeout_s=min(rules.timeout_s, _HTTP_S))
    fetcher = Fetcher(capped, clock, contact=settings.site)
    lists = _Lists(workspace.folder, settings.rdap.bootstrap, fetcher, clock)
    return Lookup(workspace, clock, fetcher, Resolver(Guard(rules)), Registries(fetcher, clock, lists.load))


def list_directory(settings: Settings) -> tuple[Listed, ...]:
    """Give the entries of the directory that the settings add."""
    return tuple(
        Listed(
            name=one.name,
            words=one.words,
            part=one.part,
            channel=one.channel,
            address=one.address,
            verified_on=one.verified_on.isoformat() if one.verified_on else None,
        )
        for one in settings.channels
    )


@dataclass(frozen=True)
class _Lists:
    """The lists of IANA: from a folder, or from an address, kept for a day in the workspace."""

    folder: Path
    place: str
    fetcher: Fetcher
    clock: Clock

    def load(self, name: List) -> bytes:
        """Give a list.

        Raises:
            Unavailable: it cannot be had; one that is older than a day is given before that.
        """
        if not is_place(self.place):
            return _read_file(self.folder / self.place / name)
        kept = self.folder / "cache" / "rdap" / name
        held = kept.read_bytes() if kept.is_file() else b""
        told_at, _, body = held.partition(b"\n")
        mark = f"{self.place} {self.clock.now().date().isoformat()}".encode()
        if told_at == mark:
            return body
        try:
            fresh = self._fetch(name)
        except Unavailable:
            if told_at.startswith(self.place.encode()):
                return body
            raise
        _write_file(kept, mark + b"\n" + fresh)
        return fresh

    def _fetch(self, name: str) -> bytes:
        response = self.fetcher.get(f"{self.place.rstrip('/')}/{name}", purpose=PURPOSE, accept="application/json")
        if response.status != _OK or not response.is_whole:
            what = f"{response.final_url} gave no list of registries: status {response.status}"
            raise Unavailable(what, hint="look at bootstrap in [rdap]", retry_after_s=read_patience(response))
        return response.body


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        hint = "bootstrap in [rdap] names a folder with the lists of IANA, or their address"
        raise Unavailable(f"cannot read {path}: {error.strerror}", hint=hint) from error


def _write_file(path: Path, content: bytes) -> None:
    """Write a file, so that it is whole or absent whenever the process ends."""
    halfway = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        halfway.write_bytes(content)
        halfway.replace(path)
    except OSError as error:
        hint = "free some space or mend the folder's rights, then run it again"
        raise Unavailable(f"cannot write to {path.parent}: {error.strerror}", hint=hint) from error


def _read_literal(host: str) -> tuple[str, ...]:
    """Give the network address that a host is written as; none where it is a name."""
    with suppress(ValueError):
        return (str(ipaddress.ip_address(host)),)
    return ()


def _keep(folder: Path, found: Found) -> str:
    """Keep what was found, with its sources and times, and give its digest."""
    return ObjectStore(folder).put(json.dumps(asdict(found), default=sorted, sort_keys=True).encode())
