"""What the verbs that visit addresses share: vantages, orders, and the end from outside."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from cloneward.errors import InputError, RefusedError

if TYPE_CHECKING:
    from cloneward.capture.plan import Link
    from cloneward.clock import Clock
    from cloneward.model.vantage import Rendering, Vantage
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.captured import Captured
    from cloneward.workflows.halt import Halt

STOP = "stop"
"""File in a workspace that ends all visits of it, and lets none begin."""

_LOOK_S = 0.5
_MOST_ITEMS = 200_000  # of ours, by whose titles and addresses links are ranked


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How addresses are to be visited; what is none is as the settings say."""

    is_plain: bool = False
    vantage: str | None = None
    pages: int | None = None


def choose_vantages(workspace: "Workspace", clock: "Clock", names: Sequence[str]) -> "Sequence[Vantage]":
    """Give the vantages that are named.

    Raises:
        InputError: there is none of a name.
    """
    from cloneward.workflows.wiring import list_all

    known = {one.name: one for one in list_all(workspace.settings, clock)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(f"no vantage {unknown[0]!r}", hint=f"one of {', '.join(known)}")
    return [known[name] for name in names]


@contextmanager
def open_capture(workspace: "Workspace", visit: Visit) -> "Iterator[Callable[[str], Captured]]":
    """Give what captures one address after another, with a browser where there is one.

    Raises:
        InputError: there is no such vantage, or the settings cannot be used.
        RefusedError: the workspace has a file that ends all visits.
        Unavailable: another process writes to the workspace.
    """
    from cloneward.clock import SystemClock
    from cloneward.workflows.capture import make_order, take_one
    from cloneward.workflows.wiring import open_job

    clock = SystemClock()
    vantages = choose_vantages(workspace, clock, [visit.vantage or "desktop"])
    is_ours = rank_links(workspace, clock)
    with open_job(workspace, clock, is_plain=visit.is_plain, falls_back=True) as job:

        def capture(url: str) -> "Captured":
            order = make_order(workspace.settings, url, vantages)
            pages, listed = visit.pages or order.pages, visit.pages or order.listed
            return take_one(job, replace(order, pages=pages, listed=listed, is_ours=is_ours))

        with end_on_request(workspace, job.halt):
            yield capture
            job.halt.check()


def rank_links(workspace: "Workspace", clock: "Clock") -> "Callable[[Link], bool]":
    """Give what says whether a link seems to lead to an item of the workspace, which is read when it is first asked."""
    from cloneward.capture.plan import is_known, list_keys

    @cache
    def read_keys() -> frozenset[str]:
        with workspace.reader(clock) as store:
            items = islice(store.items(), _MOST_ITEMS)
            return frozenset(key for item in items for key in list_keys(item.url or "", item.title))

    return lambda link: is_known(link, read_keys())


@contextmanager
def open_shows(workspace: "Workspace") -> "Iterator[Callable[[Rendering], bool]]":
    """Give what says whether something that was given to a visitor shows an item of the workspace; nothing without."""
    from cloneward.clock import SystemClock
    from cloneward.workflows.captured import is_shown
    from cloneward.workflows.library import open_store

    with workspace.reader(SystemClock()) as store:
        if not store.count():
            yield lambda _: False
            return
        library = open_store(store, workspace.settings, workspace.index_folder)
        yield lambda rendering: is_shown(library, rendering)


@contextmanager
def end_on_request(workspace: "Workspace", halt: "Halt") -> Iterator[None]:
    """Within the block, let a signal or the file `stop` end all at once, but for a capture that is being written.

    Raises:
        RefusedError: the file is there already.
    """
    file = workspace.folder / STOP
    if file.exists():
        raise RefusedError(f"{file} is there, which ends all visits", hint="remove it when visits may go on")
    before = {
        number: signal.signal(number, lambda number, _: halt.ask(128 + number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_LOOK_S):
            if file.exists():
                os.kill(os.getpid(), signal.SIGTERM)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()
        for number, handler in before.items():
            signal.signal(number, handler)
