"""A name server on loopback: what it says of a name is set by the test, and may be silence. Standard library only."""

import ipaddress
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Self

LIFETIME_S = 1_800
TTL_S = 0  # nobody may keep an answer
A, AAAA = 1, 28
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME, REFUSED = 0, 2, 3, 5
FAILURES = {"servfail": SERVER_FAILURE, "nxdomain": NO_SUCH_NAME, "refused": REFUSED}


class Names:
    """Answers A questions from `records`: an address, or nxdomain, servfail, refused, silent; `*` is for all others."""

    def __init__(self, records: dict[str, str] | None = None, *, lifetime_s: float = LIFETIME_S) -> None:
        self.records = records or {}
        self.asked: list[str] = []
        self._ends = time.monotonic() + lifetime_s
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.endpoint = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        self._thread.join(5)
        self._socket.close()

    def find(self, name: str) -> str:
        """What is said of a name; subdomains are known by the name above them."""
        name = name.lower().rstrip(".")
        while name:
            if name in self.records:
                return self.records[name]
            name = name.partition(".")[2]
        return self.records.get("*", "nxdomain")

    def _serve(self) -> None:
        while not self._stopped.is_set() and time.monotonic() < self._ends:
            with suppress(TimeoutError, ValueError, IndexError, struct.error):
                query, peer = self._socket.recvfrom(4096)
                reply = self._answer(query)
                if reply:
                    self._socket.sendto(reply, peer)

    def _answer(self, query: bytes) -> bytes:
        """The answer to one question (RFC 1035, 4.1), or nothing."""
        name, end = _read_name(query)
        kind = struct.unpack_from(">H", query, end)[0]
        self.asked.append(name)
        said = self.find(name)
        if said == "silent":
            return b""
        code = FAILURES.get(said, NO_ERROR)
        has_answer = code == NO_ERROR and kind == A
        flags = 0x8580 | code  # an authoritative answer, with recursion
        head = query[:2] + struct.pack(">HHHHH", flags, 1, int(has_answer), 0, 0)
        question = query[12 : end + 4]
        if not has_answer:
            return head + question
        address = ipaddress.IPv4Address(said).packed
        return head + question + struct.pack(">HHHIH", 0xC00C, A, 1, TTL_S, len(address)) + address


def _read_name(query: bytes) -> tuple[str, int]:
    """The name of the question, and where it ends."""
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode("latin-1"))
        at += 1 + length
    return ".".join(labels).lower(), at + 1
