"""The pictures and videos of one target: each read and compared once, wherever it lies; what could not be is told."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote, urldefrag, urljoin

from cloneward.archive.asset import locate_asset
from cloneward.archive.folder import RawPage, count_pages, is_folder
from cloneward.archive.items import RawItem
from cloneward.archive.media import (
    MAX_IMAGE_BYTES,
    MAX_VIDEO_BYTES,
    PICTURE_SUFFIXES,
    VIDEO_SUFFIXES,
    RawMedia,
    is_data,
    read_reference,
)
from cloneward.archive.sources import Given, page_of, read_originals, read_texts
from cloneward.fingerprint.media import list_media
from cloneward.model.content import Problem
from cloneward.model.finding import Match
from cloneward.workflows.gallery import Gallery, Looked, Watched, make_match, make_run, make_still
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.looks import Files

MAX_FETCHED: Final = 100
"""Pictures of a stranger's site that one check asks for over the network: a sample, not the whole site."""

MAX_WATCHED: Final = 50
"""Videos of one target that are looked at: each may take a minute of a processor."""

_NO_FOLDER = Path()
_SUFFIXES = PICTURE_SUFFIXES | VIDEO_SUFFIXES

Seen = Looked | Watched | Problem | None


@dataclass(frozen=True)
class Reference:
    """What a page names as a picture or a video, as written there."""

    page: RawPage
    address: str
    is_video: bool = False


Look = Callable[[Reference], Seen]
"""Gives what came of the picture or video that is named; none where it is not at hand."""


@dataclass
class Pictures:
    """What the pages of a target show of ours, as they come.

    `kept`: for each match, the bytes of the page's picture and the digest of ours, if they are asked for and there is
    room. `compared`, `watched`: digests of the pictures and videos that could be compared.
    """

    gallery: Gallery
    look: Look
    keeps: bool = False
    kept: list[tuple[Match, bytes, str]] = field(default_factory=list)
    compared: set[str] = field(default_factory=set)
    watched: set[str] = field(default_factory=set)
    _unread: Counter[str] = field(default_factory=Counter)
    _missing: int = 0
    _left_out: int = 0

    def compare(self, page: RawPage) -> Iterator[Match]:
        """Give which items a page of HTML shows pictures of, each picture of ours once."""
        if not self.gallery or not page.is_html:
            return
        shown = list_media(page.content)
        self._left_out += shown.left_out
        yield from self._compare_pictures(page, shown.pictures)
        if len(self.gallery.videos):
            yield from self._compare_videos(page, shown.videos)

    def _compare_pictures(self, page: RawPage, references: Sequence[str]) -> Iterator[Match]:
        seen: set[tuple[str, str]] = set()
        for reference in references:
            looked = self._look(Reference(page, reference))
            if looked is None:
                continue
            for item, found in looked.matches:
                if (item, found.picture) not in seen:
                    seen.add((item, found.picture))
                    match = make_match(item, found, page.address, reference)
                    self._keep(match, looked, found.picture)
                    yield match
            for item, run in looked.stills:
                if (item, run.video) not in seen:
                    seen.add((item, run.video))
                    yield make_still(item, run, page.address, reference)

    def _compare_videos(self, page: RawPage, references: Sequence[str]) -> Iterator[Match]:
        for reference in references:
            if len(self.watched) >= MAX_WATCHED:
                self._left_out += 1
                continue
            watched = self._see(Reference(page, reference, is_video=True))
            if isinstance(watched, Watched):
                self.watched.add(watched.digest)
                yield from (make_run(item, run, page.address, reference) for item, run in watched.runs)

    def tell(self) -> Iterator[Problem]:
        """Give what was not compared, each reason once."""
        if self._missing:
            text = f"{self._missing:,} pictures and videos that its pages show are not at hand"
            yield Problem(code="pictures_missing", page=None, text=text, hint="save pages with what they show")
        if self._unread:
            reasons = ", ".join(f"{count:,} {code}" for code, count in sorted(self._unread.items()))
            yield Problem(
                code="pictures_unread", page=None, text=f"pictures and videos could not be compared: {reasons}"
            )
        if self._left_out:
            text = f"{self._left_out:,} pictures and videos beyond the most that are looked at were not compared"
            yield Problem(code="pictures_left_out", page=None, text=text)

    def _look(self, reference: Reference) -> Looked | None:
        looked = self._see(reference)
        if not isinstance(looked, Looked):
            return None
        if not looked.is_small:
            self.compared.add(looked.digest)
        return looked

    def _see(self, reference: Reference) -> Looked | Watched | None:
        """Look at one picture or video, and count what became of it."""
        seen: Seen
        if is_data(reference.address):
            held = read_reference(_NO_FOLDER, reference.address)
            seen = (
                held if isinstance(held, Problem) else _compare(self.gallery, reference, held.content, keeps=self.keeps)
            )
        else:
            seen = self.look(reference)
        if seen is None:
            self._missing += 1
            return None
        problem = seen if isinstance(seen, Problem) else seen.problem
        if problem is not None:
            self._unread[problem.code] += 1
        return None if isinstance(seen, Problem) or (problem is not None and isinstance(seen, Looked)) else seen

    def _keep(self, match: Match, looked: Looked, ours: str) -> None:
        if looked.content:
            self.kept.append((match, looked.content, ours))


