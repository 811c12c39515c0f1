"""What is wrong with a machine and a workspace is told, each with what to do."""

from datetime import timedelta

import pytest

from cloneward.clock import SystemClock
from cloneward.errors import Unavailable
from cloneward.settings import Capture, Settings
from cloneward.store.workspace import Workspace
from cloneward.workflows.doctor import examine_machine, examine_workspace
from cloneward.workflows.evidence import make_ask, open_evidence

CLOCK = SystemClock()


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace with keys apart from it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    opened = Workspace.create(tmp_path / "deep" / "site", "https://own.test/", {})
    open_evidence(opened, CLOCK)
    return opened


def examine(workspace, ask=None, clock=CLOCK):
    """What was looked at, by its name."""
    return {one.name: one for one in examine_workspace(workspace, clock, ask)}


def add_lines(workspace, lines):
    """The workspace with more settings."""
    file = workspace.folder / "cloneward.toml"
    file.write_text(f"{file.read_text()}\n{lines}")
    return Workspace.open(workspace.folder, {})


def test_a_sound_workspace_has_warnings_alone(workspace):
    """A new workspace is good but that nobody stamps for it, and everything that is not good has a hint."""
    told = examine(workspace)
    assert {name for name, one in told.items() if one.state != "good"} <= {"authorities", "disk"}
    assert told["authorities"].state == "warning"
    assert all(one.hint for one in told.values() if one.state != "good")


def test_keys_that_others_may_read_are_wrong(workspace, tmp_path):
    """A key that others may read, or a folder in which they may replace it, is wrong; keys beside it are a warning."""
    key = next(path for path in (tmp_path / "config").rglob("*.key"))
    key.chmod(0o644)
    assert examine(workspace)["keys"].state == "wrong"
    key.chmod(0o600)
    assert examine(workspace)["keys"].state == "good"
    beside = add_lines(workspace, 'keys = "../keys"')
    open_evidence(beside, CLOCK)
    assert examine(beside)["keys"].state == "warning"


def test_rights_records_and_what_was_left_halfway_are_told(workspace):
    """A folder that all may write to, a database that is none, and half a capture are each told."""
    workspace.folder.chmod(0o777)
    assert examine(workspace)["rights"].state == "wrong"
    (workspace.folder / "cloneward.db").write_bytes(b"no database at all" * 99)
    assert examine(workspace)["records"].state == "wrong"
    (workspace.folder / "evidence" / "tmp" / "c1").mkdir(parents=True)
    assert examine(workspace)["evidence"].state == "warning"


def test_a_missing_browser_says_how_to_get_one():
    """Where there is no Chromium that is a warning with the command that brings one, and no error."""
    settings = Settings(site="https://own.test/", capture=Capture(program="/nowhere/chromium"))
    told = {one.name: one for one in examine_machine(settings)}
    assert told["chromium"].state == "warning"
    assert "apt-get install chromium" in told["chromium"].hint
    assert told["sqlite"].state == "good"


def test_authorities_are_asked_and_clocks_compared(workspace, stamp_servers):
    """Each authority gives a stamp, by which a clock that is wrong is found; one that is down is a warning."""
    lines = [
        f'[[authorities]]\nname = "{one.name}"\nurl = "{one.url}"\nroots = "{one.roots}"\n' for one in stamp_servers
    ]
    hosts = ", ".join(f'"{one.url.split("/")[2]}"' for one in stamp_servers)
    opened = add_lines(workspace, "".join(lines) + f"[fetch]\nallow = [{hosts}]\n")
    ask = make_ask(opened, CLOCK)
    told = examine(opened, ask)
    assert [told[f"authority {one.name}"].state for one in stamp_servers] == ["good", "good"]
    assert told["authorities"].state == "good"

    class Ahead(SystemClock):
        def now(self):
            return super().now() + timedelta(minutes=3)

    late = examine(opened, ask, Ahead())["authority one"]
    assert (late.state, "+18" in late.text) == ("warning", True)

    def fail(authority, request):
        raise Unavailable("it is down", hint="later")

    assert examine(opened, fail)["authority one"].state == "warning"
