"""Asks registries who holds a domain or a network: RDAP, by the lists in which IANA tells who is asked about what.

An answer may lie, be cut off, or be none: what is no JSON object, or speaks of something else than was asked, is no
answer. Source: RFC 9082 (questions), RFC 9083 (answers), RFC 9224 (lists).
"""

import ipaddress
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from cloneward.clock import Clock
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch.guard import Address
from cloneward.fetch.http import Fetcher, Response
from cloneward.url import ascii_host, host_of

List = Literal["dns.json", "ipv4.json", "ipv6.json"]
Answer = Mapping[str, Any]

_OK, _NOT_FOUND, _THROTTLED, _FAILING = 200, 404, 429, 500
_ACCEPT: Final = "application/rdap+json, application/json;q=0.5"
_MOST_S: Final = 86_400.0  # a registry that asks for more patience is asked again tomorrow
_UPPER_BITS: Final = {4: 9, 6: 17}
"""Shortest prefixes that somebody but a registry holds: IANA gives the registries /8 of IPv4, and /12 of IPv6."""

_PATIENCE_S: Final = 20.0
"""So long a registry that asks for patience is waited for, once."""
_MOST_BARE: Final = 4  # entities of one answer that are asked for; registries write three

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Registries:
    """Asks registries, about each thing once: what was answered is given again, as is the failure to answer.

    `load`: gives the bytes of a list of IANA by its name; raises Unavailable where it cannot be had.
    """

    fetcher: Fetcher
    clock: Clock
    load: Callable[[List], bytes]
    _known: dict[str, tuple[Answer | None, str] | Unavailable] = field(default_factory=dict)
    _services: dict[str, list[tuple[list[str], list[str]]]] = field(default_factory=dict)

    def find_domain(self, domain: str) -> tuple[Answer | None, str]:
        """Give what the registry says of a registered domain, none where there is no such domain or registry.

        The second value is the address that was asked; empty where no registry is known.

        Raises:
            Unavailable: it is to be asked later, in `retry_after_s` seconds where the registry says so.
        """
        name = ascii_host(domain)
        found = _find_suffix(name, self._list_services("dns.json"))
        return self._ask(found, f"domain/{quote(name, safe='')}", lambda answer: _is_domain(answer, name))

    def find_network(self, address: Address) -> tuple[Answer | None, str]:
        """Give what the registry says of the smallest network that an address lies in, as `find_domain`.

        Raises:
            Unavailable: as `find_domain`.
        """
        return self._find_range(ipaddress.ip_network(address), lambda answer: _holds(answer, address))

    def find_upper(self, answer: Answer) -> tuple[Answer | None, str]:
        """Give what the registry says of the network that a network lies in; none for one that a registry holds.

        Raises:
            Unavailable: as `find_domain`.
        """
        span = read_span(answer)
        if span is None:
            return None, ""
        first, last = span
        around = ipaddress.ip_network(first)
        while last not in around or (around.network_address == first and around.broadcast_address == last):
            if around.prefixlen <= _UPPER_BITS[first.version]:
                return None, ""
            around = around.supernet()
        found, source = self._find_range(around, lambda upper: _holds(upper, first) and _holds(upper, last))
        return (None, source) if found is not None and read_span(found) == span else (found, source)

    def _find_range(
        self, network: ipaddress.IPv4Network | ipaddress.IPv6Network, fits: Callable[[Answer], bool]
    ) -> tuple[Answer | None, str]:
        services = self._list_services("ipv4.json" if network.version == 4 else "ipv6.json")  # noqa: PLR2004
        single = network.num_addresses == 1
        return self._ask(_find_prefix(network, services), f"ip/{network.network_address if single else network}", fits)

    def _ask(self, bases: list[str], path: str, fits: Callable[[Answer], bool]) -> tuple[Answer | None, str]:
        """Give the answer of the first registry among equals, the safer ones first (RFC 9224, 3)."""
        if not bases:
            return None, ""
        base = min(bases, key=lambda one: not one.startswith("https:")).rstrip("/")
        answer, url = self._recall(f"{base}/{path}", fits)
        return (answer, url) if answer is None else (self._complete(answer, base), url)

    def _recall(self, url: str, fits: Callable[[Answer], bool]) -> tuple[Answer | None, str]:
        """Give what an address answered, now or when it was last asked."""
        if url not in self._known:
            try:
                self._known[url] = self._read(url, fits), url
            except Unavailable as error:
                self._known[url] = error
        known = self._known[url]
        if isinstance(known, Unavailable):
            raise known
        return known

    def _complete(self, answer: Answer, base: str) -> Answer:
        """Give an answer in which entities that are named by their handle alone are told in full.

        An entity that cannot be had stays as it is: what else is told may be enough.
        """
        entities = answer.get("entities")
        if not isinstance(entities, list):
            return answer
        told = list(entities)
        bare = sorted(
            (at for at, one in enumerate(told) if _is_bare(one)), key=lambda at: "abuse" not in _roles(told[at])
        )
        for at in bare[:_MOST_BARE]:
            handle = told[at]["handle"]
            with suppress(Unavailable):
                whole, _ = self._recall(f"{base}/entity/{quote(handle, safe='')}", partial(_is_entity, handle))
                told[at] = {**(whole or {}), **told[at]}
        return {**answer, "entities": told}

    def _read(self, url: str, fits: Callable[[Answer], bool]) -> Answer | None:
        try:
            response = self._get(url)
        except (InputError, RefusedError) as error:
            _log.warning("rdap.refused", extra={"url": url, "why": str(error)})
            return None
        if response.status == _THROTTLED or response.status >= _FAILING:
            what = f"{url} answered with status {response.status}"
            raise Unavailable(what, hint="ask again later", retry_after_s=read_patience(response))
        answer = read_object(response.body) if response.status == _OK and response.is_whole else None
        if answer is None or not fits(answer):
            _log.info("rdap.unfit", extra={"url": url, "status": response.status})
            return None
        return answer

    def _get(self, url: str) -> Response:
        """Give what a registry answers; where it asks for a little patience, it is asked once more after that."""
        response = self.fetcher.get(url, purpose="act", accept=_ACCEPT)
        wait_s = read_patience(response) if response.status == _THROTTLED else None
        if wait_s is None or wait_s > _PATIENCE_S:
            return response
        self.clock.sleep(wait_s)
        return self.fetcher.get(url, purpose="act", accept=_ACCEPT)

    def _list_services(self, name: List) -> list[tuple[list[str], list[str]]]:
        if name not in self._services:
            self._services[name] = list(read_services(self.load(name)))
        return self._services[name]


