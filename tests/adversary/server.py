"""A web server on loopback that serves many small sites by host name and keeps exactly what it sent.

Standard library only. It listens on loopback, answers so many requests at most, and ends by itself after `LIFETIME_S`.
A site answers by path: with a `Reply`, with a function of the request and the site's memory that gives one, or with a
`Talk` that writes to the link itself.
"""

import hashlib
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from itertools import chain
from typing import Any, BinaryIO, Self
from urllib.parse import parse_qsl

from tests.adversary.wire import chunk, encode

LIFETIME_S = 1_800  # of a server that nobody stops
IDLE_S = 15.0  # on a link without a request, or that takes nothing off us
HEAD_BYTES = 2**18  # of a request: more is no browser
BODY_BYTES = 2**23  # of a request
KEPT_BYTES = 2**20  # of a body that is sent: what is longer is known by its digest
LINKS = 4_000  # at a time and in all: bounds what a broken client can do
PIECE_BYTES = 2**16
COUNTRIES = {"127.10.": "DE", "127.20.": "US", "127.30.": "BR", "127.40.": "JP", "127.50.": "FR", "127.60.": "IN"}


@dataclass(frozen=True)
class Request:
    """What a client asked, its headers in their order and spelling."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    peer: str = "127.0.0.1"
    hour: int = 12
    scheme: str = "http"

    @cached_property
    def authority(self) -> str:
        return self.header("Host")

    @cached_property
    def host(self) -> str:
        return self.authority.rpartition(":")[0] or self.authority

    @cached_property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def cookies(self) -> dict[str, str]:
        pairs = (part.strip().partition("=") for part in self.header("Cookie").split(";"))
        return {name: value for name, _, value in pairs if name}

    @cached_property
    def country(self) -> str:
        """By the table of simulated countries; what is in none of them is unknown, as the loopback address itself."""
        return next((code for start, code in COUNTRIES.items() if self.peer.startswith(start)), "")

    def header(self, name: str) -> str:
        """The value of a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def origin(self, name: str) -> str:
        """The address of a neighbour: another site of this server, under the same domain."""
        port = self.authority.rpartition(":")[2]
        return f"{self.scheme}://{name}.{self.host.rpartition('.')[2]}:{port}"


@dataclass(frozen=True)
class Reply:
    """An answer, and how it is spoilt.

    `claimed` is a Content-Length that is not the truth; after `cut` bytes of the body the link ends, by
    `ending`: close, reset, or hang until the other side gives up. `pieces` gives the body of a stream, with
    `pause_s` before each piece.
    """

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    coding: str = ""
    framing: str = "length"
    claimed: int | None = None
    cut: int | None = None
    ending: str = "close"
    pieces: Callable[[], Iterator[bytes]] | None = None
    pause_s: float = 0.0
    delay_s: float = 0.0
    ranges: bool = False
    trailers: tuple[tuple[str, str], ...] = ()
    early: bytes = b""


@dataclass(frozen=True)
class Talk:
    """An answer that writes to the link itself: `act(line, request)`."""

    act: Callable[["Line", Request], None]


Answer = Reply | Talk
Handler = Callable[[Request, dict[str, Any]], Answer]


@dataclass(frozen=True)
class Site:
    """A small site.

    `text` is what a reader sees once it has loaded; `must` are the paths that a browser asks to get there; `loose` are
    those whose bodies race with the end of a visit, so that a capture may rightly lack them. A `secure` site needs an
    origin that browsers trust without TLS: it lives under localhost.
    """

    name: str
    routes: Mapping[str, Answer | Handler]
    text: str = ""
    must: tuple[str, ...] = ("/",)
    loose: frozenset[str] = frozenset()
    secure: bool = False


@dataclass
class Sent:
    """What was sent as an answer: `wire` bytes of the body in its coding, and `body` decoded.

    Of a body that was cut in its coding, `body` is None. Longer ones than KEPT_BYTES are kept up to there; `digest` is
    SHA-256 of the whole decoded body, in hex. `complete`: the kernel took every byte that we meant to send and had
    announced, which does not mean that the client read them.
    """

    number: int
    request: Request
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    wire: bytes = b""
    wire_bytes: int = 0
    body: bytes | None = b""
    body_bytes: int = 0
    digest: str = ""
    complete: bool = False
    why: str = ""
    messages: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.request.scheme}://{self.request.authority}{self.request.target}"

    @property
    def has_body(self) -> bool:
        return self.request.method != "HEAD" and self.status >= 200 and self.status not in {204, 304}


class Line:
    """The link to a client: counts what it takes, and knows when the server stops."""

    def __init__(self, link: socket.socket, reader: BinaryIO, sent: Sent, stopped: threading.Event) -> None:
        self.link = link
        self.reader = reader
        self.sent = sent
        self._stopped = stopped

    def send(self, content: bytes) -> None:
        """Send raw bytes."""
        self.link.sendall(content)

    def wait(self, seconds: float) -> bool:
        """Wait; false once the server stops."""
        return not self._stopped.wait(seconds)

    def reset(self) -> None:
        """Hang up so that the other side gets a reset."""
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.link.close()

    def hang(self, most_s: float = IDLE_S) -> None:
        """Say nothing until the other side hangs up, or for so long."""
        self.link.settimeout(0.1)
        ends = time.monotonic() + most_s
        while time.monotonic() < ends and self.wait(0):
            with suppress(TimeoutError):
                if not self.link.recv(4096):
                    return


