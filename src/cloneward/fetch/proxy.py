"""A proxy on loopback by which a browser reaches the web: through the same guard as our own requests, and metered.

A page that is rendered asks for whatever it likes, as the machine we run on, its neighbours, or a cloud's metadata. So
the browser looks up no name and connects to nothing but this proxy, which looks at each address before it connects and
ends all connections when the time, the bytes or the number of them run out.

What flows through a tunnel is not opened, unless the proxy records: then it speaks TLS to both sides, each certificate
of the far side is checked and kept, and every request and answer is read along as it stands on the wire. A site can
tell that from an untouched browser by how TLS is begun, so one vantage does without.
"""

import ipaddress
import selectors
import socket
import ssl
import threading
from collections.abc import Collection
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import h11

from cloneward.clock import Clock, SystemClock
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch import wire
from cloneward.fetch.certify import Certifier
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Endpoint, Guard, Rules
from cloneward.fetch.record import Observer, Trace
from cloneward.fetch.wire import MAX_HEAD_BYTES, STEP_BYTES, Deadline
from cloneward.url import ascii_host

MAX_OPEN: Final = 128
"""Connections at one time: browsers hold 6 to a host and 256 in all (Chromium: 32 through one proxy)."""

MAX_TUNNELS: Final = 2_000
"""Connections from first to last: a page that opens more is at nothing good."""

_ACCEPT_S: Final = 0.2  # how long a stop may go unnoticed
_HOP_BY_HOP: Final = frozenset({b"connection", b"keep-alive", b"proxy-authorization", b"proxy-connection", b"te"})
_WEB: Final = 80
_TLS_HELLO: Final = 0x16  # first byte of a TLS handshake (RFC 8446, 5.1)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What a proxy that records needs: the time, certificates for its browser, and which ones hold far off."""

    clock: Clock
    certifier: Certifier
    tls: ssl.SSLContext


@dataclass(frozen=True, kw_only=True)
class Tunnel:
    """One connection that the browser asked for.

    `addresses`: what the name servers gave for `host`. `endpoint`: address and port that it was connected to; none
    where it was not, and `refused` says why. Bytes are those of both ways, inside TLS where that was opened.
    `certificates`: those that the far side showed, DER, its own first; empty where TLS was not opened. `traces`: what
    was recorded, none where the proxy does not.
    """

    host: str
    port: int
    addresses: tuple[str, ...] = ()
    endpoint: str | None = None
    sent_bytes: int = 0
    received_bytes: int = 0
    refused: str = ""
    certificates: tuple[bytes, ...] = ()
    traces: tuple[Trace, ...] = ()


class Proxy:
    """Serves one browser for a time; a context that listens within it and has closed everything after it."""

    def __init__(  # noqa: PLR0913  by their names, what bounds and what records it
        self,
        rules: Rules,
        *,
        max_bytes: int,
        timeout_s: float,
        source: str = "",
        recording: Recording | None = None,
        closed: Collection[str] = (),
    ) -> None:
        """Prepare to serve.

        Args:
            rules: the settings' `[fetch]`.
            max_bytes: of all connections together, both ways.
            timeout_s: from the first moment on; after it nothing flows.
            source: our own address that connections leave from; the system's choice where empty.
            recording: if the proxy is to record.
            closed: hosts that nothing is asked of, not even where they are.

        Raises:
            InputError: `allow` or `resolve` cannot be read, or `source` is no address.
        """
        self._guard = Guard(rules)
        self._resolver = Resolver(self._guard)
        self._left_bytes = max_bytes
        self._timeout_s = timeout_s
        self._source = _read_source(source)
        self._recording = recording
        self._closed = frozenset(closed)
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
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # wakes who waits for the next connection
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
            with suppress(OSError):  # nobody came for a while, or it has stopped
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
        self._watch(link)
        with closing(link), suppress(*wire.FAULTS):
            link.settimeout(min(self._deadline.left_s(), wire.CONNECT_S))
            head, rest = _read_head(link)
            try:
                errand = _read_errand(head)
            except (InputError, h11.ProtocolError):
                _answer(link, "400 Bad Request")
                return
            self._forward(link, errand, rest)

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
            known = {"host": errand.host, "port": errand.port, "addresses": addresses, "endpoint": _name_peer(far)}
            if not errand.head:
                _answer(link, "200 Connection established")
            self._carry(link, far, errand, rest, known)

    def _carry(
        self, link: socket.socket, far: socket.socket, errand: "_Errand", rest: bytes, known: dict[str, Any]
    ) -> None:
        """Carry what both sides say, recorded or not, and put the connection on record when it has ended."""
        certificates: tuple[bytes, ...] = ()
        recording = self._recording
        with ExitStack() as opened:
            if recording is not None and not errand.head and not rest and _begins_tls(link):
                try:
                    far = opened.enter_context(wire.secure(far, errand.host, recording.tls, self._deadline))
                    certificates = _list_certificates(far)
                    own = recording.certifier.serve_as(errand.host)
                    link = opened.enter_context(own.wrap_socket(link, server_side=True))
                    self._watch(link)
                except OSError as error:
                    self._note(Tunnel(**known, certificates=certificates, refused=f"TLS failed: {error}"))
                    return
            observer = Observer(SystemClock() if recording is None else recording.clock)
            flow = _Flow(link, far, observer, is_single=bool(errand.head))
            self._pump(flow, errand.head + rest)
        traces = () if recording is None else observer.end()[: 1 if flow.is_single else None]
        self._note(
            Tunnel(
                **known,
                sent_bytes=flow.sent_bytes,
                received_bytes=flow.received_bytes,
                certificates=certificates,
                traces=traces,
            )
        )

    def _watch(self, link: socket.socket) -> None:
        """Have `stop` end this connection too."""
        with self._lock:
            self._links = {other for other in self._links if other.fileno() >= 0} | {link}

    def _find(self, host: str, port: int) -> list[Endpoint]:
        if host in self._closed:
            raise RefusedError(f"{host} is closed", hint="it is where a browser asks for itself")
        placed = self._guard.place(host, port)
        if placed:
            return [placed]
        return [Endpoint(address, port) for address in self._resolver.find_addresses(host, self._deadline.left_s())]

    def _note(self, tunnel: Tunnel) -> None:
        with self._lock:
            self._tunnels.append(tunnel)

    def _pump(self, flow: "_Flow", first: bytes) -> None:
        """Carry bytes both ways until one side ends, or something runs out."""
        with suppress(OSError), selectors.DefaultSelector() as waiting:
            if first:
                self._spend(flow.note(flow.link, first))
                flow.far.sendall(flow.cut(first))
            for end in (flow.link, flow.far):
                waiting.register(end, selectors.EVENT_READ)
            while not self._stopped.is_set() and self._left_bytes > 0 and self._has_time() and waiting.get_map():
                for near in _list_ready(waiting):
                    piece = _read_ready(near)
                    if piece is None:
                        continue
                    other = flow.far if near is flow.link else flow.link
                    if not piece:
                        if isinstance(near, ssl.SSLSocket):
                            return  # TLS has no half that stays open
                        waiting.unregister(near)
                        other.shutdown(socket.SHUT_WR)
                    elif near is flow.far or not flow.is_asked:
                        self._spend(flow.note(near, piece))
                        other.settimeout(self._deadline.left_s())
                        other.sendall(flow.cut(piece) if near is flow.link else piece)
                if flow.is_answered:
                    return

    def _spend(self, size_bytes: int) -> None:
        with self._lock:
            self._left_bytes -= size_bytes


