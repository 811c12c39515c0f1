"""Tests of cloneward.fetch.pace."""

import threading

import pytest

from cloneward.fetch import pace
from cloneward.fetch.pace import Pace
from tests.fetch.hosts import JumpClock


def test_first_turn_is_free():
    """The first request to a site waits for nothing, the next ones for the gap that was asked for."""
    clock = JumpClock()
    turns = Pace(clock)
    for gap_s in (2, 5, 1):
        turns.wait("a.test", gap_s)
    assert clock.slept_s == [2, 5]


def test_time_that_passed_counts():
    """Whoever comes after the gap waits no more."""
    clock = JumpClock()
    turns = Pace(clock)
    turns.wait("a.test", 2)
    clock.sleep(10)
    turns.wait("a.test", 2)
    assert clock.slept_s == [10]


@pytest.mark.parametrize(
    ("left", "right", "waits"),
    [
        ("www.copy.co.uk", "img.copy.co.uk", 1),
        ("a.copy.example", "copy.example", 1),
        ("one.copy.example", "two.other.example", 0),
        ("alice.github.io", "bob.github.io", 0),
        ("127.0.0.1", "127.0.0.2", 0),
    ],
)
def test_a_site_is_a_registered_domain(left, right, waits):
    """Hosts of one registered domain share their turns; other domains do not, nor owners under a shared suffix."""
    clock = JumpClock()
    turns = Pace(clock)
    turns.wait(left, 2)
    turns.wait(right, 2)
    assert len(clock.slept_s) == waits


def test_threads_queue():
    """However many threads ask at once, each gets a turn of its own, a gap after the one before."""
    clock = JumpClock()
    turns, waited_s, start = Pace(clock), [], threading.Barrier(8)

    class Still(JumpClock):
        def sleep(self, seconds):
            waited_s.append(seconds)

    turns = Pace(Still())

    def ask():
        start.wait()
        turns.wait("a.test", 3)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waited_s) == [3, 6, 9, 12, 15, 18, 21]


def test_forgets(monkeypatch):
    """Sites whose turn has passed are forgotten, and those that still wait are not."""
    monkeypatch.setattr(pace, "_MOST_SITES", 10)
    clock = JumpClock()
    turns = Pace(clock)
    for number in range(9):
        turns.wait(f"s{number}.test", 1)
    turns.wait("slow.test", 100)
    clock.sleep(5)
    turns.wait("new.test", 1)
    assert set(turns._free_s) == {"slow.test", "new.test"}  # noqa: SLF001
