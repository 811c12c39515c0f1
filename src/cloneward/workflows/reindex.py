"""Brings the indexes of a workspace to what its records say: after every change, and after a crash between the two."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from cloneward.errors import VersionMismatch
from cloneward.fingerprint.blocks import BLOCK, find_blocks
from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.winnow import TEXT, TextPrint, fingerprint
from cloneward.match.background import load_common, read_background
from cloneward.match.fields import RECORD, sketch_record
from cloneward.match.find import Indexes
from cloneward.match.index import NOTHING, Change, Index, build_index, open_index, update_index
from cloneward.model.content import Problem
from cloneward.store.items import ItemStore
from cloneward.workflows.gallery import Tick, is_gallery_behind, reindex_gallery

BACKGROUND = "background.npy"
Added = tuple[str, str, Sketch]
"""An item, the digest of what is indexed of it, and its fingerprints."""
_KINDS: Mapping[Kind, Callable[[TextPrint], Sketch]] = {
    TEXT: lambda text: text.sketch,
    BLOCK: lambda text: find_blocks(text.tokens).sketch,
}


def open_indexes(folder: Path) -> Indexes:
    """Open the indexes in a folder; empty ones where there are none yet.

    Raises:
        VersionMismatch: one holds fingerprints of another version.
        EvidenceError: one is damaged.
    """
    return Indexes(text=open_index(folder / TEXT.name, TEXT), block=open_index(folder / BLOCK.name, BLOCK))


def build_indexes(texts: Mapping[str, str]) -> Indexes:
    """Make the indexes of some texts, by id, in memory."""
    prints = {item: fingerprint(text) for item, text in texts.items()}
    return Indexes(
        text=build_index(((item, _KINDS[TEXT](text)) for item, text in prints.items()), load_common()),
        block=build_index(((item, _KINDS[BLOCK](text)) for item, text in prints.items()), kind=BLOCK),
    )


def open_records(folder: Path) -> Index:
    """Open the index of records in a folder; an empty one where there is none yet.

    Raises:
        VersionMismatch: it holds fingerprints of another version.
        EvidenceError: it is damaged.
    """
    return open_index(folder / RECORD.name, RECORD)


def is_behind(store: ItemStore, folder: Path) -> bool:
    """Say whether an index in the folder is not of what the store holds now."""
    try:
        texts = any(open_index(folder / kind.name, kind).mark != _mark(store, folder) for kind in _KINDS)
        return texts or open_records(folder).mark != store.mark_all() or is_gallery_behind(store, folder)
    except VersionMismatch:
        return True


def reindex(store: ItemStore, folder: Path, tick: Tick = lambda: None) -> list[Problem]:
    """Add what is missing and take out what is gone; an index of an older version is made anew.

    Only a writer of the store may call this: two at once would lose one's segments. Gives the pictures that cannot be
    compared, and why. `tick` is called with each text, record, picture or video that is added.
    """
    for kind in _KINDS:
        _reindex_kind(store, folder, kind, tick)
    _reindex_records(store, folder, tick)
    return reindex_gallery(store, folder, tick)


def _reindex_records(store: ItemStore, folder: Path, tick: Tick) -> None:
    index = _open_or_begin(folder, RECORD)
    mark = store.mark_all()
    if index.mark == mark:
        return
    held = dict(index.states())
    stale = {item for item, _ in held.items() - set(store.list_records())}
    kept = held.keys() - stale
    added = (
        (item, digest, sketch_record(store.record(item))) for item, digest in store.list_records() if item not in kept
    )
    update_index(
        folder / RECORD.name, index, Change(added=_count(added, tick), gone=stale, background=NOTHING, mark=mark)
    )


def _open_or_begin(folder: Path, kind: Kind) -> Index:
    """Open an index; an empty one in place of one of an older version."""
    try:
        return open_index(folder / kind.name, kind)
    except VersionMismatch:
        return build_index([], kind=kind)


def _reindex_kind(store: ItemStore, folder: Path, kind: Kind, tick: Tick) -> None:
    index = _open_or_begin(folder, kind)
    mark = _mark(store, folder)
    if index.mark == mark:
        return
    held = dict(index.states())
    stale = {item for item, _ in held.items() - {(item.id, item.text_digest) for item in store.items() if item.words}}
    change = Change(
        added=_count(_sketch_items(store, held.keys() - stale, kind), tick),
        gone=stale,
        background=read_background(folder / BACKGROUND) if kind == TEXT else NOTHING,
        mark=mark,
    )
    update_index(folder / kind.name, index, change)


def _mark(store: ItemStore, folder: Path) -> str:
    """Give what an index is to be of: the items, and the background beside them."""
    return f"{store.mark()}.{read_background(folder / BACKGROUND).size}"


def _sketch_items(store: ItemStore, kept: set[str], kind: Kind) -> Iterator[tuple[str, str, Sketch]]:
    for item in store.items():
        if item.words and item.id not in kept:  # what has no words must not count where frequency is counted
            yield item.id, item.text_digest, _KINDS[kind](fingerprint(store.text(item)))


def _count(added: Iterable[Added], tick: Tick) -> Iterator[Added]:
    for one in added:
        tick()
        yield one
