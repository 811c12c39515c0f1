"""The evidence of a workspace, opened with its keys and its authorities."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from cloneward.archive.package import SOFTWARE, write_wacz
from cloneward.archive.recorder import FILE_NAME, Recorder
from cloneward.clock import Clock, format_utc
from cloneward.errors import Problem
from cloneward.fetch.stamp import Stamper
from cloneward.govern.retention import Holds
from cloneward.model.evidence import Attachment, Capture, Exchange, Seal
from cloneward.model.retention import Kept
from cloneward.seal.custody import FILE_NAME as LEDGER
from cloneward.seal.custody import Ledger
from cloneward.seal.keys import KeyFolder
from cloneward.seal.sealing import HALFWAY, Evidence, Standing, tell_state
from cloneward.seal.stamps import Ask, Authority
from cloneward.seal.verify import Trust, read_entry, read_system_roots
from cloneward.store.holds import list_holds, list_stops
from cloneward.store.keys import draw_seed, find_keys, find_seal_keys
from cloneward.store.lock import hold_lock
from cloneward.store.workspace import Workspace

ARCHIVE: Final = "capture.wacz"
Entry = Mapping[str, Any]


def open_evidence(workspace: Workspace, clock: Clock) -> Evidence:
    """Open the evidence of a workspace to seal and to stamp; its first key is made when it is first asked for.

    Raises:
        InputError: the keys or an authority in the settings cannot be used.
    """
    keys = _open_keys(workspace)
    signer = keys.load() or keys.add_key(draw_seed(), clock.now())
    ledger = Ledger(workspace.folder / "custody", signer)
    return Evidence(workspace.folder / "evidence", ledger, signer, list_authorities(workspace))


def keep_capture(
    evidence: Evidence, capture: Capture, exchanges: Iterable[Exchange], attachments: Iterable[Attachment], clock: Clock
) -> Seal:
    """Pack what was captured into a web archive, and seal it; its tokens are asked for by `Evidence.stamp`.

    One exchange is held at a time. Run twice for one capture, what was sealed first stays.

    Raises:
        InputError: there is more than a package takes.
        Unavailable, EvidenceError: as the ledger raises them.
    """
    folder = evidence.begin(capture.id)
    warc = folder / FILE_NAME
    told = {
        "software": SOFTWARE,
        "operator": capture.operator,
        "description": capture.purpose,
        "vantage": capture.vantage,
        "mode": capture.mode,
        "bodies": capture.bodies,
        **{f"tool-{name}": version for name, version in capture.tools.items()},
        **{f"not-recorded-{name}": why for name, why in capture.not_recorded.items()},
    }
    with warc.open("wb") as file:
        recorder = Recorder(file, capture.id)
        recorder.write_info(capture.started_at, told)
        for exchange in exchanges:
            recorder.write_exchange(exchange)
        texts = _TextKeeper(visit.url for visit in capture.visits)
        for attachment in attachments:
            recorder.write_attachment(attachment)
            texts.add(attachment)
    with (folder / ARCHIVE).open("wb+") as file:
        write_wacz(file, capture, warc, recorder.write_index(), evidence.signer.sign_wacz, texts=texts.give())
    warc.unlink()
    return evidence.seal(capture, clock.now())


class _TextKeeper:
    """Gathers the visible text of each page: its own, and that of the frames that come after it."""

    def __init__(self, pages: Iterable[str]) -> None:
        self._texts: dict[str, list[str]] = {page: [] for page in pages}
        self._page = next(iter(self._texts), "")

    def add(self, attachment: Attachment) -> None:
        """Add what an attachment holds, if it is text that was seen."""
        if attachment.url in self._texts:
            self._page = attachment.url
        if attachment.kind == "text" and self._page:
            self._texts[self._page].append(attachment.content.decode("utf-8", "replace"))

    def give(self) -> dict[str, str]:
        """Give the text of each page that has any."""
        return {page: "\n".join(texts) for page, texts in self._texts.items() if texts}


def read_custody(workspace: Workspace) -> Iterator[Entry]:
    """Give the entries of the ledger with number and time; lines that cannot be read are for `verify` to tell."""
    try:
        with (workspace.folder / "custody" / LEDGER).open("rb") as lines:
            for line in map(read_entry, lines):
                if line and "entry" in line:
                    yield {"number": line["number"], "at": line["at"], **line["entry"]}
    except FileNotFoundError:
        return


@dataclass(frozen=True, kw_only=True)
class Listed:
    """How one capture stands: as `Standing`, or seized, where its archive was taken away by people who may.

    `custody`: what the ledger tells of it, the first entry first. `marks`: how many stop marks it gave rise to.
    """

    id: str
    state: Literal["sealed", "pending", "broken", "seized"]
    standing: Standing
    size_bytes: int
    custody: tuple[Entry, ...] = ()
    marks: int = 0
    is_held: bool = False


def list_evidence(workspace: Workspace, clock: Clock, only: str | None = None) -> Iterator[Listed]:
    """Give how each capture in a workspace stands, one by one; all its bytes are read, and none is believed.

    Args:
        workspace: where they lie.
        clock: for the lock of the records.
        only: id of the one that is asked for.
    """
    folder = workspace.folder / "evidence"
    if not folder.is_dir():
        return
    custody: dict[str, list[Entry]] = {}
    for entry in read_custody(workspace):
        custody.setdefault(str(entry["detail"].get("capture", entry["subject"])), []).append(entry)
    with workspace.transaction(clock) as connection:
        stops, holds = list_stops(connection), Holds(list_holds(connection), clock.now())
    for place in sorted(folder.iterdir()):
        if place.is_dir() and place.name != HALFWAY and only in {None, place.name}:
            standing, told = tell_state(place), tuple(custody.get(place.name, ()))
            is_seized = standing.missing == (ARCHIVE,) and any(one["what"] == "material.seized" for one in told)
            yield Listed(
                id=place.name,
                state="seized" if is_seized else standing.state,
                standing=standing,
                size_bytes=sum(file.stat().st_size for file in place.rglob("*") if file.is_file()),
                custody=told,
                marks=sum(mark.capture == place.name for mark in stops),
                is_held=holds.keep(Kept(place.name, "working", clock.now())),
            )


@dataclass(frozen=True, kw_only=True)
class Stamped:
    """What came of asking the authorities: captures by what became of them, the head of the ledger, and problems.

    `head`: the number of the entry that was stamped; null where it was stamped today already, or nobody answered.
    """

    completed: tuple[str, ...]
    pending: tuple[str, ...]
    broken: tuple[str, ...]
    head: int | None
    problems: tuple[Problem, ...]


def stamp_all(workspace: Workspace, evidence: Evidence, ask: Ask, *, who: str, clock: Clock) -> Stamped:
    """Ask for all tokens that are waited for, and once a day (UTC) for those over the head of the ledger.

    Raises:
        Unavailable: a capture is being written.
        EvidenceError: the ledger cannot be read, or the clock was set back.
    """
    problems: list[Problem] = []
    waiting = evidence.list_pending()
    evidence.folder.mkdir(parents=True, exist_ok=True)
    for capture in waiting if evidence.authorities else ():
        with hold_lock(evidence.folder / "lock", clock):
            _, why = evidence.stamp(capture, ask, who=who, at=clock.now())
        problems += why
    head = None
    if evidence.authorities and not _is_stamped(workspace, clock):
        asked = evidence.ledger.read_head()
        why = evidence.ledger.stamp(evidence.authorities, ask, who=who, at=clock.now())
        head = asked.number if asked and len(why) < len(evidence.authorities) else None
        problems += why
    pending = evidence.list_pending()
    states = {name: tell_state(evidence.folder / name).state for name in evidence.list_sealed()}
    return Stamped(
        completed=tuple(sorted(set(waiting) - set(pending))),
        pending=tuple(pending),
        broken=tuple(name for name, state in states.items() if state == "broken"),
        head=head,
        problems=tuple(problems),
    )


def _is_stamped(workspace: Workspace, clock: Clock) -> bool:
    """Tell whether each authority of the settings stamped the head of the ledger today."""
    stamps = [one for one in read_custody(workspace) if one["what"] == "ledger.stamped"]
    names = {one.name for one in workspace.settings.authorities}
    today = format_utc(clock.now())[:10]
    return bool(stamps) and stamps[-1]["at"][:10] == today and set(stamps[-1]["detail"].get("replies", {})) >= names


def rotate_key(workspace: Workspace, clock: Clock) -> str:
    """Put a new key into use, for which the one before vouches, and give its public part.

    Raises:
        InputError: the keys cannot be used.
    """
    return _open_keys(workspace).add_key(draw_seed(), clock.now()).public


def list_authorities(workspace: Workspace) -> tuple[Authority, ...]:
    """Give the authorities that the settings name; a file of roots is looked for from the workspace on."""
    return tuple(
        Authority(one.name, one.url, workspace.folder / one.roots if one.roots else None)
        for one in workspace.settings.authorities
    )


def make_ask(workspace: Workspace, clock: Clock) -> Ask:
    """Give what asks an authority over the network, as the settings allow."""
    stamper = Stamper(workspace.settings.fetch, clock)
    return lambda authority, request: stamper.ask(authority.url, request)


@contextmanager
def find_trust(workspace: Workspace, clock: Clock) -> Iterator[Trust]:
    """Give whom the owner of a workspace trusts: their own keys, and the roots of their authorities."""
    keys = frozenset(entry["record"]["public"] for entry in _open_keys(workspace).read_history())
    authorities = list_authorities(workspace)
    roots = [one.roots.read_bytes() for one in authorities if one.roots and one.roots.is_file()]
    if any(one.roots is None for one in authorities):
        roots.append(read_system_roots())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roots.pem"
        file.write_bytes(b"\n".join(roots))
        yield Trust(keys, file if roots else None, clock.now())


def _open_keys(workspace: Workspace) -> KeyFolder:
    folder = find_keys(workspace.settings.keys, workspace.folder)
    return KeyFolder(find_seal_keys(folder, workspace.settings.site))
