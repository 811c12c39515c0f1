"""Notices: what a paper is written from, and the paper as it leaves."""

from dataclasses import dataclass

from cloneward.model.action import Action


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who writes: the organisation, a person to talk to, and where they are reached."""

    organisation: str
    name: str
    mail: str
    postal: str = ""
    phone: str = ""
    site: str = ""


@dataclass(frozen=True, kw_only=True)
class Work:
    """An item of ours that is shown elsewhere: its kind, where the original is, and since when it is under seal."""

    item: str
    kind: str
    url: str | None
    since: str | None


@dataclass(frozen=True, kw_only=True)
class Place:
    """An address that shows it. `served_from`: the network address that answered; `works`: ids of items shown there.

    `words`: of ours there; `pictures`: of ours there.
    """

    url: str
    served_from: str | None
    seen_at: str
    works: tuple[str, ...] = ()
    words: int = 0
    pictures: int = 0


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What shows it: the sealed capture, how to see the same, and where the notice can be checked.

    `digest`: SHA-256 of the sealed package. `check`: address at which the recipient asks whether this is genuine.
    """

    capture: str
    digest: str
    sealed_at: str
    recipe: str
    curl: str = ""
    check: str = ""


@dataclass(frozen=True, kw_only=True)
class Brief:
    """All that a paper is written from.

    `at`: when it is written, RFC 3339. `share`: part of the pages that is ours, in [0, 1]. `persons`: how many are
    concerned. `form`: names of the fields of a form that asks for log-in data, and the address to which it sends them;
    empty without one. `signer`: of a paper of law.
    """

    action: Action
    sender: Sender
    works: tuple[Work, ...]
    places: tuple[Place, ...]
    proof: Proof
    at: str
    share: float
    persons: int = 0
    form: tuple[str, ...] = ()
    form_to: str = ""
    signer: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A paper as it leaves, of one action: its subject, its text, and the same for machines (XARF, JSON) or none."""

    action: str
    subject: str
    text: str
    report: bytes | None = None
