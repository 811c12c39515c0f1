"""What becomes of material that must not be kept or shown: entered, then destroyed or encrypted for an authority."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cloneward.archive.folder import RawPage
from cloneward.archive.media import RawMedia
from cloneward.archive.sources import read_originals
from cloneward.capture.stop import MARKS, Hit, Stop, Withheld, make_stop_list, read_stop_list, spell_print
from cloneward.clock import Clock
from cloneward.errors import InputError
from cloneward.govern.audit import Gate
from cloneward.govern.retention import Holds
from cloneward.govern.roles import Request
from cloneward.model.ids import digest_bytes
from cloneward.model.retention import Kept, StopMark
from cloneward.seal.cipher import decrypt, encrypt
from cloneward.seal.custody import Act, Ledger
from cloneward.seal.durable import write_file
from cloneward.seal.sealing import tell_state
from cloneward.store.holds import list_holds, list_stops, release_stop, set_stop
from cloneward.store.keys import draw_seed, find_keys, load_key
from cloneward.store.vault import drop_copy, note_copy
from cloneward.store.workspace import Workspace
from cloneward.workflows.evidence import ARCHIVE, open_evidence
from cloneward.workflows.retain import CLOSED, remove_copy

FOLDER = "quarantine"


def open_stop(workspace: Workspace, clock: Clock) -> Stop:
    """Give what looks whether a visit holds anything of the lists in the settings, or that somebody marked.

    Raises:
        InputError: a list cannot be read; then nothing may be captured.
    """
    settings = workspace.settings.quarantine
    lists = [read_stop_list(workspace.folder / name) for name in settings.lists]
    with workspace.transaction(clock) as connection:
        marks = [(mark.kind, mark.digits) for mark in list_stops(connection)]
    return Stop([*lists, make_stop_list(MARKS, marks)], settings.radius)


def open_quarantine(workspace: Workspace, clock: Clock) -> "Quarantine":
    """Give the quarantine of a workspace, on the ledger of its evidence.

    Raises:
        InputError: the keys or an authority in the settings cannot be used.
    """
    return Quarantine(workspace, open_evidence(workspace, clock).ledger, clock)


@dataclass(frozen=True)
class Quarantine:
    """The quarantine of a workspace. Who put what there, from where and when, stays on its ledger for good."""

    workspace: Workspace
    ledger: Ledger
    clock: Clock

    def keep(self, withheld: Iterable[Withheld], *, capture: str, who: str) -> None:
        """Enter what was withheld from a capture, and do with its bytes as the settings say. Twice does no harm.

        Raises:
            Unavailable, EvidenceError: as the ledger raises them; the same call again completes it.
        """
        self._keep(withheld, self.workspace.settings.quarantine.rule, capture, who)

    def _keep(self, withheld: Iterable[Withheld], rule: str, capture: str, who: str, kept: Kept | None = None) -> None:
        for one in withheld:
            if rule == "preserve":
                self._preserve(kept or Kept(one.digest, "quarantine", self.clock.now()), one.content)
            detail = {
                "address": one.address,
                "capture": capture,
                "list": one.hit.list_name,
                "measure": one.hit.measure,
                "rule": rule,
                "size_bytes": one.size_bytes,
                "value": one.hit.value,
            }
            act = Act("material.withheld", one.digest, who, detail)
            if not self.ledger.has(act):
                self.ledger.add(act, self.clock.now())

    def mark(self, gate: Gate, request: Request, address: str, content: bytes) -> tuple[StopMark, ...]:
        """Set a person's mark on some bytes: no capture from now on keeps them, nor a picture that is like them.

        Everybody with a role may. The request's subject is the capture in which they were seen.
        """
        gate.expect(request)
        marks = [StopMark(kind="sha256", digits=digest_bytes(content), address=address, capture=request.subject.id)]
        likeness = spell_print(content)
        if likeness:
            marks.append(StopMark(kind="pdq", digits=likeness, address=address, capture=request.subject.id))
        with self.workspace.transaction(self.clock) as connection:
            for mark in marks:
                set_stop(connection, mark, self.clock.now())
                detail = {"address": address, "capture": request.subject.id, "kind": mark.kind}
                self.ledger.add(Act("material.marked", mark.digits, request.actor, detail), self.clock.now())
        return tuple(marks)

    def mark_bodies(self, gate: Gate, request: Request, digests: Sequence[str]) -> tuple[StopMark, ...]:
        """Set marks on bodies of the archive of the capture that is the request's subject, by their SHA-256.

        Raises:
            RefusedError: the person may not.
            InputError: there is no such archive, or no such body in it.
        """
        file = find_archive(self.workspace, request.subject.id)
        wanted = {digest.lower() for digest in digests}
        found = {digest: (address, content) for digest, address, content in _list_bodies(file) if digest in wanted}
        if unknown := wanted - set(found):
            hint = "index.json of a working copy names them, and any reader of WARC does"
            raise InputError(f"no body {min(unknown)!r} in the capture {request.subject.id!r}", hint=hint)
        marks: list[StopMark] = []
        for address, content in found.values():
            marks += self.mark(gate, request, address, content)
        return tuple(marks)

    def seize(self, gate: Gate, request: Request) -> str:
        """Take the archive of a sealed capture, the request's subject, away from all who could read it.

        Its seal stays, and with it the digests; its working copy goes first, so that the same call again completes it.
        What a hold keeps is preserved, whatever the rule of the settings; it is kept under the capture's id, so that
        a hold on the capture or its case, placed before or after, keeps it further.

        Raises:
            RefusedError: the person may not.
            InputError: there is no such archive.

        Returns:
            By which rule: destroy or preserve.
        """
        permitted = gate.expect(request)
        capture = request.subject.id
        file = find_archive(self.workspace, capture)
        content = file.read_bytes()
        digest, address = digest_bytes(content), tell_state(file.parent).manifest.get("told", {}).get("url", capture)
        taken = Withheld(
            address=address, digest=digest, size_bytes=len(content), hit=Hit(MARKS, "digest"), content=content
        )
        with self.workspace.transaction(self.clock) as connection:
            held = Holds(list_holds(connection), self.clock.now())
        kept = Kept(capture, "quarantine", self.clock.now(), request.subject.case)
        rule = "preserve" if held.keep(kept) else self.workspace.settings.quarantine.rule
        self._keep([taken], rule, capture, request.actor, kept)
        gate.enter("material.seized", permitted, {"digest": digest, "rule": rule})
        remove_copy(self.workspace.folder, capture)
        file.unlink()
        return rule

    def restore(self, gate: Gate, request: Request) -> tuple[int, bool]:
        """Take back all that was said of the capture that is the request's subject: its marks, and that it was seized.

        Returns:
            How many marks stood, and whether a preserved archive is in its place again.

        Raises:
            RefusedError: the person may not.
            InputError: no mark stands, and nothing is preserved.
            EvidenceError: what is preserved cannot be read.
        """
        permitted = gate.expect(request)
        capture = file_name(request.subject.id)
        closed = self._file(capture)
        content = self._open(capture, closed.read_bytes()) if closed.is_file() else None
        with self.workspace.transaction(self.clock) as connection:
            marks = [mark for mark in list_stops(connection) if mark.capture == capture]
            if not marks and content is None:
                raise InputError(f"no mark and nothing preserved of {capture!r}", hint="what was destroyed is gone")
            for mark in marks:
                release_stop(connection, mark.kind, mark.digits, self.clock.now())
            detail = {"archive": content is not None, "marks": [f"{mark.kind}:{mark.digits}" for mark in marks]}
            gate.enter("material.released", permitted, detail)
            if content is not None:
                write_file(self.workspace.folder / "evidence" / capture / ARCHIVE, content)
                closed.unlink()
                drop_copy(connection, capture, "quarantine")
        return len(marks), content is not None

    def release(self, gate: Gate, request: Request, kind: str) -> None:
        """Take back the mark whose digits are the request's subject.

        Raises:
            RefusedError: the person may not.
            InputError: there is no such mark.
        """
        permitted = gate.expect(request)
        with self.workspace.transaction(self.clock) as connection:
            if not release_stop(connection, kind, request.subject.id, self.clock.now()):
                raise InputError(f"no mark {kind}:{request.subject.id}", hint="the ledger says what was marked")
            gate.enter("material.released", permitted, {"kind": kind})

    def hand_over(self, gate: Gate, request: Request) -> bytes:
        """Give preserved bytes for the authority: the request's subject is their digest, or a seized capture.

        Raises:
            RefusedError: the person may not.
            InputError: they were destroyed, or their period is over.
            EvidenceError: they cannot be read.
        """
        permitted = gate.expect(request)
        name = request.subject.id
        try:
            closed = self._file(name).read_bytes()
        except OSError as error:
            raise InputError(f"nothing is preserved of {name!r}", hint="[quarantine] rule says what is") from error
        content = self._open(name, closed)
        gate.enter("material.handed_over", permitted, {"size_bytes": len(content)})
        return content

    def _preserve(self, kept: Kept, content: bytes) -> None:
        file = self._file(kept.id)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        if not file.exists():
            closed = encrypt(self._load_key(), content, f"quarantine {kept.id}", draw_seed())
            write_file(file, closed, mode=0o600)
        with self.workspace.transaction(self.clock) as connection:
            note_copy(connection, kept)

    def _file(self, name: str) -> Path:
        return self.workspace.folder / FOLDER / f"{file_name(name)}{CLOSED}"

    def _open(self, name: str, closed: bytes) -> bytes:
        return decrypt(self._load_key(), closed, f"quarantine {name}")

    def _load_key(self) -> bytes:
        folder = find_keys(self.workspace.settings.keys, self.workspace.folder)
        return load_key(folder / FOLDER, self.workspace.settings.site)


def find_archive(workspace: Workspace, capture: str) -> Path:
    """Give the archive of a sealed capture.

    Raises:
        InputError: it is not there.
    """
    archive = workspace.folder / "evidence" / file_name(capture) / ARCHIVE
    if not archive.is_file():
        raise InputError(f"no archive of the capture {capture!r}", hint="it was seized, or never made")
    return archive


def _list_bodies(archive: Path) -> Iterator[tuple[str, str, bytes]]:
    """Give digest, address and bytes of each page and picture in an archive."""
    for given in read_originals(archive):
        if isinstance(given, RawPage):
            yield digest_bytes(given.content), given.url or given.address, given.content
        elif isinstance(given, RawMedia):
            yield digest_bytes(given.media.content), given.url or given.address, given.media.content


def file_name(name: str) -> str:
    """Give an id or a digest as the name of a file.

    Raises:
        InputError: it is none, as `../x`.
    """
    if not (name.isascii() and name.isalnum()):
        raise InputError(f"{name!r} is no id", hint="the ledger names captures, and what was withheld by its SHA-256")
    return name
