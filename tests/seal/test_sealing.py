"""Tests of cloneward.seal.sealing."""

import json
import os
import shutil
import signal
import sys
import warnings
from datetime import timedelta

import pytest

from cloneward.errors import EvidenceError, InputError, Unavailable
from cloneward.seal.sealing import load_seal, measure_folder, tell_state
from cloneward.seal.stamps import Authority
from cloneward.seal.verify import Slice, find_archive_faults, open_zip, verify
from tests.seal.owner import Owner, make_seed

URL = "https://copy.test/"


def read_whats(owner):
    """What the ledger says was done with captures, in turn."""
    lines = (owner.ledger.folder / "ledger.jsonl").read_bytes().splitlines()
    whats = [json.loads(line)["entry"]["what"] for line in lines]
    return [what for what in whats if what.startswith("capture.")]


@pytest.fixture
def alone(tmp_path):
    """An owner whose authorities are never asked."""
    owner = Owner(tmp_path / "alone", ())
    owner.authorities = (Authority("one", "http://one.test/"), Authority("two", "http://two.test/"))
    owner.open()
    return owner


@pytest.mark.server
def test_a_sealed_capture(owner):
    """A capture is sealed when all have stamped it, its files are those that were written, and the ledger tells all."""
    capture = owner.describe(URL)
    owner.write(capture)
    written = measure_folder(owner.evidence.folder / "tmp" / capture.id)
    pending = owner.evidence.seal(capture, owner.now())
    assert (pending.state, pending.tokens, pending.subject) == ("pending", (), capture.id)
    seal, problems = owner.evidence.stamp(capture.id, owner.ask, who="ana", at=owner.now())
    assert (seal.state, problems, seal.id) == ("sealed", (), pending.id)
    assert [token.authority for token in seal.tokens] == ["one", "two"]
    folder = owner.evidence.folder / capture.id
    assert measure_folder(folder) == written
    assert seal == load_seal(folder)
    assert verify(folder, owner.trust).is_sound
    assert read_whats(owner) == ["capture.taken", "capture.sealed", "capture.stamped"]
    assert owner.evidence.list_sealed() == [capture.id]


@pytest.mark.server
def test_one_authority_is_down(owner):
    """While one authority is down the seal is pending and says which is missing; then it is completed as it is."""
    owner.servers[1].is_up = False
    try:
        seal = owner.capture()
    finally:
        owner.servers[1].is_up = True
    folder, asked = owner.evidence.folder / seal.subject, owner.servers[0].asked
    report = verify(folder, owner.trust)
    assert (seal.state, [token.authority for token in seal.tokens]) == ("pending", ["one"])
    assert report.codes == {"token_missing"}
    assert any("no token of two; it has not come yet, or was stripped" in text for text in report.steps[4].texts)
    done, problems = owner.evidence.stamp(seal.subject, owner.ask, who="ana", at=owner.now() + timedelta(hours=5))
    assert (done.state, done.id, problems) == ("sealed", seal.id, ())
    assert verify(folder, owner.trust).is_sound
    assert owner.servers[0].asked == asked


@pytest.mark.server
def test_all_authorities_were_down(owner):
    """A seal that nobody stamped in time is made anew, tells today's time, and when it was captured as before."""
    for server in owner.servers:
        server.is_up = False
    owner.offset = timedelta(hours=-3)
    early = Owner(owner.folder / "early", owner.servers, offset=owner.offset)
    owner.keys, owner.signer = early.keys, early.signer
    owner.open()
    try:
        seal = owner.capture()
    finally:
        for server in owner.servers:
            server.is_up = True
    assert (seal.state, seal.tokens) == ("pending", ())
    owner.offset = timedelta()
    done, _ = owner.evidence.stamp(seal.subject, owner.ask, who="ana", at=owner.now())
    assert (done.state, done.manifest != seal.manifest) == ("sealed", True)
    report = verify(owner.evidence.folder / seal.subject, owner.trust)
    assert report.is_sound
    (text,) = report.steps[5].texts
    told = json.loads((owner.evidence.folder / seal.subject / "seal.json").read_bytes())["manifest"]["told"]
    assert f"captured, by the owner's clock, at {told['started_at']}" in text
    assert text.split(" exists since ")[1][:13] > told["started_at"][:13]
    assert read_whats(owner) == ["capture.taken", "capture.sealed", "capture.sealed", "capture.stamped"]


