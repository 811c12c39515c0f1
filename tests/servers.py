"""Starts each real server once a run. One that is missing fails the test, and never skips it."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

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


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    """A headless Chromium with its sandbox on and a new profile, for the whole run."""
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


# What `openssl ts` asks of an authority: a root, a certificate for time stamps alone, and how it replies.
AUTHORITY = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = stamps
[stamps]
serial = serial
crypto_device = builtin
signer_cert = leaf.pem
signer_key = leaf.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
{more}
"""
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")


@dataclass
class StampServer:
    """A real time-stamp authority: `openssl ts` behind HTTP on loopback. `is_up` may be turned off for a while."""

    name: str
    folder: Path
    url: str = ""
    is_up: bool = True
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Make its root and its certificate."""
        self.folder.mkdir(parents=True)
        self.configure()
        (self.folder / "serial").write_text("01\n")
        self.run(
            "req", "-x509", *CURVE, "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-extensions", "root"
        )
        self.run("req", *CURVE, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", f"/CN={self.name} stamps")
        signed_by = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30")
        self.run(
            "x509",
            "-req",
            "-in",
            "leaf.csr",
            *signed_by,
            *("-out", "leaf.pem", "-extfile", "tsa.cnf"),
            "-extensions",
            "leaf",
        )

    @property
    def roots(self) -> Path:
        """The root that its certificate leads to."""
        return self.folder / "root.pem"

    def configure(self, more: str = "") -> None:
        """Say how it replies."""
        (self.folder / "tsa.cnf").write_text(AUTHORITY.format(name=self.name, more=more))

    def reply(self, request: bytes) -> bytes:
        """What it replies to a request."""
        with self.lock:
            self.asked += 1
            (self.folder / "request.tsq").write_bytes(request)
            self.run("ts", "-reply", "-queryfile", "request.tsq", "-config", "tsa.cnf", "-out", "reply.tsr")
            return (self.folder / "reply.tsr").read_bytes()

    def run(self, *arguments: str) -> None:
        """Run openssl in its folder."""
        program = shutil.which("openssl") or pytest.fail("no openssl on PATH; hint: make servers")
        subprocess.run([program, *arguments], cwd=self.folder, check=True, capture_output=True)


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
