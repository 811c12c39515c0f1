"""A Chromium for the adversaries, and a server of all small sites."""

import pytest
from playwright.sync_api import sync_playwright

from tests.adversary.server import Server
from tests.adversary.visitor import open_chromium


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium in which each test opens its own context, gone with its module: no two may be driven."""
    with sync_playwright() as playwright, open_chromium(playwright) as browser:
        yield browser


@pytest.fixture(scope="module")
def window(chromium):
    """One context for all visits that need no identity of their own: a new one costs as much as ten tabs."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def tab(window):
    """A fresh tab without cookies."""
    window.clear_cookies()
    page = window.new_page()
    yield page
    window.set_offline(True)  # a page that floods its host would keep the browser too busy to close it
    page.close()
    window.set_offline(False)


@pytest.fixture
def serve():
    """Starts servers of the sites given, and stops them."""
    servers = []

    def begin(*sites, **options):
        servers.append(Server(sites, **options))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()
