"""How long things took: each clock with its definition, and curves that count those that are not over.

"Takedown time" means three things to three vendors. Here each clock names both its ends; what has not ended yet is
censored, not left out, since leaving it out makes us look quick.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Mark = Literal["first_seen", "detected", "judged", "noticed", "acknowledged", "gone", "back"]
ClockName = Literal["to_detect", "to_judge", "to_notice", "to_acknowledge", "to_gone", "to_back"]

CLOCKS: Final[Mapping[ClockName, tuple[Mark, Mark, str]]] = {
    "to_detect": (
        "first_seen",
        "detected",
        "from the earliest time at which it is known to have been there to our first capture",
    ),
    "to_judge": ("detected", "judged", "from our first capture to the first verdict that calls it a copy"),
    "to_notice": ("judged", "noticed", "from that verdict to the first notice that left"),
    "to_acknowledge": ("noticed", "acknowledged", "from the first notice to the first answer that is not automatic"),
    "to_gone": ("noticed", "gone", "from the first notice to when nobody saw it from three vantages, twice"),
    "to_back": ("gone", "back", "from then to when it was seen again"),
}
"""What each clock measures: from which mark, to which, and that in words."""

_Z: Final = 1.959964  # of a normal distribution, for 95 %


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The share that is not over yet, by time (Kaplan and Meier).

    `seconds`, `share`, `low`, `high`: float64, shape (k,): a step at each time at which something ended; the shares in
    [0, 1] with 95 % limits. `count`, `over`: how many there were, and how many of them ended. `median_s`: none while
    more than half are not over.
    """

    seconds: NDArray[np.float64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    count: int
    over: int
    median_s: float | None

    def share_at(self, seconds: float) -> float:
        """Give the share that is not over after so many seconds."""
        before = np.searchsorted(self.seconds, seconds, side="right")
        return float(self.share[before - 1]) if before else 1.0


def measure_clock(name: ClockName, marks: Sequence[Mapping[Mark, datetime]], as_of: datetime) -> Curve:
    """Give the curve of one clock over cases; one whose clock has not started is not counted.

    A mark after `as_of` has not happened yet.
    """
    start, end, _ = CLOCKS[name]
    lasted: list[timedelta] = []
    ended: list[bool] = []
    for case in marks:
        begun, over = case.get(start), case.get(end)
        if begun is None or begun > as_of:
            continue
        is_over = over is not None and over <= as_of
        lasted.append(max((over if over is not None and is_over else as_of) - begun, timedelta(0)))
        ended.append(is_over)
    return estimate_survival(np.array([one.total_seconds() for one in lasted]), np.array(ended, dtype=np.bool_))


def estimate_survival(seconds: NDArray[np.float64], ended: NDArray[np.bool_]) -> Curve:
    """Give the Kaplan-Meier curve with limits by Greenwood's variance on the log-log scale.

    Args:
        seconds: shape (n,): how long each lasted, or was looked at so far.
        ended: shape (n,): whether it ended then.

    Source: Kaplan and Meier 1958; Kalbfleisch and Prentice, 2nd edition, 1.4.
    """
    times, events = np.unique(seconds[ended], return_counts=True)
    at_risk = seconds.size - np.searchsorted(np.sort(seconds), times, side="left")
    share: NDArray[np.float64] = np.cumprod(1.0 - events / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(events / (at_risk * (at_risk - events))) / np.log(share) ** 2
        spread = np.exp(_Z * np.sqrt(variance))
        low, high = share**spread, share ** (1 / spread)
    is_nothing_left = share == 0  # the variance has no value there: nothing is known but that all ended
    below = np.flatnonzero(share <= 0.5)  # noqa: PLR2004  half
    return Curve(
        seconds=times,
        share=share,
        low=np.where(is_nothing_left, 0.0, low),
        high=np.where(is_nothing_left, np.append(1.0, high)[:-1] if share.size else high, high),
        count=int(seconds.size),
        over=int(ended.sum()),
        median_s=float(times[below[0]]) if below.size else None,
    )
