"""Starts each real server once a run. One that is missing fails the test, and never skips it."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import create_engine, text

from tests.authority import StampServer

_DATABASES = count(1)
NOBODY = 65534  # uid and gid of the user that owns nothing
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """Path of the installed Chromium; fails the test where there is none."""
    for name in PROGRAMS:
        path = shutil.which(name)
        if path:
            return path
    pytest.fail("no Chromium on PATH; hint: make servers")


def write_launcher(folder: Path, chromium: str) -> Path:
    """A program that starts Chromium, as nobody when we are root: its sandbox refuses root, and stays on."""
    drop = ""
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv") or pytest.fail("no setpriv on PATH (Debian: util-linux)")
        drop = f"{setpriv} --reuid={NOBODY} --regid={NOBODY} --clear-groups -- "
    launcher = folder / "chromium"
    launcher.write_text(f'#!/bin/sh\nexec {drop}{chromium} "$@"\n')
    launcher.chmod(0o755)
    return launcher


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    """A headless Chromium with its sandbox on and a new profile, gone with its module: no two may be driven at once."""
    chromium = find_chromium()
    # Not pytest's tmp_path: nobody could not walk to it.
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        profile = folder / "profile"
        profile.mkdir()
        if os.geteuid() == 0:
            folder.chmod(0o755)
            os.chown(profile, NOBODY, NOBODY)
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                profile,
                executable_path=write_launcher(folder, chromium),
                chromium_sandbox=True,
                args=list(FLAGS),
                env={**os.environ, "HOME": str(profile)},
                viewport={"width": 1280, "height": 800},
            )
            yield context
            context.close()


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """A fresh tab."""
    tab = browser.new_page()
    yield tab
    tab.close()


class _StampHandler(BaseHTTPRequestHandler):
    """RFC 3161, 3.4: a request by POST, a reply as its body."""

    def do_POST(self) -> None:
        """Reply, or be down."""
        authority: StampServer = self.server.authority
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_asked = authority.is_up and self.headers["Content-Type"] == "application/timestamp-query"
        self.send_response(200 if is_asked else 503)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        if is_asked:
            self.wfile.write(authority.reply(body))

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def stamp_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StampServer, StampServer]]:
    """Two time-stamp authorities that know nothing of each other."""
    servers = []
    authorities = []
    for name in ("one", "two"):
        authority = StampServer(name, tmp_path_factory.mktemp("tsa") / name)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _StampHandler)
        server.authority = authority
        authority.url = f"http://127.0.0.1:{server.server_port}/"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        authorities.append(authority)
    yield tuple(authorities)
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL on loopback, in a folder of its own; its address without a database."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    home = homes[-1] if homes else pytest.fail("no PostgreSQL; hint: make servers")
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        drop: list[str] = []
        if os.geteuid() == 0:  # it refuses root
            os.chown(folder, NOBODY, NOBODY)
            drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -p {port}"
        initdb = [home / "initdb", "-D", folder / "data", "-U", "owner", "-A", "trust", "--no-sync"]
        control = [home / "pg_ctl", "-D", folder / "data", "-w"]
        run = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        run([*drop, *initdb])
        run([*drop, *control, "-l", folder / "log", "-o", options, "start"])
        try:
            yield f"postgresql+psycopg://owner@127.0.0.1:{port}"
        finally:
            run([*drop, *control, "-m", "immediate", "stop"])


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """The address of a new database on the real PostgreSQL."""
    name = f"test_{next(_DATABASES)}"
    engine = create_engine(f"{postgres_server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{postgres_server}/{name}"
