"""Tests of working copies and of who may see an original."""

import io
import json
import os

import numpy as np
import pytest
from PIL import Image

from cloneward.clock import format_utc
from cloneward.errors import InputError, RefusedError
from cloneward.govern.audit import find_gaps
from cloneward.model.evidence import Capture, Exchange
from cloneward.model.ids import digest_bytes
from cloneward.store.vault import list_kept
from cloneward.workflows.access import open_gate
from cloneward.workflows.evidence import keep_capture, open_evidence
from cloneward.workflows.retain import run_retention
from cloneward.workflows.working import make_working, release_regions, unseal
from tests.workflows.keepers import Clock, ask, make_workspace

PAGE = b"<title>Copy</title><p>by Hannah Moore, @hannah_94, hannah@mail.example, and this stays here: kettle"


def draw():
    """A picture of fine squares, which no blurred picture shows."""
    squares = np.indices((60, 80)).sum(axis=0) % 2
    file = io.BytesIO()
    Image.fromarray((squares * 255).astype(np.uint8)).resize((320, 240), Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def clock():
    """A clock that stands still until it sleeps."""
    return Clock()


@pytest.fixture
def workspace(tmp_path, clock):
    """A workspace with the sealed capture `cap1` of a page and a picture."""
    workspace = make_workspace(tmp_path)
    at = format_utc(clock.now())
    told = Capture(
        id="cap1",
        url="https://copy.test/hannah",
        vantage="plain",
        mode="fetch",
        bodies="wire",
        started_at=at,
        ended_at=at,
        operator="ann",
        purpose="capture",
    )
    answers = [(told.url, "text/html", PAGE), ("https://copy.test/a.png", "image/png", draw())]
    exchanges = [
        Exchange(url=url, requested_at=at, status=200, response_headers=(("Content-Type", kind),), body=body)
        for url, kind, body in answers
    ]
    keep_capture(open_evidence(workspace, clock), told, exchanges, [], clock)
    return workspace


@pytest.fixture
def gate(workspace, clock):
    """Its gate."""
    return open_gate(workspace, clock)


def list_files(folder):
    """The files of a folder by name, with their bytes."""
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def measure(content):
    """How much the brightness of a picture varies."""
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("L"), np.float64).std()


def test_working_copy(workspace, gate, clock):
    """It holds redacted text and pixelated pictures, names no person or address, and the original stays as it was."""
    before = list_files(workspace.folder / "evidence")
    folder = make_working(workspace, gate, ask("working.read", "cap1", actor="ann"), clock)
    files = list_files(folder)
    text = b"".join(content for name, content in files.items() if name.endswith(".txt"))
    assert b"kettle" in text
    assert b"[email]" in text
    assert not any(b"annah" in content or b"copy.test" in content for content in files.values())
    (picture,) = (content for name, content in files.items() if name.endswith(".jpg"))
    assert measure(picture) < 10
    digests = {entry["digest"] for entry in json.loads(files["index.json"])}
    assert digests == {digest_bytes(PAGE), digest_bytes(draw())}
    assert list_files(workspace.folder / "evidence") == before


def test_known_names(workspace, gate, clock):
    """What the caller knows goes too."""
    request = ask("working.read", "cap1", actor="ann")
    folder = make_working(workspace, gate, request, clock, known=["Kettle"])
    assert not any(b"kettle" in content for content in list_files(folder).values())


def test_released_regions(workspace, gate, clock):
    """A part of a picture is shown when a person has released it, which stands on the ledger."""
    make_working(workspace, gate, ask("working.read", "cap1", actor="ann"), clock)
    request = ask("region.release", "cap1")
    folder = release_regions(workspace, gate, request, {digest_bytes(draw()): [(0.0, 0.0, 0.5, 1.0)]})
    (picture,) = (content for name, content in list_files(folder).items() if name.endswith(".jpg"))
    assert measure(picture) > 50
    with pytest.raises(InputError, match="no picture"):
        release_regions(workspace, gate, request, {"0" * 64: []})
    with pytest.raises(RefusedError):
        release_regions(workspace, gate, ask("region.release", "cap1", actor="ann"), {})
    ledger = workspace.folder / "custody" / "ledger.jsonl"
    assert list(find_gaps(ledger.read_bytes().splitlines(keepends=True))) == []


def test_unsealing(workspace, gate):
    """An original is given to two people in two roles with a reason, after it was entered, and to nobody else."""
    archive = unseal(workspace, gate, ask("original.unseal", "cap1", actor="cay", second="pia"))
    assert archive.is_file()
    ledger = workspace.folder / "custody" / "ledger.jsonl"
    assert b'"original.unsealed"' in ledger.read_bytes().splitlines()[-1]
    for request in (
        ask("original.unseal", "cap1", actor="cay", second=None),
        ask("original.unseal", "cap1", actor="cay", second="pia", reason=""),
        ask("original.unseal", "cap1", actor="adi"),
    ):
        with pytest.raises(RefusedError):
            unseal(workspace, gate, request)
    assert b'"access.refused"' in ledger.read_bytes().splitlines()[-1]


def test_a_copy_left_half_written(workspace, gate, clock):
    """In a copy without its index, as a killed process leaves it, nothing is released; made anew it is whole."""
    folder = make_working(workspace, gate, ask("working.read", "cap1", actor="ann"), clock)
    assert folder.stat().st_mode & 0o077 == 0
    (folder / "index.json").unlink()
    with pytest.raises(InputError, match="no working copy"):
        release_regions(workspace, gate, ask("region.release", "cap1"), {})
    assert (make_working(workspace, gate, ask("working.read", "cap1", actor="ann"), clock) / "index.json").exists()


def test_it_goes_in_time(workspace, gate, clock):
    """A working copy goes when its period is over, and the sealed original does not."""
    folder = make_working(workspace, gate, ask("working.read", "cap1", actor="ann"), clock)
    clock.sleep(181 * 86_400)
    assert run_retention(workspace, gate, "pia", clock) == 1
    assert not folder.exists()
    assert (workspace.folder / "evidence" / "cap1" / "capture.wacz").exists()
    with workspace.transaction(clock) as connection:
        assert list(list_kept(connection)) == []


@pytest.mark.parametrize("capture", ["cap2", f"..{os.sep}cap1", ""])
def test_no_such_capture(workspace, gate, clock, capture):
    """A capture that is not there, or a path in place of one, is the caller's mistake."""
    with pytest.raises(InputError):
        make_working(workspace, gate, ask("working.read", capture, actor="ann"), clock)
    with pytest.raises(InputError):
        release_regions(workspace, gate, ask("region.release", "cap1"), {})
