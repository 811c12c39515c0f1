"""Captures put under seal: digests, a signature, and tokens of others; whole or not there at any moment.

A capture is written in a folder halfway, gets its `seal.json` last, and is put in its place by one rename. Tokens may
come later: until every authority has given one the seal is pending, and says so.
"""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from cloneward.errors import EvidenceError, InputError, Problem
from cloneward.model.evidence import Capture, FileDigest, Seal, SealState, Token
from cloneward.seal.custody import Act, Head, Ledger, ask_all
from cloneward.seal.durable import flush, flush_tree, write_file
from cloneward.seal.keys import Signer
from cloneward.seal.stamps import Ask, Authority, check_reply, read_time
from cloneward.seal.verify import (
    LATE,
    Slice,
    digest,
    is_signed,
    parse_moment,
    purpose,
    read_index,
    read_seal,
    spell,
    tell_moment,
)

VERSION = 1
HALFWAY = "tmp"
SEAL_FILE = "seal.json"


@dataclass(frozen=True)
class Statement:
    """What a seal says of its files: of what and whose they are, and who shall stamp it.

    `kind`: capture or package. `told`: what was noted of it. `anchor`: the head of the ledger before it.
    """

    kind: str
    subject: str
    told: Mapping[str, Any]
    authorities: tuple[str, ...]
    anchor: Head | None


class Evidence:
    """The folder of all captures under seal, `<capture id>/`, and those halfway, `tmp/<capture id>/`."""

    def __init__(self, folder: Path, ledger: Ledger, signer: Signer, authorities: Sequence[Authority]) -> None:
        """Open it; `authorities` are those that each new seal names. Two or more, or nobody can vouch for the other."""
        self.folder, self.ledger, self.signer = folder, ledger, signer
        self.authorities = tuple(authorities)

    def begin(self, capture: str) -> Path:
        """Give an empty folder to write the files of a capture into; what a killed process left there is gone."""
        halfway = self.folder / HALFWAY / capture
        shutil.rmtree(halfway, ignore_errors=True)
        halfway.mkdir(parents=True)
        return halfway

    def list_sealed(self) -> list[str]:
        """Give the ids of all captures under seal."""
        return sorted(path.parent.name for path in self.folder.glob(f"*/{SEAL_FILE}"))

    def list_pending(self) -> list[str]:
        """Give the ids of captures whose seal still waits for a token; one that is broken waits for none."""
        return [name for name in self.list_sealed() if tell_state(self.folder / name).state == "pending"]

    def seal(self, capture: Capture, at: datetime) -> Seal:
        """Seal what was written since `begin` and put it in its place. A capture that is there already stays as it is.

        Its tokens are asked for by `stamp`. Killed at any point, and run again from `begin` or from here, the same
        capture is sealed once, and entered once.

        Raises:
            InputError: nothing was begun for this capture.
            Unavailable, EvidenceError: as the ledger raises them.
        """
        place, halfway = self.folder / capture.id, self.folder / HALFWAY / capture.id
        if not place.exists():
            if not halfway.is_dir():
                raise InputError(f"no files of capture {capture.id}", hint="write them into the folder of begin()")
            told = msgspec.to_builtins(capture)
            del told["files"]
            taken = Act("capture.taken", capture.id, capture.operator, {"purpose": capture.purpose, "url": capture.url})
            anchor = self.ledger.add(taken, at)
            names = tuple(authority.name for authority in self.authorities)
            seal_folder(halfway, Statement("capture", capture.id, told, names, anchor), self.signer, at)
            flush_tree(halfway)
            halfway.rename(place)
            flush(self.folder)
        shutil.rmtree(halfway, ignore_errors=True)  # of a second run
        return self._enter(place, capture.operator, at)

    def stamp(self, capture: str, ask: Ask, *, who: str, at: datetime) -> tuple[Seal, tuple[Problem, ...]]:
        """Ask for the tokens that a seal still waits for, and give it as it then is, with why any is missing.

        Where none came in time, the capture is sealed anew with today's time and authorities first: what was captured
        when is told as before, and that it was sealed later too. A seal that has a token is never replaced.

        Raises:
            EvidenceError: the seal is broken; there is none of that id.
        """
        place = self.folder / capture
        seal = load_seal(place)
        if not seal.tokens and self.authorities and not list((place / "tst").glob("*.tsr")) and _is_late(seal, at):
            renew_seal(place, tuple(one.name for one in self.authorities), self.signer, at)
            self._enter(place, who, at)
        _, problems = stamp_folder(place, self.authorities, ask, self.signer)
        return self._enter(place, who, at), problems

    def _enter(self, place: Path, who: str, at: datetime) -> Seal:
        """Enter a seal where the ledger does not have it yet, and its end of waiting."""
        seal = load_seal(place)
        acts = [Act("capture.sealed", seal.subject, who, {"seal": seal.id})]
        if seal.state == "sealed":
            tokens = {token.authority: token.digest for token in seal.tokens}
            acts.append(Act("capture.stamped", seal.subject, who, {"seal": seal.id, "tokens": tokens}))
        for act in acts:
            if not self.ledger.has(act):
                self.ledger.add(act, at)
        return seal


