"""Tests of cloneward.cli.progress."""

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.cli.progress import GAP_S, Progress, describe_progress, show_progress
from tests.fetch.hosts import JumpClock


class Terminal(io.StringIO):
    """A terminal of which only what is written is known."""

    def isatty(self):
        return True

    def shown(self):
        """The lines that stood there one after the other."""
        return self.getvalue().split("\r")[1:]


@pytest.mark.parametrize(
    ("done", "total", "spent_s", "text"),
    [
        (0, None, 0.0, "0 items"),
        (7, None, 10.0, "7 items, 0.7/s"),
        (1234, 5000, 10.0, "1,234 of 5,000 items, 123/s, 31 s left"),
        (100, 100_000, 10.0, "100 of 100,000 items, 10/s, 2 h 46 min left"),
        (1, 11, 30.0, "1 of 11 items, 0.0/s, 5 min left"),
        (5000, 5000, 10.0, "5,000 of 5,000 items, 500/s"),
        (12, 10, 1.0, "12 of 10 items, 12/s"),
    ],
)
def test_text(done, total, spent_s, text):
    """The line says how many are done, the rate, and the time left only where the total is known and ahead."""
    assert describe_progress(done, total, spent_s) == text


@given(st.integers(0, 10**9), st.none() | st.integers(0, 10**9), st.floats(0, 10**7))
def test_any_numbers_give_a_line(done, total, spent_s):
    """Whatever the numbers, the text is one short line."""
    text = describe_progress(done, total, spent_s)
    assert text.isprintable()
    assert len(text) < 80


def test_written_twice_a_second_at_most():
    """However fast the steps come, the line is written anew only when its time has come, and over itself."""
    clock, terminal = JumpClock(), Terminal()
    progress = Progress(clock, terminal, 1000)
    clock.sleep(30)  # for loading libraries, which does not count
    for _ in range(1000):
        progress.step()
        clock.sleep(1 / 64)  # a binary fraction, so that sums are exact
    assert len(terminal.shown()) == int(1000 / 64 / GAP_S)
    assert terminal.shown()[0].startswith("33 of 1,000 items, 66/s, 15 s left")
    assert "\n" not in terminal.getvalue()


def test_cleared():
    """A line that is taken away leaves blanks and the cursor at the margin; where none stood nothing is written."""
    clock, terminal = JumpClock(), Terminal()
    progress = Progress(clock, terminal)
    progress.clear()
    assert terminal.getvalue() == ""
    progress.step()
    clock.sleep(GAP_S)
    progress.step()
    text = terminal.shown()[0]
    progress.clear()
    progress.clear()
    assert terminal.getvalue() == f"\r{text}\r{' ' * len(text)}\r"


def test_fits_the_terminal(monkeypatch):
    """The line never fills a narrow terminal, where it could not be written over any more."""
    monkeypatch.setattr("cloneward.cli.progress._COLUMNS", 10)
    clock, terminal = JumpClock(), Terminal()
    progress = Progress(clock, terminal, 1000)
    progress.step()
    clock.sleep(GAP_S)
    progress.step()
    assert terminal.shown() == ["2 of 1,00"]


@pytest.mark.parametrize(("stream", "is_quiet"), [(Terminal(), True), (io.StringIO(), False)])
def test_on_a_terminal_only(monkeypatch, stream, is_quiet):
    """With records on stdout, or where stderr is a file, nothing is written and nothing counted beforehand."""
    monkeypatch.setattr(sys, "stderr", stream)
    clock = JumpClock()
    with show_progress(clock, lambda: pytest.fail("counted"), is_quiet=is_quiet) as progress:
        progress.step()
        clock.sleep(5)
        progress.step()
    assert (progress.done, stream.getvalue()) == (2, "")


def test_cleared_at_the_end(monkeypatch):
    """On a terminal it is shown with its total, and cleared when the block ends, also by an error."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    clock = JumpClock()

    def fail():
        with show_progress(clock, lambda: 9, is_quiet=False) as progress:
            progress.step()
            clock.sleep(5)
            progress.step()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    first, blank, last = terminal.shown()
    assert first == "2 of 9 items, 0.4/s, 18 s left"
    assert (blank.strip(" "), last) == ("", "")
