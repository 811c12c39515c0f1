"""Reads addresses: truthfully named, at a pace, capped in size and time, each hop through the guard.

`robots.txt` is not read. It speaks to crawlers, and this is none: it visits single addresses, to secure evidence or
to import what an owner named; and whoever copies a site would only have to forbid us. In its place stand a purpose
for each request, which is logged, the pace, and the caps.
"""

import ipaddress
import logging
import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urljoin, urlsplit

import h11

from cloneward import __version__
from cloneward.clock import Clock
from cloneward.errors import InputError, Problem, RefusedError, Unavailable
from cloneward.fetch import encoding, wire
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Endpoint, Guard, Rules
from cloneward.fetch.pace import Pace
from cloneward.fetch.wire import Deadline, Exchange
from cloneward.url import canonical

# RFC 9110, 15.4, asks clients to stop loops; browsers follow 20, and honest sites need two or three.
MAX_REDIRECTS = 10
# No site is asked more often than this, whatever the settings say, unless its owner answers for it by `allow`.
MIN_GAP_S = 2.0
# Honest pages fold to a tenth, lists of addresses to a fiftieth; deflate can reach 1032, zstd and brotli far more.
MAX_RATIO = 200
_FREE_BYTES = 1024 * 1024  # below this no ratio is looked at
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One answer on the way: what was asked, what came, and from which address and port.

    `headers`: of the answer, as those of a Response.
    """

    url: str
    status: int
    address: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Response:
    """What came of an address in the end. A missing page is one too: look at `status` before you read `body`.

    `headers` are those of the last answer, as sent but for lower-case names; `body` has its content codings undone
    and its charset not. `chain` holds every answer in turn, the last included; `sent` are the headers of each request,
    but for its Host. If `is_whole` is false, `body` is only its beginning, and `problems` say why.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chain: tuple[Hop, ...]
    sent: tuple[tuple[str, str], ...] = ()
    is_whole: bool = True
    problems: tuple[Problem, ...] = ()

    @property
    def address(self) -> str:
        """Address and port of the last answer."""
        return self.chain[-1].address

    @property
    def charset(self) -> str:
        """The charset that the server declared; empty if none."""
        found = _CHARSET.search(self.header("content-type"))
        return found[1] if found else ""

    def header(self, name: str) -> str:
        """Give the first header of that name; empty if there is none."""
        return next((value for key, value in self.headers if key == name.lower()), "")


@dataclass(frozen=True)
class _Errand:
    """What stays the same through all hops of one request."""

    url: str
    purpose: str
    headers: tuple[tuple[str, str], ...]
    deadline: Deadline


