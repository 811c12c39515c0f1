"""The pictures that items show: an index of them, kept up with the records, and what pages show compared with it."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from cloneward.archive.media import spell_reference
from cloneward.errors import VersionMismatch
from cloneward.fingerprint.image import read_image
from cloneward.fingerprint.local import LOCAL, MOST_ASKED
from cloneward.fingerprint.photo import PicturePrint, fingerprint_picture, fingerprint_within
from cloneward.fingerprint.video import FRAMES, Frame, fingerprint_video
from cloneward.match.frames import FrameIndex, Run, build_frames, find_picture, find_videos, open_videos, update_videos
from cloneward.match.photos import PhotoIndex, PhotoMatch, build_photos, find_photos, open_photos, update_photos
from cloneward.model.content import Media, Problem
from cloneward.model.finding import Match
from cloneward.model.ids import digest_bytes
from cloneward.store.items import ItemStore

ASIDE: Final = "background.local"
"""Folder, beside the indexes, of the index of pictures that many sites show."""

LEAST_SIDE: Final = 48
"""px: what is smaller on its shorter side is an icon, or too little to tell pictures apart by."""

WATCH_S: Final = 60
"""Seconds of a processor that one video of a stranger may take."""

KEPT_BYTES: Final = 64 * 1024 * 1024
"""Of pictures that match, and are kept for the report of one run."""

_KEPT = 4_096  # pictures and videos of pages whose comparison is remembered: a site shows the same ones on each page
Kept = TypeVar("Kept")

Show = Callable[[Sequence[str]], Mapping[str, Sequence[tuple[str, str]]]]
"""Takes digests of pictures and gives the items that show each, with its address there."""
Tick = Callable[[], None]
"""Is called with each picture or video that was read, for whoever watches."""


@dataclass(frozen=True)
class Looked:
    """What came of one picture of a page: the items that it shows, or what kept it from being compared.

    `digest`: of its bytes. `stills`: the videos of which it is a frame. `content`: the bytes themselves, where it
    matches and they are to be shown. `is_small`: it has too few pixels to say anything.
    """

    digest: str
    matches: tuple[tuple[str, PhotoMatch], ...] = ()
    stills: tuple[tuple[str, Run], ...] = ()
    problem: Problem | None = None
    is_small: bool = False
    content: bytes = b""


@dataclass(frozen=True)
class Watched:
    """What came of one video of a page: the items of which it shows frames in order, and what kept it from more."""

    digest: str
    runs: tuple[tuple[str, Run], ...] = ()
    problem: Problem | None = None


@dataclass
class Gallery:
    """The protected pictures and videos, and whose they are. `aside`: pictures that others show with the same right.

    `read`: gives the bytes of one of ours, by its digest. `videos`: the key frames of videos. `room_bytes`: what may
    still be kept of pictures that match.
    """

    index: PhotoIndex = field(default_factory=PhotoIndex)
    show: Show = lambda _: {}
    aside: PhotoIndex = field(default_factory=PhotoIndex)
    read: Callable[[str], bytes] = lambda _: b""
    videos: FrameIndex = field(default_factory=lambda: build_frames(()))
    room_bytes: int = KEPT_BYTES
    _looked: OrderedDict[str, Looked] = field(default_factory=OrderedDict)
    _watched: OrderedDict[str, Watched] = field(default_factory=OrderedDict)

    def __bool__(self) -> bool:
        """Whether there is anything to compare with."""
        return len(self.index) > 0 or len(self.videos) > 0

    def look(self, content: bytes, *, keeps: bool = False) -> Looked:
        """Compare the bytes of a picture with all protected ones; keep them if they match, while there is room.

        Never raises on hostile bytes.
        """
        digest = digest_bytes(content)
        looked = _recall(self._looked, digest, lambda: self._look(digest, content))
        if not (keeps and looked.matches and len(content) <= self.room_bytes):
            return looked
        self.room_bytes -= len(content)
        return replace(looked, content=content)

    def watch(self, content: bytes) -> Watched:
        """Compare the bytes of a video with all protected ones; never raises on hostile bytes."""
        digest = digest_bytes(content)
        return _recall(self._watched, digest, lambda: self._watch(digest, content))

    def _watch(self, digest: str, content: bytes) -> Watched:
        frames, problems = fingerprint_video(content, WATCH_S)
        return Watched(digest, self._name_owners(find_videos(self.videos, frames)), next(iter(problems), None))

    def _name_owners(self, runs: Sequence[Run]) -> tuple[tuple[str, Run], ...]:
        owners = self.show([run.video for run in runs]) if runs else {}
        return tuple((item, run) for run in runs for item, _ in owners.get(run.video, ()))

    def _look(self, digest: str, content: bytes) -> Looked:
        picture, problems = read_image(content)
        if picture is None:
            return Looked(digest, problem=problems[0])
        if min(picture.height, picture.width) < LEAST_SIDE:
            return Looked(digest, is_small=True)
        asked = fingerprint_picture(picture, MOST_ASKED)
        look_closer = partial(fingerprint_within, picture)
        found = find_photos(self.index, asked, look_closer)
        runs = [run for photo in asked.photos for run in find_picture(self.videos, photo)] if len(self.videos) else []
        if not (found or runs) or find_photos(self.aside, asked, look_closer):
            return Looked(digest)
        owners = self.show([match.picture for match in found])
        matches = tuple((item, match) for match in found for item, _ in owners.get(match.picture, ()))
        return Looked(digest, matches, self._name_owners(runs))


def _recall(known: OrderedDict[str, Kept], digest: str, make: Callable[[], Kept]) -> Kept:
    """Give what came of the bytes of a digest, made once while it is among those that were last asked for."""
    found = known.pop(digest, None) or make()
    known[digest] = found
    if len(known) > _KEPT:
        known.popitem(last=False)
    return found


def make_match(item: str, found: PhotoMatch, page: str, reference: str) -> Match:
    """Give that a page shows a picture of an item."""
    return Match(
        item=item,
        page=page,
        kind="image",
        measure=found.measure,
        value=float(found.value),
        image=spell_reference(reference),
        transform=found.transform,
    )


def make_still(item: str, run: Run, page: str, reference: str) -> Match:
    """Give that a page shows a frame of a video of an item as a picture, as its poster."""
    hamming = float(run.frames[0].distance)
    image = spell_reference(reference)
    return Match(item=item, page=page, kind="image", measure="hamming", value=hamming, image=image)


def make_run(item: str, run: Run, page: str, reference: str) -> Match:
    """Give that a page shows a video with frames of an item's; its value is the mean of the bits that differ."""
    return Match(
        item=item,
        page=page,
        kind="video",
        measure="hamming",
        value=round(sum(frame.distance for frame in run.frames) / len(run.frames), 2),
        image=spell_reference(reference),
        frames=run.frames,
    )


