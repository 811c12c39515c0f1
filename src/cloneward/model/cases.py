"""Cases: the file on one matter, and its timeline. What stands in it is added to, and never edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cloneward.model.case import VerdictName
from cloneward.model.ids import digest_text

CaseState = Literal["open", "closed"]
EntryKind = Literal[
    "opened",
    "known",
    "captured",
    "judged",
    "labelled",
    "proposed",
    "approved",
    "sent",
    "failed",
    "confirmed",
    "replied",
    "seen",
    "resolved",
    "withdrawn",
    "note",
    "closed",
    "reopened",
]


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """When somebody of ours first knew of it, who, and how: what is known and left alone becomes a defence."""

    at: datetime
    who: str
    how: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """The file on one matter: one address or site of others.

    `target`: canonical address. `place`: what all spellings of it have in common. `channel`: by which it was found.
    """

    id: str
    target: str
    place: str
    site: str
    channel: str
    opened_at: datetime
    first_known: Knowledge
    state: CaseState = "open"
    closing: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the timeline of a case.

    `subject`: id of what it is about, as a capture or an action. `is_privileged`: it never leaves the house.
    """

    kind: EntryKind
    at: datetime
    by: str
    text: str
    subject: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    is_privileged: bool = False


@dataclass(frozen=True, kw_only=True)
class Label:
    """What one person says a case is. `saw`: whether they saw another's label before; then it settles nothing."""

    case: str
    by: str
    at: datetime
    verdict: VerdictName
    saw: bool = False
    note: str = ""


def case_id(place: str) -> str:
    """Give the id of the case on a place: 24 hexadecimal digits after a `c`."""
    return "c" + digest_text(place)[:24]
