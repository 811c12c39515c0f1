"""Tests of cloneward.capture.chromium with the real browser: what it records, refuses and survives."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from cloneward.capture.chromium import Chromium
from cloneward.clock import SystemClock
from cloneward.model.vantage import Bounds, Vantage
from cloneward.settings import Fetch
from tests.fetch.hosts import Host, answer, path_of

pytestmark = pytest.mark.browser

PAGE = b"""<!doctype html><title>Old</title><p id=x>plain</p><img src=/p.png><iframe src=/frame></iframe><script>
document.title = 'New ' + navigator.webdriver; fetch('/api'); fetch('http://127.0.0.1:9/secret').catch(() => 0);
alert(1); open('/pop'); console.log('hello')</script>"""


@pytest.fixture
def visit():
    """Visit an address of a host that serves such pages."""
    hosts = []

    def make(pages, vantage=None, path="/", **bounds):
        def behave(link, head):
            content = pages.get(path_of(head), b"")
            link.sendall(answer(content, "Content-Type: text/html\r\n", "200 OK" if content else "404 Not Found"))

        hosts.append(Host(behave))
        endpoint = hosts[-1].endpoint
        rules = Fetch(allow=(endpoint,), resolve={"*.test": endpoint}, per_host_s=0)
        with Chromium(rules, SystemClock()) as browser:
            rendering = browser.render(f"http://copy.test{path}", vantage or Vantage(name="d"), Bounds(**bounds))
        return rendering, hosts[-1]

    yield make
    for host in hosts:
        host.stop()


def test_all_that_was_given_is_recorded(visit):
    """Exchanges as they stood on the wire, documents of all frames, pictures and notes of one visit are there."""
    pages = {"/": PAGE, "/frame": b"<p>in the frame</p>", "/api": b"data", "/pop": b"popup"}
    rendering, host = visit(pages)
    kept = {exchange.url.partition(".test")[2]: exchange for exchange in rendering.exchanges}
    assert {path: kept[path].body for path in ("/", "/frame", "/api")} == {
        "/": PAGE,
        "/frame": pages["/frame"],
        "/api": b"data",
    }
    assert kept["/p.png"].status == 404
    assert rendering.title == "New false"
    assert "in the frame" in rendering.documents[1].html
    assert rendering.viewport.startswith(b"\x89PNG")
    assert rendering.full_page.startswith(b"\x89PNG")
    assert "log: hello" in rendering.console
    assert {"dialog_dismissed", "popup_closed"} <= {problem.code for problem in rendering.problems}
    assert all(b"/secret" not in head for head in host.heads)


def test_it_is_who_its_vantage_says(visit):
    """A phone that comes from a search says so in every request, and what it says of itself agrees."""
    vantage = Vantage(name="m", device="android", referrer="https://search.test/", languages=("tr-TR", "tr", "en"))
    script = b"<p id=x></p><script>x.textContent = [navigator.language, navigator.platform, innerWidth < 1100]</script>"
    rendering, host = visit({"/": script}, vantage)
    head = host.heads[0].decode().lower()
    assert "android" in head
    assert "referer: https://search.test/" in head
    assert "accept-language: tr-tr,tr;q=0.9,en;q=0.8" in head
    assert "tr-TR,Linux armv81,true" in rendering.documents[0].html


def test_a_page_that_never_rests_is_ended(visit):
    """A script that runs for ever ends with its time: what was received is kept, and the rest of the visit is told."""
    rendering, _ = visit({"/": b"<p>words</p><script>while (true) {}</script>"}, timeout_s=8)
    assert b"words" in rendering.exchanges[0].body
    assert "capture_cut" in {problem.code for problem in rendering.problems}


def test_an_untouched_browser_hands_over_what_it_decoded(visit):
    """Without the recording proxy the browser's own answers are kept, and what they do not hold is named."""
    rendering, _ = visit({"/": b"<p>words</p>"}, Vantage(name="u", is_recorded=False))
    assert [exchange.body for exchange in rendering.exchanges][:1] == [b"<p>words</p>"]
    assert rendering.exchanges[0].bodies == "decoded"
    assert {"service_worker", "wire"} <= rendering.not_recorded.keys()


def test_one_browser_serves_visits_that_share_nothing():
    """Of three visits none sees what another was given to keep; one that has to be ended does not stop the next."""
    busy = b"<script>if (location.search) { while (true) {} } document.title = document.cookie + '|' + localStorage.a;\
        localStorage.a = 'seen'; document.cookie = 'b=seen'</script>"
    host = Host(lambda link, _: link.sendall(answer(busy, "Content-Type: text/html\r\n")))
    rules = Fetch(allow=(host.endpoint,), resolve={"*.test": host.endpoint}, per_host_s=0)
    titles, programs = [], set()
    with Chromium(rules, SystemClock()) as browser:
        for path in ("/", "/", "/?busy", "/"):
            rendering = browser.render(f"http://copy.test{path}", Vantage(name="d", dwell_s=0.3), Bounds(timeout_s=6))
            titles.append(rendering.title)
            programs |= set(list_browsers())
    host.stop()
    assert titles == ["|undefined", "|undefined", "", "|undefined"]
    assert 1 <= len(programs) <= 2
    assert not programs & set(list_browsers())


def list_browsers():
    """The process groups of our own browsers that are running now: those whose first process is our child's child."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = (place / "cmdline").read_bytes()
            is_first = b"cloneward-browser-" in told and b"--type=" not in told
            if is_first and os.getpgid(int(place.name)) == int(place.name) and is_ours(int(place.name)):
                found.append(int(place.name))
    return found


def is_ours(process):
    """Whether a process stands below this one."""
    while process > 1 and process != os.getpid():
        process = int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    return process == os.getpid()