@dataclass
class _Flow:
    """What goes over one connection. `is_single`: one request and its answer; the next may be for another host."""

    link: socket.socket
    far: socket.socket
    observer: Observer
    is_single: bool
    sent_bytes: int = 0
    received_bytes: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether what the browser sends now is no part of what the far side is to get."""
        return self.is_single and self.observer.has_asked

    @property
    def is_answered(self) -> bool:
        """Whether all that was asked for has come."""
        return self.is_single and bool(self.observer.traces)

    def cut(self, piece: bytes) -> bytes:
        """Give what of a piece, just noted, the far side is to get."""
        surplus = self.observer.surplus_bytes if self.is_single else 0
        return piece[: len(piece) - min(surplus, len(piece))]

    def note(self, near: socket.socket, piece: bytes) -> int:
        """Count and read along what came from one side; give how many bytes."""
        if near is self.link:
            self.sent_bytes += len(piece)
            self.observer.note_sent(piece)
        else:
            self.received_bytes += len(piece)
            self.observer.note_received(piece)
        return len(piece)


@dataclass(frozen=True)
class _Errand:
    """What the browser asks for: where to, and the head to send there; none for a tunnel."""

    host: str
    port: int
    head: bytes = b""


def _name_peer(link: socket.socket) -> str:
    address, port = link.getpeername()[:2]
    return str(Endpoint(ipaddress.ip_address(address), port))


def _begins_tls(link: socket.socket) -> bool:
    """Look at the first byte, and leave it there."""
    return link.recv(1, socket.MSG_PEEK)[:1] == bytes([_TLS_HELLO])


def _list_certificates(link: socket.socket) -> tuple[bytes, ...]:
    """Give the chain as it was sent; where this Python does not tell it, the far side's own."""
    if not isinstance(link, ssl.SSLSocket):
        return ()
    inner = getattr(link, "_sslobj", None)  # public from Python 3.13 on, as a method of the socket
    if inner is not None and hasattr(inner, "get_unverified_chain"):
        return tuple(ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in inner.get_unverified_chain() or ())
    own = link.getpeercert(binary_form=True)
    return (own,) if own else ()


def _list_ready(waiting: selectors.BaseSelector) -> list[socket.socket]:
    """Give the sockets that have something to read: also what TLS has unpacked already, which no selector sees."""
    ends = [key.fileobj for key in waiting.get_map().values()]
    held = [end for end in ends if isinstance(end, ssl.SSLSocket) and end.pending()]
    if held:
        return list(held)
    return [key.fileobj for key, _ in waiting.select(_ACCEPT_S) if isinstance(key.fileobj, socket.socket)]


def _read_ready(link: socket.socket) -> bytes | None:
    """Give what can be read without waiting; none where it was only TLS's own talk, or less than a record of it."""
    link.settimeout(0)
    try:
        return link.recv(STEP_BYTES)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None


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