def read_object(body: bytes) -> Answer | None:
    """Give the JSON object that a body is; none where it is something else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def is_place(text: str) -> bool:
    """Say whether a text is an address of the web that can be asked."""
    return urlsplit(text).scheme in {"http", "https"} and bool(host_of(text))


def read_services(body: bytes) -> Iterator[tuple[list[str], list[str]]]:
    """Give the entries of a list of IANA: of what, and the addresses to ask (RFC 9224, 3); no broken ones."""
    services = (read_object(body) or {}).get("services")
    for service in services if isinstance(services, list) else []:
        if isinstance(service, list) and len(service) >= 2 and all(isinstance(part, list) for part in service[-2:]):  # noqa: PLR2004
            entries, urls = ([one for one in part if isinstance(one, str)] for part in service[-2:])
            yield entries, [url for url in urls if is_place(url)]


def read_span(answer: Answer) -> tuple[Any, Any] | None:
    """Give the first and last address of a network; none where they are no range of one version."""
    try:
        first, last = (ipaddress.ip_address(str(answer.get(name)).strip()) for name in ("startAddress", "endAddress"))
    except ValueError:
        return None
    return (first, last) if first.version == last.version and int(first) <= int(last) else None


def read_patience(response: Response) -> float | None:
    """Give the seconds after which to ask again, as Retry-After says, by number or by date (RFC 9110, 10.2.3)."""
    told = response.header("retry-after").strip()
    if told.isascii() and told.isdigit():
        return min(float(told[:9]), _MOST_S)
    try:
        wait = parsedate_to_datetime(told) - parsedate_to_datetime(response.header("date"))
    except (ValueError, TypeError):
        return None
    return min(max(wait.total_seconds(), 0.0), _MOST_S)


def _find_suffix(name: str, services: list[tuple[list[str], list[str]]]) -> list[str]:
    """Give who is asked about a domain: those of the entry with most labels in common with its end."""
    entries = [(entry.lower().strip("."), urls) for entries, urls in services for entry in entries]
    fitting = [(entry, urls) for entry, urls in entries if name == entry or name.endswith(f".{entry}") or not entry]
    return max(fitting, key=lambda pair: len(pair[0]), default=("", []))[1]


def _find_prefix(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network, services: list[tuple[list[str], list[str]]]
) -> list[str]:
    """Give who is asked about a network: those of the smallest entry around it."""
    best: tuple[int, list[str]] = (-1, [])
    for entries, urls in services:
        for entry in entries:
            around = _read_network(entry)
            if around and around.version == network.version and network.network_address in around:
                best = max(best, (around.prefixlen, urls), key=lambda pair: pair[0])
    return best[1]


def _read_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _is_domain(answer: Answer, name: str) -> bool:
    """Say whether an answer speaks of a domain, in either of its spellings."""
    told = [str(answer[key]) for key in ("ldhName", "unicodeName") if answer.get(key)]
    return "errorCode" not in answer and any(ascii_host(one.strip()) == name for one in told)


def _is_entity(handle: str, answer: Answer) -> bool:
    return "errorCode" not in answer and str(answer.get("handle", "")).lower() == handle.lower()


def _is_bare(entity: object) -> bool:
    """Say whether an entity is named by its handle, and nothing else tells who it is."""
    return (
        isinstance(entity, dict)
        and isinstance(entity.get("handle"), str)
        and bool(entity["handle"])
        and not entity.get("vcardArray")
        and not entity.get("entities")
    )


def _roles(entity: Answer) -> list[str]:
    roles = entity.get("roles")
    return [str(role).lower() for role in roles] if isinstance(roles, list) else []


def _holds(answer: Answer, address: Address) -> bool:
    """Say whether an answer speaks of a network that an address lies in."""
    span = read_span(answer)
    return span is not None and span[0].version == address.version and span[0] <= address <= span[1]
