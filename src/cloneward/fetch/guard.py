"""Which addresses may be reached: the public Internet on the web's ports, and what the settings name.

The pages we visit are hostile. A link or a redirect may lead to the machine we run on, to its neighbours, or to the
metadata of a cloud, where keys lie; so every address is looked at here before anything connects to it.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol
from urllib.parse import urlsplit

from cloneward.errors import AddressRefused, InputError, RefusedError
from cloneward.url import ascii_host

Address = IPv4Address | IPv6Address

# The web's own ports. Another may be that of a mail server, a shell or a database, which would read our request,
# whose path a stranger wrote, as commands; and following such links would make a port scanner of us.
PORTS = frozenset({80, 443, 8080, 8443})

# Source: IANA's special-purpose address registries, IPv4 and IPv6; multicast: RFC 5771; reserved: RFC 1112.
_SPECIAL_V4 = {
    "0.0.0.0/8": "unspecified",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared within a provider, and some clouds' metadata",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's metadata",  # Azure's, though the address looks public
    "169.254.0.0/16": "link-local, where clouds keep their metadata",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "reserved for protocols",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
# In this order: what is not listed and lies outside 2000::/3 is not given out to anybody.
_SPECIAL_V6 = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "private",
    "ff00::/8": "multicast",
    "2001::/23": "reserved for protocols, Teredo among them",
    "2001:db8::/32": "for documentation",
    "3fff::/20": "for documentation",
}
_NETWORKS_V4 = [(ipaddress.IPv4Network(text), why) for text, why in _SPECIAL_V4.items()]
_NETWORKS_V6 = [(ipaddress.IPv6Network(text), why) for text, why in _SPECIAL_V6.items()]
_LOOPBACK = IPv4Address("127.0.0.1")
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_NAME = re.compile(r"(?!.{254})(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")  # RFC 1035, 2.3.4, and the underscore
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")  # what a browser takes for IPv4 (WHATWG URL, 3.5)


class Rules(Protocol):
    """What the settings' `[fetch]` says; `cloneward.settings.Fetch` is one."""

    @property
    def allow(self) -> Sequence[str]:
        """Give the `host:port` that may be read though private or on another port."""
        ...

    @property
    def resolve(self) -> Mapping[str, str]:
        """Give addresses by pattern of names."""
        ...

    @property
    def per_host_s(self) -> float:
        """Give the seconds between two requests to one site."""
        ...

    @property
    def max_bytes(self) -> int:
        """Give the most bytes of one answer, on the wire and decoded."""
        ...

    @property
    def timeout_s(self) -> float:
        """Give the most seconds that one address may take, redirects and all."""
        ...


@dataclass(frozen=True)
class Endpoint:
    """Where a connection goes."""

    address: Address
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if self.address.version == 6 else f"{self.address}:{self.port}"  # noqa: PLR2004


@dataclass(frozen=True)
class _Place:
    """One line of `resolve`: names that match have this address."""

    host: str
    port: int | None
    address: Address
    to_port: int | None

    def holds(self, host: str, port: int) -> bool:
        """Say whether the pattern holds for a name and a port: `*.test` for all below `test`, `*` for all."""
        is_name = host.endswith(self.host[1:]) if self.host.startswith("*") else host == self.host
        return is_name and self.port in {None, port}


