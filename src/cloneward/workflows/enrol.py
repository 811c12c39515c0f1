"""Enrols what an owner protects: read, register, store."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from cloneward.archive.folder import spell_path
from cloneward.archive.sources import read_source
from cloneward.model.content import Problem, Registered
from cloneward.protect.register import Located, Unchanged, locate_pages, register_pages
from cloneward.store.imports import Import
from cloneward.store.writer import ItemWriter

_CHUNK = 256

Thing = TypeVar("Thing")


@dataclass
class Enrolment:
    """What became of one source; filled as it goes, so that a progress line can be read off."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: int = 0
    seal: Import | None = None


def enrol(
    source: Path, base: str | None, store: ItemWriter, enrolment: Enrolment, tick: Callable[[], None] = lambda: None
) -> Iterator[Problem]:
    """Register the pages of a folder or file, or the items of its records; give the problems as they come.

    Safe to kill and to run again: what is stored is found unchanged, the rest is taken up. `tick` is called with each
    page, record or problem that was read, for whoever watches.

    Raises:
        InputError: nothing is there, or `base` is no web address; then no import has begun.
    """
    pages = locate_pages(read_source(source), source, base)
    batch = store.begin_import(spell_path(source))
    while chunk := list(islice(pages, _CHUNK)):
        known = store.known([page.address for page in chunk if isinstance(page, Located)])
        entries: list[Registered] = []
        for given in register_pages(_tell_each(chunk, tick), known):
            match given:
                case Problem():
                    enrolment.problems += 1
                    yield given
                case Unchanged():
                    enrolment.unchanged += 1
                case Registered():
                    entries.append(given)
        _count(enrolment, store, batch, entries)
    enrolment.seal = store.close_import(batch)


def _tell_each(things: Iterable[Thing], tick: Callable[[], None]) -> Iterator[Thing]:
    for thing in things:
        tick()
        yield thing


def _count(enrolment: Enrolment, store: ItemWriter, batch: str, entries: Iterable[Registered]) -> None:
    added = store.add(batch, entries)
    enrolment.new += len(added.new)
    enrolment.changed += len(added.changed)
    enrolment.unchanged += added.unchanged
