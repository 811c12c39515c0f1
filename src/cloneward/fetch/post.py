"""The owner's mail, out and in: letters go by their mail server, and their mailbox tells which of them went."""

from collections.abc import Iterator

from cloneward.errors import InputError
from cloneward.fetch.imap import Mailbox, Position, has_message, read_mail
from cloneward.fetch.smtp import Relay, send_mail


class Post:
    """Sends letters, each with a copy to a mailbox of the owner's; looks there for copies and for replies.

    `mailbox` is none where the settings name none: then nothing can be found out, and nothing is heard.
    """

    settle_s = 900.0  # a copy may stand in a queue for a while

    def __init__(self, relay: Relay, sender: str, copy_to: str, mailbox: Mailbox | None) -> None:
        self._relay = relay
        self._sender = sender
        self._copy_to = copy_to
        self._mailbox = mailbox

    def send(self, message_id: str, recipient: str, content: bytes) -> str:
        """Hand a letter to the mail server, and give what it said.

        Raises:
            RefusedError, Unavailable, Unsure, InputError: as `send_mail`.
        """
        del message_id  # it stands in the letter
        return send_mail(self._relay, self._sender, recipient, self._copy_to, content)

    def has(self, message_id: str) -> bool:
        """Say whether the copy of a letter lies in the mailbox.

        Raises:
            InputError: there is no mailbox to look in, or it does not let us in.
            Unavailable: it cannot be reached.
        """
        return has_message(self._open(), message_id)

    def read(self, since: Position) -> Iterator[tuple[bytes, Position]]:
        """Give what came since, as `read_mail`.

        Raises:
            InputError, Unavailable: as `has`.
        """
        return read_mail(self._open(), since)

    def _open(self) -> Mailbox:
        if self._mailbox is None:
            hint = "set mail.imap_host: copies in your own mailbox tell what went"
            raise InputError("no mailbox is set in the settings", hint=hint)
        return self._mailbox
