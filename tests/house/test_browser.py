"""The browser that other tests drive."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PAGE = """<!doctype html><title>A page</title><h1>Café on loopback</h1>
<script>document.title += " with scripts"</script>"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site():
    """Address of a loopback server with one page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.browser
def test_renders_loopback(page, site, tmp_path):
    """Chromium loads a page of a loopback server, runs its scripts and takes a picture of it."""
    page.goto(site)
    assert page.title() == "A page with scripts"
    assert page.inner_text("h1") == "Café on loopback"
    picture = page.screenshot(path=tmp_path / "page.png")
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 1000


@pytest.mark.browser
def test_sandbox_is_on(page):
    """The browser reports its own sandbox as on, whoever runs the tests."""
    page.goto("chrome://sandbox")
    assert "You are adequately sandboxed." in page.inner_text("body")
