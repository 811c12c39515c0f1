"""Letters: a notice as a mail, the same bytes whenever it is written again.

The Message-ID comes from the action and from which letter of it this is, so that a copy that lies in our own mailbox
says, after a crash, that it went.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from cloneward.errors import InputError
from cloneward.model.ids import digest_text
from cloneward.model.notice import Notice, Sender

Kind = Literal["notice", "follow_up", "interim", "resolved", "withdrawn"]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail as it leaves: its bytes, from whom and to whom it goes, and by what it is known."""

    message_id: str
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """To which one address a letter goes, and when.

    `at`: the moment that it bears, aware. `kind`, `number`: which letter of the action it is. `earlier`: Message-IDs of
    those before it, oldest first; it answers them.
    """

    recipient: str
    at: datetime
    kind: Kind = "notice"
    number: int = 1
    earlier: tuple[str, ...] = ()


def name_message(action: str, kind: Kind, number: int, sender: Sender) -> str:
    """Give the Message-ID of the nth letter of a kind about an action."""
    return f"<{digest_text(f'{action} {kind} {number}')[:40]}@{sender.mail.rpartition('@')[2]}>"


def write_letter(notice: Notice, sender: Sender, envelope: Envelope) -> Letter:
    """Give the mail that carries a notice; its report for machines is attached, and replies go to the sender.

    Raises:
        InputError: an address is none.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender.mail, f"{sender.name}, {sender.organisation}")
    mail["To"] = _address(envelope.recipient)
    mail["Subject"] = notice.subject if envelope.kind == "notice" else f"Re: {notice.subject}"
    mail["Date"] = format_datetime(envelope.at)
    message_id = name_message(notice.action, envelope.kind, envelope.number, sender)
    mail["Message-ID"] = message_id
    if envelope.earlier:
        mail["In-Reply-To"] = envelope.earlier[-1]
        mail["References"] = " ".join(envelope.earlier)
    mail["Auto-Submitted"] = "no"  # a person approved it; an answer of a machine to a machine would say otherwise
    mail.set_content(notice.text, cte="quoted-printable")
    if notice.report is not None:
        # the type by which XARF reports are known in mail; read by machines, while people read the text
        mail.add_attachment(notice.report, maintype="application", subtype="json", filename="xarf.json")
    boundary = digest_text(message_id)[:32]
    if mail.is_multipart():
        mail.set_boundary(boundary)  # else it would be drawn by chance, and the bytes differ when written again
    return Letter(message_id=message_id, sender=sender.mail, recipient=envelope.recipient, content=mail.as_bytes())


def _address(text: str, name: str = "") -> Address:
    try:
        return Address(display_name=name, addr_spec=text)
    except (ValueError, IndexError) as error:  # IndexError: how Python's own reader says that nothing is left
        raise InputError(f"no mail address: {text!r}", hint="write it as name@example.org") from error
