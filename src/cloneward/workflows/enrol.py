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
from cloneward.workflows.gather import Gatherer

_CHUNK = 256
# Pages of the web come at one in two seconds: what was read is on the disk before a minute is lost.
_WEB_CHUNK = 16

Thing = TypeVar("Thing")


@dataclass
class Enrolment:
    """What became of one source; filled as it goes, so that a progress line can be read off.

    `folded`: pages whose text is that of another, or of the same page under another address.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    folded: int = 0
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
    return _Job(store, enrolment, tick).run(pages, spell_path(source), _CHUNK)


def enrol_address(
    url: str, gatherer: Gatherer, store: ItemWriter, enrolment: Enrolment, tick: Callable[[], None] = lambda: None
) -> Iterator[Problem]:
    """Register the page at an address, or the pages that a sitemap or feed there names, as `enrol` does.

    Raises:
        InputError: it is no web address, or gives an error page; then no import has begun.
        RefusedError: the door does not lead there.
        Unavailable: nothing answers there.
    """
    pages = locate_pages(gatherer.gather(url), Path(), url)
    return _Job(store, enrolment, tick).run(pages, url, _WEB_CHUNK)


@dataclass
class _Job:
    store: ItemWriter
    enrolment: Enrolment
    tick: Callable[[], None]

    def run(self, pages: Iterator[Located | Problem], name: str, size: int) -> Iterator[Problem]:
        """Register and store so many pages at a time, under one import."""
        batch = self.store.begin_import(name)
        while chunk := list(_tell_each(islice(pages, size), self.tick)):
            known = self.store.known([page.address for page in chunk if isinstance(page, Located)])
            entries: list[Registered] = []
            for given in register_pages(chunk, known):
                match given:
                    case Problem():
                        self.enrolment.problems += 1
                        yield given
                    case Unchanged():
                        self.enrolment.unchanged += 1
                    case Registered():
                        entries.append(given)
            self._store(batch, entries)
        self.enrolment.seal = self.store.close_import(batch)

    def _store(self, batch: str, entries: Iterable[Registered]) -> None:
        added = self.store.add(batch, entries)
        self.enrolment.new += len(added.new)
        self.enrolment.changed += len(added.changed)
        self.enrolment.unchanged += added.unchanged
        self.enrolment.folded += added.folded


def _tell_each(things: Iterable[Thing], tick: Callable[[], None]) -> Iterator[Thing]:
    for thing in things:
        tick()
        yield thing
