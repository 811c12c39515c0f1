"""When an address that is watched is visited next: soon while something may happen, and ever more seldom after."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from cloneward.model.watch import State


class Rules(Protocol):
    """What the settings' `[watch]` says; `cloneward.settings.Watch` is one."""

    @property
    def notice_minutes(self) -> float:
        """Give the minutes between visits while a notice is open."""
        ...

    @property
    def steps_hours(self) -> Sequence[float]:
        """Give the hours to each visit after a change of state; the last stands from then on."""
        ...


def find_gap(rules: Rules, *, has_notice: bool, unchanged: int, state: State) -> timedelta:
    """Give how long after a visit the next is due.

    Args:
        rules: of the settings.
        has_notice: whether a notice is open.
        unchanged: visits that found the same state, since it was first found.
        state: as the visit found it; one that may pass by itself is looked at again as after a change.
    """
    if has_notice:
        return timedelta(minutes=rules.notice_minutes)
    steps = rules.steps_hours
    passing = state == "unreachable" and unchanged < len(steps)
    return timedelta(hours=steps[0] if passing else steps[min(unchanged, len(steps) - 1)])
