"""Actions: what we ask of the world outside, and each step on the way. The steps are facts; the state follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from cloneward.model.ids import digest_text

Paper = Literal["abuse", "dmca", "dsa"]
Category = Literal["copyright", "personal_data", "impersonation", "phishing", "fraud", "malware"]
Reach = Literal["page", "domain"]
StepName = Literal["propose", "approve", "begin", "perform", "fail", "confirm", "resolve", "withdraw"]
State = Literal["proposed", "approved", "sending", "performed", "failed", "confirmed", "resolved", "withdrawn"]

LAWFUL: Final[frozenset[Paper]] = frozenset({"dmca", "dsa"})
"""Papers of law: role counsel approves them, and a named person signs them when they are sent."""

CRIMES: Final[frozenset[Category]] = frozenset({"phishing", "fraud", "malware"})
"""Categories that name a crime: each needs evidence of its own, and two people."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Whom a notice is for: a name, their part, and the one channel that they read.

    `address`: of mail, or of a form that a person fills in. `source`: where that was found. `verified_on`: the day on
    which the channel was last known to work; none where nobody has looked.
    """

    name: str
    part: Literal["host", "registrar", "intermediary", "platform"]
    channel: Literal["mail", "form"]
    address: str
    source: str
    verified_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of an action: by whom, when, and what belongs to it.

    `detail`: as a receipt, a ticket, a reason, or the role in which somebody approves.
    """

    name: StepName
    by: str
    at: datetime
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Action:
    """One notice on its way to one party: what it says of which addresses, resting on which verdict; and its steps.

    `verdict`: id of the verdict, which names the sealed capture. `items`: ids of those of ours that are shown there.
    """

    case: str
    paper: Paper
    category: Category
    reach: Reach
    recipient: Party
    urls: tuple[str, ...]
    items: tuple[str, ...]
    verdict: str
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """Its id, and the key by which it is never done twice: what is asked of whom, in which case, over what.

        One that failed or was resolved may be followed by another over the same: the time of its proposal tells them
        apart.
        """
        told = (
            self.case,
            self.paper,
            self.category,
            self.reach,
            self.recipient.address,
            *sorted(self.urls),
            self._proposed_at,
        )
        return "a" + digest_text("\n".join(told))[:24]

    @property
    def _proposed_at(self) -> str:
        """The moment of its proposal, to the millisecond: that is how moments are kept."""
        return self.steps[0].at.isoformat(timespec="milliseconds")

    @property
    def about(self) -> str:
        """What it asks of whom: equal for two that must not both be on their way."""
        return digest_text("\n".join((self.paper, self.recipient.address, *sorted(self.urls))))

    @property
    def is_grave(self) -> bool:
        """Whether it needs two people: it would take down more than a page, or names a crime."""
        return self.reach == "domain" or self.category in CRIMES
