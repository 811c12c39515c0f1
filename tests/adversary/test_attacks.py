"""Each attack is one: an unguarded visitor suffers what the limit is there to stop."""

import gzip
import struct
from contextlib import suppress

import pytest
import zstandard
from playwright.sync_api import Error

from tests.adversary.attacks import BOMB_MIB, MIB, NAVIGATIONS, TAKEN, list_hostile
from tests.adversary.hostile import LIMITS, Canary, find_breaches
from tests.adversary.server import Reply, Server, Talk, name_host
from tests.adversary.visitor import ask

LEAST = 30
ATTACKS = {hostile.name: hostile for hostile in list_hostile(1)}
PRIVATE = [name for name, hostile in ATTACKS.items() if hostile.limit == "addresses"]
CARELESS = {  # what breaks the limit, done by a visitor who does not care
    "login": "document.forms[0].user.focus(); document.execCommand('insertText', false, 'a')",
    "login-only": "document.forms[0].pass.focus(); document.execCommand('insertText', false, 'a')",
    "payment": "document.forms[0].submit()",
    "captcha": "human.click()",
    "captcha-hold": "document.querySelector('button').dispatchEvent(new MouseEvent('mousedown'))",
    "captcha-letters": "document.forms[0].submit()",
}


@pytest.fixture(scope="module")
def canary():
    """A canary, forgetful before each visit."""
    with Canary() as it:
        yield it


@pytest.fixture(scope="module")
def world(canary):
    """A server of all attacks, which lead to the canary."""
    with Server([hostile.make_site() for hostile in list_hostile(canary.port)]) as server:
        yield server


@pytest.fixture
def visit(world, canary, tab):
    """Opens an attack in a tab and gives it as it leads to this canary."""
    world.reset()
    canary.reset()
    opened = {hostile.name: hostile for hostile in list_hostile(canary.port)}
    tab.on("dialog", lambda dialog: dialog.dismiss())

    def go(name, wait_ms=0):
        with suppress(Error):
            tab.goto(world.url(opened[name].make_site()), wait_until="commit", timeout=5000)
        tab.wait_for_timeout(wait_ms)
        return opened[name]

    yield go
    for other in tab.context.pages:
        if other != tab:
            other.close()


def test_enough_attacks():
    """There are more attacks than the figure asks for, on every limit, no two of one name."""
    names = [hostile.name for hostile in list_hostile(1)]
    assert len(names) == len(set(names)) >= LEAST
    assert {hostile.limit for hostile in ATTACKS.values()} == set(LIMITS)


@pytest.mark.parametrize("name", [name for name, hostile in ATTACKS.items() if hostile.stands])
def test_marker_stands_in_source(name, world):
    """A page of which something is left to capture has its marker in the source, before it attacks."""
    hostile = ATTACKS[name]
    text = ask(world.port, name_host(hostile.make_site())).text
    assert hostile.marker in text
    assert "<script" not in text.partition(hostile.marker)[0]


def test_bodies_burst(world):
    """Bombs are small on the wire and burst to what they say; a vast picture says its size."""
    for name, burst in (
        ("bomb-gzip", gzip.decompress),
        ("bomb-zstd", lambda wire: zstandard.ZstdDecompressor().decompressobj().decompress(wire)),
    ):
        wire = ask(world.port, name_host(ATTACKS[name].make_site())).body
        assert len(wire) < MIB
        assert len(burst(wire)) == BOMB_MIB * MIB
    picture = ask(world.port, name_host(ATTACKS["bomb-picture"].make_site()), "/a.png").body
    assert struct.unpack(">II", picture[16:24]) == (20_000, 20_000)
    assert len(picture) < MIB


def test_endless_do_not_end(world):
    """What goes on goes on past its limit, to whoever takes it."""
    for name in ("page-huge", "page-endless", "stream-parts"):
        (reply,) = [
            reply
            for path, reply in ATTACKS[name].routes.items()
            if path in {"/", "/a"} and getattr(reply, "pieces", None)
        ]
        taken = 0
        for piece in reply.pieces():
            taken += len(piece)
            if taken > TAKEN:
                break
        assert taken > TAKEN, name
    for name in ("silence", "head-drip"):
        assert isinstance(ATTACKS[name].routes["/"], Talk)
    assert isinstance(ATTACKS["page-drip"].routes["/"], Reply)


