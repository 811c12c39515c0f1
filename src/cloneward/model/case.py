"""The decisions: verdicts with their reasons. They state what was found, not law."""

from dataclasses import dataclass
from typing import Literal

from cloneward.model.content import Problem
from cloneward.model.finding import Match

VerdictName = Literal[
    "copy", "partial_copy", "impersonation", "harvester", "authorised", "benign", "unrelated", "unknown"
]
Likeness = Literal["whole", "partial", "brand_only", "none"]
Standing = Literal["none_known", "own", "licensed", "quotation", "criticism", "archive", "intermediary", "user_upload"]
Direction = Literal["ours_first", "theirs_first", "common_source", "unknown"]
Harm = Literal["personal_data", "login_only", "deleted_at_source", "minors", "credential_form", "payment", "brand"]
Host = Literal["dedicated", "compromised", "shared", "platform", "unknown"]
Stage = Literal["registered", "read", "fingerprinted", "retrieved", "aligned", "judged"]
NotCompared = Literal["no_text", "language", "login_wall", "short_text"]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One argument, for likeness that matters (`pro`, written `for`) or against it.

    `weight` is in nats; 0 where the reason decides by rule or only informs. `evidence` names positions in
    `matches` or page addresses.
    """

    code: str
    text: str
    weight: float
    pro: bool
    evidence: tuple[int | str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SealState:
    """Where the sealed capture lies and whether all its time stamps have arrived."""

    id: str
    path: str
    state: Literal["sealed", "pending"]


@dataclass(frozen=True, kw_only=True)
class WhyNot:
    """Where an expected match was lost on its way to a verdict: the last stage it reached, and what stopped it."""

    item: str
    stage: Stage
    lost: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The decision on one target, with everything it rests on: one line of `check --json`.

    `score`: probability that what the matches of text share was taken from the items, where `base_rate` of such
    targets did so; both none without a match of text, and where all of it is what an item of ours quotes from others.
    """

    target: str
    site: str
    captured_at: str | None
    verdict: VerdictName
    likeness: Likeness
    standing: Standing
    direction: Direction
    harms: tuple[Harm, ...] = ()
    host: Host = "unknown"
    score: float | None = None
    base_rate: float | None = None
    share_of_target: float
    share_of_item_max: float
    words: int
    pages: int
    items_matched: int
    persons_affected: int = 0
    login_only_items: int = 0
    matches: tuple[Match, ...] = ()
    reasons: tuple[Reason, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    problems: tuple[Problem, ...] = ()
    policy: str
    tool: str
    seal: SealState | None = None
    took_s: float
    why_not: WhyNot | None = None
