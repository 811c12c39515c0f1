"""A workspace with people in every role, for the tests of who may what."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cloneward.govern.roles import Request, Subject
from cloneward.store.workspace import Workspace

ROLES = """
[roles]
analyst = ["ann"]
approver = ["app"]
counsel = ["cay"]
privacy = ["pia"]
admin = ["adi"]
"""


class Clock:
    """A clock that stands still until it sleeps."""

    def __init__(self):
        self.passed_s = 0.0

    def now(self):
        return datetime(2026, 11, 24, 12, tzinfo=UTC) + timedelta(seconds=self.passed_s)

    def monotonic_s(self):
        return self.passed_s

    def sleep(self, seconds):
        self.passed_s += seconds


def make_workspace(folder: Path, more=""):
    """A workspace whose keys lie beside it, with further settings."""
    workspace = Workspace.create(folder / "site", "https://example.org/", {})
    file = workspace.folder / "cloneward.toml"
    text = file.read_text("utf-8").replace("# keys =", "keys =", 1)
    lines = [f'keys = "{folder / "keys"}"' if line.startswith("keys =") else line for line in text.splitlines()]
    file.write_text("\n".join([*lines, ROLES, more]) + os.linesep, "utf-8")
    return Workspace.open(workspace.folder, {})


def ask(action, subject, actor="pia", second="cay", **fields):
    """A request that holds unless the fields say otherwise."""
    given = {"reason": "request 7", "second": second} | fields
    return Request(actor=actor, action=action, subject=Subject(id=subject, case="c1", author="x"), **given)
