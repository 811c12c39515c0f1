"""Tests of the lock."""

import os
import subprocess
import sys
import time

import pytest

from cloneward.errors import Unavailable
from cloneward.store.lock import hold_lock

HOLD = """
import sys, time
from pathlib import Path
from cloneward.clock import SystemClock
from cloneward.store.lock import hold_lock
with hold_lock(Path(sys.argv[1]), SystemClock()):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    """Where the lock will be."""
    return tmp_path / "lock"


@pytest.fixture
def holder(path):
    """Another process that holds the lock until it is ended."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_two_processes(path, holder, clock):
    """A second process waits a little, then is told who writes and to try later."""
    with (
        pytest.raises(Unavailable, match=f"process {holder.pid} is writing") as caught,
        hold_lock(path, clock),
    ):
        pass
    assert clock.slept_s == pytest.approx(2.0, abs=0.11)
    assert caught.value.retry_after_s == 2.0
    assert "reading needs no lock" in caught.value.hint


def test_killed_holder(path, holder, clock):
    """The lock of a process that was killed is free."""
    holder.kill()
    holder.wait()
    with hold_lock(path, clock):
        assert path.read_text() == f"{os.getpid()}\n"


def test_twice_in_one_process(path, clock):
    """Two writers of one process exclude each other too, and the lock can be had again afterwards."""
    refused = pytest.raises(Unavailable, match=f"process {os.getpid()} ")
    with hold_lock(path, clock), refused, hold_lock(path, clock, wait_s=0.0):
        pass
    with hold_lock(path, clock):
        pass
    assert path.read_text() == ""


def test_freed_while_waiting(path, holder, clock):
    """A writer that waits goes on as soon as the other ends."""

    def end_the_other(_seconds):
        holder.stdin.close()
        holder.wait()

    clock.sleep = end_the_other
    with hold_lock(path, clock):
        pass


def test_freed_after_error(path, clock):
    """An error inside the block frees the lock."""

    def fail():
        with hold_lock(path, clock):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with hold_lock(path, clock):
        pass


def test_forked_worker_does_not_keep_it(path, clock):
    """A forked worker that outlives its writer does not keep the lock."""
    code = """
import os, sys, time
from pathlib import Path
from cloneward.clock import SystemClock
from cloneward.store.lock import hold_lock
with hold_lock(Path(sys.argv[1]), SystemClock()):
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(30)
    sys.stdin.readline()
    os.kill(os.getpid(), 9)
"""
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        worker = int(process.stdout.readline())
        try:
            process.stdin.write("\n")
            process.stdin.close()
            while process.poll() is None:
                time.sleep(0.01)
            os.kill(worker, 0)  # it is still there
            with hold_lock(path, clock, wait_s=0.0):
                pass
        finally:
            os.kill(worker, 9)


def test_no_such_folder(tmp_path, clock):
    """A lock in a folder that is not there cannot be made."""
    with pytest.raises(FileNotFoundError), hold_lock(tmp_path / "nowhere" / "lock", clock):
        pass
