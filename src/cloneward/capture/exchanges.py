"""What the proxy recorded, as exchanges: with whole addresses, in the order in which they were asked for."""

from collections.abc import Iterable, Mapping

from cloneward.clock import format_utc
from cloneward.errors import Problem
from cloneward.fetch.proxy import Tunnel
from cloneward.fetch.record import Trace
from cloneward.model.evidence import Exchange

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MOST_TOLD = 20
OWN_TALK = frozenset({"accounts.google.com", "clients2.google.com", "update.googleapis.com"})
"""Where a Chromium asks for itself, whatever its flags say: for updates, and whether anybody is signed in."""


def join_tunnels(tunnels: Iterable[Tunnel]) -> tuple[Exchange, ...]:
    """Give every exchange of the connections, by the time of the request."""
    found = [(trace.at, _join(tunnel, trace)) for tunnel in tunnels for trace in tunnel.traces]
    return tuple(exchange for _, exchange in sorted(found, key=lambda one: one[0]))


def list_addresses(tunnels: Iterable[Tunnel]) -> dict[str, tuple[str, ...]]:
    """Give the addresses that were found for each host, each once and sorted."""
    found: dict[str, set[str]] = {}
    for tunnel in tunnels:
        found.setdefault(tunnel.host, set()).update(tunnel.addresses)
    return {host: tuple(sorted(addresses)) for host, addresses in sorted(found.items())}


def list_certificates(tunnels: Iterable[Tunnel]) -> Mapping[str, tuple[bytes, ...]]:
    """Give the certificates that each host showed, DER, its own first."""
    return {tunnel.host: tunnel.certificates for tunnel in tunnels if tunnel.certificates}


def tell_refused(tunnels: Iterable[Tunnel]) -> tuple[Problem, ...]:
    """Tell which hosts were not reached, and why, each host and reason once."""
    failed = (tunnel for tunnel in tunnels if tunnel.refused and tunnel.host not in OWN_TALK)
    told = dict.fromkeys((f"{tunnel.host}:{tunnel.port}", tunnel.refused) for tunnel in failed)
    problems = [Problem(code="host_unreached", page=None, text=f"{host}: {why}") for host, why in told]
    if len(problems) > _MOST_TOLD:
        text = f"and {len(problems) - _MOST_TOLD:,} more hosts were not reached"
        problems[_MOST_TOLD:] = [Problem(code="host_unreached", page=None, text=text)]
    return tuple(problems)


def _join(tunnel: Tunnel, trace: Trace) -> Exchange:
    return Exchange(
        url=_locate(tunnel, trace.target),
        method=trace.method,
        requested_at=format_utc(trace.at),
        request_headers=trace.request_headers,
        request_body=trace.request_body,
        protocol=trace.request_version,
        status=trace.status,
        reason=trace.reason,
        response_headers=trace.headers,
        body=trace.body,
        bodies="wire",
        is_whole=trace.is_whole,
        failure=trace.failure,
        address=tunnel.endpoint,
    )


def _locate(tunnel: Tunnel, target: str) -> str:
    scheme = "https" if tunnel.certificates else "http"
    host = f"[{tunnel.host}]" if ":" in tunnel.host else tunnel.host
    port = "" if tunnel.port == _DEFAULT_PORTS[scheme] else f":{tunnel.port}"
    return f"{scheme}://{host}{port}{target}"