def read_target(target: Path) -> Iterator[RawPage | Problem]:
    """Give the pages of a target; of pictures and videos without any page, a page for each that shows it alone.

    Raises:
        InputError: there is neither a folder nor a file at that path; raised at once, not with the first page.
    """
    is_alone = not count_pages(target) if is_folder(target) else target.suffix.lower() in _SUFFIXES
    return map(_show_alone, read_originals(target)) if is_alone else read_texts(target)


def _show_alone(given: Given) -> RawPage | Problem:
    match given:
        case RawMedia(address=address, media=media):
            name = quote(PurePosixPath(address).name)
            tag = "video" if media.is_video else "img"
            return RawPage(address, f'<{tag} src="{name}">'.encode(), is_html=True)
        case RawItem():
            return page_of(given)
    return given


def look_at(gallery: Gallery, target: Path, files: Files, *, keeps: bool) -> Look:
    """Look at the pictures of a target: those beside its pages, or in the archive that these come from."""
    in_folder = look_in_folder(gallery, files, keeps=keeps)
    open_archive = lru_cache(1)(lambda: look_in_archive(gallery, target, keeps=keeps))
    return lambda reference: (in_folder if reference.page.position is None else open_archive())(reference)


def look_in_folder(gallery: Gallery, files: Files, *, keeps: bool) -> Look:
    """Look at pictures where a folder of saved pages holds them."""

    def look(reference: Reference) -> Seen:
        most = MAX_VIDEO_BYTES if reference.is_video else MAX_IMAGE_BYTES
        content = files.read(reference.page, reference.address, most)
        return None if content is None else _compare(gallery, reference, content, keeps=keeps)

    return look


def look_in_archive(gallery: Gallery, path: Path, *, keeps: bool) -> Look:
    """Look at the pictures in an archive, all of them before its pages: they may stand behind those."""
    known: dict[str, Looked] = {}
    if gallery:
        for given in read_originals(path):
            if isinstance(given, RawMedia) and given.url and not given.media.is_video:
                known[locate_asset(given.url, "") or given.url] = gallery.look(given.media.content, keeps=keeps)
    return lambda reference: known.get(locate_asset(reference.page.url or "", reference.address) or "")


def look_on_web(gallery: Gallery, gatherer: Gatherer, *, keeps: bool) -> Look:
    """Look at pictures where pages of the web say that they lie: so many, and each once."""
    known: dict[str, Seen] = {}

    def look(reference: Reference) -> Seen:
        try:
            address = urldefrag(urljoin(reference.page.url or "", reference.address)).url
        except ValueError:  # as an address with half a bracket
            return None
        if address not in known:
            known[address] = fetch(address, reference) if len(known) < MAX_FETCHED else None
        return known[address]

    def fetch(address: str, reference: Reference) -> Seen:
        found = gatherer.read_media(address)
        return found if isinstance(found, Problem) else _compare(gallery, reference, found.content, keeps=keeps)

    return look


def _compare(gallery: Gallery, reference: Reference, content: bytes, *, keeps: bool) -> Looked | Watched:
    return gallery.watch(content) if reference.is_video else gallery.look(content, keeps=keeps)