def seal_folder(folder: Path, statement: Statement, signer: Signer, at: datetime) -> Seal:
    """Write `seal.json` over all files in a folder but seals and tokens of its own, and give the seal, pending."""
    manifest = {
        "authorities": list(statement.authorities),
        "files": [
            {"bytes": found.size_bytes, "path": name, "sha256": found.digest}
            for name, found in sorted(measure_folder(folder).items())
        ],
        "keys": list(signer.history),
        "ledger": {"head": statement.anchor.digest, "number": statement.anchor.number} if statement.anchor else None,
        "sealed_at": tell_moment(at),
        "subject": statement.subject,
        "told": dict(statement.told),
        "type": statement.kind,
        "version": VERSION,
    }
    _write_seal(folder, manifest, signer)
    return load_seal(folder)


def renew_seal(folder: Path, authorities: Sequence[str], signer: Signer, at: datetime) -> Seal:
    """Seal the same files anew, at another time, by today's key and for today's authorities.

    Only for a seal that nobody has stamped: one that was made before any authority was named could never be complete.
    """
    manifest = {
        **_read_sealed(folder)["manifest"],
        "authorities": list(authorities),
        "keys": list(signer.history),
        "sealed_at": tell_moment(at),
    }
    _write_seal(folder, manifest, signer)
    return load_seal(folder)


def stamp_folder(
    folder: Path, authorities: Sequence[Authority], ask: Ask, signer: Signer
) -> tuple[Seal, tuple[Problem, ...]]:
    """Ask the authorities that a seal names and that have not stamped it; keep their replies, and sign the list."""
    content = (folder / SEAL_FILE).read_bytes()
    tst = folder / "tst"
    tst.mkdir(exist_ok=True)
    named = [one for one in authorities if one.name in _read_sealed(folder)["manifest"]["authorities"]]
    kept = {one.name for one in named if _holds(tst / f"{one.name}.tsr", content, one)}
    replies, problems = ask_all([one for one in named if one.name not in kept], ask, content)
    for name, reply in replies.items():
        write_file(tst / f"{name}.tsr", reply)
    files = {path.name: digest(path.read_bytes()) for path in sorted(tst.glob("*.tsr"))}
    listed = {"seal": digest(content), "tokens": files}
    signed = {"key": signer.public, "list": listed, "signature": signer.sign("tokens", listed)}
    if files:
        write_file(tst / "index.json", spell(signed) + b"\n")
    return load_seal(folder), problems


@dataclass(frozen=True)
class Standing:
    """How evidence in a folder stands: sealed, pending or broken; why, where it is broken; and what its seal tells.

    `missing`: files that the seal names and that are not there. `waits_for`: authorities whose token is not there.
    """

    state: SealState | Literal["broken"]
    why: str = ""
    missing: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    seal: Seal | None = None
    manifest: Mapping[str, Any] = field(default_factory=dict)


