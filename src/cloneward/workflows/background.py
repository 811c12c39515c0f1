"""Adds a background: texts and pictures that others may show with the same right as we, as those of an agency."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cloneward.archive.folder import RawPage
from cloneward.archive.items import RawItem
from cloneward.archive.media import RawMedia, read_reference
from cloneward.archive.sources import page_of, read_originals
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import fingerprint
from cloneward.match.background import add_background
from cloneward.model.content import Media, Problem
from cloneward.protect.records import MAX_MEDIA
from cloneward.workflows.gallery import add_aside, read_content
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.looks import keep_background
from cloneward.workflows.reindex import BACKGROUND


@dataclass
class Background:
    """What became of one source: what was read, and how many fingerprints of texts the whole background has now."""

    pages: int = 0
    pictures: int = 0
    fingerprints: int = 0
    problems: int = 0


def add_pages(
    source: Path, folder: Path, background: Background, tick: Callable[[], None] = lambda: None
) -> tuple[Problem, ...]:
    """Add the fingerprints of the pages and pictures of a source to the background in `folder`.

    Gives what could not be read. The indexes beside it know of it after the next `reindex`. Adding a page twice
    changes nothing. `tick` is called with each page, picture or problem that was read, for whoever watches.

    Raises:
        InputError: nothing is there.
        EvidenceError: the background is damaged.
    """
    problems = _add(_list_pages(source), folder, background, tick)
    if source.is_dir():
        keep_background(source, folder)
    unread: list[Problem] = []
    unread += add_aside(_list_pictures(source, background, unread, tick), folder)
    background.problems += len(unread)
    return (*problems, *unread)


def add_address(
    url: str, gatherer: Gatherer, folder: Path, background: Background, tick: Callable[[], None] = lambda: None
) -> tuple[Problem, ...]:
    """Add the page at an address, or the pages that a sitemap or feed there names, as `add_pages` does.

    Raises:
        InputError: it is no web address, or gives an error page.
        RefusedError: the door does not lead there.
        Unavailable: nothing answers there.
        EvidenceError: the background is damaged.
    """
    return _add(gatherer.gather(url), folder, background, tick)


def _add(
    pages: Iterable[RawPage | Problem], folder: Path, background: Background, tick: Callable[[], None]
) -> tuple[Problem, ...]:
    problems: list[Problem] = []

    def sketch() -> Iterator[Sketch]:
        for page in pages:
            tick()
            if isinstance(page, RawPage):
                content = extract(page.content, "html" if page.is_html else "text", page.charset)
                problems.extend(replace(problem, page=page.address) for problem in content.problems)
                if content.text:
                    background.pages += 1
                    yield fingerprint(content.text).sketch
            else:
                problems.append(page)

    background.fingerprints = add_background(folder / BACKGROUND, sketch())
    background.problems = len(problems)
    return tuple(problems)


def _list_pages(source: Path) -> Iterator[RawPage | Problem]:
    for given in read_originals(source):
        match given:
            case RawItem(record=record):
                if record.text or record.html or not record.images:
                    yield page_of(given)
            case RawPage() | Problem():
                yield given


def _list_pictures(
    source: Path, background: Background, problems: list[Problem], tick: Callable[[], None]
) -> Iterator[tuple[str, bytes]]:
    """Give the pictures of a source, and those that its records refer to, with what each is called."""
    for place, found in _find_media(source):
        if isinstance(found, Problem):
            problems.append(replace(found, page=place))
        elif not found.is_video:
            tick()
            background.pictures += 1
            yield place, read_content(found)


def _find_media(source: Path) -> Iterator[tuple[str, Media | Problem]]:
    for given in read_originals(source):
        match given:
            case RawMedia():
                yield given.address, given.media
            case RawItem(record=record):
                yield from ((record.id, read_reference(source.parent, image)) for image in record.images[:MAX_MEDIA])