class Fetcher:
    """Reads addresses, one at a time in each thread. Keeps the pace of each site, and nothing else between calls."""

    def __init__(self, rules: Rules, clock: Clock, *, contact: str = "", tls: ssl.SSLContext | None = None) -> None:
        """Prepare to read.

        Args:
            rules: the settings' `[fetch]`.
            clock: tells and waits for the turns of a site. Time-outs are counted in real time.
            contact: address where those we visit can read who asks, for the User-Agent; the owner's site.
            tls: which certificates hold; those that the system trusts by default.

        Raises:
            InputError: `allow` or `resolve` cannot be read, or `contact` is no web address.
        """
        self._rules = rules
        self._guard = Guard(rules)
        self._resolver = Resolver(self._guard)
        self._pace = Pace(clock)
        self._tls = tls or ssl.create_default_context()
        self._agent = f"cloneward/{__version__}" + (f" (+{canonical(contact)})" if contact else "")

    def get(
        self,
        url: str,
        *,
        purpose: str,
        accept: str = "*/*",
        unless: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Give what answers at a web address, redirects followed.

        What the other side does after its first answer is never raised: a broken body or a redirect that cannot be
        followed gives what came until then, and a problem. The body of a redirect is not read.

        Args:
            url: http or https, without user name or password.
            purpose: what for, as one of our verbs: `capture`, `protect`; goes into the log with each hop.
            accept: media types, for the Accept header.
            unless: headers of an earlier answer, by lower-case name; by its `etag` and `last-modified` the server
                may answer that nothing has changed: status 304, no body.
            headers: further ones, or in place of ours of the same name, to look as a visitor does.

        Raises:
            InputError: `url` is no web address.
            RefusedError: the guard does not let us there; the hint names the setting.
            Unavailable: nothing answered there, in time, that is HTTP.
        """
        asked = _read_url(url)
        ours = {"User-Agent": self._agent, "Accept": accept, "Accept-Encoding": "gzip, deflate, br, zstd"}
        for name, header in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")):
            if unless and unless.get(name):
                ours[header] = unless[name]
        ours |= {**(headers or {}), "Connection": "close"}
        errand = _Errand(asked, purpose, tuple(ours.items()), Deadline(self._rules.timeout_s))
        response = self._visit(asked, errand, ())
        while response.status in _REDIRECTS:
            followed = self._follow(response, errand)
            if isinstance(followed, Problem):
                return replace(response, problems=(*response.problems, followed))
            response = followed
        return response

    def _follow(self, response: Response, errand: _Errand) -> Response | Problem:
        page = response.final_url
        try:
            target = _find_target(response)
            return target if isinstance(target, Problem) else self._visit(target, errand, response.chain)
        except RefusedError as error:
            return Problem(code="redirect_refused", page=page, text=str(error), hint=error.hint)
        except Unavailable as error:
            return Problem(code="redirect_unavailable", page=page, text=str(error), hint=error.hint)
        except (InputError, ValueError) as error:
            return Problem(code="redirect_broken", page=page, text=f"it leads to no web address: {error}")

    def _visit(self, url: str, errand: _Errand, chain: tuple[Hop, ...]) -> Response:
        """Give the one answer of an address, and log who was asked for what."""
        trace = {"url": url, "purpose": errand.purpose}
        try:
            response = self._exchange(url, errand, chain)
        except RefusedError as error:
            _log.warning("fetch.refused", extra={**trace, "why": str(error)})
            raise
        except Unavailable as error:
            _log.info("fetch.failed", extra={**trace, "why": str(error)})
            raise
        _log.info("fetch.answered", extra={**trace, "status": response.status, "address": response.address})
        return response

    def _exchange(self, url: str, errand: _Errand, chain: tuple[Hop, ...]) -> Response:
        parts = urlsplit(url)
        deadline = errand.deadline
        try:
            with self._open(parts, deadline) as link:
                address, port = link.getpeername()[:2]
                exchange = Exchange(link, deadline)
                target = f"{parts.path}?{parts.query}" if parts.query else parts.path
                head = exchange.ask(target, [("Host", parts.netloc), *errand.headers])
                reached = Endpoint(ipaddress.ip_address(address), port)
                came = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
                hop = Hop(url=url, status=head.status_code, address=str(reached), headers=came)
                response = Response(
                    url=errand.url,
                    final_url=url,
                    status=head.status_code,
                    headers=came,
                    body=b"",
                    chain=(*chain, hop),
                    sent=errand.headers,
                )
                if response.status in _REDIRECTS:
                    return response
                return _read_body(response, _Body(exchange, deadline, self._rules.max_bytes))
        except ssl.SSLCertVerificationError as error:
            what = f"the certificate of {parts.hostname} does not hold: {error.verify_message}"
            raise Unavailable(what, hint="a visitor's browser would warn of it too", cause="tls") from error
        except wire.FAULTS as error:
            hint = "the host may be gone, busy or no web server; try later"
            what = f"{url} does not answer: {str(error) or type(error).__name__}"
            raise Unavailable(what, hint=hint, cause="tls" if isinstance(error, ssl.SSLError) else "host") from error
        except h11.LocalProtocolError as error:
            raise InputError(f"a header cannot be sent: {error}", hint="give one line of Latin letters") from error

    def _open(self, parts: SplitResult, deadline: Deadline) -> socket.socket:
        """Connect to what the guard has said yes to, when it is the site's turn."""
        host = parts.hostname or ""
        port = _DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
        placed = self._guard.place(host, port)
        if placed:
            endpoints = [placed]
        else:
            found = self._resolver.find_addresses(host, deadline.left_s())
            endpoints = [Endpoint(address, port) for address in found]
        for endpoint in endpoints:  # all, though one is enough: a public one among private ones is a trap
            self._guard.check(host, port, endpoint)
        is_ours = all(self._guard.is_allowed(host, port, endpoint) for endpoint in endpoints)
        with deadline.paused():
            self._pace.wait(host, self._rules.per_host_s if is_ours else max(self._rules.per_host_s, MIN_GAP_S))
        link = wire.connect(endpoints, deadline)
        return wire.secure(link, host, self._tls, deadline) if parts.scheme == "https" else link


class _Body:
    """What is kept of a body, and the meter of all that its codings unfold, beside what came off the wire."""

    def __init__(self, exchange: Exchange, deadline: Deadline, max_bytes: int) -> None:
        self.exchange = exchange
        self.max_bytes = max_bytes
        self.content = bytearray()
        self._deadline = deadline
        self._unfolded_bytes = 0

    def add(self, size_bytes: int) -> None:
        """Count what a coding gave; raise where it is too much (OverflowError) or took too long (TimeoutError)."""
        self._deadline.left_s()
        self._unfolded_bytes += size_bytes
        if self._unfolded_bytes > max(_FREE_BYTES, MAX_RATIO * self.exchange.received_bytes):
            raise OverflowError(f"it unfolds to more than {MAX_RATIO} times what it weighs")

    def keep(self, piece: bytes) -> None:
        """Keep a piece of the body; raise where it is full (OverflowError)."""
        self._deadline.left_s()
        room = self.max_bytes - len(self.content)
        self.content += piece[:room]
        if len(piece) > room:
            raise OverflowError(f"it has more than {self.max_bytes:,} bytes")


def _read_url(text: str) -> str:
    """Give the canonical form.

    Raises:
        InputError: it is no web address.
        RefusedError: it holds a user name or a password.
    """
    url = canonical(text)
    if "@" in urlsplit(text.strip()).netloc:
        raise RefusedError(
            f"{url} comes with a user name: we log in nowhere", hint="leave out what stands before the @"
        )
    return url


def _find_target(response: Response) -> str | Problem:
    """Give where a redirect leads; a problem if it leads nowhere new.

    Raises:
        InputError, ValueError: it leads to what is no web address.
        RefusedError: it leads to an address with a user name.
    """
    page, location = response.final_url, response.header("location")
    if not location:
        return Problem(code="redirect_broken", page=page, text="the redirect does not say where to")
    with suppress(UnicodeDecodeError):  # headers are Latin-1 by their grammar; here servers mostly send UTF-8
        location = location.encode("latin-1").decode("utf-8")
    target = _read_url(urljoin(page, location))
    if target in {hop.url for hop in response.chain}:
        return Problem(code="redirect_loop", page=page, text=f"it leads back to {target}")
    if len(response.chain) > MAX_REDIRECTS:
        return Problem(code="redirect_limit", page=page, text=f"more than {MAX_REDIRECTS} redirects")
    return target


def _read_body(response: Response, body: _Body) -> Response:
    """Give the response with its body, or with as much of it as could be had and the reason."""
    page, problem = response.final_url, None
    declared = ",".join(value for name, value in response.headers if name == "content-encoding")
    codings = encoding.read_codings(declared)
    try:
        for piece in encoding.unfold(body.exchange.read_pieces(body.max_bytes), codings or [], body):
            body.keep(piece)
    except TimeoutError:
        hint = "fetch.timeout_s in the settings says how long we wait"
        problem = Problem(code="answer_slow", page=page, text="the answer did not end in time", hint=hint)
    except OverflowError as error:
        hint = "fetch.max_bytes in the settings says how much we take"
        problem = Problem(code="answer_too_large", page=page, text=str(error), hint=hint)
    except wire.FAULTS as error:
        problem = Problem(code="answer_broken", page=page, text=f"the answer broke off: {error}")
    except encoding.FAULTS as error:
        problem = Problem(code="coding_broken", page=page, text=f"it is not what {declared[:80]!r} says: {error}")
    is_whole = problem is None
    if codings is None and problem is None:
        text = f"the body is as it came: we do not undo the coding {declared[:80]!r}"
        problem = Problem(code="coding_unknown", page=page, text=text)
    return replace(response, body=bytes(body.content), is_whole=is_whole, problems=(problem,) if problem else ())
