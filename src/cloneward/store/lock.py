"""One writer at a time in a workspace; readers ask nobody."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cloneward.clock import Clock
from cloneward.errors import Unavailable

# A command that is just finishing gets this long; a running import takes minutes, so waiting more is no use.
WAIT_S = 2.0
STEP_S = 0.1

_held: set[int] = set()


@contextmanager
def hold_lock(path: Path, clock: Clock, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the writer's lock inside the block. The kernel frees it when the process ends, however it ends.

    Raises:
        Unavailable: another process held it for `wait_s`; the message names its process id.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    _held.add(descriptor)
    try:
        _wait(descriptor, path, clock, wait_s)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


def _wait(descriptor: int, path: Path, clock: Clock, wait_s: float) -> None:
    deadline_s = clock.monotonic_s() + wait_s
    while not _try(descriptor):
        if clock.monotonic_s() >= deadline_s:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            who = f"process {holder}" if holder else "another process"
            hint = "wait until it ends; reading needs no lock"
            raise Unavailable(f"{who} is writing to {path.parent}", hint=hint, retry_after_s=wait_s)
        clock.sleep(STEP_S)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _let_go_in_child() -> None:
    """Close the copies in a forked child: a worker that outlives a killed writer must not keep the lock."""
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_child)
