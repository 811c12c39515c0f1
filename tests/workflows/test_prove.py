"""Tests of cloneward.workflows.prove, against servers on loopback."""

import dataclasses
import shutil

import pytest

from cloneward.errors import InputError
from cloneward.store.workspace import Workspace
from cloneward.workflows.prove import METHODS, prove
from tests.domain import FILE, serve_domain
from tests.fetch.hosts import JumpClock, answer

SITE = "https://www.owner.test/"


@pytest.fixture
def domain(tmp_path, monkeypatch):
    """The domain owner.test, whose certificates hold."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with serve_domain(tmp_path) as domain:
        yield domain


@pytest.fixture
def open_workspace(domain, tmp_path):
    """Make a workspace that finds the servers."""

    def make(name="workspace", **settings):
        made = Workspace.create(tmp_path / name, SITE, {})
        values = {"fetch": domain.fetch, "keys": f"../keys of {name}"} | settings
        return dataclasses.replace(made, settings=dataclasses.replace(made.settings, **values))

    return make


def is_proven(workspace):
    """Ask the records, as a stage that acts will."""
    with workspace.reader(JumpClock()) as store:
        return store.is_proven("owner.test")


def test_nothing_is_published(open_workspace):
    """At first there is a claim and no proof: each place is looked at, and told; nothing is on record."""
    workspace = open_workspace()
    attempt = prove(workspace, None, METHODS, JumpClock())
    assert (attempt.claim.domain, attempt.proof) == ("owner.test", None)
    assert [(problem.code, problem.page) for problem in attempt.problems] == [
        ("proof_absent", attempt.claim.record),
        ("proof_absent", attempt.claim.url),
    ]
    assert prove(workspace, "owner.test", METHODS, JumpClock()).claim == attempt.claim
    assert not is_proven(workspace)


@pytest.mark.parametrize("method", METHODS)
def test_found_and_on_record(open_workspace, domain, method):
    """Once one of both is published the proof is on record; a later failure leaves it, a later find moves its time."""
    workspace, clock = open_workspace(), JumpClock()
    claim = prove(workspace, None, METHODS, clock).claim
    if method == "dns":
        domain.texts = [f'"{claim.line}"']
    else:
        domain.publish_file(claim.line.encode())
    first = prove(workspace, None, METHODS, clock).proof
    assert first.method == method
    clock.sleep(60)
    again = prove(workspace, None, METHODS, clock).proof
    assert first.first_proven_at == again.first_proven_at < again.last_proven_at
    domain.texts, domain.pages = [], {}
    assert prove(workspace, None, METHODS, clock).proof is None
    assert is_proven(workspace)


def test_dns_goes_first(open_workspace, domain):
    """Where both are published the record is enough, and the site is not asked; one method alone asks there alone."""
    workspace = open_workspace()
    claim = prove(workspace, None, METHODS, JumpClock()).claim
    domain.texts = [f'"{claim.line}"']
    asked = []
    domain.pages["owner.test", FILE] = lambda link: (asked.append(1), link.sendall(answer(claim.line.encode())))
    assert prove(workspace, None, METHODS, JumpClock()).proof.method == "dns"
    assert asked == []
    assert prove(workspace, None, ["file"], JumpClock()).proof.method == "file"
    assert asked == [1]


def test_token_of_another_workspace(open_workspace, domain):
    """What one workspace had published proves nothing to another that has its own key."""
    one, two = open_workspace("one"), open_workspace("two")
    line = prove(one, None, METHODS, JumpClock()).claim.line
    domain.texts = [f'"{line}"']
    domain.publish_file(line.encode())
    attempt = prove(two, None, METHODS, JumpClock())
    assert attempt.proof is None
    assert [problem.code for problem in attempt.problems] == ["proof_other", "proof_other"]
    assert prove(one, None, METHODS, JumpClock()).proof
    assert (is_proven(one), is_proven(two)) == (True, False)


def test_a_copied_workspace_has_no_key(open_workspace, domain, tmp_path, monkeypatch):
    """Whoever gets a copy of the workspace, on another machine, can make no proof of it: the key lies elsewhere."""
    mine = open_workspace(keys="")
    claim = prove(mine, None, METHODS, JumpClock()).claim
    domain.texts = [f'"{claim.line}"']
    shutil.copytree(mine.folder, tmp_path / "copy")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "their config"))
    theirs = dataclasses.replace(mine, folder=tmp_path / "copy")
    assert prove(theirs, None, ["dns"], JumpClock()).problems[0].code == "proof_other"


def test_huge_file(open_workspace, domain):
    """A file that never ends is read to its limit and no further, whatever the settings allow for pages."""
    workspace = open_workspace()
    claim = prove(workspace, None, METHODS, JumpClock()).claim
    domain.publish_file(claim.line.encode() + b"\n" + b"x" * 4_000_000)
    (problem,) = prove(workspace, None, ["file"], JumpClock()).problems
    assert problem.code == "proof_absent"
    assert "65,536 bytes" in problem.text


def test_wrong_requests(open_workspace):
    """What has no domain, and a key that would lie in the workspace, are the caller's to mend."""
    with pytest.raises(InputError, match="no domain"):
        prove(open_workspace("a"), "192.0.2.7", METHODS, JumpClock())
    with pytest.raises(InputError, match="inside the workspace"):
        prove(open_workspace("b", keys="keys"), None, METHODS, JumpClock())
