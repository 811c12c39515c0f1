"""Visitors that prove what the adversaries do: one speaks HTTP and no more, the other is a real Chromium."""

import http.client
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from tests.servers import FLAGS, NOBODY, find_chromium, write_launcher

PORT_FILE = "DevToolsActivePort"
START_S = 30.0
BROWSER_HEADERS = (
    ("Connection", "keep-alive"),
    ("sec-ch-ua", '"Chromium";v="156", "Not)A;Brand";v="24"'),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", '"Linux"'),
    ("Upgrade-Insecure-Requests", "1"),
    (
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    ),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ("Sec-Fetch-Site", "none"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-User", "?1"),
    ("Sec-Fetch-Dest", "document"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Accept-Language", "en-US,en;q=0.9"),
)


@dataclass(frozen=True)
class Seen:
    """What came back: `body` as far as it came, in its coding."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def ask(
    port: int,
    host: str,
    target: str = "/",
    headers: Sequence[tuple[str, str]] = (),
    *,
    method: str = "GET",
    body: bytes = b"",
    peer: str = "127.0.0.1",
    server: str = "127.0.0.1",
) -> Seen:
    """Ask once, from an address of loopback, with these headers in this order and no others but Host and a length."""
    link = http.client.HTTPConnection(server, port, timeout=20, source_address=(peer, 0))
    try:
        link.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        link.putheader("Host", f"{host}:{port}")
        for name, value in headers:
            link.putheader(name, value)
        if body:
            link.putheader("Content-Length", str(len(body)))
        link.endheaders(body or None)
        answer = link.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        try:
            return Seen(answer.status, told, answer.read(), is_whole=True)
        except http.client.IncompleteRead as error:
            return Seen(answer.status, told, error.partial, is_whole=False)
        except ConnectionResetError:
            return Seen(answer.status, told, b"", is_whole=False)
    finally:
        link.close()


@contextmanager
def open_chromium(playwright: Playwright, flags: Sequence[str] = ()) -> Iterator[Browser]:
    """A headless Chromium with its sandbox on, as nobody where we are root, that finds all names of tests here."""
    with tempfile.TemporaryDirectory(prefix="adversary-", ignore_cleanup_errors=True) as name:
        folder, profile = Path(name), Path(name) / "profile"
        profile.mkdir()
        if os.geteuid() == 0:
            folder.chmod(0o755)
            os.chown(profile, NOBODY, NOBODY)
        launcher = write_launcher(folder, find_chromium())
        rules = "MAP *.test 127.0.0.1, MAP 10.* 127.0.0.9, MAP 169.254.* 127.0.0.9, MAP 192.168.* 127.0.0.9"
        command = [
            launcher,
            *FLAGS,
            "--disable-blink-features=AutomationControlled",
            *flags,
            f"--host-resolver-rules={rules}",
            "--remote-debugging-port=0",
        ]
        child = subprocess.Popen(
            [*command, f"--user-data-dir={profile}", "about:blank"],
            env={**os.environ, "HOME": str(profile)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{_wait_for_port(profile)}")
            yield browser
            with suppress(Exception):
                browser.close()
        finally:
            child.terminate()
            child.wait(20)
            shutil.rmtree(profile, ignore_errors=True)


def _wait_for_port(profile: Path) -> int:
    ends = time.monotonic() + START_S
    while time.monotonic() < ends:
        with suppress(OSError, ValueError, IndexError):
            return int((profile / PORT_FILE).read_text().split()[0])
        time.sleep(0.05)
    raise TimeoutError("Chromium names no port of its own")