def build_gallery(shown: Sequence[tuple[str, Media]]) -> tuple[Gallery, list[Problem]]:
    """Make a gallery in memory of the pictures and videos of items, by id, with what could not be read."""
    owners: dict[str, list[tuple[str, str]]] = {}
    held: dict[str, Media] = {}
    problems: list[Problem] = []

    def read(*, is_video: bool) -> Iterator[tuple[str, Media]]:
        for item, media in shown:
            if media.is_video == is_video:
                digest = media.digest or digest_bytes(media.content)
                owners.setdefault(digest, []).append((item, media.address))
                if digest not in held:
                    held[digest] = media
                    yield digest, media

    pictures = ((digest, look_own(one.address, read_content(one), problems)) for digest, one in read(is_video=False))
    videos = ((digest, watch_own(one.address, read_content(one), problems)) for digest, one in read(is_video=True))
    return Gallery(
        build_photos((digest, made) for digest, made in pictures if made is not None),
        lambda digests: {digest: owners[digest] for digest in digests if digest in owners},
        read=lambda digest: read_content(held[digest]),
        videos=build_frames((digest, frames) for digest, frames in videos if frames),
    ), problems


def open_gallery(store: ItemStore, folder: Path) -> Gallery:
    """Open the gallery of a workspace, by the folder of its indexes.

    Raises:
        VersionMismatch: it holds fingerprints of another version.
        EvidenceError: it is damaged.
    """
    return Gallery(
        open_photos(folder / LOCAL.name),
        store.show_media,
        open_photos(folder / ASIDE),
        store.read_media,
        open_videos(folder / FRAMES.name),
    )


