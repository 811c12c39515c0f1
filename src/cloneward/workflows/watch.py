"""Addresses visited again and again: one leg is a visit from each vantage, then the record, which says when next.

A leg never waits. It ends by the row that says when the next is due; whoever runs what is due asks for such rows.
"""

import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from cloneward.capture.schedule import find_gap
from cloneward.capture.states import Look, is_page, join_sights, see
from cloneward.clock import Clock
from cloneward.errors import AddressRefused, Error, EvidenceError, InputError, Unavailable
from cloneward.fetch.pace import Pace
from cloneward.model.codec import decode
from cloneward.model.watch import Cause, Leg, Revisit, Sight, Watch
from cloneward.ports import Body, Run, Steps
from cloneward.seal.sealing import SEAL_FILE, Evidence
from cloneward.store.engine import resolve_database
from cloneward.store.lock import hold_lock
from cloneward.store.watches import (
    add_watch,
    find_next,
    find_watch,
    get_watch,
    list_due,
    put_off,
    record_visit,
    remove_watch,
    watch_id,
)
from cloneward.store.workspace import Workspace
from cloneward.url import canonical
from cloneward.workflows.capture import Missed, Taken, make_order
from cloneward.workflows.wiring import list_all, open_job

FILE: Final = "workflows.db"
LOCK: Final = "watch.lock"
_PUT_OFF: Final = timedelta(hours=1)
_PAGES: Final = "pages/pages.jsonl"
_MOST_BYTES: Final = 64 * 1024 * 1024


def make_leg(visits: "Visits", steps: Steps, line: bytes) -> None:
    """Visit an address from each vantage of a leg, and put on record what was found and when the next is due."""
    leg = decode(line, Leg)
    sights = tuple(steps.step(f"visit {name}", visits.visit, leg, name) for name in leg.vantages)
    steps.step("record", visits.record, leg, sights)


