"""A proxy on loopback by which a browser reaches the web: through the same guard as our own requests, and metered.

A page that is rendered asks for whatever it likes, as the machine we run on, its neighbours, or a cloud's metadata. So
the browser looks up no name and connects to nothing but this proxy, which looks at each address before it connects and
ends all connections when the time, the bytes or the number of them run out. What flows through a TLS tunnel is not
opened.
"""

import ipaddress
import selectors
import socket
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import h11

from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch import wire
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Endpoint, Guard, Rules
from cloneward.fetch.wire import MAX_HEAD_BYTES, STEP_BYTES, Deadline
from cloneward.url import ascii_host

MAX_OPEN: Final = 128
"""Connections at one time: browsers hold 6 to a host and 256 in all (Chromium: 32 through one proxy)."""

MAX_TUNNELS: Final = 2_000
"""Connections from first to last: a page that opens more is at nothing good."""

_ACCEPT_S: Final = 0.2  # how long a stop may go unnoticed
_HOP_BY_HOP: Final = frozenset({b"connection", b"keep-alive", b"proxy-authorization", b"proxy-connection", b"te"})
_WEB: Final = 80


@dataclass(frozen=True, kw_only=True)
class Tunnel:
    """One connection that the browser asked for.

    `addresses`: what the name servers gave for `host`. `endpoint`: address and port that it was connected to; none
    where it was not, and `refused` says why. Bytes are those on the wire, of both ways.
    """

    host: str
    port: int
    addresses: tuple[str, ...] = ()
    endpoint: str | None = None
    sent_bytes: int = 0
    received_bytes: int = 0
    refused: str = ""


