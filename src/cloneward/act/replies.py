"""Replies: whose they are, which notice they answer, and what they mean by it.

A reply is linked by what nobody can guess (our Message-ID, our reference), else by the other side's own ticket, else
by the address it speaks of where one notice alone fits. Anyone can write such a mail: what did not come from whom we
wrote to, or failed authentication, is kept with the case and moves nothing.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Final, Literal, get_args

import authres
from flufl.bounce import all_failures
from selectolax.lexbor import LexborHTMLParser

from cloneward.model.ids import digest_bytes
from cloneward.url import registered_domain

Meaning = Literal[
    "wrong_channel",
    "rejected",
    "more_wanted",
    "resolved",
    "acknowledged",
    "automatic",
    "bounced",
    "delayed",
    "unclear",
    "unrelated",
]
Trust = Literal["authenticated", "unproven", "forged"]
LinkedBy = Literal["message", "reference", "ticket", "address"]

_SAID: Final[tuple[Meaning, ...]] = get_args(Meaning)[:6]
"""Meanings that words tell, the first that fits before the others: the order of `replies.toml`."""

REFERENCE: Final = re.compile(r"\bCW-[0-9a-f]{12}\b", re.IGNORECASE)
MOST_BYTES: Final = 2 * 1024 * 1024
_MOST_TEXT: Final = 50_000  # characters that are looked at
_MOST_PARTS: Final = 200

_TICKETS: Final = (
    re.compile(
        r"(?:ticket|case|reference|ref|incident|request|report|complaint|abuse|vorgang|dossier|caso|zaak|обращени\w)"
        r"(?:\s*(?:id|no|nr|num(?:ber|mer|éro|ero)?|nummer))?\s*[.:#№=]*\s*(?:is\s+|:\s*)?[\[(#]*"
        r"(?=[A-Z0-9_.-]{0,30}\d)([A-Z0-9][A-Z0-9_.-]{2,39})",
        re.IGNORECASE,
    ),
    re.compile(r"[\[(](?:[\w .-]{0,30}#)?(?=[A-Z0-9_-]{0,30}\d)([A-Z0-9][A-Z0-9_-]{3,39})[\])]", re.IGNORECASE),
    re.compile(r"(?:^|\s)#+(\d[\w-]{3,30})\b"),
)
_QUOTE: Final = re.compile(
    r"^(?:>|-{2,}\s*(?:original|forwarded|ursprüngliche)|_{10,}|on .{5,90} wrote:|am .{5,90} schrieb|"
    r"le .{5,90} a écrit|from:\s.{1,90}@|von:\s.{1,90}@|ours: CW-)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A notice that went out, as far as a reply to it may name it."""

    action: str
    case: str
    message_id: str
    reference: str
    recipient: str
    urls: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    is_open: bool = True


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One mail that came in. `id` is of its bytes: read twice, it is one. `action`, `case`: none if not linked."""

    id: str
    message_id: str
    sender: str
    subject: str
    text: str
    meaning: Meaning
    trust: Trust
    action: str | None = None
    case: str | None = None
    linked_by: LinkedBy | None = None
    ticket: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it may move an action: it is linked, and from whom we wrote to as far as can be told."""
        return self.action is not None and self.trust == "authenticated"


@dataclass
class Post:
    """All notices that are out, by what a reply may name them."""

    sent: Sequence[Sent]
    by_message: Mapping[str, Sent] = field(init=False)
    by_reference: Mapping[str, Sent] = field(init=False)

    def __post_init__(self) -> None:
        """Make the look-ups."""
        self.by_message = {one.message_id.strip("<>").lower(): one for one in self.sent}
        self.by_reference = {one.reference.lower(): one for one in self.sent}


def read_reply(raw: bytes, post: Post, *, trusted: str = "") -> Reply:
    """Give what a mail says, and to which notice; whatever it is made of, nothing is raised.

    Args:
        raw: the mail; what is beyond `MOST_BYTES` is not read.
        post: the notices that are out.
        trusted: name of the mail server of ours whose results of authentication are believed; empty for none.
    """
    mail = BytesParser(policy=policy.default).parsebytes(raw[:MOST_BYTES])
    subject, text = _header(mail, "subject"), _read_text(mail)
    own = _own_words(text)
    sender = parseaddr(_header(mail, "from"))[1].lower()
    found = _link(mail, subject, text, sender, post)
    bounce = _tell_bounce(mail)
    meaning: Meaning = bounce or _tell_meaning(mail, f"{subject}\n{own}", is_linked=found is not None)
    ticket = _find_ticket(subject, own) if found and not bounce else None
    return Reply(
        id=digest_bytes(raw),
        message_id=_header(mail, "message-id").strip("<> "),
        sender=sender,
        subject=subject[:300],
        text=own[:_MOST_TEXT],
        meaning=meaning,
        trust=_tell_trust(mail, sender, found, trusted, is_bounce=bounce is not None),
        action=found[0].action if found else None,
        case=found[0].case if found else None,
        linked_by=found[1] if found else None,
        ticket=ticket,
    )


def _link(mail: EmailMessage, subject: str, text: str, sender: str, post: Post) -> tuple[Sent, LinkedBy] | None:
    """Give the notice that a mail answers, and by what it is known."""
    for message in _list_messages(mail):
        if one := post.by_message.get(message):
            return one, "message"
    for name in REFERENCE.findall(f"{subject}\n{text}"):
        if one := post.by_reference.get(name.lower()):
            return one, "reference"
    domain = registered_domain(sender.rpartition("@")[2])
    theirs = [one for one in post.sent if registered_domain(one.recipient.rpartition("@")[2]) == domain]
    said = f"{subject}\n{text}".lower()
    by_ticket = [one for one in theirs if any(_names(said, ticket.lower()) for ticket in one.tickets)]
    if len(by_ticket) == 1:
        return by_ticket[0], "ticket"
    by_address = [one for one in theirs if one.is_open and any(_names(said, _bare(url)) for url in one.urls)]
    return (by_address[0], "address") if len(by_address) == 1 else None


