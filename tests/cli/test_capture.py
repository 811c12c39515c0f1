"""Tests of cloneward.cli.capture."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tests.cloaked import cloaked_site


@pytest.fixture
def workspace(run, tmp_path):
    """A workspace that reaches a cloaked site."""
    run("init", tmp_path / "site", "--site", "https://own.test/")
    with cloaked_site() as (_, lines):
        file = tmp_path / "site" / "cloneward.toml"
        file.write_text(file.read_text() + lines)
        yield tmp_path / "site"


@pytest.fixture
def open_folder():
    """A folder that nobody can walk to, as whom the browser runs; pytest's own is ours alone."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o1777)
        yield Path(name)


def test_a_plain_capture_is_told_in_json(run, workspace):
    """One line a capture: where its evidence lies, how it was taken, and what it does not hold."""
    done = run("capture", "http://copy.test/", "--plain", "--operator", "ann", "--json", "--workspace", workspace)
    assert done.code == 0
    (record,) = done.records
    assert record["mode"] == "fetch"
    assert record["seal"]["state"] == "pending"
    assert set(record["not_recorded"]) == {"script", "subresource", "screenshot"}
    assert (workspace / record["seal"]["path"] / "capture.wacz").is_file()
    assert run("verify", workspace / record["seal"]["path"], "--workspace", workspace).code == 4


def test_a_bad_address_does_not_stop_the_others(run, workspace):
    """Of several addresses one that is refused is told on its own line, and gives the exit code."""
    done = run("capture", "http://127.0.0.1/", "http://copy.test/", "--plain", "--workspace", workspace)
    assert done.code == 5
    assert "pending  http://copy.test/" in done.out
    assert "127.0.0.1" in done.err


def test_vantages_are_listed_and_an_unknown_one_is_told(run, workspace):
    """The vantages can be seen without a visit, and a slip of the pen names those that there are."""
    listed = run("capture", "http://copy.test/", "--list", "--workspace", workspace)
    assert "android-search" in listed.out
    assert not (workspace / "evidence").exists()
    done = run("capture", "http://copy.test/", "--vantage", "androit", "--plain", "--workspace", workspace)
    assert done.code == 2
    assert "android-search" in done.err


def test_a_kept_recipe_is_repeated(run, workspace, tmp_path):
    """The recipe of a line, in a file, brings the copy out again; what is no recipe is told."""
    vantages = ("--vantage", "desktop", "--vantage", "android-search")
    done = run("capture", "http://copy.test/", *vantages, "--plain", "--json", "--workspace", workspace)
    last = done.records[-1]
    assert set(last["recipe"]["headers"]) == {"User-Agent", "Referer"}
    file = tmp_path / "recipe.json"
    for kept in (last, last["recipe"]):
        file.write_text(json.dumps(kept))
        again = run("capture", "http://copy.test/", "--recipe", file, "--json", "--workspace", workspace)
        (record,) = again.records
        assert (record["title"], record["recipe"]) == (last["title"], last["recipe"])
        assert record["seal"]["id"] != last["seal"]["id"]
    for wrong in ("{}", "[1]", "no"):
        file.write_text(wrong)
        done = run("capture", "http://copy.test/", "--recipe", file, "--workspace", workspace)
        assert done.code == 2
        assert "recipe" in done.err


@pytest.mark.browser
def test_a_real_browser_is_driven(run, workspace):
    """A Chromium behind the recording proxy is what visits where nothing else is said."""
    done = run("capture", "http://copy.test/", "--json", "--workspace", workspace)
    assert done.code == 0
    (record,) = done.records
    assert (record["mode"], record["title"]) == ("proxy", "Garden")
    assert record["not_recorded"].keys() == {"blob"}


@pytest.mark.browser
def test_whoever_ends_us_ends_the_browser(workspace, tmp_path):
    """A capture that is told to end leaves no browser behind, and nothing half-done under seal."""
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config"), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "cloneward", "capture", "http://copy.test/", "--workspace", str(workspace)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        ends_s = time.monotonic() + 30
        while not find_browsers(tmp_path) and time.monotonic() < ends_s:
            time.sleep(0.05)
        assert find_browsers(tmp_path)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 128 + signal.SIGTERM
    while find_browsers(tmp_path) and time.monotonic() < ends_s:
        time.sleep(0.1)
    assert find_browsers(tmp_path) == []
    assert not list(workspace.glob("evidence/*/seal.json"))


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_killed_at_any_point_nothing_broken_is_listed(run, workspace, tmp_path, open_folder):
    """Killed at six points of a capture, no browser stays, all that is listed verifies, and the next run sweeps."""
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config"), "TMPDIR": str(open_folder)}
    command = [sys.executable, "-m", "cloneward", "capture", "http://copy.test/", "--workspace", str(workspace)]
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    began_s = time.monotonic()
    subprocess.run(command, check=True, **quiet)
    whole_s = time.monotonic() - began_s
    chance = Random(5)
    for part in range(6):
        with subprocess.Popen(command, **quiet) as process:
            time.sleep(whole_s * (part + chance.random()) / 6)
            process.kill()
        ends_s = time.monotonic() + 10
        while find_browsers(open_folder) and time.monotonic() < ends_s:
            time.sleep(0.05)
        assert find_browsers(open_folder) == []
    subprocess.run(command, check=True, **quiet)
    folders = [path for path in (workspace / "evidence").iterdir() if path.is_dir()]
    assert list((workspace / "evidence" / "tmp").iterdir()) == []
    assert not list(open_folder.glob("cloneward-browser-*/pid"))
    sealed = [path for path in folders if path.name != "tmp"]
    assert len(sealed) >= 2  # the first and the last run, which nobody killed
    for path in (*sealed, workspace / "custody" / "ledger.jsonl"):
        told = run("verify", path, "--workspace", workspace, "--json")
        states = {step["name"]: step["result"] for step in told.records[0]["steps"]}
        assert "fails" not in states.values()
        assert states["custody" if path.suffix else "signature"] == "holds"


def find_browsers(folder):
    """The processes whose command names a profile below a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"--user-data-dir={folder}".encode() in (place / "cmdline").read_bytes():
                found.append(place.name)
    return found
