"""Working copies of sealed captures, for those who work on a case; and the originals, for those who may see them."""

import json
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cloneward.archive.container import pack_folder, write_container
from cloneward.archive.folder import RawPage
from cloneward.archive.media import RawMedia
from cloneward.archive.sources import read_originals
from cloneward.clock import Clock
from cloneward.errors import EvidenceError, InputError, Problem
from cloneward.fingerprint.extract import Media, extract
from cloneward.fingerprint.thumbnail import Crop
from cloneward.govern.audit import Gate
from cloneward.govern.pixelate import pixelate
from cloneward.govern.redact import redact
from cloneward.govern.roles import Request
from cloneward.model.evidence import SealState
from cloneward.model.ids import digest_bytes
from cloneward.model.retention import Kept
from cloneward.seal.custody import Act
from cloneward.seal.durable import flush, write_file
from cloneward.seal.package import assemble_package
from cloneward.seal.sealing import stamp_folder, tell_state
from cloneward.store.vault import note_copy
from cloneward.store.workspace import Workspace
from cloneward.workflows.access import open_gate
from cloneward.workflows.evidence import ARCHIVE, make_ask, open_evidence, read_custody
from cloneward.workflows.quarantine import find_archive
from cloneward.workflows.retain import remove_copy

FOLDER = "working"
INDEX = "index.json"


def make_working(
    workspace: Workspace, gate: Gate, request: Request, clock: Clock, *, known: Collection[str] = ()
) -> Path:
    """Give the folder of a capture's working copy, made anew: redacted texts, pixelated pictures, and an index.

    The sealed original is read and never touched. Addresses stand by their digest alone, since they name people too.

    Args:
        workspace: where the capture lies.
        gate: asked before anything is read.
        request: to read a working copy; its subject is the capture.
        clock: since when the copy is kept.
        known: names and handles that are known to stand there.

    Raises:
        RefusedError: the person may not.
        InputError: there is no such capture.
    """
    gate.expect(request)
    archive, capture = find_archive(workspace, request.subject.id), request.subject.id
    with workspace.transaction(clock) as connection:
        note_copy(connection, Kept(capture, "working", clock.now(), request.subject.case))
    folder = workspace.folder / FOLDER / capture
    remove_copy(workspace.folder, capture)
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700)
    index = json.dumps(list(_write_files(folder, archive, known)), indent=1)
    # Last: a copy without its index is one that a killed process left, and nothing is released in it.
    write_file(folder / INDEX, index.encode())
    return folder


def release_regions(workspace: Workspace, gate: Gate, request: Request, released: Mapping[str, Sequence[Crop]]) -> Path:
    """Show parts of pictures in a capture's working copy; give its folder.

    Args:
        workspace: where the capture lies.
        gate: asked before anything is shown.
        request: to release regions; its subject is the capture.
        released: parts, by the digest of their picture.

    Raises:
        RefusedError: the person may not.
        InputError: there is no such capture, or no working copy of it.
    """
    permitted = gate.expect(request)
    archive = find_archive(workspace, request.subject.id)
    folder = workspace.folder / FOLDER / request.subject.id
    if not (folder / INDEX).is_file():
        raise InputError(f"no working copy of {request.subject.id!r}", hint="make one first")
    names = {one["digest"]: one["file"] for one in json.loads((folder / INDEX).read_text("utf-8")) if one.get("file")}
    if unknown := set(released) - set(names):
        raise InputError(
            f"no picture {min(unknown)!r} in the working copy", hint=f"{INDEX} names them by their digests"
        )
    gate.enter("region.released", permitted, {"regions": {key: list(crops) for key, crops in released.items()}})
    for given in read_originals(archive):
        if isinstance(given, RawMedia) and given.media.digest in released:
            picture = pixelate(given.media.content, released[given.media.digest])
            (folder / names[given.media.digest]).write_bytes(picture or b"")
    return folder


