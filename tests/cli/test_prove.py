"""Tests of cloneward.cli.prove."""

import json

import pytest

from tests.domain import RECORD, serve_domain


@pytest.fixture
def domain(tmp_path, monkeypatch):
    """The domain owner.test, whose certificates hold."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with serve_domain(tmp_path) as domain:
        yield domain


@pytest.fixture
def protect(run, workspace, domain, monkeypatch):
    """Run a subcommand on the workspace, which finds the servers."""
    table = ", ".join(f'"{name}" = "{place}"' for name, place in domain.fetch.resolve.items())
    monkeypatch.setenv("CLONEWARD_FETCH__ALLOW", json.dumps(domain.fetch.allow))
    monkeypatch.setenv("CLONEWARD_FETCH__RESOLVE", f"{{{table}}}")
    monkeypatch.setenv("CLONEWARD_FETCH__PER_HOST_S", "0")
    return lambda *arguments: run("protect", *arguments, "--workspace", workspace)


def find_line(done):
    """The line that is to be published."""
    return next(word for word in done.out.split() if word.startswith("cloneward-proof="))


def test_says_what_to_publish(protect, workspace):
    """Before anything is published, stdout says what to publish and where, stderr why not; the exit code is 5."""
    done = protect("prove")
    assert done.code == 5
    line = find_line(done)
    assert done.out.splitlines() == [
        "to prove that owner.test is yours, publish this TXT record or this file:",
        f'  _cloneward.owner.test  TXT  "{line}"',
        f"  https://owner.test/.well-known/cloneward.txt  with the line  {line}",
    ]
    assert done.err.count("proof_absent: ") == 2
    assert "cloneward: it is not proven that owner.test is yours\nhint: publish" in done.err
    assert protect("prove").out == done.out
    assert not list(workspace.rglob("*.key"))
    assert f"TXT  {line}" not in protect("prove", "--method", "file").out


def test_proven(protect, domain):
    """Once published, the domain is proven with its evidence; its items say so in every form, others do not."""
    assert {record["proven"] for record in protect("list", "--json").records} == {False}
    domain.texts = [find_line(protect("prove"))]
    done = protect("prove")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"proven  owner.test  dns: {RECORD[0]} TXT ")
    records = protect("list", "--json").records
    assert {record["proven"] for record in records} == {True}
    assert all("  proven  https://owner.test/" in line for line in protect("list").out.splitlines())
    assert protect("show", records[0]["id"], "--json").records[0]["proven"] is True
    assert "proven     yes\n" in protect("show", records[0]["id"]).out


def test_items_elsewhere_are_not_proven(protect, domain, tmp_path):
    """Items of another domain, or without an address, are not proven by this one's proof."""
    domain.texts = [find_line(protect("prove"))]
    assert protect("prove").code == 0
    (tmp_path / "more").mkdir()
    for base in (["--base", "https://another.test/"], []):
        (tmp_path / "more" / "a.html").write_text(f"<p>Some words more {base}.")
        assert protect("add", tmp_path / "more", *base).code == 0
    unproven = [record for record in protect("list", "--json").records if not record["proven"]]
    assert len(unproven) == 2
    assert "proven     no\n" in protect("show", unproven[0]["id"]).out


def test_json(protect, domain):
    """As a record: what to publish, why not, and once it is there the proof with its times; exit codes are the same."""
    done = protect("prove", "--json")
    assert done.code == 5
    (record,) = done.records
    assert set(record) == {"domain", "proven", "proof", "publish", "problems"}
    assert (record["domain"], record["proven"], record["proof"]) == ("owner.test", False, None)
    assert [problem["code"] for problem in record["problems"]] == ["proof_absent", "proof_absent"]
    domain.publish_file(record["publish"]["line"].encode())
    (proven,) = protect("prove", "--json").records
    assert (proven["proven"], proven["publish"]) == (True, record["publish"])
    names = "domain method evidence digest first_proven_at last_proven_at"
    assert list(proven["proof"]) == names.split()
    assert proven["proof"]["evidence"] == record["publish"]["file"]
    assert [problem["page"] for problem in proven["problems"]] == [RECORD[0]]


def test_try_later(protect, domain):
    """Where somebody did not answer, nothing was denied: what to publish is told, and the exit code is 75."""
    domain.texts = "fail"
    done = protect("prove")
    assert done.code == 75
    assert "cloneward-proof=" in done.out
    assert "proof_unanswered: _cloneward.owner.test: " in done.err
    assert protect("prove", "--method", "file").code == 5


def test_another_domain(protect):
    """Another domain may be named by any of its hosts; what is no domain is the caller's mistake."""
    (record,) = protect("prove", "www.another.test", "--json").records
    assert record["publish"]["record"] == "_cloneward.another.test"
    assert protect("prove", "192.0.2.1").code == 2
    assert protect("prove", "--method", "mail").code == 2


def test_key_inside_the_workspace(protect, workspace, monkeypatch):
    """A key that would lie in the workspace is refused."""
    monkeypatch.setenv("CLONEWARD_KEYS", str(workspace / "keys"))
    done = protect("prove")
    assert (done.code, done.out) == (2, "")
    assert "inside the workspace" in done.err
