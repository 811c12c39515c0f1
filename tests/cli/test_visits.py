"""Tests of cloneward.cli.visits."""

import os
import signal
import time

import pytest

from cloneward.capture.plan import Link
from cloneward.cli.visits import STOP, Visit, choose_vantages, end_on_request, open_capture, rank_links
from cloneward.clock import SystemClock
from cloneward.errors import InputError, RefusedError
from cloneward.store.workspace import Workspace
from cloneward.workflows.halt import Halt

CLOCK = SystemClock()
SOURCES = '[[capture.sources]]\nname = "berlin"\ncountry = "de"\naddress = "127.0.0.2"\n'


@pytest.fixture
def site(workspace):
    """A workspace with a source of its own."""
    file = workspace / "cloneward.toml"
    file.write_text(f"{file.read_text()}\n{SOURCES}")
    return Workspace.open(workspace, {})


def run_until(ask):
    """Ask for the end, and work on for longer than any test may."""
    ask()
    time.sleep(20)


def test_a_source_of_ours_gives_a_vantage(site):
    """Each place in the settings can be visited from, by its name, and says where it is."""
    (vantage,) = choose_vantages(site, CLOCK, ["android-search-berlin"])
    assert (vantage.source, vantage.country, vantage.device) == ("127.0.0.2", "de", "android")
    with pytest.raises(InputError, match="paris") as told:
        choose_vantages(site, CLOCK, ["android-search-paris"])
    assert "android-search-berlin" in told.value.hint


def test_links_are_ranked_by_what_is_registered(site):
    """A link that is named as an item of the workspace seems to be ours, and another does not."""
    with site.reader(CLOCK) as store:
        item = next(item for item in store.items() if item.title)
    is_ours = rank_links(site, CLOCK)
    assert is_ours(Link("http://copy.test/x1", item.title))
    assert not is_ours(Link("http://copy.test/x1", "what nobody ever registered"))


def test_the_file_stop_ends_a_run(site):
    """A file `stop` that appears ends what runs within a second or two; while it is there nothing begins."""
    halt = Halt()
    with pytest.raises(SystemExit) as ended, end_on_request(site, halt):
        run_until((site.folder / STOP).touch)
    assert ended.value.code == 128 + signal.SIGTERM
    with pytest.raises(RefusedError, match="stop"), end_on_request(site, Halt()):
        pass
    with pytest.raises(RefusedError), open_capture(site, Visit(is_plain=True)):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_and_nothing_after_it(site, number):
    """A signal ends what runs with the code of shells, and the handlers are as before afterwards."""
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as ended, end_on_request(site, Halt()):
        run_until(lambda: os.kill(os.getpid(), number))
    assert ended.value.code == 128 + number
    assert signal.getsignal(number) == before