def unseal(workspace: Workspace, gate: Gate, request: Request) -> Path:
    """Give the sealed original of the capture that is the request's subject; that stands on the ledger before.

    Raises:
        RefusedError: the person may not.
        InputError: there is no such capture.
    """
    permitted = gate.expect(request)
    archive = find_archive(workspace, request.subject.id)
    gate.enter("original.unsealed", permitted, {"file": archive.name})
    return archive


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A package that was written: its id, state and size, and why any token of it is not there."""

    id: str
    state: SealState
    size_bytes: int
    problems: tuple[Problem, ...]


def export_package(workspace: Workspace, request: Request, file: Path, clock: Clock, *, to: str = "") -> Exported:
    """Write the sealed original of the capture that is the request's subject, its custody and a verifier into a ZIP.

    Args:
        workspace: where the capture lies; its authorities are asked for tokens over the package too.
        request: to unseal; who hands over what and why stands on the ledger before the file is there.
        file: to be written; put in its place whole.
        clock: when, and for the lock.
        to: whom it is for, as it is to stand on record.

    Raises:
        RefusedError: the person may not.
        InputError: there is no such capture, it still waits for a token, or the file cannot be written.
        EvidenceError: the capture is broken.
        Unavailable: as the ledger raises it.
    """
    gate = open_gate(workspace, clock)
    permitted = gate.expect(request)
    find_archive(workspace, request.subject.id)
    capture, evidence = request.subject.id, open_evidence(workspace, clock)
    standing = tell_state(evidence.folder / capture)
    if standing.state == "broken":
        hint = "cloneward verify tells what is wrong with it"
        raise EvidenceError(f"the capture {capture} is broken: {standing.why}", hint=hint)
    number = sum(one["what"] == "package.exported" for one in read_custody(workspace)) + 1
    act = Act("package.exported", f"p{number}-{capture}", request.actor, {"to": to, "why": request.reason})
    gate.enter("original.unsealed", permitted, {"file": ARCHIVE, "package": act.subject})
    with _write_beside(file) as (folder, stream):
        assemble_package(folder, evidence, [capture], act, clock.now())
        seal, problems = stamp_folder(folder, evidence.authorities, make_ask(workspace, clock), evidence.signer)
        write_container(stream, pack_folder(folder))
    return Exported(id=act.subject, state=seal.state, size_bytes=file.stat().st_size, problems=problems)


def export_working(
    workspace: Workspace, request: Request, file: Path, clock: Clock, *, known: Collection[str] = ()
) -> int:
    """Write a capture's working copy, made anew, into a ZIP, and give its size in bytes. It proves nothing by itself.

    Raises:
        RefusedError: the person may not.
        InputError: there is no such capture, or the file cannot be written.
    """
    made = make_working(workspace, open_gate(workspace, clock), request, clock, known=known)
    with _write_beside(file) as (_, stream):
        write_container(stream, pack_folder(made))
    return file.stat().st_size


@contextmanager
def _write_beside(file: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Give a folder to gather in and a file to write, which is put in its place when all went well."""
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as name:
            halfway = Path(name) / "package"
            with halfway.open("wb+") as stream:
                yield Path(name) / "files", stream
            flush(halfway)
            halfway.replace(file)
        flush(file.parent)
    except OSError as error:
        hint = "name a file in a folder that is there and may be written to"
        raise InputError(f"cannot write {file}: {error.strerror}", hint=hint) from error


def _write_files(folder: Path, archive: Path, known: Collection[str]) -> Iterator[dict[str, object]]:
    """Write the files of a working copy, one at a time, and give what the index says of each."""
    for number, given in enumerate(read_originals(archive), 1):
        match given:
            case Problem():
                yield {"problem": given.code}
            case RawPage():
                media: Media = "html" if given.is_html else "text"
                made = redact(extract(given.content, media, given.charset).text, known=known)
                name = f"{number:04}.txt"
                (folder / name).write_text(made.text, "utf-8")
                counts = {"removed": dict(made.counts), "words": made.words, "kept": made.kept}
                yield {"digest": digest_bytes(given.content), "file": name} | counts
            case RawMedia():
                name = f"{number:04}.jpg"
                picture = pixelate(given.media.content)
                if picture:
                    (folder / name).write_bytes(picture)
                yield {"digest": given.media.digest, "file": name if picture else None}
