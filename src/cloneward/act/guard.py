"""The guard: what must be so before anything is asked of anybody, looked at when it is proposed and before it leaves.

Each rule gives a reason when it is not met, and all are asked, so that a person sees at once what is missing. What is
not known counts as not met.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from cloneward.model.action import LAWFUL, Action, Category
from cloneward.model.case import Harm, Verdict

COPIES: Final = frozenset({"copy", "partial_copy"})

EVIDENCE: Final[Mapping[Category, tuple[frozenset[Harm], ...]]] = {
    "copyright": (),
    "impersonation": (frozenset({"brand"}),),
    "personal_data": (frozenset({"personal_data", "login_only", "deleted_at_source", "minors"}),),
    "phishing": (frozenset({"credential_form"}), frozenset({"brand"})),
    "fraud": (frozenset({"payment"}), frozenset({"brand"})),
    "malware": (frozenset(),),
}
"""Harms that a category needs: one of each set. Nothing that we look at shows malware, so it is never said."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What stands behind our claim to an item: its domain is proven to be ours, or the person lets us act for it.

    `rights`: whose work it is, as the owner says.
    """

    rights: str
    is_proven: bool = False
    is_mandated: bool = False


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many notices may go, and how old what they rest on may be.

    A recipient is not written to any more once `withdrawals` of the last `of_last` notices to them were errors.
    """

    per_recipient_day: int = 20
    per_day: int = 100
    withdrawals: int = 2
    of_last: int = 50
    verdict: timedelta = timedelta(days=14)
    live: timedelta = timedelta(minutes=10)
    channel: timedelta = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an action. Times are aware; what is not known is none, or not there.

    `claims`: by item. `decided_at`: when the verdict was given. `is_sealed`: its capture is whole and under seal.
    `seen`: by address, when our content was last seen there. `sent_day`, `sent_day_all`: notices of the last 24 hours,
    to this recipient and in all. `erred`: of the last notices to the recipient, latest last, whether we withdrew it as
    an error. `signer`: who signs a paper of law.
    """

    verdict: Verdict
    decided_at: datetime
    is_sealed: bool
    claims: Mapping[str, Claim] = field(default_factory=dict)
    seen: Mapping[str, datetime] = field(default_factory=dict)
    sent_day: int = 0
    sent_day_all: int = 0
    erred: Sequence[bool] = ()
    signer: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why an action may not be: a code, and what is missing in words."""

    code: str
    text: str


Rule = Callable[[Action, Facts, datetime, Limits], Iterator[Refusal]]


def list_refusals(action: Action, facts: Facts, at: datetime, limits: Limits) -> list[Refusal]:
    """Give why an action may not be proposed, or may not stay so; empty where nothing stands against it."""
    return [refusal for rule in _TO_PROPOSE for refusal in rule(action, facts, at, limits)]


def list_obstacles(action: Action, facts: Facts, at: datetime, limits: Limits) -> list[Refusal]:
    """Give why an action may not leave now: what was asked when it was proposed, and what holds for a moment only."""
    return [refusal for rule in (*_TO_PROPOSE, *_TO_LEAVE) for refusal in rule(action, facts, at, limits)]


def _check_verdict(action: Action, facts: Facts, at: datetime, limits: Limits) -> Iterator[Refusal]:
    verdict = facts.verdict
    accepted = COPIES | {"impersonation"} if action.category in {"impersonation", "phishing", "fraud"} else COPIES
    if verdict.verdict not in accepted:
        yield Refusal("verdict", f"{verdict.target} was judged {verdict.verdict}")
    if verdict.standing != "none_known":
        yield Refusal("standing", f"{verdict.target} may show it: {verdict.standing}")
    if not timedelta(0) <= at - facts.decided_at <= limits.verdict:
        yield Refusal("verdict_age", f"it was judged at {facts.decided_at}: judge it again")
    if not facts.is_sealed:
        yield Refusal("seal", "what was seen there is not under seal, or the seal does not hold")


