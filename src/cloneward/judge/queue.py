"""The queue: which case a person looks at first, and the card on which they decide.

What asks for log-in data or money in our name, or shows minors, comes first: such pages do most of their harm within
hours. Then what exposes people, then the rest; within a class, by how many are exposed and how fresh it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cloneward.model.case import Harm, Reason, Verdict

Urgency = Literal["hours", "day", "week"]

DUE: Final[Mapping[Urgency, timedelta]] = {
    "hours": timedelta(hours=4),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
"""Within which a person should have looked."""

_HOURS: Final[frozenset[Harm]] = frozenset({"credential_form", "payment", "minors"})
_DAY: Final[frozenset[Harm]] = frozenset({"personal_data", "login_only", "deleted_at_source"})
_FRESH: Final = timedelta(hours=21)  # how long a campaign of this kind lives at the median
_ARGUMENTS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A case that waits for a person: its verdict, and since when."""

    case: str
    verdict: Verdict
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Card:
    """What somebody decides on: what was found in one line, the strongest arguments of both sides, and what is unknown.

    `due_at`: until when somebody should have looked. `seal`: where the sealed capture lies, none without one.
    """

    case: str
    target: str
    urgency: Urgency
    due_at: datetime
    found: str
    harms: tuple[Harm, ...]
    pro: tuple[str, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]
    seal: str | None


def tell_urgency(verdict: Verdict) -> Urgency:
    """Give within what time somebody should look."""
    harms = frozenset(verdict.harms)
    if harms & _HOURS:
        return "hours"
    return "day" if harms & _DAY or verdict.persons_affected else "week"


def rank_queue(waiting: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """Give the cases in the order in which to look at them; what is overdue comes first within its class."""
    return sorted(waiting, key=lambda one: _rank(one, now))


def make_card(waiting: Waiting) -> Card:
    """Give the card of a case."""
    verdict = waiting.verdict
    urgency = tell_urgency(verdict)
    return Card(
        case=waiting.case,
        target=verdict.target,
        urgency=urgency,
        due_at=waiting.since + DUE[urgency],
        found=_tell_found(verdict),
        harms=verdict.harms,
        pro=_list_arguments(verdict.reasons, is_pro=True),
        against=_list_arguments(verdict.reasons, is_pro=False),
        unknown=(*verdict.not_compared, *(problem.text for problem in verdict.problems[:_ARGUMENTS])),
        seal=verdict.seal.path if verdict.seal else None,
    )


def _rank(waiting: Waiting, now: datetime) -> tuple[int, bool, float, datetime, str]:
    urgency = tell_urgency(waiting.verdict)
    waited = max(now - waiting.since, timedelta(0))
    exposed = max(waiting.verdict.persons_affected, 1)
    rate = exposed * 0.5 ** (waited / _FRESH)
    return list(DUE).index(urgency), waited <= DUE[urgency], -rate, waiting.since, waiting.case


def _tell_found(verdict: Verdict) -> str:
    shares = f"{verdict.share_of_target:.0%} of the target, {verdict.share_of_item_max:.0%} of an item"
    what = f"{verdict.verdict.replace('_', ' ')}: {verdict.items_matched:,} items, {shares}"
    people = f", {verdict.persons_affected:,} people" if verdict.persons_affected else ""
    return f"{what}{people}; {verdict.direction.replace('_', ' ')}, host {verdict.host}"


def _list_arguments(reasons: Iterable[Reason], *, is_pro: bool) -> tuple[str, ...]:
    """Give the strongest arguments of one side."""
    side = sorted((one for one in reasons if one.pro is is_pro), key=lambda one: -abs(one.weight))
    return tuple(one.text for one in side[:_ARGUMENTS])