@pytest.mark.server
def test_late_tokens_of_some_do_not_renew(owner):
    """A seal that anybody stamped is never made anew, however late the others come."""
    owner.servers[0].is_up = False
    try:
        seal = owner.capture()
        again, _ = owner.evidence.stamp(seal.subject, owner.ask, who="ana", at=owner.now() + timedelta(days=2))
    finally:
        owner.servers[0].is_up = True
    assert again == seal


@pytest.mark.server
def test_rotation(owner):
    """After any number of new keys an old seal holds, alone and in a package, by any key of the owner that is known."""
    old = owner.capture("https://copy.test/old")
    for name in ("b", "c"):
        owner.signer = owner.keys.add_key(make_seed(name), owner.now())
        owner.open()
    new = owner.capture("https://copy.test/new")
    assert old.key != new.key
    package = owner.folder / "p1.zip"
    owner.export([old.subject, new.subject])
    for path in (owner.evidence.folder / old.subject, owner.evidence.folder / new.subject, package):
        assert verify(path, owner.trust).is_sound
    (owner.keys.folder / f"{old.key}.key").unlink()
    assert owner.capture("https://copy.test/newer").state == "sealed"
    assert verify(package, owner.trust).is_sound


@pytest.mark.server
def test_a_retired_key(owner):
    """What is sealed with a key after the next one took its place does not hold."""
    retired = owner.signer
    owner.signer = owner.keys.add_key(make_seed("b"), owner.now())
    history = owner.signer.history
    owner.signer = type(retired)(retired.seed, history)
    owner.evidence.signer = owner.signer
    seal = owner.capture()
    assert "key_expired" in verify(owner.evidence.folder / seal.subject, owner.trust).codes


def test_run_twice(alone):
    """A step run twice seals once: what is in its place stays, and is entered once."""
    capture = alone.describe(URL)
    alone.write(capture)
    first = alone.evidence.seal(capture, alone.now())
    alone.write(capture, b"another page")
    assert alone.evidence.seal(capture, alone.now()) == first
    assert list((alone.evidence.folder / "tmp").iterdir()) == []
    assert read_whats(alone) == ["capture.taken", "capture.sealed"]


def test_nothing_begun(alone):
    """A capture that was not begun is not sealed, and one that is not there has no seal."""
    with pytest.raises(InputError, match="no files of capture"):
        alone.evidence.seal(alone.describe(URL), alone.now())
    with pytest.raises(EvidenceError, match="no seal in"):
        load_seal(alone.folder)
    assert alone.evidence.list_sealed() == []


def test_broken_seals(alone):
    """A seal that was changed is not stamped, nor said to be one."""
    capture = alone.describe(URL)
    alone.write(capture)
    alone.evidence.seal(capture, alone.now())
    path = alone.evidence.folder / capture.id / "seal.json"
    whole = path.read_bytes()
    for changed in (whole.replace(b"ana", b"bob"), whole[:-1], b"{}\n"):
        path.write_bytes(changed)
        with pytest.raises(EvidenceError, match="is broken"):
            alone.evidence.stamp(capture.id, alone.ask, who="ana", at=alone.now())


@pytest.mark.server
def test_authorities_named_later(owner):
    """What was sealed before any authority was named is stamped by those that are named later."""
    owner.authorities, named = (), owner.authorities
    owner.open()
    seal = owner.capture()
    late = owner.now() + timedelta(days=1)
    assert owner.evidence.stamp(seal.subject, owner.ask, who="ana", at=late) == (seal, ())
    owner.authorities, owner.offset = named, timedelta(minutes=20)
    owner.open()
    done, problems = owner.evidence.stamp(seal.subject, owner.ask, who="ana", at=owner.now())
    assert (done.state, len(done.tokens), problems) == ("sealed", 2, ())


