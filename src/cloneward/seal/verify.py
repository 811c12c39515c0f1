"""Checks an evidence package, offline, step by step. It stands alone: Python 3.11, `cryptography`, and `openssl`.

    python verify.py PACKAGE --key KEY --trust ROOTS.pem

KEY is what the owner publishes, ROOTS.pem the roots of the time-stamp authorities, got from these themselves. What
rests on the package's own word alone is "not checked", and the exit code is 4, as it is where anything fails.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import ssl
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

Result = Literal["holds", "fails", "not checked", "none here"]
STEPS = (
    ("container", "the ZIP, made anew from its files, is the same byte for byte"),
    ("files", "each file is as it was when it was sealed, none is missing, none was added"),
    ("signature", "each seal was signed by the key that it names"),
    ("keys", "that key is the owner's, and was in use at the time"),
    ("tokens", "each authority that a seal names has stamped it"),
    ("clock", "the times that the owner claims agree with those of the authorities"),
    ("archives", "each web archive is whole, and signed by the same owner"),
    ("custody", "the ledger is whole, and nothing that was ever stamped was changed or cut off"),
)
CODES = {
    "clock": "Times contradict each other: those that the owner claims, or those and the authorities'.",
    "container": "The ZIP is not in its one form: an entry twice, heads that differ, bytes before, between or behind.",
    "file_added": "A file was not there when it was sealed.",
    "file_changed": "A file is not the one that was sealed.",
    "file_removed": "A file that was sealed is missing.",
    "key_expired": "A seal was made with a key that was not yet, or no longer, in use.",
    "key_unknown": "A key is not the owner's, or its history does not hold.",
    "ledger_broken": "An entry of the ledger was changed, or does not follow the one before.",
    "ledger_contradicts": "A capture has another seal than the ledger says.",
    "ledger_rewritten": "An entry of the ledger is not what it was when it was stamped, or when a capture was sealed.",
    "ledger_rolled_back": "Entries are gone that a stamp, a seal or a capture shows to have been there.",
    "ledger_unstamped": "Entries were stamped too long after the time that they claim, before it, or not at all.",
    "signature": "A signature does not hold.",
    "spelling": "A seal is not spelled as it must be, so part of it was signed by nobody.",
    "token_exchanged": "A token is not the one that came, is of another seal or authority, or does not hold.",
    "token_missing": "A token has not come yet, or was stripped.",
}
# wacz-auth, 0.1.0, verification 6: so far may a claim stand from the time of an authority.
LATE = timedelta(minutes=10)
# Clocks that are set by the network differ by less; authorities state their own accuracy in seconds.
AHEAD = timedelta(minutes=1)
# The head of the ledger is stamped daily; half a day to spare for an authority that is down.
UNSTAMPED = timedelta(hours=36)
MAX_TEXT_BYTES = 8 * 1024 * 1024  # a manifest of 50,000 files
MAX_LINE_BYTES = 64 * 1024  # an entry of the ledger holds names, ids and digests
_VERSION_OF_SEALS = 1
_MAX_DEPTH = 40  # of what a seal tells; the manifest itself nests five deep
MAX_REPLY_BYTES = 1024 * 1024  # a reply of an authority has some kilobytes
_PIECE = 1024 * 1024
_OPENSSL_S = 30

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _DATE = 20, 0x21  # what a stored entry needs, and the first day that a ZIP can tell
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]*(/[A-Za-z0-9_][A-Za-z0-9._~-]*)*")
_REPLY = re.compile(r"tst/([a-z0-9][a-z0-9-]*)\.tsr")
_HEAD_REPLY = re.compile(r"tst/([1-9][0-9]{0,14})-([a-z0-9][a-z0-9-]*)\.tsr")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
_STAMPED = re.compile(r"^Time stamp: (\w{3} {1,2}\d{1,2} \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)
_REASON = re.compile(r"error:[0-9A-F]*:[^:\n]*:[^:\n]*:([^:\n]+):")

_RECORD = {
    "record": {"from": str, "number": int, "previous": (str, None), "public": str, "wacz": str},
    "signatures": {str: str},
}
_SEAL = {
    "key": str,
    "manifest": {
        "authorities": [str],
        "files": [{"bytes": int, "path": str, "sha256": str}],
        "keys": [_RECORD],
        "ledger": ({"head": str, "number": int}, None),
        "sealed_at": str,
        "subject": str,
        "told": {str: object},
        "type": str,
        "version": int,
    },
    "signature": str,
}
_INDEX = {"key": str, "list": {"seal": str, "tokens": {str: str}}, "signature": str}
_OPEN_LINE = {
    "at": str,
    "key": str,
    "number": int,
    "previous": (str, None),
    "signature": str,
    "entry": {"detail": {str: object}, "subject": str, "what": str, "who": str},
}
_WITHHELD_LINE = {**{name: kind for name, kind in _OPEN_LINE.items() if name != "entry"}, "digest": str}


@dataclass(frozen=True)
class Step:
    """One numbered step: what it says holds, fails, could not be checked, or has nothing to look at.

    `codes` name what was found; `texts` tell it, and what was learnt.
    """

    number: int
    name: str
    result: Result
    codes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """All steps in turn. It is sound where nothing fails and nothing was left unchecked."""

    steps: tuple[Step, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything was checked, and holds."""
        return all(step.result in {"holds", "none here"} for step in self.steps)

    @property
    def codes(self) -> frozenset[str]:
        """The names of all that was found."""
        return frozenset(code for step in self.steps for code in step.codes)


