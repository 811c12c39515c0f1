"""Asks time-stamp authorities (RFC 3161, over HTTP): one request, one reply, nothing followed.

What a reply says is for `seal` to check; here it is only brought, through the same guard and caps as everything else.
"""

import logging
import ssl
from urllib.parse import urlsplit

import h11

from cloneward import __version__
from cloneward.clock import Clock
from cloneward.errors import Unavailable
from cloneward.fetch import wire
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Endpoint, Guard, Rules
from cloneward.fetch.pace import Pace
from cloneward.fetch.wire import Deadline, Exchange
from cloneward.url import canonical

# A reply holds a digest, a signature and some certificates.
MAX_REPLY_BYTES = 1024 * 1024
_OK = 200
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TYPES = ("application/timestamp-query", "application/timestamp-reply")

_log = logging.getLogger(__name__)


class Stamper:
    """Asks authorities, each at most once in `per_host_s` seconds; what they are told is a digest."""

    def __init__(self, rules: Rules, clock: Clock, *, tls: ssl.SSLContext | None = None) -> None:
        """Prepare to ask.

        Args:
            rules: the settings' `[fetch]`.
            clock: tells and waits for the turns of an authority.
            tls: which certificates hold; those that the system trusts by default.

        Raises:
            InputError: `allow` or `resolve` cannot be read.
        """
        self._rules = rules
        self._guard = Guard(rules)
        self._resolver = Resolver(self._guard)
        self._pace = Pace(clock)
        self._tls = tls or ssl.create_default_context()

    def ask(self, url: str, request: bytes) -> bytes:
        """Give what an authority replies to a request.

        Raises:
            InputError: `url` is no web address.
            RefusedError: the guard does not let us there; the hint names the setting.
            Unavailable: it did not answer in time, or with anything but a reply.
        """
        address = canonical(url)
        deadline = Deadline(self._rules.timeout_s)
        try:
            reply = self._exchange(address, request, deadline)
        except wire.FAULTS as error:
            _log.info("fetch.failed", extra={"url": address, "purpose": "seal", "why": str(error)})
            text = f"the authority {address} does not answer: {str(error) or type(error).__name__}"
            raise Unavailable(text, hint="the seal is pending until it does; try later") from error
        _log.info("fetch.answered", extra={"url": address, "purpose": "seal", "size_bytes": len(reply)})
        return reply

    def _exchange(self, url: str, request: bytes, deadline: Deadline) -> bytes:
        parts = urlsplit(url)
        host, port = parts.hostname or "", _DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
        endpoints = self._find(host, port, deadline)
        with deadline.paused():
            self._pace.wait(host, self._rules.per_host_s)
        link = wire.connect(endpoints, deadline)
        if parts.scheme == "https":
            link = wire.secure(link, host, self._tls, deadline)
        with link:
            exchange = Exchange(link, deadline)
            headers = [
                *(("Host", parts.netloc), ("User-Agent", f"cloneward/{__version__}")),
                *(("Content-Type", _TYPES[0]), ("Content-Length", str(len(request))), ("Accept", _TYPES[1])),
                ("Connection", "close"),
            ]
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            head = exchange.ask(target, headers, request)
            media = next((value for name, value in head.headers if name == b"content-type"), b"").decode("latin-1")
            if head.status_code != _OK or media.partition(";")[0].strip().lower() != _TYPES[1]:
                raise h11.RemoteProtocolError(f"status {head.status_code}, {media[:80] or 'no type'}, and no reply")
            return b"".join(exchange.read_pieces(MAX_REPLY_BYTES))

    def _find(self, host: str, port: int, deadline: Deadline) -> list[Endpoint]:
        """Give where to connect, all of it checked: one private address among public ones is a trap."""
        placed = self._guard.place(host, port)
        found = [] if placed else self._resolver.find_addresses(host, deadline.left_s())
        endpoints = [placed] if placed else [Endpoint(address, port) for address in found]
        for endpoint in endpoints:
            self._guard.check(host, port, endpoint)
        return endpoints
