"""How far a long run is, as one line on a terminal that is written anew in place."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from cloneward.clock import Clock

GAP_S = 0.5
"""At least so long between two writings: more often nobody reads, and a slow line would slow the run."""

_NOISE_S = 0.25  # sooner, a rate says nothing
_COLUMNS = 80  # of a terminal that does not say
_MINUTE_S, _HOUR_S = 60, 3600


def describe_progress(done: int, total: int | None, spent_s: float) -> str:
    """Give how many items are done, at which rate, and how long the others take where their number is known."""
    rate = done / spent_s if spent_s >= _NOISE_S else 0.0
    parts = [f"{done:,} items" if total is None else f"{done:,} of {total:,} items"]
    if rate:
        parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")  # noqa: PLR2004  below, a digit more
        if total is not None and total > done:
            parts.append(f"{_describe_time((total - done) / rate)} left")
    return ", ".join(parts)


def _describe_time(left_s: float) -> str:
    if left_s < _MINUTE_S:
        return f"{left_s:.0f} s"
    hours, minutes = divmod(round(left_s / _MINUTE_S), _HOUR_S // _MINUTE_S)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@dataclass
class Progress:
    """The line and what it counts. `clear` it before anything else is written there."""

    clock: Clock
    stream: TextIO | None
    total: int | None = None
    done: int = 0
    _began_s: float = field(init=False)
    _wrote_s: float = field(init=False)
    _width: int = 0

    def __post_init__(self) -> None:
        self._began_s = self._wrote_s = self.clock.monotonic_s()

    def step(self) -> None:
        """Count one more, and write the line anew if it is time."""
        self.done += 1
        if self.stream is None:
            return
        now_s = self.clock.monotonic_s()
        if self.done == 1:  # libraries were loaded until now, which tells nothing of the rate
            self._began_s = self._wrote_s = now_s
        if now_s - self._wrote_s < GAP_S:
            return
        self._wrote_s = now_s
        # One column stays free: a full line would make the terminal go to the next.
        text = describe_progress(self.done, self.total, now_s - self._began_s)[: _count_columns(self.stream) - 1]
        self._write(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")
            self._write("")

    def _write(self, text: str) -> None:
        if self.stream is not None:
            self.stream.write("\r" + text.ljust(self._width))
            self.stream.flush()
            self._width = len(text)


@contextmanager
def show_progress(clock: Clock, count: Callable[[], int | None], *, is_quiet: bool) -> Iterator[Progress]:
    """Give what counts, and shows itself on stderr if that is a terminal and nobody wants quiet.

    `count` gives how many there will be, where that is known; it is asked only if somebody sees it.
    """
    is_shown = sys.stderr.isatty() and not is_quiet
    progress = Progress(clock, sys.stderr, count()) if is_shown else Progress(clock, None)
    try:
        yield progress
    finally:
        progress.clear()


def _count_columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except OSError:
        return _COLUMNS
