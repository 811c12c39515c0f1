"""Pages that attack who visits them, each with the limit that stops it and with what shows from outside that it did.

A `Canary` stands where no page may lead us: on loopback addresses that the settings do not allow. `find_breaches` looks
at what the servers saw during a visit; what a capture says of itself is for the judge to read.
"""

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from tests.adversary.server import Answer, Handler, Server, Site, name_host
from tests.adversary.words import name_marker

MOST_S = 120.0  # of a visit, all limits together
MEMORY_MIB = 2_500  # of the browser and all its processes, at their greatest

# Each limit, and what it must do.
LIMITS = {
    "addresses": "nothing is opened on an address that is private, loopback or link-local and not allowed, by any"
    " spelling",
    "bytes": "a body, and a page with all its parts, is left after so many bytes, decoded ones too",
    "challenge": "what asks for proof of a person is left as it is, and said",
    "dialogs": "dialogs are dismissed and bounded, and so is leaving the page",
    "disk": "what a page stores is bounded, and gone with the profile",
    "downloads": "no file is written but the capture, and none is opened",
    "headers": "long headers and cookies are cut or refused",
    "input": "nothing is typed, chosen or sent, real or false",
    "instrumentation": "what a page does to its own window changes nothing in what is recorded",
    "memory": "the browser's memory is bounded",
    "navigations": "redirects and navigations are bounded",
    "permissions": "no permission is given",
    "popups": "windows are closed or never opened, and bounded",
    "profile": "nothing of one visit is there at the next",
    "requests": "requests of a page are bounded",
    "schemes": "only http and https, and data and blob inside a page",
    "time": "a visit ends",
}


@dataclass(frozen=True)
class Hostile:
    """A page that attacks, and what must and must not be seen of it from outside.

    `never` are paths of its own that must not be asked, `most` how often those with a beginning may be, `most_bytes`
    how many may be taken in all. `says` is a word that the capture's problems must hold; `stands` whether its marker
    must be in the text of the capture.
    """

    name: str
    limit: str
    routes: Mapping[str, Answer | Handler]
    never: tuple[str, ...] = ()
    most: Mapping[str, int] = field(default_factory=dict)
    most_bytes: int = 0
    says: str = ""
    stands: bool = True
    secure: bool = False
    most_s: float = MOST_S

    @property
    def marker(self) -> str:
        """A word of the page that is there before it attacks."""
        return name_marker(f"hostile {self.name}")

    def make_site(self) -> Site:
        """The site of the page."""
        return Site(f"hostile-{self.name}", self.routes, self.marker if self.stands else "", secure=self.secure)


class Canary:
    """A server on addresses where no page may lead us; it notes each link, each request and each datagram."""

    def __init__(self, lifetime_s: float = 1_800) -> None:
        addresses = ["127.0.0.1", "127.0.0.9"]
        with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
            addresses.append("::1")
        self.server = Server((), addresses=addresses, lifetime_s=lifetime_s)
        self.port = self.server.port
        self.datagrams: list[bytes] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", self.port))
        self._socket.settimeout(0.05)
        self.stopped = threading.Event()
        self._ends = time.monotonic() + lifetime_s
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.stop()

    def reset(self) -> None:
        """Forget who came."""
        self.server.reset()
        self.datagrams.clear()

    def list_visits(self) -> list[str]:
        """What came: requests, links without one, datagrams."""
        requests = [f"{sent.request.method} {sent.url}" for sent in self.server.list_sent()]
        silent = len(self.server.opened) - len(requests)
        return requests + ["a link without a request"] * silent + ["a datagram"] * len(self.datagrams)

    def stop(self) -> None:
        """End."""
        self.stopped.set()
        self._thread.join(5)
        self._socket.close()
        self.server.stop()

    def _listen(self) -> None:
        while not self.stopped.is_set() and time.monotonic() < self._ends:
            with suppress(TimeoutError):
                self.datagrams.append(self._socket.recv(2048))


def find_breaches(hostile: Hostile, server: Server, canary: Canary) -> list[str]:
    """What the servers saw that must not be, in words; empty if the limits held. Tells of the visits since `reset`."""
    sent = server.list_sent(name_host(hostile.make_site()))
    found = [f"the canary saw {visit}" for visit in canary.list_visits()]
    asked = [it.request.path for it in sent]
    found += [f"{path} was asked" for path in hostile.never if any(it.startswith(path) for it in asked)]
    for start, most in hostile.most.items():
        count = sum(path.startswith(start) for path in asked)
        if count > most:
            found.append(f"{start} was asked {count} times, more than {most}")
    taken = sum(it.wire_bytes for it in sent)
    if hostile.most_bytes and taken > hostile.most_bytes:
        found.append(f"{taken} bytes were taken, more than {hostile.most_bytes}")
    return found
