"""Adds a background: text that others may show with the same right as we, such as wire texts and vendors' words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cloneward.archive.folder import RawPage
from cloneward.archive.sources import read_texts
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import fingerprint
from cloneward.match.background import add_background
from cloneward.model.content import Problem
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.looks import keep_background
from cloneward.workflows.reindex import BACKGROUND


@dataclass
class Background:
    """What became of one source: pages that were read, and how many fingerprints the whole background has now."""

    pages: int = 0
    fingerprints: int = 0
    problems: int = 0


def add_pages(
    source: Path, folder: Path, background: Background, tick: Callable[[], None] = lambda: None
) -> tuple[Problem, ...]:
    """Add the fingerprints of the pages of a source to the background in `folder`; give what could not be read.

    The indexes beside it know of it after the next `reindex`. Adding a page twice changes nothing. `tick` is called
    with each page or problem that was read, for whoever watches.

    Raises:
        InputError: nothing is there.
        EvidenceError: the background is damaged.
    """
    problems = _add(read_texts(source), folder, background, tick)
    if source.is_dir():
        keep_background(source, folder)
    return problems


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
