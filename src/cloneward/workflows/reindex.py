"""Brings the index of a workspace to what its records say: after every change, and after a crash between the two."""

from collections.abc import Iterator
from pathlib import Path

from cloneward.errors import VersionMismatch
from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import TEXT, fingerprint
from cloneward.match.background import read_background
from cloneward.match.index import Change, TextIndex, build_index, open_index, update_index
from cloneward.store.items import ItemStore

FOLDER = TEXT.name
BACKGROUND = "background.npy"


def is_behind(store: ItemStore, folder: Path) -> bool:
    """Say whether the index in the folder is not of what the store holds now."""
    try:
        return open_index(folder / FOLDER).mark != _mark(store, folder)
    except VersionMismatch:
        return True


def reindex(store: ItemStore, folder: Path) -> TextIndex:
    """Add what is missing and take out what is gone; an index of an older version is made anew.

    Only a writer of the store may call this: two at once would lose one's segments.
    """
    try:
        index = open_index(folder / FOLDER)
    except VersionMismatch:
        index = build_index([])
    background = read_background(folder / BACKGROUND)
    mark = _mark(store, folder)
    if index.mark == mark:
        return index
    held = dict(index.states())
    gone = held.items() - {(item.id, item.text_digest) for item in store.items()}
    stale = {item for item, _ in gone}
    kept = held.keys() - stale
    change = Change(added=_sketch_items(store, kept), gone=stale, background=background, mark=mark)
    return update_index(folder / FOLDER, index, change)


def _mark(store: ItemStore, folder: Path) -> str:
    """Give what the index is to be of: the items, and the background beside them."""
    return f"{store.mark()}.{read_background(folder / BACKGROUND).size}"


def _sketch_items(store: ItemStore, kept: set[str]) -> Iterator[tuple[str, str, Sketch]]:
    for item in store.items():
        if item.id not in kept:
            yield item.id, item.text_digest, fingerprint(store.text(item)).sketch
