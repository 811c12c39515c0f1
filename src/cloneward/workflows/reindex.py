"""Brings the index of a workspace to what its records say: after every change, and after a crash between the two."""

from collections.abc import Iterator
from pathlib import Path

from cloneward.errors import VersionMismatch
from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import TEXT, fingerprint
from cloneward.match.index import TextIndex, build_index, open_index, update_index
from cloneward.store.items import ItemStore

FOLDER = TEXT.name


def is_behind(store: ItemStore, folder: Path) -> bool:
    """Say whether the index in the folder is not of what the store holds now."""
    try:
        return open_index(folder / FOLDER).mark != store.mark()
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
    mark = store.mark()
    if index.mark == mark:
        return index
    held = dict(index.states())
    gone = held.items() - {(item.id, item.text_digest) for item in store.items()}
    stale = {item for item, _ in gone}
    kept = held.keys() - stale
    return update_index(folder / FOLDER, index, _sketch_items(store, kept), stale, mark)


def _sketch_items(store: ItemStore, kept: set[str]) -> Iterator[tuple[str, str, Sketch]]:
    for item in store.items():
        if item.id not in kept:
            yield item.id, item.text_digest, fingerprint(store.text(item)).sketch
