"""The end of a run from outside: at once, but for what must not be left half-done."""

from collections.abc import Iterator
from contextlib import contextmanager


class Halt:
    """Ends a run when it is asked to; asked by a signal's handler, in the thread that works.

    `end`: what ends the run, once that was asked for.
    """

    def __init__(self) -> None:
        self.end: SystemExit | None = None
        self._is_held = False

    def ask(self, code: int) -> None:
        """End the run with an exit code; while it is held, that waits for the next `check`.

        Raises:
            SystemExit: unless it is held.
        """
        self.end = SystemExit(code)
        if not self._is_held:
            raise self.end

    def check(self) -> None:
        """Return if nobody asked for the end.

        Raises:
            SystemExit: somebody did, while it was held.
        """
        if self.end is not None:
            raise self.end

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let nothing end the run within the block."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