@dataclass(frozen=True)
class Answer:
    """What openssl says of the reply of an authority: the time in it, or why there is none.

    `signers`: SHA-256 of the public key of each certificate for time stamps that came with it.
    """

    result: Result
    text: str = ""
    moment: datetime | None = None
    signers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Trust:
    """What the verifier was told from elsewhere: keys of the owner, a file of authorities' roots, and the time.

    `keys`: public keys in hexadecimal digits. `roots`: PEM; the roots that the system trusts where it is none. `now`
    is asked only of a ledger that stands alone: how long ago its last stamp was.
    """

    keys: frozenset[str] = frozenset()
    roots: Path | None = None
    now: datetime | None = None


def spell(value: object) -> bytes:
    """Give the one spelling of a value that is digested and signed: JSON, keys in order, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def purpose(name: str, value: object) -> bytes:
    """Give the bytes that are signed: the spelling, after what it is for, so that no signature serves for another."""
    return f"cloneward {name} 1\n".encode("ascii") + spell(value)


def digest(content: bytes) -> str:
    """Give the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def is_signed(key: str, signature: str, content: bytes) -> bool:
    """Tell whether an Ed25519 signature holds; key and signature in hexadecimal digits."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return key == key.lower() and signature == signature.lower()


def parse_moment(text: str) -> datetime | None:
    """Give the time of a record (UTC, RFC 3339); none where it is no such text."""
    try:
        return datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None


def tell_moment(moment: datetime) -> str:
    """Give a time as records write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fits(value: object, shape: object) -> bool:
    """Tell whether a value of JSON has a shape: a type, a list of one shape, a tuple of choices, or fields."""
    if isinstance(shape, type):
        return _is_shallow(value) if shape is object else type(value) is shape
    if isinstance(shape, tuple):
        return any(fits(value, choice) for choice in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
    if not isinstance(value, dict) or not isinstance(shape, dict):
        return value is None and shape is None
    if str in shape:
        return all(fits(item, shape[str]) for item in value.values())
    return value.keys() == shape.keys() and all(fits(value[name], inner) for name, inner in shape.items())


def _is_shallow(value: object) -> bool:
    """Tell whether a value nests so little that it can be spelled wherever this program stands."""
    layer = [value]
    for _ in range(_MAX_DEPTH):
        lists = [list(one.values()) if isinstance(one, dict) else one for one in layer if isinstance(one, dict | list)]
        layer = [inner for one in lists for inner in one]
    return not layer


def read_spelled(content: bytes, shape: object) -> Any:  # noqa: ANN401  any value of JSON, by its shape
    """Give the value of a text in its one spelling and with a line end, and none where it is not just that."""
    try:
        value = json.loads(content)
        is_spelled = fits(value, shape) and spell(value) + b"\n" == content
    except (ValueError, RecursionError):
        return None
    return value if is_spelled else None


def read_seal(content: bytes) -> dict[str, Any] | None:
    """Give what `seal.json` says; none where it is not spelled as it must be."""
    seal: dict[str, Any] | None = read_spelled(content, _SEAL)
    return seal


def read_index(content: bytes) -> dict[str, Any] | None:
    """Give the signed list of tokens, `tst/index.json`; none where it is not spelled as it must be."""
    index: dict[str, Any] | None = read_spelled(content, _INDEX)
    return index


def read_entry(raw: bytes) -> dict[str, Any] | None:
    """Give a line of a ledger, whether its entry is open or withheld; none where it is not spelled as it must be."""
    line: dict[str, Any] | None = read_spelled(raw, (_OPEN_LINE, _WITHHELD_LINE))
    return line


class Slice:
    """A part of a file, read from its beginning or at a place; never more than is asked for."""

    def __init__(self, path: Path, begin: int, size: int) -> None:
        self.path, self.begin, self.size = path, begin, size

    def read(self, at: int, size: int) -> bytes:
        """Give so many bytes from a place on; fewer only at the end."""
        with self.path.open("rb") as file:
            file.seek(self.begin + at)
            return file.read(max(0, min(size, self.size - at)))

    def measure(self) -> tuple[int, str]:
        """Give CRC-32 and SHA-256 of all of it, in one walk."""
        crc, sha, at = 0, hashlib.sha256(), 0
        while piece := self.read(at, _PIECE):
            crc = zlib.crc32(piece, crc)
            sha.update(piece)
            at += len(piece)
        return crc, sha.hexdigest()


@dataclass
class Files:
    """The files of a package or folder by name, and what was found wrong with what holds them."""

    slices: dict[str, Slice] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    crcs: dict[str, int] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    def digest(self, name: str) -> str:
        """Give the SHA-256 of a file; where its container states a CRC-32 that is another, that is a fault."""
        if name not in self._digests:
            crc, self._digests[name] = self.slices[name].measure()
            if self.crcs.get(name, crc) != crc:
                self.faults.append(f"{name}: its CRC-32 is not the one that the ZIP states")
        return self._digests[name]

    def read(self, name: str, most: int = MAX_TEXT_BYTES) -> bytes:
        """Give the bytes of a small file; none where it is missing or larger than such a file can be."""
        found = self.slices.get(name)
        return found.read(0, most) if found and found.size <= most else b""

    def read_lines(self, name: str) -> Iterator[bytes]:
        """Give the lines of a file, ends included; what is too long for a line comes in parts that are none."""
        found, at, rest = self.slices.get(name), 0, b""
        while found and (piece := found.read(at, _PIECE)):
            at += len(piece)
            *lines, rest = (rest + piece).splitlines(keepends=True)
            yield from lines
            if rest.endswith(b"\n") or len(rest) > MAX_LINE_BYTES:
                yield rest
                rest = b""
        if rest:
            yield rest

    def under(self, prefix: str) -> dict[str, str]:
        """Give the full names of the files in a folder, by their names there."""
        return {name.removeprefix(prefix): name for name in self.slices if name.startswith(prefix)}


def open_zip(whole: Slice) -> Files:
    """Give the files of a canonical ZIP. Where it is none, faults say so, and only what is sound is given.

    Canonical: stored entries in the order of their names, each name once and plain; no comment, extra field, packing,
    time or rights; nothing before, between or behind. So the same files make the same bytes, and any other byte shows.
    """
    files = Files()
    end = whole.read(whole.size - _END.size, _END.size) if whole.size >= _END.size else b""
    if len(end) < _END.size or not end.startswith(b"PK\x05\x06"):
        files.faults.append("it is no ZIP, or bytes were added to its end or cut from it")
        return files
    _, _, _, _, count, directory_bytes, directory_at, _ = _END.unpack(end)
    if directory_at + directory_bytes + _END.size != whole.size or directory_bytes > MAX_TEXT_BYTES:
        files.faults.append("bytes stand before the first entry, or between the entries and the directory")
        return files
    if end != _END.pack(b"PK\x05\x06", 0, 0, count, count, directory_bytes, directory_at, 0):
        files.faults.append("its end is not spelled as it must be")
    directory = whole.read(directory_at, directory_bytes)
    at, place, last = 0, 0, ""
    for number in range(count):
        entry = _read_entry(directory, at)
        if entry is None:
            files.faults.append(f"entry {number + 1} of the directory is not spelled as it must be, or cut off")
            return files
        name, crc, size, offset = entry
        at += _CENTRAL.size + len(name)
        expected = _spell_local(name, crc, size)
        if name <= last:
            files.faults.append(f"{name}: it is there twice, or not in its place")
        if offset != place or whole.read(place, len(expected)) != expected:
            files.faults.append(f"{name}: its own header says something else than the directory")
            return files
        place += len(expected)
        files.slices.setdefault(name, Slice(whole.path, whole.begin + place, size))
        files.crcs.setdefault(name, crc)
        place, last = place + size, name
    if at != directory_bytes or place != directory_at:
        files.faults.append("there is more in it than its directory names")
    return files


def _read_entry(directory: bytes, at: int) -> tuple[str, int, int, int] | None:
    """Give name, CRC, size and place of an entry of the directory; none where its spelling is any but the one."""
    raw = directory[at : at + _CENTRAL.size]
    if len(raw) < _CENTRAL.size:
        return None
    *_, crc, _, size, name_bytes, _, _, _, _, _, offset = _CENTRAL.unpack(raw)
    name = directory[at + _CENTRAL.size : at + _CENTRAL.size + name_bytes].decode("latin-1")
    is_spelled = _NAME.fullmatch(name) and len(name) == name_bytes and raw == spell_central(name, crc, size, offset)
    return (name, crc, size, offset) if is_spelled else None


def _spell_local(name: str, crc: int, size: int) -> bytes:
    head = _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, crc, size, size, len(name), 0)
    return head + name.encode("latin-1")


