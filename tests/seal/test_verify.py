"""Tests of cloneward.seal.verify."""

import ast
import base64
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from cloneward.seal import verify as module
from cloneward.seal.verify import (
    Slice,
    Trust,
    find_archive_faults,
    is_wacz_signed,
    open_zip,
    read_entry,
    read_spelled,
    spell,
    tell_report,
    verify,
)
from tests.seal.attacks import ATTACKS, flip_bits, flip_files, pack, repack, sign_seal, unpack

pytestmark = pytest.mark.server


@pytest.fixture
def check(tmp_path, handed_over, quick):
    """Verify the bytes of a package, as a third party who knows the owner's key and the authorities' roots."""
    owner, *_ = handed_over

    def run(package):
        path = tmp_path / "package.zip"
        path.write_bytes(package)
        return verify(path, owner.trust)

    return run


def test_a_sound_package(check, handed_over):
    """What nobody touched holds in every step."""
    for package in handed_over[1:]:
        report = check(package)
        assert [(step.result, step.texts) for step in report.steps if step.codes or step.result != "holds"] == []
        assert report.is_sound


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name.replace(" ", "_"))
def test_attacks(check, field, attack):
    """Each attack is found, and named by what was done."""
    report = check(attack.make(field))
    assert not report.is_sound
    assert report.codes & attack.codes, report


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.timeout(300)
def test_flipped_bits(check, handed_over, seed):
    """A bit flipped at any of so many places by chance is found and named."""
    missed = [bit for bit, changed in flip_bits(handed_over[1], 250, seed) if not check(changed).codes]
    assert missed == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.timeout(300)
def test_flipped_bits_of_files(check, handed_over, seed):
    """So is a bit of a file where the ZIP around it was made anew, and it is not the ZIP that tells."""
    flipped = flip_files(handed_over[1], 250, seed)
    missed = [place for place, changed in flipped if not check(changed).codes - {"container"}]
    assert missed == []


@pytest.mark.timeout(300)
def test_flipped_bits_of_a_folder(handed_over, tmp_path, quick):
    """So is a bit of any file of a capture that lies in its folder, where nothing is sealed around it."""
    owner = handed_over[0]
    source = owner.evidence.folder / owner.evidence.list_sealed()[0]
    folder = tmp_path / "capture"
    shutil.copytree(source, folder)
    assert verify(folder, owner.trust).is_sound
    missed = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for bit, changed in flip_bits(content, 60, 1):
            path.write_bytes(changed)
            missed += [] if verify(folder, owner.trust).codes else [(path.name, bit)]
        path.write_bytes(content)
    assert missed == []


def test_what_nobody_told(check, handed_over, tmp_path):
    """Without the owner's key, keys are not checked; without roots of the authorities, tokens do not hold."""
    owner, package, _ = handed_over
    path = tmp_path / "p.zip"
    path.write_bytes(package)
    results = {step.name: step.result for step in verify(path, Trust(roots=owner.roots)).steps}
    assert results.pop("keys") == "not checked"
    assert set(results.values()) == {"holds"}
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"")
    report = verify(path, replace(owner.trust, roots=empty))
    assert {step.name: step.result for step in report.steps}["tokens"] == "fails"


def test_without_openssl(check, handed_over, monkeypatch, tmp_path):
    """Where openssl is missing the tokens read as not checked, all else is checked, and the whole is not sound."""
    monkeypatch.setenv("PATH", str(tmp_path))
    report = check(handed_over[1])
    results = {step.name: step.result for step in report.steps}
    unchecked = {name for name, result in results.items() if result == "not checked"}
    assert unchecked == {"tokens", "clock", "custody"}
    assert report.codes == frozenset()
    assert not report.is_sound


