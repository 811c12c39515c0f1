"""The keys that seal, and their history: each new key is vouched for by the one before, so no old seal is orphaned.

They lie outside the workspace, a folder for each owner: `history.json` is public and goes into each seal; the private
part of a key is a file of its own, which may be destroyed once the next key is in use.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cloneward.errors import InputError
from cloneward.seal.durable import write_file
from cloneward.seal.verify import digest, find_key_faults, purpose, spell, tell_moment

SEED_BYTES = 32
_P384_BYTES = 48
_SOFTWARE = "cloneward"
_OTHERS = 0o077

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Signer:
    """A private key, and the history of keys of which it is the last one."""

    seed: bytes
    history: tuple[Record, ...]

    @property
    def public(self) -> str:
        """The public key, by which it is known: 64 hexadecimal digits."""
        return _find_public(self.seed)

    def sign(self, name: str, value: object) -> str:
        """Give the Ed25519 signature over a value, for one purpose, in hexadecimal digits."""
        return _sign(self.seed, name, value)

    def sign_wacz(self, digest_text: str, created: str) -> dict[str, str]:
        """Give `signedData` for `datapackage-digest.json`: the anonymous form of wacz-auth 0.1.0, made offline.

        ECDSA on P-384 with SHA-256 over the text of the digest, `r` and `s` side by side, as browsers make it; of a
        key that comes from the same seed as the seal's, and is named in the history beside it.
        """
        key = _derive_wacz_key(self.seed)
        signature = key.sign(digest_text.encode("ascii"), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = utils.decode_dss_signature(signature)
        raw = r.to_bytes(_P384_BYTES, "big") + s.to_bytes(_P384_BYTES, "big")
        return {
            "hash": digest_text,
            "created": created,
            "software": _SOFTWARE,
            "version": "0.1.0",
            "signature": base64.b64encode(raw).decode("ascii"),
            "publicKey": _spell_wacz_key(key),
        }


class KeyFolder:
    """The keys of one owner, in a folder that only they can read."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made with the first key."""
        self.folder = folder

    def load(self) -> Signer | None:
        """Give what signs now; none where no key was made yet.

        Raises:
            InputError: a file is damaged or missing, or others may read it.
        """
        history = self.read_history()
        if not history:
            return None
        file = self._file(history[-1]["record"]["public"])
        try:
            if file.stat().st_mode & _OTHERS:
                raise InputError(f"others may read {file}", hint=f"chmod 600 {file}")
            seed = bytes.fromhex(file.read_text("ascii"))
        except (OSError, ValueError) as error:
            hint = "restore it from where keys are kept; without it nothing can be sealed, and all old seals hold"
            raise InputError(f"the key {file} cannot be read: {error}", hint=hint) from error
        if len(seed) != SEED_BYTES or _find_public(seed) != history[-1]["record"]["public"]:
            raise InputError(f"the key {file} is not what its name says", hint="restore it from where keys are kept")
        return Signer(seed, history)

    def read_history(self) -> tuple[Record, ...]:
        """Give the public records of all keys so far, the first one first.

        Raises:
            InputError: it is damaged.
        """
        file = self.folder / "history.json"
        try:
            history = json.loads(file.read_bytes())
            faults = list(find_key_faults(history))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(f"{file} cannot be read: {error}", hint="restore it; each seal holds it too") from error
        if faults:
            raise InputError(f"{file} does not hold: {faults[0]}", hint="restore it; each seal holds it too")
        return tuple(history)

    def add_key(self, seed: bytes, at: datetime) -> Signer:
        """Make a key of so much chance, in use from now on; the one before vouches for it.

        The private part is on the disk before the history names it. Killed in between, the new key is not in use.

        Args:
            seed: 32 bytes that nobody can guess and that are used for nothing else.
            at: now, by our clock.

        Raises:
            InputError: the folder cannot be used, the seed was used before, or the clock was set back.
        """
        before = self.load()
        history = before.history if before else ()
        if len(seed) != SEED_BYTES:
            raise InputError(f"no new key of {len(seed)} bytes", hint=f"give {SEED_BYTES} that were never used")
        signer = Signer(seed, (*history, _make_record(seed, at, before)))
        if signer.public in {entry["record"]["public"] for entry in history}:
            raise InputError("no new key: it was in use before", hint="draw it anew by chance")
        if list(find_key_faults(signer.history)):
            raise InputError("a key would be older than the one before it", hint="look whether the clock was set back")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_file(self._file(signer.public), f"{seed.hex()}\n".encode("ascii"), mode=0o600)
            write_file(self.folder / "history.json", spell(signer.history) + b"\n")
        except OSError as error:
            hint = "mend its rights, or name another folder in the setting `keys`"
            raise InputError(f"cannot use the folder of keys {self.folder}: {error.strerror}", hint=hint) from error
        return signer

    def _file(self, public: str) -> Path:
        return self.folder / f"{public}.key"


def _make_record(seed: bytes, at: datetime, before: Signer | None) -> Record:
    previous = before.history[-1]["record"] if before else None
    record = {
        "from": tell_moment(at),
        "number": len(before.history) + 1 if before else 1,
        "previous": digest(spell(previous)) if previous else None,
        "public": _find_public(seed),
        "wacz": _spell_wacz_key(_derive_wacz_key(seed)),
    }
    signers: Sequence[bytes] = (seed, before.seed) if before else (seed,)
    return {"record": record, "signatures": {_find_public(one): _sign(one, "key", record) for one in signers}}


def _sign(seed: bytes, name: str, value: object) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(purpose(name, value)).hex()


def _find_public(seed: bytes) -> str:
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*raw).hex()


def _derive_wacz_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    # 8 bytes more than a key has, so that each key is as likely as any other (FIPS 186-5, A.2.1)
    made = HKDF(hashes.SHA384(), _P384_BYTES + 8, salt=None, info=b"cloneward wacz-auth 1").derive(seed)
    curve = ec.SECP384R1()
    return ec.derive_private_key(int.from_bytes(made, "big") % (curve.group_order - 1) + 1, curve)


def _spell_wacz_key(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(*form)).decode("ascii")