def spell_central(name: str, crc: int, size: int, offset: int) -> bytes:
    """Give the one spelling of an entry's head in the directory."""
    return _CENTRAL.pack(
        *(b"PK\x01\x02", _VERSION, _VERSION, 0, 0, 0, _DATE, crc, size, size, len(name), 0, 0, 0, 0, 0, offset)
    )


def open_folder(folder: Path) -> Files:
    """Give the files of a folder; a link or a device among them is a fault."""
    files = Files()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            files.faults.append(f"{name}: it is a link or a device, and no file")
        elif path.is_file():
            files.slices[name] = Slice(path, 0, path.stat().st_size)
    return files


@dataclass
class Notes:
    """What the steps have found so far: faults by their code, what could not be checked, what was learnt."""

    faults: list[tuple[str, str, str]] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    def fail(self, step: str, code: str, text: str) -> None:
        """Keep a fault."""
        self.faults.append((step, code, text))

    def doubt(self, step: str, text: str) -> None:
        """Keep what could not be checked."""
        self.doubts.append((step, text))

    def tell(self, step: str, text: str) -> None:
        """Keep what was learnt."""
        self.told.append((step, text))

    def close(self) -> Report:
        """Give the steps in turn; what failed comes before what was not checked, and that before what was learnt."""
        steps = []
        for number, (name, _) in enumerate(STEPS, 1):
            faults = [(code, text) for step, code, text in self.faults if step == name]
            doubts = [text for step, text in self.doubts if step == name]
            told = [text for step, text in self.told if step == name]
            result: Result = "fails" if faults else "not checked" if doubts else "holds" if told else "none here"
            codes = tuple(dict.fromkeys(code for code, _ in faults))
            steps.append(Step(number, name, result, codes, (*(text for _, text in faults), *doubts, *told)))
        return Report(tuple(steps))


@dataclass
class _Sealed:
    """A folder with a seal: the package itself, or a capture in it; where its seal can be read, what that says."""

    prefix: str
    content: bytes
    seal: Mapping[str, Any]
    times: list[tuple[datetime, str]] = field(default_factory=list)
    signers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.prefix.rstrip("/") or f"the {'capture' if self.manifest['type'] == 'capture' else 'package'}"

    @property
    def manifest(self) -> Mapping[str, Any]:
        manifest: Mapping[str, Any] = self.seal["manifest"]
        return manifest


