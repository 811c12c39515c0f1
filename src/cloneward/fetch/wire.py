"""One connection, one request, one answer; every wait ends at one deadline.

Written on a socket and `h11`, which does no more than HTTP/1.1's grammar: nothing is followed, unfolded, kept or sent
behind our back, and the socket is connected to the very address that the guard has checked.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import h11

from cloneward.clock import SystemClock
from cloneward.fetch.guard import Endpoint

STEP_BYTES = 64 * 1024
# Status line and headers of an answer, and equally those before it (1xx) and after its body (trailers). Servers
# themselves take 8 to 64 KiB from us.
MAX_HEAD_BYTES = 64 * 1024
# A machine that does not answer must not take the time of the name's other addresses.
CONNECT_S = 10.0
_MOST_ADDRESSES = 4

# What a connection raises when the other side, or the way to it, fails. Time-outs and TLS are OSErrors.
FAULTS = (OSError, OverflowError, h11.RemoteProtocolError)


class Deadline:
    """A moment after which nothing is waited for. Sockets move in real time, whatever clock rules the schedule."""

    def __init__(self, seconds: float) -> None:
        self._clock = SystemClock()
        self._end_s = self._clock.monotonic_s() + seconds

    def left_s(self) -> float:
        """Give the seconds left, more than zero.

        Raises:
            TimeoutError: there are none.
        """
        left_s = self._end_s - self._clock.monotonic_s()
        if left_s <= 0:
            raise TimeoutError("the time is over")
        return left_s

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop counting inside the block."""
        left_s = self.left_s()
        yield
        self._end_s = self._clock.monotonic_s() + left_s


def connect(endpoints: Sequence[Endpoint], deadline: Deadline, source: tuple[str, int] | None = None) -> socket.socket:
    """Connect to the first endpoint that answers, and to nothing else; from our own address `source`, where given.

    Raises:
        OSError: none did; that of the last.
    """
    fault: OSError = OSError("no address")
    for endpoint in endpoints[:_MOST_ADDRESSES]:
        try:
            return _connect(endpoint, min(deadline.left_s(), CONNECT_S), source)
        except OSError as error:
            fault = error
    raise fault


def _connect(endpoint: Endpoint, timeout_s: float, source: tuple[str, int] | None) -> socket.socket:
    family = socket.AF_INET if endpoint.address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    link = socket.socket(family, socket.SOCK_STREAM)
    try:
        link.settimeout(timeout_s)
        if source:
            link.bind(source)
        link.connect((str(endpoint.address), endpoint.port))
        _verify_peer(link, endpoint)
    except BaseException:
        link.close()
        raise
    return link


def _verify_peer(link: socket.socket, endpoint: Endpoint) -> None:
    reached = ipaddress.ip_address(link.getpeername()[0])
    if reached != endpoint.address:  # what stands between sent us to where nothing was checked
        raise ConnectionError(f"connected to {reached} instead of {endpoint.address}")


def secure(link: socket.socket, host: str, context: ssl.SSLContext, deadline: Deadline) -> ssl.SSLSocket:
    """Speak TLS over the connection, with a certificate that holds for `host`. The connection is taken over.

    Raises:
        OSError: there is no TLS, or the certificate does not hold (`ssl.SSLCertVerificationError`).
    """
    try:
        link.settimeout(deadline.left_s())
        return context.wrap_socket(link, server_hostname=host)
    except BaseException:
        link.close()
        raise


class Exchange:
    """A request sent, and its answer as it comes."""

    def __init__(self, link: socket.socket, deadline: Deadline) -> None:
        self._link = link
        self._deadline = deadline
        self._machine = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._limit_bytes = 2 * MAX_HEAD_BYTES
        self.received_bytes = 0

    def ask(self, target: str, headers: Sequence[tuple[str, str]], body: bytes | None = None) -> h11.Response:
        """Send a GET, or with a body a POST, whose length the headers tell, and give the head of its answer.

        Raises:
            FAULTS: the connection broke, took too long, or what came is no HTTP, or no end of heads.
            h11.LocalProtocolError: a header cannot be sent.
        """
        encoded = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
        request = h11.Request(method="GET" if body is None else "POST", target=target, headers=encoded)
        parts = [request, *([h11.Data(data=body)] if body else []), h11.EndOfMessage()]
        self._link.settimeout(self._deadline.left_s())
        self._link.sendall(b"".join(self._machine.send(part) or b"" for part in parts))
        while isinstance(event := self._next_event(), h11.InformationalResponse):
            pass
        if not isinstance(event, h11.Response):
            raise h11.RemoteProtocolError("the connection ended before an answer")
        return event

    def read_pieces(self, max_bytes: int) -> Iterator[bytes]:
        """Give the body as it comes, without its chunks' frames.

        Raises:
            FAULTS: the body is broken or ends early, or the time is over.
            OverflowError: it weighs more than `max_bytes` and a head, frames included.
        """
        self._limit_bytes += max_bytes
        while isinstance(event := self._next_event(), h11.Data):
            yield bytes(event.data)

    def _next_event(self) -> object:
        while (event := self._machine.next_event()) is h11.NEED_DATA:
            if self.received_bytes > self._limit_bytes:
                raise OverflowError(f"it weighs more than {self._limit_bytes:,} bytes")
            self._link.settimeout(self._deadline.left_s())
            piece = self._link.recv(STEP_BYTES)
            self.received_bytes += len(piece)
            self._machine.receive_data(piece)
        return event