def is_gallery_behind(store: ItemStore, folder: Path) -> bool:
    """Say whether the index of pictures, or that of videos, is not of what the store holds now."""
    try:
        marks = {open_photos(folder / LOCAL.name).mark, open_videos(folder / FRAMES.name).mark}
        return marks != {store.mark_all()}
    except VersionMismatch:
        return True


def reindex_gallery(store: ItemStore, folder: Path, tick: Tick = lambda: None) -> list[Problem]:
    """Add the pictures and videos that are missing and take out those that are gone; give what is wrong with them.

    Only a writer of the store may call this. An index of an older version is made anew. `tick` is called with each
    picture or video that was read.
    """
    return [*_reindex_photos(store, folder, tick), *_reindex_videos(store, folder, tick)]


def _reindex_videos(store: ItemStore, folder: Path, tick: Tick) -> list[Problem]:
    try:
        index = open_videos(folder / FRAMES.name)
    except VersionMismatch:
        index = build_frames(())
    mark = store.mark_all()
    if index.mark == mark:
        return []
    held = set(index.names())
    shown = {digest for digest, is_video in store.media() if is_video}
    problems: list[Problem] = []

    def watch_all() -> Iterator[tuple[str, tuple[Frame, ...]]]:
        for digest in sorted(shown - held):
            tick()
            if frames := watch_own(_place(store, digest), store.read_media(digest), problems):
                yield digest, frames

    update_videos(folder / FRAMES.name, index, watch_all(), held - shown, mark)
    return problems


def _place(store: ItemStore, digest: str) -> str:
    return next((address for _, address in store.show_media([digest]).get(digest, ())), digest)


def look_own(place: str, content: bytes, problems: list[Problem]) -> PicturePrint | None:
    """Give the fingerprints of a picture of ours, if it has any, with the problems met in it, at its address."""
    picture, told = read_image(content)
    problems += [replace(problem, page=place) for problem in told]
    return None if picture is None else fingerprint_picture(picture)


def watch_own(place: str, content: bytes, problems: list[Problem]) -> tuple[Frame, ...]:
    """Give the key frames of a video of ours, with the problems met in it, at its address."""
    frames, told = fingerprint_video(content)
    problems += [replace(problem, page=place) for problem in told]
    return frames


def _reindex_photos(store: ItemStore, folder: Path, tick: Tick) -> list[Problem]:
    try:
        index = open_photos(folder / LOCAL.name)
    except VersionMismatch:
        index = PhotoIndex()
    mark = store.mark_all()
    if index.mark == mark:
        return []
    held = set(index.names())
    shown = {digest for digest, is_video in store.media() if not is_video}
    problems: list[Problem] = []

    def look_all() -> Iterator[tuple[str, PicturePrint]]:
        for digest in sorted(shown - held):
            tick()
            made = look_own(_place(store, digest), store.read_media(digest), problems)
            if made is not None:
                yield digest, made

    update_photos(folder / LOCAL.name, index, look_all(), held - shown, mark)
    return problems


def add_aside(contents: Iterable[tuple[str, bytes]], folder: Path) -> list[Problem]:
    """Set pictures aside, by name, that others show with the same right; give what is wrong with them."""
    problems: list[Problem] = []
    made = ((digest_bytes(content), look_own(name, content, problems)) for name, content in contents)
    added = ((digest, one) for digest, one in made if one is not None)
    update_photos(folder / ASIDE, open_photos(folder / ASIDE), added)
    return problems


def read_content(media: Media) -> bytes:
    """Give the bytes of a picture or a video that is held or lies in a file; none of one that is kept already."""
    return media.content or (media.path.read_bytes() if media.path else b"")
