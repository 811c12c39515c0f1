"""The pictures of one target: each is read and compared once, wherever it lies, and what could not be is told."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urldefrag, urljoin

from cloneward.archive.asset import locate_asset
from cloneward.archive.folder import RawPage
from cloneward.archive.media import RawMedia, is_data, read_reference
from cloneward.archive.sources import read_originals
from cloneward.fingerprint.media import list_media
from cloneward.model.content import Media, Problem
from cloneward.model.finding import Match
from cloneward.workflows.gallery import Gallery, Looked, make_match
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.looks import Files

MAX_FETCHED: Final = 100
"""Pictures of a stranger's site that one check asks for over the network: a sample, not the whole site."""

_KEPT_BYTES = 64 * 1024 * 1024  # of pictures that match, for a report
_NO_FOLDER = Path()

Look = Callable[[RawPage, str], Looked | Problem | None]
"""Takes a page and a reference on it, and gives what came of the picture there; none where it is not at hand."""


@dataclass
class Pictures:
    """What the pages of a target show of ours, as they come.

    `kept`: for each match, the bytes of the page's picture and the digest of ours, if they are asked for. `compared`:
    digests of those that could be compared.
    """

    gallery: Gallery
    look: Look
    keeps: bool = False
    kept: list[tuple[Match, bytes, str]] = field(default_factory=list)
    compared: set[str] = field(default_factory=set)
    _unread: Counter[str] = field(default_factory=Counter)
    _missing: int = 0
    _left_out: int = 0

    def compare(self, page: RawPage) -> Iterator[Match]:
        """Give which items a page of HTML shows pictures of, each picture of ours once."""
        if not self.gallery or not page.is_html:
            return
        shown = list_media(page.content)
        self._left_out += shown.left_out
        seen: set[tuple[str, str]] = set()
        for reference in shown.pictures:
            looked = self._look(page, reference)
            if looked is None:
                continue
            for item, found in looked.matches:
                if (item, found.picture) not in seen:
                    seen.add((item, found.picture))
                    match = make_match(item, found, page.address, reference)
                    self._keep(match, looked, found.picture)
                    yield match

    def tell(self) -> Iterator[Problem]:
        """Give what was not compared, each reason once."""
        if self._missing:
            text = f"{self._missing:,} pictures that its pages show are not at hand, and were not compared"
            yield Problem(code="pictures_missing", page=None, text=text, hint="save pages with their pictures")
        if self._unread:
            reasons = ", ".join(f"{count:,} {code}" for code, count in sorted(self._unread.items()))
            yield Problem(code="pictures_unread", page=None, text=f"pictures could not be compared: {reasons}")
        if self._left_out:
            text = f"{self._left_out:,} pictures beyond the most that are read of one page were not compared"
            yield Problem(code="pictures_left_out", page=None, text=text)

    def _look(self, page: RawPage, reference: str) -> Looked | None:
        """Look at one picture, and count what became of it."""
        looked: Looked | Problem | None
        if is_data(reference):
            held = read_reference(_NO_FOLDER, reference)
            looked = self.gallery.look(held.content, keeps=self.keeps) if isinstance(held, Media) else held
        else:
            looked = self.look(page, reference)
        if looked is None:
            self._missing += 1
            return None
        problem = looked if isinstance(looked, Problem) else looked.problem
        if isinstance(looked, Problem) or problem is not None:
            self._unread[problem.code if problem else ""] += 1
            return None
        if not looked.is_small:
            self.compared.add(looked.digest)
        return looked

    def _keep(self, match: Match, looked: Looked, ours: str) -> None:
        if self.keeps and sum(len(content) for _, content, _ in self.kept) + len(looked.content) <= _KEPT_BYTES:
            self.kept.append((match, looked.content, ours))


def look_at(gallery: Gallery, target: Path, files: Files, *, keeps: bool) -> Look:
    """Look at the pictures of a target: those beside its pages, or in the archive that these come from."""
    in_folder = look_in_folder(gallery, files, keeps=keeps)
    open_archive = lru_cache(1)(lambda: look_in_archive(gallery, target, keeps=keeps))

    def look(page: RawPage, reference: str) -> Looked | Problem | None:
        return in_folder(page, reference) if page.position is None else open_archive()(page, reference)

    return look


def look_in_folder(gallery: Gallery, files: Files, *, keeps: bool) -> Look:
    """Look at pictures where a folder of saved pages holds them."""

    def look(page: RawPage, reference: str) -> Looked | None:
        content = files.read(page, reference)
        return None if content is None else gallery.look(content, keeps=keeps)

    return look


def look_in_archive(gallery: Gallery, path: Path, *, keeps: bool) -> Look:
    """Look at the pictures in an archive, all of them before its pages: they may stand behind those."""
    known: dict[str, Looked] = {}
    if gallery:
        for given in read_originals(path):
            if isinstance(given, RawMedia) and given.url and not given.media.is_video:
                known[locate_asset(given.url, "") or given.url] = gallery.look(given.media.content, keeps=keeps)

    def look(page: RawPage, reference: str) -> Looked | None:
        return known.get(locate_asset(page.url or "", reference) or "")

    return look


def look_on_web(gallery: Gallery, gatherer: Gatherer, *, keeps: bool) -> Look:
    """Look at pictures where pages of the web say that they lie: so many, and each once."""
    known: dict[str, Looked | Problem | None] = {}

    def look(page: RawPage, reference: str) -> Looked | Problem | None:
        try:
            address = urldefrag(urljoin(page.url or "", reference)).url
        except ValueError:  # as an address with half a bracket
            return None
        if address not in known:
            known[address] = fetch(address) if len(known) < MAX_FETCHED else None
        return known[address]

    def fetch(address: str) -> Looked | Problem:
        found = gatherer.read_media(address)
        return found if isinstance(found, Problem) else gallery.look(found.content, keeps=keeps)

    return look
