"""A desk with one case that is judged, on a clock that jumps, and a channel that can fail."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from typer.testing import CliRunner

from cloneward.cli.app import app
from cloneward.clock import SystemClock, format_utc
from cloneward.model.case import SealState
from cloneward.model.cases import Knowledge
from cloneward.model.evidence import Capture, Exchange
from cloneward.store.cases import find_verdict, list_cases
from cloneward.store.workspace import Workspace
from cloneward.workflows.cases import file_verdict, open_on
from cloneward.workflows.evidence import keep_capture, open_evidence
from cloneward.workflows.notices import Desk, Draft
from tests.act.test_guard import VERDICT
from tests.act.test_ladder import HOST

URL = VERDICT.target
SETTINGS = """
[fetch]
resolve = { "*.test" = "127.0.0.1:9" }

[sender]
organisation = "Own Ltd"
name = "Ann Owner"
mail = "ann@own.test"

[quotas]
cooling_minutes = 0
"""


class JumpClock:
    """A clock that stands until it is set."""

    def __init__(self):
        self.at = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def now(self):
        """The moment that was set, a millisecond later each time: no two things happen at once."""
        self.at += timedelta(milliseconds=1)
        return self.at

    def monotonic_s(self):
        """The machine's own: locks wait by it."""
        return SystemClock().monotonic_s()

    def sleep(self, seconds):
        """Jump."""
        self.at += timedelta(seconds=seconds)


class Crash(BaseException):
    """The process ends here: nothing catches it."""


class FakeChannel:
    """Takes letters; `fails` before or after one is taken, once."""

    def __init__(self, settle_s=0.0):
        self.settle_s = settle_s
        self.taken = []
        self.before = None
        self.after = None

    def send(self, message_id, recipient, content):
        """Take a letter, or fail."""
        if self.before:
            error, self.before = self.before, None
            raise error
        self.taken.append((message_id, recipient, content))
        if self.after:
            error, self.after = self.after, None
            raise error
        return "250 taken"

    def has(self, message_id):
        """Whether it was taken."""
        return message_id in [one for one, _, _ in self.taken]


def seal(workspace, clock):
    """Put a capture under seal, and give what a verdict says of it."""
    at = format_utc(clock.now())
    told = Capture(
        id="c1", url=URL, vantage="plain", mode="fetch", bodies="wire", started_at=at, ended_at=at, operator="ann",
        purpose="evidence",
    )  # fmt: skip
    page = Exchange(
        url=URL, requested_at=at, status=200, response_headers=(("Content-Type", "text/html"),), body=b"<p>x"
    )
    sealed = keep_capture(open_evidence(workspace, clock), told, [page], [], clock)
    return SealState(id=sealed.id, path="evidence/c1", state=sealed.state)


@contextmanager
def open_desk(folder, monkeypatch, channel=None, more="", **judged):
    """A desk in a new workspace, whose case on `URL` is judged a copy of ours."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    Workspace.create(folder / "own", "https://own.test/", {})
    file = folder / "own" / "cloneward.toml"
    file.write_text(file.read_text() + SETTINGS + more)
    workspace, clock = Workspace.open(folder / "own", {}), JumpClock()
    protect(workspace, folder)
    verdict = replace(VERDICT, seal=seal(workspace, clock), **judged)
    with workspace.transaction(clock) as connection:
        known = Knowledge(at=clock.now(), who="ann", how="found")
        case, _ = open_on(connection, URL, "person", known, clock.now())
        file_verdict(connection, case, verdict, clock.now())
    yield Desk(workspace, clock, channel or FakeChannel())


def protect(workspace, folder):
    """Register the item that the verdict names."""
    (folder / "items.jsonl").write_text(json.dumps({"id": "i1", "text": "our words", "mandate": True}))
    done = CliRunner().invoke(
        app, ["protect", "add", str(folder / "items.jsonl"), "--workspace", str(workspace.folder)]
    )
    assert done.exit_code == 0, done.output


def draft(desk, **changes):
    """A draft over what the verdict found."""
    with desk.workspace.transaction(desk.clock) as connection:
        case = next(list_cases(connection)).id
        verdict, _, _ = find_verdict(connection, case)
    day = desk.clock.now().date().isoformat()
    whole = {
        "case": case,
        "paper": "abuse",
        "category": "copyright",
        "reach": "page",
        "recipient": replace(HOST, verified_on=day),
        "verdict": verdict,
        "urls": (URL,),
        "items": ("i1",),
    }
    return Draft(**{**whole, **changes})


def approve(desk, by="ann"):
    """An action that was proposed and approved."""
    action = desk.propose(draft(desk), by)
    return desk.approve(action.id, by)
