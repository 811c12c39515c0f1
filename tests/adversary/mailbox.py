"""A mailbox before there is mail: letters that went out, and how others write back, byte for byte.

Messages after RFC 5322, delivery reports after RFC 3464 in RFC 6522, automatic answers marked after RFC 3834, checks of
the receiving server after RFC 8601. They are written by hand and not by a library, so that they differ as mail does.
"""

import base64
import quopri
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.header import Header
from pathlib import Path

AUTHSERV = "mx.owner.test"  # our own server: only what it says of a message counts (RFC 8601, 5)
US = "notices@owner.test"


@dataclass(frozen=True)
class Letter:
    """A notice that went out: `mark` is how its case is named in the subject, whatever that looks like."""

    case: str
    message_id: str
    subject: str
    recipient: str
    url: str
    mark: str = ""

    @property
    def domain(self) -> str:
        return self.recipient.rpartition("@")[2]


@dataclass(frozen=True)
class Mail:
    """A message that comes in. `checks` is what our server found: pass, or fail, or none of SPF, DKIM and DMARC."""

    sender: str
    subject: str
    body: str
    name: str = ""
    to: str = US
    headers: tuple[tuple[str, str], ...] = ()
    html: str = ""
    charset: str = "utf-8"
    coding: str = "8bit"
    files: tuple[tuple[str, str, bytes], ...] = ()  # name, type, content
    checks: str = "pass"
    report: tuple[tuple[str, str], ...] = ()  # of a delivery, after RFC 3464, and in it the letter's own head
    returned: str = ""
    newline: str = "\r\n"
    identity: str = ""
    extra_checks: tuple[str, ...] = field(default=())  # by others than our server

    def write(self) -> bytes:
        """The message as it arrives."""
        lines = [f"Return-Path: <{'' if self.report else self.sender}>", *self._list_checks()]
        shown = f"{_code(self.name)} <{self.sender}>" if self.name else self.sender
        lines += [f"From: {shown}", f"To: {self.to}", f"Subject: {_code(self.subject)}"]
        lines += ["Date: Tue, 24 Nov 2026 10:20:30 +0000", f"Message-ID: {self.identity or self._name()}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        head = self.newline.join([*lines, "MIME-Version: 1.0", ""]).encode("utf-8")
        return head + self._write_body()

    def _name(self) -> str:
        told = "".join(part for part in f"{self.subject}{self.body[:40]}" if part.isascii() and part.isalnum())
        return f"<{told[:40]}.{len(self.body)}@{self.sender.rpartition('@')[2]}>"

    def _list_checks(self) -> list[str]:
        domain = self.sender.rpartition("@")[2]
        told = [f"Authentication-Results: {it}" for it in self.extra_checks]
        if self.checks != "none":
            said = "; ".join(
                f"{method}={self.checks} {where}={domain}"
                for method, where in (("spf", "smtp.mailfrom"), ("dkim", "header.d"), ("dmarc", "header.from"))
            )
            told.insert(0, f"Authentication-Results: {AUTHSERV}; {said}")
        return told

    def _write_body(self) -> bytes:
        if self.report:
            return self._write_report()
        parts = [self._write_text("plain", self.body)] if self.body or not self.html else []
        if self.html:
            parts.append(self._write_text("html", self.html))
        whole = parts[0] if len(parts) == 1 else self._join("alternative", parts)
        if self.files:
            whole = self._join("mixed", [whole, *map(self._write_file, self.files)])
        return whole

    def _write_text(self, kind: str, text: str) -> bytes:
        raw = text.replace("\n", self.newline).encode(self.charset, "replace")
        if self.coding == "base64":
            raw = base64.encodebytes(raw)
        elif self.coding == "quoted-printable":
            raw = quopri.encodestring(raw)
        head = f"Content-Type: text/{kind}; charset={self.charset}", f"Content-Transfer-Encoding: {self.coding}"
        return self.newline.join([*head, "", ""]).encode() + raw

    def _write_file(self, file: tuple[str, str, bytes]) -> bytes:
        name, kind, content = file
        head = [f'Content-Type: {kind}; name="{name}"', f'Content-Disposition: attachment; filename="{name}"']
        head.append("Content-Transfer-Encoding: base64")
        return self.newline.join([*head, "", ""]).encode() + base64.encodebytes(content)

    def _write_report(self) -> bytes:
        fields = self.newline.join(f"{name}: {value}" for name, value in self.report)
        status = ["Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mail.example.test", "", fields, ""]
        parts = [self._write_text("plain", self.body), self.newline.join(status).encode()]
        if self.returned:
            told = self.returned.replace("\n", self.newline)
            parts.append(f"Content-Type: text/rfc822-headers{self.newline * 2}{told}".encode())
        return self._join("report; report-type=delivery-status", parts)

    def _join(self, kind: str, parts: Sequence[bytes]) -> bytes:
        edge = f"=_{kind[:3]}_{len(self.body)}"
        line = self.newline.encode()
        head = f'Content-Type: multipart/{kind}; boundary="{edge}"{self.newline * 2}'.encode()
        return (
            head
            + b"".join(b"--%s%s%s%s" % (edge.encode(), line, part, line) for part in parts)
            + f"--{edge}--".encode()
        )


def _code(text: str) -> str:
    """A header's text, coded where it is not plain (RFC 2047)."""
    return text if text.isascii() else Header(text, "utf-8").encode(linesep="\r\n")


def make_letters() -> list[Letter]:
    """Eight letters to five recipients, three of whom have more than one case."""
    told = (
        ("abuse@first-host.test", 2),
        ("abuse@second-host.test", 2),
        ("abuse@third-host.test", 1),
        ("report@fourth-host.test", 1),
        ("abuse@fifth-host.test", 2),
    )
    recipients = [recipient for recipient, count in told for _ in range(count)]
    letters = []
    for number, recipient in enumerate(recipients):
        mark = f"CW-{7 * number + 1201}"
        url = f"http://copy-{number}.test/p/{number}"
        subject = f"[{mark}] Copied pages at copy-{number}.test"
        letters.append(Letter(f"case-{number}", f"<notice.{number}@owner.test>", subject, recipient, url, mark))
    return letters


def write_folder(folder: Path, messages: Sequence[bytes]) -> list[Path]:
    """Messages as a Maildir, in their order."""
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    files = []
    for number, message in enumerate(messages):
        files.append(folder / "new" / f"{1_795_000_000 + number}.M{number:06}P1.judge")
        files[-1].write_bytes(message)
    return files
