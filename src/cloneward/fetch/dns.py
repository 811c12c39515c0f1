"""Addresses, text records, aliases and servers of names, asked of name servers within a time.

The system's own look-up (`getaddrinfo`) is not used: it cannot be told when to stop, adds the machine's search
domains to names, and reads a file of hosts. Names that only this machine knows stand in the settings' `resolve`.
"""

import ipaddress
from typing import Literal

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from cloneward.errors import Unavailable
from cloneward.fetch.guard import Address, Guard
from cloneward.fetch.wire import Deadline
from cloneward.url import ascii_host

PORT = 53


class Resolver:
    """Asks the system's name servers; for a name that `resolve` places, the one that stands there at port 53."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def find_addresses(self, host: str, timeout_s: float) -> tuple[Address, ...]:
        """Give the IPv4 addresses of a name, sorted; where it has none, its IPv6 addresses. At least one.

        Raises:
            InputError: no host can have this name.
            RefusedError: `resolve` places the name server where the guard lets nobody go.
            Unavailable: the name does not exist or has no address, or no name server answered in time.
        """
        found = self.list_addresses(host, timeout_s)
        if not found:
            hint = "the name is not in use, or is written wrongly"
            raise Unavailable(f"{host} has no address", hint=hint, cause="dns")
        return found

    def list_addresses(self, host: str, timeout_s: float) -> tuple[Address, ...]:
        """Give the addresses of a name as `find_addresses`; none where it has none.

        Raises:
            InputError, RefusedError: as `find_addresses`.
            Unavailable: no name server answered in time, or none could.
        """
        deadline = Deadline(timeout_s)
        v4 = [ipaddress.IPv4Address(text) for text in self._ask(host, "A", deadline)]
        v6 = [] if v4 else [ipaddress.IPv6Address(text) for text in self._ask(host, "AAAA", deadline)]
        return (*sorted(v4), *sorted(v6))

    def find_texts(self, name: str, timeout_s: float) -> tuple[str, ...]:
        """Give the TXT records of a name, each with its parts joined, sorted; none where there is no such name.

        A name server may give what it has kept for as long as the record allows.

        Raises:
            InputError: no host can have this name.
            RefusedError: `resolve` places the name server where the guard lets nobody go.
            Unavailable: no name server answered in time, or none could.
        """
        return tuple(sorted(self._ask(ascii_host(name), "TXT", Deadline(timeout_s))))

    def find_names(self, name: str, kind: Literal["CNAME", "MX", "NS"], timeout_s: float) -> tuple[str, ...]:
        """Give the names that a name's records name, in ASCII without a last dot; none where it has no such records.

        Of mail servers the preferred one comes first; aliases are given one step, not followed.

        Raises:
            InputError: no host can have this name.
            RefusedError: `resolve` places the name server where the guard lets nobody go.
            Unavailable: no name server answered in time, or none could.
        """
        found = sorted(self._ask(ascii_host(name), kind, Deadline(timeout_s)), key=_rank)
        return tuple(one.rpartition(" ")[2].rstrip(".").lower() for one in found)

    def _ask(self, host: str, kind: str, deadline: Deadline) -> list[str]:
        try:
            server = self._choose_server(host)
            name = dns.name.from_text(host, dns.name.root)  # whole: the machine's search domains are not tried
            answer = server.resolve(name, kind, lifetime=deadline.left_s(), search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError) as error:
            what = f"no name server tells the {kind} records of {host}: {str(error) or type(error).__name__}"
            raise Unavailable(what, hint="look whether the network is up, then try again", cause="dns") from error
        if answer.rdtype == dns.rdatatype.TXT:
            return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
        if answer.rdtype in {dns.rdatatype.A, dns.rdatatype.AAAA}:
            return [record.address for record in answer]
        return [record.to_text() for record in answer]

    def _choose_server(self, host: str) -> dns.resolver.Resolver:
        placed = self._guard.place(host, PORT)
        if placed is None:
            return dns.resolver.Resolver()
        self._guard.check(host, PORT, placed)
        server = dns.resolver.Resolver(configure=False)
        server.nameservers = [str(placed.address)]
        server.port = placed.port
        return server


def _rank(record: str) -> tuple[int, str]:
    """Give the preference that stands before the name of a mail server, and the name."""
    preference, _, name = record.rpartition(" ")
    return int(preference or 0), name
