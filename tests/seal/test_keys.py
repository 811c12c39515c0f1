"""Tests of cloneward.seal.keys."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from cloneward.errors import InputError
from cloneward.seal.keys import KeyFolder
from cloneward.seal.verify import find_key_faults, is_signed, is_wacz_signed, purpose
from tests.seal.owner import make_seed

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def keys(tmp_path):
    """A folder of keys that is not there yet."""
    return KeyFolder(tmp_path / "keys")


def test_no_key(keys):
    """Before the first key there is nothing to sign with, and no folder is made."""
    assert keys.load() is None
    assert not keys.folder.exists()


def test_signs(keys):
    """What is signed holds under the public key, for the purpose that it was signed for and no other."""
    signer = keys.add_key(make_seed("a"), AT)
    signature = signer.sign("seal", {"a": 1})
    assert is_signed(signer.public, signature, purpose("seal", {"a": 1}))
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer.public)).verify(
        bytes.fromhex(signature), b'cloneward seal 1\n{"a":1}'
    )
    assert not is_signed(signer.public, signature, purpose("custody", {"a": 1}))
    assert not is_signed(signer.public, signature.upper(), purpose("seal", {"a": 1}))


def test_signs_web_archives(keys):
    """The signature for a WACZ holds by its own public key, is made of the same seed, and names no person."""
    signer = keys.add_key(make_seed("a"), AT)
    signed = signer.sign_wacz("sha256:00", "2026-11-24T04:00:00Z")
    assert set(signed) == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert is_wacz_signed(signed["publicKey"], signed["signature"], b"sha256:00")
    assert not is_wacz_signed(signed["publicKey"], signed["signature"], b"sha256:01")
    assert signed == signer.sign_wacz("sha256:00", "2026-11-24T04:00:00Z")
    assert signer.history[-1]["record"]["wacz"] == signed["publicKey"]
    assert load_der_public_key(base64.b64decode(signed["publicKey"])).curve.name == "secp384r1"


def test_rotation(keys):
    """Each new key is vouched for by the one before, and the history of an old seal is the beginning of today's."""
    signers = [keys.add_key(make_seed(name), AT + number * DAY) for number, name in enumerate("abc")]
    assert keys.load() == signers[-1]
    assert [list(find_key_faults(signer.history)) for signer in signers] == [[], [], []]
    assert signers[2].history[:2] == signers[1].history
    assert [len(entry["signatures"]) for entry in signers[2].history] == [1, 2, 2]
    assert len({signer.public for signer in signers}) == 3


@pytest.mark.parametrize("field", ["from", "number", "previous", "public", "wacz"])
def test_a_history_cannot_be_edited(keys, field):
    """Whatever is changed of any record, the history does not hold; so does not one with a record cut out."""
    keys.add_key(make_seed("a"), AT)
    history = keys.add_key(make_seed("b"), AT + DAY).history
    for number in range(2):
        changed = json.loads(json.dumps(history))
        changed[number]["record"][field] = "0" * 64 if field != "number" else 7
        assert list(find_key_faults(changed))
    assert list(find_key_faults(history[1:]))
    assert list(find_key_faults(history[::-1]))
    stripped = json.loads(json.dumps(history))
    del stripped[1]["signatures"][history[0]["record"]["public"]]
    first = history[0]["record"]["public"]
    assert list(find_key_faults(stripped)) == [
        f"key 2 is not signed by {first}",
        "key 2 is signed by others than it must be",
    ]


def test_rights(keys):
    """Nobody else can read the folder or a key, and a key that others may read is not used."""
    signer = keys.add_key(make_seed("a"), AT)
    file = keys.folder / f"{signer.public}.key"
    assert (keys.folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    file.chmod(0o644)
    with pytest.raises(InputError, match="others may read"):
        keys.load()


def test_damage(keys):
    """A key or a history that is damaged, missing or another's is told by its name, and nothing is signed."""
    signer = keys.add_key(make_seed("a"), AT)
    file = keys.folder / f"{signer.public}.key"
    whole = file.read_bytes()
    for content, text in [(b"zz", "cannot be read"), (b"00" * 32, "not what its name says"), (b"00", "not what its")]:
        file.write_bytes(content)
        with pytest.raises(InputError, match=text):
            keys.load()
    file.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        keys.load()
    file.write_bytes(whole)
    file.chmod(0o600)
    assert keys.load() == signer
    for content in [b"{", b"[]]", b"[1]", b'[{"record": {}}]', b'{"a": 1}']:
        (keys.folder / "history.json").write_bytes(content)
        with pytest.raises(InputError, match="history"):
            keys.load()


def test_no_key_twice(keys):
    """A seed serves once, and no key begins before the one that it follows."""
    keys.add_key(make_seed("a"), AT)
    with pytest.raises(InputError, match="no new key"):
        keys.add_key(make_seed("a"), AT)
    with pytest.raises(InputError, match="older than the one before"):
        keys.add_key(make_seed("b"), AT - DAY)
    with pytest.raises(InputError, match="no new key"):
        keys.add_key(b"short" * 7, AT)
    assert len(keys.load().history) == 1


def test_killed_in_between(keys, monkeypatch):
    """A key whose history was not written is not in use, and the next one takes its place."""
    signer = keys.add_key(make_seed("a"), AT)

    def fail(path, content, **options):
        if path.name == "history.json":
            raise OSError(5, "killed")
        path.write_bytes(content)

    with monkeypatch.context() as patch:
        patch.setattr("cloneward.seal.keys.write_file", fail)
        with pytest.raises(InputError, match="killed"):
            keys.add_key(make_seed("b"), AT + DAY)
    assert keys.load() == signer
    assert len(keys.add_key(make_seed("b"), AT + DAY).history) == 2
