"""Tests of cloneward.cli.watch."""

import pytest

from tests.fetch.hosts import Host, answer

COPY = " ".join(f"word {number} of what was ours" for number in range(60))
LIVE = answer(f"<title>Ann</title><p>{COPY}</p>".encode(), "Content-Type: text/html\r\n")
GONE = answer(b"<p>Not found</p>", "Content-Type: text/html\r\n").replace(b" 200 OK", b" 404 Not Found", 1)


@pytest.fixture
def site():
    """A host that gives what it is told to."""
    host = Host(lambda link, _: link.sendall(host.given))
    host.given = LIVE
    yield host
    host.stop()


@pytest.fixture
def workspace(run, tmp_path, site):
    """A workspace that reaches the host by any name below `test`, and visits it from one vantage."""
    run("init", tmp_path / "site", "--site", "https://own.test/")
    file = tmp_path / "site" / "cloneward.toml"
    lines = f'allow = ["{site.endpoint}"]\nper_host_s = 0\nresolve = {{ "*.test" = "{site.endpoint}" }}'
    file.write_text(f'{file.read_text()}\n[fetch]\n{lines}\n[watch]\nvantages = ["desktop"]\n')
    return tmp_path / "site"


def test_from_capture_to_gone(run, workspace, site):
    """A captured address is watched, visited, found live, then gone with its cause, and no longer watched."""
    at = ("--workspace", workspace)
    assert run("capture", "http://copy.test/", "--plain", *at).code == 0
    (added,) = run("watch", "add", "http://copy.test/", "--notice", "--json", *at).records
    assert (added["state"], added["notice"], added["captures"]) == (None, True, [])
    (live,) = run("watch", "run", "--once", "--plain", "--json", *at).records
    assert (live["state"], live["cause"], live["id"]) == ("live", "content", added["id"])
    assert (workspace / "evidence" / live["captures"][0] / "capture.wacz").is_file()
    assert run("watch", "run", "--once", "--plain", "--json", *at).records == []
    site.given = GONE
    run("watch", "add", "http://copy.test/", *at)
    (gone,) = run("watch", "run", "--once", "--plain", "--json", *at).records
    assert (gone["state"], gone["cause"]) == ("empty", "status")
    assert "404" in gone["evidence"]
    assert "empty (status)" in run("watch", "list", *at).out
    assert run("watch", "remove", "http://copy.test/", *at).code == 0
    assert run("watch", "list", *at).out == ""


def test_what_was_never_captured(run, workspace):
    """Only what was captured can be watched; one of several that was not does not stop the others."""
    at = ("--workspace", workspace)
    alone = run("watch", "add", "http://new.test/", *at)
    assert (alone.code, "never captured" in alone.err) == (2, True)
    run("capture", "http://copy.test/", "--plain", *at)
    both = run("watch", "add", "http://new.test/", "http://copy.test/", "--json", *at)
    assert (both.code, [one["url"] for one in both.records]) == (2, ["http://copy.test/"])
    assert run("watch", "add", "http://copy.test/", "--against", "c0", *at).code == 2


def test_one_that_fails_does_not_stop_the_others(run, workspace):
    """A watch whose sealed capture is broken is told and put off; the others are visited."""
    at = ("--workspace", workspace)
    run("capture", "http://a.test/", "http://b.test/", "--plain", *at)
    (broken, _) = run("watch", "add", "http://a.test/", "http://b.test/", "--json", *at).records
    (workspace / "evidence" / broken["against"] / "capture.wacz").unlink()
    done = run("watch", "run", "--once", "--plain", "--json", *at)
    assert done.code == 4
    assert [one["url"] for one in done.records] == ["http://b.test/"]
    assert "http://a.test/" in done.err


def test_capture_tells_the_state(run, workspace, site):
    """A capture of an address that was captured before tells what it came to, though nobody watches it: gone, back."""
    told = []
    for given in (LIVE, LIVE, GONE, GONE, LIVE, LIVE):
        site.given = given
        (line,) = run("capture", "http://copy.test/", "--plain", "--json", "--workspace", workspace).records
        told.append((line["state"], line["cause"]))
    live, gone = ("live", "content"), ("empty", "status")
    assert told == [(None, None), live, gone, gone, ("back", "content"), live]
    assert run("watch", "list", "--workspace", workspace).out == ""
    assert "empty    status: " not in run("capture", "http://copy.test/", "--plain", "--workspace", workspace).out


def test_where_nobody_may_be_sent(run, workspace):
    """A name that leads to this machine is no refusal of ours: the watch tells that the site is not reached, by DNS."""
    at = ("--workspace", workspace)
    run("capture", "http://copy.test/", "--plain", *at)
    run("watch", "add", "http://copy.test/", *at)
    file = workspace / "cloneward.toml"
    file.write_text(file.read_text().replace("resolve = {", 'resolve = { "copy.test" = "127.0.0.66",'))
    done = run("watch", "run", "--once", "--plain", "--json", *at)
    assert (done.code, done.records[0]["state"], done.records[0]["cause"]) == (0, "unreachable", "dns")
