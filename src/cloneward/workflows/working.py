"""Working copies of sealed captures, for those who work on a case; and the originals, for those who may see them."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from cloneward.archive.folder import RawPage
from cloneward.archive.media import RawMedia
from cloneward.archive.sources import read_originals
from cloneward.clock import Clock
from cloneward.errors import InputError, Problem
from cloneward.fingerprint.extract import Media, extract
from cloneward.fingerprint.thumbnail import Crop
from cloneward.govern.audit import Gate
from cloneward.govern.pixelate import pixelate
from cloneward.govern.redact import redact
from cloneward.govern.roles import Request
from cloneward.model.ids import digest_bytes
from cloneward.model.retention import Kept
from cloneward.seal.durable import write_file
from cloneward.store.vault import note_copy
from cloneward.store.workspace import Workspace
from cloneward.workflows.quarantine import file_name
from cloneward.workflows.retain import remove_copy

FOLDER = "working"
ARCHIVE = "capture.wacz"
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
    archive, capture = _find(workspace, request), request.subject.id
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
    archive = _find(workspace, request)
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
    archive = _find(workspace, request)
    gate.enter("original.unsealed", permitted, {"file": archive.name})
    return archive


def _find(workspace: Workspace, request: Request) -> Path:
    archive = workspace.folder / "evidence" / file_name(request.subject.id) / ARCHIVE
    if not archive.is_file():
        raise InputError(f"no archive of the capture {request.subject.id!r}", hint="it was seized, or never made")
    return archive


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