class Visits:
    """The outside calls of a leg, for one workspace. Each may run twice: a capture has its id from the leg."""

    def __init__(self, workspace: Workspace, clock: Clock, *, is_plain: bool = False) -> None:
        self._workspace, self._clock, self._is_plain = workspace, clock, is_plain
        self._pace = Pace(clock)

    def visit(self, leg: Leg, name: str) -> Sight:
        """Capture the address from one vantage, and tell what is to be seen from there.

        A browser is driven by the thread that started it, so each visit has its own.
        """
        settings = self._workspace.settings
        vantages = [one for one in list_all(settings, self._clock) if one.name == name]
        if not vantages:
            raise InputError(f"watch.vantages: no vantage {name!r}", hint="cloneward capture --list names them")
        order = replace(make_order(settings, leg.watch.url, vantages), pages=1, workflow=leg.name)
        with open_job(self._workspace, self._clock, is_plain=self._is_plain) as job:
            sealed = read_sealed(job.evidence, leg.watch.against)
            try:
                taken = next(replace(job, pace=self._pace).take(order))
            except Unavailable as error:
                return _see_failure(name, error, error.cause, sealed)
            except AddressRefused as error:  # as names of domains that were taken away often do
                return _see_failure(name, error, "dns", sealed)
        if isinstance(taken, Missed):  # never: of one vantage that is raised
            return _see_failure(name, taken.error, taken.error.cause, sealed)
        return _see_taken(taken, sealed)

    def record(self, leg: Leg, sights: tuple[Sight, ...]) -> Watch:
        """Put on record what all vantages saw together, and when the next visit is due."""
        return _record(self._workspace, self._clock, leg.watch, sights)


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A watch whose visit could not be made, and why; it is put off for an hour."""

    watch: Watch
    error: Error


OpenRun = Callable[[URL, Body], AbstractContextManager[Run]]
"""Opens what runs bodies, over a database; `cloneward.workflows.durable.open_engine` is one, and takes seconds."""


def run_due(workspace: Workspace, clock: Clock, visits: Visits, open_run: OpenRun) -> Iterator[Watch | Failed]:
    """Make each visit that is due, the longest due first, and give the watch as it then stands.

    What a killed run left halfway goes on behind the last step that ended. One that fails does not stop the others.

    Raises:
        Unavailable: the records or the durable workflows cannot be reached, or another process makes visits.
    """
    lock = hold_lock(workspace.folder / LOCK, clock, wait_s=0)
    with lock, open_run(locate_workflows(workspace), partial(make_leg, visits)) as run:
        while due := _list_due(workspace, clock):
            for watch in due:
                yield _run(workspace, clock, run, watch)


def until_due_s(workspace: Workspace, clock: Clock) -> float | None:
    """Give the seconds until a next visit is due, none less than 0; none where nothing is watched."""
    with workspace.transaction(clock) as connection:
        next_at = find_next(connection)
    return None if next_at is None else max((next_at - clock.now()).total_seconds(), 0.0)


def begin_watch(
    workspace: Workspace, clock: Clock, url: str, *, against: str | None = None, has_notice: bool = False
) -> Watch:
    """Watch an address from now on, beside a sealed capture: the one that is named, else the first of the address.

    Raises:
        InputError: it is no web address, or there is no such capture.
    """
    url = canonical(url)
    place = workspace.folder / "evidence"
    if against is not None and not (place / against / SEAL_FILE).is_file():
        raise InputError(f"no capture {against!r}", hint=f"the folders in {place} are named by their ids")
    with workspace.transaction(clock) as connection:
        known = find_watch(connection, watch_id(url))
        first = against or (known and known.against) or find_first(place, url)
        if first is None:
            raise InputError(f"{url} was never captured", hint=f"cloneward capture {url}, while it shows the copy")
        return add_watch(connection, url, first, clock.now(), has_notice=has_notice)


def recall(workspace: Workspace, clock: Clock, url: str) -> Watch | None:
    """Give what is known of an address that was captured before; nothing of one that was not."""
    url = canonical(url)
    with workspace.transaction(clock) as connection:
        known = find_watch(connection, watch_id(url))
        first = None if known else find_first(workspace.folder / "evidence", url)
        if first is None:
            return known
        now = clock.now()  # known, and not watched: what comes is told from what was there before
        return remove_watch(connection, add_watch(connection, url, first, now, has_notice=False).id, now)


def remember(workspace: Workspace, clock: Clock, known: Watch, seen: Sequence[Taken], evidence: Evidence) -> None:
    """Put captures of an address that is known on record as one visit of it, whether it is watched or not."""
    _record(workspace, clock, known, _see_all(seen, evidence, known))


def tell_state(evidence: Evidence, known: Watch, seen: Sequence[Taken]) -> Revisit:
    """Give what further captures say of an address, beside the sealed one that is known and what was found last."""
    return join_sights([sight.revisit for sight in _see_all(seen, evidence, known)], before=known.before)


def find_first(place: Path, url: str) -> str | None:
    """Give the id of the first sealed capture of an address; none where there is none."""
    seals = ((path.parent.name, json.loads(path.read_bytes())) for path in place.glob(f"*/{SEAL_FILE}"))
    told = ((name, seal["manifest"]["told"]) for name, seal in seals)
    mine = [(about["started_at"], name) for name, about in told if about.get("url") == url]
    return min(mine)[1] if mine else None


def read_sealed(evidence: Evidence, name: str) -> str:
    """Give the visible text of the page that a sealed capture was made of.

    Raises:
        EvidenceError: its package cannot be read.
    """
    try:
        with zipfile.ZipFile(evidence.folder / name / "capture.wacz") as file, file.open(_PAGES) as pages:
            lines = pages.read(_MOST_BYTES).splitlines()
        return str(json.loads(lines[1]).get("text", ""))  # the first line says what the others are
    except (OSError, KeyError, IndexError, ValueError, zipfile.BadZipFile) as error:
        hint = "cloneward verify says what is wrong with it"
        raise EvidenceError(f"the package of capture {name} cannot be read: {error}", hint=hint) from error


def locate_workflows(workspace: Workspace) -> URL:
    """Give where durable workflows are kept: a file of their own beside the records, or the server of these."""
    url = resolve_database(workspace.settings.database, workspace.folder)
    return url.set(database=str(workspace.folder / FILE)) if url.get_backend_name() == "sqlite" else url


def _list_due(workspace: Workspace, clock: Clock) -> list[Watch]:
    with workspace.transaction(clock) as connection:
        return list_due(connection, clock.now())


def _run(workspace: Workspace, clock: Clock, run: Run, watch: Watch) -> Watch | Failed:
    leg = Leg(watch=watch, vantages=workspace.settings.watch.vantages)
    try:
        run(leg.name, leg)
    except Error as error:
        with workspace.transaction(clock) as connection:
            return Failed(watch=put_off(connection, watch.id, clock.now() + _PUT_OFF), error=error)
    with workspace.transaction(clock) as connection:
        return get_watch(connection, watch.id)


def _record(workspace: Workspace, clock: Clock, watch: Watch, sights: Sequence[Sight]) -> Watch:
    revisit = join_sights([sight.revisit for sight in sights], before=watch.before)
    captures = tuple(chain.from_iterable(one.captures for one in sights))
    successor = sights[0].successor if revisit.state == "changed" else None
    sight = Sight(revisit=revisit, captures=captures, successor=successor)

    def choose_gap(found: Revisit, now: Watch, unchanged: int) -> timedelta:
        return find_gap(workspace.settings.watch, has_notice=now.has_notice, unchanged=unchanged, state=found.state)

    with workspace.transaction(clock) as connection:
        return record_visit(connection, watch, sight, clock.now(), choose_gap)


def _see_all(seen: Sequence[Taken], evidence: Evidence, known: Watch) -> tuple[Sight, ...]:
    sealed = read_sealed(evidence, known.against)
    return tuple(_see_taken(one, sealed) for one in seen)


def _see_taken(taken: Taken, sealed: str) -> Sight:
    name = taken.capture.id
    revisit = see(Look(vantage=taken.vantage.name, rendering=taken.rendering), sealed)
    return Sight(revisit=revisit, captures=(name,), successor=name if is_page(taken.rendering, sealed) else None)


def _see_failure(name: str, error: Error, cause: Cause, sealed: str) -> Sight:
    return Sight(revisit=see(Look(vantage=name, failure=cause, told=str(error)), sealed))
