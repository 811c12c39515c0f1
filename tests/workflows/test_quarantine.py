"""Tests of what becomes of material that must not be kept, with harmless drawings as stand-ins."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from cloneward.capture.stop import Hit, Withheld
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.govern.audit import find_gaps
from cloneward.model.ids import digest_bytes
from cloneward.store.vault import list_kept
from cloneward.workflows import retain
from cloneward.workflows.access import open_gate
from cloneward.workflows.evidence import open_evidence
from cloneward.workflows.quarantine import Quarantine, open_stop
from cloneward.workflows.retain import CLOSED, hold, plan_retention, run_retention
from tests.workflows.keepers import Clock, ask, make_workspace


def draw(seed):
    """The bytes of a picture that only its seed decides."""
    cells = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(cells).resize((320, 240), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


BAD = draw(1)
WITHHELD = Withheld(
    address="https://copy.test/a.png",
    digest=digest_bytes(BAD),
    size_bytes=len(BAD),
    hit=Hit("list.txt", "digest"),
    content=BAD,
)


class Place:
    """A workspace with a rule, its gate and its quarantine."""

    def __init__(self, folder, rule):
        self.clock = Clock()
        self.workspace = make_workspace(folder, f'[quarantine]\nrule = "{rule}"\nlists = ["list.txt"]\n')
        (self.workspace.folder / "list.txt").write_text("# nothing yet\n")
        self.gate = open_gate(self.workspace, self.clock)
        self.ledger = open_evidence(self.workspace, self.clock).ledger
        self.quarantine = Quarantine(self.workspace, self.ledger, self.clock)

    def lines(self):
        return (self.workspace.folder / "custody" / "ledger.jsonl").read_bytes().splitlines(keepends=True)

    def entries(self, what):
        entries = [json.loads(line)["entry"] for line in self.lines()]
        return [entry for entry in entries if entry["what"] == what]

    def holds(self, content):
        return any(content in file.read_bytes() for file in self.workspace.folder.rglob("*") if file.is_file())


@pytest.fixture(params=["destroy", "preserve"])
def place(request, tmp_path):
    """A place under each rule."""
    return Place(tmp_path, request.param)


def test_what_remains(place):
    """Digest, address, time and who saw it remain, once; the bytes lie nowhere in clear."""
    for _ in range(2):
        place.quarantine.keep([WITHHELD], capture="cap1", who="ann")
    (entry,) = place.entries("material.withheld")
    assert (entry["subject"], entry["who"]) == (digest_bytes(BAD), "ann")
    assert entry["detail"]["address"] == "https://copy.test/a.png"
    assert json.loads(place.lines()[-1])["at"] == "2026-11-24T12:00:00.000Z"
    assert not place.holds(BAD)
    assert not place.holds(BAD[100:300])


def test_preserved_for_the_authority(tmp_path):
    """Two people can hand over what was preserved; nobody can what was destroyed, nor one person alone."""
    place = Place(tmp_path / "a", "preserve")
    place.quarantine.keep([WITHHELD], capture="cap1", who="ann")
    two = ask("material.hand_over", WITHHELD.digest, actor="cay", second="pia")
    assert place.quarantine.hand_over(place.gate, two) == BAD
    with pytest.raises(RefusedError):
        place.quarantine.hand_over(place.gate, ask("material.hand_over", WITHHELD.digest, actor="cay", second=None))
    with pytest.raises(InputError, match="is no id"):
        place.quarantine.hand_over(place.gate, ask("material.hand_over", "../x", actor="cay", second="pia"))
    assert list(find_gaps(place.lines())) == []
    other = Place(tmp_path / "b", "destroy")
    other.quarantine.keep([WITHHELD], capture="cap1", who="ann")
    with pytest.raises(InputError, match="nothing is preserved"):
        other.quarantine.hand_over(other.gate, two)


def test_a_mark_stops_the_next_capture(place):
    """What somebody marked is withheld from then on, also scaled; when the mark is released it is let through."""
    small = io.BytesIO()
    Image.open(io.BytesIO(BAD)).resize((200, 150)).save(small, "PNG")
    assert open_stop(place.workspace, place.clock).find(BAD) is None
    marks = place.quarantine.mark(place.gate, ask("material.mark", "cap1", actor="ann"), "https://copy.test/", BAD)
    stop = open_stop(place.workspace, place.clock)
    assert stop.find(BAD).list_name == stop.find(small.getvalue()).list_name == "mark"
    assert {entry["subject"] for entry in place.entries("material.marked")} == {mark.digits for mark in marks}
    for mark in marks:
        request = ask("material.release", mark.digits, actor="cay", second="pia")
        place.quarantine.release(place.gate, request, mark.kind)
    assert open_stop(place.workspace, place.clock).find(BAD) is None
    with pytest.raises(InputError, match="no mark"):
        place.quarantine.release(place.gate, request, mark.kind)
    assert list(find_gaps(place.lines())) == []


def test_lists_of_the_settings(place):
    """The lists that the settings name are looked at; one that cannot be read stops all."""
    (place.workspace.folder / "list.txt").write_text(f"sha256:{WITHHELD.digest}\n")
    assert open_stop(place.workspace, place.clock).find(BAD) == Hit("list.txt", "digest")
    (place.workspace.folder / "list.txt").unlink()
    with pytest.raises(InputError, match="cannot read"):
        open_stop(place.workspace, place.clock)


@pytest.mark.parametrize("is_held", [False, True])
def test_seized(place, is_held):
    """A sealed archive is taken from its place by two people; what a hold keeps is preserved under either rule."""
    folder = place.workspace.folder / "evidence" / "cap1"
    folder.mkdir(parents=True)
    (folder / "seal.json").write_bytes(b"{}")
    (folder / "capture.wacz").write_bytes(BAD)
    working = place.workspace.folder / "working" / "cap1"
    working.mkdir(parents=True)
    if is_held:
        hold(place.workspace, place.gate, ask("hold.place", "cap1"), "record", place.clock)
    with pytest.raises(RefusedError):
        place.quarantine.seize(place.gate, ask("material.seize", "cap1", second=None))
    assert (folder / "capture.wacz").exists()
    place.quarantine.seize(place.gate, ask("material.seize", "cap1"))
    assert [file.name for file in folder.iterdir()] == ["seal.json"]
    assert not working.exists()
    assert not place.holds(BAD)
    is_preserved = (place.workspace.folder / "quarantine" / f"cap1{CLOSED}").exists()
    assert is_preserved is (is_held or place.workspace.settings.quarantine.rule == "preserve")
    assert list(find_gaps(place.lines())) == []
    with pytest.raises(InputError, match="no archive"):
        place.quarantine.seize(place.gate, ask("material.seize", "cap1"))


def seal_stand_in(place):
    """A capture whose archive is the stand-in; its path."""
    folder = place.workspace.folder / "evidence" / "cap1"
    folder.mkdir(parents=True)
    (folder / "seal.json").write_bytes(b"{}")
    (folder / "capture.wacz").write_bytes(BAD)
    return folder / "capture.wacz"


def test_a_hold_outlasts_the_period(tmp_path):
    """A hold on a capture or its case, placed after it was seized, keeps what is preserved of it for ever."""
    for scope, value in (("record", "cap1"), ("case", "c1")):
        place = Place(tmp_path / scope, "preserve")
        seal_stand_in(place)
        place.quarantine.seize(place.gate, ask("material.seize", "cap1"))
        hold(place.workspace, place.gate, ask("hold.place", value), scope, place.clock)
        place.clock.sleep(100 * 86_400)
        assert plan_retention(place.workspace, place.gate, "pia", place.clock) == []
        assert run_retention(place.workspace, place.gate, "pia", place.clock) == 0
        two = ask("material.hand_over", "cap1", actor="cay", second="pia")
        assert place.quarantine.hand_over(place.gate, two) == BAD


def test_restored(place):
    """What was seized is in its place again where it was preserved; its marks are released under either rule."""
    file = seal_stand_in(place)
    place.quarantine.mark(place.gate, ask("material.mark", "cap1", actor="ann"), "https://copy.test/", BAD)
    place.quarantine.seize(place.gate, ask("material.seize", "cap1"))
    request = ask("material.release", "cap1", actor="cay", second="pia")
    is_preserved = place.workspace.settings.quarantine.rule == "preserve"
    assert place.quarantine.restore(place.gate, request) == (2, is_preserved)
    assert file.exists() is is_preserved
    assert not is_preserved or file.read_bytes() == BAD
    assert open_stop(place.workspace, place.clock).find(BAD) is None
    with place.workspace.transaction(place.clock) as connection:
        assert list(list_kept(connection)) == []
    with pytest.raises(InputError, match="no mark and nothing preserved"):
        place.quarantine.restore(place.gate, request)
    assert list(find_gaps(place.lines())) == []


def test_a_working_copy_that_cannot_go(place, monkeypatch):
    """Where a working copy cannot be removed the archive stays in its place, and the same call again completes it."""
    file = seal_stand_in(place)
    working = place.workspace.folder / "working" / "cap1"
    working.mkdir(parents=True)

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(retain, "rmtree", refuse)
        with pytest.raises(Unavailable, match="cannot remove the working copy"):
            place.quarantine.seize(place.gate, ask("material.seize", "cap1"))
    assert file.exists()
    place.quarantine.seize(place.gate, ask("material.seize", "cap1"))
    assert not file.exists()
    assert not working.exists()
