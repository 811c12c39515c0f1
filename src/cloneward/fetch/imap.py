"""Mail in, from the owner's own mailbox (RFC 3501): what came since, and whether a copy of ours lies there.

Nothing is deleted, moved or marked as read: people use the mailbox too.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from cloneward.errors import InputError, Unavailable

MOST_BYTES = 2 * 1024 * 1024
"""Of one mail; the rest is not fetched."""


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """The owner's mailbox, and the folder of it that replies and copies lie in."""

    host: str
    port: int
    user: str
    password: str
    security: Literal["tls", "starttls", "none"] = "tls"
    folder: str = "INBOX"
    timeout_s: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where reading ended: the validity of the folder's numbers, and the last number that was read (RFC 3501, 2.3.1.1).

    Where the validity changes, numbers mean nothing any more, and all is read again.
    """

    validity: int = 0
    last: int = 0


def read_mail(mailbox: Mailbox, since: Position) -> Iterator[tuple[bytes, Position]]:
    """Give each mail after a position, oldest first, with the position from which to go on; one is held at a time.

    Raises:
        InputError: the mailbox does not let us in, or has no such folder.
        Unavailable: it cannot be reached.
    """
    with _open(mailbox) as (connection, validity):
        last = since.last if since.validity == validity else 0
        # `n:*` gives the last mail even where its number is below n
        for number in sorted(one for one in connection.search(["UID", f"{last + 1}:*"]) if one > last):
            answer = connection.fetch([number], [f"BODY.PEEK[]<0.{MOST_BYTES}>"])
            content = next((value for key, value in answer.get(number, {}).items() if key.startswith(b"BODY[]")), b"")
            yield content, Position(validity=validity, last=number)


def has_message(mailbox: Mailbox, message_id: str) -> bool:
    """Say whether a mail with this Message-ID lies in the folder.

    Raises:
        InputError, Unavailable: as for `read_mail`.
    """
    with _open(mailbox) as (connection, _):
        return bool(connection.search(["HEADER", "Message-ID", message_id]))


@contextmanager
def _open(mailbox: Mailbox) -> Iterator[tuple[IMAPClient, int]]:
    """Open the folder for reading alone, and give the validity of its numbers."""
    context = ssl.create_default_context() if mailbox.security != "none" else None
    is_tls = mailbox.security == "tls"
    try:
        with IMAPClient(
            mailbox.host, mailbox.port, ssl=is_tls, ssl_context=context if is_tls else None, timeout=mailbox.timeout_s
        ) as connection:
            if mailbox.security == "starttls":
                connection.starttls(context)
            connection.login(mailbox.user, mailbox.password)
            opened = connection.select_folder(mailbox.folder, readonly=True)
            yield connection, int(opened[b"UIDVALIDITY"])
    except LoginError as error:
        raise InputError(
            f"{mailbox.host} does not let {mailbox.user!r} in", hint="set the user and password of the mailbox"
        ) from error
    except IMAPClientError as error:
        raise InputError(
            f"{mailbox.host}, folder {mailbox.folder!r}: {error}", hint="name a folder that is there"
        ) from error
    except OSError as error:
        raise Unavailable(f"{mailbox.host}:{mailbox.port} cannot be reached: {error}", hint="try later") from error
