"""Mail out, through the owner's own mail server (RFC 5321): one letter, and a copy to the owner, in one transaction.

The copy is taken or refused with the letter, so that it tells afterwards whether the letter went.
"""

import smtplib
import ssl
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from typing import Literal

from cloneward.errors import InputError, RefusedError, Unavailable, Unsure

_PERMANENT = 500  # replies from here on will be the same when asked again


@dataclass(frozen=True, kw_only=True)
class Relay:
    """The owner's mail server. `security`: whether the connection begins in TLS, changes to it, or has none.

    `password`: of `user`; both empty where the server asks for none.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    timeout_s: float = 30.0


def send_mail(relay: Relay, sender: str, recipient: str, copy: str, content: bytes) -> str:
    """Hand a mail to the server, and give what it said when it took it.

    Raises:
        RefusedError: the server will never take it; nothing went.
        Unavailable: the server cannot be reached or would take it later; nothing went.
        Unsure: the connection was lost after the mail was handed over.
        InputError: the server does not know the user, or cannot speak TLS.
    """
    try:
        with closing(_connect(relay, sender.rpartition("@")[2])) as connection:
            said = _hand_over(connection, sender, (recipient, copy), content)
            with suppress(smtplib.SMTPException, OSError):  # it has the mail, however it says goodbye
                connection.quit()
            return said
    except smtplib.SMTPAuthenticationError as error:
        raise InputError(
            f"{relay.host} does not let {relay.user!r} in", hint="set the user and password of the mail server"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise InputError(f"{relay.host}: {error}", hint="set its security to none only on your own machine") from error
    except (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unavailable(
            f"{relay.host}:{relay.port} cannot be reached: {error}", hint="nothing went; try later"
        ) from error


def _connect(relay: Relay, name: str) -> smtplib.SMTP:
    """Connect and greet by a name of ours: else this machine's would be looked up in the name service."""
    context, wait_s = ssl.create_default_context(), relay.timeout_s
    with ExitStack() as opened:
        if relay.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(relay.host, relay.port, name, timeout=wait_s, context=context)
        else:
            connection = smtplib.SMTP(relay.host, relay.port, name, timeout=wait_s)
        opened.callback(connection.close)
        if relay.security == "starttls":
            connection.starttls(context=context)
        if relay.user:
            connection.login(relay.user, relay.password)
        opened.pop_all()
        return connection


def _hand_over(connection: smtplib.SMTP, sender: str, recipients: tuple[str, ...], content: bytes) -> str:
    """Walk through one transaction; all recipients are taken, or none."""
    connection.ehlo_or_helo_if_needed()
    for code, said in (connection.mail(sender), *map(connection.rcpt, recipients)):
        if code >= _PERMANENT:
            raise RefusedError(
                f"the mail server refuses: {code} {_tell(said)}", hint="look at the address; nothing went"
            )
        if code not in {250, 251}:
            raise Unavailable(f"the mail server says: {code} {_tell(said)}", hint="nothing went; try later")
    try:
        code, said = connection.data(content)
    except smtplib.SMTPDataError as error:  # it would not even begin
        raise Unavailable(
            f"the mail server says: {error.smtp_code} {_tell(error.smtp_error)}", hint="nothing went; try later"
        ) from error
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unsure(
            f"the connection was lost in the midst of it: {error}",
            hint="the copy in your own mailbox tells whether it went",
        ) from error
    if code >= _PERMANENT:
        raise RefusedError(f"the mail server refuses: {code} {_tell(said)}", hint="nothing went")
    if code != 250:  # noqa: PLR2004  RFC 5321, 4.2.3: done
        raise Unavailable(f"the mail server says: {code} {_tell(said)}", hint="nothing went; try later")
    return f"{code} {_tell(said)}"


def _tell(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:300]