class Server:
    """Serves sites at `NAME.test` and, the secure ones, at `NAME.localhost`, on one port of several addresses.

    `opened` are the addresses of all who connected, whether or not they asked for anything.
    """

    def __init__(
        self,
        sites: Sequence[Site] = (),
        *,
        addresses: Sequence[str] = ("127.0.0.1", "127.0.0.2", "127.0.0.3"),
        tls: ssl.SSLContext | None = None,
        lifetime_s: float = LIFETIME_S,
    ) -> None:
        self.sent: list[Sent] = []
        self.opened: list[str] = []
        self.hour = 12
        self._sites: dict[str, Site] = {}
        self._memory: dict[str, dict[str, Any]] = defaultdict(dict)
        self._tls = tls
        self._lock = threading.RLock()
        self._busy = 0
        self._links: set[socket.socket] = set()
        self._stopped = threading.Event()
        self._ends = time.monotonic() + lifetime_s
        for site in sites:
            self.add(site)
        self._doors = _open_doors(addresses)
        self.port = self._doors[0].getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, args=(door,), daemon=True) for door in self._doors]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.stop()

    def add(self, site: Site) -> None:
        """Serve a site, in place of the one of the same name."""
        with self._lock:
            self._sites[name_host(site)] = site

    def url(self, site: Site, path: str = "/") -> str:
        """The address of a page."""
        return f"{'https' if self._tls else 'http'}://{name_host(site)}:{self.port}{path}"

    def reset(self) -> None:
        """Forget who came and what was sent."""
        with self._lock:
            self.sent, self.opened = [], []
            self._memory.clear()

    def forget(self, host: str) -> None:
        """Forget who came to one host."""
        with self._lock:
            self._memory.pop(host, None)

    def list_sent(self, host: str = "") -> list[Sent]:
        """What was sent from a host, or from all, in the order of the requests."""
        with self._lock:
            return [sent for sent in self.sent if host in {"", sent.request.host}]

    def settle(self, most_s: float = 5.0) -> bool:
        """Wait until no answer is under way; false if that took too long."""
        ends = time.monotonic() + most_s
        while time.monotonic() < ends:
            with self._lock:
                if not self._busy:
                    return True
            self._stopped.wait(0.01)
        return False

    def stop(self) -> None:
        """Hang up and end."""
        self._stopped.set()
        for door in self._doors:
            door.close()
        with self._lock:
            links = list(self._links)
        for link in links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self, door: socket.socket) -> None:
        while not self._stopped.is_set() and time.monotonic() < self._ends:
            try:
                link, peer = door.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with self._lock:
                self.opened.append(peer[0])
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                if len(self._threads) > LINKS:
                    link.close()
                    continue
                thread = threading.Thread(target=self._speak, args=(link, peer[0]), daemon=True)
                self._threads.append(thread)
            thread.start()

    def _speak(self, link: socket.socket, peer: str) -> None:
        """Answer the requests of one link until it ends."""
        link.settimeout(IDLE_S)
        with suppress(OSError, ValueError), link:
            secured = self._tls.wrap_socket(link, server_side=True) if self._tls else link
            with self._lock:
                self._links.add(secured)
            try:
                with secured, secured.makefile("rb") as reader:
                    while (request := self._read(reader, peer)) and self._answer(secured, reader, request):
                        pass
            finally:
                with self._lock:
                    self._links.discard(secured)

    def _read(self, reader: BinaryIO, peer: str) -> Request | None:
        first = reader.readline(HEAD_BYTES).decode("latin-1").split()
        if len(first) != 3:
            return None
        headers, size = [], 0
        while (line := reader.readline(HEAD_BYTES)) not in {b"\r\n", b"\n", b""}:
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name.strip(), value.strip()))
            size += len(line)
            if size > HEAD_BYTES:
                return None
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        body = reader.read(min(length, BODY_BYTES))
        scheme = "https" if self._tls else "http"
        return Request(first[0], first[1], tuple(headers), body, peer, self.hour, scheme)

    def _answer(self, link: socket.socket, reader: BinaryIO, request: Request) -> bool:
        """Send one answer; true if the link may serve another."""
        with self._lock:
            sent = Sent(len(self.sent), request)
            self.sent.append(sent)
            self._busy += 1
            site = self._sites.get(request.host)
            answer = self._choose(site, request)
        line = Line(link, reader, sent, self._stopped)
        try:
            if isinstance(answer, Talk):
                answer.act(line, request)
                return False
            return _send_reply(line, request, answer)
        except OSError as error:
            sent.why = sent.why or f"the client hung up: {error}"
            return False
        finally:
            with self._lock:
                self._busy -= 1

    def _choose(self, site: Site | None, request: Request) -> Answer:
        if site is None:
            return Reply(b"no such site", "text/plain", 421)
        found = site.routes.get(request.path) or site.routes.get("*")
        if found is None:
            return Reply(b"<h1>Not found</h1>", status=404)
        return found if isinstance(found, Reply | Talk) else found(request, self._memory[request.host])


