"""Tests of cloneward.cli.verify."""

import json

import pytest

from cloneward.store.keys import find_seal_keys
from tests.seal.owner import Owner


@pytest.fixture(scope="module")
def package(tmp_path_factory, stamp_servers):
    """An owner who has handed over a package of one capture, and its path."""
    owner = Owner(tmp_path_factory.mktemp("package") / "owner", stamp_servers)
    owner.export([owner.capture().subject])
    return owner, owner.folder / "p1.zip"


@pytest.mark.server
def test_a_sound_package(run, package):
    """A package that holds gives its numbered steps, the last line says so, and the exit code is 0."""
    owner, path = package
    done = run("verify", path, "--key", owner.signer.public.upper(), "--trust", owner.roots)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    steps = [line for line in lines if line[0].isdigit()]
    assert [line.partition(":")[0] for line in steps] == [
        *("1 container", "2 files", "3 signature", "4 keys", "5 tokens", "6 clock", "7 archives", "8 custody")
    ]
    assert {line.partition(": ")[2] for line in steps} == {"holds"}
    assert lines[-1] == "all of it holds"


@pytest.mark.server
def test_a_changed_package(run, package, tmp_path):
    """A package that was changed is told by what was done, and the exit code is 4, in JSON too."""
    owner, path = package
    changed = tmp_path / "changed.zip"
    changed.write_bytes(path.read_bytes() + b"\0")
    done = run("verify", changed, "--key", owner.signer.public, "--trust", owner.roots)
    assert done.code == 4
    assert "found: container. " in done.out
    assert f"cloneward: {changed} does not hold: container" in done.err
    (record,) = run("verify", changed, "--json").records
    assert (record["sound"], "container" in record["codes"]) == (False, True)
    assert record["steps"][0]["result"] == "fails"
    assert set(record["steps"][0]) == {"number", "name", "result", "codes", "texts"}


@pytest.mark.server
def test_nobody_told_the_key(run, package):
    """Where nobody told the owner's key, a package that agrees with itself is not said to hold."""
    owner, path = package
    done = run("verify", path, "--trust", owner.roots)
    assert done.code == 4
    assert "4 keys: not checked" in done.out
    assert f"whether {owner.signer.public} is the owner's key" in done.out
    assert "not all could be checked" in done.err


@pytest.mark.server
def test_a_workspace_knows_its_own(run, tmp_path, stamp_servers):
    """In a workspace its own keys and authorities are known: captures and ledger are verified without telling them."""
    folder = tmp_path / "workspace"
    assert run("init", folder, "--site", "https://owner.test/").code == 0
    lines = [f'[[authorities]]\nname = "{one.name}"\nurl = "{one.url}"\nroots = "{one.roots}"' for one in stamp_servers]
    (folder / "cloneward.toml").write_text('site = "https://owner.test/"\n' + "\n".join(lines))
    owner = Owner(folder, stamp_servers)
    place = find_seal_keys(tmp_path / "config" / "cloneward" / "keys", "https://owner.test/")
    place.parent.mkdir(parents=True)
    owner.keys.folder.rename(place)
    capture = owner.capture()
    for path in (folder / "evidence" / capture.subject, folder / "custody" / "ledger.jsonl"):
        done = run("verify", path, "--workspace", folder)
        assert (done.code, done.err) == (0, ""), done.out
    assert run("verify", folder / "custody" / "ledger.jsonl", "--key", "0" * 64, "--workspace", folder).code == 4


@pytest.mark.parametrize("name", ["nowhere.zip", "here"])
def test_what_is_none(run, tmp_path, name):
    """A file that is not there is the caller's mistake; what is no evidence does not hold."""
    done = run("verify", tmp_path / name)
    assert done.code == (2 if name == "nowhere.zip" else 4)
    assert "hint: " in done.err


def test_no_roots(run, tmp_path):
    """A file of roots that is not there is the caller's mistake, and no fault of the evidence."""
    done = run("verify", tmp_path, "--trust", tmp_path / "none.pem")
    assert (done.code, done.out) == (2, "")
    assert "none.pem" in done.err


def test_hostile_names(run, tmp_path):
    """What a package calls its files moves no cursor of the reader's terminal."""
    path = tmp_path / "seal.json"
    path.write_bytes(b"{}")
    (tmp_path / "a\x1b[2Jb").write_bytes(b"x")
    (tmp_path / "link").symlink_to("/etc/passwd")
    done = run("verify", tmp_path)
    assert done.code == 4
    assert "\x1b" not in done.out
    assert "link: it is a link or a device" in done.out
    assert json.loads(run("verify", tmp_path, "--json").out)["sound"] is False