class Proxy:
    """Serves one browser for a time; a context that listens within it and has closed everything after it."""

    def __init__(self, rules: Rules, *, max_bytes: int, timeout_s: float, source: str = "") -> None:
        """Prepare to serve.

        Args:
            rules: the settings' `[fetch]`.
            max_bytes: of all connections together, both ways.
            timeout_s: from the first moment on; after it nothing flows.
            source: our own address that connections leave from; the system's choice where empty.

        Raises:
            InputError: `allow` or `resolve` cannot be read, or `source` is no address.
        """
        self._guard = Guard(rules)
        self._resolver = Resolver(self._guard)
        self._left_bytes = max_bytes
        self._timeout_s = timeout_s
        self._source = _read_source(source)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._tunnels: list[Tunnel] = []
        self._threads: list[threading.Thread] = []
        self._links: set[socket.socket] = set()

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._deadline = Deadline(self._timeout_s)
        self._server = socket.create_server(("127.0.0.1", 0), backlog=MAX_OPEN)
        self._server.settimeout(_ACCEPT_S)
        self._listener = threading.Thread(target=self._accept, daemon=True)
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every connection, and wait until each has ended."""
        self.stop()
        self._listener.join()
        for thread in self._threads:
            thread.join()
        self._server.close()

    @property
    def address(self) -> str:
        """Host and port to give to the browser."""
        return f"127.0.0.1:{self._server.getsockname()[1]}"

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """The connections that have ended or were refused, in that order."""
        with self._lock:
            return tuple(self._tunnels)

    @property
    def is_exhausted(self) -> bool:
        """Whether bytes, time or connections ran out, so that something may be missing."""
        return self._left_bytes <= 0 or len(self._tunnels) >= MAX_TUNNELS or not self._has_time()

    def stop(self) -> None:
        """End every connection at once: the kill switch. Safe from any thread, and twice."""
        self._stopped.set()
        with self._lock:
            for link in self._links:
                with suppress(OSError):
                    link.shutdown(socket.SHUT_RDWR)

    def _has_time(self) -> bool:
        with suppress(TimeoutError):
            return self._deadline.left_s() > 0
        return False

    def _accept(self) -> None:
        while not self._stopped.is_set() and self._has_time():
            with suppress(TimeoutError):
                link, _ = self._server.accept()
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                if len(self._threads) >= MAX_OPEN or len(self._tunnels) >= MAX_TUNNELS:
                    link.close()
                    continue
                thread = threading.Thread(target=self._serve, args=(link,), daemon=True)
                self._threads.append(thread)
                thread.start()
        self._stopped.set()

    def _serve(self, link: socket.socket) -> None:
        """Serve one connection; what goes wrong on it ends it, and is on record if it was understood."""
        with self._lock:
            self._links.add(link)
        with closing(link), suppress(*wire.FAULTS):
            link.settimeout(min(self._deadline.left_s(), wire.CONNECT_S))
            head, rest = _read_head(link)
            try:
                errand = _read_errand(head)
            except (InputError, h11.ProtocolError):
                _answer(link, "400 Bad Request")
                return
            self._forward(link, errand, rest)
        with self._lock:
            self._links.discard(link)

    def _forward(self, link: socket.socket, errand: "_Errand", rest: bytes) -> None:
        addresses: tuple[str, ...] = ()
        try:
            endpoints = self._find(errand.host, errand.port)
            addresses = tuple(str(endpoint.address) for endpoint in endpoints)
            for endpoint in endpoints:  # all, though one is enough: a public one among private ones is a trap
                self._guard.check(errand.host, errand.port, endpoint)
            far = wire.connect(endpoints, self._deadline, self._source)
        except (InputError, RefusedError, Unavailable, OSError) as error:
            why = str(error) or type(error).__name__
            self._note(Tunnel(host=errand.host, port=errand.port, addresses=addresses, refused=why))
            _answer(link, "403 Forbidden" if isinstance(error, RefusedError) else "502 Bad Gateway")
            return
        with closing(far):
            reached = Endpoint(ipaddress.ip_address(far.getpeername()[0]), far.getpeername()[1])
            if not errand.head:
                _answer(link, "200 Connection established")
            sent, received = self._pump(link, far, errand.head + rest)
            self._note(
                Tunnel(
                    host=errand.host,
                    port=errand.port,
                    addresses=addresses,
                    endpoint=str(reached),
                    sent_bytes=sent,
                    received_bytes=received,
                )
            )

    def _find(self, host: str, port: int) -> list[Endpoint]:
        placed = self._guard.place(host, port)
        if placed:
            return [placed]
        return [Endpoint(address, port) for address in self._resolver.find_addresses(host, self._deadline.left_s())]

    def _note(self, tunnel: Tunnel) -> None:
        with self._lock:
            self._tunnels.append(tunnel)

    def _pump(self, link: socket.socket, far: socket.socket, first: bytes) -> tuple[int, int]:
        """Carry bytes both ways until one side ends, or something runs out; give how many each way."""
        moved = {far: 0, link: 0}
        with suppress(OSError), selectors.DefaultSelector() as waiting:
            far.sendall(first)
            moved[far] += self._spend(len(first))
            for end in moved:
                waiting.register(end, selectors.EVENT_READ)
            while not self._stopped.is_set() and self._left_bytes > 0 and self._has_time() and waiting.get_map():
                for key, _ in waiting.select(_ACCEPT_S):
                    near, other = (link, far) if key.fileobj is link else (far, link)
                    piece = near.recv(STEP_BYTES)
                    if piece:
                        other.settimeout(self._deadline.left_s())
                        other.sendall(piece)
                        moved[other] += self._spend(len(piece))
                    else:
                        waiting.unregister(near)
                        other.shutdown(socket.SHUT_WR)
        return moved[far], moved[link]

    def _spend(self, size_bytes: int) -> int:
        with self._lock:
            self._left_bytes -= size_bytes
        return size_bytes


@dataclass(frozen=True)
class _Errand:
    """What the browser asks for: where to, and the head to send there; none for a tunnel."""

    host: str
    port: int
    head: bytes = b""


def _read_source(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    try:
        return str(ipaddress.ip_address(text)), 0
    except ValueError as error:
        raise InputError(f"source {text!r} is no address", hint="as 192.0.2.1, one of this machine's own") from error


def _read_head(link: socket.socket) -> tuple[bytes, bytes]:
    """Give the head of a request, and what came after it."""
    came = b""
    while b"\r\n\r\n" not in came:
        piece = link.recv(STEP_BYTES)
        came += piece
        if not piece or len(came) > MAX_HEAD_BYTES:
            raise ConnectionError("no request came")
    head, _, rest = came.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", rest


def _read_errand(head: bytes) -> _Errand:
    """Read a request to a proxy (RFC 9112, 3.2.2 and 3.2.3).

    Raises:
        InputError: it asks for nothing that a proxy gives.
        h11.ProtocolError: it is no HTTP.
    """
    machine = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
    machine.receive_data(head)
    request = machine.next_event()
    if not isinstance(request, h11.Request):
        raise InputError("no request", hint="a browser sends one")
    target = request.target.decode("latin-1")
    is_tunnel = request.method == b"CONNECT"
    try:
        parts = urlsplit(f"//{target}" if is_tunnel else target)
        port = parts.port
    except ValueError as error:
        raise InputError(f"{target!r} is no address", hint="give one of the web") from error
    host = ascii_host(parts.hostname or "")
    if not host or (port is None if is_tunnel else parts.scheme != "http"):
        raise InputError(f"{target!r} is no address for a proxy", hint="host:port to a tunnel, or http://host/")
    if is_tunnel:
        return _Errand(host, port or _WEB)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [(name, value) for name, value in request.headers.raw_items() if name.lower() not in _HOP_BY_HOP]
    lines = [b"%s %s HTTP/1.1" % (request.method, path.encode("latin-1"))]
    lines += [b"%s: %s" % (name, value) for name, value in kept]
    return _Errand(host, _WEB if port is None else port, b"\r\n".join([*lines, b"Connection: close", b"", b""]))


def _answer(link: socket.socket, status: str) -> None:
    link.sendall(f"HTTP/1.1 {status}\r\n".encode() + (b"\r\n" if status[0] == "2" else b"Content-Length: 0\r\n\r\n"))
