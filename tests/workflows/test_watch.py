"""Tests of cloneward.workflows.watch: legs as plain calls, on a clock that jumps."""

import json
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from cloneward.clock import format_utc
from cloneward.errors import EvidenceError, InputError, Unavailable
from cloneward.model.codec import encode
from cloneward.model.watch import Leg, Revisit, Sight
from cloneward.seal.sealing import SEAL_FILE
from cloneward.store.tables import sightings
from cloneward.store.workspace import Workspace
from cloneward.workflows.evidence import open_evidence
from cloneward.workflows.watch import (
    Failed,
    Visits,
    begin_watch,
    find_first,
    locate_workflows,
    make_leg,
    read_sealed,
    recall,
    run_due,
    until_due_s,
)

URL = "https://copy.test/ann"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIVE = Revisit(state="live", cause="content", evidence="desktop: 1.00", containment=1.0)
GONE = Revisit(state="empty", cause="status", evidence="desktop: status 404")


class JumpClock:
    """A clock that stands until it is set."""

    def __init__(self):
        self.at = NOON

    def now(self):
        """The moment that was set."""
        return self.at

    def monotonic_s(self):
        """Seconds since noon."""
        return (self.at - NOON).total_seconds()

    def sleep(self, seconds):
        """Jump."""
        self.at += timedelta(seconds=seconds)


class Scripted(Visits):
    """Visits that see what a script says, by the hours since noon; the record is the real one."""

    def __init__(self, workspace, clock, script):
        super().__init__(workspace, clock)
        self.script = script
        self.made = []

    def visit(self, leg, name):
        """See what is said for now, or fail."""
        self.made.append((self._clock.now(), name))
        said = self.script((self._clock.now() - NOON) / timedelta(hours=1))
        if isinstance(said, Exception):
            raise said
        return Sight(revisit=said, captures=(f"c{len(self.made)}",))


class PlainSteps:
    """Steps that are run at once."""

    def step(self, name, function, *arguments):
        """Call it."""
        del name
        return function(*arguments)


@contextmanager
def open_plainly(url, body):
    """Run bodies at once, without a durable engine."""
    del url
    yield lambda _, noun: body(PlainSteps(), encode(noun))


@pytest.fixture
def clock():
    """A clock at noon."""
    return JumpClock()


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace that was told of one capture of the address."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    Workspace.create(tmp_path / "site", "https://own.test/", {})
    file = tmp_path / "site" / "cloneward.toml"
    file.write_text(file.read_text() + '\n[watch]\nvantages = ["desktop"]\n')
    for name, started_at in (("c2", "2026-11-24T02:00:00.000Z"), ("c1", "2026-11-24T01:00:00.000Z")):
        place = tmp_path / "site" / "evidence" / name
        place.mkdir(parents=True)
        (place / SEAL_FILE).write_text(json.dumps({"manifest": {"told": {"url": URL, "started_at": started_at}}}))
    return Workspace.open(tmp_path / "site", {})


def run_until(workspace, clock, visits, hours):
    """Make each visit when it is due, until so many hours after noon; give each watch after its visit."""
    done = list(run_due(workspace, clock, visits, open_plainly))
    while (wait_s := until_due_s(workspace, clock)) is not None:
        if clock.now() + timedelta(seconds=wait_s) > NOON + timedelta(hours=hours):
            return done
        clock.sleep(max(wait_s, 1))
        done += run_due(workspace, clock, visits, open_plainly)
    return done


def test_it_is_compared_with_the_first_capture(workspace, clock):
    """A watch takes the first capture of its address, or the one that is named; what was never captured has none."""
    assert begin_watch(workspace, clock, URL).against == "c1"
    assert begin_watch(workspace, clock, URL, against="c2").against == "c2"
    assert find_first(workspace.folder / "evidence", "https://other.test/") is None
    with pytest.raises(InputError, match="never captured"):
        begin_watch(workspace, clock, "https://other.test/")
    with pytest.raises(InputError, match="c9"):
        begin_watch(workspace, clock, URL, against="c9")


def test_back_is_found_within_minutes_while_a_notice_is_open(workspace, clock):
    """What was gone and shows the copy again at any hour is found as back within fifteen minutes."""
    begin_watch(workspace, clock, URL, has_notice=True)
    back_at = 26.3

    def script(hours):
        return LIVE if hours < 2 or hours >= back_at else GONE

    done = run_until(workspace, clock, Scripted(workspace, clock, script), 30)
    states = [one.state for one in done]
    assert states.index("back") > states.index("empty") > 0
    found = next(one for one in done if one.state == "back")
    late = datetime.fromisoformat(found.since) - (NOON + timedelta(hours=back_at))
    assert timedelta(0) <= late <= timedelta(minutes=15)


def test_what_stays_the_same_is_visited_less(workspace, clock):
    """Without a notice the gaps grow, and never shrink while nothing changes."""
    begin_watch(workspace, clock, URL)
    visits = Scripted(workspace, clock, lambda _: LIVE)
    run_until(workspace, clock, visits, 24 * 14)
    moments = [at for at, _ in visits.made]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == sorted(gaps)
    assert gaps[0] <= timedelta(hours=12) < timedelta(hours=23) <= gaps[-1]


def test_one_that_fails_stops_no_other_and_is_put_off(workspace, clock):
    """A visit that cannot be made is told and put off for an hour; it is on record as none."""
    watch = begin_watch(workspace, clock, URL)
    visits = Scripted(workspace, clock, lambda _: Unavailable("no browser"))
    (failed,) = run_due(workspace, clock, visits, open_plainly)
    assert isinstance(failed, Failed)
    assert "no browser" in str(failed.error)
    assert failed.watch.next_at == format_utc(NOON + timedelta(hours=1))
    with workspace.transaction(clock) as connection:
        assert connection.execute(select(sightings).where(sightings.c.watch == watch.id)).all() == []


def test_a_leg_that_runs_twice_is_one_visit(workspace, clock):
    """A leg that is run again, as after a crash, leaves one visit."""
    watch = begin_watch(workspace, clock, URL)
    visits = Scripted(workspace, clock, lambda _: LIVE)
    line = encode(Leg(watch=watch, vantages=("desktop",)))
    for _ in range(2):
        make_leg(visits, PlainSteps(), line)
    with workspace.transaction(clock) as connection:
        assert len(connection.execute(select(sightings)).all()) == 1


def test_what_is_known_is_recalled(workspace, clock):
    """An address that was captured is known, though nobody watches it; another is not."""
    assert recall(workspace, clock, URL).against == "c1"
    assert until_due_s(workspace, clock) is None
    assert recall(workspace, clock, "https://other.test/") is None


def test_the_sealed_text(workspace, clock):
    """The text that a package holds is read; one that cannot be read is an error of evidence."""
    evidence = open_evidence(workspace, clock)
    with zipfile.ZipFile(evidence.folder / "c1" / "capture.wacz", "w") as package:
        package.writestr("pages/pages.jsonl", '{"format": "x"}\n{"text": "words"}\n')
    assert read_sealed(evidence, "c1") == "words"
    with pytest.raises(EvidenceError, match="c2"):
        read_sealed(evidence, "c2")


def test_durable_workflows_lie_beside_the_records(workspace):
    """They have a file of their own."""
    assert locate_workflows(workspace).database == str(workspace.folder / "workflows.db")
