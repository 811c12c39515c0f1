"""Servers on loopback that behave as badly as they are told to, and a clock that jumps."""

import socket
import ssl
import struct
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class JumpClock:
    """A clock that jumps instead of waiting; `slept_s` are its jumps."""

    def __init__(self):
        self.slept_s = []
        self._lock = threading.Lock()
        self._time_s = 1000.0

    def now(self):
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self._time_s)

    def monotonic_s(self):
        return self._time_s

    def sleep(self, seconds):
        with self._lock:
            self.slept_s.append(seconds)
            self._time_s += seconds


class Host:
    """Reads the head of each request into `heads`, then does what `behave(link, head)` does, and hangs up."""

    def __init__(self, behave, address="127.0.0.1", tls=None):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.heads = []
        self.stopped = threading.Event()
        self._behave = behave
        self._tls = tls
        self._server = socket.create_server((address, 0), family=family, backlog=64)
        self._server.settimeout(0.05)
        self.port = self._server.getsockname()[1]
        self.endpoint = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def stop(self):
        self.stopped.set()
        for thread in self._threads:
            thread.join(10)
        self._server.close()

    def _accept(self):
        while not self.stopped.is_set():
            with suppress(TimeoutError):
                link, _ = self._server.accept()
                self._threads.append(threading.Thread(target=self._answer, args=(link,), daemon=True))
                self._threads[-1].start()

    def _answer(self, link):
        link.settimeout(10)
        with link, suppress(OSError):
            if self._tls:
                with self._tls.wrap_socket(link, server_side=True) as secured:
                    self._speak(secured)
            else:
                self._speak(link)

    def _speak(self, link):
        head = b""
        while b"\r\n\r\n" not in head and (piece := link.recv(4096)):
            head += piece
        self.heads.append(head)
        self._behave(link, head)


def answer(body=b"", headers="", status="200 OK", length=None):
    """The bytes of an answer, with a length unless the headers say how the body ends."""
    if "ransfer-" not in headers and length is None:
        length = len(body)
    lines = f"HTTP/1.1 {status}\r\n{headers}" + (f"Content-Length: {length}\r\n" if length is not None else "")
    return lines.encode("latin-1") + b"\r\n" + body


def say(content):
    """What always sends the same bytes."""
    return lambda link, head: link.sendall(content)


def path_of(head):
    """The path that a request asks for."""
    return head.split(b" ")[1].decode()


def header_of(head, name):
    """The value of a header of a request, or None."""
    for line in head.decode("latin-1").split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name.lower():
            return value.strip()
    return None


def reset(link):
    """Hang up so that the other side gets a reset."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


class NameServer:
    """Answers from `records`, {(name, type): [answers in turn, each a list of texts]}; the last stays.

    A name without records does not exist; None as an answer is silence, "fail" a failure of the server.
    """

    def __init__(self, records):
        self.records = records
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.endpoint = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self):
        self._stopped.set()
        self._thread.join(10)
        self._socket.close()

    def _serve(self):
        while not self._stopped.is_set():
            with suppress(TimeoutError):
                wire, peer = self._socket.recvfrom(4096)
                reply = self._reply(dns.message.from_wire(wire))
                if reply:
                    self._socket.sendto(reply.to_wire(), peer)

    def _reply(self, query):
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        for alias in self.records.get((name, "CNAME"), []):
            reply.answer.append(dns.rrset.from_text(name + ".", 60, "IN", "CNAME", alias + "."))
            name = alias
        answers = self.records.get((name, kind))
        if answers is None:
            if not any(known == name for known, _ in self.records):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            return reply
        texts = answers.pop(0) if len(answers) > 1 else answers[0]
        if texts is None:
            return None
        if texts == "fail":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif texts:
            reply.answer.append(dns.rrset.from_text(name + ".", 60, "IN", kind, *texts))
        return reply


@contextmanager
def running(*servers):
    """Stops the servers in the end."""
    try:
        yield servers
    finally:
        for server in servers:
            server.stop()


def server_tls(certificate):
    """TLS for a server, with a chain and key in one PEM file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
