"""Cases: opened on what was found or handed in, judged by what a check says, and closed with a reason."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Connection

from cloneward.archive.backlog import Wanted
from cloneward.clock import Clock
from cloneward.errors import InputError, Problem
from cloneward.judge.queue import Card, Waiting, make_card, rank_queue
from cloneward.model.case import Direction, Reason, Verdict
from cloneward.model.cases import Case, Entry, Knowledge, Label, case_id
from cloneward.store.cases import (
    add_entry,
    add_label,
    add_verdict,
    find_verdict,
    get_case,
    list_cases,
    list_entries,
    list_labels,
    open_case,
)
from cloneward.store.workspace import Workspace
from cloneward.url import canonical, host_of, place_of, registered_domain

_BATCH: Final = 500  # cases of one transaction: what a kill takes away is read again from the list


@dataclass(frozen=True, kw_only=True)
class Row:
    """A case as a line of the table: what is known of it now. `verdict` and `filed_at` are none before it is judged."""

    case: Case
    verdict: Verdict | None = None
    filed_at: datetime | None = None


def open_on(connection: Connection, url: str, channel: str, known: Knowledge, now: datetime) -> tuple[Case, bool]:
    """Open the case on an address, and tell whether it is new.

    Raises:
        InputError: it is no web address.
    """
    target = canonical(url)
    place = place_of(target)
    case = Case(
        id=case_id(place),
        target=target,
        place=place,
        site=registered_domain(host_of(target)),
        channel=channel,
        opened_at=now,
        first_known=known,
    )
    return open_case(connection, case)


def import_backlog(
    workspace: Workspace, clock: Clock, found: Iterable[Wanted | Problem], by: str
) -> Iterator[tuple[Case, bool] | Problem]:
    """Open a case on each address of a backlog, and give it with whether it is new; problems are given as they are.

    When somebody first knew of an address is when it was handed in: what a list says of that is a claim, and told.
    """
    ordered = iter(found)
    while part := list(islice(ordered, _BATCH)):
        with workspace.transaction(clock) as connection:
            done = [one if isinstance(one, Problem) else _open_wanted(connection, one, by, clock.now()) for one in part]
        yield from done


def judge_cases(
    workspace: Workspace, clock: Clock, cases: Iterable[Case], check: Callable[[str], Verdict]
) -> Iterator[Row]:
    """Judge cases one after the other, and put each verdict on record as it comes."""
    for case in cases:
        verdict = check(case.target)
        with workspace.transaction(clock) as connection:
            yield file_verdict(connection, case, verdict, clock.now())


def file_verdict(connection: Connection, case: Case, verdict: Verdict, now: datetime) -> Row:
    """Put a verdict into a case, and its capture into the timeline; filed twice, it stands once."""
    known = {entry.subject for entry in list_entries(connection, case.id)}
    if verdict.seal and verdict.seal.id not in known:
        text = f"captured at {verdict.captured_at}, {verdict.seal.state}"
        add_entry(
            connection, case.id, Entry(kind="captured", at=now, by=verdict.tool, text=text, subject=verdict.seal.id)
        )
    name = add_verdict(connection, case.id, verdict, now, verdict.policy)
    if name not in known:
        add_entry(
            connection, case.id, Entry(kind="judged", at=now, by=verdict.policy, text=verdict.verdict, subject=name)
        )
    return Row(case=case, verdict=verdict, filed_at=now)


def list_rows(connection: Connection) -> Iterator[Row]:
    """Give every case with the verdict that stands on it."""
    for case in list(list_cases(connection)):
        yield read_row(connection, case.id)


def read_row(connection: Connection, name: str) -> Row:
    """Give a case with the verdict that stands on it.

    Raises:
        InputError: there is no such case.
    """
    case, standing = get_case(connection, name), find_verdict(connection, name)
    return Row(case=case, verdict=standing[1], filed_at=standing[2]) if standing else Row(case=case)


def label_case(connection: Connection, label: Label, direction: Direction | None = None) -> None:
    """Put on record what somebody says of a case; with a direction, follow the standing verdict by one that says it.

    Raises:
        InputError: there is no such case, none that was judged, or the note does not say by what a direction is shown.
    """
    name, by, now = get_case(connection, label.case).id, label.by, label.at
    said = f"{label.verdict}: {label.note}" if label.note else label.verdict
    add_label(connection, label)
    add_entry(connection, name, Entry(kind="labelled", at=now, by=by, text=said))
    if direction is None:
        return
    standing = find_verdict(connection, name)
    if standing is None:
        raise InputError(f"{name} is not judged", hint="cloneward judge CASE, first")
    if not label.note.strip():
        raise InputError("a direction without a note", hint="--note says by what you know who was first")
    reason = Reason(code="direction", text=f"{by} says: {label.note}", weight=0.0, pro=direction == "ours_first")
    decided = replace(standing[1], direction=direction, reasons=(*standing[1].reasons, reason))
    follow = add_verdict(connection, name, decided, now, by)
    add_entry(connection, name, Entry(kind="judged", at=now, by=by, text=f"{direction}: {label.note}", subject=follow))


def list_queue(connection: Connection, by: str, now: datetime) -> list[Card]:
    """Give the cards of open cases that are judged and that somebody has not labelled, in the order to look at them."""
    done = {label.case for label in list_labels(connection) if label.by == by}
    waiting = [
        Waiting(case=row.case.id, verdict=row.verdict, since=row.case.first_known.at)
        for row in list_rows(connection)
        if row.verdict is not None and row.case.state == "open" and row.case.id not in done
    ]
    return [make_card(one) for one in rank_queue(waiting, now)]


def _open_wanted(connection: Connection, wanted: Wanted, by: str, now: datetime) -> tuple[Case, bool]:
    how = f"handed in: {wanted.place}" + (f", which says first seen {wanted.seen_at}" if wanted.seen_at else "")
    case, is_new = open_on(connection, wanted.url, "backlog", Knowledge(at=now, who=by, how=how), now)
    if is_new and wanted.note:
        add_entry(connection, case.id, Entry(kind="note", at=now, by=by, text=wanted.note))
    return case, is_new