class _Walk:
    """The steps over one package or folder."""

    def __init__(self, files: Files, trust: Trust) -> None:
        self.files, self.trust, self.notes = files, trust, Notes()
        self.sealed: list[_Sealed] = []
        self.history: Sequence[Mapping[str, Any]] = ()

    def walk(self) -> Report:
        """Take the steps; a step that another one makes pointless is not taken, and says so by being unchecked."""
        prefixes = sorted({"/".join(name.split("/")[:2]) + "/" for name in self.files.under("captures/").values()})
        for prefix in ["", *prefixes]:
            self.read_seal(prefix)
        for sealed in self.sealed:
            self.check_files(sealed)
            self.check_signature(sealed)
        self.check_keys()
        for sealed in self.sealed:
            self.check_tokens(sealed)
            self.check_clock(sealed)
            self.check_archives(sealed)
        self.check_custody()
        for text in dict.fromkeys(self.files.faults):
            self.notes.fail("container", "container", text)
        self.notes.tell("container", f"{len(self.files.slices):,} files")
        if not self.sealed:
            for name, _ in STEPS[1:]:
                self.notes.doubt(name, "there is no seal that can be read")
        return self.notes.close()

    def read_seal(self, prefix: str) -> None:
        name = f"{prefix}seal.json"
        content = self.files.read(name)
        seal = read_seal(content)
        if seal is not None:
            sealed = _Sealed(prefix, content, seal)
            self.sealed.append(sealed)
            self.check_kind(sealed)
        elif name not in self.files.slices:
            self.notes.fail("files", "file_removed", f"{name} is missing")
        else:
            self.notes.fail("signature", "spelling", f"{name} is not spelled as a seal must be")

    def check_kind(self, sealed: _Sealed) -> None:
        """Check that a seal is one of the kind that belongs there, and no other capture's under this one's name."""
        manifest = sealed.manifest
        is_package = not sealed.prefix and bool(self.files.under("captures/"))
        kinds = {"capture"} if sealed.prefix else {"package"} if is_package else {"package", "capture"}
        if manifest["version"] != _VERSION_OF_SEALS or manifest["type"] not in kinds:
            self.notes.fail("signature", "spelling", f"{sealed.name}: no seal of a kind that belongs there")
        if sealed.prefix and sealed.prefix != f"captures/{manifest['subject']}/":
            self.notes.fail("files", "file_changed", f"{sealed.name} holds another capture, {manifest['subject'][:80]}")

    def check_files(self, sealed: _Sealed) -> None:
        listed = {entry["path"]: entry for entry in sealed.manifest["files"]}
        found = {
            short: name
            for short, name in self.files.under(sealed.prefix).items()
            if short != "seal.json" and not short.startswith("tst/")
        }
        for short in sorted(listed.keys() - found.keys()):
            self.notes.fail("files", "file_removed", f"{sealed.prefix}{short} is missing")
        for short in sorted(found.keys() - listed.keys()):
            self.notes.fail("files", "file_added", f"{found[short]} was not there when {sealed.name} was sealed")
        for short in sorted(listed.keys() & found.keys()):
            entry, name = listed[short], found[short]
            if self.files.slices[name].size != entry["bytes"] or self.files.digest(name) != entry["sha256"]:
                self.notes.fail("files", "file_changed", f"{name} is not the file that was sealed")
        self.notes.tell("files", f"{sealed.name}: {len(listed):,} files")

    def check_signature(self, sealed: _Sealed) -> None:
        key, signature = sealed.seal["key"], sealed.seal["signature"]
        if not is_signed(key, signature, purpose("seal", sealed.manifest)):
            self.notes.fail("signature", "signature", f"{sealed.name}: the signature of its seal does not hold")
        self.notes.tell("signature", f"{sealed.name}: sealed as {digest(sealed.content)}")

    def check_keys(self) -> None:
        histories = {sealed.name: sealed.manifest["keys"] for sealed in self.sealed}
        self.history = max(histories.values(), key=len, default=())
        if self.sealed:
            check_history(self.history, self.trust, self.notes)
        for name, history in histories.items():
            if list(self.history[: len(history)]) != history:
                self.notes.fail("keys", "key_unknown", f"{name}: its history of keys is another owner's")
        for sealed in self.sealed:
            self.check_key(sealed)

    def check_key(self, sealed: _Sealed) -> None:
        key, moment = sealed.seal["key"], parse_moment(sealed.manifest["sealed_at"])
        terms = find_terms(self.history)
        if key not in terms:
            self.notes.fail("keys", "key_unknown", f"{sealed.name}: {key} is no key of this owner")
        elif moment is not None and not terms[key][0] <= moment < terms[key][1]:
            self.notes.fail("keys", "key_expired", f"{sealed.name}: {key} was not in use when it was sealed")
        self.notes.tell("keys", f"{sealed.name}: signed by {key}")

    def check_tokens(self, sealed: _Sealed) -> None:
        inside = {name: full for name, full in self.files.under(sealed.prefix).items() if name.startswith("tst/")}
        index = self.files.read(inside.pop("tst/index.json", ""))
        signed = read_index(index)
        imprint = digest(sealed.content)
        if signed is None or not is_signed(signed["key"], signed["signature"], purpose("tokens", signed["list"])):
            if inside or index:
                self.notes.fail("tokens", "token_exchanged", f"{sealed.name}: the list of its tokens does not hold")
            listed = {}
        else:
            listed = signed["list"]["tokens"]
            if signed["list"]["seal"] != imprint or signed["key"] not in find_terms(self.history):
                self.notes.fail(
                    "tokens", "token_exchanged", f"{sealed.name}: the list of its tokens is of another seal"
                )
        for authority in sealed.manifest["authorities"]:
            if f"tst/{authority}.tsr" not in inside:
                text = f"{sealed.name}: no token of {authority}; it has not come yet, or was stripped"
                self.notes.fail("tokens", "token_missing", text)
        for short in sorted(inside.keys() | {f"tst/{name}" for name in listed}):
            name = inside.get(short)
            if name is None or listed.get(short.removeprefix("tst/")) != self.files.digest(name):
                self.notes.fail(
                    "tokens", "token_exchanged", f"{sealed.prefix}{short} is not what came when it was sealed"
                )
            if name is not None and (match := _REPLY.fullmatch(short)):
                self.check_reply(sealed, name, match[1], imprint)
        if not sealed.manifest["authorities"]:
            self.notes.doubt("tokens", f"{sealed.name}: it names no authority, so only its owner vouches for the time")

    def check_reply(self, sealed: _Sealed, name: str, authority: str, imprint: str) -> None:
        answer = ask_openssl(self.files.read(name, MAX_REPLY_BYTES), imprint, self.trust.roots)
        if answer.result == "fails":
            self.notes.fail("tokens", "token_exchanged", f"{name}: {answer.text}")
        elif answer.moment is None:
            self.notes.doubt("tokens", f"{name}: {answer.text}")
        else:
            for signer in answer.signers & sealed.signers.keys():
                text = f"{sealed.name}: {authority} and {sealed.signers[signer]} are one authority"
                self.notes.fail("tokens", "token_exchanged", text)
            sealed.signers.update(dict.fromkeys(answer.signers, authority))
            sealed.times.append((answer.moment, authority))
            self.notes.tell("tokens", f"{sealed.name}: {authority} saw it at {tell_moment(answer.moment)}")

    def check_clock(self, sealed: _Sealed) -> None:
        claimed = parse_moment(sealed.manifest["sealed_at"])
        told = [sealed.manifest["told"].get(name) for name in ("started_at", "ended_at")]
        moments = [parse_moment(text) if isinstance(text, str) else None for text in told]
        if sealed.manifest["type"] != "capture":
            moments = []
        if claimed is None or any(moment is None or moment > claimed for moment in moments):
            self.notes.fail("clock", "clock", f"{sealed.name}: by its own times it was sealed before it was taken")
            return
        if not sealed.times:
            self.notes.doubt(
                "clock", f"{sealed.name}: by no clock but the owner's it was sealed at {tell_moment(claimed)}"
            )
            return
        first, authority = min(sealed.times)
        what = f"sealed at {tell_moment(claimed)} by the owner's clock, seen at {tell_moment(first)} by {authority}"
        if not -AHEAD <= first - claimed <= LATE:
            why = "the clock was wrong, or no authority could be reached: only the later time is shown"
            self.notes.fail("clock", "clock", f"{sealed.name}: {what}: {why}")
        text = f"{sealed.name}: exists since {tell_moment(first)} ({authority})"
        if moments:
            text += f"; captured, by the owner's clock, at {told[0]}"
        self.notes.tell("clock", text)

    def check_archives(self, sealed: _Sealed) -> None:
        wacz = {record["record"]["public"]: record["record"]["wacz"] for record in self.history}
        for short, name in sorted(self.files.under(sealed.prefix).items()):
            if short.endswith(".wacz") and (sealed.prefix or not short.startswith("captures/")):
                for code, text in find_archive_faults(open_zip(self.files.slices[name]), wacz.get(sealed.seal["key"])):
                    self.notes.fail("archives", code, f"{name}: {text}")
                self.notes.tell("archives", name)

    def check_custody(self) -> None:
        root = next((sealed for sealed in self.sealed if not sealed.prefix), None)
        if root is None or (root.manifest["type"] == "capture" and len(self.sealed) == 1):
            return
        inside = self.files.under("custody/")
        ledger = Ledger(self.files, inside, self.history, self.trust, self.notes)
        ledger.check()
        stamped = []
        for sealed in self.sealed:
            anchor = sealed.manifest["ledger"]
            ledger.check_anchor(sealed.name, anchor)
            if anchor and sealed.times:
                stamped.append((anchor["number"], min(sealed.times)[0]))
            if sealed.prefix:
                ledger.check_seal(sealed.name, sealed.manifest["subject"], digest(sealed.content))
        ledger.check_stamps(stamped)


