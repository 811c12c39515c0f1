"""Which technology serves which port, and what is said where it is not there."""

import builtins
import os
import subprocess
import sys

import pytest

from cloneward.capture.plain import Plain
from cloneward.clock import SystemClock
from cloneward.errors import Unavailable
from cloneward.model.vantage import Bounds, Vantage
from cloneward.settings import Fetch, Settings
from cloneward.workflows.wiring import PROFILES, open_browser, open_plain, sweep_profiles
from tests.fetch.hosts import Host, answer, say

SETTINGS = Settings(site="https://own.test/")


def test_a_plain_fetch_is_always_there():
    """Without any browser there is what makes plain requests."""
    assert isinstance(open_plain(SETTINGS, SystemClock()), Plain)


def test_a_missing_driver_is_told_with_what_to_do(monkeypatch):
    """Where nothing drives a browser, the error says how to get it and how to do without."""
    original = builtins.__import__

    def refuse(name, *arguments, **options):
        if name.startswith(("playwright", "cloneward.capture.chromium")):
            raise ImportError("no playwright")
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(Unavailable, match="no playwright") as told, open_browser(SETTINGS, SystemClock()):
        pass
    assert "--plain" in told.value.hint


def test_a_missing_browser_is_told_with_what_to_do(monkeypatch):
    """Where no Chromium is on PATH, the error says how to get one and how to do without."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable, match="no Chromium") as told, open_browser(SETTINGS, SystemClock()):
        pass
    assert "--plain" in told.value.hint


def test_a_plain_request_keeps_the_bounds_of_a_visit():
    """Of an answer longer than a visit may take the beginning is kept, whatever the settings allow."""
    host = Host(say(answer(b"x" * 5_000)))
    try:
        fetch = Fetch(allow=(host.endpoint,), resolve={"*.test": host.endpoint}, per_host_s=0)
        plain = open_plain(Settings(site="https://own.test/", fetch=fetch), SystemClock())
        rendering = plain.render("http://copy.test/", Vantage(name="d"), Bounds(max_bytes=1_000))
    finally:
        host.stop()
    assert len(rendering.exchanges[-1].body) == 1_000
    assert not rendering.exchanges[-1].is_whole


def test_what_killed_runs_left_is_swept(tmp_path):
    """The profile of a browser that is gone is removed, and an old one without any; one in use and a new one stay."""
    names = ("gone", "used", "new", "old")
    gone, used, new, old = (tmp_path / f"{PROFILES}{name}" for name in names)
    for folder in (gone, used, new, old):
        folder.mkdir()
    (gone / "pid").write_text(f"{os.getpid()}\n")
    os.utime(old, (0, 0))
    with subprocess.Popen([sys.executable, "-c", "input()", str(used / "profile")], stdin=subprocess.PIPE) as process:
        (used / "pid").write_text(f"{process.pid}\n")
        sweep_profiles(tmp_path, SystemClock())
        assert sorted(tmp_path.iterdir()) == sorted([used, new])
        process.communicate(b"\n")
    sweep_profiles(tmp_path, SystemClock())
    assert list(tmp_path.iterdir()) == [new]
