"""Tests of cloneward.seal.package."""

import json

import pytest

from cloneward.errors import InputError
from cloneward.seal.custody import Act
from cloneward.seal.package import assemble_package
from tests.seal.attacks import unpack
from tests.seal.owner import Owner

EXPORT = Act("package.exported", "p1", "ana", {"to": "abuse desk"})


@pytest.mark.server
def test_what_a_package_holds(handed_over):
    """A package holds its captures with seals and tokens, the ledger, a verifier, and how to use it."""
    owner, package, _ = handed_over
    files = unpack(package)
    captures = sorted({name.split("/")[1] for name in files if name.startswith("captures/")})
    told = json.loads(files["seal.json"])["manifest"]["told"]
    assert told == {"by": "ana", "captures": captures}
    for capture in captures:
        inside = {name.split("/", 2)[2] for name in files if name.startswith(f"captures/{capture}/")}
        assert inside == {"capture.wacz", "seal.json", "tst/index.json", "tst/one.tsr", "tst/two.tsr"}
    others = {name for name in files if not name.startswith("captures/")}
    assert others >= {"seal.json", "tst/index.json", "custody/ledger.jsonl", "verify.py", "README.txt"}
    readme = files["README.txt"].decode()
    assert owner.signer.public in readme
    assert "one, two" in readme


@pytest.mark.server
def test_what_it_does_not_tell(handed_over):
    """What the ledger says of captures that are not handed over cannot be read in the package."""
    owner, package, other = handed_over
    told = json.loads(unpack(package)["seal.json"])["manifest"]["told"]
    (left_out,) = {*owner.evidence.list_sealed()} - {*told["captures"]}
    ledger = unpack(package)["custody/ledger.jsonl"]
    assert left_out.encode() not in ledger
    assert left_out.encode() in unpack(other)["custody/ledger.jsonl"]
    assert left_out.encode() in (owner.ledger.folder / "ledger.jsonl").read_bytes()


@pytest.mark.server
def test_nothing_pending_is_handed_over(owner, tmp_path):
    """A capture that still waits for a token is not handed over, and neither is one that is not there."""
    owner.servers[0].is_up = False
    try:
        seal = owner.capture()
    finally:
        owner.servers[0].is_up = True
    with pytest.raises(InputError, match="still waits for a token"):
        assemble_package(tmp_path / "out", owner.evidence, [seal.subject], EXPORT, owner.now())


def test_only_into_an_empty_folder(tmp_path):
    """What lies in the folder already would be sealed with the rest, so it is refused."""
    owner = Owner(tmp_path / "owner", ())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "note").write_text("x")
    with pytest.raises(InputError, match="is not empty"):
        assemble_package(tmp_path / "out", owner.evidence, [], EXPORT, owner.now())
