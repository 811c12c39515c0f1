"""Enrols what an owner protects: read, register, store."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cloneward.archive.folder import spell_path
from cloneward.archive.media import read_reference
from cloneward.archive.sources import read_originals
from cloneward.model.content import Media, Problem, Registered
from cloneward.protect.records import Intake
from cloneward.protect.register import Furniture, Located, Unchanged, locate_pages, register_pages
from cloneward.seal.codes import PERSONS, derive_key, make_code
from cloneward.store.imports import Import
from cloneward.store.keys import find_keys, load_key
from cloneward.store.workspace import Workspace
from cloneward.store.writer import BATCH_BYTES, ItemWriter
from cloneward.workflows.gather import Gatherer, is_address

_CHUNK = 256
# Pages of the web come at one in two seconds: what was read is on the disk before a minute is lost.
_WEB_CHUNK = 16


@dataclass
class Enrolment:
    """What became of one source; filled as it goes, so that a progress line can be read off.

    `folded`: pages whose text is that of another, or of the same page under another address. `left_out`: pictures as
    small as icons.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    folded: int = 0
    left_out: int = 0
    problems: int = 0
    seal: Import | None = None


def make_intake(
    workspace: Workspace, source: Path, open_gatherer: Callable[[], Gatherer], met: dict[str, str] | None = None
) -> Intake:
    """Give what it takes to make all of a record in `source` its item.

    The key of the site is read, or made, when the first person is met, and the door to the network opened for the first
    picture that lies on the web. `met` takes the people's clear ids by code, where the settings ask to keep them.
    """
    settings, gatherer = workspace.settings, lru_cache(1)(open_gatherer)

    @lru_cache(1)
    def load_key_of_persons() -> bytes:
        return derive_key(load_key(find_keys(settings.keys, workspace.folder), settings.site), PERSONS)

    def read_media(reference: str) -> Media | Problem:
        if is_address(reference):
            return gatherer().read_media(reference)
        return read_reference(source.parent, reference)

    def code(person: str) -> str:
        made = make_code(load_key_of_persons(), person)
        if met is not None and settings.retention.clear_ids:
            met[made] = person
        return made

    return Intake(code=code, read_media=read_media)


def enrol(  # noqa: PLR0913  what is read, where it goes, and who watches
    source: Path,
    base: str | None,
    store: ItemWriter,
    enrolment: Enrolment,
    tick: Callable[[], None] = lambda: None,
    *,
    intake: Intake | None = None,
) -> Iterator[Problem]:
    """Register what a folder or file holds, or the items of its records; give the problems as they come.

    Safe to kill and to run again: what is stored is found unchanged, the rest is taken up. `tick` is called with each
    page, picture, record or problem that was read, for whoever watches.

    Raises:
        InputError: nothing is there, or `base` is no web address; then no import has begun.
    """
    pages = locate_pages(read_originals(source), source, base)
    return _Job(store, enrolment, tick, intake).run(pages, spell_path(source), _CHUNK)


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
    intake: Intake | None = None

    def run(self, pages: Iterator[Located | Problem], name: str, size: int) -> Iterator[Problem]:
        """Register and store so many pages at a time, under one import."""
        batch = self.store.begin_import(name)
        while chunk := self._take(pages, size):
            known = self.store.known([page.address for page in chunk if isinstance(page, Located)])
            entries: list[Registered] = []
            for given in register_pages(chunk, known, self.intake):
                match given:
                    case Problem():
                        self.enrolment.problems += 1
                        yield given
                    case Unchanged():
                        self.enrolment.unchanged += 1
                    case Furniture():
                        self.enrolment.left_out += 1
                    case Registered():
                        entries.append(given)
            self._store(batch, entries)
        self.enrolment.seal = self.store.close_import(batch)

    def _take(self, pages: Iterator[Located | Problem], size: int) -> list[Located | Problem]:
        """Take so many pages, or fewer where they would fill the memory."""
        chunk: list[Located | Problem] = []
        held_bytes = 0
        while len(chunk) < size and held_bytes < BATCH_BYTES and (page := next(pages, None)) is not None:
            self.tick()
            chunk.append(page)
            held_bytes += page.held_bytes if isinstance(page, Located) else 0
        return chunk

    def _store(self, batch: str, entries: Iterable[Registered]) -> None:
        added = self.store.add(batch, entries)
        self.enrolment.new += len(added.new)
        self.enrolment.changed += len(added.changed)
        self.enrolment.unchanged += added.unchanged
        self.enrolment.folded += added.folded