class Ledger:
    """The steps over a ledger: its chain, its signatures, and what was stamped of it and by whom."""

    def __init__(
        self,
        files: Files,
        inside: Mapping[str, str],
        history: Sequence[Mapping[str, Any]],
        trust: Trust,
        notes: Notes,
    ) -> None:
        self.files, self.inside, self.trust, self.notes = files, inside, trust, notes
        self.terms = find_terms(history)
        self.heads: list[str] = []
        self.times: list[str] = []
        self.seals: dict[str, object] = {}

    def _fail(self, code: str, text: str) -> None:
        self.notes.fail("custody", code, text)

    def check(self) -> None:
        """Read the lines, as far as the chain holds."""
        previous, last = None, ""
        for number, raw in enumerate(self.files.read_lines(self.inside.get("ledger.jsonl", "")), 1):
            line = read_entry(raw)
            if line is None:
                self._fail("ledger_broken", f"line {number} is not spelled as an entry must be")
                return
            statement = state_line(line)
            is_next = line["number"] == number and line["previous"] == previous
            if not is_next or not is_signed(line["key"], line["signature"], purpose("custody", statement)):
                self._fail("ledger_broken", f"entry {number} does not follow the one before, or was changed")
                return
            if line["key"] not in self.terms:
                self._fail("ledger_broken", f"entry {number} was signed by {line['key']}, no key of this owner")
            if parse_moment(line["at"]) is None or line["at"] < last:
                self._fail("clock", f"entry {number} claims to be older than the one before it")
            self._read_entry(line.get("entry"))
            previous, last = digest(spell(statement)), line["at"]
            self.heads.append(previous)
            self.times.append(last)
        if not self.heads:
            self._fail("ledger_rolled_back", "there is no ledger, or it is empty")
        self.notes.tell("custody", f"{len(self.heads):,} entries")

    def _read_entry(self, entry: Mapping[str, Any] | None) -> None:
        """Keep which seal a capture has; look for the replies that came, by the ledger's own word, over its heads."""
        if entry and entry["what"] == "capture.sealed":
            self.seals[entry["subject"]] = entry["detail"].get("seal")
        if not entry or entry["what"] != "ledger.stamped":
            return
        replies, number = entry["detail"].get("replies"), entry["detail"].get("number")
        for authority, stated in replies.items() if fits(replies, {str: str}) else ():
            name = self.inside.get(f"tst/{number}-{authority}.tsr")
            if name is None:
                self._fail("token_missing", f"the token of {authority} over entry {number} was stripped")
            elif self.files.digest(name) != stated:
                self._fail("token_exchanged", f"{name} is not what came when entry {number} was stamped")

    def check_anchor(self, name: str, anchor: Mapping[str, Any] | None) -> None:
        """Compare with what a seal says that the ledger was when it was made."""
        if anchor is None:
            self._fail("ledger_contradicts", f"{name} does not say what the ledger was when it was sealed")
            return
        number, head = anchor["number"], anchor["head"]
        if number > len(self.heads):
            text = f"{name} was sealed when there were {number:,} entries; there are {len(self.heads):,}"
            self._fail("ledger_rolled_back", text)
        elif number < 1 or self.heads[number - 1] != head:
            self._fail("ledger_rewritten", f"entry {number:,} is not what it was when {name} was sealed")

    def check_seal(self, name: str, subject: str, seal: str) -> None:
        """Look for the entry of a seal; where it was sealed again while it waited, for the last one."""
        if subject not in self.seals:
            self._fail("ledger_rolled_back", f"there is no entry of the seal of {name}")
        elif self.seals[subject] != seal:
            self._fail("ledger_contradicts", f"{name} has another seal than the ledger says")

    def check_stamps(self, stamped: Iterable[tuple[int, datetime]], now: datetime | None = None) -> None:
        """Check the replies over its heads, and that no entry waited long for one; `now`: nor does the last one."""
        stamps = list(stamped)
        for short, name in sorted(self.inside.items()):
            if match := _HEAD_REPLY.fullmatch(short):
                moment = self._check_reply(name, int(match[1]), match[2])
                if moment is not None:
                    stamps.append((int(match[1]), moment))
        stamps.sort()
        firsts: list[datetime | None] = [None] * len(self.heads)
        for number, moment in stamps:
            for place in range(min(number, len(firsts)) - 1, -1, -1):
                if firsts[place] is not None:
                    break
                firsts[place] = moment
        late = [place + 1 for place, first in enumerate(firsts) if not self._is_timely(place, first or now)]
        if late:
            text = (
                f"{len(late):,} entries, the first of them {late[0]}, were stamped long after the time that they claim"
            )
            self._fail("ledger_unstamped", f"{text}, before it, or not at all")

    def _is_timely(self, place: int, first: datetime | None) -> bool:
        claimed = parse_moment(self.times[place])
        return first is None or (claimed is not None and -AHEAD <= first - claimed <= UNSTAMPED)

    def _check_reply(self, name: str, number: int, authority: str) -> datetime | None:
        if number > len(self.heads):
            self._fail("ledger_rolled_back", f"{authority} stamped entry {number:,}; there are {len(self.heads):,}")
            return None
        reply = self.files.read(name, MAX_REPLY_BYTES)
        answer = ask_openssl(reply, self.heads[number - 1], self.trust.roots)
        if answer.result == "fails":
            self._fail("ledger_rewritten", f"{name}: {answer.text}")
        elif answer.moment is None:
            self.notes.doubt("custody", f"{name}: {answer.text}")
        else:
            text = f"entry {number:,} and all before it exist since {tell_moment(answer.moment)} ({authority})"
            self.notes.tell("custody", text)
        return answer.moment