def test_navigations_go_on(world):
    """Each answer leads on to another without end."""
    for name in ("redirects-endless", "refresh-endless", "refresh-header", "redirect-loop"):
        target = "/"
        for _ in range(NAVIGATIONS + 1):
            seen = ask(world.port, name_host(ATTACKS[name].make_site()), target)
            told = seen.headers.get("location") or seen.headers.get("refresh") or seen.text
            target = "/" + told.partition("/" if "url=" not in told else "url=/")[2].partition('"')[0]
        hostile = ATTACKS[name]
        assert sum(sent.request.host == name_host(hostile.make_site()) for sent in world.list_sent()) > NAVIGATIONS


@pytest.mark.browser
@pytest.mark.parametrize("name", PRIVATE)
def test_reaches_canary(name, visit, tab, world, canary):
    """A Chromium that nobody guards is led to the canary."""
    hostile = visit(name)
    for _ in range(60):
        breaches = find_breaches(hostile, world, canary)
        if breaches:
            break
        if name == "private-popup":
            tab.mouse.click(200, 200)
        tab.wait_for_timeout(50)
    assert any("canary" in breach for breach in breaches)


@pytest.mark.browser
def test_spellings_reach_canary(visit, tab, world, canary):
    """Most spellings of a loopback address lead an unguarded Chromium to the canary."""
    visit("private-spellings", 1500)
    hosts = {sent.request.header("Host").rpartition(":")[0] for sent in canary.server.list_sent()}
    assert {"127.0.0.1", "127.0.0.9", "localhost", "canary.localhost", "inner.test"} <= hosts
    asked = [sent for sent in canary.server.list_sent() if sent.request.header("Host").startswith("127.0.0.1:")]
    assert len(asked) > 20  # 2130706433 and its like are written so by the browser


@pytest.mark.browser
@pytest.mark.parametrize("name", CARELESS)
def test_careless_visitor_is_seen(name, visit, tab, world, canary):
    """Typing, sending or pressing what must be left is seen from outside, and looking is not."""
    hostile = visit(name, 300)
    assert find_breaches(hostile, world, canary) == []
    with suppress(Error):
        tab.evaluate(CARELESS[name])
    for _ in range(60):
        if find_breaches(hostile, world, canary):
            break
        tab.wait_for_timeout(50)
    assert find_breaches(hostile, world, canary) == [f"{hostile.never[0]} was asked"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "start"),
    [("fetch-flood", "/flood"), ("frames-many", "/frame"), ("styles-endless", "/style"), ("script-navigation", "/")],
)
def test_floods(name, start, visit, tab, world):
    """An unguarded Chromium asks again and again."""
    hostile = visit(name)
    for _ in range(200):
        count = sum(sent.request.path.startswith(start) for sent in world.list_sent(name_host(hostile.make_site())))
        if count > NAVIGATIONS:
            break
        tab.wait_for_timeout(50)
    assert count > NAVIGATIONS


@pytest.mark.browser
def test_downloads_start(visit, tab):
    """An unguarded Chromium starts the downloads of a page."""
    started = []
    tab.on("download", lambda it: started.append(it.url))
    for name in ("download", "download-storm", "download-blob"):
        visit(name, 500)
        assert started, name
        started.clear()


@pytest.mark.browser
def test_popups_open(visit, tab):
    """A click opens windows in an unguarded Chromium."""
    visit("popups", 200)
    tab.mouse.click(100, 100)
    tab.wait_for_timeout(500)
    assert len(tab.context.pages) > 1


@pytest.mark.browser
def test_tampering_works(visit, tab):
    """A script in the page that asks the tampered window is lied to."""
    visit("documents", 200)
    assert tab.evaluate("document.body.innerText") == "Nothing to see"
    visit("prototypes", 200)
    with pytest.raises(Error):
        tab.evaluate("JSON.stringify(1)")


@pytest.mark.browser
def test_worker_stays(visit, tab, world):
    """A service worker answers the second visit in a profile that keeps it."""
    hostile = visit("service-worker", 800)
    assert hostile.marker in tab.inner_text("body")
    visit("service-worker", 300)
    assert "Nothing was ever here" in tab.inner_text("body")
