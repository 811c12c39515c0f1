"""Each cloak shows what it copied to its victim, and to nobody who lacks one trait of a victim."""

import io
from collections import Counter
from contextlib import suppress

import pytest
from PIL import Image
from playwright.sync_api import Error

from tests.adversary import server as serving
from tests.adversary.cloaks import PATCH, WAYS, list_cloaks
from tests.adversary.server import Server, name_host
from tests.adversary.traits import MEANING, PAGE, REQUEST
from tests.adversary.victim import COUNTRY_PEERS, MOST_MS, SETTLE_MS, act_in, ask_as, lack, open_page
from tests.adversary.visitor import ask

CLOAKS = list_cloaks()
BY_REQUEST = [cloak for cloak in CLOAKS if not cloak.asks_page]
BY_PAGE = [cloak for cloak in CLOAKS if cloak.asks_page]
NOT_TEXT = {"canvas": "a picture", "closed": "a shadow that no script can look into"}
LEAST = 40


def tell_name(cloak):
    """The name of a cloak, for the names of tests."""
    return cloak.name


@pytest.fixture(scope="module")
def world():
    """A server of all cloaks."""
    with Server([cloak.make_site() for cloak in CLOAKS]) as server:
        yield server


def test_enough_of_each_part():
    """Each part has enough recipes, every trait and every way is in use, and no two recipes share a marker."""
    parts = Counter(cloak.part for cloak in CLOAKS)
    assert parts["reporting"] >= LEAST
    assert parts["tuning"] >= LEAST
    assert {name for cloak in CLOAKS for name in cloak.victim} == set(MEANING) == set(REQUEST) | set(PAGE)
    assert {cloak.way for cloak in CLOAKS} == set(WAYS)
    assert len({cloak.marker for cloak in CLOAKS}) == len({cloak.name for cloak in CLOAKS}) == len(CLOAKS)


@pytest.mark.parametrize("cloak", BY_REQUEST, ids=tell_name)
def test_by_request(cloak, world):
    """A victim gets the content by asking alone; without any one trait a visitor gets the decoy."""
    host = name_host(cloak.make_site())
    world.forget(host)
    assert cloak.marker in ask_as(world, cloak, cloak.victim).text
    for name in cloak.victim:
        world.forget(host)
        seen = ask_as(world, cloak, lack(cloak.victim, name)).text
        assert cloak.marker not in seen, name
        assert cloak.decoy in seen or "Location" in seen or not seen, name


@pytest.mark.parametrize("cloak", BY_PAGE, ids=tell_name)
def test_source_tells_nothing(cloak, world):
    """Where a page decides, its source holds the content for nobody in clear."""
    host = name_host(cloak.make_site())
    world.forget(host)
    seen = ask_as(world, cloak, {name: value for name, value in cloak.victim.items() if name in REQUEST}).text
    assert "<script>" in seen
    assert cloak.decoy in seen
    assert cloak.marker not in seen
    for name in set(cloak.victim) & set(REQUEST):
        world.forget(host)
        assert "<script>(async" not in ask_as(world, cloak, lack(cloak.victim, name)).text


@pytest.mark.browser
@pytest.mark.parametrize("cloak", BY_PAGE, ids=tell_name)
def test_shown_to_victim(cloak, tab, world, monkeypatch):
    """A Chromium with the traits of the victim shows the content."""
    world.forget(name_host(cloak.make_site()))
    if "country" in cloak.victim:  # Chromium cannot come from there
        monkeypatch.setitem(serving.COUNTRIES, "127.0.", cloak.victim["country"])
    with open_page(tab, world, cloak, cloak.victim):
        for _ in range(MOST_MS // 100):
            with suppress(Error):
                act_in(tab, cloak.victim)
            if is_shown(tab, cloak):
                break
            tab.wait_for_timeout(100)
        assert is_shown(tab, cloak)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("cloak", "name"),
    {
        name: (cloak, name) for cloak in reversed(BY_PAGE) for name in cloak.victim if name in set(PAGE) - {"script"}
    }.values(),
    ids=lambda value: getattr(value, "name", value),
)
def test_hidden_without_trait(cloak, name, tab, world, monkeypatch):
    """A Chromium that lacks a trait of the victim shows the decoy, each trait tried once."""
    world.forget(name_host(cloak.make_site()))
    if "country" in cloak.victim:
        monkeypatch.setitem(serving.COUNTRIES, "127.0.", cloak.victim["country"])
    visitor = lack(cloak.victim, name)
    with open_page(tab, world, cloak, visitor):
        act_in(tab, visitor)
        tab.wait_for_timeout(SETTLE_MS)
        act_in(tab, visitor)
        assert not is_shown(tab, cloak)
        assert cloak.decoy in tab.inner_text("body")


@pytest.mark.browser
def test_led_on(tab, world):
    """Chromium goes on from the first page by script, by link and by button."""
    for name in ("token-once", "referrer-own", "method-post", "cookie-chain", "headers-fetch", "headers-hints"):
        cloak = next(it for it in CLOAKS if it.name == name)
        world.forget(name_host(cloak.make_site()))
        tab.goto(world.url(cloak.make_site()))
        tab.wait_for_timeout(200)
        act_in(tab, cloak.victim)
        tab.wait_for_load_state()
        tab.wait_for_timeout(200)
        assert cloak.marker in tab.inner_text("body"), name


def is_shown(tab, cloak):
    """Whether the page shows the content: as text, or as a patch of its colour."""
    with suppress(Error):
        if cloak.way == "canvas":
            picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
            at = {colour: count for count, colour in picture.getcolors(2**24)}
            return at.get(cloak.colour, 0) >= PATCH * PATCH
        if cloak.way == "closed":
            session = tab.context.new_cdp_session(tab)
            return cloak.marker in str(session.send("DOMSnapshot.captureSnapshot", {"computedStyles": []})["strings"])
        texts = [frame.evaluate("document.body ? document.body.innerText : ''") for frame in tab.frames]
        if cloak.way == "shadow":
            texts.append(tab.inner_text("article p"))
        return any(cloak.marker in text for text in texts)
    return False


def test_token_works_once(world):
    """The link of the first page works once, and for the address alone that was given it."""
    cloak = next(it for it in CLOAKS if it.name == "token-once")
    host = name_host(cloak.make_site())
    world.forget(host)
    first = ask(world.port, host).text
    target = first.partition('replace("')[2].partition('"')[0]
    assert cloak.marker not in ask(world.port, host, target, peer=COUNTRY_PEERS["DE"]).text
    assert cloak.marker in ask(world.port, host, target).text
    assert cloak.marker not in ask(world.port, host, target).text


def test_page_alone_says_who_may(world):
    """The content that a script fetches is served to those who have its key."""
    cloak = next(it for it in CLOAKS if it.name == "way-fetch")
    host = name_host(cloak.make_site())
    assert cloak.marker not in ask(world.port, host, "/c").text
    assert cloak.marker not in ask(world.port, host, "/c?k=0").text
