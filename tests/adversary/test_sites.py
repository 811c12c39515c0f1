"""The small sites do what their names say, each seen by a plain client and by Chromium."""

from contextlib import nullcontext, suppress

import brotli
import pytest
import zstandard
from playwright.sync_api import Error

from tests.adversary.server import Reply, Server, name_host
from tests.adversary.sites import list_sites
from tests.adversary.visitor import ask

SITES = list_sites()
LEAST_SITES = 50
DECODERS = {"br": brotli.decompress, "zstd": lambda wire: zstandard.ZstdDecompressor().decompressobj().decompress(wire)}
UNOPENED = {"page-reset", "auth"}  # a browser shows its own page
WORDLESS = {"empty", "picture-page", *UNOPENED}


def test_enough_sites():
    """There are more sites than the figure asks for, and no two have the same name or text."""
    assert len(SITES) >= LEAST_SITES
    assert len({site.name for site in SITES}) == len(SITES)
    assert all(site.text or site.name in WORDLESS for site in SITES)


def test_plain_client(serve):
    """What a plain client gets from each answer is what the server says it sent."""
    server = serve(*SITES)
    asked = 0
    for site in SITES:
        for path, reply in site.routes.items():
            if not isinstance(reply, Reply) or reply.pieces or reply.ending == "hang" or reply.early or path == "*":
                continue
            seen = ask(server.port, name_host(site), path)
            server.settle()
            sent = server.list_sent()[-1]
            assert seen.status == sent.status == (200 if reply.ranges else reply.status)
            is_known = sent.wire_bytes == len(sent.wire)
            if is_known and reply.ending != "reset":
                assert seen.body == sent.wire
            assert seen.is_whole == (reply.cut is None)
            if reply.coding in DECODERS and is_known:
                assert DECODERS[reply.coding](seen.body) == reply.body == sent.body
            asked += 1
    assert asked > 150


@pytest.fixture(scope="module")
def world():
    """A server of all sites."""
    with Server(SITES) as server:
        yield server


@pytest.mark.browser
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_in_chromium(site, tab, world):
    """Chromium asks for what the page needs and shows its text."""
    with suppress(Error) if site.name in UNOPENED else nullcontext():
        tab.goto(world.url(site), wait_until="commit")
    wanted = set(site.must)
    for _ in range(100):
        if site.name in {"lazy", "observer"}:
            tab.mouse.wheel(0, 1500)
        asked = {sent.request.path for sent in world.list_sent(name_host(site))}
        text = read_text(tab) if site.text else ""
        if wanted <= asked and site.text in text:
            break
        tab.wait_for_timeout(50)
    assert wanted <= asked
    assert site.text in text


def read_text(tab):
    """What the page shows, spaces collapsed; nothing while it is on its way to another."""
    with suppress(Error):
        return " ".join(tab.evaluate("document.body ? document.body.innerText : ''").split())
    return ""
