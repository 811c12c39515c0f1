"""What flows over a connection, read along the way: each request and its answer, as they stood on the wire.

Nothing is held up or changed for it. What is no HTTP/1.1, or no longer, flows on unread, and the record says so.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import h11

from cloneward.clock import Clock
from cloneward.fetch.wire import MAX_HEAD_BYTES

MAX_BODY_BYTES: Final = 64 * 1024 * 1024
"""Of one request or answer; of what is longer the beginning is kept."""

_SWITCHED: Final = 101
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One request and what came of it, on the wire: transfer codings are undone, content codings are not.

    `status` is none where no answer came; `failure` says why an answer is missing or not whole. `upgrade`: the protocol
    that the connection went over to, whose content is not read.
    """

    at: datetime
    method: str
    target: str
    request_version: str
    request_headers: Headers
    request_body: bytes = b""
    status: int | None = None
    reason: str = ""
    version: str = ""
    headers: Headers = ()
    body: bytes = b""
    is_whole: bool = False
    failure: str = ""
    upgrade: str = ""


@dataclass
class _Draft:
    """A request under way."""

    at: datetime
    request: h11.Request
    sent: bytearray = field(default_factory=bytearray)
    is_sent: bool = False
    head: h11.Response | h11.InformationalResponse | None = None
    came: bytearray = field(default_factory=bytearray)
    is_done: bool = False
    failure: str = ""

    def finish(self, failure: str) -> Trace:
        """Give what was seen of it until now."""
        failure = self.failure or ("" if self.is_done else failure)
        is_cut = len(self.came) >= MAX_BODY_BYTES
        head = self.head
        return Trace(
            at=self.at,
            method=self.request.method.decode("latin-1"),
            target=self.request.target.decode("latin-1"),
            request_version=f"HTTP/{self.request.http_version.decode('latin-1')}",
            request_headers=_read_headers(self.request),
            request_body=bytes(self.sent),
            status=head.status_code if head else None,
            reason=head.reason.decode("latin-1") if head else "",
            version=f"HTTP/{head.http_version.decode('latin-1')}" if head else "",
            headers=_read_headers(head) if head else (),
            body=bytes(self.came),
            is_whole=self.is_done and not is_cut,
            failure=failure or (f"of its body {MAX_BODY_BYTES:,} bytes were kept" if is_cut else ""),
            upgrade=_find(head, b"upgrade") if isinstance(head, h11.InformationalResponse) else "",
        )


class Observer:
    """Reads along one connection; gives a trace for each request on it, in their order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._draft: _Draft | None = None
        self._is_blind = False
        self._early = b""
        self._begin()
        self.traces: list[Trace] = []

    @property
    def has_asked(self) -> bool:
        """Whether the first request has gone out whole."""
        return bool(self.traces) or (self._draft is not None and self._draft.is_sent)

    @property
    def surplus_bytes(self) -> int:
        """How many bytes have gone out behind the end of the request under way: they are of a next one."""
        is_sent = self._draft is not None and self._draft.is_sent
        return len(self._asks.trailing_data[0]) if is_sent else 0

    def note_sent(self, piece: bytes) -> None:
        """Take what goes out to the server."""
        if self._is_blind or not piece:
            return
        try:
            self._asks.receive_data(piece)
            self._read_request()
        except h11.ProtocolError as error:
            self._lose(f"the request is no HTTP/1.1: {error}")

    def note_received(self, piece: bytes) -> None:
        """Take what came from the server; an answer before any request is none."""
        if self._is_blind or not piece:
            return
        if self._draft is None:
            self._early += piece
            self._is_blind = len(self._early) > MAX_HEAD_BYTES
            return
        try:
            self._answers.receive_data(piece)
            self._read_answer(self._draft)
        except h11.ProtocolError as error:
            self._lose(f"the answer is no HTTP/1.1: {error}")

    def end(self, failure: str = "the connection ended before the answer did") -> tuple[Trace, ...]:
        """Take that the connection has ended, and give all traces."""
        if self._draft is not None and not self._is_blind:
            try:
                self._answers.receive_data(b"")
                self._read_answer(self._draft)
            except h11.ProtocolError:
                pass  # it ended too early, which is what the trace says
        if self._draft is not None:
            self.traces.append(self._draft.finish(failure))
            self._draft = None
        return tuple(self.traces)

    def _begin(self) -> None:
        self._asks = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._answers = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)

    def _lose(self, why: str) -> None:
        """Read no further, and say from where on."""
        self._is_blind = True
        if self._draft is not None:
            self._draft.failure = self._draft.failure or why

    def _read_request(self) -> None:
        while True:
            event = self._asks.next_event()
            if isinstance(event, h11.Request):
                self._draft = _Draft(self._clock.now(), event)
                self._expect(event)
            elif isinstance(event, h11.Data) and self._draft is not None:
                self._draft.sent += event.data[: MAX_BODY_BYTES - len(self._draft.sent)]
            elif isinstance(event, h11.EndOfMessage) and self._draft is not None:
                self._draft.is_sent = True
                self._close_if_done(self._draft)
                return
            else:
                return

    def _expect(self, request: h11.Request) -> None:
        """Tell the reader of answers which request they are to: a HEAD has no body, an upgrade may switch."""
        wishes = [(name, value) for name, value in request.headers if name in {b"upgrade", b"connection"}]
        self._answers.send(
            h11.Request(method=request.method, target=request.target, headers=[(b"Host", b"-"), *wishes])
        )
        self._answers.send(h11.EndOfMessage())

    def _read_answer(self, draft: _Draft) -> None:
        while True:
            event = self._answers.next_event()
            if isinstance(event, h11.Response):
                draft.head = event
            elif isinstance(event, h11.InformationalResponse):
                if event.status_code == _SWITCHED:
                    draft.head, draft.is_done, self._is_blind = event, True, True
                    return
            elif isinstance(event, h11.Data):
                draft.came += event.data[: MAX_BODY_BYTES - len(draft.came)]
            elif isinstance(event, h11.EndOfMessage):
                draft.is_done = True
                self._close_if_done(draft)
                return
            else:
                return

    def _close_if_done(self, draft: _Draft) -> None:
        """Begin anew for the next request on the connection, with what has come of it already."""
        if not (draft.is_sent and draft.is_done):
            return
        self.traces.append(draft.finish(""))
        self._draft = None
        rest, _ = self._asks.trailing_data
        self._begin()
        if rest:
            self.note_sent(rest)


def _read_headers(event: h11.Request | h11.Response | h11.InformationalResponse) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items())


def _find(event: h11.InformationalResponse, name: bytes) -> str:
    return next((value.decode("latin-1").lower() for key, value in event.headers if key == name), "unknown")
