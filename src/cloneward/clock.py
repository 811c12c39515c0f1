"""The port and the real clock: the only place that reads the time or sleeps."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and sleeps. A simulated clock jumps instead of waiting."""

    def now(self) -> datetime:
        """Give the wall-clock time in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Give seconds since a fixed but unknown moment; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return no earlier than `seconds` from now, by this clock."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Give the wall-clock time in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Give seconds since a fixed but unknown moment; never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block this thread for `seconds`."""
        time.sleep(seconds)


def format_utc(moment: datetime) -> str:
    """Give RFC 3339 in UTC with milliseconds, as every record shows times: `2026-11-24T04:14:52.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