def tell_state(folder: Path) -> Standing:
    """Tell how evidence stands, by its seal's own signature and the digest of each file; never raises.

    All bytes are read. Whether tokens hold and the key is the owner's, `verify` tells.
    """
    try:
        seal, manifest = load_seal(folder), _read_sealed(folder)["manifest"]
        found = measure_folder(folder)
    except (EvidenceError, OSError) as error:
        return Standing("broken", str(error))
    stated = {one["path"]: FileDigest(digest=one["sha256"], size_bytes=one["bytes"]) for one in manifest["files"]}
    missing = tuple(sorted(stated.keys() - found.keys()))
    waits_for = tuple(sorted(set(manifest["authorities"]) - {token.authority for token in seal.tokens}))
    why = ""
    if seal.subject != folder.name:
        why = f"it is the seal of {seal.subject}"
    elif missing:
        why = f"{missing[0]} is missing"
    elif found != stated:
        why = "a file is not as it was sealed, or was added"
    return Standing("broken" if why else seal.state, why, missing, waits_for, seal, manifest)


def load_seal(folder: Path) -> Seal:
    """Give the seal of a folder as it says itself; whether it holds is for `verify` to tell.

    Its state is sealed where a reply of each authority is there and listed.

    Raises:
        EvidenceError: there is none, or it cannot be read.
    """
    seal = _read_sealed(folder)
    manifest, content = seal["manifest"], (folder / SEAL_FILE).read_bytes()
    tokens = _list_tokens(folder, digest(content))
    missing = set(manifest["authorities"]) - {token.authority for token in tokens}
    state: SealState = "pending" if missing or not manifest["authorities"] else "sealed"
    return Seal(
        id=digest(content),
        subject=manifest["subject"],
        manifest=digest(spell(manifest)),
        signature=seal["signature"],
        key=seal["key"],
        sealed_at=manifest["sealed_at"],
        state=state,
        tokens=tokens,
    )


def measure_folder(folder: Path) -> dict[str, FileDigest]:
    """Give digest and length of each file in a folder by its name there, but for its seal and the tokens upon it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != SEAL_FILE and not name.startswith("tst/"):
            size = path.stat().st_size
            found[name] = FileDigest(digest=Slice(path, 0, size).measure()[1], size_bytes=size)
    return found


def _write_seal(folder: Path, manifest: Mapping[str, Any], signer: Signer) -> None:
    seal = {"key": signer.public, "manifest": manifest, "signature": signer.sign("seal", manifest)}
    write_file(folder / SEAL_FILE, spell(seal) + b"\n")


def _read_sealed(folder: Path) -> Mapping[str, Any]:
    try:
        seal = read_seal((folder / SEAL_FILE).read_bytes())
    except OSError as error:
        raise EvidenceError(f"no seal in {folder}: {error.strerror}", hint="capture it again") from error
    if seal is None or not is_signed(seal["key"], seal["signature"], purpose("seal", seal["manifest"])):
        raise EvidenceError(f"the seal in {folder} is broken", hint="cloneward verify tells what is wrong with it")
    return seal


def _list_tokens(folder: Path, seal: str) -> tuple[Token, ...]:
    try:
        index = read_index((folder / "tst" / "index.json").read_bytes())
    except OSError:
        return ()
    if index is None or index["list"]["seal"] != seal:
        return ()
    if not is_signed(index["key"], index["signature"], purpose("tokens", index["list"])):
        return ()
    tokens = []
    for name, stated in sorted(index["list"]["tokens"].items()):
        with suppress(OSError):  # one that is not there is waited for
            reply = (folder / "tst" / name).read_bytes()
            if digest(reply) == stated:
                tokens.append(Token(authority=name.removesuffix(".tsr"), time=read_time(reply), digest=stated))
    return tuple(tokens)


def _holds(path: Path, content: bytes, authority: Authority) -> bool:
    try:
        check_reply(path.read_bytes(), content, authority)
    except (OSError, EvidenceError):
        return False
    return True


def _is_late(seal: Seal, at: datetime) -> bool:
    sealed_at = parse_moment(seal.sealed_at)
    return sealed_at is not None and at - sealed_at > LATE
