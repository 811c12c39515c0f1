"""Tests of cloneward.capture.program: the browser is found, started with its sandbox on, and ended."""

import os
import subprocess
import time

import pytest

from cloneward.capture.program import find_program, kill_browser, list_environment, make_profile, write_launcher
from cloneward.errors import Unavailable


def write_program(folder, line):
    """A program of one line."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_tells_its_version(tmp_path):
    """The version is read from what the program says of itself."""
    found = find_program(write_program(tmp_path, "echo Chromium 156.0.8078.79 built on Debian"))
    assert (found.version, found.major) == ("156.0.8078.79", 156)


@pytest.mark.parametrize(("line", "told"), [("echo hello", "version"), ("exit 3", "version")])
def test_what_is_no_browser_is_told(tmp_path, line, told):
    """A program that tells no version, or does not start, is told with what to do."""
    with pytest.raises(Unavailable, match=told):
        find_program(write_program(tmp_path, line))
    with pytest.raises(Unavailable, match="no Chromium"):
        find_program(str(tmp_path / "nothing"))


def test_the_sandbox_is_never_off(tmp_path):
    """As root the browser is started as nobody; no line of ours takes its sandbox away."""
    text = write_launcher(tmp_path, "/usr/bin/chromium").read_text()
    assert "no-sandbox" not in text
    assert ("--reuid=65534" in text) == (os.geteuid() == 0)


def test_a_browser_gets_no_secret_of_ours(tmp_path, monkeypatch):
    """Of our environment the browser gets what a program needs, and a home of its own."""
    monkeypatch.setenv("API_TOKEN", "secret")
    environment = list_environment(make_profile(tmp_path))
    assert "API_TOKEN" not in environment
    assert environment["HOME"] == str(tmp_path / "profile")


def test_all_of_a_browser_is_ended(tmp_path):
    """The browser and the processes that it has started end together; twice does no harm."""
    launcher = write_launcher(tmp_path, write_program(tmp_path, "sleep 60 & sleep 60"))
    make_profile(tmp_path)
    with subprocess.Popen([str(launcher)], start_new_session=True) as process:
        ends_s = time.monotonic() + 10
        while not (tmp_path / "pid").exists() and time.monotonic() < ends_s:
            time.sleep(0.01)
        time.sleep(0.2)
        kill_browser(tmp_path)
        assert process.wait(10) != 0
    while is_there(process.pid) and time.monotonic() < ends_s:
        time.sleep(0.05)
    assert not is_there(process.pid)
    kill_browser(tmp_path)


def is_there(group):
    """Whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