@pytest.mark.server
def test_what_is_broken_is_told_so(owner):
    """A capture with anything changed, added or missing stands as broken; a token that was changed is waited for."""
    seal = owner.capture()
    folder = owner.evidence.folder / seal.subject
    assert tell_state(folder).state == "sealed"
    for name, content in [("seal.json", b"{}"), ("capture.wacz", b"x"), ("added", b""), ("capture.wacz", None)]:
        path = folder / name
        before = path.read_bytes() if path.exists() else None
        path.write_bytes(content) if content is not None else path.unlink()
        standing = tell_state(folder)
        assert standing.state == "broken", name
        assert standing.why
        assert owner.evidence.list_pending() == []
        path.write_bytes(before) if before is not None else path.unlink()
    token = folder / "tst" / "one.tsr"
    token.write_bytes(token.read_bytes()[:-1])
    assert (tell_state(folder).state, tell_state(folder).waits_for) == ("pending", ("one",))
    assert owner.evidence.stamp(seal.subject, owner.ask, who="ana", at=owner.now())[0].state == "sealed"
    moved = folder.rename(folder.with_name("c0"))
    assert tell_state(moved).why == f"it is the seal of {seal.subject}"


def test_no_authorities(tmp_path):
    """A seal that names no authority stays pending for ever, and its time is vouched for by nobody."""
    owner = Owner(tmp_path / "owner", ())
    seal = owner.capture()
    report = verify(owner.evidence.folder / seal.subject, owner.trust)
    assert (seal.state, report.is_sound, report.codes) == ("pending", False, frozenset())


def kill_at(point, act):
    """Run an act in a process of its own that is killed before its n-th deed upon files; whether it came to its end."""

    def hook(event, arguments):
        nonlocal point
        is_deed = event in {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}
        is_deed |= event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if is_deed:
            point -= 1
            if point < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of the servers are not forked, nor needed
        child = os.fork()
    if not child:
        sys.addaudithook(hook)
        try:
            act()
        except BaseException:  # noqa: BLE001  the child must not go on with the tests of its parent
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, -signal.SIGKILL}
    return code == 0


@pytest.mark.server
@pytest.mark.timeout(300)
def test_killed_at_any_point(tmp_path, stamp_servers):
    """Killed before any deed upon files, nothing broken is listed, nothing sealed is lost, and all can be resumed."""
    point, sealed = 0, 0
    while True:
        folder = tmp_path / str(point)
        owner = Owner(folder, stamp_servers)
        first = owner.capture("https://copy.test/first")
        is_over = kill_at(point, lambda owner=owner: owner.capture(URL))
        owner = Owner(folder, stamp_servers)
        listed = owner.evidence.list_sealed()
        assert first.subject in listed
        for capture in listed:
            report = verify(owner.evidence.folder / capture, owner.trust)
            seal = load_seal(owner.evidence.folder / capture)
            broken = {"file_changed", "file_removed", "file_added", "signature", "spelling", "key_unknown", "container"}
            assert not report.codes & broken, (point, report)
            assert seal.state == "pending" or report.is_sound, (point, report)
        sealed += len(listed) == 2
        done = owner.capture(URL)
        assert done.state == "sealed"
        assert sorted([first.subject, done.subject]) == owner.evidence.list_sealed()
        assert all(verify(owner.evidence.folder / one, owner.trust).is_sound for one in owner.evidence.list_sealed())
        assert verify(owner.ledger.folder / "ledger.jsonl", owner.trust).is_sound, point
        assert read_whats(owner).count("capture.stamped") == 2
        shutil.rmtree(folder)
        if is_over:
            break
        point += 1
    assert point > 20
    assert sealed > 5


@pytest.mark.server
def test_our_archives_are_sound(owner):
    """The web archive of a capture is signed by the key that the seal's history names, and no other."""
    seal = owner.capture()
    path = owner.evidence.folder / seal.subject / "capture.wacz"
    key = owner.signer.history[-1]["record"]["wacz"]
    assert list(find_archive_faults(open_zip(Slice(path, 0, path.stat().st_size)), key)) == []
    faults = list(find_archive_faults(open_zip(Slice(path, 0, path.stat().st_size)), None))
    assert [code for code, _ in faults] == ["signature"]


@pytest.mark.server
def test_the_ledger_cannot_be_written(owner, monkeypatch):
    """Where the ledger cannot be written nothing is sealed, and the same can be tried again."""
    capture = owner.describe(URL)
    owner.write(capture)

    def fail(*_):
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(owner.ledger, "add", fail)
        with pytest.raises(Unavailable):
            owner.evidence.seal(capture, owner.now())
    assert owner.evidence.list_sealed() == []
    assert owner.evidence.seal(capture, owner.now()).state == "pending"