def name_host(site: Site) -> str:
    """The host name of a site."""
    return f"{site.name}.{'localhost' if site.secure else 'test'}"


def _open_doors(addresses: Sequence[str]) -> list[socket.socket]:
    """Listen on one port of all addresses; another port if one of them is taken there."""
    for _ in range(20):
        doors: list[socket.socket] = []
        try:
            for address in addresses:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                port = doors[0].getsockname()[1] if doors else 0
                doors.append(socket.create_server((address, port), family=family, backlog=256))
                doors[-1].settimeout(0.05)
        except OSError:
            for door in doors:
                door.close()
        else:
            return doors
    raise OSError(f"no port is free on all of {', '.join(addresses)}")


def _send_reply(line: Line, request: Request, reply: Reply) -> bool:
    if reply.delay_s and not line.wait(reply.delay_s):
        return False
    if reply.ranges:
        reply = _cut_range(request, reply)
    sent = line.sent
    wire = encode(reply.body, reply.coding)
    sent.status = reply.status
    headers = [("Content-Type", reply.kind)] if reply.kind else []
    headers += [("Content-Encoding", reply.coding)] if reply.coding else []
    has_body = sent.has_body
    if has_body and reply.framing == "chunked":
        headers.append(("Transfer-Encoding", "chunked"))
    elif reply.framing == "length" and sent.status not in {204, 304}:
        headers.append(("Content-Length", str(len(wire) if reply.claimed is None else reply.claimed)))
    is_last = reply.framing == "close" or reply.cut is not None or request.header("Connection").lower() == "close"
    headers += [("Connection", "close")] if is_last else []
    sent.headers = (*headers, *reply.headers)
    line.send(reply.early + write_head(reply.status, sent.headers))
    if has_body:
        _send_body(line, reply, wire)
    sent.complete = reply.cut is None
    if reply.cut is None:
        return not is_last
    sent.why = f"{reply.ending} after {reply.cut} bytes"
    if reply.ending == "reset":
        line.wait(0.2)  # what was sent shall arrive before the reset, which would discard it
        line.reset()
    elif reply.ending == "hang":
        line.hang()
    return False


def write_head(status: int, headers: Sequence[tuple[str, str]]) -> bytes:
    """The first line and the headers, up to the empty line."""
    known = {entry.value: entry.phrase for entry in HTTPStatus}
    lines = [f"HTTP/1.1 {status} {known.get(status, 'Unknown')}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _send_body(line: Line, reply: Reply, wire: bytes) -> None:
    """Send the body piece by piece, and keep what went out."""
    sent, decoded = line.sent, hashlib.sha256()
    kept = bytearray()
    pieces = reply.pieces() if reply.pieces else chain([wire[: reply.cut]])
    is_chunked = reply.framing == "chunked"
    try:
        for piece in pieces:
            if reply.pause_s and not line.wait(reply.pause_s):
                raise OSError("the server stops")
            for at in range(0, len(piece), PIECE_BYTES):
                part = piece[at : at + PIECE_BYTES]
                line.send(chunk(part) if is_chunked else part)
                sent.wire_bytes += len(part)
                decoded.update(part)
                kept += part[: KEPT_BYTES - len(kept)]
        if is_chunked and reply.cut is None:
            tail = "".join(f"{name}: {value}\r\n" for name, value in reply.trailers)
            line.send(b"0\r\n" + tail.encode("latin-1") + b"\r\n")
    finally:
        sent.wire = bytes(kept)
        _note_body(sent, reply, wire, decoded.hexdigest())


def _note_body(sent: Sent, reply: Reply, wire: bytes, digest: str) -> None:
    """Say what the client can decode of what went out."""
    if not reply.coding:
        sent.body, sent.body_bytes, sent.digest = sent.wire, sent.wire_bytes, digest
    elif sent.wire_bytes == len(wire):
        sent.body, sent.body_bytes = reply.body[:KEPT_BYTES], len(reply.body)
        sent.digest = hashlib.sha256(reply.body).hexdigest()
    else:
        sent.body = None


def _cut_range(request: Request, reply: Reply) -> Reply:
    """The part that was asked for (RFC 9110, 14); the whole if none was, or if several were."""
    unit, _, spans = request.header("Range").partition("=")
    first, dash, last = spans.partition("-")
    size = len(reply.body)
    accepts = ("Accept-Ranges", "bytes")
    if unit != "bytes" or not dash or not first.isdigit():
        return Reply(reply.body, reply.kind, headers=(*reply.headers, accepts))
    start, end = int(first), min(int(last), size - 1) if last.isdigit() else size - 1
    if start > end:
        return Reply(b"", reply.kind, 416, (accepts, ("Content-Range", f"bytes */{size}")))
    span = ("Content-Range", f"bytes {start}-{end}/{size}")
    return Reply(reply.body[start : end + 1], reply.kind, 206, (*reply.headers, accepts, span))
