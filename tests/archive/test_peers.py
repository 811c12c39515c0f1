"""What others say of our web archives: the validator of WACZ, and a replay by pywb, each from its own environment."""

import io
import shutil
import socket
import subprocess
import time
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloneward.archive.package import write_wacz
from cloneward.archive.recorder import Recorder
from cloneward.model.evidence import Attachment, Capture, Exchange, Visit

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
AT = "2026-11-24T04:14:52.123Z"
PAGES = {
    "https://copy.test/": (b"<!doctype html><title>Copy</title><p>words of ours<img src=/a.png>", "text/html"),
    "https://copy.test/a.png": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "image/png"),
    "https://www.copy.test/Deep/Path?b=2&a=1": ("<p>g\xfcte".encode("latin-1"), "text/html; charset=iso-8859-1"),
}


@pytest.fixture(scope="module")
def tools():
    """The folder of both environments, made if they are not there yet."""
    subprocess.run(["sh", ROOT / "make" / "peers.sh"], check=True)
    return ROOT / ".tools"


@pytest.fixture
def wacz(tmp_path):
    """A WACZ of three pages, one that failed, and a screenshot."""
    capture = Capture(
        id="c1",
        url="https://copy.test/",
        vantage="plain",
        mode="browser",
        bodies="decoded",
        started_at=AT,
        ended_at=AT,
        operator="ana",
        purpose="capture",
        visits=(Visit(url="https://copy.test/", at=AT, title="Copy"),),
    )
    with (tmp_path / "data.warc.gz").open("wb") as file:
        recorder = Recorder(file, "c1")
        recorder.write_info(AT, {"software": "test"})
        for url, (body, media_type) in PAGES.items():
            heads = (("Content-Type", media_type), ("Content-Encoding", "br"), ("Content-Length", "7"))
            fields = {"status": 200, "response_headers": heads, "body": body, "bodies": "decoded"}
            recorder.write_exchange(Exchange(url=url, requested_at=AT, address="192.0.2.7:443", **fields))
        recorder.write_exchange(Exchange(url="https://copy.test/gone", requested_at=AT, failure="refused"))
        view = Attachment(url=capture.url, kind="view", media_type="image/png", made_at=AT, content=b"\x89PNG")
        recorder.write_attachment(view)
    path = tmp_path / "capture.wacz"
    with path.open("wb+") as file:
        sign = {"signature": "", "publicKey": "", "software": "test"}
        write_wacz(
            file,
            capture,
            tmp_path / "data.warc.gz",
            recorder.write_index(),
            lambda digest, created: {"hash": digest, "created": created, **sign},
        )
    return path


def validate(tools, path):
    """What the validator says."""
    command = [tools / "wacz" / "bin" / "wacz", "validate", "-f", path]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_wacz_validate(tools, wacz):
    """The validator of the format's authors finds our WACZ valid, and finds one that was changed is not."""
    done = validate(tools, wacz)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Validation succeeded, the passed WACZ is valid")
    changed = io.BytesIO()
    with zipfile.ZipFile(wacz) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name) + (b"x" if name == "indexes/index.cdx" else b""))
    wacz.write_bytes(changed.getvalue())
    assert "the passed WACZ is invalid" in validate(tools, wacz).stdout


@contextmanager
def replaying(tools, folder):
    """A running pywb over the collections in a folder; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = [tools / "pywb" / "bin" / "wayback", "-b", "127.0.0.1", "-p", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(program, cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(300):
            with socket.socket() as link:
                if link.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def test_pywb_replays(tools, wacz, tmp_path):
    """Another tool indexes our WACZ and serves each page, byte for byte, at its address and time."""
    folder = tmp_path / "replay"
    folder.mkdir()
    manager = tools / "pywb" / "bin" / "wb-manager"
    for arguments in (["init", "ours"], ["add", "ours", "--unpack-wacz", str(shutil.copy(wacz, folder))]):
        subprocess.run([manager, *arguments], cwd=folder, check=True, capture_output=True)
    with replaying(tools, folder) as address:
        for url, (body, media_type) in PAGES.items():
            with urllib.request.urlopen(f"{address}/ours/20261124041452id_/{url}", timeout=60) as answer:
                assert (answer.status, answer.read()) == (200, body)
                assert answer.headers["Content-Type"] == media_type
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{address}/ours/20261124041452id_/https://copy.test/gone", timeout=60)
