"""At most one request to a site in so many seconds, however many threads ask."""

import threading

from cloneward.clock import Clock
from cloneward.url import registered_domain

# Beyond so many sites, those whose turn has passed are forgotten.
_MOST_SITES = 10_000


class Pace:
    """Gives each request to a site its turn.

    A site is a registered domain, not a host: whoever owns the domain makes up hosts for nothing, and behind all of
    them stands one server that we must not load.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._free_s: dict[str, float] = {}

    def wait(self, host: str, gap_s: float) -> None:
        """Return when it is this caller's turn: at least `gap_s` after the turn before it, by the clock."""
        site = registered_domain(host)
        with self._lock:
            now_s = self._clock.monotonic_s()
            if len(self._free_s) >= _MOST_SITES:
                self._free_s = {other: free_s for other, free_s in self._free_s.items() if free_s > now_s}
            turn_s = max(now_s, self._free_s.get(site, now_s))
            self._free_s[site] = turn_s + gap_s
        if turn_s > now_s:
            self._clock.sleep(turn_s - now_s)