def _check_claim(action: Action, facts: Facts, _at: datetime, _limits: Limits) -> Iterator[Refusal]:
    matched = {match.item for match in facts.verdict.matches}
    if facts.verdict.direction != "ours_first" and (action.items or action.category == "copyright"):
        yield Refusal("direction", f"who was first is not shown to be us: {facts.verdict.direction}")
    if not action.items and action.category in {"copyright", "personal_data"}:
        yield Refusal("items", "it names none of our items")
    for item in action.items:
        claim = facts.claims.get(item)
        if item not in matched:
            yield Refusal("items", f"{item} was not found there")
        if claim is None or not (claim.is_proven or claim.is_mandated):
            yield Refusal("claim", f"{item} is neither proven to be ours nor mandated")
        elif claim.rights == "user" and action.category == "copyright" and not claim.is_mandated:
            yield Refusal("claim", f"{item} is the work of a person who did not ask us to act for it")


def _check_category(action: Action, facts: Facts, _at: datetime, _limits: Limits) -> Iterator[Refusal]:
    harms = frozenset(facts.verdict.harms)
    for needed in EVIDENCE[action.category]:
        if not needed & harms:
            what = " or ".join(sorted(needed)) or "anything that we can look at"
            yield Refusal("category", f"{action.category} is not said without evidence of {what}")
    if action.paper == "dmca" and action.category != "copyright":
        yield Refusal("category", f"a notice under the DMCA is of copyright, not of {action.category}")


def _check_reach(action: Action, facts: Facts, _at: datetime, _limits: Limits) -> Iterator[Refusal]:
    verdict = facts.verdict
    if action.reach == "domain" and verdict.host != "dedicated":
        yield Refusal("reach", f"the host is {verdict.host}: others would lose their pages with it")
    pages = {match.page for match in verdict.matches} | (
        {verdict.target} if verdict.verdict == "impersonation" else set()
    )
    for url in action.urls:
        if url not in pages:
            yield Refusal("address", f"{url} is not where it was found")
    if not action.urls:
        yield Refusal("address", "it names no address")


def _check_live(action: Action, facts: Facts, at: datetime, limits: Limits) -> Iterator[Refusal]:
    for url in action.urls:
        seen = facts.seen.get(url)
        if seen is None or not timedelta(0) <= at - seen <= limits.live:
            when = f"last at {seen}" if seen else "never"
            yield Refusal("live", f"{url} was not seen with our content within {limits.live}, {when}")


def _check_quota(_action: Action, facts: Facts, _at: datetime, limits: Limits) -> Iterator[Refusal]:
    if facts.sent_day >= limits.per_recipient_day:
        yield Refusal("quota", f"{facts.sent_day} notices to this recipient within a day")
    if facts.sent_day_all >= limits.per_day:
        yield Refusal("quota", f"{facts.sent_day_all} notices within a day")
    erred = sum(facts.erred[-limits.of_last :])
    if erred >= limits.withdrawals:
        yield Refusal("stopped", f"{erred} of the last {limits.of_last} notices to this recipient were errors")


def _check_channel(action: Action, facts: Facts, at: datetime, limits: Limits) -> Iterator[Refusal]:
    verified_on = action.recipient.verified_on
    if verified_on is None or at.date() - date.fromisoformat(verified_on) > limits.channel:
        when = f"last on {verified_on}" if verified_on else "never"
        yield Refusal("channel", f"nobody looked whether {action.recipient.address} is read, {when}")
    if action.paper in LAWFUL and not facts.signer.strip():
        yield Refusal("signer", f"nobody signs the {action.paper} notice")


_TO_PROPOSE: Final[tuple[Rule, ...]] = (_check_verdict, _check_claim, _check_category, _check_reach)
_TO_LEAVE: Final[tuple[Rule, ...]] = (_check_live, _check_quota, _check_channel)
