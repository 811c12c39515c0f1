"""When content is gone: for everybody, for good, and not just for us at this hour.

Who hides a page from us shows it to others, at other hours, or to whom they have not seen before. So it counts as gone
when several vantages do not see it, twice, hours apart; among them those that did see it, one that the site has never
met, and once at the hour of day at which it was last seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cloneward.model.watch import SHOWN, State

End = Literal["live", "cloaked", "moved", "waiting", "resolved"]

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What one vantage was given at an address at one moment."""

    vantage: str
    at: datetime
    state: State


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How often, how far apart, and from how many vantages nothing of it must be seen.

    `hour`: nearness of the hour of day. `round`: what is looked at within that time is looked at together.
    """

    vantages: int = 3
    apart: timedelta = timedelta(hours=6)
    hour: timedelta = timedelta(hours=1)
    round: timedelta = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What has come of an address: its end, since when it is gone, and what is still to be looked at, in words."""

    end: End
    gone_since: datetime | None = None
    missing: tuple[str, ...] = ()


def tell_end(sights: Iterable[Sight], rule: Rule) -> Outlook:
    """Give what has come of an address by all that was ever seen there.

    `cloaked`: some vantage saw it no earlier than another did not, within the time in which rounds count as one.
    `moved`: nobody sees it there, and it leads to where it is. `waiting`: gone as far as we know; what is missing says
    what would make it `resolved`.
    """
    ordered = sorted(sights, key=lambda sight: sight.at)
    shown = [sight for sight in ordered if sight.state in SHOWN]
    last_shown = shown[-1] if shown else None
    if last_shown is None:
        return Outlook(end="waiting", missing=("it was never seen there: there is nothing that could be gone",))
    since = [sight for sight in ordered if _is_later(sight, last_shown, rule)]
    if not since:
        hidden = [one for one in ordered if one.state not in SHOWN and abs(last_shown.at - one.at) < rule.apart]
        is_cloaked = last_shown.state == "cloaked" or any(one.vantage != last_shown.vantage for one in hidden)
        return Outlook(end="cloaked" if is_cloaked else "live")
    if any(sight.state == "moved" for sight in since):
        return Outlook(end="moved", gone_since=since[0].at)
    missing = tuple(_list_missing(since, ordered, shown, rule))
    return Outlook(end="waiting" if missing else "resolved", gone_since=since[0].at, missing=missing)


def _list_missing(
    since: Sequence[Sight], ordered: Sequence[Sight], shown: Sequence[Sight], rule: Rule
) -> Iterable[str]:
    """Give what is still to be looked at."""
    last_shown = shown[-1]
    times = {sight.vantage: [one.at for one in since if one.vantage == sight.vantage] for sight in since}
    twice = [vantage for vantage, seen in times.items() if seen[-1] - seen[0] >= rule.apart]
    if len(twice) < rule.vantages:
        yield f"{rule.vantages} vantages twice, {rule.apart} apart; so far {len(twice)}"
    before = {sight.vantage for sight in ordered if sight.at <= last_shown.at}
    if not times.keys() - before:
        yield "one vantage that this site has never met"
    saw = {sight.vantage for sight in shown if sight.state != "cloaked"} or {last_shown.vantage}
    if unasked := saw - times.keys():
        yield f"those that saw it: {', '.join(sorted(unasked))}"
    if not any(_is_same_hour(sight.at, last_shown.at, rule.hour) for sight in since):
        yield f"once at about {last_shown.at:%H:%M} UTC, when it was last seen"


def _is_later(sight: Sight, last_shown: Sight, rule: Rule) -> bool:
    """Say whether a sight is of a later moment: where others look at the same time, they only see something else."""
    passed = sight.at - last_shown.at
    return passed > rule.round or (passed > timedelta(0) and sight.vantage == last_shown.vantage)


def _is_same_hour(one: datetime, other: datetime, nearness: timedelta) -> bool:
    """Say whether two moments are on another day and near in the hour of day."""
    rest = (one - other) % _DAY
    return one - other > nearness and min(rest, _DAY - rest) <= nearness
