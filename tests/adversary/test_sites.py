"""The small sites do what their names say, each seen by a plain client and by Chromium."""

import brotli
import pytest
import zstandard

from tests.adversary.server import Reply, name_host
from tests.adversary.sites import list_sites
from tests.adversary.visitor import ask

SITES = list_sites()
LEAST_SITES = 50
DECODERS = {"br": brotli.decompress, "zstd": lambda wire: zstandard.ZstdDecompressor().decompressobj().decompress(wire)}
# Sites whose loaded page has no text, or none that a browser shows.
WORDLESS = {site.name for site in SITES if not site.text}


def test_enough_sites():
    """There are more sites than the figure asks for, and no two have the same name or text."""
    assert len(SITES) >= LEAST_SITES
    assert len({site.name for site in SITES}) == len(SITES)
    assert all(site.text or site.name in {"empty", "picture-page", "page-reset"} for site in SITES)


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


@pytest.mark.browser
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_in_chromium(site, chromium, serve):
    """Chromium asks for what the page needs and shows its text."""
    server = serve(*SITES)
    context = chromium.new_context(ignore_https_errors=True)
    page = context.new_page()
    try:
        try:
            page.goto(server.url(site), wait_until="commit")
        except Exception as error:
            assert site.name in {"page-reset", "empty", "auth"} or "interrupted" in str(error), error
        wanted = set(site.must)
        for _ in range(100):
            if site.name in {"lazy", "observer"}:
                page.mouse.wheel(0, 1500)
            asked = {sent.request.path for sent in server.list_sent(name_host(site))}
            text = "" if site.name in WORDLESS else read_text(page)
            if wanted <= asked and site.text.replace("\n", " ") in text:
                break
            page.wait_for_timeout(50)
        assert wanted <= asked
        assert site.text in text
    finally:
        page.close()
        context.close()


def read_text(page):
    """What the page shows, spaces collapsed; nothing while it is on its way to another."""
    try:
        return " ".join(page.evaluate("document.body ? document.body.innerText : ''").split())
    except Exception:
        return ""