class Guard:
    """Says yes or no to every address. It looks nothing up and connects to nothing."""

    def __init__(self, rules: Rules) -> None:
        """Read `allow` and `resolve`.

        Raises:
            InputError: an entry is none; the message names it.
        """
        self._allowed = {_read_allowed(entry) for entry in rules.allow}
        places = [_read_place(pattern, target) for pattern, target in rules.resolve.items()]
        # The most specific first: a whole name, else the longest pattern; with a port before without.
        self._places = sorted(places, key=lambda it: (it.host.startswith("*"), -len(it.host), it.port is None))

    def place(self, host: str, port: int) -> Endpoint | None:
        """Give where `host` is without asking anybody: an address itself, placed by `resolve`, or localhost; else None.

        Raises:
            InputError: no host can have this name.
            RefusedError: the host is a number in disguise, as `2130706433` or `0x7f.1` for 127.0.0.1.
        """
        address = _read_address(host)
        if address:
            return Endpoint(address, port)
        if _NUMBER.fullmatch(host):
            raise RefusedError(f"{host!r} is an address in disguise", hint="write an IPv4 address as 192.0.2.1")
        if not _NAME.fullmatch(host):
            raise InputError(f"no host can be called {host!r}", hint="labels of at most 63 letters, digits and hyphens")
        found = next((place for place in self._places if place.holds(host, port)), None)
        if found:
            return Endpoint(found.address, port if found.to_port is None else found.to_port)
        # RFC 6761, 6.3: no name server is asked for it.
        return Endpoint(_LOOPBACK, port) if host == "localhost" or host.endswith(".localhost") else None

    def is_allowed(self, host: str, port: int, endpoint: Endpoint) -> bool:
        """Say whether the settings name this host and port, or the endpoint that it leads to."""
        return not self._allowed.isdisjoint({(host, port), (str(endpoint.address), endpoint.port)})

    def check(self, host: str, port: int, endpoint: Endpoint) -> None:
        """Return if `endpoint` may be connected to for the sake of `host` and `port`.

        Raises:
            AddressRefused: it may not; the hint names the setting.
        """
        if self.is_allowed(host, port, endpoint):
            return
        why = why_refused(endpoint.address)
        is_name = _read_address(host) is None
        if why:
            what = f"{host} is at {endpoint.address}, which is {why}" if is_name else f"{endpoint.address} is {why}"
        elif endpoint.port not in PORTS:
            what = f"port {endpoint.port} of {host} is not one of the web's"
        else:
            return
        hint = f'if you answer for that host, say so in the settings: [fetch] allow = ["{endpoint}"]'
        raise AddressRefused(what, hint=hint)


def why_refused(address: Address) -> str:
    """Give what kind of address it is, in words, if it must not be reached; empty if it is public.

    IPv4 in IPv6 (mapped, 6to4, NAT64) counts as what it holds.
    """
    if isinstance(address, IPv4Address):
        return next((why for network, why in _NETWORKS_V4 if address in network), "")
    inner = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFF_FFFF)
    if inner:
        why = why_refused(inner)
        return f"{why} ({inner})" if why else ""
    found = next((why for network, why in _NETWORKS_V6 if address in network), "")
    return found or ("" if address in _GLOBAL_V6 else "reserved")


def _read_address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _read_allowed(entry: str) -> tuple[str, int]:
    host, port = _split(entry, "allow")
    if not host or port is None or "*" in host:
        raise InputError(f"fetch.allow: {entry!r} is no host and port", hint='as "127.0.0.1:8080" or "a.example:8080"')
    return host, port


def _read_place(pattern: str, target: str) -> _Place:
    host, port = _split(pattern, "resolve")
    if not host or (host != "*" and "*" in host.removeprefix("*.")):
        raise InputError(f"fetch.resolve: {pattern!r} is no pattern", hint='as "a.test", "*.test" or "*.test:443"')
    to_host, to_port = _split(target, "resolve")
    address = _read_address(to_host)
    if address is None:
        raise InputError(f"fetch.resolve: {target!r} is no address", hint='as "127.0.0.1:8080" or "[::1]:8080"')
    return _Place(host, port, address, to_port)


def _split(entry: str, setting: str) -> tuple[str, int | None]:
    """Give host and port of `host`, `host:port` or `[address]:port`."""
    try:
        parts = urlsplit(f"//{entry.strip()}")
        port = parts.port
    except ValueError as error:
        raise InputError(f"fetch.{setting}: {entry!r} cannot be read: {error}", hint="write host:port") from error
    is_bare = parts.netloc == entry.strip() and "@" not in entry
    return ascii_host(parts.hostname or "") if is_bare else "", port
