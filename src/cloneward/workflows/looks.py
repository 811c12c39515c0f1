"""How pages and items look beside their text, taken only of those that share text; and where their files lie."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import zstandard

from cloneward.archive.asset import list_assets, locate_asset, read_asset
from cloneward.archive.folder import RawPage, read_pages
from cloneward.errors import EvidenceError, InputError
from cloneward.fingerprint.asset import ASSET, ICON, digest_asset
from cloneward.fingerprint.kinds import Traits
from cloneward.fingerprint.layout import STRUCTURE, read_layout
from cloneward.match.support import Look
from cloneward.model.codec import decode, encode
from cloneward.model.content import Item, Registered
from cloneward.store.items import ItemStore
from cloneward.url import canonical

MAX_LOOKS = 8
"""Pages of one target whose looks are compared, the first that share text: a template is the same on the ninth."""

FILES = "asset.json"
BACKGROUND = "background.looks.json"
_FAVICON = "/favicon.ico"  # where browsers look for an icon of which the page does not speak

Kept = TypeVar("Kept")
Digest = Callable[[str], str | None]
"""Takes a place, as `locate_asset` gives it, and gives the digest of the file there; none where nothing can be said."""


@dataclass
class Files:
    """The files of a folder that holds what lies at a place; each is read once, when it is asked for.

    `folder`: none where there are no files at hand. `place`: a host or none, and a path with a slash at its end.
    """

    folder: Path | None
    place: str
    _digests: dict[str, str | None] = field(default_factory=dict)

    def look(self, page: RawPage) -> Look:
        """Give how a page of HTML in the folder looks, or in an archive, where no files are at hand."""
        return take_look(page.content, page.url or f"http://{self.place}{quote(page.address)}", self.digest)

    def read(self, page: RawPage, reference: str, most: int) -> bytes | None:
        """Give the file of at most so many bytes that a page refers to, by its whole name or that without a query."""
        place = locate_asset(page.url or f"http://{self.place}{quote(page.address)}", reference)
        if self.folder is None or place is None or not place.startswith(self.place):
            return None
        name = place.removeprefix(self.place)
        content = read_asset(self.folder, name, most)
        return read_asset(self.folder, name.partition("?")[0], most) if content is None and "?" in name else content

    def digest(self, place: str) -> str | None:
        """Give the digest of the file at a place, under its whole name or the one without a query."""
        if not place.startswith(self.place):
            return None
        if place not in self._digests:
            name = place.removeprefix(self.place)
            found = (self._read(name), self._read(name.partition("?")[0]))
            self._digests[place] = next(filter(None, found), None)
        return self._digests[place]

    def _read(self, name: str) -> str | None:
        content = None if self.folder is None else read_asset(self.folder, name)
        return None if content is None else digest_asset(name, content)


NO_FILES = Files(None, "-/")
"""The files of what lies in no folder."""


@dataclass
class Bodies:
    """The bytes of items that lie in no store, packed, and where their files are."""

    _held: dict[str, tuple[bytes, str, Files]] = field(default_factory=dict)

    def add(self, given: Registered, files: Files) -> None:
        """Hold the bytes of an item."""
        self._held[given.item.id] = zstandard.compress(given.body, 1), given.address, files

    def body(self, item: str) -> bytes:
        """Give the bytes of an item."""
        return zstandard.decompress(self._held[item][0])

    def look(self, item: str) -> Look:
        """Give how an item looks."""
        _, address, files = self._held[item]
        return take_look(self.body(item), address, files.digest)


def look_stored(store: ItemStore, item: Item, kept: Mapping[str, str]) -> Look:
    """Give how an item of a workspace looks, by the bytes it was last read from and the digests that are kept."""

    def digest(place: str) -> str | None:
        return kept.get(place) or kept.get(place.partition("?")[0])

    return take_look(store.body(item), item.url or "", digest)


def take_look(content: bytes, page: str, digest: Digest) -> Look:
    """Give how a page of HTML at an address looks, with the digests of its files as far as they are at hand."""
    layout = read_layout(content)
    return Look(
        structure=layout.structure,
        assets=Traits.of(ASSET, _digest_all(page, layout.files, digest)),
        icons=Traits.of(ICON, _digest_all(page, [*layout.icons, _FAVICON], digest)),
    )


def _digest_all(page: str, references: Iterable[str], digest: Digest) -> Iterator[str]:
    places = filter(None, (locate_asset(page, reference) for reference in references))
    yield from filter(None, map(digest, places))


def open_target(target: Path, site: str) -> Files:
    """Give the files of a target, below the name of its site."""
    return Files(_folder_of(target), f"{quote(site, safe='').lower()}/")


def open_source(source: Path, base: str | None) -> Files:
    """Give the files of a source of ours, below the address that its pages have."""
    folder = _folder_of(source)
    place = locate_asset(canonical(base) if base else folder.resolve().as_uri(), "") or ""
    return Files(folder, place.rstrip("/") + "/")


def _folder_of(path: Path) -> Path:
    return path if os.path.isdir(path) else path.parent  # noqa: PTH112  raises where no file can have that name


def keep_files(source: Path, base: str | None, index: Path) -> None:
    """Keep the digests of the pictures, styles and scripts in a folder of ours, beside those of other places.

    What is no longer in the folder stays: it was ours, and is found only where a page of ours refers to it.
    """
    if not source.is_dir():
        return
    files = open_source(source, base)
    known = read_files(index)
    for name in list_assets(source):
        digest = files.digest(files.place + name)
        if digest:
            known[files.place + name] = digest
    _write(index / FILES, {str(ASSET): known})


def read_files(index: Path) -> dict[str, str]:
    """Give the digests that are kept, by place; none of another version, which nothing could be compared with."""
    return _read(index / FILES, dict[str, dict[str, str]]).get(str(ASSET), {})


def keep_background(source: Path, index: Path) -> None:
    """Add the looks of pages that are not ours to what is set aside: templates, files and icons that many have."""
    before = read_background(index)
    files = open_target(source, "background")
    looks = [files.look(page) for page in read_pages(source) if isinstance(page, RawPage) and page.is_html]
    joined = {
        str(kind): sorted(frozenset().union(*(getattr(look, name).values for look in [before, *looks])))
        for kind, name in ((STRUCTURE, "structure"), (ASSET, "assets"), (ICON, "icons"))
    }
    _write(index / BACKGROUND, joined)


def read_background(index: Path) -> Look:
    """Give what is set aside; nothing of another version."""
    kept = _read(index / BACKGROUND, dict[str, frozenset[str]])
    structure, assets, icons = (Traits(kind, kept.get(str(kind), frozenset())) for kind in (STRUCTURE, ASSET, ICON))
    return Look(structure=structure, assets=assets, icons=icons)


def _read(file: Path, kind: type[Kept]) -> Kept:
    if not file.exists():
        return kind()
    try:
        return decode(file.read_bytes(), kind)
    except (OSError, InputError) as error:
        hint = "remove it and add the pages again: cloneward protect add"
        raise EvidenceError(f"what is kept of looks in {file} is damaged: {error}", hint=hint) from error


def _write(file: Path, noun: object) -> None:
    partial = file.with_suffix(".partial")
    partial.write_bytes(encode(noun))
    partial.replace(file)