def test_stands_alone(handed_over, tmp_path):
    """The verifier in the package, alone in a folder and without our library, says the same, by its exit code too."""
    owner, package, _ = handed_over
    path = tmp_path / "package.zip"
    path.write_bytes(package)
    script = tmp_path / "verify.py"
    script.write_bytes(unpack(package)["verify.py"])

    def run(path):
        arguments = [str(path), "--key", owner.signer.public, "--trust", str(owner.roots)]
        command = [sys.executable, "-I", str(script), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    done = run(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == list(tell_report(verify(path, owner.trust)))
    assert done.stdout.splitlines()[-1] == "all of it holds"
    path.write_bytes(package[:-1])
    done = run(path)
    assert (done.returncode, done.stderr) == (4, "")
    assert "found: container" in done.stdout
    assert run(tmp_path / "nowhere.zip").returncode == 2


def test_imports_nothing_of_ours():
    """The verifier rests on the standard library and cryptography alone."""
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}


def test_openssl_agrees_by_hand(handed_over, tmp_path):
    """A person can check each token with the command that the standard tool has, on the files as they lie."""
    owner = handed_over[0]
    folder = owner.evidence.folder / owner.evidence.list_sealed()[0]
    for server in owner.servers:
        arguments = [
            "-in",
            folder / "tst" / f"{server.name}.tsr",
            "-data",
            folder / "seal.json",
            "-CAfile",
            server.roots,
        ]
        done = subprocess.run(["openssl", "ts", "-verify", *arguments], capture_output=True, text=True, check=False)
        assert "Verification: OK" in done.stdout
    lines = (owner.ledger.folder / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    for path in (owner.ledger.folder / "tst").iterdir():
        number, name = path.stem.split("-")
        head = read_entry(lines[int(number)])["previous"]
        arguments = ["-in", path, "-digest", head, "-CAfile", owner.by_name[name].roots]
        done = subprocess.run(["openssl", "ts", "-verify", *arguments], capture_output=True, text=True, check=False)
        assert "Verification: OK" in done.stdout


@given(st.binary(max_size=300))
def test_whatever_bytes(content):
    """Whatever stands where a package should, the verifier reports and does not raise."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        path.write_bytes(content)
        assert not verify(path, Trust()).is_sound


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_whatever_json(value):
    """Whatever a seal, a list of tokens or a line of the ledger says, in the right spelling, nothing raises."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tst").mkdir()
        for path in ("seal.json", "tst/index.json", "ledger.jsonl", "capture.wacz"):
            (folder / path).write_bytes(spell(value) + b"\n")
        for path in (folder, folder / "ledger.jsonl", folder / "capture.wacz"):
            assert not verify(path, Trust()).is_sound


def list_places(value, place=()):
    """Every place in a value of JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*place, name)
        yield from list_places(one, (*place, name))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("odd", [None, -1, 2**70, "", "x", [], {}, [[]], {"a": {}}, "0001-01-01T00:00:00Z"], ids=repr)
def test_odd_seals(check, field, odd):
    """Whatever the holder of the key puts into any place of a seal and signs, nothing raises, and it does not hold."""
    files = unpack(field.package)
    for place in list_places(json.loads(files["seal.json"])["manifest"]):
        changed = dict(files)

        def edit(manifest, place=place):
            for name in place[:-1]:
                manifest = manifest[name]
            manifest[place[-1]] = odd

        sign_seal(changed, "", field.insider, edit, is_stamped=False)
        assert changed == files or not check(repack(changed)).is_sound, place


def test_deep_seals(tmp_path):
    """What nests deeper than a seal does is none, however deep the program itself stands."""
    for depth in (39, 41, 200, 900, 5000):
        content = b'{"a":' * depth + b"1" + b"}" * depth + b"\n"
        assert (read_spelled(content, {str: object}) is None) == (depth > 40)


def spell_key(key):
    """A public key as a history writes it."""
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(*form)).decode()


def test_odd_keys_of_archives(handed_over):
    """A key of another kind, curve or spelling signs nothing, whatever the library says to it."""
    owner = handed_over[0]
    signed = owner.signer.sign_wacz("sha256:00", "2026-11-24T04:00:00Z")
    key, signature = signed["publicKey"], signed["signature"]
    assert is_wacz_signed(key, signature, b"sha256:00")
    others = [ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()]
    others += [rsa.generate_private_key(65537, 2048)]
    unknown_curve = base64.b64encode(base64.b64decode(key).replace(b"\x2b\x81\x04\x00\x22", b"\x2b\x81\x04\x00\x02"))
    for other in ["", "?", key + "=", key[:-4], unknown_curve.decode(), *map(spell_key, others)]:
        assert not is_wacz_signed(other, signature, b"sha256:00")
    for other in ["", "?", signature + "=", signature[:-4], signature + "\n", "AAAA" * 32]:
        assert not is_wacz_signed(key, other, b"sha256:00")


@given(JSON, JSON)
def test_odd_archives(path, other):
    """Whatever the data package of a web archive says, nothing raises, and it is not called whole."""
    listed = {"resources": [{"path": path, "hash": other}, {"path": "a", "hash": "b"}], "created": other}
    for package in (listed, {**listed, "resources": other}, other):
        stated = {"hash": other, "signedData": {"hash": other, "created": other, "signature": path, "publicKey": path}}
        entries = [("datapackage-digest.json", spell(stated)), ("datapackage.json", spell(package))]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.wacz"
            file.write_bytes(pack(entries))
            assert list(find_archive_faults(open_zip(Slice(file, 0, file.stat().st_size)), "key"))
