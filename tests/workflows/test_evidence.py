"""Tests of cloneward.workflows.evidence."""

import json
import zipfile

import pytest

from cloneward.archive.wacz import read_wacz
from cloneward.clock import SystemClock, format_utc
from cloneward.errors import InputError
from cloneward.model.evidence import Attachment, Capture, Exchange, Visit
from cloneward.seal.verify import read_system_roots, verify
from cloneward.store.workspace import Workspace
from cloneward.workflows.evidence import find_trust, keep_capture, list_authorities, make_ask, open_evidence, rotate_key

CLOCK = SystemClock()


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Make a workspace with these authorities, given as lines of its settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def build(*lines):
        Workspace.create(tmp_path / "site", "https://owner.test/", {})
        file = tmp_path / "site" / "cloneward.toml"
        file.write_text(file.read_text() + "\n".join(lines))
        return Workspace.open(tmp_path / "site", {})

    return build


def capture(evidence, *attachments, **changes):
    """Keep a capture of one page."""
    at = format_utc(CLOCK.now())
    told = Capture(
        id="c1",
        url="https://copy.test/",
        vantage="plain",
        mode="fetch",
        bodies="wire",
        started_at=at,
        ended_at=at,
        operator="ana",
        purpose="capture",
        tools={"openssl": "3"},
        not_recorded={"websocket": "a fetch opens none"},
        **changes,
    )
    page = Exchange(
        url=told.url,
        requested_at=at,
        status=200,
        response_headers=(("Content-Type", "text/html"),),
        body=b"<p>words",
    )
    view = Attachment(url=told.url, kind="view", media_type="image/png", made_at=at, content=b"PNG")
    return keep_capture(evidence, told, iter([page]), iter([view, *attachments]), CLOCK)


@pytest.mark.server
def test_a_workspace_seals(make, stamp_servers):
    """A workspace seals with keys outside it and authorities of its settings, and trusts what it sealed."""
    lines = [f"[fetch]\nallow = {[one.url[7:-1] for one in stamp_servers]}\nper_host_s = 0"]
    lines += [
        f'[[authorities]]\nname = "{one.name}"\nurl = "{one.url}"\nroots = "{one.roots}"' for one in stamp_servers
    ]
    workspace = make(*lines)
    evidence = open_evidence(workspace, CLOCK)
    assert capture(evidence).state == "pending"
    assert evidence.list_pending() == evidence.list_sealed() == ["c1"]
    seal, problems = evidence.stamp("c1", make_ask(workspace, CLOCK), who="ana", at=CLOCK.now())
    assert (seal.state, problems, evidence.list_pending()) == ("sealed", (), [])
    assert not list(workspace.folder.rglob("*.key"))
    with (workspace.folder / "evidence" / "c1" / "capture.wacz").open("rb") as file:
        assert [page.content for page in read_wacz(file)] == [b"<p>words"]
    with find_trust(workspace, CLOCK) as trust:
        assert verify(workspace.folder / "evidence" / "c1", trust).is_sound
        assert verify(workspace.folder / "custody" / "ledger.jsonl", trust).is_sound


def test_the_key_is_made_once(make):
    """The same key signs until it is rotated; then the next one does, and both are trusted."""
    workspace = make()
    first = open_evidence(workspace, CLOCK).signer
    assert open_evidence(workspace, CLOCK).signer == first
    second = rotate_key(workspace, CLOCK)
    assert open_evidence(workspace, CLOCK).signer.public == second != first.public
    with find_trust(workspace, CLOCK) as trust:
        assert trust.keys == {first.public, second}
        assert trust.roots is None


def test_authorities_of_the_settings(make):
    """Roots lie from the workspace on; those of an authority without any are the system's, beside the others'."""
    lines = '[[authorities]]\nname = "one"\nurl = "http://one.test/"\nroots = "one.pem"\n'
    workspace = make(lines + '[[authorities]]\nname = "two"\nurl = "http://two.test/"')
    one, two = list_authorities(workspace)
    assert (one.roots, two.roots) == (workspace.folder / "one.pem", None)
    (workspace.folder / "one.pem").write_bytes(b"first\n")
    with find_trust(workspace, CLOCK) as trust:
        assert trust.roots.read_bytes() == b"first\n\n" + read_system_roots()


def test_a_name_that_is_none(make):
    """An authority whose name cannot stand in a file's is told."""
    workspace = make('[[authorities]]\nname = "../x"\nurl = "http://one.test/"')
    with pytest.raises(InputError, match="an authority named"):
        list_authorities(workspace)


def test_pages_hold_what_was_seen(make):
    """The text of a page and of its frames stands in its line of the package, that of another page in its own."""
    visits = [Visit(url=f"https://copy.test/{name}", at="2026-11-24T12:00:00.000Z", title=name) for name in "ab"]
    seen = [("a", "one"), ("frame#1", "two"), ("b", "three")]
    texts = [
        Attachment(
            url=f"https://copy.test/{name}",
            kind="text",
            media_type="text/plain",
            made_at=visits[0].at,
            content=text.encode(),
        )
        for name, text in seen
    ]
    evidence = open_evidence(make(), CLOCK)
    capture(evidence, *texts, visits=tuple(visits))
    with zipfile.ZipFile(evidence.folder / "c1" / "capture.wacz") as package:
        _, *lines = map(json.loads, package.read("pages/pages.jsonl").splitlines())
    assert [line["text"] for line in lines] == ["one\ntwo", "three"]