def _names(said: str, what: str) -> bool:
    """Say whether a text names something whole, and not as a part of a longer name."""
    plain = said.replace("hxxp", "http").replace("[.]", ".").replace("[:]", ":")
    return bool(what) and re.search(rf"(?<![\w-]){re.escape(what)}(?![\w-])", plain) is not None


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/").lower()


def _list_messages(mail: EmailMessage) -> Iterator[str]:
    """Give the Message-IDs that a mail refers to, those of a returned mail inside it too."""
    for name in ("in-reply-to", "references"):
        yield from (found.lower() for found in re.findall(r"<([^<>\s]{3,300})>", _header(mail, name)))
    for part in _walk(mail):
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            inner = part.as_string()[:_MOST_TEXT]
            yield from (found.lower() for found in re.findall(r"(?im)^message-id:\s*<([^<>\s]{3,300})>", inner))


def _tell_bounce(mail: EmailMessage) -> Meaning | None:
    """Say whether it is a report that a mail could not be delivered, or not yet."""
    try:
        temporary, permanent = all_failures(mail)
    except Exception:  # noqa: BLE001  its many detectors read what anyone may have written
        temporary, permanent = frozenset(), frozenset()
    if permanent:
        return "bounced"
    if temporary:
        return "delayed"
    if mail.get_content_type() != "multipart/report":
        return None
    said = mail.as_string()[:_MOST_TEXT].lower()
    return "bounced" if "action: failed" in said else "delayed" if "action: delayed" in said else None


def _tell_meaning(mail: EmailMessage, said: str, *, is_linked: bool) -> Meaning:
    folded = " ".join(said.lower().split())
    if not is_linked:
        return "unrelated"
    is_away = any(re.search(pattern, folded) for pattern in _patterns()["automatic"])
    if is_away and _header(mail, "auto-submitted").lower() not in {"", "no"}:
        return "automatic"
    return next((meaning for meaning in _SAID if any(re.search(it, folded) for it in _patterns()[meaning])), "unclear")


def _tell_trust(
    mail: EmailMessage, sender: str, found: tuple[Sent, LinkedBy] | None, trusted: str, *, is_bounce: bool
) -> Trust:
    """Say whether it is from whom we wrote to.

    Our own mail server says so; where there is none to ask, it counts that the mail names what only a reader of ours
    can know.
    """
    results = dict(_list_results(mail, trusted))
    if results.get("dmarc") == "fail" or (results.get("spf") == "fail" and results.get("dkim", "fail") != "pass"):
        return "forged"
    if found is None:
        return "unproven"
    sent, linked_by = found
    is_told = linked_by in {"message", "reference"}
    if is_bounce:
        return "authenticated" if is_told else "unproven"
    is_theirs = registered_domain(sender.rpartition("@")[2]) == registered_domain(sent.recipient.rpartition("@")[2])
    is_passed = "pass" in {results.get(name) for name in ("dmarc", "dkim", "spf")} if trusted else is_told
    return "authenticated" if is_theirs and is_passed else "unproven"


def _list_results(mail: EmailMessage, trusted: str) -> Iterator[tuple[str, str]]:
    """Give what our own server found, by method; whatever others put into a mail is not looked at."""
    for value in mail.get_all("authentication-results", []) if trusted else []:
        try:
            header = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
        except (authres.AuthResError, ValueError):
            continue
        if str(header.authserv_id).lower() == trusted.lower():
            yield from ((str(result.method), str(result.result)) for result in header.results)
            return  # ours is written on top; one below it came with the mail


def _find_ticket(subject: str, own: str) -> str | None:
    """Give the other side's own number for it."""
    for said in (subject, own[:4_000]):
        without = REFERENCE.sub(" ", said)
        for pattern in _TICKETS:
            for found in pattern.finditer(without):
                ticket = found.group(1).strip(".-_")
                if not re.fullmatch(r"(?:19|20)\d\d(?:-\d\d){0,2}|\d{1,3}(?:\.\d{1,3}){3}", ticket):
                    return ticket
    return None


def _own_words(text: str) -> str:
    """Give what stands above the quoted notice; all of it where that is nothing."""
    cut = _QUOTE.search(text)
    above = text[: cut.start()].strip() if cut else text.strip()
    return above or text.strip()


def _read_text(mail: EmailMessage) -> str:
    """Give the text of a mail: its plain parts, else its HTML without tags."""
    plain: list[str] = []
    html: list[str] = []
    for part in _walk(mail):
        if part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment":
            continue
        body = _decode(part)
        if part.get_content_subtype() == "html":
            html.append(LexborHTMLParser(body).text(separator="\n"))
        elif part.get_content_subtype() == "plain":
            plain.append(body)
    return "\n".join(plain if any(text.strip() for text in plain) else html)[:_MOST_TEXT]


def _decode(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _walk(mail: EmailMessage) -> Iterable[EmailMessage]:
    """Give the parts of a mail, so many of them and no more."""
    return islice(mail.walk(), _MOST_PARTS)


def _header(mail: EmailMessage, name: str) -> str:
    """Give a header; empty where there is none, or it cannot be read."""
    try:
        return " ".join(str(mail.get(name, "")).split())
    except (ValueError, LookupError, IndexError, AttributeError):  # what Python's own reader stumbles over
        return ""


@cache
def _patterns() -> Mapping[str, list[str]]:
    found: Mapping[str, list[str]] = tomllib.loads(files("cloneward.act").joinpath("replies.toml").read_text("utf-8"))
    return found