def state_line(line: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is signed of a line and digested for the next: an entry stands in it by its digest alone.

    So an entry can be withheld, where it is not for the reader's eyes, and the chain still be followed.
    """
    told = digest(spell(line["entry"])) if "entry" in line else line["digest"]
    return {"at": line["at"], "entry": told, "number": line["number"], "previous": line["previous"]}


def find_key_faults(history: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Give what is wrong with a history of keys: each record is signed by its own key and by the one before."""
    previous: Mapping[str, Any] | None = None
    for number, entry in enumerate(history, 1):
        record = entry["record"]
        signers = {record["public"]} | ({previous["public"]} if previous else set())
        is_next = record["number"] == number and record["previous"] == (digest(spell(previous)) if previous else None)
        since = parse_moment(record["from"])
        if not is_next or since is None or (previous and record["from"] < previous["from"]):
            yield f"key {number} does not follow the one before"
        for signer in sorted(signers):
            if not is_signed(signer, entry["signatures"].get(signer, ""), purpose("key", record)):
                yield f"key {number} is not signed by {signer}"
        if entry["signatures"].keys() != signers:
            yield f"key {number} is signed by others than it must be"
        previous = record
    if not history:
        yield "there is no history of keys"


def find_terms(history: Sequence[Mapping[str, Any]]) -> dict[str, tuple[datetime, datetime]]:
    """Give since when and until when each key was in use; the last one has no end."""
    begins = [parse_moment(entry["record"]["from"]) for entry in history]
    terms = {}
    for entry, begin, end in zip(history, begins, [*begins[1:], datetime.max.replace(tzinfo=UTC)], strict=False):
        if begin is not None and end is not None:
            terms[entry["record"]["public"]] = (begin, end)
    return terms


def find_archive_faults(archive: Files, wacz_key: str | None) -> Iterator[tuple[str, str]]:
    """Give what is wrong with a WACZ (1.1.1) of ours: its container, its data package, its signature (wacz-auth)."""
    try:
        package = json.loads(archive.read("datapackage.json") or b"null")
        stated = json.loads(archive.read("datapackage-digest.json") or b"null")
        listed = {str(entry["path"]): entry["hash"] for entry in package["resources"]}
        whole = "sha256:" + digest(archive.read("datapackage.json"))
        signed = stated["signedData"]
        is_whole = stated["hash"] == whole == signed["hash"] and signed["created"] == package["created"]
        is_ours = (
            is_wacz_signed(wacz_key or "", signed["signature"], whole.encode()) and signed["publicKey"] == wacz_key
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        yield "file_changed", "its data package cannot be read"
        return
    if not is_whole:
        yield "file_changed", "its data package is not the one that was signed"
    if not is_ours:
        yield "signature", "its signature does not hold, or is of another key than the seal's"
    names = archive.slices.keys() - {"datapackage.json", "datapackage-digest.json"}
    for name in sorted(names ^ listed.keys()):
        yield (
            ("file_added" if name in names else "file_removed"),
            f"{name} is in the archive or in its list, not in both",
        )
    for name in sorted(names & listed.keys()):
        if listed[name] != f"sha256:{archive.digest(name)}":
            yield "file_changed", f"{name} is not the file that was signed"
    for text in archive.faults:
        yield "container", text


def is_wacz_signed(key: str, signature: str, content: bytes) -> bool:
    """Tell whether a signature of wacz-auth holds: ECDSA with SHA-256, `r` and `s` side by side; both in base64."""
    try:
        spki, raw = base64.b64decode(key, validate=True), base64.b64decode(signature, validate=True)
        public, half = serialization.load_der_public_key(spki), len(raw) // 2
        is_spelled = base64.b64encode(spki).decode() == key and base64.b64encode(raw).decode() == signature
        if isinstance(public, ec.EllipticCurvePublicKey) and len(raw) == 2 * ((public.key_size + 7) // 8):
            pair = utils.encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
            public.verify(pair, content, ec.ECDSA(hashes.SHA256()))
            return is_spelled
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        pass
    return False


def ask_openssl(reply: bytes, imprint: str, roots: Path | None) -> Answer:
    """Give whether the reply of an authority holds for a SHA-256, by `openssl ts -verify`, and the time that it states.

    The authority's certificate must have been valid at that time, and lead to a root. It is not asked whether it was
    revoked since. Where there is no openssl, or no root, the result is "not checked".
    """
    anchors = ["-CAfile", str(roots)] if roots else _find_roots()
    if not anchors:
        return Answer("not checked", "no roots to check it by: name a file of them by --trust")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reply.tsr"
        file.write_bytes(reply)
        try:
            moment = _read_time(file)
            if moment is None:
                return Answer("fails", "it states no time")
            at = str(int(moment.timestamp()))
            _run("ts", "-verify", "-in", str(file), "-digest", imprint, *anchors, "-attime", at)
            return Answer("holds", "", moment, _find_signers(file.with_suffix(".der")))
        except FileNotFoundError:
            return Answer("not checked", "there is no openssl here; it is checked by `openssl ts -verify`")
        except (subprocess.SubprocessError, ValueError, OSError) as error:
            found = _REASON.findall(str(getattr(error, "stderr", "")))
            return Answer("fails", f"it does not hold for this: {(found or [type(error).__name__])[-1]}")


# What cryptography raises on certificates that are none of the usual ones; such a one signed nothing that held.
_ODD_CERTIFICATES = (x509.ExtensionNotFound, x509.DuplicateExtension, UnsupportedAlgorithm, ValueError, TypeError)


def _find_signers(token: Path) -> frozenset[str]:
    """Give the keys that may have signed a token: those of its certificates that are for time stamps.

    More may have been put beside the one that signed, but that one cannot be left out.
    """
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    found = set()
    certificates = _run("pkcs7", "-inform", "DER", "-in", str(token), "-print_certs")
    for one in x509.load_pem_x509_certificates(certificates.encode()):
        with suppress(*_ODD_CERTIFICATES):
            uses = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            if ExtendedKeyUsageOID.TIME_STAMPING in uses:
                found.add(digest(one.public_key().public_bytes(*form)))
    return frozenset(found)


def find_time(reply: bytes) -> datetime | None:
    """Give the time that a reply states, whether it holds or not, by openssl; none where it states none."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reply.tsr"
        file.write_bytes(reply)
        try:
            return _read_time(file)
        except (subprocess.SubprocessError, ValueError, OSError):
            return None


def _read_time(file: Path) -> datetime | None:
    """Give the time in the token of a reply; what stands beside the token is signed by nobody, and not looked at."""
    token = file.with_suffix(".der")
    _run("ts", "-reply", "-in", str(file), "-token_out", "-out", str(token))
    stated = _STAMPED.search(_run("ts", "-reply", "-token_in", "-in", str(token), "-text"))
    return datetime.strptime(f"{stated[1]} {stated[2]} +0000", "%b %d %H:%M:%S %Y %z") if stated else None


def _run(*arguments: str) -> str:
    """Give what openssl says; CalledProcessError where it says no."""
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        ["openssl", *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
        timeout=_OPENSSL_S,
        env=environment,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout


def _find_roots() -> list[str]:
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return ["-CAfile", paths.cafile]
    return ["-CApath", paths.capath] if paths.capath else []


def read_system_roots() -> bytes:
    """Give the certificates that the system trusts, PEM; nothing where it has none."""
    paths = ssl.get_default_verify_paths()
    files = [Path(paths.cafile)] if paths.cafile else sorted(Path(paths.capath or os.devnull).glob("*.0"))
    return b"\n".join(file.read_bytes() for file in files)


def verify(path: Path, trust: Trust) -> Report:
    """Take all steps over a package, over the folder of one capture, or over a ledger; hostile bytes never raise.

    Args:
        path: a package (ZIP); a folder with a `seal.json`, or a file in it; a `ledger.jsonl` beside its `tst/`. The
            seals of the captures of the same workspace are then compared with it.
        trust: what was told from elsewhere.

    Raises:
        OSError: it cannot be read.
    """
    if path.name == "ledger.jsonl":
        return verify_ledger(path.parent, trust)
    folder = path if path.is_dir() else path.parent
    if path.is_dir() or path.name in {"seal.json", "capture.wacz"}:
        return _Walk(open_folder(folder), trust).walk()
    return _Walk(open_zip(Slice(path, 0, path.stat().st_size)), trust).walk()


def verify_ledger(folder: Path, trust: Trust) -> Report:
    """Take the steps over the ledger in a folder, beside the seals of the same workspace."""
    files, notes = open_folder(folder), Notes()
    for text in files.faults:
        notes.fail("container", "container", text)
    keys = [line for raw in files.read_lines("ledger.jsonl") if b'"key.added"' in raw and (line := read_entry(raw))]
    told = [line["entry"] for line in keys if "entry" in line]
    history = [entry["detail"] for entry in told if entry["what"] == "key.added" and fits(entry["detail"], _RECORD)]
    check_history(history, trust, notes)
    ledger = Ledger(files, files.under(""), history, trust, notes)
    ledger.check()
    for path in sorted((folder.parent / "evidence").glob("*/seal.json")):
        seal = read_seal(path.read_bytes())
        if seal is None or seal["manifest"]["ledger"] is None or seal["key"] not in ledger.terms:
            continue
        if is_signed(seal["key"], seal["signature"], purpose("seal", seal["manifest"])):
            ledger.check_anchor(path.parent.name, seal["manifest"]["ledger"])
    ledger.check_stamps([], trust.now)
    return notes.close()


def check_history(history: Sequence[Mapping[str, Any]], trust: Trust, notes: Notes) -> None:
    """Check a history of keys, and whether it is that of somebody whom the verifier was told of."""
    for fault in find_key_faults(history):
        notes.fail("keys", "key_unknown", fault)
    keys = [entry["record"]["public"] for entry in history]
    if trust.keys and not trust.keys & set(keys):
        notes.fail("keys", "key_unknown", f"none of its keys is one that you named: {', '.join(keys)}")
    elif keys and not trust.keys:
        text = f"whether {keys[-1]} is the owner's key: compare it with what they publish, and name it by --key"
        notes.doubt("keys", text)
    elif keys:
        notes.tell("keys", "its keys are of the owner whom you named")


def tell_report(report: Report) -> Iterator[str]:
    """Give the report line by line: each step with its number, what it says and what was found."""
    for step in report.steps:
        yield f"{step.number} {step.name}: {step.result}"
        yield (
            f"    {STEPS[step.number - 1][1]}" if step.result == "holds" else f"    asked: {STEPS[step.number - 1][1]}"
        )
        for code in step.codes:
            yield f"    found: {code}. {CODES[code]}"
        yield from (f"    - {text}" for text in step.texts)
    yield "all of it holds" if report.is_sound else "IT DOES NOT HOLD, or not all could be checked; see above"


def main(argv: Sequence[str] | None = None, write: Callable[[str], object] = print) -> int:
    """Check a package and tell each step; 0 where all holds, 4 where not, 2 where it cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", metavar="PACKAGE", type=Path)
    parser.add_argument("--key", action="append", default=[], help="the owner's public key, as they publish it")
    parser.add_argument("--trust", type=Path, help="roots of the time-stamp authorities, PEM")
    given = parser.parse_args(argv)
    try:
        trust = Trust(frozenset(given.key), given.trust, datetime.now(UTC))
        report = verify(given.path, trust)
    except OSError as error:
        write(f"cannot read {error.filename}: {error.strerror}")
        return 2
    for line in tell_report(report):
        write(line.encode("ascii", "backslashreplace").decode())
    return 0 if report.is_sound else 4


if __name__ == "__main__":
    sys.exit(main())
